//! The verdict on a revealed seed: whether the game that it generates is the recorded one.

use std::fmt::{self, Debug, Display};

use super::game::Course;
use super::seeds::Reveal;
use crate::model::ids::GameId;

/// Decimals to which archives print prices (docs/spec/provably-fair.md#evidence).
const PRINTED_DECIMALS: usize = 4;

/// The result of comparing a recorded figure with the regenerated one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SeedCheck {
    /// Nothing was recorded, so nothing is proven.
    Absent,
    /// Equal to the last bit.
    Same,
    /// Equal in the 4 decimals that were recorded.
    SameAsPrinted,
    /// Different; holds both figures in words.
    Differs(String),
}

impl SeedCheck {
    /// True when a figure was recorded and agrees.
    #[must_use]
    pub const fn agrees(&self) -> bool {
        matches!(self, Self::Same | Self::SameAsPrinted)
    }
}

impl Display for SeedCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent => f.pad("not recorded"),
            Self::Same => f.pad("same"),
            Self::SameAsPrinted => write!(f, "same in the {PRINTED_DECIMALS} decimals given"),
            Self::Differs(why) => f.pad(why),
        }
    }
}

/// The result of comparing a revealed seed with the record of its game.
#[derive(Debug, Clone, PartialEq)]
pub struct SeedVerdict {
    /// The name of the game.
    pub game_id: GameId,
    /// The published hash compared with the seed's.
    pub hash: SeedCheck,
    /// The recorded path compared with the regenerated one; or why it cannot be regenerated.
    pub path: Result<PathVerdict, String>,
}

/// The result of comparing a recorded path with the regenerated one.
#[derive(Debug, Clone, PartialEq)]
pub struct PathVerdict {
    /// The tick of the rug.
    pub rug_tick: SeedCheck,
    /// The price at the rug, exact or as printed.
    pub rug_price: SeedCheck,
    /// The highest price, exact or as printed.
    pub peak: SeedCheck,
    /// Every price, to the last bit.
    pub prices: SeedCheck,
    /// The path that the seed generates.
    pub course: Course,
}

impl PathVerdict {
    /// The checks, each with its label.
    #[must_use]
    pub const fn checks(&self) -> [(&'static str, &SeedCheck); 4] {
        [
            ("rug tick", &self.rug_tick),
            ("rug price", &self.rug_price),
            ("peak", &self.peak),
            ("prices", &self.prices),
        ]
    }
}

impl SeedVerdict {
    /// Every check, each with its label; only that of the hash for a path that cannot be
    /// regenerated.
    pub fn checks(&self) -> impl Iterator<Item = (&'static str, &SeedCheck)> {
        let path = self.path.iter().flat_map(PathVerdict::checks);
        std::iter::once(("seed hash", &self.hash)).chain(path)
    }

    /// True when something of the path was recorded and all of it agrees.
    #[must_use]
    pub fn path_agrees(&self) -> bool {
        self.path.as_ref().is_ok_and(|path| {
            let checks = path.checks().map(|(_, check)| check);
            let differs = |check: &&SeedCheck| matches!(check, SeedCheck::Differs(_));
            checks.iter().any(|check| check.agrees()) && !checks.iter().any(differs)
        })
    }

    /// True when every price was recorded.
    #[must_use]
    pub fn prices_compared(&self) -> bool {
        self.path.as_ref().is_ok_and(|path| path.prices != SeedCheck::Absent)
    }

    /// Everything that differs, on one line; `None` when nothing does.
    #[must_use]
    pub fn why(&self) -> Option<String> {
        let differences = self.checks().filter_map(|(about, check)| match check {
            SeedCheck::Differs(how) => Some(format!("{about}: {how}")),
            _ => None,
        });
        let why: Vec<String> = differences.chain(self.path.as_ref().err().cloned()).collect();
        (!why.is_empty()).then(|| why.join("; "))
    }
}

/// Regenerates a game and compares it with everything that was recorded of it.
///
/// A peak or a rug price with at most 4 decimals counts as printed and is compared to 4 decimals;
/// any other, and every price of a recorded path, must be the same double.
#[must_use]
pub fn verify(reveal: &Reveal) -> SeedVerdict {
    let record = &reveal.record;
    let hash = compare(record.server_seed_hash.as_deref(), |recorded| {
        let hash = reveal.server_seed.hash();
        // A hash is a number: the case of its letters does not matter.
        differ(recorded.eq_ignore_ascii_case(&hash), recorded, hash.as_str())
    });
    let path = reveal.game().map_err(|refusal| refusal.to_string()).map(|game| {
        let course = Course::of(game);
        PathVerdict {
            rug_tick: compare(record.rug_tick, |recorded| {
                differ(recorded == course.rug_tick(), recorded, course.rug_tick())
            }),
            rug_price: compare(record.rug_price, |price| figure(price, course.rug_price())),
            peak: compare(record.peak_multiplier, |peak| figure(peak, course.peak())),
            prices: compare(record.prices.as_deref(), |prices| path(prices, course.prices())),
            course,
        }
    });
    SeedVerdict { game_id: reveal.game_id, hash, path }
}

fn compare<T>(recorded: Option<T>, with: impl FnOnce(T) -> SeedCheck) -> SeedCheck {
    recorded.map_or(SeedCheck::Absent, with)
}

fn differ(same: bool, recorded: impl Display, regenerated: impl Display) -> SeedCheck {
    if same {
        SeedCheck::Same
    } else {
        SeedCheck::Differs(format!("{recorded} was recorded, {regenerated} regenerated"))
    }
}

/// One price, possibly printed to 4 decimals.
fn figure(recorded: f64, regenerated: f64) -> SeedCheck {
    let printed = |price: f64| format!("{price:.PRINTED_DECIMALS$}");
    let is_printed = printed(recorded).parse().is_ok_and(|price| same(recorded, price));
    if same(recorded, regenerated) {
        SeedCheck::Same
    } else if is_printed && printed(recorded) == printed(regenerated) {
        SeedCheck::SameAsPrinted
    } else {
        differ(false, recorded, regenerated)
    }
}

/// Every price of a path. Reports the first tick that differs, then the length.
fn path(recorded: &[f64], regenerated: &[f64]) -> SeedCheck {
    let pairs = recorded.iter().zip(regenerated);
    match pairs.enumerate().find(|(_, (recorded, regenerated))| !same(**recorded, **regenerated)) {
        Some((tick, (recorded, regenerated))) => SeedCheck::Differs(format!(
            "tick {tick}: price {recorded} was recorded, {regenerated} regenerated"
        )),
        None => differ(
            recorded.len() == regenerated.len(),
            format_args!("a path of {} prices", recorded.len()),
            format_args!("one of {}", regenerated.len()),
        ),
    }
}

/// The same double: anything less proves no path.
#[expect(clippy::float_cmp, reason = "bit-exactness is what is verified")]
fn same(a: f64, b: f64) -> bool {
    a == b
}

#[cfg(test)]
mod tests {
    use super::super::game::FairGame;
    use super::super::generated::generated;
    use super::*;

    fn told() -> Reveal {
        let (seed, id) = generated(5, 5);
        Reveal::told(seed, id, &Course::of(FairGame::new(&seed, &id)))
    }

    fn why(change: impl FnOnce(&mut Reveal)) -> String {
        let mut reveal = told();
        change(&mut reveal);
        verify(&reveal).why().expect("a failure")
    }

    #[test]
    fn a_game_told_as_it_was_played_agrees_in_everything() {
        let verdict = verify(&told());
        assert_eq!(verdict.why(), None);
        assert!(verdict.hash.agrees() && verdict.path_agrees() && verdict.prices_compared());
    }

    #[test]
    fn nothing_recorded_proves_nothing_and_fails_nothing() {
        let mut reveal = told();
        reveal.record = super::super::seeds::Record::default();
        let verdict = verify(&reveal);
        assert_eq!(verdict.why(), None);
        assert_eq!(verdict.hash, SeedCheck::Absent);
        assert!(!verdict.path_agrees() && !verdict.prices_compared());
    }

    #[test]
    fn each_altered_figure_is_named() {
        let altered = why(|reveal| reveal.record.rug_tick = Some(1_234));
        assert!(altered.starts_with("rug tick: 1234 was recorded, "), "{altered}");
        let altered = why(|reveal| reveal.record.peak_multiplier = Some(9.5));
        assert!(altered.starts_with("peak: 9.5 was recorded, "), "{altered}");
        let altered = why(|reveal| reveal.record.rug_price = Some(0.5));
        assert!(altered.starts_with("rug price: 0.5 was recorded, "), "{altered}");
        let altered = why(|reveal| reveal.record.server_seed_hash = Some("00".to_owned()));
        assert!(altered.starts_with("seed hash: 00 was recorded, "), "{altered}");
        let altered = why(|reveal| reveal.record.game_version = Some("v2".to_owned()));
        assert_eq!(altered, "a game of version v2 cannot be reproduced, only those of v3");
    }

    #[test]
    fn one_price_off_by_its_last_bit_is_named_with_its_tick() {
        let altered = why(|reveal| {
            let prices = reveal.record.prices.as_mut().unwrap();
            prices[1] = prices[1].next_up();
        });
        assert!(altered.starts_with("prices: tick 1: price "), "{altered}");
    }

    #[test]
    fn a_path_cut_short_differs_in_its_length() {
        let altered = why(|reveal| reveal.record.prices.as_mut().unwrap().truncate(3));
        assert!(altered.starts_with("prices: a path of "), "{altered}");
    }

    #[test]
    fn a_figure_printed_to_four_decimals_is_compared_in_those_and_no_looser() {
        let peak = 3.320_136_654_814_378_5;
        assert_eq!(figure(peak, peak), SeedCheck::Same);
        assert_eq!(figure(3.3201, peak), SeedCheck::SameAsPrinted);
        for off in [3.3202, 3.32, 3.0, 3.320_13, peak.next_up()] {
            assert!(matches!(figure(off, peak), SeedCheck::Differs(_)), "{off}");
        }
        assert_eq!(figure(0.02, 0.020_000_000_000_000_018), SeedCheck::SameAsPrinted);
    }
}
