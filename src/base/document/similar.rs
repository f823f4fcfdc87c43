//! Suggestions for misspelt names.

/// The known name closest to a misspelt one; `None` when none is close.
fn did_you_mean<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let letters = name.chars().count();
    let far = (letters / 3).max(1);
    let edits = |known: &str| edits(&name.to_lowercase(), &known.to_lowercase());
    // Skip names that differ in length by more: they are further apart, and the name may be of any
    // length.
    let near = known.iter().filter(|known| known.chars().count().abs_diff(letters) <= far);
    let near = near.map(|&known| (edits(known), known)).filter(|&(edits, _)| edits <= far);
    near.min_by_key(|&(edits, _)| edits).map(|(_, known)| known)
}

/// The rest of a sentence about an unknown name: the likely intended one, or all known names.
#[must_use]
pub fn one_of(name: &str, known: &[&str]) -> String {
    match did_you_mean(name, known) {
        Some(meant) => format!(", did you mean `{meant}`?"),
        None => format!(", expected one of: {}", known.join(", ")),
    }
}

/// Edit distance: the number of letters to insert, delete or change.
fn edits(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    // One row of the table of distances between all prefixes of the two.
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (taken, letter) in from.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], taken + 1);
        for (at, other) in to.iter().enumerate() {
            let changed = diagonal + usize::from(letter != *other);
            diagonal = row[at + 1];
            row[at + 1] = changed.min(diagonal + 1).min(row[at] + 1);
        }
    }
    row[to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_finger_finds_what_was_meant() {
        let known = ["Conservative", "Aggressive", "Random"];
        assert_eq!(did_you_mean("Conservtive", &known), Some("Conservative"));
        assert_eq!(did_you_mean("random", &known), Some("Random"));
        assert_eq!(did_you_mean("Agressiv", &known), Some("Aggressive"));
        assert_eq!(did_you_mean("Kelly", &known), None);
        assert_eq!(did_you_mean("", &known), None);
    }

    #[test]
    fn the_distance_counts_single_letters() {
        assert_eq!(edits("", "abc"), 3);
        assert_eq!(edits("kitten", "sitting"), 3);
        assert_eq!(edits("seed", "seed"), 0);
    }
}
