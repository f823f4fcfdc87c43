//! A live session without its connection.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use allocation_counter::{AllocationInfo, measure};
use bevy_app::App;
use crossbeam_channel::{Receiver, Sender, bounded, unbounded};
use hdrhistogram::Histogram;
use replayer::backtest::run::folder::{Contents, Format, RunFolder};
use replayer::backtest::run::inputs::Inputs;
use replayer::backtest::run::recorder;
use replayer::backtest::scenario::Scenario;
use replayer::demo::feed_server::script::ShowCue;
use replayer::engine::collector::{Collector, Ending};
use replayer::engine::inbox::{Inbox, Message};
use replayer::engine::journal::GameRecord;
use replayer::engine::strategy::Strategies;
use replayer::engine::{Lineup, build_live};
use replayer::feed::listener::Notice;
use replayer::feed::record::{Config, Recorder, Retention};
use replayer::feed::{Fact, Listener};
use replayer::live::monitor::Metrics;
use replayer::model::time::{Moment, Stamp};

use crate::{Outcome, now, wait};

/// When the show begins: 2030-01-01.
const EPOCH_MS: u64 = 1_893_456_000_000;
/// Bytes of the archive that are kept.
const KEPT_BYTES: u64 = 256 << 20;
/// Ticks after which everything has been met once.
const WARM: u64 = 1_000_000;

/// The parts of a session.
pub(crate) struct Session<'a> {
    pub(crate) metrics: Arc<Metrics>,
    listener: Listener,
    recorder: Recorder,
    to_world: Sender<Message>,
    world: App,
    finished: Receiver<GameRecord>,
    journal: recorder::RunRecorder<'a>,
    folder: PathBuf,
    costs: Costs,
}

/// What ticks cost.
struct Costs {
    /// Nanoseconds of an update of the world.
    steps: Histogram<u64>,
    /// Updates that were counted, once warm, and what they allocated.
    counted: u64,
    world: AllocationInfo,
    /// What hearing and recording allocated meanwhile.
    ingest: AllocationInfo,
    unfair: u64,
}

impl<'a> Session<'a> {
    pub(crate) fn start(scenario: &'a Scenario, inputs: &'a Inputs, place: &Path) -> Outcome<Self> {
        let (metrics, folder) = (Arc::<Metrics>::default(), place.join("recording"));
        let ids: Vec<String> = scenario.bots.iter().map(|bot| bot.id.to_string()).collect();
        metrics.bots.seat(ids.clone(), scenario.setup.bankroll.start());
        let retention = Retention { bytes_max: Some(KEPT_BYTES), age_max: None };
        let recorder = Recorder::start(Config {
            retention,
            part_bytes_max: 16 << 20,
            ..Config::new(&folder, "http://127.0.0.1:1", Moment::from_ms(EPOCH_MS))
        })?;
        metrics.recordings.facts(recorder.gauge());
        let contents = Contents { format: Format::Csv, ticks: false, keep: None };
        let journal = RunFolder::create(&place.join("session"), &scenario.text, ids, contents)?;
        let journal = recorder::RunRecorder::of_feed(scenario, inputs, Some(journal))?;
        let (to_world, messages) = bounded(4_096);
        let (sink, finished) = unbounded();
        let strategies = Strategies::standard();
        let lineup =
            Lineup { setup: &scenario.setup, bots: &scenario.bots, strategies: &strategies };
        let world = build_live(lineup, Inbox::new(messages, u64::MAX), Box::new(sink));
        let mut listener = Listener::default();
        listener.connection(Moment::from_ms(EPOCH_MS), true);
        let costs = Costs {
            steps: Histogram::new_with_max(60_000_000_000, 3)?,
            counted: 0,
            world: AllocationInfo::default(),
            ingest: AllocationInfo::default(),
            unfair: 0,
        };
        Ok(Self { metrics, listener, recorder, to_world, world, finished, journal, folder, costs })
    }

    /// Takes a message, as the feed ingest of a session does, and plays what it tells.
    pub(crate) fn hear(&mut self, cue: &ShowCue) -> Outcome<Vec<Fact>> {
        let mut told = Ok(Vec::new());
        let ingest = measure(|| told = self.listen(cue));
        let facts = told?;
        let is_played = |fact: &Fact| {
            matches!(fact, Fact::Presale { .. } | Fact::Tick { .. } | Fact::Rug { .. } | Fact::Void)
        };
        if facts.iter().any(is_played) {
            let begun = now();
            let world = measure(|| self.world.update());
            let took = begun.elapsed();
            self.metrics.world.step.observe(took);
            self.costs.steps.saturating_record(u64::try_from(took.as_nanos())?);
            if self.costs.steps.len() > WARM {
                self.costs.counted += 1;
                self.costs.world += world;
                self.costs.ingest += ingest;
            }
        }
        for game in self.finished.try_iter() {
            self.metrics.bots.played(&game);
            self.journal.collect(game)?;
            self.keep_up();
        }
        Ok(facts)
    }

    fn listen(&mut self, cue: &ShowCue) -> Outcome<Vec<Fact>> {
        let (at, payload) = (Moment::from_ms(EPOCH_MS + cue.at_ms), cue.frame.payload.get());
        self.metrics.feed.message(payload.len());
        let heard = self.listener.take(at, cue.frame.event, payload);
        self.metrics.feed.heard(&heard.facts);
        for notice in self.listener.notices() {
            match notice {
                Notice::Level(change) => self.metrics.feed.changed(&change),
                Notice::Fairness(check) => {
                    let fair = !check.verdict.is_alarm();
                    self.costs.unfair += u64::from(!fair);
                    self.metrics.feed.ruled(&check.verdict);
                    let text = check.verdict.to_string();
                    self.recorder.verdict(at, check.reveal.game_id, (fair, &text))?;
                }
            }
        }
        let facts = heard.facts.clone();
        if !facts.is_empty() {
            self.recorder.record(&heard)?;
            self.to_world.try_send((heard, Stamp::from_us(cue.at_ms * 1_000)))?;
        }
        Ok(facts)
    }

    /// Lets the disk catch up: games come some thousand times as fast as they do.
    fn keep_up(&self) {
        while self.recorder.metrics().queued > 1_024 {
            wait(Duration::from_millis(1));
        }
    }

    /// Ends the session and says what it was like.
    pub(crate) fn end(mut self, out: &mut impl Write) -> Outcome<()> {
        let Costs { steps, counted, world, ingest, unfair } = &self.costs;
        let us = |quantile| Duration::from_nanos(steps.value_at_quantile(quantile));
        writeln!(
            out,
            "a step       p50 {:?}, p99 {:?}, p99.9 {:?}, max {:?}",
            us(0.5),
            us(0.99),
            us(0.999),
            us(1.0)
        )?;
        let per = |info: &AllocationInfo| info.count_total as f64 / (*counted).max(1) as f64;
        writeln!(
            out,
            "allocations  {:.3} a tick in the world, with what is handed over at the end of a game; {:.1} in the feed ingest, which reads JSON",
            per(world),
            per(ingest)
        )?;
        let unfair = *unfair;
        let finished = self.journal.finish(Ok(Ending::Interrupted))?;
        writeln!(out, "games        {}, {} not fair", finished.assessment.games, unfair)?;
        let recorded = self.recorder.finish()?;
        let (mut kept, mut files) = (0, 0);
        for entry in fs::read_dir(&self.folder)? {
            kept += entry?.metadata()?.len();
            files += 1;
        }
        writeln!(
            out,
            "recorded     {} lines in {} parts, {} MB; {} lost, {} errors; {files} files with {} MB are kept",
            recorded.lines,
            recorded.parts,
            recorded.bytes / 1_000_000,
            recorded.lost,
            recorded.errors,
            kept / 1_000_000
        )?;
        match (recorded.lost + recorded.errors + unfair, finished.folder) {
            (0, Some(_)) => Ok(()),
            _ => Err("something was lost".into()),
        }
    }
}
