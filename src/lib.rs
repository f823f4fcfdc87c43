//! Replayer: a deterministic simulation engine for crash-market games.
//!
//! ```text
//! source -> Ingest -> Advance -> Settle -> Decide -> Admit -> Fill -> Post -> Record -> journal
//! ```
//!
//! One run of the [`schedule`] is one tick of every [`table`]; what happens at a tick is written
//! once, as pure functions on plain values, in [`model`]. To write a bot, begin with [`strategy`]
//! and [`testing`]; to run scenarios from a program of your own, with [`scenario`], [`run`] and
//! [`cli`]; to look at a run step by step, with [`session`]. The map of the rest is
//! `docs/architecture.md`.
//!
//! Features: `cli` (the command line), `live` (feeds, secrets, metrics), `browser` (live sessions in
//! the page; has `live`), `demo` (the feed server and the demo site), `report` (pages), `parquet`.
//! Without any there are the model, the engine, the strategies and the backtest; `cli`, `parquet`
//! and `report` are there by default.

pub mod analysis;
pub mod backtest;
pub mod base;
#[cfg(feature = "cli")]
pub mod bench;
#[cfg(feature = "cli")]
pub mod cli;
#[cfg(feature = "demo")]
pub mod demo;
pub mod engine;
pub mod feed;
pub mod games;
#[cfg(feature = "live")]
pub mod live;
pub mod model;
pub mod strategies;

#[cfg(all(
    test,
    not(all(
        feature = "browser",
        feature = "cli",
        feature = "demo",
        feature = "live",
        feature = "parquet",
        feature = "report"
    ))
))]
mod tests {
    #[test]
    #[ignore = "tests/it needs every feature: cargo test --all-features"]
    fn behaviour_is_tested_with_all_features() {}
}

/// The code of the how-to is compiled and run like that of the docs.
#[cfg(all(doctest, feature = "cli"))]
#[doc = include_str!("../docs/how-to/write-a-strategy.md")]
struct HowTo;
