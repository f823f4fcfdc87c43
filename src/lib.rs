//! Replayer: a deterministic simulation engine for crash-market games.
//!
//! ```text
//! source -> Ingest -> Advance -> Settle -> Decide -> Admit -> Fill -> Post -> Record -> journal
//! ```

pub mod cli;
pub mod error;
pub mod fair;
pub mod files;
pub mod model;
pub mod w1;
