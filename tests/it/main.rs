//! Behaviour tests, one module per subject. They use the public interface only.

#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    clippy::float_cmp,
    reason = "helpers of tests are tests too; floats are compared to the last bit"
)]

mod audit;
mod data;
mod games;
mod program;
mod words;

mod acceptance;
mod architecture;
mod capture;
mod columns;
mod determinism;
mod fairness;
mod ledger;
mod lookahead;
mod oracles;
mod page;
mod record;
mod recordings;
mod runs;
mod scenarios;
mod session;
mod settlements;
mod strategies;
mod summaries;
mod sweeps;
mod trades;
