//! Scenarios: one RON file that says everything a run needs (docs/scenario-format.md).
//!
//! A file is checked completely: all problems are reported at once, each with its line and column,
//! and nothing runs. The command line reads scenarios; the engine sees only the result.

mod bankroll;
mod bots;
mod embedded;
mod error;
mod limits;
mod place;
mod ruin;
mod rules;
mod sample;
mod source;
pub mod space;
mod sweep;
mod unfillable;

use std::io;
use std::path::{Path, PathBuf};

use tracing::warn;

use crate::analysis::summary::{Plan, SampleRule};
use crate::base::address::{SourceAddress, masked};
use crate::base::document::{Document, Problem, Raw, excerpt};
use crate::base::error::looked_in;
use crate::base::files::reading;
use crate::engine::BotSpec;
use crate::engine::strategy::Strategies;
use crate::model::ids::{BotId, GameId};
use crate::model::rules::Rules;
use crate::model::setup::Setup;

pub use embedded::names as embedded_names;
pub use error::ScenarioError;
pub use place::Part;
pub use space::Space;
use sweep::DeclaredSweep;
pub use sweep::SweepSpec;
pub use unfillable::unfillable;

/// Maximum size of a scenario file, in bytes.
pub const BYTES_MAX: u64 = 16 << 20;

const CHOICE: &str = "a choice of values, but a run needs one: `replayer sweep` plays all, and \
                      `replayer sweep SCENARIO --cell NUMBER` prints the scenario of one";
const SWEEP: &str = "this scenario is a sweep: play it with `replayer sweep`";

/// Everything a run needs.
#[derive(Debug)]
pub struct Scenario {
    /// Name of the scenario, valid as a file name.
    pub name: String,
    /// Seed of all random streams.
    pub seed: u64,
    /// Where the games come from.
    pub source: SourceSpec,
    /// The rules, the bankroll and the seed, as a table takes them.
    pub setup: Setup,
    /// The bots, in the order of the file.
    pub bots: Vec<BotSpec>,
    /// Games whose figures are shown beside those of all games.
    pub sample: Option<SampleRule>,
    /// Shares of the bankroll, in billionths, below which falls are counted.
    pub below: Vec<u64>,
    /// How the choices are swept; `None` in a scenario without a sweep.
    pub sweep: Option<SweepSpec>,
    /// Number of the source's games to play, if a sweep kept the rest back.
    pub games_max: Option<u64>,
    /// What is likely a mistake in it.
    pub warnings: Vec<Problem>,
    /// The file as it was read, but with stars for what may be secret in an address: for the run's
    /// folder.
    pub text: String,
    /// Path of the file; `None` for a built-in scenario.
    pub path: Option<PathBuf>,
}

/// Where the games come from. Paths are relative to the folder of the scenario.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SourceSpec {
    /// Fair games generated from the seed.
    Generated {
        /// Number of games to generate.
        games: u64,
    },
    /// Games from recordings of a feed.
    Recordings {
        /// A recording, or a folder of recordings.
        path: PathBuf,
        /// The games to play.
        select: Select,
        /// The order in which to play them.
        order: GameOrder,
        /// Maximum number of games to play.
        limit: Option<u64>,
    },
    /// A live feed, for `replayer live`.
    Feed {
        /// Address of the feed, or the name of what has it.
        url: SourceAddress,
    },
    /// A page of the site, in a browser, for `replayer live`.
    Browser {
        /// Address of the page, or the name of what has it.
        url: SourceAddress,
    },
    /// Historic games, regenerated from their revealed server seeds.
    Seeds {
        /// File of seeds, one game per line.
        path: PathBuf,
    },
}

/// The recorded games that are played.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Select {
    /// All games recorded from their start to their rug.
    Complete,
    /// Only the games with these ids.
    Games(Vec<GameId>),
}

/// The order in which recorded games are played.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GameOrder {
    /// The order in which they were recorded.
    Recorded,
    /// Shuffled by the scenario's seed.
    Shuffled,
}

impl Scenario {
    /// Opens a scenario: an existing file, else a built-in one. Logs what is likely a mistake.
    ///
    /// # Errors
    /// When neither exists, or when anything is wrong with it.
    pub fn open(name_or_path: &Path, strategies: &Strategies) -> Result<Self, ScenarioError> {
        let read = |text: &str, folder: &Path, path: Option<&Path>| {
            Self::parse(text, folder, path, strategies)
        };
        found(name_or_path, read).inspect(|scenario| scenario.warn(name_or_path))
    }

    /// Logs what is likely a mistake.
    fn warn(&self, name_or_path: &Path) {
        for warning in &self.warnings {
            warn!("{}:{warning}", name_or_path.display());
        }
    }

    /// Reads a scenario file.
    ///
    /// # Errors
    /// When it cannot be read, or when anything is wrong with it.
    pub fn read(path: &Path, strategies: &Strategies) -> Result<Self, ScenarioError> {
        read_file(path, |text, folder, path| Self::parse(text, folder, path, strategies))
    }

    /// Parses a scenario; paths in it are relative to the folder.
    ///
    /// # Errors
    /// When anything is wrong with it.
    pub fn parse(
        text: &str,
        folder: &Path,
        path: Option<&Path>,
        strategies: &Strategies,
    ) -> Result<Self, ScenarioError> {
        let document = Document::new(text);
        let read = document.root().and_then(|root| read(root, Some(folder), strategies));
        if let Some(choice) = document.choices().first() {
            document.note(choice.span.start, CHOICE);
        } else if let Some(sweep) = read.as_ref().and_then(|scenario| scenario.sweep.as_ref()) {
            document.note(sweep.span.start, SWEEP);
        }
        let problems = document.problems();
        match read {
            Some(scenario) if problems.is_empty() => Ok(Self {
                text: masked(text),
                path: path.map(Path::to_path_buf),
                warnings: document.warnings(),
                ..scenario
            }),
            // Its lines are shown, and logged.
            _ => Err(ScenarioError::new(
                path.unwrap_or(Path::new("scenario")),
                &masked(text),
                problems,
            )),
        }
    }

    /// The plan of a summary of `games` of its games, if their number is known.
    #[must_use]
    pub fn plan(&self, games: Option<u64>) -> Plan {
        let (sample, below) = (self.sample, self.below.clone());
        let plan = Plan::new(&self.name, &self.setup, &self.bots, games);
        Plan { sample, below, fan: true, ..plan }
    }
}

/// A scenario's text with another source; `None` when it has none.
#[must_use]
pub fn with_source(text: &str, source: &str) -> Option<String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let document = Document::new(text);
    let mut fields = document.root()?.fields()?;
    let written = fields.required_raw("source")?.span()?;
    // The places are those of the text only where nothing of it was repaired.
    document.problems().is_empty().then_some(())?;
    Some(format!("{}{source}{}", &text[..written.start], &text[written.end..]))
}

/// Finds the text of a scenario: an existing file, else a built-in one.
fn found<T>(
    name_or_path: &Path,
    parse: impl FnOnce(&str, &Path, Option<&Path>) -> Result<T, ScenarioError>,
) -> Result<T, ScenarioError> {
    // A folder does not hide a scenario: `quickstart/` may be the output of `quickstart`.
    // A path that cannot be examined is left to the reading, which reports why.
    let absent = matches!(name_or_path.try_exists(), Ok(false));
    if !absent && !name_or_path.is_dir() {
        return read_file(name_or_path, parse);
    }
    match name_or_path.to_str().and_then(embedded::text) {
        Some(text) => parse(text, Path::new(""), None).map_err(|error| error.of(name_or_path)),
        None if name_or_path.is_dir() => read_file(name_or_path, parse),
        None => {
            let names: Vec<&str> = embedded_names().collect();
            let what = format!(
                "no such file{}, and no built-in scenario of that name: {}",
                looked_in(name_or_path).map_or_else(String::new, |folder| format!(" in {folder}")),
                names.join(", ")
            );
            Err(ScenarioError::whole(name_or_path, what))
        }
    }
}

fn read_file<T>(
    path: &Path,
    parse: impl FnOnce(&str, &Path, Option<&Path>) -> Result<T, ScenarioError>,
) -> Result<T, ScenarioError> {
    let text = read_text(path).map_err(|what| ScenarioError::whole(path, what))?;
    parse(&text, path.parent().unwrap_or(Path::new("")), Some(path))
}

/// Reads the fields of a scenario; notes problems in its document.
fn read(root: Raw<'_>, folder: Option<&Path>, strategies: &Strategies) -> Option<Scenario> {
    if root.name() != "Scenario" {
        let found = excerpt(root.text());
        root.problem(format!("expected `Scenario(name: \"…\", seed: …, …)`, not {found}"));
        return None;
    }
    let mut fields = root.fields()?;
    let name = fields.required_raw("name").and_then(|raw| {
        raw.one_value("all variants are of one scenario");
        raw.read::<BotId>()
    });
    let seed = fields.required_raw("seed").and_then(|raw| {
        raw.one_value("all variants share one seed");
        raw.read()
    });
    let source = fields.required_raw("source").and_then(|raw| {
        raw.one_value("all variants play the same games");
        source::read(raw, folder)
    });
    let rules = match fields.raw("rules") {
        Some(raw) => {
            raw.owner("rules");
            rules::read(raw)
        }
        None => Some(Rules::default()),
    };
    let bankroll =
        fields.required_raw("bankroll").and_then(|raw| bankroll::read(raw, rules.as_ref()));
    let bots = fields.required_raw("bots").and_then(|raw| bots::read(raw, strategies));
    let sample = fields.raw("sample").map(sample::read);
    let below = fields.raw("ruin").map_or(Some(Vec::new()), ruin::read);
    let sweep = fields.raw("sweep").map(sweep::read);
    fields.finish();
    let seed = seed?;
    let (sweep, games_max) = match sweep {
        None => (None, None),
        Some(Some(DeclaredSweep::Sweep(sweep))) => (Some(sweep), None),
        Some(Some(DeclaredSweep::Cell(games))) => (None, games),
        Some(None) => return None,
    };
    Some(Scenario {
        name: name?.to_string(),
        seed,
        source: source?,
        setup: Setup { rules: rules?, bankroll: bankroll?, seed },
        bots: bots?,
        sample: sample.map_or(Some(None), |sample| sample.map(Some))?,
        below: below?,
        sweep,
        games_max,
        warnings: Vec::new(),
        text: String::new(),
        path: None,
    })
}

/// Reads the text of a scenario, up to the maximum size.
fn read_text(path: &Path) -> Result<String, String> {
    reading::text(path, BYTES_MAX).map_err(|error| match error.kind() {
        io::ErrorKind::IsADirectory => "this is a folder, not a scenario file".to_owned(),
        io::ErrorKind::FileTooLarge => {
            format!("larger than {} MiB: not a scenario file", BYTES_MAX >> 20)
        }
        io::ErrorKind::InvalidData => format!("{error}: not a scenario file"),
        _ => format!("cannot be read: {error}"),
    })
}
