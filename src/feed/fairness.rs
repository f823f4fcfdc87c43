//! Fairness of live games: notes the hash before the game, checks the seed after it, and compares
//! the received path with the seed's, tick by tick.
//!
//! Takes facts and returns a [`FairnessCheck`] per revealed seed. Every mismatch is kept with its
//! evidence.

use std::collections::VecDeque;

use serde::{Serialize, Serializer};

use super::fact::Fact;
use crate::base::hex::Hex;
use crate::games::fair::seeds::Reveal;
use crate::games::fair::verify::{SeedCheck, verify};
use crate::model::ids::GameId;
use crate::model::quote::Tick;
use crate::model::time::Moment;

/// Most games whose paths are kept until their seeds are revealed: a history has ten.
const GAMES_MAX: usize = 12;
/// Most alarms kept, each with its evidence.
const ALARMS_MAX: usize = 100;

/// Whether a game was fair.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum FairnessVerdict {
    /// The seed matches the announced hash and generates the received path.
    Fair,
    /// The seed does not match the announced hash.
    HashMismatch,
    /// The seed generates another path.
    PathMismatch {
        /// The first tick that differs.
        tick: Tick,
        /// The received price; `None` where the game was already over.
        heard: Option<f64>,
        /// The price by the seed; `None` where its game is already over.
        expected: Option<f64>,
    },
    /// The history's record of the game, apart from its prices, contradicts the seed.
    RecordMismatch {
        /// The fields that differ, with their values.
        why: String,
    },
    /// The evidence is insufficient.
    Unknown {
        /// What the evidence lacks.
        why: String,
    },
}

impl FairnessVerdict {
    /// True for any mismatch.
    #[must_use]
    pub const fn is_alarm(&self) -> bool {
        matches!(self, Self::HashMismatch | Self::PathMismatch { .. } | Self::RecordMismatch { .. })
    }
}

/// The fairness verdict on one game, with its evidence.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FairnessCheck {
    /// When the seed was revealed.
    pub at: Moment,
    /// The verdict on the game.
    #[serde(flatten)]
    pub verdict: FairnessVerdict,
    /// The hash announced before the game; `None` when it was not received.
    #[serde(serialize_with = "text")]
    pub hash_before: Option<Hex>,
    /// The received prices, from tick 0.
    pub heard: Vec<f64>,
    /// True when they reach the rug.
    pub heard_whole: bool,
    /// The seed, and the history's record of the game, including the hash published afterwards.
    pub reveal: Reveal,
}

/// Number of games by verdict.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct FairnessCounts {
    /// Number of fair games.
    pub fair: u64,
    /// Games whose seed does not match the announced hash.
    pub hash_mismatches: u64,
    /// Games whose seed generates another path.
    pub path_mismatches: u64,
    /// Games whose history contradicts the seed.
    pub record_mismatches: u64,
    /// Games with insufficient evidence.
    pub unknown: u64,
}

/// What was received of a game with an unknown seed.
#[derive(Debug, Clone)]
struct Kept {
    id: GameId,
    hash_before: Option<Hex>,
    heard: Vec<f64>,
    whole: bool,
}

/// Checks every game whose seed is revealed.
#[derive(Debug, Default)]
pub struct Fairness {
    kept: VecDeque<Kept>,
    tally: FairnessCounts,
    alarms: VecDeque<FairnessCheck>,
}

impl Fairness {
    /// A checker that has received nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a fact; returns a verdict when it reveals a seed.
    pub fn hear(&mut self, at: Moment, fact: &Fact) -> Option<FairnessCheck> {
        match fact {
            Fact::Game { id, seed_hash } => {
                if self.kept.len() == GAMES_MAX {
                    self.kept.pop_front();
                }
                let (heard, whole) = (Vec::new(), false);
                self.kept.push_back(Kept { id: *id, hash_before: *seed_hash, heard, whole });
            }
            Fact::Tick { price, .. } | Fact::Rug { price, .. } => {
                if let Some(game) = self.kept.back_mut() {
                    game.heard.push(price.get());
                    game.whole = matches!(fact, Fact::Rug { .. });
                }
            }
            Fact::Seed(reveal) => return Some(self.judge(at, reveal)),
            Fact::Countdown { .. } | Fact::Presale { .. } | Fact::Void => {}
        }
        None
    }

    /// Number of games by verdict.
    #[must_use]
    pub const fn tally(&self) -> FairnessCounts {
        self.tally
    }

    /// The last 100 mismatches, oldest first.
    pub fn alarms(&self) -> impl Iterator<Item = &FairnessCheck> {
        self.alarms.iter()
    }

    fn judge(&mut self, at: Moment, reveal: &Reveal) -> FairnessCheck {
        let place = self.kept.iter().position(|game| game.id == reveal.game_id);
        // Keep the last game: unless it is over, more of it may arrive.
        let last = self.kept.len().saturating_sub(1);
        let kept = match place {
            Some(place) if place < last => self.kept.remove(place),
            Some(place) => self.kept.get(place).cloned(),
            None => None,
        };
        let verdict = verdict(reveal, kept.as_ref());
        let (hash_before, heard, heard_whole) = kept
            .map_or((None, Vec::new(), false), |game| (game.hash_before, game.heard, game.whole));
        let check =
            FairnessCheck { at, verdict, hash_before, heard, heard_whole, reveal: reveal.clone() };
        self.count(&check);
        check
    }

    fn count(&mut self, check: &FairnessCheck) {
        let count = match check.verdict {
            FairnessVerdict::Fair => &mut self.tally.fair,
            FairnessVerdict::HashMismatch => &mut self.tally.hash_mismatches,
            FairnessVerdict::PathMismatch { .. } => &mut self.tally.path_mismatches,
            FairnessVerdict::RecordMismatch { .. } => &mut self.tally.record_mismatches,
            FairnessVerdict::Unknown { .. } => &mut self.tally.unknown,
        };
        *count += 1;
        if check.verdict.is_alarm() {
            if self.alarms.len() == ALARMS_MAX {
                self.alarms.pop_front();
            }
            self.alarms.push_back(check.clone());
        }
    }
}

fn verdict(reveal: &Reveal, kept: Option<&Kept>) -> FairnessVerdict {
    let verdict = verify(reveal);
    let announced = kept.and_then(|game| game.hash_before);
    let hash = reveal.server_seed.hash();
    let kept_to = announced.is_none_or(|announced| announced.eq_ignore_ascii_case(&hash));
    if !kept_to || matches!(verdict.hash, SeedCheck::Differs(_)) {
        return FairnessVerdict::HashMismatch;
    }
    let course = match &verdict.path {
        Ok(path) => path.course.prices(),
        Err(why) => return FairnessVerdict::Unknown { why: why.to_string() },
    };
    let heard = kept.map(|game| (game.heard.as_slice(), game.whole));
    let recorded = reveal.record.prices.as_deref().map(|prices| (prices, true));
    let differing = [heard, recorded].into_iter().flatten();
    if let Some(mismatch) =
        differing.filter_map(|(path, whole)| mismatch(path, course, whole)).next()
    {
        return mismatch;
    }
    if let Some(why) = verdict.why() {
        return FairnessVerdict::RecordMismatch { why };
    }
    let unknown = |why: &str| FairnessVerdict::Unknown { why: why.to_owned() };
    if announced.is_none() && verdict.hash == SeedCheck::Absent {
        return unknown("no hash was announced");
    }
    if !verdict.path_agrees() && heard.is_none_or(|(path, _)| path.is_empty()) {
        return unknown("its prices are unknown");
    }
    FairnessVerdict::Fair
}

/// The first tick at which a path differs from the seed's; an incomplete path may end before it.
fn mismatch(path: &[f64], course: &[f64], whole: bool) -> Option<FairnessVerdict> {
    let ends = if whole { path.len().max(course.len()) } else { path.len() };
    let bits = |prices: &[f64], at: usize| prices.get(at).map(|price| price.to_bits());
    let at = (0..ends).find(|at| bits(path, *at) != bits(course, *at))?;
    let (heard, expected) = (path.get(at).copied(), course.get(at).copied());
    Some(FairnessVerdict::PathMismatch { tick: Tick::try_from(at).ok()?, heard, expected })
}

#[expect(clippy::ref_option, reason = "the signature that serde calls")]
fn text<S: Serializer>(hash: &Option<Hex>, serializer: S) -> Result<S::Ok, S::Error> {
    hash.as_ref().map(Hex::as_str).serialize(serializer)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::games::fair::game::{Course, FairGame};
    use crate::games::fair::generated::generated;
    use crate::games::fair::seeds::Record;
    use crate::model::price::Price;

    fn told() -> (Reveal, Vec<Fact>) {
        let (seed, id) = generated(5, 5);
        let reveal = Reveal::told(seed, id, &Course::of(FairGame::new(&seed, &id)));
        let prices = reveal.record.prices.clone().unwrap();
        let mut facts = vec![Fact::Game { id, seed_hash: Some(seed.hash()) }];
        let last = prices.len() - 1;
        for (at, raw) in prices.into_iter().enumerate() {
            let (tick, price) = (Tick::try_from(at).unwrap(), Price::new(raw).unwrap());
            facts.push(match at == last {
                true => Fact::Rug { tick, price, late: false },
                false => Fact::Tick { tick, price, late: false },
            });
        }
        (reveal, facts)
    }

    fn judged(facts: &[Fact], reveal: &Reveal) -> (Fairness, FairnessCheck) {
        let mut fairness = Fairness::new();
        assert!(facts.iter().all(|fact| fairness.hear(Moment::from_ms(1), fact).is_none()));
        let check =
            fairness.hear(Moment::from_ms(2), &Fact::Seed(Box::new(reveal.clone()))).unwrap();
        (fairness, check)
    }

    #[test]
    fn a_game_heard_whole_is_fair_and_so_is_one_that_only_the_history_tells() {
        let (reveal, facts) = told();
        let (_, check) = judged(&facts, &reveal);
        assert_eq!((check.verdict, check.heard_whole), (FairnessVerdict::Fair, true));
        let (fairness, check) = judged(&[], &reveal);
        assert_eq!((check.verdict, check.hash_before), (FairnessVerdict::Fair, None));
        assert_eq!((fairness.tally().fair, fairness.alarms().count()), (1, 0));
    }

    #[test]
    fn another_seed_than_the_announced_one_is_an_alarm_with_its_evidence() {
        let (reveal, mut facts) = told();
        let (other, _) = generated(6, 6);
        let Fact::Game { seed_hash, .. } = &mut facts[0] else { unreachable!() };
        *seed_hash = Some(other.hash());
        let (fairness, check) = judged(&facts, &reveal);
        assert_eq!(check.verdict, FairnessVerdict::HashMismatch);
        assert_eq!(check.hash_before, Some(other.hash()));
        assert_eq!((check.heard.len(), &check.reveal), (facts.len() - 1, &reveal));
        assert_eq!(fairness.alarms().collect::<Vec<_>>(), [&check]);
    }

    #[test]
    fn a_price_off_by_its_last_bit_is_named_with_its_tick() {
        let (reveal, mut facts) = told();
        let Fact::Tick { price, .. } = &mut facts[4] else { unreachable!() };
        let expected = price.get();
        *price = Price::new(expected.next_up()).unwrap();
        let (_, check) = judged(&facts, &reveal);
        let heard = Some(expected.next_up());
        let found = FairnessVerdict::PathMismatch { tick: 3, heard, expected: Some(expected) };
        assert_eq!(check.verdict, found);
    }

    #[test]
    fn a_game_that_ended_too_early_is_a_mismatch_and_one_heard_in_part_is_not() {
        let (reveal, mut facts) = told();
        facts.truncate(5);
        assert_eq!(judged(&facts, &reveal).1.verdict, FairnessVerdict::Fair);
        let Some(Fact::Tick { tick, price, .. }) = facts.pop() else { unreachable!() };
        facts.push(Fact::Rug { tick, price, late: false });
        let verdict = judged(&facts, &reveal).1.verdict;
        assert!(matches!(
            verdict,
            FairnessVerdict::PathMismatch { tick: 4, heard: None, expected: Some(_) }
        ));
    }

    #[test]
    fn what_is_not_known_is_unknown_and_a_false_peak_is_not() {
        let (mut reveal, _) = told();
        reveal.record.peak_multiplier = Some(1234.5);
        let verdict = judged(&[], &reveal).1.verdict;
        assert!(
            matches!(&verdict, FairnessVerdict::RecordMismatch { why } if why.starts_with("peak"))
        );
        reveal.record = Record::default();
        let verdict = judged(&[], &reveal).1.verdict;
        assert_eq!(verdict, FairnessVerdict::Unknown { why: "no hash was announced".to_owned() });
        reveal.record.server_seed_hash = Some(reveal.server_seed.hash().as_str().to_owned());
        let verdict = judged(&[], &reveal).1.verdict;
        assert!(matches!(&verdict, FairnessVerdict::Unknown { why } if why.contains("prices")));
        reveal.record.game_version = Some("v1".to_owned());
        assert!(matches!(judged(&[], &reveal).1.verdict, FairnessVerdict::Unknown { .. }));
    }

    #[test]
    fn an_assay_is_written_with_everything_that_it_rests_on() {
        let (reveal, facts) = told();
        let line = serde_json::to_value(judged(&facts, &reveal).1).unwrap();
        assert_eq!((line["verdict"].as_str(), line["at"].as_u64()), (Some("fair"), Some(2)));
        assert_eq!(line["hash_before"], reveal.server_seed.hash().as_str());
        assert_eq!(line["reveal"]["server_seed"], reveal.server_seed.as_str());
    }
}
