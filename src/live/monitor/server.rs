//! The server: metrics and health over HTTP, on a thread of its own.
//!
//! It answers to its own names only. Connections that ask nothing are closed for those that come
//! after them, and by themselves after a while.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, HOST, HeaderValue};
use hyper::http::uri::Authority;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use prometheus_client::encoding::prometheus_text;
use tokio::net::TcpStream;
use tokio::runtime::Builder;
use tokio::task::AbortHandle;
use tokio::time::{sleep, timeout};

use super::{HostNames, Metrics};
use crate::base::error::{Error, ErrorKind};
use crate::base::runtime::Shutdown;
use crate::base::runtime::threads;

/// Connections at a time; one more closes the oldest.
const CONNECTIONS_MAX: usize = 64;
/// Longest time until a question is asked.
const QUESTION: Duration = Duration::from_secs(2);
/// Longest time for a question and its answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long to wait when no connection can be accepted, for instance for want of descriptors.
const BREATH: Duration = Duration::from_millis(50);

/// A server that is running. Dropped, it stops.
#[derive(Debug)]
pub struct Monitor {
    address: SocketAddr,
    shutdown: Shutdown,
    thread: Option<JoinHandle<()>>,
}

impl Monitor {
    /// Serves metrics at an address, to this machine's own names and to these; with port 0, a free
    /// one is taken.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] when nobody can listen there, or there is no thread to be had.
    ///
    /// # Panics
    /// Never: the listener is one that the runtime takes.
    pub fn start(
        listen: SocketAddr,
        names: &HostNames,
        metrics: Arc<Metrics>,
    ) -> Result<Self, Error> {
        let what = format!("could not serve metrics at {listen}");
        let cannot = |source| Error::new(ErrorKind::Io, what.clone()).caused_by(source);
        let listener = TcpListener::bind(listen).map_err(|source| {
            let asked = ("--monitor", &*listen.to_string());
            Error::listen("could not serve metrics at", asked, source)
        })?;
        listener.set_nonblocking(true).map_err(cannot)?;
        let address = listener.local_addr().map_err(cannot)?;
        let runtime = threads::start(&mut Builder::new_current_thread()).map_err(cannot)?;
        let shutdown = Shutdown::new();
        let over = shutdown.clone();
        let shown = Arc::new(Shown { metrics, names: names.clone(), address });
        let serve = move || {
            runtime.block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener)
                    .expect("the listener does not block and the runtime is here");
                tokio::select! {
                    () = over.stopped() => {}
                    () = accept(listener, shown) => {}
                }
            });
        };
        let thread = thread::Builder::new().name("monitor".to_owned()).spawn(serve);
        Ok(Self { address, shutdown, thread: Some(thread.map_err(cannot)?) })
    }

    /// The address at which the monitor listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Monitor {
    fn drop(&mut self) {
        self.shutdown.stop();
        if let Some(thread) = self.thread.take() {
            // A panic over there was reported there.
            let _ = thread.join();
        }
    }
}

/// What is shown, and to whom.
struct Shown {
    metrics: Arc<Metrics>,
    names: HostNames,
    /// The address at which it listens.
    address: SocketAddr,
}

async fn accept(listener: tokio::net::TcpListener, shown: Arc<Shown>) {
    let mut open: VecDeque<AbortHandle> = VecDeque::new();
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            sleep(BREATH).await;
            continue;
        };
        open.retain(|connection| !connection.is_finished());
        if open.len() >= CONNECTIONS_MAX
            && let Some(oldest) = open.pop_front()
        {
            oldest.abort();
        }
        // Who is too slow is let go; a connection that breaks is one that is gone.
        let answered = timeout(PATIENCE, connection(stream, Arc::clone(&shown)));
        open.push_back(tokio::spawn(answered).abort_handle());
    }
}

async fn connection(stream: TcpStream, shown: Arc<Shown>) -> Result<(), hyper::Error> {
    let service = service_fn(move |request: Request<Incoming>| {
        std::future::ready(Ok::<_, Infallible>(shown.answer(&request)))
    });
    let mut server = http1::Builder::new();
    // One question each: who scrapes comes again in seconds, and nobody keeps a place.
    server.keep_alive(false).timer(TokioTimer::new()).header_read_timeout(QUESTION);
    server.serve_connection(TokioIo::new(stream), service).await
}

impl Shown {
    /// What is answered to a request.
    fn answer(&self, request: &Request<Incoming>) -> Response<Full<Bytes>> {
        let host = request.headers().get(HOST).and_then(|host| host.to_str().ok());
        // Where a request has a whole address, that one counts.
        let hosts = [host, request.uri().authority().map(Authority::as_str)];
        let is_ours = |host: &str| self.names.admit(host, self.address);
        if host.is_none() || !hosts.into_iter().flatten().all(is_ours) {
            let words = "this is not a name of this monitor: `monitor.hosts` names more\n";
            return text(StatusCode::MISDIRECTED_REQUEST, words.to_owned());
        }
        answer(request.method(), request.uri().path(), &self.metrics)
    }
}

/// What is answered to a question.
fn answer(method: &Method, path: &str, metrics: &Metrics) -> Response<Full<Bytes>> {
    if !matches!(*method, Method::GET | Method::HEAD) {
        let words = "there is nothing to change here\n".to_owned();
        let mut response = text(StatusCode::METHOD_NOT_ALLOWED, words);
        response.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
        return response;
    }
    match path {
        "/metrics" => {
            let mut response = text(StatusCode::OK, metrics.exposition());
            let kind = HeaderValue::from_static(prometheus_text::CONTENT_TYPE);
            response.headers_mut().insert(CONTENT_TYPE, kind);
            response
        }
        "/healthz" => text(StatusCode::OK, "alive\n".to_owned()),
        "/readyz" => match metrics.feed.ready() {
            Ok(words) => text(StatusCode::OK, words + "\n"),
            Err(words) => text(StatusCode::SERVICE_UNAVAILABLE, words + "\n"),
        },
        _ => text(StatusCode::NOT_FOUND, "/metrics /healthz /readyz\n".to_owned()),
    }
}

/// An answer in words, which nobody keeps.
fn text(status: StatusCode, body: String) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
