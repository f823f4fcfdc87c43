//! Shard files: one JSON document with a digest of its content, to detect damage.

use std::io::Write as _;
use std::ops::Range;
use std::path::Path;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};
use sha2::{Digest as _, Sha256};

use crate::base::error::{Error, ErrorKind};
use crate::base::files::{self, reading};
use crate::base::hex::hex;

/// What to do about a damaged shard file.
pub(super) const AGAIN: &str =
    "delete this file and continue with `replayer sweep … --resume`: only its games are replayed";

/// Identifies the results in a shard file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct SealLabel {
    /// Version of the program that played it.
    pub(super) replayer: String,
    /// Digest of the sweep to which the shard belongs.
    pub(super) sweep: String,
    /// Number of the shard, from 0.
    pub(super) shard: u64,
    /// Games of the shard, as places in the source.
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

/// The part of the content that every version can read.
#[derive(Deserialize)]
struct Labelled {
    label: SealLabel,
}

/// Writes a shard file, atomically.
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

/// Reads a shard file, which must have this label.
pub(super) fn read<T: DeserializeOwned>(
    path: &Path,
    expected: &SealLabel,
) -> Result<Vec<T>, Error> {
    let text = reading::text(path, reading::RUN_BYTES_MAX)
        .map_err(|source| Error::io("read", path, source))?;
    let damaged = |why: &str| {
        Error::new(ErrorKind::Io, format!("{} is damaged: {why}", path.display())).hint(AGAIN)
    };
    let sealed: Sealed =
        serde_json::from_str(&text).map_err(|error| damaged(&error.to_string()))?;
    if digest(&sealed.shard) != sealed.sha256 {
        return Err(damaged("its digest does not match its content"));
    }
    // Check the version before the content, whose form may differ in other versions.
    let Labelled { label } =
        serde_json::from_str(sealed.shard.get()).map_err(|error| damaged(&error.to_string()))?;
    if label.replayer != expected.replayer {
        let what = format!("{} holds results of replayer {}", path.display(), label.replayer);
        return Err(Error::new(ErrorKind::Io, what).hint(format!(
            "this is replayer {}: results of two versions are not mixed; delete the file and \
             continue with --resume",
            expected.replayer
        )));
    }
    if label.sweep != expected.sweep {
        let what = format!("{} holds results of another sweep", path.display());
        return Err(
            Error::new(ErrorKind::Io, what).hint("delete the file and continue with --resume")
        );
    }
    if label != *expected {
        let SealLabel { shard, games, .. } = label;
        return Err(damaged(&format!(
            "it holds shard {shard}, games {} to {}, under the name of another",
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
