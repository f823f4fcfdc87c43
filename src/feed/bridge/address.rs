//! The address of a feed: a URL as people write it, and the URLs that are asked for.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use tokio_tungstenite::tungstenite::http::Uri;
use tokio_tungstenite::tungstenite::http::uri::Authority;

use crate::base::error::Error;

/// The path for a URL without one.
const PATH: &str = "/socket.io/";

/// Longest URL, in bytes: the library takes eight times as many, and room is left for what we add.
const URL_BYTES_MAX: usize = 8 << 10;

/// Query parameters that are ours to write, with the values that a URL may give them
/// (docs/spec/protocol.md#transport).
const PROTOCOL: (&str, &str) = ("EIO", "4");
const TRANSPORT: &str = "transport";

/// The address of a Socket.IO server.
///
/// Accepts `ws`, `wss`, `http` and `https`. Keeps a path other than `/` and the user's query. What
/// it prints has no query, which may hold a secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Address {
    authority: Authority,
    host: String,
    port: u16,
    secure: bool,
    path: String,
    /// The user's query, which may be empty.
    query: String,
}

impl Address {
    /// The name or number of the host; an IPv6 address without its brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port, given or that of the scheme.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// Whether the connection uses TLS.
    #[must_use]
    pub const fn is_secure(&self) -> bool {
        self.secure
    }

    /// Whether the server is on this machine.
    #[must_use]
    pub fn is_here(&self) -> bool {
        let ip = self.host.parse::<IpAddr>();
        self.host.eq_ignore_ascii_case("localhost") || ip.is_ok_and(|ip| ip.is_loopback())
    }

    /// The path of the URL where it looks like a namespace: clients of Socket.IO take it for one,
    /// and here it is the path of the server.
    #[must_use]
    pub fn path_like_a_namespace(&self) -> Option<&str> {
        let last = self.path.trim_end_matches('/').rsplit('/').next();
        (last != Some("socket.io")).then_some(&self.path)
    }

    /// Host and port, as a proxy and a reader are told.
    pub(super) fn place(&self) -> String {
        place(&self.host, self.port)
    }

    /// What the header `Host` says: the port only where it is given.
    pub(super) const fn authority(&self) -> &Authority {
        &self.authority
    }

    /// The URL of a WebSocket, which may take over a session that polls.
    pub(super) fn websocket(&self, sid: Option<&str>) -> Uri {
        self.uri(if self.secure { "wss" } else { "ws" }, "websocket", sid)
    }

    /// The URL to poll at, of a session once there is one.
    pub(super) fn polling(&self, sid: Option<&str>) -> Uri {
        self.uri(if self.secure { "https" } else { "http" }, "polling", sid)
    }

    /// The scheme of HTTP, host and port: what the rules of proxies go by.
    pub(super) fn site(&self) -> Uri {
        let scheme = if self.secure { "https" } else { "http" };
        built(scheme, &self.authority, "/")
    }

    fn uri(&self, scheme: &str, transport: &str, sid: Option<&str>) -> Uri {
        let (name, value) = PROTOCOL;
        let given = if self.query.is_empty() { "" } else { "&" };
        let sid = sid.map(|sid| format!("&sid={sid}")).unwrap_or_default();
        let (path, query) = (&self.path, &self.query);
        let whole = format!("{path}?{query}{given}{name}={value}&{TRANSPORT}={transport}{sid}");
        built(scheme, &self.authority, &whole)
    }

    /// Where an answer sends us, if we may go there: to the same host, and never to one without
    /// TLS from one with it.
    ///
    /// # Errors
    /// Why we do not go there.
    pub(super) fn redirected(&self, target: &str) -> Result<Self, String> {
        let scheme = if self.secure { "https" } else { "http" };
        let is_word = |text: &str| text.chars().all(char::is_alphanumeric);
        let absolute = if target.split_once("://").is_some_and(|(before, _)| is_word(before)) {
            target.to_owned()
        } else if target.starts_with("//") {
            format!("{scheme}:{target}")
        } else if target.starts_with('/') {
            format!("{scheme}://{}{target}", self.authority)
        } else {
            let folder = self.path.rfind('/').map_or("/", |end| &self.path[..=end]);
            format!("{scheme}://{}{folder}{target}", self.authority)
        };
        let there = Self::parse(&absolute)?;
        if !there.host.eq_ignore_ascii_case(&self.host) {
            return Err("it is another host".to_owned());
        }
        if self.secure && !there.secure {
            return Err("it has no TLS".to_owned());
        }
        Ok(there)
    }

    /// Parses a URL, or says why it is not one of a feed.
    fn parse(url: &str) -> Result<Self, String> {
        if url.len() > URL_BYTES_MAX {
            return Err(format!("it is longer than {URL_BYTES_MAX} bytes"));
        }
        let given: Uri = url.parse().map_err(|error| format!("{error}"))?;
        let secure = match given.scheme_str() {
            Some("ws" | "http") => false,
            Some("wss" | "https") => true,
            Some(other) => return Err(format!("unsupported scheme {other}")),
            None => return Err("it has no scheme".to_owned()),
        };
        let authority = given.authority().ok_or("it has no host")?;
        if authority.as_str().contains('@') {
            return Err("it must not contain a user or a password".to_owned());
        }
        let host = bare(authority.host());
        if host.is_empty() {
            return Err("it has no host".to_owned());
        }
        let port = port(authority).map_err(|port| {
            // After the scheme and its `://`; a URL has no other colon before the host.
            let begin = url.find("://").map_or(0, |end| end + 3);
            let at = begin + authority.as_str().len() - port.len() + 1;
            format!("its port {port:?}, at character {at}, is not from 1 to 65535")
        })?;
        let path = if matches!(given.path(), "" | "/") { PATH } else { given.path() };
        Ok(Self {
            host: host.to_owned(),
            port: port.unwrap_or(if secure { 443 } else { 80 }),
            authority: authority.clone(),
            secure,
            path: path.to_owned(),
            query: query(given.query().unwrap_or_default())?,
        })
    }
}

impl FromStr for Address {
    type Err = Error;

    /// # Errors
    /// [`crate::base::error::ErrorKind::Usage`] for a text that cannot be the URL of a Socket.IO
    /// server. The error shows nothing that may be a secret.
    fn from_str(url: &str) -> Result<Self, Error> {
        Self::parse(url).map_err(|why| {
            Error::usage(format!("{} is not the address of a feed: {why}", shown(url)))
                .hint("write it like https://host:port/?name=value; ws, wss and http work too")
        })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.secure { "wss" } else { "ws" };
        write!(f, "{scheme}://{}{}", self.authority, self.path)
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address({self})")
    }
}

/// A host without the brackets of an IPv6 address.
pub(super) fn bare(host: &str) -> &str {
    host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host)
}

/// Host and port, with brackets around an IPv6 address.
pub(super) fn place(host: &str, port: u16) -> String {
    if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") }
}

/// The port of an authority, if it has one; the text of one that does not exist, since the library
/// takes that for none.
pub(super) fn port(authority: &Authority) -> Result<Option<u16>, String> {
    let text = authority.as_str();
    let after_user = text.rsplit('@').next().unwrap_or(text);
    let given = after_user[authority.host().len()..].strip_prefix(':').unwrap_or_default();
    match given.parse() {
        _ if given.is_empty() => Ok(None),
        Ok(port) if port > 0 => Ok(Some(port)),
        _ => Err(given.to_owned()),
    }
}

fn built(scheme: &str, authority: &Authority, path: &str) -> Uri {
    Uri::builder()
        .scheme(scheme)
        .authority(authority.clone())
        .path_and_query(path)
        .build()
        .expect("its parts were parsed")
}

/// A URL without user, password, query and fragment.
pub(super) fn shown(url: &str) -> String {
    let public = url.split(['?', '#']).next().unwrap_or_default();
    match public.rsplit_once('@') {
        Some((before, after)) => {
            let scheme = before.split_once("://").map_or("", |(scheme, _)| scheme);
            if scheme.is_empty() { after.to_owned() } else { format!("{scheme}://{after}") }
        }
        None => public.to_owned(),
    }
}

/// The user's query without what is ours to write.
fn query(given: &str) -> Result<String, String> {
    let mut kept = Vec::new();
    for part in given.split('&').filter(|part| !part.is_empty()) {
        match part.split_once('=').unwrap_or((part, "")) {
            (name, value) if name == PROTOCOL.0 && value != PROTOCOL.1 => {
                return Err(format!("{name}={value} is not supported, only {}", PROTOCOL.1));
            }
            (TRANSPORT, "polling") => {
                return Err("transport=polling is a setting: `feed.transport`".to_owned());
            }
            (TRANSPORT, "websocket") => {}
            (TRANSPORT, value) => return Err(format!("transport={value} is not supported")),
            // Who writes it means a session that is over.
            ("sid", _) => return Err("it must not contain a session (sid)".to_owned()),
            (name, _) if name == PROTOCOL.0 => {}
            _ => kept.push(part),
        }
    }
    Ok(kept.join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(url: &str) -> Address {
        url.parse().unwrap()
    }

    #[test]
    fn path_and_protocol_are_added_and_what_the_user_wrote_is_kept() {
        for (url, wanted) in [
            ("http://localhost:3000", "ws://localhost:3000/socket.io/?EIO=4&transport=websocket"),
            (
                "https://backend.example?frontend-version=1.0",
                "wss://backend.example/socket.io/?frontend-version=1.0&EIO=4&transport=websocket",
            ),
            (
                "wss://h/live/feed/?transport=websocket&a=b%20c&EIO=4",
                "wss://h/live/feed/?a=b%20c&EIO=4&transport=websocket",
            ),
            ("ws://[::1]:9/?", "ws://[::1]:9/socket.io/?EIO=4&transport=websocket"),
        ] {
            assert_eq!(address(url).websocket(None).to_string(), wanted);
        }
        let polled = address("wss://h?a=1").polling(Some("x-Y_1")).to_string();
        assert_eq!(polled, "https://h/socket.io/?a=1&EIO=4&transport=polling&sid=x-Y_1");
    }

    #[test]
    fn host_port_and_tls_follow_from_the_url() {
        let parts = |url: &str| {
            let address = address(url);
            (address.host().to_owned(), address.port(), address.is_secure())
        };
        assert_eq!(parts("http://h"), ("h".to_owned(), 80, false));
        assert_eq!(parts("wss://h"), ("h".to_owned(), 443, true));
        assert_eq!(parts("ws://[::1]:9"), ("::1".to_owned(), 9, false));
        assert_eq!(parts("ws://h:65535"), ("h".to_owned(), 65_535, false));
        assert_eq!(address("ws://[::1]:9").place(), "[::1]:9");
    }

    #[test]
    fn what_is_no_address_of_a_feed_is_refused_with_the_reason() {
        for (url, why) in [
            ("localhost:3000", "scheme"),
            ("ftp://h", "unsupported scheme ftp"),
            ("", "empty"),
            ("http://", "not the address"),
            ("ws://user:secret@h", "password"),
            ("ws://h?EIO=3", "EIO=3 is not supported"),
            ("ws://h?transport=polling", "`feed.transport`"),
            ("ws://h:65536", "its port \"65536\", at character 8, is not from 1 to 65535"),
            ("wss://[::1]:0/x", "its port \"0\", at character 13, is not from 1 to 65535"),
            ("ws://h:99999999999999", "is not from 1 to 65535"),
        ] {
            let error = url.parse::<Address>().unwrap_err().to_string();
            assert!(error.contains(why), "{url}: {error}");
            assert!(!error.contains("secret"), "{error}");
        }
    }

    #[test]
    fn an_address_that_is_too_long_is_refused_also_where_a_server_sends_us_there() {
        let long = format!("/{}", "x".repeat(URL_BYTES_MAX));
        assert!(format!("ws://h{long}").parse::<Address>().is_err());
        assert!(address("ws://h").redirected(&long).unwrap_err().contains("longer"));
    }

    #[test]
    fn nothing_that_is_printed_shows_the_query() {
        let address = address("wss://h/feed?token=planted-secret");
        for shown in [format!("{address:?}"), address.to_string()] {
            assert!(shown.contains("wss://h/feed") && !shown.contains("planted"), "{shown}");
        }
        let error = "ws://h:0/?token=planted-secret".parse::<Address>().unwrap_err().to_string();
        assert!(!error.contains("planted"), "{error}");
    }

    #[test]
    fn a_redirect_stays_on_its_host_and_keeps_its_tls() {
        let here = address("wss://h:8443/a/b?x=1");
        for (target, there) in [
            ("/feed/?y=2", "wss://h:8443/feed/?y=2&EIO=4&transport=websocket"),
            ("c/", "wss://h:8443/a/c/?EIO=4&transport=websocket"),
            ("/c?u=ws://x", "wss://h:8443/c?u=ws://x&EIO=4&transport=websocket"),
            ("//h/feed", "wss://h/feed?EIO=4&transport=websocket"),
            (
                "https://H:9/?EIO=4&transport=websocket",
                "wss://H:9/socket.io/?EIO=4&transport=websocket",
            ),
        ] {
            let redirected = here.redirected(target).unwrap();
            assert_eq!(redirected.websocket(None).to_string().to_lowercase(), there.to_lowercase());
        }
        for (target, why) in [
            ("https://other.example/", "another host"),
            ("https://h.other.example/", "another host"),
            ("http://h/", "no TLS"),
            ("ws://h/", "no TLS"),
            ("ftp://h/", "scheme"),
            ("wss://h:0/", "port"),
        ] {
            let error = here.redirected(target).unwrap_err();
            assert!(error.contains(why), "{target}: {error}");
        }
        assert!(address("ws://h").redirected("https://h/").unwrap().is_secure());
    }

    #[test]
    fn a_path_that_is_not_that_of_a_server_may_be_meant_as_a_namespace() {
        for (url, namespace) in [
            ("ws://h", None),
            ("ws://h/socket.io/", None),
            ("ws://h/behind/socket.io", None),
            ("ws://h/game", Some("/game")),
        ] {
            assert_eq!(address(url).path_like_a_namespace(), namespace);
        }
    }
}
