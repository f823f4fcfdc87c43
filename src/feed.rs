//! The live feed as facts: what the public stream reports of its games, in the order of the game.
//!
//! ```text
//! event, payload -> frame -> machine -> facts -> world, recorder
//!                               |          |
//!                           anomalies   fairness
//!                               └-> integrity -> closed
//! ```
//!
//! Bytes go in and facts come out. Nothing here knows a socket, a thread or a clock: the time of
//! arrival comes with each message (docs/spec/protocol.md, docs/spec/game.md#phases). [`Listener`]
//! combines the parts; a connection calls it.

pub mod anomaly;
#[cfg(feature = "live")]
pub mod bridge;
pub mod capture;
pub mod census;
pub mod event;
pub mod fact;
pub mod fairness;
pub mod frame;
pub mod integrity;
pub mod latency;
pub mod listener;
pub mod machine;
pub mod record;
pub mod socketio;
mod words;

pub use anomaly::Anomaly;
pub use fact::{Fact, Heard};
pub use integrity::{FeedLevel, Thresholds};
pub use listener::{Listener, Notice};
pub use machine::Machine;
