//! The engine: a world of tables and bots that takes one tick after another.
//!
//! ```text
//! source -> Ingest -> Advance -> Settle -> Decide -> Admit -> Fill -> Post -> Record -> journal
//! ```
//!
//! [`schedule`] has the order of the stages, one file here has each of them, and [`build()`] puts a
//! world together.

pub mod bot;
mod build;
pub mod checkpoint;
pub mod collector;
pub mod driver;
pub mod inbox;
pub mod journal;
pub mod ledger;
pub mod order;
pub mod plain;
pub mod schedule;
pub mod session;
pub mod source;
pub mod strategy;
pub mod table;
pub mod testing;
pub mod venue;

pub use build::{
    BotSpec, Lineup, UnknownStrategy, build, build_by_games, build_dry_run, build_live,
    build_remote, go_on, run,
};
