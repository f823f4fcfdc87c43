//! Writes and reports the games and events of a session.

use serde::Serialize;
use tracing::{error, info, warn};

use super::super::console::Console;
use super::alarms::AlarmFiles;
use super::played::{PlayedCounts, PlayedFairness};
use super::replay::Replay;
use crate::backtest::run::recorder::{QueueConfig, RunRecorder};
use crate::base::decimals::counted;
use crate::base::error::{Error, ErrorKind};
use crate::engine::collector::{Collector, JournalGauge};
use crate::engine::journal::GameRecord;
use crate::feed::integrity::FeedLevel;
use crate::live::monitor::metrics::Recordings;
use crate::live::orders::OpenPosition;
use crate::live::{self, SessionEvent};
use crate::model::ids::GameIndex;
use crate::model::sol::Sol;

/// Where a session is kept.
pub(super) struct LiveJournal<'a> {
    pub(super) recorder: RunRecorder<'a>,
    /// The scenario that replays it, where it is kept at all.
    pub(super) replay: Option<&'a Replay<'a>>,
    /// How it is written from the first new game on.
    pub(super) queue: QueueConfig,
    /// Where others see how writing goes.
    pub(super) recordings: Recordings,
}

/// What is left of a session that was observed to its end.
pub(super) struct Observed<'a> {
    pub(super) recorder: RunRecorder<'a>,
    /// How writing went, where a thread did it.
    pub(super) gauge: Option<JournalGauge>,
    /// The fairness of the games that this session played.
    pub(super) fairness: PlayedCounts,
    /// What was last said to be open.
    pub(super) open: Option<OpenPosition>,
}

/// Writes the games and reports all events of a session.
pub(super) struct ConsoleObserver<'a> {
    journal: LiveJournal<'a>,
    /// How writing goes, once a thread does it.
    gauge: Option<JournalGauge>,
    console: Console,
    json: bool,
    alarms: Option<AlarmFiles>,
    /// Number of lines that stdout did not take: its disk is full.
    unprinted: u64,
    bots: Vec<String>,
    fairness: PlayedFairness,
    /// What was last said to be open.
    open: Option<OpenPosition>,
    /// Whether the arriving games were reported by an earlier session.
    catching_up: bool,
}

/// A finished game as a JSON line.
#[derive(Serialize)]
struct GameLine<'a> {
    event: &'static str,
    game: GameIndex,
    id: &'a str,
    rug_tick: u32,
    rug_price: f64,
    bots: Vec<BotLine<'a>>,
}

/// A bot's result in a game.
#[derive(Serialize)]
struct BotLine<'a> {
    bot: &'a str,
    pnl: Sol,
    cash: Sol,
}

impl<'a> ConsoleObserver<'a> {
    /// An observer of a new session, or of one that must first catch up with its past.
    ///
    /// # Errors
    /// When the folder of a new session cannot be written.
    pub(super) fn new(
        journal: LiveJournal<'a>,
        (console, json): (Console, bool),
        bots: Vec<String>,
        catching_up: bool,
    ) -> Result<Self, Error> {
        let (gauge, fairness, open) = (None, PlayedFairness::default(), None);
        let alarms = journal.replay.map(|replay| AlarmFiles::of(&replay.folder));
        let mut observer = Self {
            journal,
            gauge,
            console,
            json,
            alarms,
            unprinted: 0,
            bots,
            fairness,
            open,
            catching_up,
        };
        if !catching_up {
            observer.begin()?;
        }
        Ok(observer)
    }

    /// Writes the files that must exist even if the session is killed. From here on, no disk holds
    /// up the games or ends the session, unless the settings say so.
    fn begin(&mut self) -> Result<(), Error> {
        let LiveJournal { recorder, replay, queue, recordings } = &mut self.journal;
        replay.map_or(Ok(()), |replay| replay.write(replay.games))?;
        self.gauge = recorder.queue(*queue)?;
        if let Some(gauge) = &self.gauge {
            recordings.journal(gauge.clone());
        }
        Ok(())
    }

    /// What is left of it at the end.
    pub(super) fn into_parts(self) -> Observed<'a> {
        let Self { journal, gauge, fairness, open, .. } = self;
        Observed { recorder: journal.recorder, gauge, fairness: fairness.counts(), open }
    }

    /// Prints a line for programs. Where stdout is a file on a full disk, the line is lost, and
    /// told: that ends no session.
    ///
    /// # Errors
    /// When nobody reads stdout any longer.
    fn print_json(&mut self, value: &impl Serialize) -> Result<(), Error> {
        match self.console.print_json(value) {
            Ok(()) if self.unprinted > 0 => {
                warn!("stdout can be written again: {} are lost", counted(self.unprinted, "line"));
                self.unprinted = 0;
                Ok(())
            }
            Err(error) if error.kind() == ErrorKind::Io => {
                if self.unprinted == 0 {
                    error!("{error}");
                }
                self.unprinted += 1;
                Ok(())
            }
            printed => printed,
        }
    }

    fn tell(&mut self, game: &GameRecord) -> Result<(), Error> {
        let names = std::mem::take(&mut self.bots);
        let told = self.tell_by(&names, game);
        self.bots = names;
        told
    }

    fn tell_by(&mut self, names: &[String], game: &GameRecord) -> Result<(), Error> {
        let rows = game.rows.iter().map(|row| (&names[row.bot.at()], row));
        if self.json {
            let bots = rows.map(|(bot, row)| BotLine { bot, pnl: row.pnl, cash: row.cash });
            return self.print_json(&GameLine {
                event: "game",
                game: game.index,
                id: game.id.as_str(),
                rug_tick: game.rug_tick,
                rug_price: game.rug_price.get(),
                bots: bots.collect(),
            });
        }
        let bots: Vec<String> = rows.map(|(bot, row)| format!("{bot} {} SOL", row.pnl)).collect();
        info!(
            "game {} ({}): rugged at tick {}; {}",
            game.index,
            game.id,
            game.rug_tick,
            bots.join(", ")
        );
        Ok(())
    }
}

impl Collector for ConsoleObserver<'_> {
    fn keeps_postings(&self) -> bool {
        self.journal.recorder.keeps_postings()
    }

    fn collect(&mut self, game: GameRecord) -> Result<(), Error> {
        if !self.catching_up {
            self.tell(&game)?;
            self.fairness.play(game.id);
        }
        self.journal.recorder.collect(game)
    }
}

impl live::SessionObserver for ConsoleObserver<'_> {
    fn happened(&mut self, event: &SessionEvent) -> Result<(), Error> {
        log(event);
        if let SessionEvent::Open(open) = event {
            self.open = Some(OpenPosition::clone(open));
        }
        if let SessionEvent::Fairness(check) = event {
            self.fairness.judge(check);
        }
        let recorder = &self.journal.recorder;
        if let (SessionEvent::Fairness(check), Some(alarms)) = (event, &mut self.alarms)
            && check.verdict.is_alarm()
        {
            // At once: the evidence of an unfair game is wanted whatever comes next.
            alarms.keep(check, |path| recorder.document(path, check));
        }
        if self.json { self.print_json(event) } else { Ok(()) }
    }

    fn caught_up(&mut self) -> Result<(), Error> {
        self.catching_up = false;
        let games = self.journal.recorder.go_on()?;
        self.begin()?;
        info!("resuming after {}", counted(games, "game"));
        Ok(())
    }
}

/// Logs an event on stderr and in the log files.
pub(in super::super) fn log(event: &SessionEvent) {
    match event {
        SessionEvent::Connected { attempt: 1 } => info!("connected"),
        SessionEvent::Connected { attempt } => info!("connected at attempt {attempt}"),
        SessionEvent::Lost { why, retry_in } => {
            warn!("no connection: {why}; next attempt in {:.1} s", retry_in.as_secs_f64());
        }
        SessionEvent::Browser { state, ready: true } => info!("browser: {state}"),
        SessionEvent::Browser { state, .. } => warn!("browser: {state}"),
        SessionEvent::Disarmed { why } => error!("DISARMED, clicking has stopped: {why}"),
        SessionEvent::OnPaper => {
            warn!("the session goes on on paper: no order leaves this machine");
        }
        SessionEvent::Order(fact) if fact.is_filled() => info!("{fact}"),
        // Told when the world hears of it.
        SessionEvent::Order(fact) => tracing::debug!("{fact}"),
        SessionEvent::Settled(order) => warn!("by the account: {order}"),
        SessionEvent::Open(open) if open.is_open() => warn!("{open}"),
        SessionEvent::Open(open) => info!("{open}"),
        SessionEvent::EntriesStopped { why } => {
            warn!("entries have stopped, no stake is placed and sales go on: {why}");
        }
        SessionEvent::EntriesResumed => info!("entries go on: stakes are placed again"),
        SessionEvent::Disk { failing: Some(why) } => {
            warn!("not everything can be written: {why}; no entries are made while armed");
        }
        SessionEvent::Disk { failing: None } => info!("everything can be written again"),
        SessionEvent::NoSocket => warn!("the page has loaded without opening the game's socket"),
        SessionEvent::Level(change) if change.to < FeedLevel::Normal && change.to < change.from => {
            warn!("feed: {change}; bots are paused until a whole game arrived in time");
        }
        SessionEvent::Level(change) => info!("feed: {change}"),
        SessionEvent::Fairness(check) if check.verdict.is_alarm() => {
            error!("game {}: {}", check.reveal.game_id, check.verdict);
        }
        SessionEvent::Fairness(check) => {
            tracing::debug!("game {}: {}", check.reveal.game_id, check.verdict);
        }
    }
}
