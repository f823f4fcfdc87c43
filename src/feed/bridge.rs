//! The edge of the engine: the only place with async code. It holds connections to the outside and
//! hands over what comes through them, in order; it knows no world and no game.
//!
//! ```text
//! address ─> dial ─> greet ─> session ─┬─> handler: Connected, Message…, Disconnected
//!    ^                                 │
//!    └────── backoff <── lost ─────────┘   stop, at any point: ended within milliseconds
//! ```
//!
//! Fed by a [`Config`]; the handler is a function of the caller's that puts what it hears into a
//! bounded channel. [`Runtime`] gives tasks their threads, [`Shutdown`] ends them.

mod address;
mod auth;
mod client;
mod config;
mod counters;
mod dial;
mod greet;
mod incoming;
mod link;
mod outbox;
mod session;
mod standby;
mod tls;

pub use address::Address;
pub use auth::Auth;
pub use client::Client;
pub use config::{Config, Options};
pub use counters::{ConnectionCounters, ConnectionCounts};
pub use incoming::{Halt, Incoming, Why};
pub use outbox::{EmitError, Emitter, Reply, ReplyError};
pub use standby::{Call, Standby};
pub use tls::Roots;
