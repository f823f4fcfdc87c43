//! The provably-fair generator: games from their seeds, bit for bit as the site played them.
//!
//! Each file has one subject: the random stream, the server seed, one game, the seeds of games that
//! we generate ourselves, files of revealed seeds, the verdict on a revealed seed, and the game
//! written as a recording. A game is a pure function of its server seed and its name. The source
//! plays it; the command line verifies and writes it.

pub mod game;
pub mod generated;
pub mod recording;
pub mod seed;
pub mod seedrandom;
pub mod seeds;
pub mod verify;

use std::io::{self, Write};

use serde::Serialize;

/// Writes a value as one line of JSON.
fn json_line(out: &mut impl Write, value: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *out, value)?;
    out.write_all(b"\n")
}
