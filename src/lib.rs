//! Replayer: a deterministic simulation engine for crash-market games.
//!
//! ```text
//! source -> Ingest -> Advance -> Settle -> Decide -> Admit -> Fill -> Post -> Record -> journal
//! ```

pub mod bench;
pub mod bot;
pub mod checkpoint;
pub mod cli;
pub mod document;
pub mod driver;
pub mod engine;
pub mod error;
pub mod fair;
pub mod files;
pub mod hex;
pub mod house;
pub mod journal;
pub mod ledger;
pub mod model;
pub mod order;
pub mod params;
pub mod plain;
pub mod recording;
pub mod report;
pub mod run;
pub mod scenario;
pub mod schedule;
pub mod session;
pub mod source;
pub mod strategy;
pub mod streams;
pub mod table;
pub mod testing;
pub mod venue;
