//! Names of past games, in bounded memory.

use std::collections::{BTreeSet, VecDeque};

use crate::model::ids::GameId;

/// Names that are remembered: a hundred times those of a history, three days of games.
const NAMES_MAX: usize = 1_024;

/// The last names inserted.
#[derive(Debug, Clone, Default)]
pub(super) struct Names {
    known: BTreeSet<GameId>,
    order: VecDeque<GameId>,
}

impl Names {
    pub(super) fn contains(&self, name: GameId) -> bool {
        self.known.contains(&name)
    }

    /// Remembers a name and forgets the oldest when full; false when the name is known.
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
