//! The evidence of unfair games in a session's folder, bounded in number and bytes: a feed that
//! reveals one wrong seed after the other must not fill the disk.
//!
//! A game that was heard has a file of its own; games that were never heard, as those of a feed's
//! history, share one.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tracing::{error, warn};

use crate::base::error::Error;
use crate::base::files;
use crate::feed::fairness::FairnessCheck;

/// Most games with a file of their own.
const FILES_MAX: usize = 100;
/// Most bytes of all evidence together.
const BYTES_MAX: u64 = 64 << 20;

/// Beginning and end of the name of a file of one game.
const NAME: (&str, &str) = ("alarm-", ".json");
/// The file of all games that were never heard, one on each line.
const UNHEARD: &str = "alarms-unheard.jsonl";

/// Writes the evidence of a session.
#[derive(Debug)]
pub(super) struct AlarmFiles {
    folder: PathBuf,
    files: usize,
    bytes: u64,
    /// Games whose evidence was not written.
    left_out: u64,
}

impl AlarmFiles {
    /// The evidence in the folder of a session, in which an earlier one may have left some.
    pub(super) fn of(folder: &Path) -> Self {
        let (mut files, mut bytes) = (0, 0);
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            let is_of_one = name.starts_with(NAME.0) && name.ends_with(NAME.1);
            files += usize::from(is_of_one);
            if is_of_one || name == UNHEARD {
                bytes += entry.metadata().map_or(0, |about| about.len());
            }
        }
        Self { folder: folder.to_owned(), files, bytes, left_out: 0 }
    }

    /// Writes the evidence of a game at once: it is wanted whatever comes next. What does not fit
    /// or cannot be written is told and counted, and ends nothing.
    /// A game that was heard is written by `save`, at the path of its file.
    pub(super) fn keep(
        &mut self,
        check: &FairnessCheck,
        save: impl FnOnce(&Path) -> Result<(), Error>,
    ) {
        match self.write(check, save) {
            Ok(true) => {}
            Ok(false) => {
                self.left_out += 1;
                if self.left_out == 1 {
                    warn!(
                        "no more evidence of unfair games is written: {FILES_MAX} files or {} MiB \
                         are enough; live.json and the recording name the games",
                        BYTES_MAX >> 20
                    );
                }
            }
            Err(error) => {
                self.left_out += 1;
                error!("{error:#}");
            }
        }
    }

    /// Whether there was room.
    fn write(
        &mut self,
        check: &FairnessCheck,
        save: impl FnOnce(&Path) -> Result<(), Error>,
    ) -> Result<bool, Error> {
        // Of a game that was heard, its prices are the evidence.
        let is_heard = !check.heard.is_empty();
        let name = if is_heard {
            format!("{}{}{}", NAME.0, check.reveal.game_id, NAME.1)
        } else {
            UNHEARD.to_owned()
        };
        let path = self.folder.join(name);
        let unwritten = |source: io::Error| Error::io("write", &path, source);
        let mut text = serde_json::to_vec(check).map_err(|error| unwritten(error.into()))?;
        text.push(b'\n');
        let bytes = self.bytes + text.len() as u64;
        let is_new = is_heard && !path.exists();
        if bytes > BYTES_MAX || (is_new && self.files == FILES_MAX) {
            return Ok(false);
        }
        if is_heard {
            save(&path)?;
        } else {
            let mut file = files::append(&path).map_err(unwritten)?;
            file.write_all(&text).map_err(unwritten)?;
        }
        self.files += usize::from(is_new);
        self.bytes = bytes;
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::feed::fairness::FairnessVerdict;
    use crate::games::fair::game::{Course, FairGame};
    use crate::games::fair::generated::generated;
    use crate::games::fair::seeds::Reveal;
    use crate::model::time::Moment;

    fn check(number: u64, heard: usize) -> FairnessCheck {
        let (seed, id) = generated(5, number);
        let reveal = Reveal::told(seed, id, &Course::of(FairGame::new(&seed, &id)));
        let verdict = FairnessVerdict::HashMismatch;
        let (at, heard) = (Moment::default(), vec![1.0; heard]);
        FairnessCheck { at, verdict, hash_before: None, heard, heard_whole: false, reveal }
    }

    fn keep(alarms: &mut AlarmFiles, check: &FairnessCheck) {
        let text = serde_json::to_vec(check).unwrap();
        alarms.keep(check, |path| files::save(path, &text));
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_game_that_was_heard_has_a_file_and_all_others_share_one() {
        let place = tempfile::tempdir().unwrap();
        let mut alarms = AlarmFiles::of(place.path());
        for (number, heard) in [(1, 3), (2, 0), (3, 0), (1, 4)] {
            keep(&mut alarms, &check(number, heard));
        }
        let own = format!("alarm-{}.json", generated(5, 1).1);
        assert_eq!(names(place.path()), [own, UNHEARD.to_owned()]);
        let lines = fs::read_to_string(place.path().join(UNHEARD)).unwrap();
        let games: Vec<_> = lines
            .lines()
            .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
            .map(|line| line["reveal"]["game_id"].clone())
            .collect();
        assert_eq!(games, [generated(5, 2).1, generated(5, 3).1].map(|id| id.to_string()));
        assert_eq!(alarms.left_out, 0);
    }

    #[test]
    fn files_and_bytes_are_bounded_and_counted_on_after_a_restart() {
        let place = tempfile::tempdir().unwrap();
        let mut alarms = AlarmFiles::of(place.path());
        for number in 0..FILES_MAX as u64 + 5 {
            keep(&mut alarms, &check(number, 1));
        }
        assert_eq!((names(place.path()).len(), alarms.left_out), (FILES_MAX, 5));
        let mut again = AlarmFiles::of(place.path());
        keep(&mut again, &check(1_000, 1));
        keep(&mut again, &check(1_001, 0));
        assert_eq!((names(place.path()).len(), again.left_out), (FILES_MAX + 1, 1));
        again.bytes = BYTES_MAX;
        keep(&mut again, &check(1_002, 0));
        assert_eq!(again.left_out, 2);
        assert_eq!(fs::read_to_string(place.path().join(UNHEARD)).unwrap().lines().count(), 1);
    }

    #[test]
    fn a_disk_that_refuses_ends_nothing() {
        let place = tempfile::tempdir().unwrap();
        let mut alarms = AlarmFiles::of(&place.path().join("none"));
        keep(&mut alarms, &check(1, 1));
        keep(&mut alarms, &check(2, 0));
        assert_eq!(alarms.left_out, 2);
    }
}
