//! From an address to a connection that bytes go through: TCP to whichever address of the host
//! answers first, a proxy where the rules want one, TLS.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use std::time::Duration;

use http_body_util::Empty;
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::header::{HOST, HeaderValue, PROXY_AUTHORIZATION};
use hyper::{Method, Request, Uri};
use hyper_util::client::legacy::connect::proxy::SocksV5;
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, lookup_host};
use tokio::task::JoinSet;
use tokio_rustls::TlsConnector;
use tower_service::Service;

use super::address::{Address, place};
use super::incoming::Why;
use super::proxy::{Proxy, ProxyKind, ProxyRules};
use super::race;
use super::tls::{self, Roots};
use crate::base::error::Error;

/// How hyper-util's client of SOCKS says that the proxy does not take our credentials, or wants some:
/// it has no type for that.
const SOCKS_DENIED: [&str; 2] = ["credentials not accepted", "authentication"];

/// A connection that bytes go through.
pub(super) trait Io: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Io for T {}

/// TCP, with TLS and a proxy's tunnel where they are wanted.
pub(super) type Stream = Box<dyn Io>;

/// Makes connections to servers.
#[derive(Debug)]
pub(super) struct Dialer {
    proxies: ProxyRules,
    /// Longest time that one address of a host is tried.
    address_timeout: Duration,
    roots: Roots,
    /// Made when TLS is first needed: a redirect may lead to it.
    tls: OnceLock<Arc<ClientConfig>>,
}

impl Dialer {
    pub(super) const fn new(proxies: ProxyRules, address_timeout: Duration, roots: Roots) -> Self {
        Self { proxies, address_timeout, roots, tls: OnceLock::new() }
    }

    /// Reads the certificates that prove a server's identity.
    pub(super) fn prepare_tls(&self) -> Result<&Arc<ClientConfig>, Error> {
        if self.tls.get().is_none() {
            // Who is faster has made the same.
            let _ = self.tls.set(tls::client_config(&self.roots)?);
        }
        Ok(self.tls.get().expect("it was set"))
    }

    /// Connects to the server at an address. It may take as long as the network does: the caller
    /// sets the limit.
    pub(super) async fn connect(&self, address: &Address) -> Result<Stream, Why> {
        let stream = match self.proxies.choose(address) {
            None => self.tcp(address.host(), address.port()).await?,
            Some(proxy) => self.through(&proxy, address).await?,
        };
        if address.is_secure() { self.secured(stream, address.host()).await } else { Ok(stream) }
    }

    /// TCP to the address of a host that answers first.
    async fn tcp(&self, host: &str, port: u16) -> Result<Stream, Why> {
        let unreachable = |error: String| Why::Unreachable { host: place(host, port), error };
        let addresses = lookup_host((host, port)).await;
        let addresses = addresses.map_err(|error| unreachable(error.to_string()))?.collect();
        let connected = race::first(addresses, self.address_timeout, TcpStream::connect).await;
        let stream = connected.map_err(unreachable)?;
        // Pongs and acknowledgements are small, and the server waits for each.
        stream.set_nodelay(true).map_err(|error| unreachable(error.to_string()))?;
        Ok(Box::new(stream))
    }

    async fn secured(&self, stream: Stream, host: &str) -> Result<Stream, Why> {
        let wrong = |error: String| Why::Tls { host: host.to_owned(), error };
        let config = self.prepare_tls().map_err(|error| wrong(error.to_string()))?;
        let name = ServerName::try_from(host.to_owned()).map_err(|e| wrong(e.to_string()))?;
        let connector = TlsConnector::from(Arc::clone(config));
        let secured = connector.connect(name, stream).await;
        Ok(Box::new(secured.map_err(|error| wrong(error.to_string()))?))
    }

    /// A tunnel through a proxy.
    async fn through(&self, proxy: &Proxy, address: &Address) -> Result<Stream, Why> {
        let mut stream = self.tcp(&proxy.host, proxy.port).await?;
        if proxy.secure {
            stream = self.secured(stream, &proxy.host).await?;
        }
        let refused = |(error, lasting)| Why::Proxy { proxy: proxy.to_string(), error, lasting };
        match &proxy.kind {
            ProxyKind::Connect(auth) => {
                tunnel(stream, &address.place(), auth.as_ref()).await.map_err(refused)
            }
            ProxyKind::Socks(auth, looks_up) => {
                let there = if *looks_up {
                    address.place()
                } else {
                    resolved(address).await.map_err(|error| Why::Unreachable {
                        host: address.place(),
                        error: error.to_string(),
                    })?
                };
                socks(stream, &there, auth.clone()).await.map_err(refused)
            }
        }
    }
}

/// The first address of a host, as text, for a proxy that looks up no names.
async fn resolved(address: &Address) -> std::io::Result<String> {
    let mut found = lookup_host((address.host(), address.port())).await?;
    let none = || std::io::Error::other("it has no address");
    found.next().map(|found| found.to_string()).ok_or_else(none)
}

/// Asks a proxy by CONNECT for a tunnel. The error says whether the proxy would say the same again.
async fn tunnel(
    stream: Stream,
    there: &str,
    auth: Option<&HeaderValue>,
) -> Result<Stream, (String, bool)> {
    let broken = |error: hyper::Error| (error.to_string(), false);
    let (mut sender, connection) =
        http1::handshake::<_, Empty<Bytes>>(TokioIo::new(stream)).await.map_err(broken)?;
    // Ends with this function, unless it became the tunnel before.
    let mut tasks = JoinSet::new();
    tasks.spawn(connection.with_upgrades());
    let mut request = Request::new(Empty::new());
    *request.method_mut() = Method::CONNECT;
    *request.uri_mut() = there.parse().map_err(|_| (format!("it cannot reach {there}"), true))?;
    let host = HeaderValue::from_str(there).map_err(|error| (error.to_string(), true))?;
    request.headers_mut().insert(HOST, host);
    if let Some(auth) = auth {
        request.headers_mut().insert(PROXY_AUTHORIZATION, auth.clone());
    }
    let answer = sender.send_request(request).await.map_err(broken)?;
    let status = answer.status();
    if !status.is_success() {
        let lasting = status.is_client_error() && ![408, 425, 429].contains(&status.as_u16());
        return Err((format!("HTTP {status}"), lasting));
    }
    let upgraded = hyper::upgrade::on(answer).await.map_err(broken)?;
    let parts = upgraded.downcast::<TokioIo<Stream>>().expect("it is what went in");
    // The server behind the tunnel waits for us to speak first.
    if !parts.read_buf.is_empty() {
        return Err(("it said something that nobody asked for".to_owned(), false));
    }
    Ok(parts.io.into_inner())
}

/// Asks a proxy by SOCKS5 for a tunnel. The error says whether the proxy would say the same again.
async fn socks(
    stream: Stream,
    there: &str,
    auth: Option<(String, String)>,
) -> Result<Stream, (String, bool)> {
    let uri = |authority: &str| {
        let uri = Uri::builder().scheme("http").authority(authority).path_and_query("/").build();
        uri.map_err(|error| (error.to_string(), true))
    };
    // It asks for a connection to the proxy, which is there already.
    let mut socks = SocksV5::new(uri("proxy")?, Connected(Some(stream)));
    if let Some((user, password)) = auth {
        socks = socks.with_auth(user, password);
    }
    match socks.call(uri(there)?).await {
        Ok(connected) => Ok(connected.into_inner()),
        Err(error) => {
            let error = error.to_string();
            let lasting = SOCKS_DENIED.iter().any(|words| error.contains(words));
            Err((error, lasting))
        }
    }
}

/// A connection that is there already, for a client that asks for one.
struct Connected(Option<Stream>);

impl Service<Uri> for Connected {
    type Response = TokioIo<Stream>;
    type Error = Infallible;
    type Future = Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Uri) -> Self::Future {
        ready(Ok(TokioIo::new(self.0.take().expect("it is asked once"))))
    }
}
