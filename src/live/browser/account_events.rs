//! What the page's socket says of our account and our orders: texts in, words out. Pure.
//!
//! Forms as in docs/spec/protocol.md#own-account and docs/spec/protocol.md#orders. Amounts are read
//! from the text of their numbers: no float becomes money.

mod effect;

use std::borrow::Cow;
use std::time::Instant;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::account_states::{self, AccountState};
use super::numbers;
use crate::base::clock::Clock;
use crate::engine::venue::execution::AccountSnapshot;
use crate::feed::capture::Direction;
use crate::feed::event;
use crate::feed::socketio::{Ack, Event, Packet};
use crate::model::quantity::Quantity;
use crate::model::sol::Sol;
pub(super) use effect::{Asked, Bet, BetResult, Deal, Terms, Trade};

/// What a text means for us.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum AccountEvent {
    /// How the account stands.
    Snapshot(AccountSnapshot),
    /// Nobody is logged in, or somebody else is.
    Nobody(&'static str),
    /// The site says of our account what cannot be read, in words.
    UnreadableAccount(String),
    /// The page sent an order.
    Asked(Asked),
    /// The site answered an order: done, and with which sidebet, or why not.
    Answered(u64, Result<Option<Bet>, String>),
    /// A trade of ours was told to everybody.
    Traded(Trade),
    /// A trade of somebody else was, by this name.
    TradedByOther(String, Trade),
    /// A sidebet was placed, as it is told to its player.
    Placed(Bet),
    /// A sidebet is over, as it is told to its player.
    Settled(BetResult),
    /// An event of this name is about us and cannot be read.
    Unreadable(&'static str),
}

/// Listens for what concerns us.
#[derive(Debug)]
pub(super) struct AccountEvents {
    me: Option<String>,
    account: Option<AccountSnapshot>,
    /// What was open or switched on in it when it was last stated.
    states: Vec<AccountState>,
    /// The sidebet that was open when the account was last stated.
    bet: Option<Bet>,
    /// Stamps the snapshots of the account.
    clock: Clock,
}

impl AccountEvents {
    /// Nothing heard yet; the clock stamps the snapshots of the account.
    pub(super) const fn new(clock: Clock) -> Self {
        Self { me: None, account: None, states: Vec::new(), bet: None, clock }
    }

    /// The account as it was last stated; none while nobody is known to be logged in.
    pub(super) const fn account(&self) -> Option<AccountSnapshot> {
        self.account
    }

    /// The identity of the account, from the first time that somebody was logged in.
    pub(super) fn me(&self) -> Option<&str> {
        self.me.as_deref()
    }

    /// What was open or switched on in the account when it was last stated.
    pub(super) fn states(&self) -> &[AccountState] {
        &self.states
    }

    /// The socket is gone: who is logged in on the next one is not known.
    pub(super) fn forget(&mut self) {
        self.account = None;
    }

    /// The sidebet that the account had open when it was last stated.
    pub(super) const fn bet(&self) -> Option<&Bet> {
        self.bet.as_ref()
    }

    /// Reads a text of the socket; `None` when it does not concern the account.
    pub(super) fn take(
        &mut self,
        direction: Direction,
        text: &str,
        arrived: Instant,
    ) -> Option<AccountEvent> {
        match (Packet::parse(text).ok()?, direction) {
            (Packet::Event(event), Direction::Out) => {
                effect::asked(&event).map(AccountEvent::Asked)
            }
            (Packet::Ack(ack), Direction::In) => answered(&ack),
            (Packet::Event(event), Direction::In) => self.told(&event, arrived),
            _ => None,
        }
    }

    fn told(&mut self, event: &Event<'_>, arrived: Instant) -> Option<AccountEvent> {
        let payload = event.payload()?.get();
        match &*event.name {
            event::PLAYER_UPDATE => {
                self.bet = effect::open_bet(payload);
                let update = self.update(&serde_json::from_str(payload).ok()?, arrived);
                if matches!(update, AccountEvent::Snapshot(_)) {
                    self.states = account_states::read(payload);
                }
                Some(update)
            }
            event::NEW_TRADE => {
                let player = effect::player(payload)?;
                match (effect::trade(payload), self.is_me(&player)) {
                    (Some(trade), true) => Some(AccountEvent::Traded(trade)),
                    (Some(trade), false) => {
                        Some(AccountEvent::TradedByOther(player.into_owned(), trade))
                    }
                    (None, true) => Some(AccountEvent::Unreadable(event::NEW_TRADE)),
                    (None, false) => None,
                }
            }
            // Both are told to their player only, whatever name they bear.
            event::CURRENT_SIDEBET => Some(
                effect::bet(payload)
                    .map_or(AccountEvent::Unreadable(event::CURRENT_SIDEBET), AccountEvent::Placed),
            ),
            event::CURRENT_SIDEBET_RESULT => Some(effect::bet_result(payload).map_or(
                AccountEvent::Unreadable(event::CURRENT_SIDEBET_RESULT),
                AccountEvent::Settled,
            )),
            _ => None,
        }
    }

    fn update(&mut self, update: &Update<'_>, arrived: Instant) -> AccountEvent {
        let id = update.id.as_deref().filter(|_| update.authenticated != Some(false));
        let Some(id) = id else {
            self.account = None;
            return AccountEvent::Nobody("the site says that nobody is logged in");
        };
        if self.me.get_or_insert_with(|| id.to_owned()) != id {
            self.account = None;
            return AccountEvent::Nobody("somebody else is logged in now");
        }
        let (cash, quantity) = match update.read() {
            Ok(read) => read,
            Err(why) => {
                self.account = None;
                return AccountEvent::UnreadableAccount(format!(
                    "the account cannot be read: {why}"
                ));
            }
        };
        let account = AccountSnapshot { cash, quantity, arrived: self.clock.stamp_of(arrived) };
        self.account = Some(account);
        AccountEvent::Snapshot(account)
    }

    fn is_me(&self, id: &str) -> bool {
        self.me.as_deref() == Some(id)
    }
}

fn answered(ack: &Ack<'_>) -> Option<AccountEvent> {
    let answer: Answer<'_> = serde_json::from_str(ack.args.first()?.get()).ok()?;
    let outcome = match (answer.success?, answer.error.or(answer.message)) {
        (true, _) => Ok(answer.sidebet.and_then(|bet| effect::bet(bet.get()))),
        (false, why) => Err(why.unwrap_or(Cow::Borrowed("no reason was given")).into_owned()),
    };
    Some(AccountEvent::Answered(ack.id, outcome))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Update<'a> {
    #[serde(borrow)]
    id: Option<Cow<'a, str>>,
    authenticated: Option<bool>,
    #[serde(borrow)]
    cash: Option<&'a RawValue>,
    #[serde(borrow)]
    position_qty: Option<&'a RawValue>,
}

impl Update<'_> {
    /// Cash and quantity, or what of them cannot be read.
    fn read(&self) -> Result<(Sol, Quantity), String> {
        let cash = self.cash.ok_or("there is no `cash`")?;
        let held = self.position_qty.ok_or("there is no `positionQty`")?;
        let cash = numbers::sol(cash).map_err(|why| format!("`cash` {why}"))?;
        let held = numbers::quantity(held).map_err(|why| format!("`positionQty` {why}"))?;
        Ok((cash, held))
    }
}

#[derive(Deserialize)]
struct Answer<'a> {
    success: Option<bool>,
    #[serde(borrow)]
    error: Option<Cow<'a, str>>,
    #[serde(borrow)]
    message: Option<Cow<'a, str>>,
    #[serde(borrow)]
    sidebet: Option<&'a RawValue>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(fields: &str) -> (AccountEvent, AccountEvents) {
        let mut events = AccountEvents::new(Clock::start());
        let text = format!(r#"42["playerUpdate",{{"id":"did:example:0001",{fields}}}]"#);
        let event = events.take(Direction::In, &text, Clock::now()).unwrap();
        (event, events)
    }

    #[test]
    fn an_account_is_read_as_the_site_writes_it_noise_and_texts_included() {
        for (cash, wanted) in
            [("1.25", "1.25"), ("0.30000000000000004", "0.3"), ("\"1.25\"", "1.25"), ("0", "0")]
        {
            let (event, events) = told(&format!(r#""cash":{cash},"positionQty":0"#));
            let AccountEvent::Snapshot(account) = event else { panic!("{cash}: {event:?}") };
            assert_eq!(account.cash, wanted.parse().unwrap(), "{cash}");
            assert_eq!(events.account(), Some(account));
        }
    }

    #[test]
    fn an_account_that_cannot_be_read_is_not_one_that_nobody_is_logged_in_to() {
        for (fields, why) in [
            (r#""cash":"plenty","positionQty":0"#, "`cash` `\"plenty\"`: an amount is"),
            (r#""cash":0.0000000005,"positionQty":0"#, "at most 9 decimals"),
            (r#""cash":1,"positionQty":-1"#, "`positionQty` `-1` is not a quantity"),
            (r#""cash":1"#, "there is no `positionQty`"),
            (r#""positionQty":0"#, "there is no `cash`"),
        ] {
            let (event, events) = told(fields);
            let AccountEvent::UnreadableAccount(said) = event else {
                panic!("{fields}: {event:?}")
            };
            assert!(said.contains(why), "{fields}: {said}");
            assert_eq!(events.account(), None);
        }
        let (nobody, _) = told(r#""cash":1,"positionQty":0,"authenticated":false"#);
        assert!(matches!(nobody, AccountEvent::Nobody(_)), "{nobody:?}");
    }

    #[test]
    fn what_is_open_in_an_account_is_that_of_its_last_update() {
        let (_, mut events) = told(r#""cash":1,"positionQty":0,"autobuysEnabled":true"#);
        assert_eq!(events.states(), [AccountState::Autobuy]);
        let next = r#"42["playerUpdate",{"id":"did:example:0001","cash":1,"positionQty":0}]"#;
        events.take(Direction::In, next, Clock::now());
        assert!(events.states().is_empty());
    }
}
