//! What a show does next, and when.

use std::time::Duration;

use tokio::time::Instant;

use crate::demo::feed_server::ShowPace;
use crate::demo::feed_server::faults::ServerAction;
use crate::demo::feed_server::script::ShowCue;

/// What the show does next: something to its clients, or a step of the game itself.
pub(super) enum Act {
    /// Something that clients notice.
    Do(ServerAction),
    /// The game goes on, whatever became of the frame.
    Happen(ShowCue),
}

impl Act {
    /// When it is due in a show that began at `began`. `None` for what has no time of its own:
    /// everything at the pace of the slowest client, and faults between the frames at any pace.
    pub(super) fn due(&self, pace: ShowPace, began: Instant) -> Option<Instant> {
        let (ShowPace::Times(speed), Self::Do(ServerAction::Play(cue)) | Self::Happen(cue)) =
            (pace, self)
        else {
            return None;
        };
        Some(began + Duration::from_millis(cue.at_ms).div_f64(speed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::feed_server::script::ShowScript;
    use crate::demo::feed_server::{Repertoire, Style};
    use crate::engine::source::Playlist;

    #[test]
    fn a_fault_between_two_frames_is_never_late() {
        let began = Instant::now();
        let repertoire = Repertoire::new(Playlist::Generated { seed: 1, games: 1 }, 1).unwrap();
        let cue =
            ShowScript::new(repertoire, Style { padded: false, talkative: true }).last().unwrap();
        let at = Duration::from_millis(cue.at_ms);
        let pace = ShowPace::Times(2.0);
        assert_eq!(Act::Happen(cue).due(pace, began), Some(began + at / 2));
        for fault in [ServerAction::Garbage("?"), ServerAction::Stall(5), ServerAction::Cut] {
            assert_eq!(Act::Do(fault).due(pace, began), None);
        }
    }
}
