//! Recordings: what people kept of played games, read as it is, damage included.
//!
//! ```text
//! bytes -> text -> lines -> row -> Fragment (one game in one file) -> Library (merged) -> Tape
//!            └─ damaged ─> salvage ─┘
//! ```
//!
//! All four layouts of docs/spec/recordings.md, our own ([`mod@format`]) and the finished games in
//! raw captures ([`events`](super::events)) become the same canonical game: one presale step, ticks
//! 0 to R-1, the rug at R. A damaged line costs that line, a damaged zstd frame its lines. Numbers
//! are read in any spelling ([`number`](super::number)); a tick that the law of the game cannot
//! make is removed, and is then missing. Claims of a footer are compared with the rows and never
//! trusted. Nothing here prints or decides whether bad input ends a run: the caller gets counts and
//! reasons.

mod clock;
mod document;
mod file;
mod folder;
pub mod format;
mod fragment;
pub mod historical;
mod incomplete;
mod layout;
mod library;
mod parse;
mod possible;
mod reader;
mod row;
mod salvage;
mod seen;
mod timestamp;

pub use file::{BadLine, Grade, Recording};
pub use folder::{Found, NAMES, Others, discover, find, is_readable, is_recording, list};
pub use fragment::Fragment;
pub use incomplete::{Hole, Incomplete};
pub use layout::Layout;
pub use library::{IncompleteGame, Library, Merger, each_game};
pub use possible::RemovedTick;
pub use reader::{read, read_as_recorded, read_file};
pub use row::Stage;
pub use seen::Seen;
pub use timestamp::{Clock, Timestamp};
