//! `replayer verify`: checks whether games were fair.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::ArgGroup;
use serde::Serialize;
use tracing::warn;

use super::console::Console;
use super::given::Output;
use super::layout::{self, TextTable};
use crate::base::decimals::counted;
use crate::base::error::Error;
use crate::base::printable;
use crate::games::fair::seed::ServerSeed;
use crate::games::fair::seeds::{self, Record, Repeat, Reveal, Seeds};
use crate::games::fair::verify::{SeedCheck, SeedVerdict, verify};
use crate::model::ids::GameId;

/// Usage examples, file format and JSON layout, appended to `--help`.
const EXAMPLES: &str = "\
Examples:
  replayer verify --file games/seeds.jsonl
  replayer verify --file games/seeds.jsonl --json
  replayer verify --game 20251207-1e01ac417e8043ca \\
    --seed e2896666bec952ac4dbc65d73e1d08dcd5da597137dcf6255f23cd67db9dcd7c \\
    --hash 620f7079cc785925512f5ec4ad3b412a804e68771ed12384509066ce5c635d4c

FILE holds one JSON object per line: game_id, server_seed and, as far as known,
server_seed_hash, game_version, peak_multiplier, rug_tick, rug_price, prices. Of a raw capture the
finished games in its events are taken.

With --json, prints {\"games\", \"hash_ok\", \"path_ok\", \"paths_compared\", \"repeats\",
\"failed\"}: games, each once; games whose recorded hash agrees; games whose path is recorded at
least in part, without a difference; games recorded price by price; lines that told a game again,
if any; and the failures, as [{\"game_id\", \"why\"}], those of a line as \"line N\".
Games that cannot be told follow as \"unverifiable\", in the same form, where there are any.";

/// Verify that games were fair, by their revealed seeds
///
/// Regenerates each game from its server seed and name, and compares the seed's hash, the rug tick,
/// the rug price, the peak and every price with the record, to the last bit; prices that were
/// rounded are compared in the decimals given. Exits with code 1 when anything differs.
///
/// Whether a game of version v1 or v2 is fair cannot be told, because only the law of v3 is known:
/// its hash is checked, it is counted by itself, and does not fail the command.
#[derive(Debug, clap::Args)]
#[group(skip)]
#[command(group(ArgGroup::new("games").args(["seed", "file"]).required(true)), after_help = EXAMPLES)]
pub(super) struct Args {
    /// The game's server seed, 64 hexadecimal characters
    #[arg(long, requires = "game")]
    seed: Option<ServerSeed>,
    /// The game's name, as revealed
    #[arg(long, requires = "seed", conflicts_with = "file", value_parser = GameId::new)]
    game: Option<GameId>,
    /// The hash that was published before the game
    #[arg(long, requires = "seed", conflicts_with = "file")]
    hash: Option<String>,
    /// A file of games with revealed seeds, one per line, a recording of a feed, or a raw capture
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    #[command(flatten)]
    output: Output,
}

/// The totals over all verdicts.
#[derive(Debug, Default, Serialize)]
struct Summary {
    games: usize,
    hash_ok: usize,
    path_ok: usize,
    paths_compared: usize,
    /// Lines that told a game again; absent where there are none.
    #[serde(skip_serializing_if = "is_zero")]
    repeats: usize,
    failed: Vec<Failure>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unverifiable: Vec<Failure>,
    #[serde(skip)]
    tallies: [(&'static str, Tally); 5],
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde asks for")]
const fn is_zero(count: &usize) -> bool {
    *count == 0
}

/// A game that differs or cannot be told, and why.
#[derive(Debug, Serialize)]
struct Failure {
    game_id: String,
    why: String,
}

/// How often one check had each result.
#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    same: usize,
    as_rounded: usize,
    differs: usize,
    absent: usize,
}

impl Tally {
    const fn count(&mut self, check: &SeedCheck) {
        match check {
            SeedCheck::Same => self.same += 1,
            SeedCheck::SameAsRounded(_) => self.as_rounded += 1,
            SeedCheck::Differs(_) => self.differs += 1,
            SeedCheck::Absent => self.absent += 1,
        }
    }
}

impl Summary {
    fn fail_line(&mut self, line: u64, why: String) {
        self.failed.push(Failure { game_id: format!("line {line}"), why });
    }

    fn add(&mut self, verdict: &SeedVerdict) {
        self.games += 1;
        self.hash_ok += usize::from(verdict.hash.agrees());
        self.path_ok += usize::from(verdict.path_agrees());
        self.paths_compared += usize::from(verdict.prices_compared());
        for (tally, (about, check)) in self.tallies.iter_mut().zip(verdict.checks()) {
            tally.0 = about;
            tally.1.count(check);
        }
        let game_id = verdict.game_id.to_string();
        if let Some(why) = verdict.why() {
            self.failed.push(Failure { game_id, why });
        } else if let Some(why) = verdict.cannot_be_told() {
            self.unverifiable.push(Failure { game_id, why: why.to_string() });
        }
    }
}

/// Runs the command.
///
/// # Errors
/// When the file cannot be read or contains no game.
pub(super) fn run(args: &Args, console: Console) -> Result<ExitCode, Error> {
    let Seeds { games, bad_lines, repeats, conflicts } = match (&args.file, args.seed, args.game) {
        (Some(file), ..) => seeds::read(file)?,
        (None, Some(server_seed), Some(game_id)) => {
            let record = Record { server_seed_hash: args.hash.clone(), ..Record::default() };
            let games = vec![Reveal { game_id, server_seed, record }];
            Seeds { games, ..Seeds::default() }
        }
        _ => return Err(Error::usage("give --file, or --seed and --game")),
    };
    let mut summary = Summary { repeats: repeats.len(), ..Summary::default() };
    for bad in bad_lines {
        warn!("line {} is not a game: {}", bad.line, bad.reason);
        summary.fail_line(bad.line, bad.reason);
    }
    for conflict in conflicts {
        summary.fail_line(conflict.line, conflict.reason);
    }
    for Repeat { line, reveal } in repeats {
        // A game counts once, but whatever else a line says of it must be so.
        if let Some(why) = reveal.and_then(|reveal| verify(&reveal).why()) {
            summary.fail_line(line, why);
        }
    }
    for reveal in console.progress(games.len() as u64, "games").wrap_iter(games.iter()) {
        let verdict = verify(reveal);
        summary.add(&verdict);
        if !args.output.json && args.file.is_none() {
            console.print(format_args!("{}\n{}", game_table(reveal, &verdict), proof(&verdict)))?;
        }
    }
    if args.output.json {
        console.print_json(&summary)?;
    } else if args.file.is_some() {
        console.print(format_args!("{}\n{}", summary_table(&summary), conclusion(&summary)))?;
    }
    Ok(if summary.failed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// One game: the regenerated values, and how they compare.
fn game_table(reveal: &Reveal, verdict: &SeedVerdict) -> TextTable {
    let mut table = layout::table(&["", "regenerated", "vs record"]);
    let hash = reveal.server_seed.hash();
    table.add_row(["game", verdict.game_id.as_str(), ""]);
    table.add_row(["seed hash", hash.as_str(), &verdict.hash.to_string()]);
    if let Ok(path) = &verdict.path {
        let course = &path.course;
        let figures = [
            course.rug_tick().to_string(),
            course.rug_price().to_string(),
            course.peak().to_string(),
            format!("{} prices", course.prices().len()),
        ];
        for ((about, check), figure) in path.checks().into_iter().zip(figures) {
            table.add_row([about, &figure, &check.to_string()]);
        }
    }
    table
}

/// One game: what the comparison proves.
fn proof(verdict: &SeedVerdict) -> String {
    match verdict.why() {
        Some(why) => format!("failed: {}", printable::one_line(&why)),
        None if verdict.hash.agrees() => {
            "the published hash is this seed's; no path was given to compare with".to_owned()
        }
        None => "nothing was given to compare with: --hash takes the published hash, --file \
                 everything that was recorded"
            .to_owned(),
    }
}

/// Many games: how often each check had each result.
fn summary_table(summary: &Summary) -> TextTable {
    let mut table = layout::table(&["", "same", "same as rounded", "differs", "not recorded"]);
    // Without regenerated games there are no path checks.
    for (about, tally) in summary.tallies.iter().filter(|(about, _)| !about.is_empty()) {
        let counts = [tally.same, tally.as_rounded, tally.differs, tally.absent];
        table.add_row(
            [(*about).to_owned()].into_iter().chain(counts.map(|count| count.to_string())),
        );
    }
    layout::right(&mut table, 1..5);
    table
}

/// The totals, and every failure on a line of its own.
fn conclusion(summary: &Summary) -> String {
    let Summary { games, hash_ok, path_ok, paths_compared, repeats, failed, unverifiable, .. } =
        summary;
    let mut total = format!(
        "{}: {hash_ok} seed hashes agree, {path_ok} paths agree, {paths_compared} paths compared \
         price by price, {} failed",
        counted(*games, "game"),
        failed.len()
    );
    if !unverifiable.is_empty() {
        total += &format!(", {} cannot be told", unverifiable.len());
    }
    let mut lines = vec![total];
    if *repeats > 0 {
        lines.push(format!(
            "{} told a game again: each game counts once",
            counted(*repeats, "line")
        ));
    }
    let named = failed.iter().chain(unverifiable);
    let said = |Failure { game_id, why }: &Failure| {
        format!("  {}", printable::one_line(&format!("{game_id}: {why}")))
    };
    lines.extend(named.map(said));
    lines.join("\n")
}
