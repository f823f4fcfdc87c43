//! Shard files: one JSON document with the digest of what it holds, so that damage is seen.

use std::fs;
use std::io::Write as _;
use std::ops::Range;
use std::path::Path;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};
use sha2::{Digest as _, Sha256};

use crate::base::error::{Error, ErrorKind};
use crate::base::files;
use crate::base::hex::hex;

/// What to do about a file of a shard that is damaged.
pub(super) const AGAIN: &str =
    "delete this file and go on with `replayer sweep … --resume`: only its games are played again";

/// Whose results a shard file holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct SealLabel {
    /// Version of the program that played it.
    pub(super) replayer: String,
    /// The sweep that it is a shard of.
    pub(super) sweep: String,
    /// Its number.
    pub(super) shard: u64,
    /// Its games.
    pub(super) games: Range<u64>,
}

#[derive(Serialize, Deserialize)]
struct Sealed {
    sha256: String,
    shard: Box<RawValue>,
}

#[derive(Serialize, Deserialize)]
struct Content<L, V> {
    label: L,
    variants: V,
}

/// The content as far as any version can read it.
#[derive(Deserialize)]
struct Labelled {
    label: SealLabel,
}

/// Writes a shard file, in one piece.
pub(super) fn write<T: Serialize>(
    path: &Path,
    label: &SealLabel,
    variants: &[T],
) -> Result<(), Error> {
    let failed = |source: serde_json::Error| {
        Error::new(ErrorKind::Io, format!("could not write {}", path.display())).caused_by(source)
    };
    let shard = to_raw_value(&Content { label, variants }).map_err(failed)?;
    let sealed = Sealed { sha256: digest(&shard), shard };
    let text = serde_json::to_string(&sealed).map_err(failed)?;
    files::replace(path, |file| {
        writeln!(file, "{text}").map_err(|source| Error::io("write", path, source))
    })
}

/// Reads a shard file that must be this one.
pub(super) fn read<T: DeserializeOwned>(
    path: &Path,
    expected: &SealLabel,
) -> Result<Vec<T>, Error> {
    let text = fs::read_to_string(path).map_err(|source| Error::io("read", path, source))?;
    let damaged = |why: &str| {
        Error::new(ErrorKind::Io, format!("{} is damaged: {why}", path.display())).hint(AGAIN)
    };
    let sealed: Sealed =
        serde_json::from_str(&text).map_err(|error| damaged(&error.to_string()))?;
    if digest(&sealed.shard) != sealed.sha256 {
        return Err(damaged("its content has another digest than it says"));
    }
    // Who wrote it is asked before what it holds, whose shape may be another version's.
    let Labelled { label } =
        serde_json::from_str(sealed.shard.get()).map_err(|error| damaged(&error.to_string()))?;
    if label.replayer != expected.replayer {
        let what = format!("{} holds results of replayer {}", path.display(), label.replayer);
        return Err(Error::new(ErrorKind::Io, what).hint(format!(
            "this is replayer {}: results of two versions are not mixed; delete the file and go on \
             with --resume",
            expected.replayer
        )));
    }
    if label.sweep != expected.sweep {
        let what = format!("{} holds results of another sweep", path.display());
        return Err(Error::new(ErrorKind::Io, what).hint("delete the file and go on with --resume"));
    }
    if label != *expected {
        let SealLabel { shard, games, .. } = label;
        return Err(damaged(&format!(
            "it holds shard {shard}, games {} to {}, under another's name",
            games.start, games.end
        )));
    }
    let content: Content<SealLabel, Vec<T>> =
        serde_json::from_str(sealed.shard.get()).map_err(|error| damaged(&error.to_string()))?;
    Ok(content.variants)
}

fn digest(content: &RawValue) -> String {
    hex(Sha256::digest(content.get()).into()).to_string()
}
