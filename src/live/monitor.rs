//! What a live session shows of itself while it goes on: metrics for Prometheus, and its health.
//!
//! ```text
//! ingest, world, order gateway ─> Board (atomics, one writer each) ─┐
//! recorders, switch, process ─> asked at a scrape ──────┴─> /metrics  /healthz  /readyz
//! ```
//!
//! Whoever does the work writes to the [`Board`] and never waits; what others keep already is read when
//! somebody asks. The [`Monitor`] serves both, on a thread of its own. What the names mean:
//! `docs/how-to/monitoring.md`.

pub mod board;
mod heartbeat;
mod histogram;
mod log;
#[cfg(target_os = "linux")]
mod process;
mod recordings;
mod server;
mod shelf;

pub use board::Board;
pub use heartbeat::Heartbeat;
pub use histogram::Histogram;
pub use server::Monitor;
