//! The game's words as plain values, and its rules as pure functions on them.
//!
//! Nothing here knows a world (except that its values can be components), a clock, a file or a
//! random number. Every rule cites the heading of docs/spec that it was measured in; the stages of
//! the engine only move data between the world and these functions, so every driver shares one set
//! of rules.

pub mod account;
pub mod closed;
mod drawdown;
pub mod exit;
pub mod expectation;
pub mod game;
pub mod ids;
pub mod law;
pub mod number;
pub mod order;
pub mod posting;
pub mod price;
pub mod quantity;
pub mod quote;
pub mod refusals;
pub mod rounding;
pub mod rules;
pub mod setup;
pub mod sol;
pub mod streams;
pub mod support;
pub mod tape;
pub mod time;
pub mod wallet;
