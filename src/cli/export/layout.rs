//! Recordings in the layout of the site's recordings: a file per game.

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};

use super::{Args, Exported, Table, interrupted, recordings};
use crate::base::error::Error;
use crate::base::files::write_new;
use crate::cli::console::Console;
use crate::games::recording::historical;

/// The name that stands for these files in the result, in place of a table's.
const NAME: &str = "recordings";

/// Writes the games of recordings.
///
/// # Errors
/// When a file cannot be read or written, the export is interrupted, or tables are requested.
pub(super) fn export(
    args: &Args,
    (stop, console): (&AtomicBool, Console),
) -> Result<Exported, Error> {
    if !args.what.is_empty() {
        return Err(Error::usage("recordings are not tables").hint("omit --what"));
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
