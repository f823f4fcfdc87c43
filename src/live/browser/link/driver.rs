//! The task that drives a line: writes orders, hands answers to who waits and events to who
//! listens.

use chromiumoxide::Connection;
use chromiumoxide::cdp::browser_protocol::target::SessionId;
use chromiumoxide::error::CdpError;
use chromiumoxide::types::{CallId, Message, MethodId, Response};
use futures_util::StreamExt;
use serde_json::Value;
use tokio::sync::{mpsc, oneshot};

use super::message::{DevtoolsEvent, RawMessage};
use crate::base::clock;

/// What became of a command: its result, or the browser's words against it.
pub(super) type CallResult = Result<Value, String>;

/// A command that is to be sent.
pub(super) struct DriverCommand {
    pub(super) method: MethodId,
    pub(super) session: Option<SessionId>,
    pub(super) params: Value,
    pub(super) reply: oneshot::Sender<CallResult>,
}

/// Who waits for which answer: a handful at a time.
type Waiting = Vec<(CallId, oneshot::Sender<CallResult>)>;

/// Drives a line until it breaks or nobody needs it; returns why. Callers that wait for an answer
/// are then told at once, because the other end of the channel is dropped here.
pub(super) async fn drive(
    mut connection: Connection<RawMessage>,
    mut orders: mpsc::UnboundedReceiver<DriverCommand>,
    events: mpsc::Sender<DevtoolsEvent>,
) -> String {
    let mut waiting = Waiting::new();
    loop {
        // Fair: neither a flood of frames nor one of commands keeps the other waiting.
        let message = tokio::select! {
            order = orders.recv() => match order {
                Some(order) => {
                    submit(&mut connection, &mut waiting, order);
                    continue;
                }
                None => return "nobody needs it".to_owned(),
            },
            message = connection.next() => message,
        };
        match message {
            Some(Ok(Message::Response(response))) => answer(&mut waiting, response),
            Some(Ok(Message::Event(raw))) => {
                let (at, arrived) = clock::now();
                if events.try_send(DevtoolsEvent::new(raw, at, arrived)).is_err() {
                    return "nobody takes its events".to_owned();
                }
            }
            // One message that is none: nothing that we know of is lost with it.
            Some(Err(CdpError::InvalidMessage(text, _))) => {
                tracing::debug!(bytes = text.len(), "no message of the protocol");
            }
            Some(Err(error)) => return error.to_string(),
            None => return "the browser closed it".to_owned(),
        }
    }
}

fn submit(connection: &mut Connection<RawMessage>, waiting: &mut Waiting, order: DriverCommand) {
    // Those who gave up waiting.
    waiting.retain(|(_, reply)| !reply.is_closed());
    let DriverCommand { method, session, params, reply } = order;
    match connection.submit_command(method, session, params) {
        Ok(id) => waiting.push((id, reply)),
        Err(error) => drop(reply.send(Err(error.to_string()))),
    }
}

fn answer(waiting: &mut Waiting, response: Response) {
    let Some(at) = waiting.iter().position(|(id, _)| *id == response.id) else { return };
    let (_, reply) = waiting.swap_remove(at);
    let answer = match response.error {
        Some(error) => Err(error.message),
        None => Ok(response.result.unwrap_or_default()),
    };
    // Who gave up waiting does not want to know.
    let _ = reply.send(answer);
}
