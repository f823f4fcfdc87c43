//! Lines of text in a file that survives damage: independent zstd frames, or plain text.
//!
//! Every zstd frame holds whole lines and a checksum, and no frame needs another. So a torn tail
//! costs one frame, and so does damage in the middle. [`Packer`] writes our recordings and
//! captures; [`Text`] reads them, plain text and gzip, whatever the file's name.

mod frames;
mod text;

use std::ffi::OsStr;
use std::fmt;
use std::io;

use zstd::bulk::Compressor;
use zstd::zstd_safe::CParameter;

pub use text::Text;

/// A frame is closed when its text reaches this many bytes.
pub const FRAME_TEXT_BYTES: usize = 64 << 10;

/// The compression level: zstd's own default. docs/spec/libraries.md#compression states its cost.
const LEVEL: i32 = 3;

/// The first bytes of every zstd frame (RFC 8878, 3.1.1).
const ZSTD_MAGIC: [u8; 4] = [0x28, 0xB5, 0x2F, 0xFD];

/// The first bytes of every gzip member (RFC 1952, 2.3.1).
const GZIP_MAGIC: [u8; 2] = [0x1F, 0x8B];

/// How a file stores its lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Encoding {
    /// In zstd frames, `*.jsonl.zst`.
    #[default]
    Zstd,
    /// As plain text, `*.jsonl`: for people and other programs; several times as large.
    Plain,
}

impl Encoding {
    /// The file name's ending, without the leading dot.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Zstd => "jsonl.zst",
            Self::Plain => "jsonl",
        }
    }

    /// The encoding that a file name's ending asks for.
    #[must_use]
    pub fn of(name: &OsStr) -> Self {
        if name.as_encoded_bytes().ends_with(b".zst") { Self::Zstd } else { Self::Plain }
    }
}

/// A stretch of a file that could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Damage {
    /// Offset of its first byte in the file.
    pub at: u64,
    /// Its length in bytes.
    pub bytes: u64,
    /// True when the file ends in it: the trace of a process that was killed while it wrote.
    pub torn: bool,
}

impl fmt::Display for Damage {
    /// What is lost, seen from the line after it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = if self.torn { "cut off" } else { "damaged" };
        match self {
            // Nothing can be read of gzip after damage, and where it begins is unknown.
            Self { bytes: 0, .. } => write!(f, "the rest of the file is {what}"),
            Self { at, bytes, .. } => {
                write!(f, "before this line: {bytes} bytes from byte {at} are {what}")
            }
        }
    }
}

/// Encodes whole lines for a file.
pub struct Packer {
    /// `None` for plain text.
    zstd: Option<Compressor<'static>>,
    packed: Vec<u8>,
}

impl fmt::Debug for Packer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Packer").field("zstd", &self.zstd.is_some()).finish_non_exhaustive()
    }
}

impl Packer {
    /// A packer for an encoding.
    ///
    /// # Errors
    /// When memory for the compressor runs out.
    pub fn new(encoding: Encoding) -> io::Result<Self> {
        let zstd = match encoding {
            Encoding::Plain => None,
            Encoding::Zstd => {
                let mut zstd = Compressor::new(LEVEL)?;
                zstd.set_parameter(CParameter::ChecksumFlag(true))?;
                Some(zstd)
            }
        };
        Ok(Self { zstd, packed: Vec::new() })
    }

    /// The bytes to append to the file for some whole lines: one frame, or the lines themselves.
    ///
    /// # Errors
    /// When memory runs out.
    pub fn pack<'a>(&'a mut self, lines: &'a [u8]) -> io::Result<&'a [u8]> {
        let Some(zstd) = &mut self.zstd else { return Ok(lines) };
        self.packed.clear();
        self.packed.reserve(zstd::zstd_safe::compress_bound(lines.len()));
        zstd.compress_to_buffer(lines, &mut self.packed)?;
        Ok(&self.packed)
    }
}
