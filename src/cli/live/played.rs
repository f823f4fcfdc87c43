//! The fairness of the games that were played, apart from games that were only heard of.

use std::collections::VecDeque;
use std::fmt;

use serde::Serialize;

use crate::feed::fairness::{FairnessCheck, FairnessVerdict};
use crate::model::ids::GameId;

/// Games that wait for their verdict, and verdicts that wait for their game: one that waits longer
/// is taken for lost, or for one of a game that is not played.
const WAITING_MAX: usize = 1_000;

/// Number of played games by verdict, and of others.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub(in super::super) struct PlayedCounts {
    /// Games that the bots played.
    games: u64,
    /// Played games that were fair.
    fair: u64,
    /// Played games that were not fair.
    unfair: u64,
    /// Games that were judged and not played: of the feed's history, or before the first.
    more: u64,
    /// Of these, the games that were not fair.
    more_unfair: u64,
}

impl fmt::Display for PlayedCounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { games, fair, unfair, more, more_unfair } = *self;
        write!(f, "{fair} of {games} played games fair, {unfair} NOT")?;
        match games - fair - unfair {
            0 => {}
            without => write!(f, ", {without} without a verdict")?,
        }
        write!(f, "; {more} more heard of")?;
        if more_unfair > 0 { write!(f, ", {more_unfair} NOT fair") } else { Ok(()) }
    }
}

/// Whether a game was fair; `None` where it cannot be told.
type Fair = Option<bool>;

/// Brings games and verdicts together, whichever comes first.
#[derive(Debug, Default)]
pub(super) struct PlayedFairness {
    counts: PlayedCounts,
    played: VecDeque<GameId>,
    judged: VecDeque<(GameId, Fair)>,
}

impl PlayedFairness {
    /// Takes a game that was played.
    pub(super) fn play(&mut self, id: GameId) {
        self.counts.games += 1;
        match self.judged.iter().position(|(judged, _)| *judged == id) {
            Some(place) => {
                let judged = self.judged.remove(place);
                self.count(judged.and_then(|(_, fair)| fair));
            }
            None => {
                self.played.push_back(id);
                if self.played.len() > WAITING_MAX {
                    self.played.pop_front();
                }
            }
        }
    }

    /// Takes the verdict on a game.
    pub(super) fn judge(&mut self, check: &FairnessCheck) {
        let (id, fair) = (check.reveal.game_id, fair(&check.verdict));
        if let Some(place) = self.played.iter().position(|played| *played == id) {
            self.played.remove(place);
            self.count(fair);
            return;
        }
        self.judged.push_back((id, fair));
        if self.judged.len() > WAITING_MAX
            && let Some((_, fair)) = self.judged.pop_front()
        {
            add(&mut self.counts, fair);
        }
    }

    /// The counts so far: a verdict whose game was not played by now is of another game.
    pub(super) fn counts(&self) -> PlayedCounts {
        let mut counts = self.counts;
        self.judged.iter().for_each(|(_, fair)| add(&mut counts, *fair));
        counts
    }

    const fn count(&mut self, fair: Fair) {
        match fair {
            Some(true) => self.counts.fair += 1,
            Some(false) => self.counts.unfair += 1,
            None => {}
        }
    }
}

/// Counts a game that was judged and not played.
fn add(counts: &mut PlayedCounts, fair: Fair) {
    counts.more += 1;
    counts.more_unfair += u64::from(fair == Some(false));
}

fn fair(verdict: &FairnessVerdict) -> Fair {
    match verdict {
        FairnessVerdict::Fair => Some(true),
        FairnessVerdict::Unknown { .. } => None,
        FairnessVerdict::HashMismatch
        | FairnessVerdict::PathMismatch { .. }
        | FairnessVerdict::RecordMismatch { .. } => Some(false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::games::fair::game::{Course, FairGame};
    use crate::games::fair::generated::generated;
    use crate::games::fair::seeds::Reveal;

    fn check(number: u64, verdict: FairnessVerdict) -> FairnessCheck {
        let (seed, id) = generated(5, number);
        let reveal = Reveal::told(seed, id, &Course::of(FairGame::new(&seed, &id)));
        let (at, hash_before, heard) = (crate::model::time::Moment::default(), None, Vec::new());
        FairnessCheck { at, verdict, hash_before, heard, heard_whole: false, reveal }
    }

    #[test]
    fn played_games_and_games_heard_of_are_counted_apart_whichever_comes_first() {
        let mut fairness = PlayedFairness::default();
        let id = |number| generated(5, number).1;
        fairness.judge(&check(1, FairnessVerdict::Fair));
        fairness.judge(&check(2, FairnessVerdict::HashMismatch));
        fairness.play(id(3));
        fairness.judge(&check(3, FairnessVerdict::Fair));
        fairness.judge(&check(4, FairnessVerdict::Fair));
        fairness.play(id(4));
        let text = fairness.counts().to_string();
        assert_eq!(text, "2 of 2 played games fair, 0 NOT; 2 more heard of, 1 NOT fair");
        fairness.play(id(5));
        fairness.play(id(6));
        fairness.judge(&check(6, FairnessVerdict::HashMismatch));
        let text = fairness.counts().to_string();
        assert_eq!(
            text,
            "2 of 4 played games fair, 1 NOT, 1 without a verdict; 2 more heard of, 1 NOT fair"
        );
    }
}
