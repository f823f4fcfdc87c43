//! Games as data: recordings of played games, and the provably-fair generator.

pub mod events;
pub mod fair;
pub mod number;
pub mod recording;
