//! The feed server: its frames against captured ones, its clients, its command.

mod clients;
mod command;
mod frames;
pub(crate) mod served;

use replayer::demo::feed_server::Repertoire;
use replayer::engine::source::Playlist;

/// Generated games.
fn repertoire(games: u64) -> Repertoire {
    Repertoire::new(Playlist::Generated { seed: 5, games }, 5).unwrap()
}
