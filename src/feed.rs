//! The live feed as facts: what the public stream says of its games, in the order of the game.
//!
//! Bytes go in and facts come out; nothing here knows a socket, a thread or a clock: the moment at
//! which a message arrived comes with it (spec/protocol.md, spec/domain.md 1.1).

pub mod fact;

pub use fact::{Fact, Heard, Moment};
