//! Where evidence of orders that were refused or are unknown goes: a folder for each, bounded in
//! number and size, never over or through anything that is there.

use std::fs::DirBuilder;
use std::io::{self, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use super::frames::KeptFrame;
use crate::base::files;

/// Longest file of evidence, in bytes: a picture of the controls has some 50 kB.
const BYTES_MAX: usize = 2 << 20;

/// Where evidence goes. Its clones are the same place.
#[derive(Debug, Clone)]
pub struct EvidencePlace(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    folder: PathBuf,
    session: u32,
    /// Orders that evidence is still kept of.
    left: AtomicU32,
    /// Whether some is being taken: one after the other, so that no order is held up by many.
    is_busy: AtomicBool,
}

/// The folder of the evidence of one order. Dropped, the next one may be taken.
#[derive(Debug)]
pub struct Evidence {
    place: EvidencePlace,
    folder: PathBuf,
}

impl EvidencePlace {
    /// A place in a folder, for this many orders of a session.
    #[must_use]
    pub fn new(folder: PathBuf, session: u32, orders_max: u32) -> Self {
        let (left, is_busy) = (AtomicU32::new(orders_max), AtomicBool::new(false));
        Self(Arc::new(Inner { folder, session, left, is_busy }))
    }

    /// The evidence of an order; `None` where enough was taken, or some is being taken.
    #[must_use]
    pub fn of(&self, order: u64) -> Option<Evidence> {
        let Inner { folder, session, left, is_busy } = &*self.0;
        if is_busy.swap(true, Ordering::AcqRel) {
            return None;
        }
        let folder = folder.join(format!("session-{session:03}-order-{order:05}"));
        // From here on, what is dropped is no longer busy.
        let evidence = Evidence { place: self.clone(), folder };
        let fewer =
            left.fetch_update(Ordering::AcqRel, Ordering::Acquire, |left| left.checked_sub(1));
        fewer.is_ok().then_some(evidence)
    }
}

impl Drop for Evidence {
    fn drop(&mut self) {
        self.place.0.is_busy.store(false, Ordering::Release);
    }
}

impl Evidence {
    /// Writes the last frames of the connection, one JSON line each.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn frames(&self, frames: &[KeptFrame]) -> io::Result<()> {
        let mut text = String::new();
        for frame in frames {
            text += &serde_json::to_string(frame).unwrap_or_default();
            text.push('\n');
        }
        self.write("frames.jsonl", text.as_bytes())
    }

    /// Writes a file that does not exist yet; of one that is too long its beginning.
    ///
    /// # Errors
    /// When it exists, or cannot be written.
    pub fn write(&self, name: &str, content: &[u8]) -> io::Result<()> {
        for folder in [self.place.0.folder.as_path(), self.folder.as_path()] {
            make(folder)?;
        }
        let mut file = files::create_own(&self.folder.join(name))?;
        file.write_all(&content[..content.len().min(BYTES_MAX)])
    }
}

/// Makes a folder of ours alone, unless it is there; a link is none.
fn make(folder: &Path) -> io::Result<()> {
    match DirBuilder::new().mode(0o700).create(folder) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            let is_folder = folder.symlink_metadata()?.is_dir();
            is_folder.then_some(()).ok_or_else(|| io::Error::other("it is not a folder"))
        }
        made => made,
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn evidence_is_bounded_taken_one_at_a_time_and_never_written_over_anything() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("evidence");
        let place = EvidencePlace::new(folder.clone(), 1, 2);
        let first = place.of(7).unwrap();
        assert!(place.of(8).is_none(), "one at a time");
        first.write("controls.html", b"<button>").unwrap();
        assert!(first.write("controls.html", b"other").is_err());
        drop(first);
        let kept = folder.join("session-001-order-00007/controls.html");
        assert_eq!(fs::read(kept).unwrap(), b"<button>");
        let second = place.of(9).unwrap();
        // Somebody put a link where the file would be.
        let precious = home.path().join("precious");
        fs::write(&precious, "mine").unwrap();
        fs::create_dir(folder.join("session-001-order-00009")).unwrap();
        let link = folder.join("session-001-order-00009/picture.png");
        std::os::unix::fs::symlink(&precious, link).unwrap();
        assert!(second.write("picture.png", b"png").is_err());
        assert_eq!(fs::read(&precious).unwrap(), b"mine");
        drop(second);
        assert!(place.of(10).is_none(), "no more than two");
    }
}
