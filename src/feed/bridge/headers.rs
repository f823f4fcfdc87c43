//! The headers that go with every request to a feed: who asks, from where, and the cookies.

use std::sync::{Mutex, PoisonError};

use hyper::header::{
    AUTHORIZATION, COOKIE, HeaderMap, HeaderName, HeaderValue, ORIGIN, USER_AGENT,
};
use hyper::header::{PROXY_AUTHORIZATION, SET_COOKIE};

use super::censor::Censor;

/// Who asks, where no other text is set.
const AGENT: &str = concat!("replayer/", env!("CARGO_PKG_VERSION"));

/// Headers that belong to the connection: another value would break it.
const OURS: [&str; 8] = [
    "connection",
    "content-length",
    "content-type",
    "host",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// Most cookies of a host that are kept for a connection.
const COOKIES_MAX: usize = 64;

/// The headers of every request to a feed.
#[derive(Debug, Clone)]
pub struct Headers {
    lines: HeaderMap,
    cookies: Vec<String>,
    secrets: Censor,
}

impl Default for Headers {
    /// Only who asks: `replayer/` and the version.
    fn default() -> Self {
        let mut lines = HeaderMap::new();
        lines.insert(USER_AGENT, HeaderValue::from_static(AGENT));
        Self { lines, cookies: Vec::new(), secrets: Censor::default() }
    }
}

impl Headers {
    /// Adds lines of `Name: value`, which may be seen.
    ///
    /// # Errors
    /// Which line cannot be sent, and why; its value is not shown. A header that is made to hold a
    /// secret is refused.
    pub fn add(&mut self, lines: &str) -> Result<(), String> {
        for (number, name, value) in parsed(lines)? {
            if [AUTHORIZATION, COOKIE, PROXY_AUTHORIZATION].contains(&name) {
                return Err(format!(
                    "line {number}: {name} holds a secret: name one by `feed.headers_secret`"
                ));
            }
            if [ORIGIN, USER_AGENT].contains(&name) {
                return Err(format!("line {number}: {name} has a setting of its own"));
            }
            self.lines.append(name, value);
        }
        Ok(())
    }

    /// Adds lines of `Name: value` that are never shown, nor what the server says back of them.
    ///
    /// # Errors
    /// As [`add`](Self::add), but any header may hold a secret.
    pub fn add_secret(&mut self, lines: &str) -> Result<(), String> {
        for (_, name, mut value) in parsed(lines)? {
            let text = value.to_str().unwrap_or_default().to_owned();
            self.secrets.add(&text);
            if name == COOKIE {
                pairs(&text).for_each(|(_, value)| self.secrets.add(value));
                self.cookies.push(text);
                continue;
            }
            // `Bearer TOKEN`: a server may say the token alone.
            text.split_whitespace().skip(1).for_each(|word| self.secrets.add(word));
            value.set_sensitive(true);
            self.lines.append(name, value);
        }
        Ok(())
    }

    /// Sets the header `Origin`.
    ///
    /// # Errors
    /// When it is not a text that a header can hold.
    pub fn set_origin(&mut self, origin: &str) -> Result<(), String> {
        self.lines.insert(ORIGIN, valid(origin)?);
        Ok(())
    }

    /// Sets the header `User-Agent`.
    ///
    /// # Errors
    /// When it is not a text that a header can hold.
    pub fn set_user_agent(&mut self, agent: &str) -> Result<(), String> {
        self.lines.insert(USER_AGENT, valid(agent)?);
        Ok(())
    }

    /// Adds cookies, `name=value; name=value`.
    ///
    /// # Errors
    /// When they are not cookies.
    pub fn add_cookies(&mut self, cookies: &str) -> Result<(), String> {
        valid(cookies)?;
        if cookies.split(';').any(|pair| pair.split_once('=').is_none()) {
            return Err("expected cookies, such as name=value; other=value".to_owned());
        }
        self.cookies.push(cookies.trim().to_owned());
        Ok(())
    }

    /// What no message may show.
    pub(super) const fn secrets(&self) -> &Censor {
        &self.secrets
    }

    /// Puts them onto a request, with the cookies that the host has set.
    pub(super) fn put(&self, request: &mut HeaderMap, set: &CookieJar) {
        for (name, value) in &self.lines {
            request.append(name, value.clone());
        }
        let cookies: Vec<_> = self.cookies.iter().cloned().chain(set.all()).collect();
        // Each of them was part of a header before.
        if let Ok(mut value) = HeaderValue::from_str(&cookies.join("; "))
            && !cookies.is_empty()
        {
            value.set_sensitive(true);
            request.insert(COOKIE, value);
        }
    }
}

/// The cookies that a host sets while we connect: a balancer knows by them which of its servers has
/// the session. They are forgotten with the connection.
#[derive(Debug, Default)]
pub(super) struct CookieJar(Mutex<Vec<(String, String)>>);

impl CookieJar {
    /// Keeps the cookies of an answer.
    pub(super) fn keep(&self, answer: &HeaderMap) {
        let mut jar = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for value in answer.get_all(SET_COOKIE).iter().filter_map(|value| value.to_str().ok()) {
            let Some((name, value)) = pairs(value).next() else { continue };
            jar.retain(|(known, _)| known != name);
            if jar.len() < COOKIES_MAX {
                jar.push((name.to_owned(), value.to_owned()));
            }
        }
    }

    fn all(&self) -> Vec<String> {
        let jar = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        jar.iter().map(|(name, value)| format!("{name}={value}")).collect()
    }
}

/// The pairs of `name=value; name=value`.
fn pairs(cookies: &str) -> impl Iterator<Item = (&str, &str)> {
    cookies.split(';').filter_map(|pair| pair.trim().split_once('='))
}

/// A text that a header can hold.
fn valid(text: &str) -> Result<HeaderValue, String> {
    HeaderValue::from_str(text.trim()).map_err(|_| "a header cannot hold this text".to_owned())
}

/// The headers of a text with one on each line, and the numbers of their lines.
fn parsed(lines: &str) -> Result<Vec<(usize, HeaderName, HeaderValue)>, String> {
    let lines = lines.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let header = |(index, line): (usize, &str)| {
        let number = index + 1;
        let wrong = || format!("line {number}: expected a header, such as X-Name: value");
        let (name, value) = line.split_once(':').ok_or_else(wrong)?;
        let name: HeaderName = name.trim().parse().map_err(|_| wrong())?;
        let value = valid(value).map_err(|_| wrong())?;
        if OURS.contains(&name.as_str()) || name.as_str().starts_with("sec-websocket-") {
            return Err(format!("line {number}: {name} belongs to the connection"));
        }
        Ok((number, name, value))
    };
    lines.map(header).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(headers: &Headers, jar: &CookieJar) -> Vec<(String, String)> {
        let mut request = HeaderMap::new();
        headers.put(&mut request, jar);
        let text = |value: &HeaderValue| value.to_str().unwrap().to_owned();
        request.iter().map(|(name, value)| (name.to_string(), text(value))).collect()
    }

    #[test]
    fn a_request_has_what_was_set_and_says_who_asks() {
        let jar = CookieJar::default();
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(sent(&Headers::default(), &jar), [pair("user-agent", AGENT)]);
        let mut headers = Headers::default();
        headers.add("X-One: 1\n\nX-Two:  a: b\n").unwrap();
        headers.set_origin("https://site.example").unwrap();
        headers.set_user_agent("Mozilla/5.0").unwrap();
        headers.add_cookies("a=1; b=2").unwrap();
        headers.add_secret("Authorization: Bearer planted-token\nCookie: c=3\n").unwrap();
        let mut all = sent(&headers, &jar);
        all.sort();
        let wanted = [
            ("authorization", "Bearer planted-token"),
            ("cookie", "a=1; b=2; c=3"),
            ("origin", "https://site.example"),
            ("user-agent", "Mozilla/5.0"),
            ("x-one", "1"),
            ("x-two", "a: b"),
        ];
        assert_eq!(all, wanted.map(|(name, value)| pair(name, value)));
        assert!(!format!("{headers:?}").contains("planted"), "{headers:?}");
    }

    #[test]
    fn secrets_in_headers_are_censored_and_refused_where_they_could_be_seen() {
        let mut headers = Headers::default();
        headers
            .add_secret("Authorization: Bearer planted-token\nCookie: s=planted-cookie")
            .unwrap();
        let said = headers.secrets().censor("planted-token, planted-cookie").into_owned();
        assert_eq!(said, "[secret], [secret]");
        for (line, why) in [
            ("Authorization: planted", "feed.headers_secret"),
            ("X: 1\ncookie: a=planted", "line 2: cookie holds a secret"),
            ("Origin: planted", "setting of its own"),
            ("Host: planted", "belongs to the connection"),
            ("Sec-WebSocket-Key: planted", "belongs to the connection"),
            ("planted", "line 1: expected a header"),
            ("a b: planted", "line 1: expected a header"),
            ("X: planted\u{1}", "line 1: expected a header"),
        ] {
            let error = headers.add(line).unwrap_err();
            assert!(error.contains(why) && !error.contains("planted"), "{line:?}: {error}");
        }
        assert!(headers.add_cookies("planted").is_err());
        assert!(headers.set_origin("a\nb").is_err());
    }

    #[test]
    fn cookies_of_the_host_go_back_to_it_the_last_of_each_name() {
        let jar = CookieJar::default();
        let mut answer = HeaderMap::new();
        for cookie in ["AWSALB=one; Path=/; Secure", "b=2", "AWSALB=two; Path=/", "nothing"] {
            answer.append(SET_COOKIE, HeaderValue::from_static(cookie));
        }
        jar.keep(&answer);
        let mut headers = Headers::default();
        headers.add_cookies("a=1").unwrap();
        let sent = sent(&headers, &jar);
        assert!(
            sent.contains(&("cookie".to_owned(), "a=1; b=2; AWSALB=two".to_owned())),
            "{sent:?}"
        );
    }
}
