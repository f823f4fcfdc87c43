//! How fast a run was and how much it wrote: printed, but in none of its files.

use std::fmt;
use std::fs;
use std::io;
use std::path::Path;
use std::time::Duration;

use serde::Serialize;

use crate::analysis::summary::Assessment;

/// The speed of a run. It differs from one run of a scenario to the next.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(super) struct Performance {
    /// Seconds of real time in which its games were played and written.
    seconds: f64,
    /// Ticks of games per second.
    ticks_per_s: f64,
    /// The same, each tick counted once for every bot.
    bot_ticks_per_s: f64,
    /// Bytes of the folder that it wrote; 0 where it wrote none.
    bytes_written: u64,
}

impl Performance {
    /// The performance of a run that took this long and wrote this folder.
    #[expect(clippy::cast_precision_loss, reason = "figures for people")]
    pub(super) fn new(assessment: &Assessment, took: Duration, folder: Option<&Path>) -> Self {
        let seconds = took.as_secs_f64();
        // A clock that did not advance measured nothing.
        let per_s = |count: f64| if seconds > 0.0 { count / seconds } else { 0.0 };
        let (ticks, bots) = (assessment.ticks as f64, assessment.bots.len() as f64);
        Self {
            seconds,
            ticks_per_s: per_s(ticks),
            bot_ticks_per_s: per_s(ticks * bots),
            // A side figure: a folder that cannot be read does not fail the run.
            bytes_written: folder.map_or(0, |folder| bytes(folder).unwrap_or(0)),
        }
    }

    /// The size of what was written.
    pub(super) fn size(&self) -> String {
        #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
        let bytes = self.bytes_written as f64;
        match self.bytes_written {
            0..1_000 => format!("{bytes} bytes"),
            1_000..1_000_000 => format!("{:.1} kB", bytes / 1e3),
            1_000_000..1_000_000_000 => format!("{:.1} MB", bytes / 1e6),
            _ => format!("{:.1} GB", bytes / 1e9),
        }
    }
}

impl fmt::Display for Performance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (ticks, bot_ticks) = (self.ticks_per_s / 1e6, self.bot_ticks_per_s / 1e6);
        write!(
            f,
            "played in {:.2} s: {ticks:.2} M ticks/s, {bot_ticks:.2} M bot-ticks/s",
            self.seconds
        )
    }
}

/// The bytes of all files in a folder.
fn bytes(folder: &Path) -> io::Result<u64> {
    let mut sum = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let about = entry.metadata()?;
        sum += if about.is_dir() { bytes(&entry.path())? } else { about.len() };
    }
    Ok(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_shown_in_a_unit_that_fits() {
        for (bytes_written, shown) in
            [(0, "0 bytes"), (999, "999 bytes"), (1_500, "1.5 kB"), (2_340_000, "2.3 MB")]
        {
            let size =
                Performance { seconds: 1.0, ticks_per_s: 1.0, bot_ticks_per_s: 1.0, bytes_written };
            assert_eq!(size.size(), shown);
        }
    }

    #[test]
    fn a_folder_is_as_large_as_all_files_in_it() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("in")).unwrap();
        fs::write(folder.path().join("a"), "abc").unwrap();
        fs::write(folder.path().join("in/b"), "de").unwrap();
        assert_eq!(bytes(folder.path()).unwrap(), 5);
    }
}
