//! Recordings: what people kept of games that were played, read as it is, damage included.
//!
//! ```text
//! bytes -> text -> lines -> row -> Fragment (one game in one file) -> Library (merged) -> Tape
//!            └─ damaged ─> salvage ─┘
//! ```
//!
//! All four layouts of docs/spec/recordings.md, and that of our own ([`mod@format`]), end up as the
//! same canonical game: one presale step, ticks 0 to R-1, the rug at R. A damaged line costs that
//! line, a damaged zstd frame its lines. What a footer claims is compared with what the rows say
//! and never believed. Nothing here prints, and nothing here decides whether bad input ends a run:
//! counts and reasons go to whoever asked.

mod document;
mod file;
pub mod format;
mod fragment;
pub mod historical;
mod incomplete;
mod layout;
mod library;
mod number;
mod parse;
mod reader;
mod row;
mod salvage;
mod timestamp;

pub use file::{BadLine, Grade, Recording};
pub use fragment::{Fragment, Seen};
pub use incomplete::{Hole, Incomplete};
pub use layout::Layout;
pub use library::{IncompleteGame, Library, Merger, discover, each_game, is_recording, list};
pub use reader::{read, read_file};
pub use row::Stage;
pub use timestamp::Timestamp;
