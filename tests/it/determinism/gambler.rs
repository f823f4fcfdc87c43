//! A bot that submits a trade and a sidebet at one tick, by chance and by what it sees of its own
//! past: whoever shows it another past, or books its orders otherwise, comes to other records.

use rand_core::Rng;
use replayer::engine::strategy::{LifeStart, Strategy, View};
use replayer::model::exit::Exit;
use replayer::model::order::{Action, Actions, Portion};
use replayer::model::price::Price;
use replayer::model::sol::Sol;
use replayer::model::streams::Stream;

replayer::params! {
    /// A gambler has no parameters.
    pub(crate) struct GamblerParams {}
}

/// Trades and bets at once, or one of it, twice the same now and then, and beyond its means.
#[derive(Debug, Clone)]
pub(crate) struct Gambler(Stream);

impl Strategy for Gambler {
    type Params = GamblerParams;
    const NAME: &'static str = "Gambler";
    const ABOUT: &'static str = "Trades and places sidebets at one tick, by its past, for tests.";

    fn new(_: &GamblerParams, start: LifeStart<'_>) -> Self {
        Self(start.stream("gambler"))
    }

    fn decide(&mut self, _: &GamblerParams, view: &View<'_>) -> impl Into<Actions> {
        let mut drawn = |bound: i128| {
            let past = i128::from(self.0.next_u32()) + past(view);
            i64::try_from(past.rem_euclid(bound)).unwrap()
        };
        let bet = Action::Sidebet { stake: Sol::milli(1 + drawn(30)) };
        let buy = Action::Buy { stake: Sol::milli(1 + drawn(30)) };
        let portion = Portion::BUTTONS[usize::try_from(drawn(4)).unwrap()];
        let exit = match view.tick() % 3 {
            0 => Exit::stop(view.price()),
            1 => Exit::TIME,
            _ => Exit::OTHER,
        };
        let sell = Action::Sell { portion, exit };
        let trade = if drawn(2) == 0 { buy } else { sell };
        match drawn(12) {
            0 => Actions::both(trade, bet),
            1 => Actions::both(bet, trade),
            2 => Actions::both(trade, buy),
            3 => Actions::both(bet, bet),
            4 => Actions::both(None, bet),
            5 => trade.into(),
            _ => Actions::none(),
        }
    }
}

/// All that a bot sees of its past, as a number.
fn past(view: &View<'_>) -> i128 {
    let counts = view.counts_of_life();
    let counted = [
        counts.buys,
        counts.sells,
        counts.sells_won,
        counts.liquidations,
        counts.sidebets_won,
        counts.sidebets_lost,
        counts.refused,
        view.tally.buys.into(),
        view.tally.refused.into(),
    ];
    let mixed = counted.iter().fold(0, |sum, count| sum * 7 + i128::from(*count));
    let realised = view.pnl_of_game().lamports() * 3 + view.pnl_of_life().lamports();
    let last = view.last_fill().map_or(0, |fill| {
        let when = i128::from(fill.games_ago) * 1_000 + i128::from(fill.tick);
        let what = i128::try_from(fill.kind.code().len()).unwrap();
        when + what
            + fill.gained.lamports()
            + fill.delta.lamports()
            + i128::from(fill.price > Price::ONE)
    });
    mixed + realised + last
}
