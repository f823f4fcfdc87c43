//! A WebSocket to a server.

use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::error::{CapacityError, Error as WsError};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

use super::attempt::Attempt;
use super::dial::Stream;
use super::incoming::Why;

/// A WebSocket, with or without TLS.
pub(super) type Socket = WebSocketStream<Stream>;

/// Opens a WebSocket, for a session of its own or for one that polls. It may take as long as the
/// network does: the caller sets the limit.
pub(super) async fn open(attempt: &Attempt, sid: Option<&str>) -> Result<Socket, Why> {
    let wrong = |error: WsError| refusal(&error, attempt);
    let mut request = attempt.address.websocket(sid).into_client_request().map_err(wrong)?;
    attempt.headers.put(request.headers_mut(), &attempt.jar);
    let stream = attempt.dialer.connect(&attempt.address).await?;
    let limits = WebSocketConfig::default()
        .max_message_size(Some(attempt.message_bytes_max))
        .max_frame_size(Some(attempt.message_bytes_max));
    let (socket, _) =
        client_async_with_config(request, stream, Some(limits)).await.map_err(wrong)?;
    Ok(socket)
}

/// The reason why the WebSocket was not opened.
fn refusal(error: &WsError, attempt: &Attempt) -> Why {
    match error {
        WsError::Http(answer) => {
            let body = answer.body().as_deref().unwrap_or_default();
            attempt.answered(answer.status(), answer.headers(), body)
        }
        WsError::Io(error) => Why::Broken(error.to_string()),
        other => Why::Handshake(other.to_string()),
    }
}

/// The reason why an open WebSocket was lost.
pub(super) fn lost(error: &WsError) -> Why {
    match error {
        WsError::Capacity(CapacityError::MessageTooLong { size, max_size }) => {
            Why::Oversize { bytes: *size, limit: *max_size }
        }
        WsError::ConnectionClosed | WsError::AlreadyClosed => Why::Closed(String::new()),
        other => Why::Broken(other.to_string()),
    }
}
