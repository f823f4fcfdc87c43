//! The server: an HTTP listener whose connections become Socket.IO clients of one show.

mod act;
mod event_text;
mod guest;
mod line;
mod show;

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use crossbeam_channel::Sender;
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper::{Request, Response, StatusCode, http};
use hyper_util::rt::TokioIo;
use socketioxide::SocketIo;
use socketioxide::extract::SocketRef;
use socketioxide::socket::Sid;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{Instant, sleep, timeout};

use super::site::{Asked, ServedSite, SitePage};
use super::{Config, GameOver, ServerCommand, Tally};
use event_text::{Arrived, EventText};
use line::{ConnectionState, WatchedStream};
pub(super) use show::Ending;
use show::{Show, Visit};

/// Visits that may wait for the show: it takes them before anything else.
const VISITS: usize = 1_024;
/// Largest message that is announced, in bytes; what clients send is tiny.
const PAYLOAD_BYTES_MAX: u64 = 1_000_000;
/// How long clients have to answer the goodbye.
const GOODBYE: Duration = Duration::from_millis(300);
/// How long to wait when no connection can be accepted, for instance for want of file handles.
const BREATH: Duration = Duration::from_millis(50);

/// What a server shares with its handle.
pub(super) struct Backstage {
    pub(super) site: Box<dyn ServedSite>,
    pub(super) tally: Arc<Tally>,
    pub(super) games_over: Sender<GameOver>,
    pub(super) orders: mpsc::Receiver<ServerCommand>,
    pub(super) stop: watch::Receiver<bool>,
}

/// Serves a show until it is over or stopped.
pub(super) async fn serve(listener: TcpListener, config: Config, backstage: Backstage) -> Ending {
    let Backstage { site, tally, games_over, orders, stop } = backstage;
    let (door, visits) = mpsc::channel(VISITS);
    let (service, io) = socket_io(&config, door.clone());
    let lines = Lines::default();
    let setup = tokio::spawn(accept(listener, lines.clone(), move |stream, line| {
        connection(stream, line, service.clone(), door.clone())
    }));
    let show = Show::new(&config, site, lines.clone(), tally, games_over);
    let ending = show.run(visits, orders, stop).await;
    setup.abort();
    let _ = timeout(GOODBYE, io.close()).await;
    lines.each(ConnectionState::kill);
    ending
}

/// The connections there are.
#[derive(Debug, Clone, Default)]
struct Lines {
    all: Arc<Mutex<Vec<Weak<ConnectionState>>>>,
    /// New ones are turned away before.
    closed_until: Arc<Mutex<Option<Instant>>>,
}

impl Lines {
    fn add(&self, line: &Arc<ConnectionState>) {
        let mut lines = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        lines.retain(|line| line.strong_count() > 0);
        lines.push(Arc::downgrade(line));
    }

    fn each(&self, action: impl Fn(&ConnectionState)) {
        let lines = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        lines.iter().filter_map(Weak::upgrade).for_each(|line| action(&line));
    }

    /// Ends all connections and refuses new ones for a time.
    fn close_for(&self, time: Duration) {
        *self.closed_until.lock().unwrap_or_else(PoisonError::into_inner) =
            Some(Instant::now() + time);
        self.each(ConnectionState::kill);
    }

    fn are_closed(&self) -> bool {
        let until = *self.closed_until.lock().unwrap_or_else(PoisonError::into_inner);
        until.is_some_and(|until| Instant::now() < until)
    }
}

type SocketIoService = socketioxide::service::SocketIoService<Elsewhere>;

/// What is served beside the feed: the pages of the site.
#[derive(Debug, Clone)]
struct Elsewhere {
    door: mpsc::Sender<Visit>,
}

impl Service<Request<Incoming>> for Elsewhere {
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        let door = self.door.clone();
        let uri = request.uri();
        let asked = Asked {
            path: uri.path().to_owned(),
            query: uri.query().unwrap_or_default().to_owned(),
        };
        Box::pin(async move {
            let (reply, answered) = oneshot::channel();
            drop(door.send(Visit::Asks(asked, reply)).await);
            let over = SitePage { status: 503, ..SitePage::nothing("The show is over.") };
            Ok(response(answered.await.unwrap_or(over)))
        })
    }
}

fn response(page: SitePage) -> Response<Full<Bytes>> {
    let SitePage { status, kind, body } = page;
    let mut response = Response::new(Full::from(body));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    let headers = response.headers_mut();
    headers.insert(http::header::CONTENT_TYPE, http::HeaderValue::from_static(kind));
    headers.insert(http::header::CACHE_CONTROL, http::HeaderValue::from_static("no-store"));
    response
}

/// The Socket.IO side: who connects to the namespace `/` is handed to the show, with what it says.
fn socket_io(config: &Config, door: mpsc::Sender<Visit>) -> (SocketIoService, SocketIo) {
    // The show limits what is pending; this is for what it cannot see: pings and who polls.
    let buffer = usize::try_from(config.limits.queue_frames).unwrap_or(usize::MAX);
    let (service, io) = SocketIo::builder()
        .ping_interval(config.ping.interval)
        .ping_timeout(config.ping.timeout)
        .max_payload(PAYLOAD_BYTES_MAX)
        .max_buffer_size(buffer.saturating_add(64))
        .build_with_inner_svc(Elsewhere { door: door.clone() });
    io.ns("/", move |Arrived(socket): Arrived| {
        let door = door.clone();
        async move {
            let exit = door.clone();
            socket.on_disconnect(move |socket: SocketRef| {
                let exit = exit.clone();
                async move { drop(exit.send(Visit::Left(socket.id)).await) }
            });
            let (id, visits) = (socket.id, door.clone());
            drop(door.send(Visit::Came(socket.clone())).await);
            socket.on_fallback(move |EventText(text): EventText| {
                // Here and not in the task, where two events may change places. A show that does
                // not keep up loses what is said, as a server does that is overrun.
                let _ = visits.try_send(Visit::Said(id, text));
                std::future::ready(())
            });
        }
    });
    (service, io)
}

async fn accept<F, T>(listener: TcpListener, lines: Lines, connection: F)
where
    F: Fn(TcpStream, Arc<ConnectionState>) -> T,
    T: Future<Output = ()> + Send + 'static,
{
    loop {
        match listener.accept().await {
            Ok((stream, _)) if lines.are_closed() => drop(stream),
            Ok((stream, _)) => {
                let line = Arc::new(ConnectionState::default());
                lines.add(&line);
                tokio::spawn(connection(stream, line));
            }
            Err(_) => sleep(BREATH).await,
        }
    }
}

async fn connection(
    stream: TcpStream,
    line: Arc<ConnectionState>,
    service: SocketIoService,
    door: mpsc::Sender<Visit>,
) {
    // Frames are small and late ones are worthless.
    let _ = stream.set_nodelay(true);
    let wire = TokioIo::new(WatchedStream::new(stream, line.clone()));
    let answer = service_fn(move |mut request: Request<Incoming>| {
        if asks_for_websocket(request.uri()) {
            line.upgrade();
            if let Some(id) = session(request.uri()) {
                let _ = door.try_send(Visit::Moved(id, line.clone()));
            }
        }
        request.extensions_mut().insert(line.clone());
        service.call(request)
    });
    // A connection that breaks is one that is gone: clients do that.
    let _ = http1::Builder::new().serve_connection(wire, answer).with_upgrades().await;
}

fn asks_for_websocket(uri: &http::Uri) -> bool {
    parameters(uri).any(|(name, value)| (name, value) == ("transport", "websocket"))
}

/// The session that a request belongs to, if it says so.
fn session(uri: &http::Uri) -> Option<Sid> {
    parameters(uri).find(|(name, _)| *name == "sid").and_then(|(_, id)| id.parse().ok())
}

fn parameters(uri: &http::Uri) -> impl Iterator<Item = (&str, &str)> {
    uri.query().unwrap_or("").split('&').filter_map(|pair| pair.split_once('='))
}
