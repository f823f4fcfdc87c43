//! Replayer: a deterministic simulation engine for crash-market games.
//!
//! ```text
//! source -> Ingest -> Advance -> Settle -> Decide -> Admit -> Fill -> Post -> Record -> journal
//! ```

pub mod bot;
pub mod cli;
pub mod document;
pub mod error;
pub mod house;
pub mod ledger;
pub mod model;
pub mod order;
pub mod params;
pub mod scenario;
pub mod schedule;
pub mod strategy;
pub mod streams;
pub mod table;
pub mod venue;
