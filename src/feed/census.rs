//! Counts unexpected names in bounded memory: unknown events, unknown fields.

use std::collections::BTreeMap;

use serde::Serialize;

/// Most names counted separately; later ones are counted together.
const NAMES_MAX: usize = 64;
/// Most bytes kept of a name.
const NAME_BYTES_MAX: usize = 64;

/// Number of occurrences by name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Census {
    named: BTreeMap<String, u64>,
    others: u64,
}

impl Census {
    /// Counts one occurrence of a name.
    pub fn count(&mut self, name: &str) {
        let name = &name[..name.floor_char_boundary(NAME_BYTES_MAX)];
        if let Some(count) = self.named.get_mut(name) {
            *count += 1;
        } else if self.named.len() < NAMES_MAX {
            self.named.insert(name.to_owned(), 1);
        } else {
            self.others += 1;
        }
    }

    /// The names counted separately, in ascending order, each with its count.
    pub fn named(&self) -> impl Iterator<Item = (&str, u64)> {
        self.named.iter().map(|(name, count)| (name.as_str(), *count))
    }

    /// Number of occurrences of all other names.
    #[must_use]
    pub const fn others(&self) -> u64 {
        self.others
    }

    /// Number of occurrences of all names.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.named.values().sum::<u64>() + self.others
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_counted_each_on_its_own() {
        let mut census = Census::default();
        for name in ["b", "a", "b"] {
            census.count(name);
        }
        assert_eq!(census.named().collect::<Vec<_>>(), [("a", 1), ("b", 2)]);
        assert_eq!((census.others(), census.total()), (0, 3));
    }

    #[test]
    fn a_flood_of_names_takes_bounded_memory_and_is_still_counted() {
        let mut census = Census::default();
        for number in 0..10_000 {
            census.count(&format!("{number}{}", "ü".repeat(100)));
        }
        assert_eq!(census.named().count(), NAMES_MAX);
        assert!(census.named().all(|(name, _)| name.len() <= NAME_BYTES_MAX));
        assert_eq!(census.total(), 10_000);
    }
}
