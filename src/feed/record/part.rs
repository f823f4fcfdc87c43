//! One file while it grows: frames in sequence, then the last line and the final name.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering::Relaxed;
use std::time::Instant;

use sha2::{Digest, Sha256};

use super::disk::{Disk, Growing};
use super::metrics::Shared;
use crate::base::container::{Encoding, FRAME_TEXT_BYTES, Packer};
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

/// Whole lines, taken apart into those of one frame each.
fn frames(mut text: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        let least = FRAME_TEXT_BYTES.min(text.len()).checked_sub(1)?;
        let end = text[least..].iter().position(|&byte| byte == b'\n');
        let (frame, rest) = text.split_at(end.map_or(text.len(), |end| least + end + 1));
        text = rest;
        Some(frame)
    })
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
        if let Err(error) = part.append(head, 1, shared) {
            // Nothing is in it: the next try shall not find it in the way.
            let _ = std::fs::remove_file(&part.partial);
            return Err(error);
        }
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
                shared.frames.fetch_add(frames(text).count() as u64, Relaxed);
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
        let mut bytes = 0;
        for frame in frames(text) {
            let packed = self.packer.pack(frame)?;
            self.file.write_all(packed)?;
            bytes += packed.len() as u64;
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_of_any_length_is_taken_apart_at_the_ends_of_lines() {
        let line = [&[b'x'; 99][..], b"\n"].concat();
        for lines in [0, 1, 655, 656, 657, 5_000] {
            let text = line.repeat(lines);
            let frames: Vec<_> = frames(&text).collect();
            assert_eq!(frames.concat(), text);
            assert_eq!(frames.len(), lines.div_ceil(656), "{lines}");
            assert!(frames.iter().all(|frame| frame.ends_with(b"\n") && frame.len() <= 65_600));
        }
    }
}
