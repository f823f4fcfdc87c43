//! Recordings in the layout of the site's recordings: a file per game.

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};

use super::{Args, Exported, Table, interrupted, recordings};
use crate::base::error::Error;
use crate::base::files::write_new;
use crate::cli::console::Console;
use crate::games::recording::historical;

/// What the files are called where tables have their names.
const NAME: &str = "recordings";

/// Writes the games of recordings.
///
/// # Errors
/// When a file cannot be read or written, or it is interrupted; when tables are asked for.
pub(super) fn export(
    args: &Args,
    (stop, console): (&AtomicBool, Console),
) -> Result<Exported, Error> {
    if !args.what.is_empty() {
        return Err(Error::usage("recordings are no tables").hint("leave --what out"));
    }
    let (counts, merger) = recordings::read(args, (stop, console))?;
    let out = &args.out;
    fs::create_dir_all(out).map_err(|source| Error::io("create", out, source))?;
    let progress = console.progress(counts.games, "games");
    let mut rows = 0;
    for (game, _) in progress.wrap_iter(merger.known().iter()) {
        if stop.load(Ordering::Relaxed) {
            return Err(interrupted(NAME, rows));
        }
        let path = out.join(historical::file_name(historical::start(game), &game.id()));
        let written = write_new(&path, |file| {
            historical::write(file, game).map_err(|source| Error::io("write", &path, source))
        })?;
        rows += u64::from(written);
    }
    progress.finish_and_clear();
    let table = Table { name: NAME.to_owned(), rows };
    Ok(Exported { out: out.clone(), tables: vec![table], recordings: Some(counts) })
}
