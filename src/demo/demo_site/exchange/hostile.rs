//! What a hostile exchange does with orders beyond booking them: when, how often, and with which
//! answer.

use std::time::Duration;

use serde_json::value::RawValue;

use super::order_handler::{Answer, Request, Task, answer, failed};
use super::{DemoExchange, cheating};
use crate::demo::demo_site::command::ExchangeFault;
use crate::demo::demo_site::payload::{json, player_update};
use crate::demo::feed_server::site::SiteAction;
use crate::model::order::{Action, Portion};
use crate::model::posting::{Posting, PostingKind};
use crate::model::sol::Sol;

/// Time until something follows that nobody ordered.
const SOON: Duration = Duration::from_millis(50);
/// What is debited beside what is told.
const DEBIT: Sol = Sol::milli(50);
/// What is debited some time later.
const DEBIT_LATER: Sol = Sol::milli(10);
/// By how much another acknowledgement's number is another one.
const OTHER: u64 = 1_000;

impl DemoExchange {
    fn wake(&mut self, after: Duration, task: Task) -> SiteAction {
        let number = self.number();
        self.tasks.insert(number, task);
        SiteAction::Wake(after, number)
    }

    /// Answers an order, where nothing is booked for it now.
    pub(super) fn put_off(
        &mut self,
        fault: ExchangeFault,
        request: &Request,
    ) -> Option<Vec<SiteAction>> {
        let Request { client, id, .. } = *request;
        let later = Task::CarryOut(Request { id: None, ..request.clone() });
        let (said, wake) = match fault {
            ExchangeFault::AckOnly => (json(&Answer::DONE), None),
            ExchangeFault::RefuseThenDo => (failed("refused"), Some((SOON, later))),
            ExchangeFault::LateEffect => (json(&Answer::DONE), Some((self.faults.late_ack, later))),
            _ => return None,
        };
        let mut actions = answer(client, id, said);
        match wake {
            Some((after, task)) => actions.push(self.wake(after, task)),
            // It is done with, as it is told.
            None => self.faults.carried_out += 1,
        }
        Some(actions)
    }

    /// Tells and acknowledges an order that was booked with a fault.
    pub(super) fn answer_otherwise(
        &mut self,
        fault: ExchangeFault,
        request: &Request,
        (mut told, done): (Vec<SiteAction>, Box<RawValue>),
    ) -> Vec<SiteAction> {
        use ExchangeFault as Fault;
        let Request { client, name, action, id } = request;
        match fault {
            Fault::Twice | Fault::TwiceSilent => {
                let again = self.book(name, *action, None).map(|(again, _)| again);
                told.extend(again.into_iter().flatten().filter(|_| fault == Fault::Twice));
            }
            Fault::DebitMore => self.debit(name, DEBIT),
            Fault::LotsLess => self.take_lots(name),
            Fault::OtherAccount => self.give_back(name, *action),
            Fault::AckOther => told.clear(),
            _ => {}
        }
        let mut actions = told;
        let update = match fault {
            Fault::OtherAccount | Fault::AckOther => Vec::new(),
            Fault::Noise | Fault::WindowStated => {
                let player = self.players.get(name).map(|player| (name.as_str(), player));
                let update = player_update(player, self.game.id, self.rules.sidebet_payout);
                self.tell(name, &cheating::account(fault, update))
            }
            _ => self.update(name),
        };
        let id = if fault == Fault::AckOther { id.map(|id| id + OTHER) } else { *id };
        let done = if fault == Fault::RefuseDone { failed("refused") } else { done };
        let answered = self.acknowledge(*client, id, &done);
        match fault {
            Fault::AckFirst => actions = [answered, actions, update].concat(),
            Fault::BalanceFirst => actions = [update, actions, answered].concat(),
            _ => actions = [actions, update, answered].concat(),
        }
        let half = Action::sell(Portion::BUTTONS[2]);
        let follows = match fault {
            Fault::Unasked => Action::Buy { stake: cheating::UNASKED },
            Fault::UnaskedSale => half,
            Fault::UnaskedBet => Action::Sidebet { stake: cheating::UNASKED },
            Fault::DebitLater => {
                let debit = Task::Debit(name.clone(), DEBIT_LATER);
                actions.push(self.wake(SOON, debit));
                return actions;
            }
            _ => return actions,
        };
        let follows = Request { action: follows, id: None, ..request.clone() };
        actions.push(self.wake(SOON, Task::CarryOut(follows)));
        actions
    }

    fn debit(&mut self, name: &str, by: Sol) {
        if let Some(player) = self.players.get_mut(name) {
            player.drift(by.negated());
        }
    }

    /// Takes a tenth of a position, and pays nothing for it.
    fn take_lots(&mut self, name: &str) {
        let before = self.players.get(name).map(|player| player.account.wallet.cash);
        let taken = self.book(name, Action::sell(Portion::BUTTONS[0]), None);
        self.cash_as_before(name, before.filter(|_| taken.is_ok()));
    }

    /// Takes an order back that was booked, for nothing.
    fn give_back(&mut self, name: &str, action: Action) {
        let before = self.players.get(name).map(|player| player.account.wallet.cash);
        match action {
            Action::Buy { stake } => {
                let cash = before.and_then(|cash| cash.plus(stake).ok());
                // All that it bought, and all that there was before: a bot begins with a buy.
                let taken = self.book(name, Action::SELL_ALL, None);
                self.cash_as_before(name, cash.filter(|_| taken.is_ok()));
            }
            Action::Sell { .. } | Action::Sidebet { .. } => {}
        }
    }

    fn cash_as_before(&mut self, name: &str, before: Option<Sol>) {
        let Some((player, before)) = self.players.get_mut(name).zip(before) else { return };
        if let Ok(change) = before.minus(player.account.wallet.cash) {
            player.drift(change);
        }
    }

    /// What is told of postings: as they are, unless a payout is to be another one.
    pub(super) fn paid(&mut self, name: &str, posted: &[Posting]) -> Vec<Posting> {
        use ExchangeFault as Fault;
        let mut told = Vec::new();
        for posting in posted {
            let mut posting = *posting;
            if posting.kind == PostingKind::SidebetWon {
                let paid = posting.delta;
                if self.faults.pays(Fault::PayoutMissing) {
                    self.debit(name, paid);
                    continue;
                } else if self.faults.pays(Fault::PayoutLost) {
                    self.debit(name, paid);
                    (posting.kind, posting.delta) = (PostingKind::SidebetLost, Sol::ZERO);
                } else if self.faults.pays(Fault::PayoutLess) {
                    let fifth = Sol::from_lamports(paid.lamports() / 5).unwrap_or_default();
                    self.debit(name, fifth);
                    posting.delta = paid.minus(fifth).unwrap_or(paid);
                }
            }
            told.push(posting);
        }
        told
    }
}
