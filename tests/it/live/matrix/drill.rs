//! A bot that orders whatever it can, one after the other, and keeps what it asked for.

use std::sync::{Arc, Mutex};

use replayer::base::document::DocumentFields;
use replayer::base::params::{Param, Params};
use replayer::engine::strategy::{LifeStart, Strategy, View};
use replayer::model::order::{Action, Actions, Portion};
use replayer::model::sol::Sol;

/// What is wished; how much is another question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trade {
    Buy,
    Bet,
    Half,
    All,
}

/// So many stakes differ, each by thousandths: a prime number.
const STAKES: u32 = 61;

/// What a [`Drill`] goes by.
#[derive(Debug, Clone)]
pub(super) struct DrillParams {
    /// One after the other, and again.
    pub(super) trades: &'static [Trade],
    /// The first stake.
    pub(super) stake: Sol,
    /// By how many thousandths every stake differs from the one before, up to [`STAKES`] and from
    /// there round: none is mistaken for another, and all ways to enter an amount are taken.
    pub(super) more: u32,
    /// Everything that was asked for.
    pub(super) asked: Arc<Mutex<Vec<Action>>>,
}

impl Default for DrillParams {
    fn default() -> Self {
        let trades = &[Trade::Buy, Trade::Bet, Trade::Half, Trade::Buy, Trade::All];
        Self { trades, stake: Sol::milli(1), more: 23, asked: Arc::default() }
    }
}

impl Params for DrillParams {
    fn table() -> Vec<Param> {
        Vec::new()
    }

    fn read(_: &mut DocumentFields<'_>) -> Self {
        Self::default()
    }
}

/// Wishes the next thing of its list that can be had.
#[derive(Debug, Clone)]
pub(super) struct Drill {
    place: usize,
    staked: u32,
}

impl Strategy for Drill {
    type Params = DrillParams;
    const NAME: &'static str = "Drill";
    const ABOUT: &'static str = "Orders whatever it can, for tests.";

    fn new(_: &DrillParams, _: LifeStart<'_>) -> Self {
        Self { place: 0, staked: 0 }
    }

    fn decide(&mut self, params: &DrillParams, view: &View<'_>) -> impl Into<Actions> {
        let DrillParams { trades, stake, more, .. } = *params;
        let stake = stake.plus(Sol::milli(i64::from(self.staked * more % STAKES))).unwrap();
        let can = |trade: Trade| match trade {
            Trade::Buy => view.can_afford(stake),
            Trade::Bet => view.can_sidebet() && view.can_afford(stake),
            Trade::Half | Trade::All => view.is_active() && !view.position.is_flat(),
        };
        let places = (self.place..).take(trades.len());
        let place = places.into_iter().find(|place| can(trades[place % trades.len()]))?;
        self.place = place + 1;
        let action = match trades[place % trades.len()] {
            Trade::Buy => Action::Buy { stake },
            Trade::Bet => Action::Sidebet { stake },
            Trade::Half => Action::sell(Portion::BUTTONS[2]),
            Trade::All => Action::SELL_ALL,
        };
        if !matches!(action, Action::Sell { .. }) {
            self.staked += 1;
        }
        params.asked.lock().unwrap().push(action);
        Some(action)
    }
}

/// What arrived at the site, read back; `None` for what no bot can ask for.
pub(super) fn read_back(arrived: &str) -> Option<Action> {
    let (event, much) = arrived.split_once(' ')?;
    let stake = || much.parse::<Sol>().ok();
    match event {
        "buyOrder" => Some(Action::Buy { stake: stake()? }),
        "requestSidebet" => Some(Action::Sidebet { stake: stake()? }),
        "sellOrder" => Some(Action::sell(Portion::percent(much.parse().ok()?)?)),
        _ => None,
    }
}

/// Of what arrived: how much was never asked for, and how much arrived more often than it was.
pub(super) fn judge(arrived: &[String], asked: &[Action]) -> (usize, usize) {
    let arrived: Vec<_> = arrived.iter().map(|text| read_back(text)).collect();
    let was_asked = |action: &Option<Action>| action.is_some_and(|it| asked.contains(&it));
    let wrong = arrived.iter().filter(|action| !was_asked(action)).count();
    let mut left = asked.to_vec();
    let mut extra = 0;
    for action in arrived.iter().flatten() {
        match left.iter().position(|it| it == action) {
            Some(place) => drop(left.swap_remove(place)),
            None => extra += 1,
        }
    }
    let never = arrived.iter().flatten().filter(|action| !asked.contains(action)).count();
    (wrong, extra - never)
}

#[test]
fn what_was_never_asked_for_is_wrong_and_what_came_twice_is_double() {
    let asked = [Action::Buy { stake: Sol::milli(9) }, Action::SELL_ALL, Action::SELL_ALL];
    let judged = |arrived: &[&str]| {
        judge(&arrived.iter().map(|&text| text.to_owned()).collect::<Vec<_>>(), &asked)
    };
    assert_eq!(judged(&["sellOrder 100", "buyOrder 0.009", "sellOrder 100"]), (0, 0));
    assert_eq!(judged(&["buyOrder 0.009", "buyOrder 0.009"]), (0, 1));
    assert_eq!(judged(&["buyOrder 0.01", "sellOrder 50", "shortOrder 0.009"]), (3, 0));
    assert_eq!(judged(&["sellOrder 100", "sellOrder 100", "sellOrder 100"]), (0, 1));
}
