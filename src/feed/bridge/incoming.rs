//! What a client hands to its caller.

use std::time::{Duration, Instant};

use thiserror::Error;

use crate::model::time::Moment;

/// What a handler returns to end the client: the error that it ends with.
pub type Halt = crate::base::error::Error;

/// What a client hands over, in the order in which it happened.
#[derive(Debug, Clone, Copy)]
pub enum Incoming<'a> {
    /// The client is in its namespace; events follow.
    Connected {
        /// The name that the server gave to this presence.
        sid: &'a str,
        /// The attempts that it took since the last connection, from 1.
        attempt: u32,
    },
    /// An event.
    Message {
        /// When it arrived, by the wall clock.
        at: Moment,
        /// The same moment, to measure from.
        arrived: Instant,
        /// The frame: `42…`. Only what stands before its JSON was looked at.
        text: &'a str,
    },
    /// Time passed: twice a second while there is a connection, whatever else comes, so that
    /// silence is noticed.
    Beat {
        /// Now, by the wall clock.
        at: Moment,
    },
    /// The connection was lost, or an attempt to make one failed.
    Disconnected {
        /// Why.
        why: &'a Why,
        /// The next attempt comes after so long.
        retry_in: Duration,
    },
}

/// Why there is no connection.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Why {
    /// No way to the host.
    #[error("could not reach {host}: {error}")]
    Unreachable {
        /// Host and port.
        host: String,
        /// What the system says.
        error: String,
    },
    /// The host did not prove that it is who it should be, or does not speak TLS.
    #[error("no TLS with {host}: {error}")]
    Tls {
        /// The host.
        host: String,
        /// What is wrong.
        error: String,
    },
    /// The host answered, but not as a Socket.IO server does.
    #[error("no Socket.IO server answered: {0}")]
    Handshake(String),
    /// The namespace was not opened to us.
    #[error("the server refused namespace {namespace}: {message}")]
    Refused {
        /// Which.
        namespace: String,
        /// In the server's words.
        message: String,
    },
    /// The attempt took too long.
    #[error("no connection within {0:?}")]
    Timeout(Duration),
    /// No ping came in time: the other side is gone, whatever the network says.
    #[error("no ping from the server for {0:?}")]
    Silent(Duration),
    /// A message was above the limit.
    #[error("a message of {bytes} bytes, above the limit of {limit}")]
    Oversize {
        /// Its size, as announced.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
    /// The server does not take what we send.
    #[error("{0} bytes wait to be sent, and the server takes none")]
    Congested(usize),
    /// The server said goodbye.
    #[error("the server closed the connection{0}")]
    Closed(String),
    /// The connection broke.
    #[error("the connection broke: {0}")]
    Broken(String),
}
