//! The text of a file in any encoding.

use std::fmt;
use std::io::{self, BufRead, BufReader, Read};

use flate2::bufread::MultiGzDecoder;

use super::frames::ContainerFrames;
use super::{Damage, GZIP_MAGIC, ZSTD_MAGIC};

/// The text of a file in zstd frames, gzip or plain text, told apart by the first bytes.
///
/// Damage costs its frame, and in gzip all that follows; it is not an error, but reported by
/// [`Self::next_damage`]. Memory: one frame, at most 4 MiB of it, and zstd's window.
pub struct Text<R: BufRead> {
    kept: Kept<R>,
    /// Bytes consumed of the current zstd text.
    place: usize,
    gzip_damage: Option<Damage>,
}

/// The bytes already read of an input, followed by the rest of it.
type Whole<R> = io::Chain<io::Cursor<Vec<u8>>, R>;

enum Kept<R: BufRead> {
    Plain(Whole<R>),
    Zstd(Box<ContainerFrames<Whole<R>>>),
    Gzip(Box<BufReader<MultiGzDecoder<Whole<R>>>>),
    /// Gzip after damage: nothing more can be read.
    Gone,
}

impl<R: BufRead> fmt::Debug for Text<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kept = match &self.kept {
            Kept::Plain(_) => "plain",
            Kept::Zstd(_) => "zstd",
            Kept::Gzip(_) | Kept::Gone => "gzip",
        };
        f.debug_struct("Text").field("kept", &kept).finish_non_exhaustive()
    }
}

impl<R: BufRead> Text<R> {
    /// Opens the text of an input. Reads just enough to detect the encoding.
    ///
    /// # Errors
    /// When the input cannot be read.
    pub fn new(mut input: R) -> io::Result<Self> {
        let mut start = Vec::with_capacity(ZSTD_MAGIC.len());
        input.by_ref().take(ZSTD_MAGIC.len() as u64).read_to_end(&mut start)?;
        let (is_zstd, is_gzip) = (is_zstd(&start), start.starts_with(&GZIP_MAGIC));
        let whole = io::Cursor::new(start).chain(input);
        let kept = if is_zstd {
            Kept::Zstd(Box::new(ContainerFrames::new(whole)?))
        } else if is_gzip {
            Kept::Gzip(Box::new(BufReader::new(MultiGzDecoder::new(whole))))
        } else {
            Kept::Plain(whole)
        };
        Ok(Self { kept, place: 0, gzip_damage: None })
    }

    /// The next damage met so far that was not yet returned.
    pub fn next_damage(&mut self) -> Option<Damage> {
        match &mut self.kept {
            Kept::Zstd(frames) => frames.damage.pop_front(),
            _ => self.gzip_damage.take(),
        }
    }

    /// End of the last valid frame passed on, in bytes of the file; `None` for other encodings than
    /// zstd.
    #[must_use]
    pub fn good_until(&self) -> Option<u64> {
        match &self.kept {
            Kept::Zstd(frames) => Some(frames.good_until),
            _ => None,
        }
    }

    /// Reads more from gzip; invalid data ends the text.
    fn fill_gzip(&mut self) -> io::Result<()> {
        let Kept::Gzip(gzip) = &mut self.kept else { return Ok(()) };
        match gzip.fill_buf() {
            Ok(_) => Ok(()),
            Err(error) if is_content(error.kind()) => {
                let torn = error.kind() == io::ErrorKind::UnexpectedEof;
                self.gzip_damage = Some(Damage { at: 0, bytes: 0, torn });
                self.kept = Kept::Gone;
                Ok(())
            }
            Err(error) => Err(error),
        }
    }
}

/// Whether a file begins as a zstd file does, allowing for damage: one wrong byte of the magic
/// number, or a block that a power cut left empty.
fn is_zstd(start: &[u8]) -> bool {
    let same = start.iter().zip(&ZSTD_MAGIC).filter(|(is, wanted)| is == wanted).count();
    same + 1 >= ZSTD_MAGIC.len() || start == [0; 4]
}

/// Whether an error is about the content of a file rather than about reading it.
const fn is_content(kind: io::ErrorKind) -> bool {
    matches!(
        kind,
        io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput | io::ErrorKind::UnexpectedEof
    )
}

impl<R: BufRead> BufRead for Text<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.fill_gzip()?;
        match &mut self.kept {
            Kept::Plain(plain) => plain.fill_buf(),
            Kept::Gzip(gzip) => gzip.fill_buf(),
            Kept::Gone => Ok(&[]),
            Kept::Zstd(frames) => {
                if self.place == frames.text.len() {
                    self.place = 0;
                    frames.next()?;
                }
                Ok(&frames.text[self.place..])
            }
        }
    }

    fn consume(&mut self, amount: usize) {
        match &mut self.kept {
            Kept::Plain(plain) => plain.consume(amount),
            Kept::Gzip(gzip) => gzip.consume(amount),
            Kept::Zstd(_) => self.place += amount,
            Kept::Gone => {}
        }
    }
}

impl<R: BufRead> Read for Text<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut there = self.fill_buf()?;
        let read = there.read(buffer)?;
        self.consume(read);
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use proptest::prelude::*;

    use super::super::{Encoding, Packer};
    use super::*;

    fn read(bytes: &[u8], capacity: usize) -> (String, Vec<Damage>) {
        let mut text = Text::new(BufReader::with_capacity(capacity, bytes)).unwrap();
        let mut all = String::new();
        text.read_to_string(&mut all).unwrap();
        (all, std::iter::from_fn(|| text.next_damage()).collect())
    }

    /// Frames of a few lines each, and the offset of each.
    fn frames(count: usize) -> (Vec<String>, Vec<u8>, Vec<usize>) {
        let mut packer = Packer::new(Encoding::Zstd).unwrap();
        let (mut texts, mut bytes, mut starts) = (Vec::new(), Vec::new(), vec![0]);
        for frame in 0..count {
            let lines = (0..5).map(|line| format!("{{\"tick\":{}}}\n", frame * 5 + line));
            let text: String = lines.collect();
            bytes.extend_from_slice(packer.pack(text.as_bytes()).unwrap());
            starts.push(bytes.len());
            texts.push(text);
        }
        (texts, bytes, starts)
    }

    #[test]
    fn frames_read_back_for_every_size_of_buffer() {
        let (texts, bytes, _) = frames(7);
        for capacity in [1, 2, 3, 5, 17, 64, 4096] {
            assert_eq!(read(&bytes, capacity), (texts.concat(), Vec::new()));
        }
        assert_eq!(read(b"", 8), (String::new(), Vec::new()));
        assert_eq!(read(b"pl", 1), ("pl".to_owned(), Vec::new()));
        assert_eq!(read(b"plain\ntext", 3), ("plain\ntext".to_owned(), Vec::new()));
    }

    #[test]
    fn wherever_a_file_is_cut_every_whole_frame_comes_back() {
        let (texts, bytes, starts) = frames(6);
        for cut in 4..=bytes.len() {
            let whole = starts.iter().filter(|&&start| start > 0 && start <= cut).count();
            let (text, damage) = read(&bytes[..cut], 4096);
            assert_eq!(text, texts[..whole].concat(), "{cut}");
            let torn = starts[whole] != cut;
            assert_eq!(damage.iter().filter(|damage| damage.torn).count(), usize::from(torn));
        }
    }

    #[test]
    fn a_damaged_frame_costs_itself_and_is_located() {
        let (texts, bytes, starts) = frames(6);
        for at in 0..bytes.len() {
            let mut bytes = bytes.clone();
            bytes[at] ^= 0x55;
            let hit = starts.iter().rposition(|&start| start <= at).unwrap();
            let mut wanted = texts.clone();
            wanted.remove(hit);
            let (text, damage) = read(&bytes, 4096);
            assert_eq!(text, wanted.concat(), "{at}");
            let [damage] = damage.as_slice() else { panic!("{at}: {damage:?}") };
            assert_eq!(
                (damage.at, damage.bytes),
                (starts[hit] as u64, (starts[hit + 1] - starts[hit]) as u64)
            );
        }
    }

    #[test]
    fn bytes_of_something_else_between_frames_are_passed_over() {
        let (texts, bytes, starts) = frames(3);
        let zeros = [0; 5000];
        let mixed = [&bytes[..starts[1]], &zeros, &bytes[starts[1]..], &zeros].concat();
        let (text, damage) = read(&mixed, 64);
        assert_eq!(text, texts.concat());
        let lost: Vec<_> = damage.iter().map(|damage| (damage.bytes, damage.torn)).collect();
        assert_eq!(lost, [(5000, false), (5000, true)]);
    }

    #[test]
    fn a_frame_of_any_length_by_another_program_is_read_in_bounded_memory() {
        let line = "0123456789abcdef".repeat(64) + "\n";
        let text = line.repeat(40 << 10);
        let foreign = zstd::encode_all(text.as_bytes(), 1).unwrap();
        let mut reader = Text::new(&foreign[..]).unwrap();
        let (mut length, mut most) = (0, 0);
        while let Ok(some @ [_, ..]) = reader.fill_buf() {
            let some = some.len();
            (length, most) = (length + some, most.max(some));
            reader.consume(some);
        }
        assert_eq!(length, text.len());
        assert!(most <= 5 << 20, "{most}");
    }

    #[test]
    fn a_line_cut_by_damage_is_not_joined_with_the_next_one() {
        let halves = ["{\"a\":1}\n{\"b\"", ":2}\n", "{\"c\":3}\n"];
        let mut bytes = Vec::new();
        for half in halves {
            bytes.extend(zstd::encode_all(half.as_bytes(), 3).unwrap());
        }
        assert_eq!(read(&bytes, 99).0, halves.concat());
        let first = zstd::encode_all(halves[0].as_bytes(), 3).unwrap().len();
        bytes[first + 6] ^= 0xFF;
        assert_eq!(read(&bytes, 99).0, "{\"a\":1}\n{\"b\"\n{\"c\":3}\n");
    }

    #[test]
    fn gzip_is_read_up_to_its_damage() {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        let text = "line after line\n".repeat(10_000);
        gzip.write_all(text.as_bytes()).unwrap();
        let bytes = gzip.finish().unwrap();
        assert_eq!(read(&bytes, 64), (text, Vec::new()));
        let (cut, damage) = read(&bytes[..bytes.len() - 9], 64);
        assert!(!cut.is_empty());
        assert_eq!(damage.len(), 1);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_to_their_end(
            mut bytes in prop::collection::vec(any::<u8>(), 0..600),
            places in prop::collection::vec((0..600_usize, 0..3_usize), 0..4),
        ) {
            let (_, good, starts) = frames(3);
            for (at, which) in places {
                let frame = &good[starts[which]..starts[which + 1]];
                let at = at.min(bytes.len());
                bytes.splice(at..at, frame.iter().copied());
            }
            if !bytes.starts_with(&GZIP_MAGIC) {
                let mut text = Text::new(&bytes[..]).unwrap();
                let mut all = Vec::new();
                text.read_to_end(&mut all).unwrap();
            }
        }
    }
}
