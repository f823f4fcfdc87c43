//! The time between two ticks by a recorder's clock, which may be set while a game is played.

use super::fragment::Fragment;
use super::seen::Seen;
use crate::model::quote::TICK_MS;

/// How much longer than its ticks a gap may be, in milliseconds: the feed stood still. The longest
/// such gap of the reference recordings has 15 s; a clock that is set to summer time jumps by an
/// hour.
const STALL_MS_MAX: i64 = 30_000;

/// How far two rows may be the wrong way round, in milliseconds: recorders that write from several
/// threads do that. A clock that goes back by more was set.
const BACK_MS_MAX: i64 = 1_000;

impl Fragment {
    /// Milliseconds from one tick to the next, by the recorder's clock; nominal where a time is
    /// missing, or where the clock jumped or ran backwards.
    #[must_use]
    pub fn gap_ms(earlier: Seen, later: Seen) -> u32 {
        gap(earlier, later).0
    }

    /// Number of gaps between two ticks over which the recorder's clock jumped.
    #[must_use]
    pub fn clock_jumps(&self) -> u64 {
        let seen = || self.seen().map(|(_, seen)| seen);
        seen().zip(seen().skip(1)).map(|(one, next)| u64::from(gap(one, next).1)).sum()
    }
}

/// Milliseconds from one tick to the next, and whether the clock jumped between them. The nominal
/// gap where a time is missing, or where the clock jumped or ran backwards: how long the game took
/// is unknown there.
fn gap(earlier: Seen, later: Seen) -> (u32, bool) {
    let Some((from, to)) = earlier.time.zip(later.time) else { return (TICK_MS, false) };
    let ticks = i64::from(later.tick.saturating_sub(earlier.tick));
    let longest = ticks * i64::from(TICK_MS) + STALL_MS_MAX;
    let jumped = to.micros().checked_sub(from.micros()).is_none_or(|micros| {
        let ms = micros / 1_000;
        ms < -BACK_MS_MAX || ms > longest
    });
    let known = to.millis_since(from).filter(|_| !jumped);
    (known.unwrap_or(TICK_MS), jumped)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::games::recording::Timestamp;
    use crate::model::price::Price;

    /// The gap between tick 7, at an hour, and a later one, at `ms` after that hour.
    fn after(tick: u32, ms: i64) -> (u32, bool) {
        let seen = |tick, ms: i64| Seen {
            tick,
            price: Price::ONE,
            time: Some(Timestamp::from_micros((3_600_000 + ms) * 1_000)),
            closed: false,
            line: 0,
        };
        gap(seen(7, 0), seen(tick, ms))
    }

    #[test]
    fn a_feed_that_stands_still_is_waited_for_and_a_clock_that_is_set_is_not() {
        for (ms, wanted) in [
            (251, (251, false)),
            (0, (0, false)),
            (14_587, (14_587, false)),
            (30_250, (30_250, false)),
            (30_251, (TICK_MS, true)),
            (3_600_250, (TICK_MS, true)),
            (-1, (TICK_MS, false)),
            (-1_000, (TICK_MS, false)),
            (-1_001, (TICK_MS, true)),
            (-3_599_750, (TICK_MS, true)),
        ] {
            assert_eq!(after(8, ms), wanted, "{ms}");
        }
    }

    #[test]
    fn ticks_that_were_not_recorded_take_their_time() {
        assert_eq!(after(407, 110_000), (110_000, false));
        assert_eq!(after(407, 130_001), (TICK_MS, true));
        assert_eq!(after(u32::MAX, i64::MAX / 2_000).0, TICK_MS);
    }
}
