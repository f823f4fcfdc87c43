//! What a session is armed with: limits, a hand in the page, and the ways to stop it.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::LOOK;
use super::clock::Clock;
use super::gateway::{ClickLog, Clicking, OrderGateway};
use crate::base::error::{Error, Kind};
use crate::base::runtime::Runtime;
use crate::engine::Lineup;
use crate::live::browser::controls::Profile;
use crate::live::browser::kill::KillSwitch;
use crate::live::browser::{
    Answer, ExecutionMode, ExecutionTimeouts, Hand, Pages, Reins, Switch, Whisper,
};
use crate::live::monitor::board::Clicks;
use crate::model::house::Bankroll;

/// Longest time until somebody is logged in in the page.
const LOGIN: Duration = Duration::from_secs(60);
/// What the hand may take beyond its deadlines.
const SLACK: Duration = Duration::from_millis(500);

/// What a session is armed with.
#[derive(Debug)]
pub struct ExecutionConfig {
    /// What is done with a button, and what may be lost at the most by that.
    pub mode: ExecutionMode,
    /// How the hand works.
    pub timeouts: ExecutionTimeouts,
    /// How the controls of the page are found.
    pub profile: Profile,
    /// Whether anything may be clicked.
    pub switch: Switch,
    /// How long after its decision an order may be clicked.
    pub within: Duration,
    /// Where the kill switch listens; nowhere without.
    pub kill_socket: Option<PathBuf>,
}

impl ExecutionConfig {
    /// Starts the hand, and what stops it.
    pub(super) fn start(
        self,
        runtime: &mut Runtime,
        pages: Pages,
        clock: Clock,
        watched: &Clicks,
    ) -> Result<(LiveExecution, Whisper), Error> {
        let Self { mode, timeouts, profile, switch, within, kill_socket } = self;
        let clicks = matches!(mode, ExecutionMode::Click(_));
        if clicks {
            watched.armed(&switch);
        }
        let (hand, reins, whisper) = Hand::new(pages, profile, mode, timeouts, switch.clone());
        let shutdown = runtime.shutdown().clone();
        runtime.spawn("hand", hand.run(shutdown.clone()));
        if let Some(path) = kill_socket {
            let kill = KillSwitch::at(&path)?;
            runtime.spawn("kill switch", kill.run(switch.clone(), shutdown));
        }
        // An order may be clicked until its deadline, and is then given up in time.
        let patience = within + timeouts.patience + SLACK;
        let gateway = OrderGateway::new(reins, switch, clock, (within, patience), watched.clone());
        Ok((LiveExecution { gateway, clicks }, whisper))
    }
}

/// A hand at work, before its world is there.
#[derive(Debug)]
pub(super) struct LiveExecution {
    pub(super) gateway: OrderGateway,
    /// False where it only shows what it would click.
    pub(super) clicks: bool,
}

/// What is noted of a hand, whatever becomes of its world.
#[derive(Debug)]
pub(super) struct ExecutionRecords {
    log: ClickLog,
    reins: Arc<Reins>,
    pub(super) switch: Switch,
}

impl ExecutionRecords {
    /// How clicking went, when nobody clicks any more.
    pub(super) fn close(self) -> Clicking {
        self.log.close(&self.reins, &self.switch)
    }
}

impl LiveExecution {
    /// What is noted of it.
    pub(super) fn records(&self) -> ExecutionRecords {
        let OrderGateway { log, reins, switch, .. } = &self.gateway;
        ExecutionRecords { log: log.clone(), reins: Arc::clone(reins), switch: switch.clone() }
    }

    /// Waits until the site says whose account it is and what is in it.
    pub(super) fn wait_for_login(
        self,
        lineup: Lineup<'_>,
        stop: &AtomicBool,
    ) -> Result<(OrderGateway, Bankroll), Error> {
        let Self { gateway, .. } = self;
        if lineup.players.len() != 1 {
            let what = format!("{} bots cannot share one account", lineup.players.len());
            return Err(Error::usage(what).hint("arm a scenario with one bot"));
        }
        let until = Clock::now() + LOGIN;
        let account = loop {
            if let Some(Answer::Statement(account)) = gateway.reins.wait(LOOK) {
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
        gateway.log.begin(account.cash);
        if !account.quantity.is_zero() {
            let what = "the account has an open position";
            return Err(Error::new(Kind::Safety, what).hint("close it, and try again"));
        }
        Ok((gateway, Bankroll::Compounding(account.cash)))
    }
}
