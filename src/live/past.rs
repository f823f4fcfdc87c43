//! A session that goes on: what an earlier one recorded is played first, by the same bots in the
//! same world.
//!
//! The recording is the journal of the session: whatever bots, ledger and random streams were in
//! when it was killed follows from it, as every replay of it shows (`determinism::live`).

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use bevy_app::App;
use crossbeam_channel::Receiver;

use super::event::SessionObserver;
use super::ingest::PartialGame;
use crate::base::error::{Error, ErrorKind};
use crate::engine::inbox::{Inbox, retell};
use crate::engine::journal::GameRecord;
use crate::feed::record::repair_folder;
use crate::games::recording::{Fragment, Recording, each_game, list, read_as_recorded};
use crate::live::monitor::Metrics;

/// Plays every whole game that is recorded in a folder. The game that it ended in, if any; `None`
/// when it was told to stop.
///
/// # Errors
/// When a recording cannot be read or is damaged, or the observer fails.
pub(super) fn play(
    (app, metrics): (&mut App, &Metrics),
    folder: &Path,
    finished: &Receiver<GameRecord>,
    stop: &AtomicBool,
    observer: &mut impl SessionObserver,
) -> Result<Option<PartialGame>, Error> {
    repair_folder(folder)?;
    let parts = if folder.is_dir() { list(folder)? } else { Vec::new() };
    let read = |path: &Path| whole(path, read_as_recorded(path)?);
    let mut partial = None;
    each_game(&parts, read, |game| {
        partial = game.incomplete().map(|_| game.id());
        let whole = game.game().ok().filter(|_| !stop.load(Ordering::Relaxed));
        let Some(game) = whole else { return Ok(()) };
        retell(app.world_mut(), &game);
        while app.world().resource::<Inbox>().has_frame() {
            metrics.heartbeat.beat();
            app.update();
        }
        finished.try_iter().try_for_each(|game| {
            metrics.bots.played(&game);
            observer.collect(game)
        })
    })?;
    if stop.load(Ordering::Relaxed) {
        return Ok(None);
    }
    observer.caught_up().map(|()| Some(PartialGame::new(partial)))
}

/// What a file has of games. Bots cannot be taken through a past of which a part is gone: damage
/// that readers of recordings count and leave out is an error here.
fn whole(path: &Path, file: Recording) -> Result<Vec<Fragment>, Error> {
    let damage = match file.first_bad.first() {
        Some(bad) => format!("{}:{}: {}", path.display(), bad.line, bad.reason),
        None if file.wrong_footers > 0 => {
            format!("{}: its lines are not those that its last one sums up", path.display())
        }
        None => return Ok(file.games),
    };
    let what = format!("{damage}: the session cannot go on from there");
    Err(Error::new(ErrorKind::Io, what)
        .hint("`replayer inspect` tells more; start over with another --out"))
}
