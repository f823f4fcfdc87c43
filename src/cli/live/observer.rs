//! Writes and reports the games and events of a session.

use serde::Serialize;
use tracing::{error, info, warn};

use super::super::console::Console;
use super::alarms::AlarmFiles;
use super::played::{PlayedCounts, PlayedFairness};
use super::replay::Replay;
use crate::backtest::run::recorder::RunRecorder;
use crate::base::decimals::counted;
use crate::base::error::Error;
use crate::engine::collector::Collector;
use crate::engine::journal::GameRecord;
use crate::feed::integrity::FeedLevel;
use crate::live::orders::OpenPosition;
use crate::live::{self, SessionEvent};
use crate::model::ids::GameIndex;
use crate::model::sol::Sol;

/// Writes the games and reports all events of a session.
pub(super) struct ConsoleObserver<'a> {
    recorder: RunRecorder<'a>,
    console: Console,
    json: bool,
    replay: Option<&'a Replay<'a>>,
    alarms: Option<AlarmFiles>,
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
        recorder: RunRecorder<'a>,
        (console, json): (Console, bool),
        replay: Option<&'a Replay<'a>>,
        bots: Vec<String>,
        catching_up: bool,
    ) -> Result<Self, Error> {
        let (fairness, open) = (PlayedFairness::default(), None);
        let alarms = replay.map(|replay| AlarmFiles::of(&replay.folder));
        let observer =
            Self { recorder, console, json, replay, alarms, bots, fairness, open, catching_up };
        if !catching_up {
            observer.begin()?;
        }
        Ok(observer)
    }

    /// Writes the files that must exist even if the session is killed.
    fn begin(&self) -> Result<(), Error> {
        self.replay.map_or(Ok(()), |replay| replay.write(replay.games))
    }

    /// The recorder, the fairness of the games that this session played, and what it left open.
    pub(super) fn into_parts(self) -> (RunRecorder<'a>, PlayedCounts, Option<OpenPosition>) {
        (self.recorder, self.fairness.counts(), self.open)
    }

    fn tell(&self, game: &GameRecord) -> Result<(), Error> {
        let rows = game.rows.iter().map(|row| (&self.bots[row.bot.at()], row));
        if self.json {
            let bots = rows.map(|(bot, row)| BotLine { bot, pnl: row.pnl, cash: row.cash });
            return self.console.print_json(&GameLine {
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
        self.recorder.keeps_postings()
    }

    fn collect(&mut self, game: GameRecord) -> Result<(), Error> {
        if !self.catching_up {
            self.tell(&game)?;
            self.fairness.play(game.id);
        }
        self.recorder.collect(game)
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
        if let (SessionEvent::Fairness(check), Some(alarms)) = (event, &mut self.alarms)
            && check.verdict.is_alarm()
        {
            alarms.keep(check);
        }
        if self.json { self.console.print_json(event) } else { Ok(()) }
    }

    fn caught_up(&mut self) -> Result<(), Error> {
        self.catching_up = false;
        let games = self.recorder.go_on()?;
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
