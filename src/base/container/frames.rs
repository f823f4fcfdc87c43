//! zstd frames out of an input that may be damaged: a frame is handed over when all of it is good.

use std::collections::VecDeque;
use std::io::{self, BufRead};

use zstd::stream::raw::{Decoder, InBuffer, Operation, OutBuffer};
use zstd::zstd_safe::DParameter;

use super::{Damage, ZSTD_MAGIC};

/// Bytes of a frame that are held until it is known to be good. Frames of ours have at most one
/// line (1 MiB) more than 64 KiB of text. Longer ones, which other programs write, are handed over
/// as they are decoded.
const HELD_BYTES: usize = 4 << 20;

/// Bytes that are taken from the input, or decoded, at once.
const CHUNK_BYTES: usize = 64 << 10;

/// The widest window in powers of two: 8 MiB, what zstd needs up to level 19. A damaged header
/// cannot ask for more memory than that.
const WINDOW_LOG_MAX: u32 = 23;

/// The texts of the good frames.
pub(super) struct ContainerFrames<R> {
    input: R,
    at_end: bool,
    decoder: Decoder<'static>,
    /// Bytes of the file from place `base` on.
    held: Vec<u8>,
    base: u64,
    /// Where in `held` the frame in hand begins, and up to where the decoder has it.
    from: usize,
    given: usize,
    /// True when the beginning of the frame in hand has been handed over.
    large: bool,
    /// Where skipping began that still goes on, in bytes of the file.
    skipping: Option<u64>,
    /// Decoded and not handed over.
    pub(super) text: Vec<u8>,
    scratch: Vec<u8>,
    /// The last byte that was handed over.
    last: u8,
    /// Where the last good frame ends, in bytes of the file.
    pub(super) good_until: u64,
    pub(super) damage: VecDeque<Damage>,
}

/// What came of a step.
enum Step {
    /// Something is in `text`.
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
    /// When the input cannot be read. What is in it is never an error.
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

    /// Gives the decoder what there is of the frame in hand.
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
            // Nobody else can wait for the end of this one.
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

    /// Gives up the frame in hand.
    fn fail(&mut self) -> Step {
        // A decoder that failed is not asked again before it is reset, which cannot fail.
        let _ = self.decoder.reinit();
        self.text.clear();
        self.skipping = Some(self.base + self.from as u64);
        // What was handed over of a large frame is no place to begin at again.
        self.from += usize::from(!self.large);
        self.from = self.from.min(self.held.len());
        self.given = self.from;
        self.large = false;
        if self.last != b'\n' {
            // The line before the damage is not to be joined with the one behind it.
            self.text.push(b'\n');
            return Step::Text;
        }
        Step::Again
    }

    /// Looks for the next place at which a frame may begin.
    fn skip(&mut self, since: u64) -> io::Result<Step> {
        let found = memchr::memmem::find(&self.held[self.from..], &ZSTD_MAGIC);
        let torn = match found {
            Some(at) => {
                self.from += at;
                false
            }
            None => {
                // A part of the mark may stand at the end.
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

    /// Takes more of the input; false at its end.
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
