//! How often a verdict is wrong: every bot that ships with the crate plays many studies of fair
//! games, in which none has an edge, and each study is judged as a run would be.
//!
//! ```text
//! cargo run --release --example false_edges                            print the tables
//! cargo run --release --example false_edges -- --write docs/statistics.md
//! cargo run --release --example false_edges -- --games 20000           fewer studies
//! cargo run --release --example false_edges -- --raw studies.csv       one row per study as well
//! ```
//!
//! The games follow from `--seed` (2026), so the tables do too. `--write` replaces what stands in
//! the page between the two comments that name this example. It fails when a bot is called an edge
//! more often than the nominal rate and chance together explain.

mod cases;
mod studies;
mod tables;

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use replayer::base::error::Error;
use studies::Studies;

/// What may go wrong here: nothing is to be mended, only told.
type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// The comments between which the tables stand in a page.
const MARKS: [&str; 2] =
    ["<!-- examples/false_edges begins -->\n", "<!-- examples/false_edges ends -->\n"];

/// What the command line asks for.
struct Asked {
    seed: u64,
    /// Games of the longest row of studies.
    games: u64,
    write: Option<PathBuf>,
    raw: Option<PathBuf>,
}

fn main() -> Outcome<()> {
    let asked = Asked::read()?;
    let mut raw = asked.raw.as_ref().map(fs::File::create).transpose()?;
    if let Some(raw) = &mut raw {
        writeln!(raw, "set,bot,units,value,error,law_error,effective,beyond_law,verdict")?;
    }
    let mut studies = Studies::new(asked.seed, asked.games);
    for set in cases::sets() {
        studies.play(set, |row| {
            let (Some(raw), Some(path)) = (&mut raw, &asked.raw) else { return Ok(()) };
            writeln!(raw, "{row}").map_err(|error| Error::io("write", path, error))
        })?;
    }
    let text = tables::render(&studies);
    match &asked.write {
        None => io::stdout().write_all(text.as_bytes())?,
        Some(page) => rewrite(page, &text)?,
    }
    let broken = tables::beyond_nominal(&studies);
    if broken.is_empty() { Ok(()) } else { Err(broken.join("\n").into()) }
}

impl Asked {
    fn read() -> Outcome<Self> {
        let mut asked = Self { seed: 2_026, games: 500_000, write: None, raw: None };
        let mut given = std::env::args().skip(1);
        while let Some(name) = given.next() {
            let value = given.next().ok_or_else(|| format!("{name} needs a value"))?;
            match name.as_str() {
                "--seed" => asked.seed = value.parse()?,
                "--games" => asked.games = value.parse()?,
                "--write" => asked.write = Some(value.into()),
                "--raw" => asked.raw = Some(value.into()),
                _ => return Err(format!("unknown argument {name}").into()),
            }
        }
        Ok(asked)
    }
}

/// Replaces what stands between the marks of a page.
fn rewrite(page: &Path, tables: &str) -> Outcome<()> {
    let text = fs::read_to_string(page)?;
    let [begins, ends] = MARKS;
    let (before, rest) = text.split_once(begins).ok_or("the page lacks the first mark")?;
    let (_, after) = rest.split_once(ends).ok_or("the page lacks the second mark")?;
    fs::write(page, format!("{before}{begins}\n{tables}\n{ends}{after}"))?;
    Ok(())
}
