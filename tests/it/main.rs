//! Behaviour tests, one module per subject. They use the public interface only.

#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    unreachable_pub,
    reason = "helpers of tests are tests too"
)]

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![expect(clippy::print_stderr, reason = "a test that has nothing to do says so")]
#![expect(unreachable_pub, reason = "nobody uses a test binary: `pub` is for its other modules")]

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
mod scenarios;
mod session;
mod settlements;
mod strategies;
mod trades;
