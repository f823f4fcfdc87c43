//! Through which proxy a feed is reached: that of a setting, or those of the environment by curl's
//! rules (docs/spec/protocol.md#proxies).

use std::fmt;
use std::sync::Arc;

use hyper::header::HeaderValue;
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use secrecy::{ExposeSecret, SecretString};
use tokio_tungstenite::tungstenite::http::Uri;

use super::address::{Address, bare, place, port};
use crate::base::error::Error;

/// The setting that ignores the environment and takes no proxy.
pub const NO_PROXY: &str = "none";

/// The port of a proxy that names none, as in curl.
const PORT: u16 = 1080;

/// The port of a proxy that is reached by TLS and names none.
const PORT_TLS: u16 = 443;

/// Which feeds are reached through a proxy, and through which.
#[derive(Debug, Clone, Default)]
pub struct ProxyRules {
    matcher: Option<Arc<Matcher>>,
    /// Whether servers of this machine are reached through it, too.
    also_here: bool,
}

/// A proxy for a feed.
#[derive(Clone)]
pub(super) struct Proxy {
    pub(super) kind: ProxyKind,
    pub(super) host: String,
    pub(super) port: u16,
    /// Whether the proxy itself is reached by TLS.
    pub(super) secure: bool,
}

/// What a proxy speaks, with the credentials for it.
#[derive(Clone)]
pub(super) enum ProxyKind {
    /// HTTP: a tunnel by CONNECT.
    Connect(Option<HeaderValue>),
    /// SOCKS5; `true` where the proxy looks up the name of the host.
    Socks(Option<(String, String)>, bool),
}

impl ProxyRules {
    /// One proxy for every feed but those that `except` lists, as `NO_PROXY` does. Credentials are
    /// `user:password`.
    ///
    /// # Errors
    /// Why the text is not the address of a proxy; it is not shown.
    pub fn of_setting(
        proxy: &str,
        credentials: Option<&SecretString>,
        except: &str,
    ) -> Result<Self, String> {
        if proxy == NO_PROXY {
            return Ok(Self::default());
        }
        if proxy.contains('@') {
            return Err(
                "a user and a password are a secret: name one by `feed.proxy_secret`".to_owned()
            );
        }
        checked(proxy)?;
        let (scheme, rest) = proxy.split_once("://").unwrap_or(("http", proxy));
        let whole = match credentials.map(|secret| secret.expose_secret().trim()) {
            None => format!("{scheme}://{rest}"),
            Some(secret) => {
                let (user, password) = secret.split_once(':').unwrap_or((secret, ""));
                format!("{scheme}://{}:{}@{rest}", escaped(user), escaped(password))
            }
        };
        let matcher = Matcher::builder().all(whole).no(except.to_owned()).build();
        Ok(Self { matcher: Some(Arc::new(matcher)), also_here: true })
    }

    /// The proxies that the environment names: `http_proxy` for feeds without TLS, `https_proxy`
    /// for those with it, `all_proxy` for both, but none for the hosts in `no_proxy`; each also in
    /// upper case. Servers of this machine are reached without them.
    ///
    /// # Errors
    /// [`crate::base::error::ErrorKind::Usage`] when a variable is not the address of a proxy; it
    /// is not shown, because it may hold a password.
    pub fn of_environment(variable: impl Fn(&str) -> Option<String>) -> Result<Self, Error> {
        let text = |name: &str| {
            let set = |name: &str| variable(name).filter(|value| !value.is_empty());
            set(name).or_else(|| match name {
                // What a client of a CGI server asks for is not ours to follow.
                "http_proxy" if variable("REQUEST_METHOD").is_some() => None,
                _ => set(&name.to_uppercase()),
            })
        };
        let proxy = |name: &str| -> Result<String, Error> {
            let Some(value) = text(name) else { return Ok(String::new()) };
            checked(&value).map_err(|why| {
                let what = format!("the variable {name} is not the address of a proxy: {why}");
                Error::usage(what).hint("unset it, or set `feed.proxy`, which comes before it")
            })?;
            Ok(value)
        };
        let matcher = Matcher::builder()
            .all(proxy("all_proxy")?)
            .http(proxy("http_proxy")?)
            .https(proxy("https_proxy")?)
            .no(Self::excepted(variable))
            .build();
        Ok(Self { matcher: Some(Arc::new(matcher)), also_here: false })
    }

    /// The hosts that no proxy is for, by the environment: `no_proxy`, else `NO_PROXY`.
    pub fn excepted(variable: impl Fn(&str) -> Option<String>) -> String {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        set("no_proxy").or_else(|| set("NO_PROXY")).unwrap_or_default()
    }

    /// The proxy for a feed; `None` where it is reached directly.
    pub(super) fn choose(&self, address: &Address) -> Option<Proxy> {
        let is_here = address.is_here() && !self.also_here;
        let found = self.matcher.as_ref().filter(|_| !is_here)?.intercept(&address.site())?;
        // Checked when the rules were made.
        Proxy::of(&found).ok()
    }
}

impl Proxy {
    fn of(found: &Intercept) -> Result<Self, String> {
        let uri = found.uri();
        let authority = uri.authority().ok_or("it has no host")?;
        let scheme = uri.scheme_str().unwrap_or_default();
        let kind = match scheme {
            "http" | "https" => ProxyKind::Connect(found.basic_auth().cloned()),
            "socks5" | "socks5h" => {
                let auth = found.raw_auth().map(|(user, word)| (user.to_owned(), word.to_owned()));
                ProxyKind::Socks(auth, scheme == "socks5h")
            }
            _ => {
                return Err(format!(
                    "{scheme} is not supported, only http, https, socks5, socks5h"
                ));
            }
        };
        let secure = scheme == "https";
        let port = port(authority).map_err(|port| format!("its port {port:?} does not exist"))?;
        let port = port.unwrap_or(if secure { PORT_TLS } else { PORT });
        Ok(Self { kind, host: bare(authority.host()).to_owned(), port, secure })
    }
}

impl fmt::Display for Proxy {
    /// Its host and port, without the credentials.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&place(&self.host, self.port))
    }
}

/// Says why a text cannot be the address of a proxy, without showing it.
fn checked(proxy: &str) -> Result<(), String> {
    let wrong = || "expected an address such as http://host:3128 or socks5h://host:1080".to_owned();
    let matcher = Matcher::builder().all(proxy.to_owned()).build();
    let found = matcher.intercept(&Uri::from_static("http://feed.example")).ok_or_else(wrong)?;
    Proxy::of(&found).map(drop)
}

/// A text as a part of a URL can hold it.
fn escaped(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The rules of an environment.
    fn environment(variables: &[(&str, &str)]) -> Result<ProxyRules, Error> {
        let find = |name: &str| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        ProxyRules::of_environment(find)
    }

    /// How a feed is reached: `direct`, or the proxy.
    fn way(rules: &ProxyRules, url: &str) -> String {
        let chosen = rules.choose(&url.parse().unwrap());
        chosen.map_or_else(|| "direct".to_owned(), |proxy| proxy.to_string())
    }

    #[test]
    fn variables_are_read_by_the_rules_of_curl() {
        let rules = environment(&[
            ("http_proxy", "http://plain:1"),
            ("HTTP_PROXY", "http://shadowed:1"),
            ("HTTPS_PROXY", "secure:2"),
            ("all_proxy", "socks5h://both:3"),
            ("no_proxy", "internal.example, .dotted.example,10.0.0.0/8,2001:db8::/32"),
        ])
        .unwrap();
        for (url, wanted) in [
            ("ws://h", "plain:1"),
            ("http://h", "plain:1"),
            ("wss://h", "secure:2"),
            ("https://h:99", "secure:2"),
            ("wss://internal.example", "direct"),
            ("wss://feed.INTERNAL.example", "direct"),
            ("wss://notinternal.example", "secure:2"),
            ("wss://a.dotted.example", "direct"),
            ("wss://10.1.2.3", "direct"),
            ("wss://11.1.2.3", "secure:2"),
            ("wss://[2001:db8::1]", "direct"),
            ("wss://localhost:3000", "direct"),
            ("ws://127.0.0.9", "direct"),
            ("ws://[::1]:9", "direct"),
        ] {
            assert_eq!(way(&rules, url), wanted, "{url}");
        }
        let both = environment(&[("ALL_PROXY", "socks5://both"), ("http_proxy", "")]).unwrap();
        assert_eq!(way(&both, "ws://h"), "both:1080");
        assert_eq!(way(&both, "wss://h"), "both:1080");
        let nowhere = environment(&[("ALL_PROXY", "both:1"), ("NO_PROXY", "*")]).unwrap();
        assert_eq!(way(&nowhere, "wss://h"), "direct");
        let cgi = environment(&[("HTTP_PROXY", "evil:1"), ("REQUEST_METHOD", "GET")]).unwrap();
        assert_eq!(way(&cgi, "ws://h"), "direct");
        assert_eq!(way(&environment(&[]).unwrap(), "wss://h"), "direct");
    }

    #[test]
    fn a_setting_comes_for_every_feed_but_those_that_are_excepted() {
        let rules = ProxyRules::of_setting("https://proxy", None, "direct.example").unwrap();
        assert_eq!(way(&rules, "ws://h"), "proxy:443");
        assert_eq!(way(&rules, "ws://127.0.0.1:3000"), "proxy:443");
        assert_eq!(way(&rules, "wss://direct.example"), "direct");
        assert!(rules.choose(&"ws://h".parse().unwrap()).unwrap().secure);
        assert_eq!(way(&ProxyRules::of_setting(NO_PROXY, None, "").unwrap(), "ws://h"), "direct");
    }

    #[test]
    fn credentials_reach_the_proxy_and_nobody_else() {
        let secret: SecretString = "us er:pla:nted@/%".into();
        let rules = ProxyRules::of_setting("socks5h://p", Some(&secret), "").unwrap();
        let proxy = rules.choose(&"ws://h".parse().unwrap()).unwrap();
        let ProxyKind::Socks(Some((user, password)), true) = &proxy.kind else { panic!() };
        assert_eq!((user.as_str(), password.as_str()), ("us er", "pla:nted@/%"));
        let rules = environment(&[("https_proxy", "http://user:pa%20ss@p:1")]).unwrap();
        let proxy = rules.choose(&"wss://h".parse().unwrap()).unwrap();
        let ProxyKind::Connect(Some(basic)) = &proxy.kind else { panic!() };
        assert_eq!(basic, "Basic dXNlcjpwYSBzcw==");
        assert!(!format!("{rules:?} {proxy}").contains("pa ss"), "{rules:?} {proxy}");
    }

    #[test]
    fn what_is_not_the_address_of_a_proxy_is_an_error_that_shows_nothing_of_it() {
        for (proxy, why) in [
            ("socks4://planted", "socks4 is not supported"),
            ("ftp://planted", "expected an address"),
            ("http://", "expected an address"),
            ("planted:0", "port \"0\""),
            ("http://planted:99999", "port \"99999\""),
            ("http://user:planted@h", "feed.proxy_secret"),
        ] {
            let error = ProxyRules::of_setting(proxy, None, "").unwrap_err();
            assert!(error.contains(why) && !error.contains("planted"), "{proxy}: {error}");
        }
        let error = environment(&[("ALL_PROXY", "gopher://planted")]).unwrap_err().to_string();
        assert!(error.contains("the variable all_proxy"), "{error}");
        assert!(!error.contains("planted"), "{error}");
    }
}
