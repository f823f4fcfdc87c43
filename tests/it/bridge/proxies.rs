//! Proxies on loopback: what they are asked for, by which rules, and what becomes of a refusal.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use rcgen::{CertifiedKey, generate_simple_self_signed};
use replayer::base::error::ErrorKind;
use replayer::feed::bridge::{Config, ProxyRules, Roots, TransportMode, Why};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use secrecy::SecretString;
use serde_json::json;
use tokio::io::copy_bidirectional;
use tokio::runtime::Builder;
use tokio_rustls::TlsAcceptor;

use super::follower::Follower;
use super::server::Server;
use super::strangers::listener;
use super::{MODES, impatient};
use crate::waiting::PATIENCE;

/// A proxy, and what it was asked for: `connect HOST:PORT AUTHORIZATION`, `socks HOST:PORT USER`.
pub(crate) struct Proxy {
    pub(crate) address: String,
    asked: Receiver<String>,
}

impl Proxy {
    /// One that speaks HTTP. Whatever host it is asked for, it connects to this machine.
    pub(crate) fn http(wanted: Option<&'static str>) -> Self {
        let (told, asked) = channel();
        let address = listener(move |mut client| {
            let head = head(&mut client);
            let line = head.lines().next().unwrap_or_default();
            let auth = head.lines().find_map(|line| line.strip_prefix("proxy-authorization: "));
            let place = line.strip_prefix("CONNECT ").and_then(|rest| rest.split(' ').next());
            let Some(place) = place else { return };
            let _ = told.send(format!("connect {place} {}", auth.unwrap_or("-")));
            if auth != wanted {
                let _ = client.write_all(
                    b"HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n",
                );
                return;
            }
            let Ok(server) = TcpStream::connect(here(place)) else { return };
            let _ = client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n");
            relay(client, server);
        });
        Self { address, asked }
    }

    /// One that speaks SOCKS5. Whatever host it is asked for, it connects to this machine.
    fn socks(wanted: Option<(&'static str, &'static str)>) -> Self {
        let (told, asked) = channel();
        let address = listener(move |mut client| {
            let Some((place, user)) = socks_request(&mut client, wanted) else { return };
            let _ = told.send(format!("socks {place} {user}"));
            let Ok(server) = TcpStream::connect(here(&place)) else { return };
            let _ = client.write_all(&[5, 0, 0, 1, 127, 0, 0, 1, 0, 0]);
            relay(client, server);
        });
        Self { address, asked }
    }

    /// One that speaks HTTP by TLS; and the certificate that proves who it is.
    fn secure() -> (Self, String) {
        let behind = Self::http(None);
        let CertifiedKey { cert, signing_key } =
            generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let key = PrivateKeyDer::try_from(signing_key.serialize_der()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![cert.der().clone()], key)
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        listener.set_nonblocking(true).unwrap();
        let plain = behind.address;
        thread::spawn(move || {
            let runtime = Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async move {
                let listener = tokio::net::TcpListener::from_std(listener).unwrap();
                while let Ok((stream, _)) = listener.accept().await {
                    let (acceptor, plain) = (acceptor.clone(), plain.clone());
                    tokio::spawn(async move {
                        let Ok(mut client) = acceptor.accept(stream).await else { return };
                        let Ok(mut proxy) = tokio::net::TcpStream::connect(plain).await else {
                            return;
                        };
                        let _ = copy_bidirectional(&mut client, &mut proxy).await;
                    });
                }
            });
        });
        (Self { address: format!("localhost:{port}"), asked: behind.asked }, cert.pem())
    }

    pub(crate) fn asked(&self) -> String {
        self.asked.recv_timeout(PATIENCE).expect("the proxy is asked")
    }

    /// A client that goes through it.
    fn client(&self, url: &str, scheme: &str, credentials: Option<&str>) -> Config {
        let mut config = impatient(url);
        let credentials: Option<SecretString> = credentials.map(Into::into);
        let proxy = format!("{scheme}://{}", self.address);
        config.proxies = ProxyRules::of_setting(&proxy, credentials.as_ref(), "").unwrap();
        config
    }
}

/// The request line and headers of a request.
fn head(stream: &mut TcpStream) -> String {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|count| count > 0) {
        head.push(byte[0]);
    }
    String::from_utf8_lossy(&head).into_owned()
}

/// The host and port that a client of SOCKS5 asks for, and the user that it names; `None` for one
/// with the wrong credentials.
fn socks_request(client: &mut TcpStream, wanted: Option<(&str, &str)>) -> Option<(String, String)> {
    let methods = take(client, 2)?;
    take(client, methods[1].into())?;
    let mut user = "-".to_owned();
    if let Some(wanted) = wanted {
        client.write_all(&[5, 2]).ok()?;
        take(client, 1)?;
        let (name, password) = (text(client)?, text(client)?);
        let is_wanted = (name.as_str(), password.as_str()) == wanted;
        client.write_all(&[1, u8::from(!is_wanted)]).ok()?;
        if !is_wanted {
            return None;
        }
        user = name;
    } else {
        client.write_all(&[5, 0]).ok()?;
    }
    let request = take(client, 4)?;
    let host = match request[3] {
        1 => take(client, 4)?.iter().map(u8::to_string).collect::<Vec<_>>().join("."),
        3 => text(client)?,
        _ => {
            take(client, 16)?;
            "an address of IPv6".to_owned()
        }
    };
    let port = take(client, 2)?;
    Some((format!("{host}:{}", u16::from_be_bytes([port[0], port[1]])), user))
}

fn take(stream: &mut TcpStream, count: usize) -> Option<Vec<u8>> {
    let mut bytes = vec![0; count];
    stream.read_exact(&mut bytes).ok()?;
    Some(bytes)
}

/// A text behind its length.
fn text(stream: &mut TcpStream) -> Option<String> {
    let length = take(stream, 1)?[0];
    String::from_utf8(take(stream, length.into())?).ok()
}

/// The same port on this machine.
fn here(place: &str) -> (&'static str, u16) {
    ("127.0.0.1", place.rsplit(':').next().unwrap_or_default().parse().unwrap())
}

/// Passes on what comes, both ways.
fn relay(client: TcpStream, server: TcpStream) {
    let pass = |mut from: TcpStream, mut to: TcpStream| {
        let _ = std::io::copy(&mut from, &mut to);
        let _ = to.shutdown(Shutdown::Both);
        let _ = from.shutdown(Shutdown::Both);
    };
    let back = (server.try_clone().unwrap(), client.try_clone().unwrap());
    thread::spawn(move || pass(back.0, back.1));
    pass(client, server);
}

/// What stands before a server and lets no WebSocket through; its address.
pub(super) fn without_websockets(port: u64) -> String {
    listener(move |mut client| {
        let head = head(&mut client);
        if head.to_lowercase().contains("upgrade: websocket") {
            let _ = client.write_all(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n");
            return;
        }
        let at = u16::try_from(port).unwrap();
        let Ok(mut server) = TcpStream::connect(("127.0.0.1", at)) else { return };
        let _ = server.write_all(head.as_bytes());
        relay(client, server);
    })
}

#[test]
fn a_proxy_is_asked_for_a_tunnel_however_the_session_is_carried() {
    let Some(server) = Server::start(&json!({ "hello": 3 })) else { return };
    let proxy = Proxy::http(Some("Basic dXNlcjpwYTpzcw=="));
    for transport in MODES {
        // The name is for the proxy to look up.
        let url = format!("ws://feed.example:{}", server.port());
        let mut config = proxy.client(&url, "http", Some("user:pa:ss"));
        config.options.transport = transport;
        let follower = Follower::start(config);
        follower.connected();
        follower.numbered(0, 3);
        let place = format!("feed.example:{}", server.port());
        assert_eq!(proxy.asked(), format!("connect {place} Basic dXNlcjpwYTpzcw=="));
        assert_eq!(server.hear("connected")["headers"]["host"], place);
        follower.stop_well();
    }
}

#[test]
fn tls_goes_through_the_tunnel_to_the_server_itself() {
    let Some((server, pem)) = super::tls::server() else { return };
    let proxy = Proxy::http(None);
    for transport in MODES {
        let url = format!("wss://localhost:{}", server.port());
        let mut config = proxy.client(&url, "http", None);
        config.roots = Roots::from_pem(pem.as_bytes()).unwrap();
        config.options.transport = transport;
        let follower = Follower::start(config);
        follower.connected();
        follower.numbered(0, 3);
        assert_eq!(proxy.asked(), format!("connect localhost:{} -", server.port()));
        follower.stop_well();
    }
}

#[test]
fn a_proxy_is_reached_by_tls_and_proves_who_it_is() {
    let Some(server) = Server::start(&json!({ "hello": 3 })) else { return };
    let (proxy, pem) = Proxy::secure();
    let mut config = proxy.client(&format!("ws://feed.example:{}", server.port()), "https", None);
    let mut stranger = config.clone();
    config.roots = Roots::from_pem(pem.as_bytes()).unwrap();
    let follower = Follower::start(config);
    follower.connected();
    follower.numbered(0, 3);
    assert_eq!(proxy.asked(), format!("connect feed.example:{} -", server.port()));
    follower.stop_well();
    stranger.roots = super::tls::some_roots();
    let follower = Follower::start(stranger);
    let why = follower.lost();
    assert!(matches!(&why, Why::Tls { host, .. } if host == "localhost"), "{why:?}");
    follower.stop_well();
}

#[test]
fn socks_is_spoken_with_names_for_the_proxy_or_for_us() {
    let Some(server) = Server::start(&json!({ "hello": 3 })) else { return };
    let port = server.port();
    let with = |proxy: &Proxy, url: &str, scheme: &str, credentials, asked: &str| {
        let follower = Follower::start(proxy.client(url, scheme, credentials));
        follower.connected();
        follower.numbered(0, 3);
        assert_eq!(proxy.asked(), asked);
        follower.stop_well();
    };
    let open = Proxy::socks(None);
    let named = format!("ws://feed.example:{port}");
    with(&open, &named, "socks5h", None, &format!("socks feed.example:{port} -"));
    let numbered = format!("ws://127.0.0.1:{port}");
    with(&open, &numbered, "socks5", None, &format!("socks 127.0.0.1:{port} -"));
    let locked = Proxy::socks(Some(("user", "pa:ss")));
    let asked = format!("socks feed.example:{port} user");
    with(&locked, &named, "socks5h", Some("user:pa:ss"), &asked);
}

#[test]
fn the_environment_names_the_proxy_of_a_feed_elsewhere() {
    let Some(server) = Server::start(&json!({ "hello": 3 })) else { return };
    let proxy = Proxy::http(Some("Basic dTpw"));
    let variable = |name: &str| match name {
        "all_proxy" => Some(format!("http://u:p@{}", proxy.address)),
        "NO_PROXY" => Some("elsewhere.example".to_owned()),
        _ => None,
    };
    let rules = ProxyRules::of_environment(variable).unwrap();
    for (host, goes_through) in [("feed.example", true), ("127.0.0.1", false)] {
        let mut config = impatient(&format!("ws://{host}:{}", server.port()));
        config.proxies = rules.clone();
        let follower = Follower::start(config);
        follower.connected();
        follower.numbered(0, 3);
        assert_eq!(proxy.asked.try_recv().is_ok(), goes_through, "{host}");
        follower.stop_well();
    }
}

#[test]
fn a_proxy_that_does_not_take_the_credentials_ends_the_client_and_nobody_sees_them() {
    let http = Proxy::http(Some("Basic dXNlcjpwYTpzcw=="));
    let socks = Proxy::socks(Some(("user", "right")));
    let planted = Some("user:planted-secret");
    for (proxy, scheme, credentials, said) in [
        (&http, "http", planted, "HTTP 407 Proxy Authentication Required"),
        (&http, "http", None, "HTTP 407 Proxy Authentication Required"),
        (&socks, "socks5h", planted, "credentials not accepted"),
        (&socks, "socks5h", None, "authentication"),
    ] {
        let config = proxy.client("ws://feed.example:1", scheme, credentials);
        let (reasons, error) = Follower::start(config).gives_up();
        assert_eq!(error.kind(), ErrorKind::Live);
        let text = format!("{error} {reasons:?}");
        assert!(
            text.contains(&format!("the proxy {} did not connect us", proxy.address)),
            "{text}"
        );
        assert!(text.contains(said) && text.contains("feed.proxy_secret"), "{text}");
        assert!(!text.contains("planted"), "{text}");
    }
}

#[test]
fn a_proxy_that_is_not_there_is_named_and_tried_again() {
    let port = crate::machine::port();
    let mut config = impatient("ws://feed.example");
    let proxy = format!("http://127.0.0.1:{port}");
    config.proxies = ProxyRules::of_setting(&proxy, None, "").unwrap();
    config.options.transport = TransportMode::Polling;
    let follower = Follower::start(config);
    for _ in 0..4 {
        let why = follower.lost();
        let Why::Unreachable { host, .. } = &why else { panic!("{why:?}") };
        assert_eq!(host, &format!("127.0.0.1:{port}"));
    }
    follower.stop_well();
}
