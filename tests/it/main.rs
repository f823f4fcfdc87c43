//! Behaviour tests, one module per subject. They use the public interface only.

#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    clippy::float_cmp,
    unreachable_pub,
    reason = "helpers of tests are tests too"
)]

mod audit;
mod data;
mod games;
mod words;

mod acceptance;
mod architecture;
mod determinism;
mod fairness;
mod ledger;
mod recordings;
mod runs;
mod scenarios;
mod session;
mod settlements;
mod strategies;
mod trades;
