//! What is wrong with a text, and the edits that let the rest of it be read.

use std::ops::Range;

/// Faults of a text by their places, and its repairs.
#[derive(Debug, Default)]
pub(super) struct Repairs {
    /// What is wrong, by byte offset.
    pub(super) faults: Vec<(usize, String)>,
    /// Whether the rest of the text is lost in something without an end.
    pub(super) is_cut: bool,
    /// Pieces of the text and what takes their place.
    edits: Vec<(Range<usize>, String)>,
    /// Offsets of values that were put in for missing ones: they are problems already.
    stand_ins: Vec<usize>,
}

/// A repaired text, and where its parts are in the one that was written.
#[derive(Debug)]
pub(super) struct Repaired {
    pub(super) text: String,
    edits: Vec<(Range<usize>, usize)>,
    stand_ins: Vec<usize>,
}

impl Repairs {
    pub(super) fn fault(&mut self, at: usize, what: impl Into<String>) {
        self.faults.push((at, what.into()));
    }

    pub(super) fn replace(&mut self, piece: Range<usize>, by: &str) {
        self.edits.push((piece, by.to_owned()));
    }

    /// Puts in a value for a missing one.
    pub(super) fn stand_in(&mut self, at: usize) {
        self.replace(at..at, " ()");
        self.stand_ins.push(at);
    }

    /// The repaired text; `None` where nothing was repaired.
    pub(super) fn apply(mut self, written: &str) -> (Vec<(usize, String)>, Option<Repaired>) {
        self.edits.sort_by_key(|(piece, _)| piece.start);
        let (mut text, mut copied, mut edits) = (String::new(), 0, Vec::new());
        for (piece, by) in self.edits {
            // Within a piece that is gone.
            if piece.start < copied {
                continue;
            }
            text.push_str(&written[copied..piece.start]);
            text.push_str(&by);
            copied = piece.end;
            edits.push((piece, by.len()));
        }
        text.push_str(&written[copied..]);
        let Self { faults, stand_ins, .. } = self;
        let is_repaired = !edits.is_empty();
        (faults, is_repaired.then_some(Repaired { text, edits, stand_ins }))
    }
}

impl Repaired {
    /// The place in the written text of an offset in the repaired one.
    pub(super) fn written(&self, offset: usize) -> usize {
        // The offset as if the edits so far had not been made.
        let mut written = offset;
        for (piece, inserted) in &self.edits {
            if written < piece.start {
                break;
            }
            if written < piece.start + inserted {
                return piece.start;
            }
            written = written - inserted + piece.len();
        }
        written
    }

    /// Whether a place in the written text is that of a value that was put in.
    pub(super) fn is_stand_in(&self, written: usize) -> bool {
        self.stand_ins.contains(&written)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_of_a_repaired_text_is_found_in_the_written_one() {
        let mut repairs = Repairs::default();
        repairs.replace(3..4, "");
        repairs.replace(1..1, "++");
        repairs.replace(5..6, "xyz");
        let (_, repaired) = repairs.apply("abcdefg");
        let repaired = repaired.unwrap();
        assert_eq!(repaired.text, "a++bcexyzg");
        let places: Vec<usize> = (0..=10).map(|offset| repaired.written(offset)).collect();
        assert_eq!(places, [0, 1, 1, 1, 2, 4, 5, 5, 5, 6, 7]);
    }

    #[test]
    fn a_text_without_repairs_is_not_copied() {
        let mut repairs = Repairs::default();
        repairs.fault(1, "wrong");
        let (faults, repaired) = repairs.apply("abc");
        assert_eq!((faults.len(), repaired.is_none()), (1, true));
    }
}
