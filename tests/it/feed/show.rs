//! A feed made for tests: the canonical frames of some games, one after another, as the site sends
//! them (docs/spec/protocol.md#phases-and-boundaries).

use std::fmt::Write;

use replayer::games::fair::game::{Course, FairGame};
use replayer::games::fair::generated::generated;
use replayer::games::fair::seed::ServerSeed;
use replayer::model::ids::GameId;

/// Milliseconds from one countdown frame to the next: fewer frames than the site's 100.
const COUNTDOWN_STEP_MS: u32 = 500;
/// Games in a history.
const HISTORY: usize = 10;

/// One game of the show.
pub(crate) struct Played {
    pub(crate) id: GameId,
    pub(crate) seed: ServerSeed,
    pub(crate) prices: Vec<f64>,
}

/// What a frame is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Genesis,
    Countdown { left_ms: u32 },
    Opening,
    Step { tick: usize },
    Rug,
    SecondRug,
}

/// One frame of the show.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shown {
    /// Milliseconds.
    pub(crate) at: u64,
    pub(crate) game: usize,
    pub(crate) kind: Kind,
}

/// Some games and their frames. The games before the first one are in its history.
pub(crate) struct Show {
    pub(crate) games: Vec<Played>,
    pub(crate) frames: Vec<Shown>,
    /// Games that were over before the first frame.
    pub(crate) past: usize,
}

impl Show {
    /// So many games of between 8 and `ticks_max` ticks, after two that are over.
    pub(crate) fn new(run_seed: u64, games: usize, ticks_max: usize) -> Self {
        let past = 2;
        let made = (0..).map(|index| generated(run_seed, index)).map(|(seed, id)| {
            let prices = Course::of(FairGame::new(&seed, &id)).prices().to_vec();
            Played { id, seed, prices }
        });
        let fits = |game: &Played| (8..=ticks_max).contains(&(game.prices.len() - 1));
        let games: Vec<_> = made.filter(fits).take(past + games).collect();
        let mut show = Self { games, frames: Vec::new(), past };
        let mut at = 1_000_000;
        for game in past..show.games.len() {
            show.play(game, &mut at);
        }
        show
    }

    fn play(&mut self, game: usize, at: &mut u64) {
        let mut push = |wait_ms: u64, kind| {
            *at += wait_ms;
            self.frames.push(Shown { at: *at, game, kind });
        };
        push(400, Kind::Genesis);
        let step = usize::try_from(COUNTDOWN_STEP_MS).unwrap();
        for left_ms in (1..15_000 / COUNTDOWN_STEP_MS).rev().map(|left| left * COUNTDOWN_STEP_MS) {
            push(u64::try_from(step).unwrap(), Kind::Countdown { left_ms });
            if left_ms == 10_000 {
                push(1, Kind::Opening);
            }
        }
        let rug = self.games[game].prices.len() - 1;
        for tick in 0..rug {
            push(250, Kind::Step { tick });
        }
        push(250, Kind::Rug);
        push(1_000, Kind::SecondRug);
    }

    /// The payload of a frame; the first one after a connection has the history and the path so far.
    pub(crate) fn payload(&self, frame: usize, first: bool) -> String {
        let Shown { game, kind, .. } = self.frames[frame];
        let mut text = String::from("{");
        self.head(&mut text, game, kind);
        let prices = &self.games[game].prices;
        let known = match kind {
            Kind::Genesis | Kind::Countdown { .. } | Kind::Opening => 0,
            Kind::Step { tick } => tick,
            Kind::Rug | Kind::SecondRug => prices.len() - 1,
        };
        let minimal = matches!(kind, Kind::Countdown { .. });
        let in_play = matches!(kind, Kind::Step { .. } | Kind::Rug | Kind::SecondRug);
        if !minimal || first {
            let inflated = if kind == Kind::SecondRug { 2 } else { 0 };
            let rugged = matches!(kind, Kind::Rug | Kind::SecondRug);
            write!(
                text,
                r#","active":{in_play},"rugged":{rugged},"price":{},"tickCount":{}"#,
                prices[known],
                known + inflated
            )
            .unwrap();
            // The first frame of a connection has no partial prices (captures of December 2025).
            if !first {
                partial(&mut text, prices, known);
            }
        }
        if first && in_play {
            write!(text, r#","prices":{:?}"#, &prices[..=known]).unwrap();
        }
        if first || matches!(kind, Kind::Genesis | Kind::SecondRug) {
            self.history(&mut text, game);
        }
        text.push('}');
        text
    }

    fn head(&self, text: &mut String, game: usize, kind: Kind) {
        let (left_ms, presale) = match kind {
            Kind::Genesis => (15_000, false),
            Kind::Countdown { left_ms } => (left_ms, left_ms <= 10_000),
            Kind::Opening => (10_000, true),
            Kind::Step { .. } | Kind::Rug | Kind::SecondRug => (0, false),
        };
        let Played { id, seed, .. } = &self.games[game];
        let hash = seed.hash();
        write!(
            text,
            r#""gameId":"{id}","cooldownTimer":{left_ms},"cooldownPaused":false,"allowPreRoundBuys":{presale},"leaderboard":[],"connectedPlayers":120,"provablyFair":{{"serverSeedHash":"{hash}","version":"v3"}}"#
        )
        .unwrap();
    }

    /// The ten games before one, newest first.
    fn history(&self, text: &mut String, game: usize) {
        text.push_str(r#","gameHistory":["#);
        for (place, Played { id, seed, prices }) in
            self.games[..game].iter().rev().take(HISTORY).enumerate()
        {
            let comma = if place == 0 { "" } else { "," };
            let alive = &prices[..prices.len() - 1];
            let peak = alive.iter().copied().fold(1.0, f64::max);
            let hash = seed.hash();
            write!(
                text,
                r#"{comma}{{"id":"{id}","timestamp":1,"prices":{prices:?},"peakMultiplier":{peak},"rugged":true,"gameVersion":"v3","globalTrades":[],"globalSidebets":[],"provablyFair":{{"serverSeed":"{seed}","serverSeedHash":"{hash}"}}}}"#
            )
            .unwrap();
        }
        text.push(']');
    }
}

/// The last five prices.
fn partial(text: &mut String, prices: &[f64], end: usize) {
    let start = (end + 1).saturating_sub(5);
    let values: Vec<_> =
        (start..=end).map(|tick| format!(r#""{tick}":{}"#, prices[tick])).collect();
    let values = values.join(",");
    write!(
        text,
        r#","partialPrices":{{"startTick":{start},"endTick":{end},"values":{{{values}}}}}"#
    )
    .unwrap();
}
