//! One file while it grows: frames in sequence, then the last line and the final name.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering::Relaxed;
use std::time::Instant;

use sha2::{Digest, Sha256};

use super::disk::{Disk, Growing};
use super::metrics::Shared;
use crate::base::container::{Encoding, Packer};
use crate::base::hex;
use crate::games::recording::format::RecordLine;
use crate::model::time::Moment;

/// A part that grows under `*.part`.
pub(super) struct RecordingPart {
    file: Box<dyn Growing>,
    packer: Packer,
    pub(super) path: PathBuf,
    pub(super) partial: PathBuf,
    /// The digest of the text so far.
    digest: Sha256,
    lines: u64,
    /// Bytes on the disk.
    pub(super) bytes: u64,
    /// Number of games that began in it.
    pub(super) games: u32,
}

/// The temporary name of a growing file.
pub(super) fn partial_of(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".part");
    name.into()
}

/// The last line of a part.
pub(super) fn foot(end: &str, (lines, digest): (u64, Sha256), at: Moment) -> io::Result<Vec<u8>> {
    let mut line = Vec::new();
    let sha256 = hex::hex(digest.finalize().into());
    RecordLine::Foot { end, lines, sha256: &sha256, at }.write(&mut line)?;
    Ok(line)
}

impl RecordingPart {
    /// Creates a part with its first line.
    pub(super) fn create(
        disk: &mut dyn Disk,
        path: PathBuf,
        encoding: Encoding,
        (head, shared): (&[u8], &Shared),
    ) -> io::Result<Self> {
        let partial = partial_of(&path);
        let file = disk.create(&partial)?;
        let mut part = Self {
            file,
            packer: Packer::new(encoding)?,
            path,
            partial,
            digest: Sha256::new(),
            lines: 0,
            bytes: 0,
            games: 0,
        };
        part.append(head, 1, shared)?;
        shared.parts.fetch_add(1, Relaxed);
        Ok(part)
    }

    /// Appends whole lines and waits until the disk has them. After an error the file is cut back
    /// to its previous length, as far as the disk permits.
    pub(super) fn append(&mut self, text: &[u8], lines: u64, shared: &Shared) -> io::Result<()> {
        let written = self.write(text, shared);
        match written {
            Ok(bytes) => {
                self.digest.update(text);
                self.lines += lines;
                self.bytes += bytes;
                shared.lines.fetch_add(lines, Relaxed);
                shared.text_bytes.fetch_add(text.len() as u64, Relaxed);
                shared.bytes.fetch_add(bytes, Relaxed);
                shared.frames.fetch_add(1, Relaxed);
                Ok(())
            }
            Err(error) => {
                // If this fails too, the next repair cuts the tail off.
                let _ = self.file.truncate(self.bytes);
                Err(error)
            }
        }
    }

    #[expect(clippy::disallowed_methods, reason = "how long the disk takes is what is measured")]
    fn write(&mut self, text: &[u8], shared: &Shared) -> io::Result<u64> {
        let packed = self.packer.pack(text)?;
        self.file.write_all(packed)?;
        let bytes = packed.len() as u64;
        let begun = Instant::now();
        self.file.sync()?;
        shared.synced(begun.elapsed());
        Ok(bytes)
    }

    /// Ends the part with its last line and gives it its name. After an error it is still there as
    /// `*.part`.
    pub(super) fn finish(
        mut self,
        disk: &mut dyn Disk,
        (end, at): (&str, Moment),
        shared: &Shared,
    ) -> io::Result<()> {
        let foot = foot(end, (self.lines, self.digest.clone()), at)?;
        self.append(&foot, 1, shared)?;
        disk.publish(&self.partial, &self.path)
    }
}
