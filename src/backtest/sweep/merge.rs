//! Merges the parts of one sweep, wherever they were played.

use std::path::Path;

use super::folder::SweepFolder;
use super::outcome::{self, Findings};
use crate::backtest::scenario::Space;
use crate::base::error::{Error, ErrorKind};
use crate::engine::strategy::Strategies;

/// Maximum number of missing shards that an error lists.
const NAMED_MAX: usize = 8;

/// Merges the shards of several folders into a new one, byte for byte what one sweep would have
/// written.
///
/// # Errors
/// When they belong to different sweeps, a shard is missing, duplicate or damaged, or something
/// cannot be read or written.
pub fn merge(parts: &[&Path], out: &Path, strategies: &Strategies) -> Result<Findings, Error> {
    let parts = parts.iter().map(|path| SweepFolder::open(path)).collect::<Result<Vec<_>, _>>()?;
    let [first, others @ ..] = parts.as_slice() else {
        return Err(Error::usage("nothing to merge").hint("give the folders of the parts"));
    };
    others.iter().try_for_each(|other| other.belongs_to(first))?;
    let holders = holders(&parts)?;
    let space = Space::recall(&first.path().join("scenario.ron"), strategies)?;
    let manifest = first.manifest().whole();
    let mut whole = SweepFolder::create(out, manifest, &space.first.text)?;
    for (shard, holder) in (0..).zip(&holders) {
        whole.take_rows(shard, holder)?;
    }
    outcome::write(&mut whole, &space, |shard| {
        holders[usize::try_from(shard).expect("a shard's number")].read(shard)
    })
}

/// The folder that holds each shard.
fn holders(parts: &[SweepFolder]) -> Result<Vec<&SweepFolder>, Error> {
    let mut holders: Vec<&SweepFolder> = Vec::new();
    let mut missing = Vec::new();
    for shard in 0..parts[0].manifest().plan.shards {
        let mut position = Vec::new();
        for part in parts {
            if part.has(shard)? {
                position.push(part);
            }
        }
        match position.as_slice() {
            [holder] => holders.push(holder),
            [] => missing.push(shard),
            [one, other, ..] => {
                let (one, other) = (one.path().display(), other.path().display());
                return Err(Error::new(
                    ErrorKind::Io,
                    format!("shard {shard} is in {one} and in {other}"),
                )
                .hint(
                    "give every part once; all parts of a sweep have the same N in I/N: 0/4 to 3/4",
                ));
            }
        }
    }
    if missing.is_empty() {
        return Ok(holders);
    }
    let named: Vec<String> = missing.iter().take(NAMED_MAX).map(ToString::to_string).collect();
    let more = if missing.len() > NAMED_MAX { ", …" } else { "" };
    let all = parts[0].manifest().plan.shards;
    let count = missing.len();
    let what = format!("{count} of {all} shards are missing: {}{more}", named.join(", "));
    let unfinished = parts.iter().find(|part| part.missing().is_ok_and(|them| !them.is_empty()));
    Err(Error::new(ErrorKind::Io, what).hint(match unfinished {
        Some(part) => format!("{} is not finished: continue with --resume", part.path().display()),
        None => "a part is missing among these folders".to_owned(),
    }))
}
