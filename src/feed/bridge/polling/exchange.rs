//! One connection for requests of a session, made again where the host has closed it.

use std::sync::Arc;

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1::{self, SendRequest};
use hyper::header::{ACCEPT, CONTENT_TYPE, HOST, HeaderValue};
use hyper::{Method, Request, Response, StatusCode, Uri};
use hyper_util::rt::TokioIo;
use tokio::task::JoinSet;

use crate::feed::bridge::attempt::Attempt;
use crate::feed::bridge::incoming::Why;

/// Most bytes of an answer that are read where no packets are expected.
const BODY_BYTES_MAX: usize = 64 << 10;

/// A connection for requests, one after the other.
pub(super) struct Exchange {
    attempt: Arc<Attempt>,
    sender: Option<SendRequest<Full<Bytes>>>,
    /// The connection at work; it ends with this value.
    connection: JoinSet<()>,
}

impl Exchange {
    pub(super) fn new(attempt: Arc<Attempt>) -> Self {
        Self { attempt, sender: None, connection: JoinSet::new() }
    }

    /// Asks for the next packets.
    pub(super) async fn get(&mut self, sid: Option<&str>) -> Result<Response<Incoming>, Why> {
        self.ask(Method::GET, sid, Bytes::new()).await
    }

    /// Sends packets to the server.
    pub(super) async fn post(&mut self, sid: &str, packets: Bytes) -> Result<(), Why> {
        let answer = self.ask(Method::POST, Some(sid), packets).await?;
        // Read to its end, so that the connection can be used again.
        drop(beginning(answer.into_body()).await);
        Ok(())
    }

    async fn ask(
        &mut self,
        method: Method,
        sid: Option<&str>,
        body: Bytes,
    ) -> Result<Response<Incoming>, Why> {
        let request = self.request(method, sid, body)?;
        let mut kept = self.sender.take();
        if let Some(sender) = &mut kept
            && sender.ready().await.is_err()
        {
            kept = None;
        }
        let mut sender = match kept {
            Some(sender) => sender,
            None => self.connect().await?,
        };
        let answer = sender.send_request(request).await;
        let answer = answer.map_err(|error| Why::Broken(error.to_string()))?;
        self.sender = Some(sender);
        self.attempt.jar.keep(answer.headers());
        if answer.status() == StatusCode::OK {
            return Ok(answer);
        }
        let (head, body) = answer.into_parts();
        let said = beginning(body).await;
        Err(self.attempt.answered(head.status, &head.headers, &said))
    }

    async fn connect(&mut self) -> Result<SendRequest<Full<Bytes>>, Why> {
        let stream = self.attempt.dialer.connect(&self.attempt.address).await?;
        let shaken = http1::handshake(TokioIo::new(stream)).await;
        let (sender, connection) = shaken.map_err(|error| Why::Broken(error.to_string()))?;
        self.connection.abort_all();
        self.connection = JoinSet::new();
        // How it ends is told by the requests on it.
        self.connection.spawn(async move { drop(connection.await) });
        Ok(sender)
    }

    fn request(
        &self,
        method: Method,
        sid: Option<&str>,
        body: Bytes,
    ) -> Result<Request<Full<Bytes>>, Why> {
        let wrong = |error: String| Why::Handshake(error);
        let address = &self.attempt.address;
        let whole = address.polling(sid);
        let path = whole.path_and_query().map_or("/", |path| path.as_str());
        let uri: Uri = path.parse().map_err(|_| wrong(format!("{path} cannot be asked for")))?;
        let host = HeaderValue::from_str(address.authority().as_str());
        let sends = method == Method::POST;
        let mut request = Request::new(Full::new(body));
        *request.method_mut() = method;
        *request.uri_mut() = uri;
        let headers = request.headers_mut();
        headers.insert(HOST, host.map_err(|error| wrong(error.to_string()))?);
        headers.insert(ACCEPT, HeaderValue::from_static("*/*"));
        if sends {
            let text = HeaderValue::from_static("text/plain;charset=UTF-8");
            headers.insert(CONTENT_TYPE, text);
        }
        self.attempt.headers.put(headers, &self.attempt.jar);
        Ok(request)
    }
}

/// What an answer says, if that is not too much.
async fn beginning(body: Incoming) -> Bytes {
    let read = Limited::new(body, BODY_BYTES_MAX).collect().await;
    read.map(http_body_util::Collected::to_bytes).unwrap_or_default()
}
