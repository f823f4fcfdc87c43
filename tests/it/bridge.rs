//! The bridge against real servers: npm's `socket.io` 4, the reference implementation, and
//! listeners that are none. Everything on loopback.

mod acknowledgements;
mod carried;
mod delivery;
mod faults;
mod follower;
mod namespaces;
pub(crate) mod proxies;
mod redirects;
mod restarts;
pub(crate) mod server;
mod shutdown;
pub(crate) mod strangers;
mod tls;

use std::time::Duration;

use replayer::base::runtime::backoff::BackoffBounds;
use replayer::feed::bridge::{Config, TransportMode};

use crate::waiting::PATIENCE;

/// Every way to carry a session.
const MODES: [TransportMode; 3] =
    [TransportMode::Websocket, TransportMode::Polling, TransportMode::Upgrade];

/// A configuration of a client that does not wait long before it tries again.
fn impatient(url: &str) -> Config {
    let mut config = Config::new(url, 7).unwrap();
    config.options.backoff = BackoffBounds {
        first: Duration::from_millis(20),
        longest: Duration::from_millis(200),
        healthy: Duration::from_secs(60),
    };
    config
}
