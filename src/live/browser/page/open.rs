//! A page that is open, over a line.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chromiumoxide::cdp::browser_protocol::input::{
    DispatchMouseEventParams, DispatchMouseEventType, MouseButton,
};
use chromiumoxide::cdp::browser_protocol::page::{
    CaptureScreenshotFormat, CaptureScreenshotParams, Viewport,
};
use chromiumoxide::cdp::browser_protocol::target::SessionId;
use chromiumoxide::cdp::js_protocol::runtime::{
    CallArgument, CallFunctionOnParams, RemoteObjectId,
};
use serde_json::Value;

use super::{Fault, Page};
use crate::live::browser::link::{CallError, DevtoolsLink};

/// Longest time for a call and for a click: some milliseconds are usual
/// (docs/spec/browser.md#clicks).
const PATIENCE: Duration = Duration::from_secs(5);

/// The number of the document that there is now. Who holds a [`Ticket`] to another one is late.
pub(in crate::live::browser) type Current = Arc<AtomicU32>;

/// The right to one document: its number, and where to look whether it is still the one.
#[derive(Debug, Clone)]
pub(in crate::live::browser) struct Ticket {
    pub(in crate::live::browser) epoch: u32,
    pub(in crate::live::browser) current: Current,
}

impl Ticket {
    fn is_valid(&self) -> bool {
        self.current.load(Ordering::Acquire) == self.epoch
    }
}

/// A document in a browser. Its clones are the same document.
#[derive(Debug, Clone)]
pub struct OpenPage {
    link: DevtoolsLink,
    session: SessionId,
    /// The global object of our world in the document. Unlike the number of a context, which a page in
    /// another process may have too, it names one document and no other.
    world: RemoteObjectId,
    ticket: Ticket,
}

impl OpenPage {
    pub(in crate::live::browser) const fn new(
        link: DevtoolsLink,
        session: SessionId,
        world: RemoteObjectId,
        ticket: Ticket,
    ) -> Self {
        Self { link, session, world, ticket }
    }

    /// Refuses to send anything to a document that is gone.
    fn checked(&self) -> Result<(), Fault> {
        if self.ticket.is_valid() {
            return Ok(());
        }
        Err(Fault::Gone(format!("document {} was replaced", self.ticket.epoch)))
    }

    /// A part of the viewport as a PNG: left, top, width and height in CSS pixels.
    ///
    /// # Errors
    /// Like [`Page::screenshot`].
    pub(in crate::live::browser) async fn picture_of(
        &self,
        [x, y, width, height]: [f64; 4],
    ) -> Result<Vec<u8>, Fault> {
        self.picture(Some(Viewport { x, y, width, height, scale: 1.0 })).await
    }

    async fn picture(&self, clip: Option<Viewport>) -> Result<Vec<u8>, Fault> {
        self.checked()?;
        let format = Some(CaptureScreenshotFormat::Png);
        let params = CaptureScreenshotParams { format, clip, ..Default::default() };
        let answer = self.link.ask(Some(&self.session), &params, PATIENCE * 2).await?;
        let data = answer.get("data").and_then(Value::as_str).unwrap_or_default();
        STANDARD.decode(data).map_err(|error| Fault::Refused(format!("no picture: {error}")))
    }

    fn mouse(&self, kind: DispatchMouseEventType, x: f64, y: f64) -> DispatchMouseEventParams {
        let mut event = DispatchMouseEventParams::new(kind.clone(), x, y);
        if kind != DispatchMouseEventType::MouseMoved {
            event.button = Some(MouseButton::Left);
            event.click_count = Some(1);
            event.buttons = Some(i64::from(kind == DispatchMouseEventType::MousePressed));
        }
        event
    }
}

impl Page for OpenPage {
    async fn call(&self, function: &'static str, argument: &Value) -> Result<Value, Fault> {
        self.checked()?;
        // The argument travels as data and is never part of a script.
        let mut given = CallArgument::builder().build();
        given.value = Some(argument.clone());
        let mut call = CallFunctionOnParams::new(function);
        call.arguments = Some(vec![given]);
        // The world belongs to the document: in another one the browser finds none.
        call.object_id = Some(self.world.clone());
        call.return_by_value = Some(true);
        call.await_promise = Some(true);
        let answer = self.link.ask(Some(&self.session), &call, PATIENCE).await;
        match answer {
            Ok(answer) => result(answer),
            Err(CallError::Refused(why)) if is_end_of_world(&why) => Err(Fault::Gone(why)),
            Err(error) => Err(error.into()),
        }
    }

    async fn click(&self, x: f64, y: f64) -> Result<(), Fault> {
        self.checked()?;
        if !(x.is_finite() && y.is_finite()) {
            return Err(Fault::Refused("a click at no place".to_owned()));
        }
        use DispatchMouseEventType::{MouseMoved, MousePressed, MouseReleased};
        let replies = [MouseMoved, MousePressed, MouseReleased]
            .map(|kind| self.link.send(Some(&self.session), &self.mouse(kind, x, y)));
        for reply in replies {
            reply.within(PATIENCE).await.map_err(|error| Fault::Unknown(error.to_string()))?;
        }
        // Sent to this document; whether it arrived there, nobody can say.
        self.checked().map_err(|fault| Fault::Unknown(fault.to_string()))
    }

    async fn screenshot(&self) -> Result<Vec<u8>, Fault> {
        self.picture(None).await
    }

    fn epoch(&self) -> u32 {
        self.ticket.epoch
    }
}

/// What a function returned, or that it threw.
fn result(mut answer: Value) -> Result<Value, Fault> {
    if let Some(thrown) = answer.get("exceptionDetails") {
        let text = |path: &str| thrown.pointer(path).and_then(Value::as_str);
        let words = text("/exception/description").or_else(|| text("/text")).unwrap_or_default();
        // The first line: what follows is where it happened.
        return Err(Fault::Script(words.lines().next().unwrap_or_default().to_owned()));
    }
    Ok(answer.pointer_mut("/result/value").map(Value::take).unwrap_or_default())
}

/// Whether the browser says that there is no such document or page.
fn is_end_of_world(why: &str) -> bool {
    [
        "Cannot find context",
        "Could not find object",
        "context was destroyed",
        "Session with given id",
        "Inspected target",
    ]
    .iter()
    .any(|words| why.contains(words))
}

impl From<CallError> for Fault {
    fn from(error: CallError) -> Self {
        match error {
            CallError::Timeout(_) => Self::Timeout,
            CallError::Lost => Self::Gone(error.to_string()),
            CallError::Refused(why) => Self::Refused(why),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_result_is_its_value_and_what_was_thrown_is_told_in_one_line() {
        let value = result(json!({ "result": { "type": "number", "value": 7 } }));
        assert_eq!(value, Ok(json!(7)));
        assert_eq!(result(json!({ "result": { "type": "undefined" } })), Ok(Value::Null));
        let thrown = json!({ "result": {}, "exceptionDetails": { "text": "Uncaught",
            "exception": { "description": "Error: no button\n    at <anonymous>:1:1" } } });
        assert_eq!(result(thrown), Err(Fault::Script("Error: no button".to_owned())));
        let thrown = json!({ "result": {}, "exceptionDetails": { "text": "Uncaught" } });
        assert_eq!(result(thrown), Err(Fault::Script("Uncaught".to_owned())));
    }
}
