//! Games made for tests: the law of the game in a few lines, with a generator of its own so that
//! golden results depend on nothing else.

use std::sync::{Arc, Mutex};

use replayer::engine::journal::{GameRecord, Sink};
use replayer::engine::source::{GameQueue, Playlist};
use replayer::engine::{self, Lineup, testing};
use replayer::model::tape::Tape;

/// Plays a playlist a whole game at a time, and hands every record over in the order of the games.
pub(crate) fn by_games(
    lineup: Lineup<'_>,
    playlist: Playlist,
    keeps_postings: bool,
    mut each: impl FnMut(GameRecord),
) {
    let finished = Finished { keeps_postings, ..Finished::default() };
    let queue = GameQueue::new(Arc::new(playlist), lineup.setup.life_games());
    let mut app = engine::build_by_games(&[lineup], queue, Box::new(finished.clone()));
    while app.should_exit().is_none() {
        app.update();
        finished.games.lock().unwrap().drain(..).for_each(&mut each);
    }
}

#[derive(Clone, Default)]
struct Finished {
    keeps_postings: bool,
    games: Arc<Mutex<Vec<GameRecord>>>,
}

impl Sink for Finished {
    fn keeps_postings(&self) -> bool {
        self.keeps_postings
    }

    fn take(&mut self, record: GameRecord) {
        self.games.lock().unwrap().push(record);
    }
}

/// A small generator (splitmix64).
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A double from 0 to 1, the latter excluded.
    #[expect(clippy::cast_precision_loss, reason = "53 bits")]
    pub(crate) fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / 9_007_199_254_740_992.0
    }

    /// A whole number below a bound.
    pub(crate) fn below(&mut self, bound: u32) -> u32 {
        u32::try_from(self.next() % u64::from(bound)).unwrap()
    }
}

/// A game that rugs at a chance of its own per tick, at most after `ticks_max`.
pub(crate) fn tape(seed: u64, rug_chance: f64, ticks_max: usize) -> Tape {
    let mut dice = Dice(seed);
    let (mut price, mut low) = (1.0_f64, 1.0_f64);
    let mut prices = vec![price];
    while prices.len() < ticks_max && dice.unit() >= rug_chance {
        let step = if dice.unit() < 0.125 {
            (0.15 + dice.unit() * 0.1) * if dice.unit() < 0.5 { -1.0 } else { 1.0 }
        } else {
            -0.02 + dice.unit() * 0.05 + 0.005 * price.sqrt().min(10.0) * (2.0 * dice.unit() - 1.0)
        };
        price *= 1.0 + step;
        low = low.min(price);
        prices.push(price);
    }
    prices.push(low * (1.0 - 0.98));
    testing::tape(&format!("tape-{seed}"), prices)
}

/// Games as long as the real ones: memoryless, half a percent a tick.
pub(crate) fn tapes(seed: u64, games: u64) -> Vec<Tape> {
    (0..games).map(|game| tape(seed * 1_000_003 + game, 0.005, 5_000)).collect()
}
