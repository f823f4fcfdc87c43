//! Addresses of feeds and pages, which may hold a token: what is printed or kept of one is without
//! it, and only who connects sees the whole.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

use super::printable;

/// An address as it was given. It prints itself without what may be secret: user, password, query
/// and fragment.
#[derive(Clone, PartialEq, Eq)]
pub struct SourceAddress(String);

impl SourceAddress {
    /// The whole address, secrets included: for the connection alone.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether it has parts that may be secret.
    #[must_use]
    pub fn has_secrets(&self) -> bool {
        public(&self.0) != self.0
    }
}

impl From<&str> for SourceAddress {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl FromStr for SourceAddress {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(text.into())
    }
}

impl fmt::Display for SourceAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&printable::one_line(&public(&self.0)))
    }
}

impl fmt::Debug for SourceAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", public(&self.0))
    }
}

impl Serialize for SourceAddress {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&public(&self.0))
    }
}

/// An address without the parts of it that may be secret: user, password, query and fragment.
#[must_use]
pub fn public(address: &str) -> String {
    let end = address.find(['?', '#']).unwrap_or(address.len());
    let public = &address[..end];
    let (scheme, rest) = match public.split_once("://") {
        Some((scheme, rest)) => (format!("{scheme}://"), rest),
        None => (String::new(), public),
    };
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let host = host.rsplit('@').next().unwrap_or(host);
    format!("{scheme}{host}{path}")
}

/// A text in which every address is without its secret parts, which are stars of the same length:
/// so every place in it stays where it was.
#[must_use]
pub fn masked(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let (before, from) = rest.split_at(at + 3);
        kept.push_str(before);
        let ends = |sign: char| sign.is_whitespace() || "\"'`<>".contains(sign);
        let address = &from[..from.find(ends).unwrap_or(from.len())];
        mask(address, &mut kept);
        rest = &from[address.len()..];
    }
    kept.push_str(rest);
    kept
}

/// Adds an address, from its host on, with stars for its secret parts.
fn mask(address: &str, kept: &mut String) {
    let stars = |text: &str| "*".repeat(text.len());
    let public = &address[..address.find(['?', '#']).unwrap_or(address.len())];
    let (host, path) = public.split_at(public.find('/').unwrap_or(public.len()));
    match host.rsplit_once('@') {
        Some((user, host)) => kept.extend([&stars(user), "@", host, path]),
        None => kept.push_str(public),
    }
    let secret = &address[public.len()..];
    if let Some(sign) = secret.chars().next() {
        kept.push(sign);
        kept.push_str(&stars(&secret[1..]));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADDRESSES: [(&str, &str); 9] = [
        ("wss://h/socket.io/", "wss://h/socket.io/"),
        ("https://h:3000?token=secret", "https://h:3000"),
        ("https://h/a?token=secret#secret", "https://h/a"),
        ("wss://h/a#secret?x", "wss://h/a"),
        ("wss://user:secret@h:9/a", "wss://h:9/a"),
        ("wss://user:secret@with@h", "wss://h"),
        ("h:3000/@at?secret", "h:3000/@at"),
        ("user:secret@h/a", "h/a"),
        ("secret:feed", "secret:feed"),
    ];

    #[test]
    fn an_address_prints_itself_without_its_secrets_and_is_exposed_by_name_only() {
        for (whole, public) in ADDRESSES {
            let address = SourceAddress::from(whole);
            assert_eq!(address.to_string(), public);
            assert_eq!(format!("{address:?}"), format!("{public:?}"));
            assert_eq!(serde_json::to_value(&address).unwrap(), public);
            assert_eq!(address.expose(), whole);
            assert_eq!(address.has_secrets(), whole != public, "{whole}");
        }
        let forged = SourceAddress::from("wss://h/\n2026 INFO \u{1b}[2J");
        assert_eq!(forged.to_string(), "wss://h/\\n2026 INFO \\u{1b}[2J");
    }

    #[test]
    fn addresses_in_a_text_lose_their_secrets_and_nothing_moves() {
        for (text, kept) in [
            ("Feed(url: \"wss://h/a?t=1\")", "Feed(url: \"wss://h/a?***\")"),
            ("// ws://u:p@h and http://h#x", "// ws://***@h and http://h#*"),
            ("\"wss://h?ä\" end", "\"wss://h?**\" end"),
            ("no address: a?b#c@d :// x", "no address: a?b#c@d :// x"),
        ] {
            assert_eq!(masked(text), kept);
            assert_eq!(masked(text).len(), text.len());
        }
    }
}
