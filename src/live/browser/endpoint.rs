//! Where a browser listens for who drives it: only ever on this machine.

use std::net::SocketAddr;

use hyper::Uri;

/// Path of the endpoint of a whole browser.
const BROWSER: &str = "/devtools/browser/";

/// The WebSocket address of a browser's debugging port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Endpoint {
    address: SocketAddr,
    url: String,
}

impl Endpoint {
    /// Takes what a browser says of itself: a URL with scheme `ws`, a loopback address in numbers
    /// and the path of a browser. A browser that found its port taken listens elsewhere and says
    /// so, which must be noticed (docs/spec/browser.md#security); a name could be anybody.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) fn parse(url: &str) -> Result<Self, String> {
        let uri: Uri = url.parse().map_err(|error| format!("{url:?} is not a URL: {error}"))?;
        let wrong = |why: &str| format!("{url:?} is not an endpoint of a browser here: {why}");
        if uri.scheme_str() != Some("ws") {
            return Err(wrong("its scheme is not ws"));
        }
        let authority = uri.authority().map(ToString::to_string).unwrap_or_default();
        let address: SocketAddr =
            authority.parse().map_err(|_| wrong("its host is not an address with a port"))?;
        if !address.ip().is_loopback() {
            return Err(wrong("it is not on this machine"));
        }
        if !uri.path().starts_with(BROWSER) || uri.query().is_some() {
            return Err(wrong("its path is not that of a browser"));
        }
        Ok(Self { address, url: url.to_owned() })
    }

    /// The address and port of the endpoint.
    pub(super) const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The URL with its path.
    pub(super) fn url(&self) -> &str {
        &self.url
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_on_this_machine_is_accepted_and_nothing_else() {
        let good = Endpoint::parse("ws://127.0.0.1:9222/devtools/browser/abc").unwrap();
        assert_eq!(good.address(), "127.0.0.1:9222".parse().unwrap());
        for (url, why) in [
            ("wss://127.0.0.1:9222/devtools/browser/abc", "scheme"),
            ("ws://localhost:9222/devtools/browser/abc", "no address"),
            ("ws://192.168.0.1:9222/devtools/browser/abc", "not on this machine"),
            ("ws://0.0.0.0:9222/devtools/browser/abc", "not on this machine"),
            ("ws://127.0.0.1/devtools/browser/abc", "no address"),
            ("ws://127.0.0.1:9222/devtools/page/abc", "path"),
            ("ws://127.0.0.1:9222/", "path"),
            ("ws://evil@127.0.0.1:9222/devtools/browser/abc", "no address"),
            ("nonsense nonsense", "no URL"),
        ] {
            let error = Endpoint::parse(url).unwrap_err();
            assert!(error.contains(why), "{url}: {error}");
        }
    }
}
