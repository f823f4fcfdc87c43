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

pub mod browser;
mod clock;
mod edge;
mod event;
mod execution;
mod following;
mod gateway;
mod ingest;
mod meter;
pub mod monitor;
mod past;
mod session;

pub use edge::{Config, Edge, Follow};
pub use event::{SessionEvent, SessionObserver};
pub use execution::ExecutionConfig;
pub use gateway::ClickingSummary;
pub use ingest::SessionSummary;
pub use session::{FinishedSession, follow, play};
