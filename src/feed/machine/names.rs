//! Names of games that were met, in bounded memory.

use std::collections::{BTreeSet, VecDeque};

use crate::model::ids::GameId;

/// Names that are remembered: more than a history has by a hundred times, three days of games.
const NAMES_MAX: usize = 1_024;

/// The last names that were met.
#[derive(Debug, Clone, Default)]
pub(super) struct Names {
    known: BTreeSet<GameId>,
    order: VecDeque<GameId>,
}

impl Names {
    pub(super) fn contains(&self, name: GameId) -> bool {
        self.known.contains(&name)
    }

    /// Remembers a name, at the price of the oldest; false when it is known.
    pub(super) fn insert(&mut self, name: GameId) -> bool {
        if !self.known.insert(name) {
            return false;
        }
        if self.order.len() == NAMES_MAX
            && let Some(oldest) = self.order.pop_front()
        {
            self.known.remove(&oldest);
        }
        self.order.push_back(name);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_names_are_known_and_the_oldest_are_forgotten() {
        let name = |number: usize| GameId::new(&format!("g{number}")).unwrap();
        let mut names = Names::default();
        for number in 0..=NAMES_MAX {
            assert!(names.insert(name(number)));
        }
        assert!(!names.insert(name(1)) && names.contains(name(NAMES_MAX)));
        assert!(!names.contains(name(0)));
        assert_eq!((names.known.len(), names.order.len()), (NAMES_MAX, NAMES_MAX));
    }
}
