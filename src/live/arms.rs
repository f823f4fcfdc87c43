//! What a session is armed with: limits, a hand in the page, and the ways to stop it.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bevy_app::App;

use super::clicking::Clicking;
use super::clock::{Clock, LOOK};
use super::desk::{Desk, Log};
use crate::base::error::{Error, Kind};
use crate::base::runtime::Runtime;
use crate::engine::inbox::Inbox;
use crate::engine::journal::Sink;
use crate::engine::{self, Lineup};
use crate::live::browser::controls::Profile;
use crate::live::browser::kill::KillSwitch;
use crate::live::browser::{Answer, Hand, Manner, Pages, Reins, Touch, Whisper};
use crate::live::monitor::board::Clicks;
use crate::live::switch::Switch;
use crate::model::house::{Bankroll, House};

/// Longest time until somebody is logged in in the page.
const LOGIN: Duration = Duration::from_secs(60);
/// What the hand may take beyond its deadlines.
const SLACK: Duration = Duration::from_millis(500);

/// What a session is armed with.
#[derive(Debug)]
pub struct Arms {
    /// What is done with a button, and what may be lost at the most by that.
    pub touch: Touch,
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
        clock: Clock,
        watched: &Clicks,
    ) -> Result<(Armed, Whisper), Error> {
        let Self { touch, manner, profile, switch, within, kill_socket } = self;
        let clicks = matches!(touch, Touch::Click(_));
        if clicks {
            watched.armed(&switch);
        }
        let (hand, reins, whisper) = Hand::new(pages, profile, touch, manner, switch.clone());
        let shutdown = runtime.shutdown().clone();
        runtime.spawn("hand", hand.run(shutdown.clone()));
        if let Some(path) = kill_socket {
            let kill = KillSwitch::at(&path)?;
            runtime.spawn("kill switch", kill.run(switch.clone(), shutdown));
        }
        // An order may be clicked until its deadline, and is then given up in time.
        let patience = within + manner.patience + SLACK;
        let desk = Desk::new(reins, switch, clock, (within, patience), watched.clone());
        Ok((Armed { desk, clicks }, whisper))
    }
}

/// A hand at work, before its world is there.
#[derive(Debug)]
pub(super) struct Armed {
    desk: Desk,
    /// False where it only shows what it would click.
    clicks: bool,
}

/// What is noted of a hand, whatever becomes of its world.
#[derive(Debug)]
pub(super) struct Records {
    log: Log,
    reins: Arc<Reins>,
    switch: Switch,
}

impl Records {
    /// Whether anything may still be clicked.
    pub(super) const fn switch(&self) -> &Switch {
        &self.switch
    }

    /// How clicking went, when nobody clicks any more.
    pub(super) fn close(self) -> Clicking {
        self.log.close(&self.reins, &self.switch)
    }
}

impl Armed {
    /// What is noted of it.
    pub(super) fn records(&self) -> Records {
        let Desk { log, reins, switch, .. } = &self.desk;
        Records { log: log.clone(), reins: Arc::clone(reins), switch: switch.clone() }
    }

    /// Builds the world whose orders it carries out: with the account of the page, or with the
    /// scenario's where nothing is clicked.
    ///
    /// # Errors
    /// When nobody is logged in, the account cannot be played with, or it is told to stop.
    pub(super) fn build(
        self,
        lineup: Lineup<'_>,
        (inbox, sink): (Inbox, Box<dyn Sink>),
        stop: &AtomicBool,
    ) -> Result<App, Error> {
        if !self.clicks {
            return Ok(engine::build_shown(lineup, inbox, sink, Box::new(self.desk)));
        }
        let (desk, bankroll) = self.sit_down(lineup, stop)?;
        let house = House { bankroll, ..lineup.house.clone() };
        let lineup = Lineup { house: &house, ..lineup };
        Ok(engine::build_away(lineup, inbox, sink, Box::new(desk)))
    }

    /// Waits until the site says whose account it is and what is in it.
    fn sit_down(self, lineup: Lineup<'_>, stop: &AtomicBool) -> Result<(Desk, Bankroll), Error> {
        let Self { desk, .. } = self;
        if lineup.players.len() != 1 {
            let what = format!("{} bots cannot share one account", lineup.players.len());
            return Err(Error::usage(what).hint("arm a scenario with one bot"));
        }
        let until = Clock::now() + LOGIN;
        let account = loop {
            if let Some(Answer::Statement(account)) = desk.reins.wait(LOOK) {
                break account;
            }
            if stop.load(Ordering::Relaxed) {
                return Err(Error::new(
                    Kind::Interrupted,
                    "interrupted before anything was played",
                ));
            }
            if Clock::now() > until {
                let what = "nobody is logged in in the page";
                return Err(Error::new(Kind::Live, what).hint("log in, and try again"));
            }
        };
        desk.log.begin(account.cash);
        if !account.quantity.is_zero() {
            let what = "the account has an open position";
            return Err(Error::new(Kind::Safety, what).hint("close it, and try again"));
        }
        Ok((desk, Bankroll::Compounding(account.cash)))
    }
}
