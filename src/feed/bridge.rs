//! The client of a feed: it holds a connection to a Socket.IO server and passes on its events, in
//! order. It knows no world and no game.
//!
//! ```text
//! address ─> wire ─> greet ─> session ─┬─> handler: Connected, Message…, Disconnected
//!    ^                                 │
//!    └────── backoff <── lost ─────────┘   stop, at any point: ended within milliseconds
//! ```
//!
//! Configured by a [`Config`]; the handler is a function of the caller that puts what it receives
//! into a bounded channel. [`Runtime`](crate::base::runtime::Runtime) provides the
//! threads of tasks, [`Shutdown`](crate::base::runtime::Shutdown) ends them.

mod address;
mod answer;
mod attempt;
mod auth;
mod censor;
mod client;
mod config;
mod counters;
mod dial;
mod greet;
mod headers;
mod incoming;
mod link;
mod outbox;
mod polling;
mod proxy;
mod race;
mod session;
mod standby;
mod tls;
mod transport;
mod websocket;
mod wire;

pub use address::Address;
pub use answer::HttpAnswer;
pub use auth::Auth;
pub use client::Client;
pub use config::{BridgeOptions, Config};
pub use counters::{ConnectionCounters, ConnectionCounts};
pub use headers::Headers;
pub use incoming::{Halt, Incoming, Why};
pub use outbox::{EmitError, Emitter, Reply, ReplyError};
pub use proxy::{NO_PROXY, ProxyRules};
pub use standby::{Call, Standby};
pub use tls::Roots;
pub use transport::TransportMode;
