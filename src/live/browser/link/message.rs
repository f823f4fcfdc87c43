//! What a browser says without being asked.

use std::fmt;
use std::time::Instant;

use chromiumoxide::Method;
use chromiumoxide::types::{EventMessage, MethodId};
use serde::Deserialize;
use serde_json::Value;

use crate::model::time::Moment;

/// An event as it comes. Its parameters are read later and only where they are wanted, so that a
/// value that is new to us costs nothing (docs/spec/browser.md#the-library).
#[derive(Deserialize)]
pub(super) struct RawMessage {
    method: MethodId,
    #[serde(rename = "sessionId", default)]
    session: Option<String>,
    #[serde(default)]
    params: Value,
}

impl fmt::Debug for RawMessage {
    /// Without what is in it: frames and headers are nobody's business.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Raw({})", self.method)
    }
}

impl Method for RawMessage {
    fn identifier(&self) -> MethodId {
        self.method.clone()
    }
}

impl EventMessage for RawMessage {
    fn session_id(&self) -> Option<&str> {
        self.session.as_deref()
    }
}

/// An event, and when it arrived.
pub(in crate::live::browser) struct DevtoolsEvent {
    /// The name of the event, `Domain.event`.
    pub(in crate::live::browser) method: MethodId,
    /// The session of the page that it is about; none for the browser's own.
    pub(in crate::live::browser) session: Option<String>,
    /// The parameters of the event, unread.
    pub(in crate::live::browser) params: Value,
    /// When it arrived, by the wall clock.
    pub(in crate::live::browser) at: Moment,
    /// The same moment, to measure from.
    pub(in crate::live::browser) arrived: Instant,
}

impl DevtoolsEvent {
    pub(super) fn new(raw: RawMessage, at: Moment, arrived: Instant) -> Self {
        let RawMessage { method, session, params } = raw;
        Self { method, session, params, at, arrived }
    }
}

impl fmt::Debug for DevtoolsEvent {
    /// Without what is in it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Event({})", self.method)
    }
}
