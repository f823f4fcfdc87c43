//! Behaviour tests, one module per subject. They use the public interface only.

#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    clippy::float_cmp,
    reason = "helpers of tests are tests too; floats are compared to the last bit"
)]

mod audit;
mod campaign;
mod data;
mod flipped;
mod games;
mod history;
mod interrupts;
mod machine;
mod mutated;
mod program;
mod waiting;
mod words;

mod acceptance;
mod architecture;
mod bridge;
mod browser;
mod browser_controls;
mod capture;
mod columns;
mod config;
mod decisions;
mod demo_site;
mod determinism;
mod docs;
mod exits;
mod fairness;
mod faults;
mod feed;
mod feed_server;
mod fuzzed;
mod ledger;
mod live;
mod lookahead;
mod new;
mod oracles;
mod orders;
mod page;
mod printed;
mod record;
mod recordings;
mod registered;
mod rollback;
mod runs;
mod scenarios;
mod secrets;
mod session;
mod settlements;
mod socketio;
mod sources;
mod strategies;
mod summaries;
mod sweeps;
mod terminal;
mod trades;
mod values;
