//! The sections of a page, one file per subject.

mod bots;
pub(super) mod comparison;
mod curves;
mod ends;
mod exits;
mod forest;
mod game;
mod inputs;
mod lives;
mod map;
mod refusals;
mod reproduce;
pub(super) mod run;
mod spread;
pub(super) mod sweep;
mod verdict;
