//! Replayer: a deterministic simulation engine for crash-market games.
//!
//! # From a bot to a verdict
//!
//! A bot is a value that looks at the market once per tick and may act: trade, place a sidebet, or
//! both ([`Strategy`](prelude::Strategy)). It is registered by its name, a scenario gives it a seat,
//! and a run says what it is worth:
//!
//! ```
//! use std::path::Path;
//!
//! use replayer::analysis::summary::VerdictKind;
//! use replayer::backtest::run;
//! use replayer::backtest::scenario::Scenario;
//! use replayer::prelude::*;
//!
//! params! {
//!     /// What a scenario may set.
//!     pub struct SleeperParams {
//!         /// Stake of the buy
//!         stake: Sol = Sol::milli(5), "SOL", Sol::milli(1)..;
//!         /// Ticks from the buy to the sale
//!         ticks: u32 = 100, "ticks", 1..;
//!     }
//! }
//!
//! #[derive(Debug, Clone)]
//! struct Sleeper;
//!
//! impl Strategy for Sleeper {
//!     type Params = SleeperParams;
//!     const NAME: &'static str = "Sleeper";
//!     const ABOUT: &'static str = "Buys at once, sleeps, sells.";
//!
//!     fn new(_: &SleeperParams, _: LifeStart<'_>) -> Self {
//!         Self
//!     }
//!
//!     fn decide(&mut self, params: &SleeperParams, view: &View<'_>) -> impl Into<Actions> {
//!         match view.tick() {
//!             0 if view.is_active() => view.buy(params.stake),
//!             tick if tick == params.ticks => Some(Action::sell_all(Exit::TIME)),
//!             _ => None,
//!         }
//!     }
//! }
//!
//! let strategies = Strategies::standard().with::<Sleeper>();
//! let scenario = r#"Scenario(
//!     name: "sleeper",
//!     seed: 1,
//!     source: Generated(games: 400),
//!     bankroll: PerGame(0.1),
//!     bots: [(id: "mine", strategy: Sleeper(ticks: 1000)), (id: "wait", strategy: AlwaysWait())],
//! )"#;
//! let scenario = Scenario::parse(scenario, Path::new("."), None, &strategies)?;
//! let assessment = run::play(&scenario, &strategies)?;
//!
//! // Most games are over before tick 1000: what the few others bring decides, so no edge is shown.
//! let mine = &assessment.bots[0];
//! assert_eq!((mine.games, mine.verdict.kind), (400, VerdictKind::NoEdgeShown));
//! println!("{}: {}", mine.id, mine.verdict.text);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The same bot in a crate of its own, with a test, a scenario and the whole command line, is what
//! `replayer new NAME` makes. `docs/how-to/write-a-strategy.md` has the rest.
//!
//! # What is here
//!
//! | to | look at |
//! |---|---|
//! | write a bot | [`prelude`], and [`strategies`] for those that ship with the crate |
//! | test one | [`engine::testing`] |
//! | look at a run step by step | [`engine::session`] |
//! | read and play scenarios from a program | [`backtest::scenario`], [`backtest::run`] |
//! | read figures and verdicts | [`analysis::summary`] |
//! | have the command line, with your bots | [`cli::main`] |
//! | know what money, prices and rules are | [`model`] |
//!
//! That, as far as it is documented, is what versions promise to keep. The other rooms are public
//! so that the crate's own program, tests and benches reach them; they are not part of the promise
//! and not shown. `docs/architecture.md` is their map.
//!
//! ```text
//! source -> Ingest -> Advance -> Settle -> Decide -> Admit -> Fill -> Post -> Record -> journal
//! ```
//!
//! One run of the [`schedule`](engine::schedule) is one tick of every table; what happens at a tick
//! is written once, as pure functions on plain values, in [`model`].
//!
//! # Features
//!
//! `cli` (the command line), `live` (feeds, secrets, metrics), `browser` (live sessions in the page;
//! includes `live`), `demo` (the feed server and the demo site), `report` (pages), `parquet`.
//! Without any there are the model, the engine, the strategies and the backtest; `cli`, `parquet`
//! and `report` are there by default.

pub mod analysis;
pub mod backtest;
#[doc(hidden)]
pub mod base;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod bench;
#[cfg(feature = "cli")]
pub mod cli;
#[cfg(feature = "demo")]
#[doc(hidden)]
pub mod demo;
pub mod engine;
#[doc(hidden)]
pub mod feed;
#[doc(hidden)]
pub mod games;
#[cfg(feature = "live")]
#[doc(hidden)]
pub mod live;
pub mod model;
pub mod prelude;
pub mod strategies;

pub use base::error::Error;

/// The code of the how-to is compiled and run like that of the docs.
#[cfg(all(doctest, feature = "cli"))]
#[doc = include_str!("../docs/how-to/write-a-strategy.md")]
struct HowTo;
