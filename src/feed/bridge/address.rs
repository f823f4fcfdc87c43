//! The address of a feed: a URL as people write it, turned into the one that is dialled.

use std::fmt;
use std::str::FromStr;

use tokio_tungstenite::tungstenite::http::Uri;

use crate::base::error::Error;

/// The path for a URL without one.
const PATH: &str = "/socket.io/";

/// Required query parameters (docs/spec/protocol.md#transport).
const QUERY: [(&str, &str); 2] = [("EIO", "4"), ("transport", "websocket")];

/// The address of a Socket.IO server, ready to dial.
///
/// Accepts `ws`, `wss`, `http` and `https`. Keeps a path other than `/` and the user's query; adds
/// `/socket.io/` and `EIO=4&transport=websocket`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    uri: Uri,
    host: String,
    port: u16,
    secure: bool,
}

impl Address {
    /// The whole URL: `ws` or `wss`.
    #[must_use]
    pub const fn uri(&self) -> &Uri {
        &self.uri
    }

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
}

impl FromStr for Address {
    type Err = Error;

    /// # Errors
    /// [`crate::base::error::ErrorKind::Usage`] for a text that cannot be the URL of a Socket.IO
    /// server.
    fn from_str(url: &str) -> Result<Self, Error> {
        let wrong = |why: &str| {
            Error::usage(format!("{url} is not the address of a feed: {why}"))
                .hint("write it like https://host:port/?name=value; ws, wss and http work too")
        };
        let given: Uri = url.parse().map_err(|error| wrong(&format!("{error}")))?;
        let secure = match given.scheme_str() {
            Some("ws" | "http") => false,
            Some("wss" | "https") => true,
            Some(other) => return Err(wrong(&format!("unsupported scheme {other}"))),
            None => return Err(wrong("it has no scheme")),
        };
        let authority = given.authority().ok_or_else(|| wrong("it has no host"))?;
        if authority.as_str().contains('@') {
            return Err(wrong("it must not contain a user or a password"));
        }
        let host = authority.host();
        let plain = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        if plain.is_empty() {
            return Err(wrong("it has no host"));
        }
        let query = query(given.query().unwrap_or_default()).map_err(|why| wrong(&why))?;
        let path = if matches!(given.path(), "" | "/") { PATH } else { given.path() };
        let uri = Uri::builder()
            .scheme(if secure { "wss" } else { "ws" })
            .authority(authority.clone())
            .path_and_query(format!("{path}?{query}"))
            .build()
            .map_err(|error| wrong(&format!("{error}")))?;
        let port = authority.port_u16().unwrap_or(if secure { 443 } else { 80 });
        Ok(Self { uri, host: plain.to_owned(), port, secure })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.uri)
    }
}

/// The user's query plus the missing parameters.
fn query(given: &str) -> Result<String, String> {
    let mut parts: Vec<String> =
        given.split('&').filter(|part| !part.is_empty()).map(str::to_owned).collect();
    for (name, needed) in QUERY {
        let named = given.split('&').filter_map(|part| part.split_once('='));
        match named.filter(|&(key, _)| key == name).map(|(_, value)| value).next() {
            None => parts.push(format!("{name}={needed}")),
            Some(value) if value == needed => {}
            Some(value) => return Err(format!("{name}={value} is not supported, only {needed}")),
        }
    }
    Ok(parts.join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dialled(url: &str) -> String {
        url.parse::<Address>().unwrap().to_string()
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
                "wss://h/live/feed/?transport=websocket&a=b%20c&EIO=4",
            ),
            ("ws://[::1]:9/?", "ws://[::1]:9/socket.io/?EIO=4&transport=websocket"),
        ] {
            assert_eq!(dialled(url), wanted);
        }
    }

    #[test]
    fn host_port_and_tls_follow_from_the_url() {
        let parts = |url: &str| {
            let address: Address = url.parse().unwrap();
            (address.host().to_owned(), address.port(), address.is_secure())
        };
        assert_eq!(parts("http://h"), ("h".to_owned(), 80, false));
        assert_eq!(parts("wss://h"), ("h".to_owned(), 443, true));
        assert_eq!(parts("ws://[::1]:9"), ("::1".to_owned(), 9, false));
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
            ("ws://h?transport=polling", "only websocket"),
        ] {
            let error = url.parse::<Address>().unwrap_err().to_string();
            assert!(error.contains(why), "{url}: {error}");
        }
    }
}
