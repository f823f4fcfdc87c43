//! What bots did in the games that are over.

use std::sync::OnceLock;

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;

use super::super::registry::{Amount, Counters, Labels, MetricRegistry};
use crate::engine::journal::GameRecord;
use crate::model::ids::BotIndex;
use crate::model::posting::PostingKind;
use crate::model::sol::Sol;

/// What a bot orders; all else is booked by the game.
const ORDERED: [PostingKind; 3] = [PostingKind::Buy, PostingKind::Sell, PostingKind::SidebetStake];

/// The numbers of the bots, counted at the end of each game, as the journal has them.
#[derive(Debug)]
pub struct BotMetrics {
    games: Counter,
    orders: Counters,
    fills: Counters,
    rejections: Counters,
    pnl: Family<Labels, Amount>,
    cash: Family<Labels, Amount>,
    bankroll: Family<Labels, Amount>,
    /// How they are called, by their place; set when they sit down.
    names: OnceLock<Vec<String>>,
}

impl BotMetrics {
    pub(super) fn new(metrics: &mut MetricRegistry<'_>) -> Self {
        Self {
            games: metrics
                .counter("replayer_games_played", "Games that the bots played to the rug"),
            orders: metrics
                .counters("replayer_orders", "Orders of the games played, filled or refused"),
            fills: metrics
                .counters("replayer_fills", "Orders of the games played that were filled"),
            rejections: metrics
                .counters("replayer_rejections", "Orders of the games played that were refused"),
            pnl: metrics
                .amounts("replayer_pnl_sol", "What a bot gained in the games played, in SOL"),
            cash: metrics
                .amounts("replayer_cash_sol", "What a bot has after the last game, in SOL"),
            bankroll: metrics.amounts("replayer_bankroll_sol", "What a bot began with, in SOL"),
            names: OnceLock::new(),
        }
    }

    /// The bots sit down, each with this much: nothing is gained, ordered or filled yet.
    pub fn seat(&self, names: Vec<String>, bankroll: Sol) {
        for bot in &names {
            self.bankroll.get_or_create(&of(bot)).set(bankroll.to_f64());
            self.pnl.get_or_create(&of(bot)).set(0.0);
            self.orders.get_or_create(&of(bot)).inc_by(0);
            for kind in ORDERED {
                self.fills.get_or_create(&with(bot, "kind", kind.code())).inc_by(0);
            }
        }
        // They sit down once.
        let _ = self.names.set(names);
    }

    /// A game is over.
    pub fn played(&self, game: &GameRecord) {
        self.games.inc();
        for row in &game.rows {
            let bot = of(self.name(row.bot));
            self.pnl.get_or_create(&bot).inc_by(row.pnl.to_f64());
            self.cash.get_or_create(&bot).set(row.cash.to_f64());
        }
        for (bot, posting) in &game.postings {
            if ORDERED.contains(&posting.kind) {
                let bot = self.name(*bot);
                self.orders.get_or_create(&of(bot)).inc();
                self.fills.get_or_create(&with(bot, "kind", posting.kind.code())).inc();
            }
        }
        for (bot, refused) in &game.rejections {
            let bot = self.name(*bot);
            self.orders.get_or_create(&of(bot)).inc();
            self.rejections.get_or_create(&with(bot, "reason", refused.rejection.code())).inc();
        }
    }

    fn name(&self, bot: BotIndex) -> &str {
        let names = self.names.get().map_or(&[][..], Vec::as_slice);
        names.get(bot.at()).map_or("unknown", String::as_str)
    }
}

fn of(bot: &str) -> Labels {
    vec![("bot", bot.to_owned())]
}

fn with(bot: &str, label: &'static str, value: &str) -> Labels {
    vec![("bot", bot.to_owned()), (label, value.to_owned())]
}
