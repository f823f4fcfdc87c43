//! A live session: the feed followed, recorded, played on paper and verified.
//!
//! ```text
//! connection (task) ─> Ear: listener ─┬─> recorder thread
//!                                     ├─> inbox of the world (bounded) ─> Tick ─> finished games
//!                                     └─> happenings: connections, levels, fairness
//! ```
//!
//! The world runs on the caller's thread and ends when it has its games, or when the edge lets go
//! of the channel. Nothing is dropped on the way: who cannot keep up ends the session with an error.

#[cfg(feature = "browser")]
mod arms;
#[cfg(feature = "browser")]
pub mod browser;
mod clicking;
mod clock;
#[cfg(feature = "browser")]
mod desk;
mod ear;
mod edge;
mod following;
mod happening;
mod meter;
pub mod monitor;
mod past;
mod session;
mod switch;
#[cfg(not(feature = "browser"))]
mod unarmed;

pub use arms::Arms;
pub use clicking::Clicking;
pub use ear::Closing;
pub use edge::{Config, Edge, Follow};
pub use happening::{Attendant, Happening};
pub use session::{Session, follow, play};
pub use switch::Switch;
#[cfg(not(feature = "browser"))]
use unarmed as arms;
