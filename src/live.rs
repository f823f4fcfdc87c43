//! A live session: the feed followed, recorded, played on paper and verified.
//!
//! ```text
//! connection (task) ─> FeedIngest: listener ─┬─> recorder thread
//!                                     ├─> inbox of the world (bounded) ─> Tick ─> finished games
//!                                     └─> events: connections, levels, fairness
//! ```
//!
//! The world runs on the caller's thread and ends when it has its games, or when the edge lets go
//! of the channel. Nothing is dropped on the way: who cannot keep up ends the session with an error.

#[cfg(feature = "browser")]
pub mod browser;
mod clicking;
mod edge;
mod event;
#[cfg(feature = "browser")]
mod execution;
mod following;
#[cfg(feature = "browser")]
mod gateway;
mod ingest;
mod meter;
pub mod monitor;
pub mod orders;
mod past;
mod session;
mod switch;
#[cfg(not(feature = "browser"))]
mod unarmed;

pub use clicking::ClickingSummary;
pub use edge::{Config, Edge, Follow, OnDisarm, OnStop};
pub use event::{SessionEvent, SessionObserver};
pub use execution::ExecutionConfig;
pub use ingest::SessionSummary;
pub use session::{FinishedSession, follow, play};
pub use switch::ArmSwitch;
#[cfg(not(feature = "browser"))]
use unarmed as execution;
