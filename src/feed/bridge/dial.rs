//! From an address to an open WebSocket: TCP, TLS where required, the upgrade.

use std::sync::Arc;

use rustls::ClientConfig;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::error::Error as WsError;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{Connector, MaybeTlsStream, WebSocketStream, client_async_tls_with_config};

use super::address::Address;
use super::answer::HttpAnswer;
use super::incoming::Why;

/// A WebSocket, with or without TLS.
pub(super) type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Opens a WebSocket. It may take as long as the network does: the caller sets the limit.
pub(super) async fn dial(
    address: &Address,
    tls: Option<&Arc<ClientConfig>>,
    message_bytes_max: usize,
) -> Result<Socket, Why> {
    let host = || format!("{}:{}", address.host(), address.port());
    let unreachable =
        |error: std::io::Error| Why::Unreachable { host: host(), error: error.to_string() };
    let stream = TcpStream::connect((address.host(), address.port())).await.map_err(unreachable)?;
    // Pongs and acknowledgements are small, and the server waits for each.
    stream.set_nodelay(true).map_err(unreachable)?;
    let limits = WebSocketConfig::default()
        .max_message_size(Some(message_bytes_max))
        .max_frame_size(Some(message_bytes_max));
    let connector = tls.map_or(Connector::Plain, |config| Connector::Rustls(Arc::clone(config)));
    let (socket, _) =
        client_async_tls_with_config(address.uri(), stream, Some(limits), Some(connector))
            .await
            .map_err(|error| refusal(error, host))?;
    Ok(socket)
}

/// The reason why the WebSocket was not opened.
fn refusal(error: WsError, host: impl Fn() -> String) -> Why {
    match error {
        WsError::Http(response) => Why::Answered(HttpAnswer::of(&response)),
        WsError::Io(error) => {
            let tls = error
                .get_ref()
                .is_some_and(<dyn std::error::Error + Send + Sync>::is::<rustls::Error>);
            let text = error.to_string();
            if tls { Why::Tls { host: host(), error: text } } else { Why::Broken(text) }
        }
        WsError::Tls(error) => Why::Tls { host: host(), error: error.to_string() },
        other => Why::Handshake(other.to_string()),
    }
}
