//! Arming: somebody is logged in, everything that the bot's orders need can be used, and nothing is open
//! in the account that the bot could not carry on with. Until then nothing is clicked.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tracing::info;

use crate::base::clock::Clock;
use crate::base::error::{Error, ErrorKind};
use crate::engine::venue::execution::{AccountSnapshot, VenueEvent};
use crate::engine::venue::remote::TakenOver;
use crate::live::browser::account_states::AccountState;
use crate::live::browser::control_needs::{Unfit, in_words};
use crate::live::browser::{ExecutionTimeouts, ExecutorHandle, PageSight, Readiness};
use crate::live::switch::{ArmSwitch, LOOK};
use crate::model::rounding;
use crate::model::sol::Sol;

/// Time between two sentences about what is waited for.
const WORDS: Duration = Duration::from_secs(5);

/// What a session begins with.
#[derive(Debug)]
pub(super) struct ArmedAccount {
    /// The account as it was last told.
    pub(super) account: AccountSnapshot,
    /// The position in it that the bot takes over.
    pub(super) taken_over: Option<TakenOver>,
}

impl ArmedAccount {
    /// What the bot has: cash, and what was paid for what it takes over.
    pub(super) fn bankroll(&self) -> Result<Sol, Error> {
        let cost = self.taken_over.as_ref().map_or(Sol::ZERO, |position| position.cost);
        self.account.cash.plus(cost).map_err(|error| {
            Error::new(ErrorKind::Live, "the account cannot be used").caused_by(error)
        })
    }
}

/// How a session waits before it is armed.
pub(super) struct Arming<'a> {
    pub(super) executor: &'a ExecutorHandle,
    pub(super) switch: &'a ArmSwitch,
    pub(super) timeouts: ExecutionTimeouts,
    /// Whether what is open is taken over, where that can be.
    pub(super) take_over: bool,
    pub(super) stop: &'a AtomicBool,
    /// Tells what happens meanwhile.
    pub(super) tell: &'a mut dyn FnMut() -> Result<(), Error>,
}

impl Arming<'_> {
    /// Waits for the account and for the controls, and looks at what is open.
    ///
    /// # Errors
    /// [`ErrorKind::Live`] when nobody is logged in in time, [`ErrorKind::Safety`] with what is missing
    /// or open, or when the session is disarmed meanwhile, [`ErrorKind::Interrupted`] when told to stop.
    pub(super) fn arm(mut self) -> Result<ArmedAccount, Error> {
        let mut account = None;
        let login = self.timeouts.login;
        let in_time = self.wait(login, |readiness, told| {
            account = told.or(account);
            let usable = account.filter(|_| readiness.trouble.is_none());
            if usable.is_some() { None } else { Some(awaited(readiness)) }
        })?;
        if !in_time {
            return Err(nobody(&self.executor.readiness()));
        }
        let patience = self.timeouts.control_patience;
        let in_time = self.wait(patience, |readiness, told| {
            account = told.or(account);
            match &readiness.page {
                PageSight::Fit => None,
                PageSight::Absent => Some("the page".to_owned()),
                PageSight::Unfit(unfit) => Some(format!("the controls: {}", in_words(unfit))),
            }
        })?;
        let readiness = self.executor.readiness();
        if !in_time {
            return Err(unfit(&readiness.page));
        }
        let account = account.ok_or_else(|| nobody(&readiness))?;
        let taken_over = self.look_at(&readiness, account)?;
        Ok(ArmedAccount { account, taken_over })
    }

    /// Waits until nothing more is awaited; says every few seconds what is. False when time is over.
    fn wait(
        &mut self,
        limit: Duration,
        mut awaited: impl FnMut(&Readiness, Option<AccountSnapshot>) -> Option<String>,
    ) -> Result<bool, Error> {
        let begun = Clock::now();
        let mut said = begun;
        // Looked at first without waiting: it may all be there.
        let mut told = self.newest();
        loop {
            let Some(what) = awaited(&self.executor.readiness(), told) else { return Ok(true) };
            (self.tell)()?;
            if self.stop.load(Ordering::Relaxed) {
                let what = "interrupted before anything was played";
                return Err(Error::new(ErrorKind::Interrupted, what));
            }
            // Killed meanwhile, or what was lost before forbids it.
            if !self.switch.is_on() {
                let why = self.switch.why().unwrap_or_default();
                let what = format!("the session was disarmed before it began: {why}");
                return Err(Error::new(ErrorKind::Safety, what));
            }
            let now = Clock::now();
            let waited = now.saturating_duration_since(begun);
            if waited >= limit {
                return Ok(false);
            }
            if now.saturating_duration_since(said) >= WORDS {
                said = now;
                info!("{}", waiting(&what, waited, limit));
            }
            told = match self.executor.wait(LOOK) {
                Some(VenueEvent::Snapshot(account)) => Some(self.newest().unwrap_or(account)),
                _ => None,
            };
        }
    }

    /// The newest account that was told meanwhile.
    fn newest(&self) -> Option<AccountSnapshot> {
        let mut newest = None;
        while let Some(event) = self.executor.receive() {
            if let VenueEvent::Snapshot(account) = event {
                newest = Some(account);
            }
        }
        newest
    }

    /// Refuses whatever is open or switched on and cannot be taken over.
    fn look_at(
        &self,
        readiness: &Readiness,
        account: AccountSnapshot,
    ) -> Result<Option<TakenOver>, Error> {
        let (carried, open): (Vec<_>, Vec<_>) = readiness
            .states
            .iter()
            .map(|state| (state, carry(state, readiness, account)))
            .partition(|(_, carried)| self.take_over && carried.is_ok());
        if open.is_empty() {
            let taken_over = carried.into_iter().find_map(|(_, carried)| carried.ok());
            if let Some(TakenOver { game, quantity, cost, .. }) = &taken_over {
                let quantity = quantity.to_decimal().normalize();
                info!("taken over: a position of {quantity} in game {game}, for {cost} SOL");
            }
            return Ok(taken_over);
        }
        let what: Vec<_> = open.iter().map(|(state, _)| state.to_string()).collect();
        let todo: Vec<_> = open.iter().map(|(state, carried)| todo(state, carried)).collect();
        let what = format!("the account cannot be armed: {}", what.join("; "));
        Err(Error::new(ErrorKind::Safety, what)
            .hint(format!("{}; then try again", todo.join("; "))))
    }
}

/// What a person does about a state that was not taken over.
fn todo(state: &AccountState, carried: &Result<TakenOver, &'static str>) -> String {
    match carried {
        Ok(_) => format!("{}, or take it over with --take-over", state.remedy()),
        Err(why) if matches!(state, AccountState::Position { .. }) => {
            format!("{} (it cannot be taken over: {why})", state.remedy())
        }
        Err(_) => state.remedy().to_owned(),
    }
}

/// What a bot can carry on with: a position of a game that it plays from the beginning, at a price that
/// the site says.
fn carry(
    state: &AccountState,
    readiness: &Readiness,
    account: AccountSnapshot,
) -> Result<TakenOver, &'static str> {
    let AccountState::Position { quantity, average } = *state else {
        return Err("no bot can order it");
    };
    let price = average.ok_or("the site does not say what was paid for it")?;
    let game = readiness.begun.ok_or("its game was not heard from the beginning of the presale")?;
    if quantity != account.quantity {
        return Err("it is changing");
    }
    let cost = rounding::proceeds(quantity, price).map_err(|_| "it is out of range")?;
    Ok(TakenOver { game, quantity, price, cost })
}

/// What is waited for before anybody is known to be logged in.
fn awaited(readiness: &Readiness) -> String {
    match (&readiness.trouble, &readiness.page) {
        (Some(trouble), _) => format!("the account: {trouble}"),
        (None, PageSight::Absent) => "the page".to_owned(),
        (None, _) => "the account: log in in the page".to_owned(),
    }
}

fn waiting(what: &str, waited: Duration, limit: Duration) -> String {
    format!("waiting for {what}, {} s of {} s", waited.as_secs(), limit.as_secs())
}

fn nobody(readiness: &Readiness) -> Error {
    let what = match (&readiness.trouble, &readiness.page) {
        (Some(trouble), _) => format!("nobody can be armed: {trouble}"),
        (None, PageSight::Absent) => "the page did not come, or does not answer".to_owned(),
        (None, _) => "nobody is logged in in the page".to_owned(),
    };
    Error::new(ErrorKind::Live, what).hint(
        "log in, and try again; a page that was logged in before --attach says so at its next event, \
         or at once with --reload",
    )
}

fn unfit(page: &PageSight) -> Error {
    let unfit: &[Unfit] = match page {
        PageSight::Unfit(unfit) => unfit,
        PageSight::Absent | PageSight::Fit => &[],
    };
    let what = match unfit {
        [] => "the page does not answer: its controls cannot be looked at".to_owned(),
        unfit => format!("the bot's orders need controls that cannot be used: {}", in_words(unfit)),
    };
    Error::new(ErrorKind::Safety, what)
        .hint("`replayer browser doctor` shows every control, with --screenshot in a picture")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ids::GameId;
    use crate::model::price::Price;
    use crate::model::quantity::Quantity;
    use crate::model::time::Stamp;

    fn held() -> (AccountState, AccountSnapshot) {
        let quantity = Quantity::from_billionths(10_000_000).unwrap();
        let average = Some(Price::new(1.5).unwrap());
        let account =
            AccountSnapshot { cash: Sol::milli(100), quantity, arrived: Stamp::default() };
        (AccountState::Position { quantity, average }, account)
    }

    fn begun() -> Readiness {
        Readiness { begun: Some(GameId::new("ours").unwrap()), ..Readiness::default() }
    }

    #[test]
    fn a_position_of_a_game_that_is_played_is_carried_with_what_was_paid_for_it() {
        let (state, account) = held();
        let taken = carry(&state, &begun(), account).unwrap();
        assert_eq!((taken.quantity, taken.cost), (account.quantity, Sol::milli(15)));
        let armed = ArmedAccount { account, taken_over: Some(taken) };
        assert_eq!(armed.bankroll().unwrap(), Sol::milli(115));
        let todo = todo(&state, &carry(&state, &begun(), account));
        assert_eq!(todo, "sell it, or take it over with --take-over");
    }

    #[test]
    fn what_cannot_be_carried_is_refused_with_the_reason() {
        let (state, account) = held();
        let late = carry(&state, &Readiness::default(), account);
        assert!(todo(&state, &late).contains("was not heard from the beginning of the presale"));
        let free = AccountState::Position { quantity: account.quantity, average: None };
        assert!(carry(&free, &begun(), account).is_err());
        let sold = AccountSnapshot { quantity: Quantity::ZERO, ..account };
        assert!(carry(&state, &begun(), sold).is_err());
        for state in [AccountState::Short, AccountState::Autobuy, AccountState::Sidebet(None)] {
            let carried = carry(&state, &begun(), account);
            assert_eq!(todo(&state, &carried), state.remedy());
        }
    }

    #[test]
    fn what_is_awaited_is_said_with_how_long_already() {
        let mut readiness = Readiness::default();
        let (waited, limit) = (Duration::from_millis(12_400), Duration::from_secs(60));
        let said = |readiness: &Readiness| waiting(&awaited(readiness), waited, limit);
        assert_eq!(said(&readiness), "waiting for the page, 12 s of 60 s");
        readiness.page = PageSight::Fit;
        let login = "waiting for the account: log in in the page, 12 s of 60 s";
        assert_eq!(said(&readiness), login);
        readiness.trouble = Some("somebody else is logged in now".to_owned());
        assert!(said(&readiness).starts_with("waiting for the account: somebody else"));
    }
}
