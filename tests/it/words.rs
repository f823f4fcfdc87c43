//! Short words for amounts, actions and bots, so that tests read as their table does.

use replayer::base::document::Document;
use replayer::engine::BotSpec;
use replayer::engine::strategy::Strategies;
use replayer::model::ids::BotId;
use replayer::model::order::{Action, OrderLimits, Portion};
use replayer::model::price::Price;
use replayer::model::rules::{Latency, Rules};
use replayer::model::sol::Sol;

pub(crate) fn sol(text: &str) -> Sol {
    text.parse().unwrap()
}

pub(crate) fn price(text: &str) -> Price {
    text.parse().unwrap()
}

pub(crate) fn buy(stake: &str) -> Action {
    Action::Buy { stake: sol(stake) }
}

pub(crate) fn sidebet(stake: &str) -> Action {
    Action::Sidebet { stake: sol(stake) }
}

/// Sells a percentage.
pub(crate) fn sell(percent: u16) -> Action {
    Action::sell(Portion::percent(percent).unwrap())
}

/// The observed rules at no latency.
pub(crate) fn prompt() -> Rules {
    Rules { latency: Latency::Immediate, ..Rules::observed() }
}

/// The prices of a game in which nothing happens.
pub(crate) fn flat(ticks: usize) -> Vec<f64> {
    vec![1.0; ticks]
}

/// One bot of every strategy, called as its strategy is, with the default parameters.
pub(crate) fn one_of_each(strategies: &Strategies) -> Vec<BotSpec> {
    let player = |name: &'static str| {
        let document = Document::new("Default()");
        let mut fields = document.root().unwrap().fields().unwrap();
        let factory = strategies.get(name).unwrap().read(&mut fields);
        let id = BotId::new(name).unwrap();
        let (group, limits) = (name.to_owned(), OrderLimits::default());
        BotSpec { id, strategy: name, factory, latency: None, group, limits }
    };
    strategies.iter().map(|kind| player(kind.name())).collect()
}
