//! The address of the site: what may be opened, and what counts as being there.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use hyper::Uri;

use crate::base::address::public;
use crate::base::error::Error;

/// The address of a site, `http` or `https`.
///
/// A page is *at the site* when scheme, host and port are the same and its path begins with the
/// site's: a text that merely begins alike, `https://site.example.org` for `https://site.example`,
/// is elsewhere.
#[derive(Clone, PartialEq, Eq)]
pub struct Site(Uri);

impl Site {
    /// Whether a page with this address is at the site.
    #[must_use]
    pub fn covers(&self, url: &str) -> bool {
        url.parse::<Uri>().is_ok_and(|url| {
            origin(&url).is_some()
                && origin(&url) == origin(&self.0)
                && url.path().starts_with(self.0.path())
        })
    }

    /// Whether the site is on this machine.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        let host = self.0.host().unwrap_or_default();
        let plain = host.trim_start_matches('[').trim_end_matches(']');
        plain == "localhost" || plain.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
    }

    /// The whole address, as the browser is told it.
    #[must_use]
    pub fn url(&self) -> String {
        self.0.to_string()
    }
}

impl FromStr for Site {
    type Err = Error;

    /// # Errors
    /// [`crate::base::error::ErrorKind::Usage`] for what is not an address of a site.
    fn from_str(url: &str) -> Result<Self, Error> {
        let wrong = |why: &str| {
            // As text of Rust, so that signs of control do not reach the terminal, and without its
            // secrets: an error is printed and logged.
            Error::usage(format!("{:?} is not the address of a site: {why}", public(url)))
                .hint("write it like https://host/path; http does as well")
        };
        let uri: Uri = url.parse().map_err(|error| wrong(&format!("{error}")))?;
        match uri.scheme_str() {
            Some("http" | "https") => {}
            Some(other) => return Err(wrong(&format!("{other} is not opened"))),
            None => return Err(wrong("it has no scheme")),
        }
        let authority = uri.authority().ok_or_else(|| wrong("it has no host"))?;
        if authority.as_str().contains('@') {
            return Err(wrong("a user and a password are not sent in it"));
        }
        let host = authority.host();
        if host.is_empty() {
            return Err(wrong("it has no host"));
        }
        let is_name = |sign: char| sign.is_ascii_alphanumeric() || "-._[:]".contains(sign);
        let rest = authority.as_str().strip_prefix(host).unwrap_or_default();
        if !host.chars().all(is_name) || !(rest.is_empty() || authority.port_u16().is_some()) {
            return Err(wrong("its host or its port is none"));
        }
        Ok(Self(uri))
    }
}

impl fmt::Display for Site {
    /// The address without its query, which may hold what is nobody's business.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(without_query(&self.url()))
    }
}

impl fmt::Debug for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Site({self})")
    }
}

/// A URL up to its query or fragment, where tokens and sessions stand
/// (docs/spec/browser.md#security).
pub(super) fn without_query(url: &str) -> &str {
    url.split(['?', '#']).next().unwrap_or_default()
}

/// Host and port of the address of a socket, in small letters.
pub(super) fn host_of(url: &str) -> String {
    let behind = url.split_once("://").map_or(url, |(_, behind)| behind);
    behind.split(['/', '?', '#']).next().unwrap_or_default().to_ascii_lowercase()
}

/// Scheme, host and port.
fn origin(uri: &Uri) -> Option<(&str, String, u16)> {
    let (scheme, usual) = match uri.scheme_str()? {
        "http" => ("http", 80),
        "https" => ("https", 443),
        _ => return None,
    };
    Some((scheme, uri.host()?.to_ascii_lowercase(), uri.port_u16().unwrap_or(usual)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(url: &str) -> Site {
        url.parse().unwrap()
    }

    #[test]
    fn only_pages_of_the_same_origin_and_below_its_path_are_at_the_site() {
        let at = site("https://site.example");
        for url in ["https://site.example/", "https://SITE.example:443/a?b#c"] {
            assert!(at.covers(url), "{url}");
        }
        for url in [
            "https://site.example.org/",
            "http://site.example/",
            "https://site.example:8443/",
            "https://site.example@evil.example/",
            "https://other.example/?https://site.example/",
            "about:blank",
            "chrome-error://chromewebdata/",
            "",
        ] {
            assert!(!at.covers(url), "{url}");
        }
        assert!(site("http://h/game/").covers("http://h/game/7"));
        assert!(!site("http://h/game/").covers("http://h/other"));
    }

    #[test]
    fn what_is_not_an_address_of_a_site_is_refused_with_the_reason() {
        for (url, why) in [
            ("", "empty"),
            ("site.example", "scheme"),
            ("javascript:alert(1)", "not the address"),
            ("file:///etc/passwd", "not the address"),
            ("wss://site.example", "wss is not opened"),
            ("chrome://settings", "chrome is not opened"),
            ("https://", "not the address"),
            ("http://127.0.0.1:1;id/", "its host or its port is none"),
            ("http://site.example:x/", "its host or its port is none"),
            ("http://a;id/", "its host or its port is none"),
            ("https://user:secret@site.example", "password"),
            ("--renderer-cmd-prefix=/tmp/x.sh", "not the address"),
            ("https://site.example/ --no-sandbox", "not the address"),
            ("https://site.example/\u{1b}[2J", "not the address"),
        ] {
            let error = url.parse::<Site>().unwrap_err().to_string();
            assert!(error.contains(why) && !error.contains('\u{1b}'), "{url}: {error}");
        }
    }

    #[test]
    fn what_is_on_this_machine_is_known_and_queries_are_not_shown() {
        for url in ["http://localhost:3000", "http://127.0.0.1/", "http://[::1]:9/"] {
            assert!(site(url).is_loopback(), "{url}");
        }
        for url in ["http://localhost.example", "https://10.0.0.1", "http://127.0.0.1.example"] {
            assert!(!site(url).is_loopback(), "{url}");
        }
        let secret = site("https://site.example/a?token=secret");
        assert_eq!(secret.to_string(), "https://site.example/a");
        assert!(!format!("{secret:?}").contains("secret"));
        assert!(secret.url().ends_with("?token=secret"));
    }
}
