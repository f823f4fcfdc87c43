//! The verdict on a revealed seed: whether the game that it generates is the recorded one.

use std::fmt::{self, Debug, Display};

use rust_decimal::Decimal;

use super::game::Course;
use super::seeds::{Reveal, UnknownVersion};
use crate::games::number::decimals;
use crate::model::ids::GameId;
use crate::model::price::Price;

/// The result of comparing a recorded figure with the regenerated one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SeedCheck {
    /// Nothing was recorded, so nothing is proven.
    Absent,
    /// Equal to the last bit.
    Same,
    /// Equal when rounded to the decimals that were recorded, this many.
    SameAsRounded(u32),
    /// Different; holds both figures in words.
    Differs(String),
}

impl SeedCheck {
    /// True when a figure was recorded and agrees.
    #[must_use]
    pub const fn agrees(&self) -> bool {
        matches!(self, Self::Same | Self::SameAsRounded(_))
    }
}

impl Display for SeedCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent => f.pad("not recorded"),
            Self::Same => f.pad("same"),
            Self::SameAsRounded(1) => f.pad("same in the one decimal given"),
            Self::SameAsRounded(decimals) => write!(f, "same in the {decimals} decimals given"),
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
    /// The recorded path compared with the regenerated one; or why it cannot be regenerated, and
    /// so neither be confirmed nor refuted.
    pub path: Result<PathVerdict, UnknownVersion>,
}

/// The result of comparing a recorded path with the regenerated one.
#[derive(Debug, Clone, PartialEq)]
pub struct PathVerdict {
    /// The tick of the rug.
    pub rug_tick: SeedCheck,
    /// The price at the rug, exact or rounded.
    pub rug_price: SeedCheck,
    /// The highest price, exact or rounded.
    pub peak: SeedCheck,
    /// Every price, exact or all rounded to the same decimals.
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
        let why: Vec<String> = differences.collect();
        (!why.is_empty()).then(|| why.join("; "))
    }

    /// Why it cannot be told whether the path is fair; `None` where it can, and where the hash
    /// differs, which settles it.
    #[must_use]
    pub fn cannot_be_told(&self) -> Option<&UnknownVersion> {
        self.path.as_ref().err().filter(|_| !matches!(self.hash, SeedCheck::Differs(_)))
    }
}

/// Regenerates a game and compares it with everything that was recorded of it.
///
/// Prices that another program rounded are compared in the decimals that are given: a peak and a
/// rug price in their own, a path in those of its most precise price. A price with as many decimals
/// as the regenerated one must be the same double.
#[must_use]
pub fn verify(reveal: &Reveal) -> SeedVerdict {
    let record = &reveal.record;
    let hash = compare(record.server_seed_hash.as_deref(), |recorded| {
        let hash = reveal.server_seed.hash();
        // A hash is a number: the case of its letters does not matter.
        differ(recorded.eq_ignore_ascii_case(&hash), recorded, hash.as_str())
    });
    let path = reveal.game().map(|game| {
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

/// One price, possibly rounded.
fn figure(recorded: f64, regenerated: f64) -> SeedCheck {
    let given = decimals(recorded);
    if same(recorded, regenerated) {
        SeedCheck::Same
    } else if is_rounded(recorded, regenerated, given) {
        SeedCheck::SameAsRounded(given)
    } else {
        differ(false, recorded, regenerated)
    }
}

/// Every price of a path. Reports the first tick that differs, then the length.
fn path(recorded: &[f64], regenerated: &[f64]) -> SeedCheck {
    let pairs = || recorded.iter().copied().zip(regenerated.iter().copied()).enumerate();
    let is_exact = pairs().all(|(_, (recorded, regenerated))| same(recorded, regenerated));
    let given = || recorded.iter().copied().map(decimals).max().unwrap_or(0);
    let rounded = (!is_exact).then(given);
    let differs = |recorded, regenerated| {
        let is_rounded = |given| is_rounded(recorded, regenerated, given);
        !same(recorded, regenerated) && !rounded.is_some_and(is_rounded)
    };
    match pairs().find(|&(_, (recorded, regenerated))| differs(recorded, regenerated)) {
        Some((tick, (recorded, regenerated))) => SeedCheck::Differs(format!(
            "tick {tick}: price {recorded} was recorded, {regenerated} regenerated"
        )),
        None if recorded.len() != regenerated.len() => differ(
            false,
            format_args!("a path of {} prices", recorded.len()),
            format_args!("one of {}", regenerated.len()),
        ),
        None => rounded.map_or(SeedCheck::Same, SeedCheck::SameAsRounded),
    }
}

/// Whether a price is another one rounded to fewer decimals than that one has. Half a unit may have
/// gone either way; half of a double's last bit is added for what the shortest texts leave out.
fn is_rounded(recorded: f64, exact: f64, given: u32) -> bool {
    if given >= decimals(exact) {
        return false;
    }
    let recorded = match Price::new(recorded) {
        Ok(price) => price.to_decimal(),
        Err(_) if recorded == 0.0 => Decimal::ZERO,
        Err(_) => return false,
    };
    let Ok(exact) = Price::new(exact).map(Price::to_decimal) else { return false };
    let Ok(unit) = Decimal::try_new(1, given) else { return false };
    let most = unit + exact * Decimal::new(24, 17);
    let twice_off = recorded.checked_sub(exact).and_then(|off| off.checked_mul(Decimal::TWO));
    twice_off.is_some_and(|off| off.abs() <= most)
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
    }

    #[test]
    fn whether_a_game_of_an_older_version_is_fair_cannot_be_told_but_its_hash_is_checked() {
        let mut reveal = told();
        reveal.record.game_version = Some("v2".to_owned());
        reveal.record.peak_multiplier = Some(9.5);
        let verdict = verify(&reveal);
        assert_eq!((verdict.why(), verdict.hash.agrees()), (None, true));
        assert!(!verdict.path_agrees());
        let why = verdict.cannot_be_told().unwrap().to_string();
        assert_eq!(why, "a game of version v2 cannot be reproduced, only those of v3");
        reveal.record.server_seed_hash = Some("00".to_owned());
        let verdict = verify(&reveal);
        assert!(verdict.why().is_some() && verdict.cannot_be_told().is_none());
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
    fn a_figure_is_compared_in_the_decimals_given_and_no_looser() {
        let peak = 3.320_136_654_814_378_5;
        assert_eq!(figure(peak, peak), SeedCheck::Same);
        for (given, decimals) in [(3.0, 0), (3.3, 1), (3.32, 2), (3.3201, 4), (3.320_136_65, 8)] {
            assert_eq!(figure(given, peak), SeedCheck::SameAsRounded(decimals), "{given}");
        }
        for off in [3.3202, 3.33, 4.0, 2.0, 3.4, 3.320_13, 3.320_138, peak.next_down().next_down()]
        {
            assert!(matches!(figure(off, peak), SeedCheck::Differs(_)), "{off}");
        }
        assert_eq!(figure(0.02, 0.020_000_000_000_000_018), SeedCheck::SameAsRounded(2));
        for absurd in [-3.3, 1e25, 1e300, f64::INFINITY] {
            assert!(matches!(figure(absurd, peak), SeedCheck::Differs(_)), "{absurd}");
        }
    }

    #[test]
    fn a_game_rounded_to_any_number_of_decimals_agrees_and_one_unit_off_does_not() {
        for decimals in 0..=17 {
            let rounded = |price: f64| format!("{price:.decimals$}").parse::<f64>().unwrap();
            let mut reveal = told();
            let record = &mut reveal.record;
            record.peak_multiplier = record.peak_multiplier.map(rounded);
            record.rug_price = record.rug_price.map(rounded);
            record.prices.as_mut().unwrap().iter_mut().for_each(|price| *price = rounded(*price));
            let verdict = verify(&reveal);
            assert_eq!(verdict.why(), None, "{decimals}");
            assert!(verdict.path_agrees());
            if (2..=12).contains(&decimals) {
                let prices = reveal.record.prices.as_mut().unwrap();
                prices[2] = rounded(prices[2] + 10_f64.powi(-i32::try_from(decimals).unwrap()));
                let why = verify(&reveal).why().unwrap_or_default();
                assert!(why.starts_with("prices: tick 2: price "), "{decimals}: {why}");
            }
        }
    }
}
