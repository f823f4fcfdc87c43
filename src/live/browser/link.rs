//! The line to a browser: commands out, answers and events in, in the order in which they came.
//!
//! It is chromiumoxide's connection and the types of its commands, without its `Handler`, which
//! joins every tab that it hears of, closes those that it cannot set up, and sorts events of
//! different kinds into queues of their own
//! (docs/decisions/0014-the-browser-by-chromiumoxides-connection.md). One task drives it; when the
//! line breaks, the task ends, every wait with it, and says why.

mod driver;
mod message;

use std::fmt;
use std::time::Duration;

use chromiumoxide::cdp::browser_protocol::target::SessionId;
use chromiumoxide::{Command, Connection};
use serde_json::Value;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::endpoint::Endpoint;
use driver::{CallResult, DriverCommand};
pub(super) use message::DevtoolsEvent;

/// Longest time to connect: it is this machine.
const CONNECT: Duration = Duration::from_secs(5);

/// Events that may wait to be taken. One more ends the line: none is left out in silence.
const EVENTS: usize = 65_536;

/// What sends commands. Its clones send over the same line.
#[derive(Debug, Clone)]
pub(super) struct DevtoolsLink(mpsc::UnboundedSender<DriverCommand>);

/// The other end: what comes from the browser. Dropped, the line is closed.
#[derive(Debug)]
pub(super) struct DevtoolsEvents {
    events: mpsc::Receiver<DevtoolsEvent>,
    driver: JoinHandle<String>,
}

impl DevtoolsLink {
    /// Connects to a browser. No origin is named, which only web pages do.
    ///
    /// # Errors
    /// Why there is no connection.
    pub(super) async fn connect(endpoint: &Endpoint) -> Result<(Self, DevtoolsEvents), String> {
        let connection = timeout(CONNECT, Connection::connect(endpoint.url()))
            .await
            .map_err(|_| format!("no connection within {CONNECT:?}"))?
            .map_err(|error| error.to_string())?;
        let (orders, wanted) = mpsc::unbounded_channel();
        let (heard, events) = mpsc::channel(EVENTS);
        let driver = tokio::spawn(driver::drive(connection, wanted, heard));
        Ok((Self(orders), DevtoolsEvents { events, driver }))
    }

    /// Sends a command, to the browser or to a page of it. What is sent one after the other arrives
    /// one after the other, whether or not the answers are waited for.
    pub(super) fn send<C: Command>(
        &self,
        session: Option<&SessionId>,
        command: &C,
    ) -> DevtoolsReply {
        let (reply, answer) = oneshot::channel();
        let params = serde_json::to_value(command).unwrap_or_default();
        let method = command.identifier();
        // When the driver is gone, the answer says so.
        let _ = self.0.send(DriverCommand { method, session: session.cloned(), params, reply });
        DevtoolsReply(answer)
    }

    /// Sends a command and waits for its answer.
    ///
    /// # Errors
    /// Why there is none, or what is wrong with it.
    pub(super) async fn ask<C: Command>(
        &self,
        session: Option<&SessionId>,
        command: &C,
        patience: Duration,
    ) -> Result<Value, CallError> {
        self.send(session, command).within(patience).await
    }
}

impl DevtoolsEvents {
    /// The next event; nothing when the line is broken. Cancel safe.
    pub(super) async fn next(&mut self) -> Option<DevtoolsEvent> {
        self.events.recv().await
    }

    /// Why the line is broken.
    pub(super) async fn why(&mut self) -> String {
        match (&mut self.driver).await {
            Ok(why) => why,
            Err(error) => format!("the driver of the line died: {error}"),
        }
    }
}

impl Drop for DevtoolsEvents {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

/// An answer that is on its way.
#[derive(Debug)]
#[must_use = "nobody knows whether it worked"]
pub(super) struct DevtoolsReply(oneshot::Receiver<CallResult>);

impl DevtoolsReply {
    /// Waits for it.
    ///
    /// # Errors
    /// Why there is none, or what the browser has against the command.
    pub(super) async fn within(self, patience: Duration) -> Result<Value, CallError> {
        match timeout(patience, self.0).await {
            Ok(Ok(answer)) => answer.map_err(CallError::Refused),
            Ok(Err(_)) => Err(CallError::Lost),
            Err(_) => Err(CallError::Timeout(patience)),
        }
    }
}

/// Why a command has no result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum CallError {
    /// No answer in time.
    Timeout(Duration),
    /// The connection to the browser broke.
    Lost,
    /// The browser's own words.
    Refused(String),
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Timeout(patience) => write!(f, "no answer within {patience:?}"),
            Self::Lost => f.write_str("the line to the browser broke"),
            Self::Refused(why) => f.write_str(why),
        }
    }
}
