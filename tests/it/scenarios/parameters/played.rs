//! A strategy with a parameter of every type, played from the text of a scenario.

use std::path::Path;
use std::sync::Arc;

use replayer::backtest::scenario::Scenario;
use replayer::engine::Lineup;
use replayer::engine::session::SteppedSession;
use replayer::engine::source::Playlist;
use replayer::engine::strategy::{LifeStart, Strategy, View};
use replayer::engine::testing::tape;
use replayer::model::ids::GameIndex;
use replayer::model::order::{Action, Actions};
use replayer::model::posting::PostingKind;
use replayer::model::sol::Sol;

use super::strategies;
use crate::scenarios::with;

replayer::param_enum! {
    /// What a [`Stepper`] does after its last step.
    pub(super) enum AfterLast {
        /// Begins again with the first.
        Restart,
        /// Waits for the next game.
        Stop,
    }
}

replayer::params! {
    /// One parameter of every type.
    pub(super) struct StepperParams {
        /// Buys in the presale, too
        early: bool = false;
        /// What it does after its last step
        after_last: AfterLast = AfterLast::Stop;
        /// Sells after holding for this long; never where it is `None`
        hold: Option<u32> = None, "ticks", 1..;
        /// The ticks at which it buys
        at: Vec<u32> = vec![2], "ticks", 1..=100, length 1..=4;
        /// Stake of each buy; the smallest where it is `None`
        stake: Option<Sol> = None, "SOL", Sol::milli(1)..;
    }
}

/// Buys at some ticks, over and over or once, and sells after a while.
#[derive(Debug, Clone)]
pub(super) struct Stepper;

impl Strategy for Stepper {
    type Params = StepperParams;
    const NAME: &'static str = "Stepper";
    const ABOUT: &'static str = "Buys at some ticks and sells after a while.";

    fn new(_: &StepperParams, _: LifeStart<'_>) -> Self {
        Self
    }

    fn decide(&mut self, params: &StepperParams, view: &View<'_>) -> impl Into<Actions> {
        let StepperParams { early, after_last, hold, ref at, stake } = *params;
        let buy = view.buy(stake.unwrap_or(view.rules.min_bet));
        if !view.is_active() {
            return buy.filter(|_| early && view.position.is_flat());
        }
        let held = view.tick() - view.position.entry_tick;
        if !view.position.is_flat() && hold.is_some_and(|hold| held >= hold) {
            return Some(Action::SELL_ALL);
        }
        let last = at.iter().max().copied().unwrap_or(0);
        let step = match after_last {
            AfterLast::Restart => view.tick() % (last + 1),
            AfterLast::Stop => view.tick(),
        };
        buy.filter(|_| at.contains(&step))
    }
}

/// What a bot of the scenario does at which tick, in a game of twelve equal prices and the rug.
fn played(strategy: &str) -> Vec<(u32, PostingKind, Sol)> {
    let text = with("bots", &format!("[(id: \"a\", strategy: {strategy})]"))
        .replace("rules: Observed", "rules: Custom(base: Observed, latency: Immediate)");
    let strategies = strategies();
    let scenario = Scenario::parse(&text, Path::new(""), None, &strategies).unwrap();
    let lineup = Lineup { setup: &scenario.setup, bots: &scenario.bots, strategies: &strategies };
    let prices = std::iter::repeat_n(1.0, 12).chain([0.02]);
    let mut session =
        SteppedSession::new(lineup, Playlist::Tapes(vec![Arc::new(tape("g", prices))]));
    while session.step() {}
    let postings = &session.records()[&GameIndex::FIRST].postings;
    postings.iter().map(|(_, it)| (it.tick, it.kind, it.delta)).collect()
}

#[test]
fn a_bot_does_what_its_parameters_of_every_type_say() {
    use PostingKind::{Buy, Liquidation, Sell};
    let kinds = |strategy| -> Vec<(u32, PostingKind)> {
        played(strategy).into_iter().map(|(tick, kind, _)| (tick, kind)).collect()
    };
    assert_eq!(kinds("Stepper()"), [(2, Buy), (12, Liquidation)]);
    assert_eq!(kinds("Stepper(hold: Some(3), at: [4])"), [(4, Buy), (7, Sell)]);
    assert_eq!(
        kinds("Stepper(early: true, after_last: Restart, hold: 2, at: [1, 4])"),
        [(0, Buy), (1, Buy), (2, Sell), (4, Buy), (6, Sell), (9, Buy), (11, Sell)]
    );
    let stakes = |strategy| played(strategy)[0].2;
    assert_eq!(stakes("Stepper(stake: None)"), Sol::milli(-1));
    assert_eq!(stakes("Stepper(stake: 0.004)"), Sol::milli(-4));
}
