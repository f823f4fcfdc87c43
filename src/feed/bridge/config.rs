//! The configuration of a client.

use std::time::Duration;

use super::address::Address;
use super::auth::Auth;
use super::censor::Censor;
use super::headers::Headers;
use super::proxy::ProxyRules;
use super::tls::Roots;
use super::transport::TransportMode;
use crate::base::error::Error;
use crate::base::runtime::backoff::BackoffBounds;
use crate::feed::socketio::ROOT;

/// Options that are the same for every server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BridgeOptions {
    /// Longest message accepted, in bytes: a longer one ends the connection.
    pub message_bytes_max: usize,
    /// How a session is carried.
    pub transport: TransportMode,
    /// Longest time from the first packet to the entry into the namespace.
    pub connect_timeout: Duration,
    /// Longest time that one address of the host is tried.
    pub address_timeout: Duration,
    /// Attempts in a row with an answer that will be the same again, such as HTTP 404, after which
    /// the client ends; ten times as many once there was a connection.
    pub tries: u32,
    /// The waits between attempts.
    pub backoff: BackoffBounds,
}

impl Default for BridgeOptions {
    /// Messages of up to 16 MiB, where the largest of the site's have half a megabyte
    /// (docs/spec/protocol.md#transport); 20 s to connect, at most 5 s for one address; three
    /// tries.
    fn default() -> Self {
        Self {
            message_bytes_max: 16 << 20,
            transport: TransportMode::default(),
            connect_timeout: Duration::from_secs(20),
            address_timeout: Duration::from_secs(5),
            tries: 3,
            backoff: BackoffBounds::default(),
        }
    }
}

/// All settings of a client.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where the server is.
    pub address: Address,
    /// The namespace to enter, with its leading slash.
    pub namespace: String,
    /// Credentials for the namespace.
    pub auth: Option<Auth>,
    /// Headers of every request.
    pub headers: Headers,
    /// Through which proxies feeds are reached.
    pub proxies: ProxyRules,
    /// Options that are the same for every server.
    pub options: BridgeOptions,
    /// The seed of the jitter of the waits: different for every client, so that clients that lost
    /// the same server do not reconnect in step.
    pub seed: u64,
    /// The certificates that identify a server.
    pub roots: Roots,
    /// Whether answers that will be the same again end the client after [`BridgeOptions::tries`];
    /// otherwise it goes on trying.
    pub gives_up: bool,
}

impl Config {
    /// The defaults for the server at a URL: no credentials, no proxy, the system's roots.
    ///
    /// # Errors
    /// [`crate::base::error::ErrorKind::Usage`] for anything but the URL of a Socket.IO server.
    pub fn new(url: &str, seed: u64) -> Result<Self, Error> {
        Ok(Self {
            address: url.parse()?,
            namespace: ROOT.to_owned(),
            auth: None,
            headers: Headers::default(),
            proxies: ProxyRules::default(),
            options: BridgeOptions::default(),
            seed,
            roots: Roots::Native,
            gives_up: true,
        })
    }

    /// What no message may show.
    pub(super) fn secrets(&self) -> Censor {
        let mut secrets = self.headers.secrets().clone();
        if let Some(auth) = &self.auth {
            secrets.extend(auth.secrets());
        }
        secrets
    }
}
