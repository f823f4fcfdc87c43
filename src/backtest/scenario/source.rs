//! Reads the source of a scenario, and checks that its files exist.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::{GameOrder, Select, SourceSpec};
use crate::base::address::SourceAddress;
use crate::base::document::{DocumentFields, Raw};
use crate::base::error::looked_in;
use crate::base::files::{can_be_read, reading};
use crate::games::recording::{NAMES, is_readable};
use crate::model::ids::GameId;

/// Prefixes of a feed's address, or of the name of a secret or a variable that has it.
const FEED_SCHEMES: [&str; 6] = ["wss://", "ws://", "https://", "http://", "secret:", "env:"];

/// Prefixes of a page's address.
const PAGE_SCHEMES: [&str; 4] = ["https://", "http://", "secret:", "env:"];

const MISSING: &str = "does not exist";

/// Reads a source; paths in it are relative to the folder. Without a folder, paths are not checked.
pub(super) fn read(raw: Raw<'_>, folder: Option<&Path>) -> Option<SourceSpec> {
    match raw.name() {
        "Generated" => generated(raw.fields()?),
        "Recordings" => recordings(raw.fields()?, folder),
        "Seeds" => seeds(raw.fields()?, folder),
        "Feed" => url(raw.fields()?, &FEED_SCHEMES).map(|url| SourceSpec::Feed { url }),
        "Browser" => url(raw.fields()?, &PAGE_SCHEMES).map(|url| SourceSpec::Browser { url }),
        _ => {
            raw.unknown_name(&["Generated", "Recordings", "Seeds", "Feed", "Browser"]);
            None
        }
    }
}

fn generated(mut fields: DocumentFields<'_>) -> Option<SourceSpec> {
    let games = fields.required_raw("games").and_then(at_least_one);
    fields.finish();
    Some(SourceSpec::Generated { games: games? })
}

fn recordings(mut fields: DocumentFields<'_>, folder: Option<&Path>) -> Option<SourceSpec> {
    let path = fields.required_raw("path").and_then(|raw| {
        existing(raw, folder, |path| if path.is_dir() { recordings_in(path) } else { open(path) })
    });
    let select = fields.raw("select").map_or(Some(Select::Complete), select);
    let order = fields.raw("order").map_or(Some(GameOrder::Recorded), order);
    let limit = fields.raw("limit").map(at_least_one);
    fields.finish();
    let limit = limit.map_or(Some(None), |limit| limit.map(Some))?;
    Some(SourceSpec::Recordings { path: path?, select: select?, order: order?, limit })
}

fn seeds(mut fields: DocumentFields<'_>, folder: Option<&Path>) -> Option<SourceSpec> {
    let path = fields.required_raw("path").and_then(|raw| {
        existing(raw, folder, |path| {
            if path.is_dir() {
                Err("is a folder, expected a file of seeds".to_owned())
            } else {
                open(path)
            }
        })
    });
    fields.finish();
    Some(SourceSpec::Seeds { path: path? })
}

/// Reads the address of a live source.
fn url(mut fields: DocumentFields<'_>, schemes: &[&str]) -> Option<SourceAddress> {
    let url = fields.required_raw("url").and_then(|raw| {
        raw.checked(|url: &String| {
            let known = schemes.iter().any(|scheme| url.starts_with(scheme));
            (!known).then(|| format!("expected an address that begins with {}", schemes.join(", ")))
        })
    });
    fields.finish();
    url.map(|url: String| url.as_str().into())
}

fn select(raw: Raw<'_>) -> Option<Select> {
    match raw.name() {
        "Complete" => raw.alone().map(|()| Select::Complete),
        "Games" => games(raw.wrapped()?).map(Select::Games),
        _ => {
            raw.unknown_name(&["Complete", "Games"]);
            None
        }
    }
}

fn games(raw: Raw<'_>) -> Option<Vec<GameId>> {
    let listed = raw.list()?;
    if listed.is_empty() {
        raw.problem("`Games` is empty: at least one game must be played");
    }
    let mut seen = BTreeSet::new();
    let mut games = Vec::with_capacity(listed.len());
    for game in &listed {
        let Some(id) = game.read::<GameId>() else { continue };
        if !seen.insert(id) {
            game.problem(format!("game `{id}` is listed twice"));
        }
        games.push(id);
    }
    Some(games)
}

fn order(raw: Raw<'_>) -> Option<GameOrder> {
    match raw.name() {
        "Recorded" => raw.alone().map(|()| GameOrder::Recorded),
        "Shuffled" => raw.alone().map(|()| GameOrder::Shuffled),
        _ => {
            raw.unknown_name(&["Recorded", "Shuffled"]);
            None
        }
    }
}

pub(super) fn at_least_one(raw: Raw<'_>) -> Option<u64> {
    raw.checked(|&count| (count == 0).then(|| "must be at least 1".to_owned()))
}

/// Reads a path, relative to the folder, that must exist and be usable.
fn existing(
    raw: Raw<'_>,
    folder: Option<&Path>,
    check: impl FnOnce(&Path) -> Result<(), String>,
) -> Option<PathBuf> {
    let written: String = raw.read()?;
    if written.is_empty() {
        raw.problem("the path is empty");
        return None;
    }
    let Some(folder) = folder else { return Some(written.into()) };
    let path = folder.join(&written);
    match check(&path) {
        Ok(()) => Some(path),
        Err(what) if what == MISSING => {
            raw.problem(missing(Path::new(&written), &path));
            None
        }
        Err(what) => {
            raw.problem(format!("{} {what}", path.display()));
            None
        }
    }
}

/// Where a path that does not exist was looked for.
fn missing(written: &Path, path: &Path) -> String {
    let shown = path.display();
    if written.is_absolute() {
        return match looked_in(path) {
            Some(folder) => format!("{shown} {MISSING}: looked for in {folder}"),
            None => format!("{shown} {MISSING}"),
        };
    }
    let folder = looked_in(path).or_else(|| Some(path.parent()?.display().to_string()));
    let folder = folder.unwrap_or_default();
    let mut what = format!("{shown} {MISSING}: looked for in {folder}");
    if written.exists()
        && let Ok(here) = std::env::current_dir()
    {
        what += &format!(
            "; it is in {}, but paths are seen from the folder of the scenario",
            here.display()
        );
    }
    what
}

fn open(path: &Path) -> Result<(), String> {
    reading::open(path).map(drop).map_err(|error| match error.kind() {
        io::ErrorKind::InvalidInput => "is neither a file nor a folder".to_owned(),
        _ => cannot_be_read(error),
    })
}

fn recordings_in(folder: &Path) -> Result<(), String> {
    for entry in fs::read_dir(folder).map_err(cannot_be_read)? {
        let entry = entry.map_err(cannot_be_read)?;
        if is_readable(&entry.file_name()) && can_be_read(&entry.path()) {
            return Ok(());
        }
    }
    Err(format!("holds no recording: expected {NAMES}"))
}

#[expect(clippy::needless_pass_by_value, reason = "goes into `map_err` as it is")]
fn cannot_be_read(error: io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => MISSING.to_owned(),
        _ => format!("cannot be read: {error}"),
    }
}
