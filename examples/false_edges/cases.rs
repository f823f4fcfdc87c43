//! The bots, their bankrolls, and the lengths of the studies.

use std::num::NonZeroU64;

use replayer::base::document::{Document, Raw};
use replayer::engine::BotSpec;
use replayer::engine::strategy::Strategies;
use replayer::model::ids::BotId;
use replayer::model::order::OrderLimits;
use replayer::model::rules::Rules;
use replayer::model::setup::{Bankroll, Setup};
use replayer::model::sol::Sol;

/// Targets of `HoldToTarget`: from a sale at once to a multiple that few games reach.
const TARGETS: [&str; 17] = [
    "0.05", "0.5", "0.85", "0.9", "0.95", "1.05", "1.1", "1.25", "1.5", "2", "3", "5", "10", "20",
    "50", "100", "200",
];

/// Bots that play the same games by the same rules.
pub(crate) struct Set {
    /// What a table calls it.
    pub(crate) title: &'static str,
    /// Whether the games are fair: then no bot has an edge.
    pub(crate) is_fair: bool,
    pub(crate) setup: Setup,
    /// The names of the bots in the tables, and the bots.
    pub(crate) bots: Vec<(String, BotSpec)>,
    /// Units of each study: games, or lives.
    pub(crate) units: &'static [u64],
}

/// Every set of bots.
pub(crate) fn sets() -> Vec<Set> {
    let per_game = Bankroll::PerGame(Sol::milli(10_000));
    let ten = NonZeroU64::MIN.saturating_add(9);
    let lives = Bankroll::Lives { bankroll: Sol::milli(100), games: ten };
    let setup = |bankroll, rules| Setup { rules, bankroll, seed: 0 };
    let generous = Rules { sidebet_payout: 6, ..Rules::observed() };
    let strategies = Strategies::standard();
    let mut texts: Vec<(&str, String)> = Vec::new();
    for kind in strategies.iter().filter(|kind| kind.name() != "HoldToTarget") {
        texts.push((kind.name(), String::new()));
    }
    // Ladders that win in nearly every game, and lose all that they won in one of a hundred.
    let ladders = ["attempts: 12", "factor: 3, attempts: 8", "factor: 5, attempts: 6"];
    texts.extend(ladders.map(|ladder| ("MartingaleSidebets", ladder.to_owned())));
    texts.extend(TARGETS.map(|target| ("HoldToTarget", format!("target: {target}"))));
    let in_lives = ["FlatSidebets", "MartingaleSidebets", "KellySidebets", "Random", "Aggressive"];
    let in_lives: Vec<_> = in_lives.iter().map(|&name| (name, String::new())).collect();
    let paid = [("FlatSidebets", "bets: 1".to_owned()), ("FlatSidebets", String::new())];
    let bots = |texts: &[(&'static str, String)]| {
        (0..).zip(texts).map(|(at, (name, fields))| bot(&strategies, at, name, fields)).collect()
    };
    vec![
        Set {
            title: "10 SOL per game",
            is_fair: true,
            setup: setup(per_game, Rules::observed()),
            bots: bots(&texts),
            units: &[30, 60, 100, 300, 1_000, 5_000],
        },
        Set {
            title: "lives of 10 games, 0.1 SOL",
            is_fair: true,
            setup: setup(lives, Rules::observed()),
            bots: bots(&in_lives),
            units: &[30, 60, 100, 300],
        },
        Set {
            title: "a sidebet pays 6: a true edge of 9 %",
            is_fair: false,
            setup: setup(per_game, generous),
            bots: bots(&paid),
            units: &[100, 300, 1_000, 5_000],
        },
    ]
}

/// A bot of a strategy with these parameters, as a scenario writes them.
fn bot(strategies: &Strategies, at: usize, name: &'static str, fields: &str) -> (String, BotSpec) {
    let text = format!("{name}({fields})");
    let document = Document::new(&text);
    let factory = document.root().and_then(Raw::fields).and_then(|mut given| {
        let kind = strategies.get(name)?;
        let factory = kind.read(&mut given);
        given.finish();
        Some(factory)
    });
    assert!(document.problems().is_empty(), "{text}: {:?}", document.problems());
    let id = BotId::new(&format!("bot-{at}")).expect("a valid name");
    let factory = factory.expect("a strategy that ships with the crate");
    let shown = if fields.is_empty() { name.to_owned() } else { text.replace("target: ", "") };
    let (group, limits) = (id.to_string(), OrderLimits::default());
    (shown, BotSpec { id, strategy: name, factory, latency: None, group, limits })
}
