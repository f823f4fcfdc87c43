//! Scenarios with choices: every variant of one, and the text of each.
//!
//! A variant is the scenario with each choice replaced by one of its values. Listed values are
//! crossed with each other; drawn values are drawn together, once per sample, and the samples are
//! crossed with the rest. The last choice written varies fastest, samples faster still.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::Path;

use rand_core::Rng;

use super::sweep::SweepSpec;
use super::{Scenario, ScenarioError, found, read, read_file};
use crate::analysis::summary::{Plan, SampleRule};
use crate::base::address::masked;
use crate::base::document::{Choice, Document, Pick, Problem, Values};
use crate::engine::BotSpec;
use crate::engine::strategy::Strategies;
use crate::model::ids::BotId;
use crate::model::setup::Setup;
use crate::model::streams::Streams;

/// Maximum number of variants of a scenario.
pub const VARIANTS_MAX: u64 = 100_000;
/// Maximum number of bots of all variants together.
pub const BOTS_OF_ALL_MAX: usize = 100_000;
const LIVES: &str = "variants must not differ in the games of a life, the unit of comparison: the \
                     amount of a bankroll may be a choice, but not its kind or its games";
/// Maximum number of problems that are collected: those of a wide space are much alike.
const PROBLEMS_MAX: usize = 100;

/// A scenario with all of its variants.
#[derive(Debug)]
pub struct Space {
    /// The scenario with every choice at its first value.
    pub first: Scenario,
    /// The choices, in the order of the text.
    pub dimensions: Vec<Dimension>,
    /// All variants, by number.
    pub variants: Vec<Variant>,
    /// The text without the wrapping that documents add.
    text: String,
    samples: u64,
}

/// A choice in a scenario.
#[derive(Debug, Clone)]
pub struct Dimension {
    /// Name of the choice: `careful.stop_loss`, `rules.max_bet`, `bankroll`.
    pub name: String,
    /// The bot, or bots declared together, to which the value belongs; empty if it belongs to all.
    pub owner: String,
    choice: Choice,
}

/// A scenario with one value for each choice: its bots and its rules.
#[derive(Debug, Clone)]
pub struct Variant {
    /// The rules, the bankroll and the seed.
    pub setup: Setup,
    /// The bots, in the order of the scenario.
    pub bots: Vec<BotSpec>,
    sample: Option<SampleRule>,
    below: Vec<u64>,
}

impl Variant {
    /// The plan of a summary of `games` of its games, under a name.
    #[must_use]
    pub fn plan(&self, name: &str, games: Option<u64>) -> Plan {
        let (sample, below) = (self.sample, self.below.clone());
        Plan { sample, below, ..Plan::new(name, &self.setup, &self.bots, games) }
    }
}

impl Space {
    /// Opens a scenario like [`Scenario::open`], with or without choices.
    ///
    /// # Errors
    /// When anything is wrong with it, or with any of its variants.
    pub fn open(name_or_path: &Path, strategies: &Strategies) -> Result<Self, ScenarioError> {
        let read = |text: &str, folder: &Path, path: Option<&Path>| {
            Self::parse(text, folder, path, strategies)
        };
        found(name_or_path, read).inspect(|space| space.first.warn(name_or_path))
    }

    /// Parses a scenario like [`Scenario::parse`], with or without choices.
    ///
    /// # Errors
    /// When anything is wrong with it, or with any of its variants.
    pub fn parse(
        text: &str,
        folder: &Path,
        path: Option<&Path>,
        strategies: &Strategies,
    ) -> Result<Self, ScenarioError> {
        Self::read(text, Some(folder), path, strategies)
    }

    /// Reads the scenario in a folder that was written from it, even if its source has moved.
    ///
    /// # Errors
    /// When it cannot be read, or when anything is wrong with it.
    pub fn recall(path: &Path, strategies: &Strategies) -> Result<Self, ScenarioError> {
        read_file(path, |text, _, path| Self::read(text, None, path, strategies))
    }

    fn read(
        text: &str,
        folder: Option<&Path>,
        path: Option<&Path>,
        strategies: &Strategies,
    ) -> Result<Self, ScenarioError> {
        let refused = |problems| {
            ScenarioError::new(path.unwrap_or(Path::new("scenario")), &masked(text), problems)
        };
        let document = Document::new(text);
        let read_first = document.root().and_then(|root| read(root, folder, strategies));
        let choices = document.choices();
        let samples = samples(&document, &choices, read_first.as_ref());
        let first = match read_first {
            Some(first) if document.problems().is_empty() => first,
            _ => return Err(refused(document.problems())),
        };
        let first = Scenario {
            text: masked(text),
            path: path.map(Path::to_path_buf),
            warnings: document.warnings(),
            ..first
        };
        let mut space = Self {
            dimensions: dimensions(choices),
            samples,
            text: text.strip_prefix('\u{feff}').unwrap_or(text).to_owned(),
            variants: Vec::new(),
            first,
        };
        space.variants = space.read_variants(folder, strategies).map_err(refused)?;
        Ok(space)
    }

    /// The values of a variant, as written, one per dimension.
    #[must_use]
    pub fn values(&self, variant: u64) -> Vec<String> {
        let picks = self.picks(variant).into_iter().map(|(_, pick)| match pick {
            Pick::Written(span) => self.text[span].to_owned(),
            Pick::Made(text) => text,
        });
        picks.collect()
    }

    /// The scenario of one variant, to be run by itself; with a holdout, limited to `games`.
    #[must_use]
    pub fn cell(&self, variant: u64, games: Option<u64>) -> String {
        let mut pieces = self.picks(variant);
        if let Some(SweepSpec { span, .. }) = &self.first.sweep {
            let games = games.map_or_else(String::new, |games| format!(", games: {games}"));
            let cell = format!("Cell(number: {variant}{games})");
            pieces.push((span.clone(), Pick::Made(cell)));
        }
        pieces.sort_by_key(|(span, _)| span.start);
        let (mut text, mut copied) = (String::new(), 0);
        for (span, pick) in pieces {
            text.push_str(&self.text[copied..span.start]);
            match pick {
                Pick::Written(value) => text.push_str(&self.text[value]),
                Pick::Made(value) => text.push_str(&value),
            }
            copied = span.end;
        }
        text.push_str(&self.text[copied..]);
        text
    }

    /// What a variant puts in place of each choice.
    fn picks(&self, variant: u64) -> Vec<(Range<usize>, Pick)> {
        let (mut rest, sample) = (variant / self.samples, variant % self.samples);
        let name = BotId::new("sweep").expect("a valid name");
        let streams = Streams::new(self.first.seed, name);
        let mut picks = Vec::with_capacity(self.dimensions.len());
        for Dimension { name, choice, .. } in self.dimensions.iter().rev() {
            let pick = if let Values::Drawn(draw) = &choice.values {
                Pick::Made(draw.value(streams.named(name, sample).next_u64()))
            } else {
                let count = choice.values.count().map_or(1, |count| count as u64);
                let at = usize::try_from(rest % count).expect("below the count");
                rest /= count;
                choice.values.listed(at)
            };
            picks.push((choice.span.clone(), pick));
        }
        picks.reverse();
        picks
    }

    /// Reads every variant; the bounds of drawn values are tried too.
    fn read_variants(
        &mut self,
        folder: Option<&Path>,
        strategies: &Strategies,
    ) -> Result<Vec<Variant>, Vec<Problem>> {
        // By place: the values of one choice are wrong in the same way, and one example says it.
        let mut problems = BTreeMap::new();
        let mut warnings = BTreeSet::new();
        let mut attempt = |picks: Vec<(Range<usize>, Pick)>| {
            let document = Document::with(&self.text, picks);
            let scenario = document.root().and_then(|root| read(root, folder, strategies));
            warnings.extend(document.warnings());
            for problem in document.problems() {
                problems.entry((problem.line, problem.column)).or_insert(problem);
            }
            (scenario, problems.len())
        };
        let all = self.count();
        let mut variants = Vec::new();
        let mut seats = 0;
        // Whether a bound is valid must not depend on whether a sample reaches it.
        for end in [0, 1] {
            let drawn = self.dimensions.iter().filter(|it| it.choice.values.count().is_none());
            let bounds = drawn.map(|it| (it.choice.span.clone(), it.choice.values.listed(end)));
            let _ = attempt(self.picks(0).into_iter().chain(bounds).collect());
        }
        for number in 0..all {
            let (read, wrong) = attempt(self.picks(number));
            if wrong > PROBLEMS_MAX {
                break;
            }
            let Some(scenario) = read else { continue };
            seats += scenario.bots.len();
            if seats > BOTS_OF_ALL_MAX {
                let what = format!(
                    "{all} variants have more than {BOTS_OF_ALL_MAX} bots together, the maximum"
                );
                return Err(vec![whole(&what)]);
            }
            if scenario.setup.life_games() != self.first.setup.life_games() {
                return Err(vec![whole(LIVES)]);
            }
            variants.push(Variant {
                setup: scenario.setup,
                bots: scenario.bots,
                sample: scenario.sample,
                below: scenario.below,
            });
        }
        self.first.warnings = one_per_place(warnings);
        if problems.is_empty() { Ok(variants) } else { Err(problems.into_values().collect()) }
    }

    /// The number of variants.
    fn count(&self) -> u64 {
        let listed = self.dimensions.iter().filter_map(|it| it.choice.values.count());
        listed.fold(self.samples, |all, values| all * values as u64)
    }
}

/// The first warning of each place.
fn one_per_place(warnings: BTreeSet<Problem>) -> Vec<Problem> {
    let mut warnings: Vec<Problem> = warnings.into_iter().collect();
    warnings.dedup_by_key(|warning| (warning.line, warning.column));
    warnings
}

/// A problem of the scenario as a whole.
fn whole(what: &str) -> Problem {
    Problem { line: 0, column: 0, what: what.to_owned() }
}

/// The number of samples: one if nothing is drawn. Notes what is wrong with it, or with the number
/// of variants.
fn samples(document: &Document, choices: &[Choice], scenario: Option<&Scenario>) -> u64 {
    let drawn = || choices.iter().filter(|choice| choice.values.count().is_none());
    let sweep = scenario.and_then(|scenario| scenario.sweep.as_ref());
    let asked = sweep.and_then(|sweep| sweep.samples);
    if let (Some((place, _)), false) = (asked, document.has_draws()) {
        document.note(place, "`samples`: no value is drawn: none is `Uniform` or `LogUniform`");
    }
    if let (Some(_), None, Some(choice)) = (scenario, asked, drawn().next()) {
        let what = "the number of samples is missing: `sweep: Sweep(samples: …)`";
        document.note(choice.span.start, what);
    }
    let samples = asked.map_or(1, |(_, samples)| samples);
    let listed: Vec<u64> =
        choices.iter().filter_map(|it| it.values.count()).map(|count| count as u64).collect();
    let product = listed.iter().try_fold(samples, |all, &values| all.checked_mul(values));
    if let Some(first) = choices.first()
        && product.is_none_or(|all| all > VARIANTS_MAX)
    {
        let mut factors: Vec<String> = listed.iter().map(ToString::to_string).collect();
        factors.extend(asked.map(|(_, samples)| format!("{samples} samples")));
        let all = product.map_or_else(|| "more than 2^64".to_owned(), |all| all.to_string());
        let what = format!("{all} variants ({}): at most {VARIANTS_MAX}", factors.join(" x "));
        document.note(first.span.start, what);
    }
    samples
}

/// Names each choice after its owner and its field.
fn dimensions(choices: Vec<Choice>) -> Vec<Dimension> {
    let mut taken = BTreeSet::new();
    let named = choices.into_iter().map(|choice| {
        let owner = choice.owner.clone();
        let name = match owner.as_str() {
            "" => choice.field.clone(),
            owner => format!("{owner}.{}", choice.field),
        };
        let mut numbered = (2..).map(|number| format!("{name}-{number}"));
        let free = !taken.contains(&name);
        let name =
            if free { name } else { numbered.find(|it| !taken.contains(it)).unwrap_or(name) };
        taken.insert(name.clone());
        // Rules do not belong to a bot.
        let owner = if owner == "rules" { String::new() } else { owner };
        Dimension { name, owner, choice }
    });
    named.collect()
}
