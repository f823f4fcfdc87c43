//! Games as data: recordings that somebody kept, and the provably-fair generator.

pub mod fair;
pub mod recording;
