//! What a live session shows of itself while it goes on: metrics for Prometheus, and its health.
//!
//! ```text
//! ingest, world, order gateway ─> Metrics (atomics, one writer each) ─┐
//! recorders, switch, process ─> asked at a scrape ──────┴─> /metrics  /healthz  /readyz
//! ```
//!
//! The code that does the work writes to the [`Metrics`] and never waits; what others keep already
//! is read when somebody asks. The [`Monitor`] serves both, on a thread of its own. What the names
//! mean: `docs/how-to/monitoring.md`.

mod heartbeat;
mod histogram;
mod hosts;
mod log;
pub mod metrics;
#[cfg(target_os = "linux")]
mod process;
mod recordings;
mod registry;
mod server;
mod silence;

pub use heartbeat::Heartbeat;
pub use histogram::LatencyHistogram;
pub use hosts::HostNames;
pub use metrics::Metrics;
pub use server::Monitor;
