//! What a session is armed with: limits, a hand in the page, and the ways to stop it.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crossbeam_channel::{Receiver, unbounded};
use tokio::sync::mpsc;

use super::LOOK;
use super::clock::Clock;
use super::desk::{Desk, Log};
use super::ear::Whisper;
use crate::bridge::Runtime;
use crate::browser::controls::Profile;
use crate::browser::guard::Limits;
use crate::browser::kill::KillSwitch;
use crate::browser::{Answer, Errand, Hand, Manner, Pages, Switch, Wires};
use crate::engine::Lineup;
use crate::error::{Error, Kind};
use crate::house::Bankroll;

/// Orders that may wait for the hand: a bot has one on its way at a time.
const ERRANDS: usize = 16;
/// What the hand may still have to hear; one more disarms.
const WHISPERS: usize = 4_096;
/// Longest time until somebody is logged in in the page.
const LOGIN: Duration = Duration::from_secs(60);
/// What the hand may take beyond its deadlines.
const SLACK: Duration = Duration::from_millis(500);

/// What a session is armed with.
#[derive(Debug)]
pub struct Arms {
    /// What may be lost at the most, and how fast.
    pub limits: Limits,
    /// How the hand works.
    pub manner: Manner,
    /// How the controls of the page are found.
    pub profile: Profile,
    /// Whether anything may be clicked.
    pub switch: Switch,
    /// How long after its decision an order may be clicked.
    pub within: Duration,
    /// Where the kill switch listens; nowhere without.
    pub kill_socket: Option<PathBuf>,
}

impl Arms {
    /// Starts the hand, and what stops it.
    pub(super) fn take_up(
        self,
        runtime: &mut Runtime,
        pages: Pages,
    ) -> Result<(Armed, Whisper), Error> {
        let Self { limits, manner, profile, switch, within, kill_socket } = self;
        let (errands, to_do) = mpsc::channel(ERRANDS);
        let (whispers, said) = mpsc::channel(WHISPERS);
        // Never more than there were errands and statements, and the world takes them every tick.
        let (answers, answered) = unbounded();
        let wires =
            Wires { pages, profile, switch: switch.clone(), errands: to_do, said, answers, limits };
        let shutdown = runtime.shutdown().clone();
        runtime.spawn("hand", Hand::new(wires, manner).run(shutdown.clone()));
        if let Some(path) = kill_socket {
            let kill = KillSwitch::at(&path)?;
            runtime.spawn("kill switch", kill.run(switch.clone(), shutdown));
        }
        let whisper = (whispers, switch.clone());
        let log = Log::default();
        // An order may be clicked until its deadline, and is then given up in time.
        let patience = within + manner.patience + SLACK;
        Ok((Armed { errands, answers: answered, switch, within, patience, log }, whisper))
    }
}

/// A hand at work, before its world is there.
#[derive(Debug)]
pub(super) struct Armed {
    errands: mpsc::Sender<Errand>,
    answers: Receiver<Answer>,
    switch: Switch,
    within: Duration,
    patience: Duration,
    log: Log,
}

impl Armed {
    /// What is noted of it.
    pub(super) fn log(&self) -> (Log, Switch) {
        (self.log.clone(), self.switch.clone())
    }

    /// Waits until the site says whose account it is and what is in it.
    pub(super) fn sit_down(
        self,
        lineup: Lineup<'_>,
        clock: Clock,
        stop: &AtomicBool,
    ) -> Result<(Desk, Bankroll), Error> {
        let Self { errands, answers, switch, within, patience, log } = self;
        if lineup.players.len() != 1 {
            let what = format!("{} bots cannot share one account", lineup.players.len());
            return Err(Error::usage(what).hint("arm a scenario with one bot"));
        }
        let until = Clock::now() + LOGIN;
        let account = loop {
            if let Ok(Answer::Statement(account)) = answers.recv_timeout(LOOK) {
                break account;
            }
            if stop.load(Ordering::Relaxed) || Clock::now() > until {
                let what = "nobody is logged in in the page";
                return Err(Error::new(Kind::Live, what).hint("log in, and try again"));
            }
        };
        if !account.quantity.is_zero() {
            let what = "the account has an open position";
            return Err(Error::new(Kind::Safety, what).hint("close it, and try again"));
        }
        let desk = Desk { errands, answers, switch, clock, within, patience, log };
        Ok((desk, Bankroll::Compounding(account.cash)))
    }
}
