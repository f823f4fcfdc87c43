//! Behaviour tests, one module per subject. They use the public interface only.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![expect(clippy::print_stderr, reason = "a test that has nothing to do says so")]
#![expect(unreachable_pub, reason = "nobody uses a test binary: `pub` is for its other modules")]

mod architecture;
mod audit;
mod data;
mod games;
mod words;

mod acceptance;
mod fairness;
mod ledger;
mod recordings;
mod scenarios;
mod session;
mod settlements;
mod trades;
