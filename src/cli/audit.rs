//! `replayer audit`: does a bot decide by the past only?

use std::path::Path;
use std::process::ExitCode;
use std::sync::atomic::Ordering;

use serde::Serialize;

use super::console::Console;
use super::given::Output;
use super::interrupt;
use crate::backtest::audit::{self, AuditReport};
use crate::backtest::run::inputs;
use crate::backtest::scenario::Scenario;
use crate::base::decimals::counted;
use crate::base::error::{Error, ErrorKind};
use crate::engine::Lineup;
use crate::engine::strategy::Strategies;

/// Usage examples, JSON layout and exit codes, appended to `--help`.
const EXAMPLES: &str = "\
Examples:
  replayer audit quickstart                  every bot of a built-in scenario, on 50 games
  replayer audit my.ron --games 500          on more games
  replayer audit my.ron --json               for machines

Not detected: a bot that carries the file of games with it and recognises a game by its first
prices. Audit and judge such a bot on games that it cannot have seen: `Generated` ones with a
seed of your own. More in docs/how-to/audit.md.

With --json, prints {\"scenario\", \"seed\", \"games\", \"ticks\", \"clean\", \"bots\"}, with one
{\"bot\", \"strategy\", \"verdict\", \"decisions\", \"cuts\", \"finding\", \"looks_ahead_ticks\"} per
bot; verdicts are past_only, looks_ahead, knows_the_game and not_repeatable; a finding has
{\"game\", \"id\", \"tick\" (null: presale), \"retelling\", \"whole\", \"retold\"}.

Exit codes:
  0 every bot decides by the past only   5 a bot does not: its results are worthless
  2 the command line or the scenario is wrong   3 input or output failed
  130 interrupted; what was compared so far is printed";

/// Audit bots for look-ahead: a decision must not depend on later ticks
///
/// Plays the first games of a scenario to its bots several times through the real engine:
/// unchanged, cut after every tick, and under other names. After a cut the game continues
/// differently: once with the rug, once with a long rise. A bot that decides differently although
/// only the future differs has looked ahead; the report names it with the first such game and tick.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// A scenario file, or the name of a built-in scenario
    scenario: String,
    /// Number of games to compare, from the first of the scenario
    #[arg(
        long,
        value_name = "N",
        default_value_t = 50,
        value_parser = clap::value_parser!(u64).range(1..=10_000)
    )]
    games: u64,
    #[command(flatten)]
    output: Output,
}

/// The JSON document: what was audited and the verdicts.
#[derive(Serialize)]
struct Document<'a> {
    scenario: &'a str,
    seed: u64,
    clean: bool,
    #[serde(flatten)]
    report: &'a AuditReport,
}

/// Runs the command.
///
/// # Errors
/// When the scenario is wrong, something cannot be read or written, or the audit is interrupted.
pub(super) fn run(
    args: &Args,
    strategies: &Strategies,
    console: Console,
) -> Result<ExitCode, Error> {
    let scenario = Scenario::open(Path::new(&args.scenario), strategies)?;
    let (playlist, _) = inputs::open(&scenario)?;
    let lineup = Lineup { setup: &scenario.setup, bots: &scenario.bots, strategies };
    let tapes = audit::tapes(&playlist, args.games);
    let stop = interrupt::stop_flag();
    let progress = console.progress(tapes.len() as u64, "games");
    let report = audit::audit(lineup, &tapes, &mut || {
        progress.inc(1);
        !stop.load(Ordering::Relaxed)
    });
    progress.finish_and_clear();
    let (name, clean) = (&scenario.name, report.is_clean());
    if args.output.json {
        let (scenario, seed) = (name, scenario.seed);
        console.print_json(&Document { scenario, seed, clean, report: &report })?;
    } else {
        console.print(words(name, &report))?;
    }
    if report.games < tapes.len() as u64 {
        let what = format!("interrupted after {}", counted(report.games, "game"));
        return Err(Error::new(ErrorKind::Interrupted, what));
    }
    Ok(exit_code(&report).into())
}

/// The exit code: a bot that does not decide by the past only is unsafe to use.
fn exit_code(report: &AuditReport) -> u8 {
    if report.is_clean() { 0 } else { ErrorKind::Safety.exit_code() }
}

/// What was compared, and a sentence per bot.
fn words(name: &str, report: &AuditReport) -> String {
    let AuditReport { games, ticks, bots } = report;
    let (games, ticks) = (counted(*games, "game"), counted(*ticks, "tick"));
    let mut lines = vec![format!("{name}: {games}, {ticks}, cut after every one of them\n")];
    lines.extend(bots.iter().map(ToString::to_string));
    if !report.is_clean() {
        let found = bots.iter().filter(|bot| bot.finding.is_some()).count();
        lines.push(format!(
            "\n{found} of {} bots decide by more than the past: their gains in a run prove \
             nothing",
            bots.len()
        ));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::strategy::{LifeStart, Strategy, View};
    use crate::engine::testing::{ScriptParams, TestTable, tape};
    use crate::model::order::{Action, Actions};
    use crate::model::sol::Sol;

    /// Plays every second game.
    #[derive(Clone)]
    struct Picky(u64);

    impl Strategy for Picky {
        type Params = ScriptParams;
        const NAME: &'static str = "Picky";
        const ABOUT: &'static str = "Plays every second game.";

        fn new(_: &ScriptParams, start: LifeStart<'_>) -> Self {
            Self(start.game.get())
        }

        fn decide(&mut self, _: &ScriptParams, view: &View<'_>) -> impl Into<Actions> {
            (view.is_active() && self.0 % 2 == 1).then_some(Action::Buy { stake: Sol::milli(1) })
        }
    }

    fn report(table: &TestTable) -> AuditReport {
        let tapes = [tape("g", [1.0, 1.1, 0.02]).into(), tape("h", [1.0, 1.2, 0.02]).into()];
        audit::audit(table.parts().0, &tapes, &mut || true)
    }

    #[test]
    fn an_audit_ends_with_the_code_of_a_safety_stop_when_a_bot_is_found_out() {
        let table = TestTable::new();
        assert_eq!(exit_code(&report(&table)), 0, "no bots, no findings");
        let found = report(&table.bot::<Picky>("picky", ScriptParams::default()));
        assert_eq!(exit_code(&found), 5);
        let text = words("s", &found);
        assert!(text.contains("\nKNOWS THE GAME: bot picky (Picky), game 0 (g), tick 0"), "{text}");
        assert!(text.ends_with("their gains in a run prove nothing"), "{text}");
    }
}
