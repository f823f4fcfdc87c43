//! The reference data: read in place where it is, and said to be skipped where it is not.

use std::path::{Path, PathBuf};

/// A path inside the reference data: `REPLAYER_DATA`, else `../shared/data` seen from the
/// project's root. Where it is absent, says so and returns `None`; the test then has nothing to do.
pub(crate) fn reference(path: &str) -> Option<PathBuf> {
    let root = std::env::var_os("REPLAYER_DATA").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data"),
        PathBuf::from,
    );
    let wanted = root.join(path);
    if wanted.exists() {
        Some(wanted)
    } else {
        eprintln!("skipped: {} is absent (set REPLAYER_DATA)", wanted.display());
        None
    }
}
