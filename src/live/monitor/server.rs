//! The server: metrics and health over HTTP, on a thread of its own.

use std::convert::Infallible;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use prometheus_client::encoding::prometheus_text;
use tokio::net::TcpStream;
use tokio::runtime::Builder;
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};

use super::Metrics;
use crate::base::error::{Error, ErrorKind};
use crate::base::runtime::Shutdown;
use crate::base::runtime::threads;

/// Connections at a time; more wait at the door.
const CONNECTIONS_MAX: usize = 16;
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
    /// Serves metrics at an address; with port 0, a free one is taken.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] when nobody can listen there, or there is no thread to be had.
    ///
    /// # Panics
    /// Never: the listener is one that the runtime takes.
    pub fn start(listen: SocketAddr, metrics: Arc<Metrics>) -> Result<Self, Error> {
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
        let serve = move || {
            runtime.block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener)
                    .expect("the listener does not block and the runtime is here");
                tokio::select! {
                    () = over.stopped() => {}
                    () = accept(listener, metrics) => {}
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

async fn accept(listener: tokio::net::TcpListener, metrics: Arc<Metrics>) {
    let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    // The places are never closed.
    while let Ok(place) = places.clone().acquire_owned().await {
        match listener.accept().await {
            Ok((stream, _)) => {
                let metrics = metrics.clone();
                tokio::spawn(async move {
                    // Who asks nothing is let go; a connection that breaks is one that is gone.
                    let _ = timeout(PATIENCE, connection(stream, metrics)).await;
                    drop(place);
                });
            }
            Err(_) => sleep(BREATH).await,
        }
    }
}

async fn connection(stream: TcpStream, metrics: Arc<Metrics>) -> Result<(), hyper::Error> {
    let service = service_fn(move |request: Request<Incoming>| {
        let response = answer(request.method(), request.uri().path(), &metrics);
        std::future::ready(Ok::<_, Infallible>(response))
    });
    // One question each: who scrapes comes again in seconds, and nobody keeps a place.
    http1::Builder::new().keep_alive(false).serve_connection(TokioIo::new(stream), service).await
}

/// What is answered to a question.
fn answer(method: &Method, path: &str, metrics: &Metrics) -> Response<Full<Bytes>> {
    const TEXT: &str = "text/plain; charset=utf-8";
    let reads = matches!(*method, Method::GET | Method::HEAD);
    let (status, kind, body) = match path {
        _ if !reads => {
            (StatusCode::METHOD_NOT_ALLOWED, TEXT, "there is nothing to change here\n".to_owned())
        }
        "/metrics" => (StatusCode::OK, prometheus_text::CONTENT_TYPE, metrics.exposition()),
        "/healthz" => (StatusCode::OK, TEXT, "alive\n".to_owned()),
        "/readyz" => match metrics.feed.ready() {
            Ok(words) => (StatusCode::OK, TEXT, words + "\n"),
            Err(words) => (StatusCode::SERVICE_UNAVAILABLE, TEXT, words + "\n"),
        },
        _ => (StatusCode::NOT_FOUND, TEXT, "/metrics /healthz /readyz\n".to_owned()),
    };
    let mut response = Response::new(Full::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if !reads {
        headers.insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
    }
    response
}
