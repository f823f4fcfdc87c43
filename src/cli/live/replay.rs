//! The session as a scenario that replays its recording.

use std::io::Write;
use std::path::PathBuf;

use crate::backtest::scenario::{Scenario, with_source};
use crate::base::error::Error;
use crate::base::files;

/// `replay.ron` in a session's folder: the same bots on its recording.
pub(super) struct Replay<'a> {
    pub(super) folder: PathBuf,
    pub(super) scenario: &'a Scenario,
    /// Number of games after which the session ends by itself.
    pub(super) games: Option<u64>,
}

impl Replay<'_> {
    /// Writes it for the first `games` games of the recording, or for all of them.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub(super) fn write(&self, games: Option<u64>) -> Result<(), Error> {
        let limit = games.filter(|&games| games > 0).map(|games| format!(", limit: {games}"));
        let source = format!("Recordings(path: \"recording\"{})", limit.unwrap_or_default());
        let Some(text) = with_source(&self.scenario.text, &source) else {
            return Ok(());
        };
        let file = self.folder.join("replay.ron");
        files::replace(&file, |out| {
            out.write_all(text.as_bytes()).map_err(|source| Error::io("write", &file, source))
        })
    }
}
