//! Reads zstd frames from an input that may be damaged. A frame is passed on once all of it is
//! valid.

use std::collections::VecDeque;
use std::io::{self, BufRead};

use zstd::stream::raw::{Decoder, InBuffer, Operation, OutBuffer};
use zstd::zstd_safe::DParameter;

use super::{Damage, ZSTD_MAGIC};

/// Bytes of a frame that are held until the frame is known to be valid. Our frames hold at most 64
/// KiB of text and one line (1 MiB). Longer frames, from other programs, are passed on as they are
/// decoded.
const HELD_BYTES: usize = 4 << 20;

/// Bytes read from the input, or decoded, at a time.
const CHUNK_BYTES: usize = 64 << 10;

/// The largest window as a power of two: 8 MiB, enough for zstd up to level 19. A damaged header
/// cannot request more memory than that.
const WINDOW_LOG_MAX: u32 = 23;

/// The texts of the valid frames.
pub(super) struct ContainerFrames<R> {
    input: R,
    at_end: bool,
    decoder: Decoder<'static>,
    /// Bytes of the file from offset `base` on.
    held: Vec<u8>,
    base: u64,
    /// Where the current frame begins in `held`, and how far the decoder has consumed it.
    from: usize,
    given: usize,
    /// True when the beginning of the current frame was already passed on.
    large: bool,
    /// Where the current damaged stretch began, in bytes of the file.
    skipping: Option<u64>,
    /// Decoded and not yet passed on.
    pub(super) text: Vec<u8>,
    scratch: Vec<u8>,
    /// The last byte passed on.
    last: u8,
    /// End of the last valid frame, in bytes of the file.
    pub(super) good_until: u64,
    pub(super) damage: VecDeque<Damage>,
}

/// The outcome of a step.
enum Step {
    /// `text` holds new text.
    Text,
    Again,
    End,
}

impl<R: BufRead> ContainerFrames<R> {
    pub(super) fn new(input: R) -> io::Result<Self> {
        let mut decoder = Decoder::new()?;
        decoder.set_parameter(DParameter::WindowLogMax(WINDOW_LOG_MAX))?;
        Ok(Self {
            input,
            at_end: false,
            decoder,
            held: Vec::new(),
            base: 0,
            from: 0,
            given: 0,
            large: false,
            skipping: None,
            text: Vec::new(),
            scratch: vec![0; CHUNK_BYTES],
            last: b'\n',
            good_until: 0,
            damage: VecDeque::new(),
        })
    }

    /// Puts the next text into `text`; leaves it empty at the end.
    ///
    /// # Errors
    /// When the input cannot be read. Its content is never an error.
    pub(super) fn next(&mut self) -> io::Result<()> {
        self.text.clear();
        loop {
            let step = match self.skipping {
                Some(since) => self.skip(since)?,
                None => self.decode()?,
            };
            match step {
                Step::Again => {}
                Step::End => return Ok(()),
                Step::Text => {
                    self.last = self.text.last().copied().unwrap_or(self.last);
                    return Ok(());
                }
            }
        }
    }

    /// Feeds the decoder the available bytes of the current frame.
    fn decode(&mut self) -> io::Result<Step> {
        if self.given == self.held.len() && !self.fill()? {
            if self.given == self.from && !self.large {
                return Ok(Step::End);
            }
            return Ok(self.fail());
        }
        let mut input = InBuffer::around(&self.held[self.given..]);
        let mut output = OutBuffer::around(&mut self.scratch[..]);
        let hint = self.decoder.run(&mut input, &mut output);
        let (read, written) = (input.pos(), output.pos());
        let Ok(hint) = hint else { return Ok(self.fail()) };
        self.given += read;
        self.text.extend_from_slice(&self.scratch[..written]);
        if hint == 0 {
            return self.finish_frame();
        }
        if self.text.len() > HELD_BYTES || self.given - self.from > HELD_BYTES {
            // The frame is too long to hold until its end.
            self.large = true;
            self.from = self.given;
            return Ok(if self.text.is_empty() { Step::Again } else { Step::Text });
        }
        Ok(Step::Again)
    }

    fn finish_frame(&mut self) -> io::Result<Step> {
        self.decoder.reinit()?;
        self.from = self.given;
        self.large = false;
        self.good_until = self.base + self.from as u64;
        Ok(if self.text.is_empty() { Step::Again } else { Step::Text })
    }

    /// Gives up the current frame.
    fn fail(&mut self) -> Step {
        // A failed decoder is not used again before it is reset, and a reset cannot fail.
        let _ = self.decoder.reinit();
        self.text.clear();
        self.skipping = Some(self.base + self.from as u64);
        // What was passed on of a large frame is no place to search for the next frame.
        self.from += usize::from(!self.large);
        self.from = self.from.min(self.held.len());
        self.given = self.from;
        self.large = false;
        if self.last != b'\n' {
            // Do not join the line before the damage with the one after it.
            self.text.push(b'\n');
            return Step::Text;
        }
        Step::Again
    }

    /// Searches for the next place at which a frame may begin.
    fn skip(&mut self, since: u64) -> io::Result<Step> {
        let found = memchr::memmem::find(&self.held[self.from..], &ZSTD_MAGIC);
        let torn = match found {
            Some(at) => {
                self.from += at;
                false
            }
            None => {
                // The input may end with the first bytes of a frame's magic number.
                self.from = self.from.max(self.held.len().saturating_sub(ZSTD_MAGIC.len() - 1));
                self.given = self.held.len();
                if self.fill()? {
                    self.given = self.from;
                    return Ok(Step::Again);
                }
                self.from = self.held.len();
                true
            }
        };
        self.given = self.from;
        self.skipping = None;
        let bytes = self.base + self.from as u64 - since;
        self.damage.push_back(Damage { at: since, bytes, torn });
        Ok(if torn { Step::End } else { Step::Again })
    }

    /// Reads more of the input; false at its end.
    fn fill(&mut self) -> io::Result<bool> {
        if self.at_end {
            return Ok(false);
        }
        if self.from > CHUNK_BYTES {
            self.held.drain(..self.from);
            self.base += self.from as u64;
            self.given -= self.from;
            self.from = 0;
        }
        loop {
            match self.input.fill_buf() {
                Ok(buffer) => {
                    let taken = buffer.len().min(CHUNK_BYTES);
                    self.held.extend_from_slice(&buffer[..taken]);
                    self.input.consume(taken);
                    self.at_end = taken == 0;
                    return Ok(taken > 0);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
}
