//! Plays the studies and counts what each is called.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use replayer::analysis::summary::{Figures, Plan, Summary, VerdictKind};
use replayer::backtest::run::{Drive, RunExecution, run};
use replayer::base::error::Error;
use replayer::engine::collector::Collector;
use replayer::engine::journal::GameRecord;
use replayer::engine::source::Playlist;
use replayer::engine::strategy::Strategies;
use replayer::engine::{BotSpec, Lineup};
use replayer::model::ids::{BotIndex, GameIndex};
use replayer::model::setup::Setup;

use crate::cases::Set;

/// Most studies of one length: the rate of 2.5 % is then known to 0.25 %.
const STUDIES_MAX: u64 = 4_000;

/// All studies.
pub(crate) struct Studies {
    pub(crate) seed: u64,
    games: u64,
    /// The sets, each with its bots' counts by length.
    pub(crate) sets: Vec<(Set, Vec<Vec<Count>>)>,
}

/// What the studies of one bot and one length were called.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Count {
    pub(crate) studies: u64,
    pub(crate) edges: u64,
    pub(crate) losses: u64,
    /// The z scores of their P&L against the law.
    pub(crate) law: Scores,
    /// The z scores of the closed forms of their strategies, several in a study.
    pub(crate) forms: Scores,
}

/// How many z scores were given, and how many of them are beyond 3.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Scores {
    pub(crate) given: u64,
    pub(crate) beyond: u64,
}

/// A study as a row of a table.
pub(crate) struct Row<'a> {
    set: &'a str,
    name: &'a str,
    figures: &'a Figures,
}

/// A bot over studies of one length.
struct Course {
    bot: usize,
    units: u64,
    plan: Plan,
    summary: Summary,
    most: u64,
    count: Count,
}

impl Studies {
    /// Studies on the games of a seed; `games` of them are played by the longest.
    pub(crate) const fn new(seed: u64, games: u64) -> Self {
        Self { seed, games, sets: Vec::new() }
    }

    /// Plays a set, and hands every study over as a row.
    pub(crate) fn play(
        &mut self,
        set: Set,
        each: impl FnMut(Row<'_>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let life = set.setup.life_games();
        let setup = Setup { seed: self.seed, ..set.setup.clone() };
        let bots: Vec<BotSpec> = set.bots.iter().map(|(_, bot)| bot.clone()).collect();
        let courses: Vec<Course> = (0..bots.len())
            .flat_map(|bot| set.units.iter().map(move |&units| (bot, units)))
            .map(|(bot, units)| {
                let of = std::slice::from_ref(&bots[bot]);
                let plan = Plan::new("study", &setup, of, Some(units * life));
                let most = (self.games / (units * life)).clamp(1, STUDIES_MAX);
                let summary = Summary::new(plan.clone());
                Course { bot, units, plan, summary, most, count: Count::default() }
            })
            .collect();
        let games = courses.iter().map(|it| it.most * it.units * life).max().unwrap_or(0);
        let strategies = Strategies::standard();
        let lineup = Lineup { setup: &setup, bots: &bots, strategies: &strategies };
        let playlist = Arc::new(Playlist::Generated { seed: setup.seed, games });
        let execution = RunExecution { threads: 1, drive: Drive::Games };
        let mut taken = Courses { set: &set, courses, each };
        run(lineup, playlist, execution, &AtomicBool::new(false), &mut taken)?;
        let counts = taken.courses.chunks(set.units.len());
        let counts = counts.map(|them| them.iter().map(|course| course.count).collect()).collect();
        self.sets.push((set, counts));
        Ok(())
    }
}

/// The courses of a set, each with every game of it.
struct Courses<'a, F> {
    set: &'a Set,
    courses: Vec<Course>,
    each: F,
}

impl<F: FnMut(Row<'_>) -> Result<(), Error>> Collector for Courses<'_, F> {
    fn keeps_postings(&self) -> bool {
        false
    }

    fn collect(&mut self, record: GameRecord) -> Result<(), Error> {
        let life = self.set.setup.life_games();
        for course in &mut self.courses {
            if let Some(figures) = course.take(&record, life) {
                let name = &self.set.bots[course.bot].0;
                (self.each)(Row { set: self.set.title, name, figures: &figures })?;
            }
        }
        Ok(())
    }
}

impl Course {
    /// Adds a game; the figures of the study that it ends.
    fn take(&mut self, record: &GameRecord, life: u64) -> Option<Figures> {
        if self.count.studies == self.most {
            return None;
        }
        let games = self.units * life;
        let mut row = record.rows[self.bot].clone();
        row.bot = BotIndex::FIRST;
        self.summary.add(&GameRecord {
            index: GameIndex::after(record.index.get() % games),
            variant: 0,
            id: record.id,
            rug_tick: record.rug_tick,
            rug_price: record.rug_price,
            peak: record.peak,
            rows: vec![row],
            postings: Vec::new(),
            rejections: Vec::new(),
            exits: Vec::new(),
            digest: record.digest,
        });
        if !record.index.next().get().is_multiple_of(games) {
            return None;
        }
        let whole = std::mem::replace(&mut self.summary, Summary::new(self.plan.clone()));
        let figures = whole.assess().bots.swap_remove(0);
        self.count.add(&figures);
        Some(figures)
    }
}

impl Count {
    fn add(&mut self, figures: &Figures) {
        self.studies += 1;
        self.edges += u64::from(figures.verdict.kind == VerdictKind::Edge);
        self.losses += u64::from(figures.verdict.kind == VerdictKind::Loses);
        self.law.add(figures.oracle.and_then(|oracle| oracle.z));
        figures.oracles.iter().for_each(|oracle| self.forms.add(oracle.z));
    }
}

impl Scores {
    fn add(&mut self, z: Option<f64>) {
        self.given += u64::from(z.is_some());
        self.beyond += u64::from(z.is_some_and(|z| z.abs() > 3.0));
    }
}

impl fmt::Display for Row<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Figures { units, pnl_per_unit, oracle, verdict, .. } = self.figures;
        let number = |figure: Option<f64>| figure.map_or_else(String::new, |it| it.to_string());
        let mean = pnl_per_unit.map(|mean| mean.value);
        let error = pnl_per_unit.map(|mean| mean.standard_error);
        let law = oracle.and_then(|oracle| oracle.error);
        let effective = oracle.and_then(|oracle| oracle.effective);
        let beyond = oracle.map(|oracle| oracle.difference.value);
        let numbers = [mean, error, law, effective, beyond].map(number).join(",");
        let Self { set, name, .. } = self;
        write!(f, "\"{set}\",\"{name}\",{units},{numbers},{:?}", verdict.kind)
    }
}
