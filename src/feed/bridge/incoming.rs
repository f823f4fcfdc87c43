//! The events that a client passes to its handler.

use std::time::{Duration, Instant};

use thiserror::Error;

use super::answer::HttpAnswer;
use crate::model::time::Moment;

/// The error with which a handler ends the client.
pub type Halt = crate::base::error::Error;

/// An event of the client, passed on in the order of occurrence.
#[derive(Debug, Clone, Copy)]
pub enum Incoming<'a> {
    /// The client is in its namespace; events follow.
    Connected {
        /// The session id that the server assigned.
        sid: &'a str,
        /// The number of attempts since the last connection, from 1.
        attempt: u32,
    },
    /// An event of the server.
    Message {
        /// Time of arrival, by the wall clock.
        at: Moment,
        /// Time of arrival, by the monotonic clock.
        arrived: Instant,
        /// The frame: `42…`. Only the part before its JSON was parsed.
        text: &'a str,
    },
    /// Time passed: sent twice a second while connected, so that silence is noticed.
    Beat {
        /// The current time, by the wall clock.
        at: Moment,
    },
    /// The connection was lost, or an attempt failed.
    Disconnected {
        /// The reason of the loss.
        why: &'a Why,
        /// Time until the next attempt.
        retry_in: Duration,
    },
}

/// Why there is no connection.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Why {
    /// The host cannot be reached.
    #[error("could not reach {host}: {error}")]
    Unreachable {
        /// The host and port that were dialled.
        host: String,
        /// The error of the system.
        error: String,
    },
    /// The host did not prove its identity, or does not speak TLS.
    #[error("no TLS with {host}: {error}")]
    Tls {
        /// Name of the host.
        host: String,
        /// The error of the TLS library.
        error: String,
    },
    /// The proxy does not pass us on to the host.
    #[error("the proxy {proxy} did not connect us: {error}")]
    Proxy {
        /// Host and port of the proxy.
        proxy: String,
        /// What it said, or what is wrong with it.
        error: String,
        /// Whether it would say the same again.
        lasting: bool,
    },
    /// The host answered with an HTTP status instead of a Socket.IO session.
    #[error("no Socket.IO server answered: {0}")]
    Answered(Box<HttpAnswer>),
    /// The host answered, but not as a Socket.IO server.
    #[error("no Socket.IO server answered: {0}")]
    Handshake(String),
    /// The server refused the namespace.
    #[error("the server refused namespace {namespace}: {message}")]
    Refused {
        /// The namespace that was requested.
        namespace: String,
        /// The reason in the server's words.
        message: String,
    },
    /// The attempt took too long.
    #[error("no connection within {0:?}")]
    Timeout(Duration),
    /// No ping arrived in time: the other side is gone, even if the network is up.
    #[error("no ping from the server for {0:?}")]
    Silent(Duration),
    /// A message exceeded the size limit.
    #[error("a message of {bytes} bytes, above the limit of {limit}")]
    Oversize {
        /// Its announced size, in bytes.
        bytes: usize,
        /// The limit, in bytes.
        limit: usize,
    },
    /// The server does not read what we send.
    #[error("{0} bytes are waiting to be sent, and the server reads none")]
    Congested(usize),
    /// The server closed the connection.
    #[error("the server closed the connection{0}")]
    Closed(String),
    /// Reading or writing the connection failed.
    #[error("the connection broke: {0}")]
    Broken(String),
}

impl Why {
    /// What to do about a reason that will be the same again, however often it is tried; `None` for
    /// one that may pass.
    #[must_use]
    pub fn advice(&self) -> Option<String> {
        match self {
            Self::Answered(answer) => answer.advice(),
            Self::Refused { .. } => Some(
                "check the namespace (`feed.namespace`) and the credentials for it \
                 (`feed.auth_secret`)"
                    .to_owned(),
            ),
            Self::Proxy { lasting: true, .. } => Some(
                "check the proxy (`feed.proxy`, or the variables http_proxy, https_proxy and \
                 all_proxy) and the credentials for it (`feed.proxy_secret`)"
                    .to_owned(),
            ),
            _ => None,
        }
    }
}
