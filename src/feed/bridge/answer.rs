//! What a host answers in place of a Socket.IO server, and what to do about it.

use std::fmt;
use std::time::{Duration, UNIX_EPOCH};

use tokio_tungstenite::tungstenite::http::{HeaderMap, StatusCode, header};

use super::address::{Address, shown};
use super::censor::Censor;
use crate::base::clock;
use crate::model::time::Moment;

/// Bytes of an answer that an error quotes.
const EXCERPT_BYTES: usize = 200;

/// Longest wait that a host can ask for.
const WAIT_MAX: Duration = Duration::from_secs(300);

/// An HTTP answer in place of a Socket.IO server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpAnswer {
    status: StatusCode,
    /// Where the host sends its clients, without the query, which may hold a secret.
    target: Option<String>,
    /// The same, to go there; or why we do not.
    next: Option<Result<Address, String>>,
    /// How long the host asks its clients to wait.
    wait: Option<Duration>,
    /// The beginning of what it says.
    excerpt: String,
}

impl HttpAnswer {
    /// The answer to a request for an address, without what we sent as a secret.
    pub(super) fn of(
        (status, headers, body): (StatusCode, &HeaderMap, &[u8]),
        asked: &Address,
        secrets: &Censor,
    ) -> Self {
        // Censored before it is cut: a secret of which a part is left is not found.
        let body = String::from_utf8_lossy(body);
        let body = secrets.censor(&body);
        let excerpt = &body[..body.floor_char_boundary(EXCERPT_BYTES)];
        let target = text(headers, &header::LOCATION).filter(|_| status.is_redirection());
        let wait = text(headers, &header::RETRY_AFTER);
        Self {
            status,
            next: target.as_deref().map(|target| asked.redirected(target)),
            target: target.map(|target| plain(&target)),
            wait: wait.and_then(|wait| time_to(&wait, clock::moment())),
            excerpt: excerpt.trim().to_owned(),
        }
    }

    /// The least time until the next attempt, if the host asks for one.
    pub(super) const fn wait(&self) -> Option<Duration> {
        self.wait
    }

    /// Where the host sends us, if we may go there.
    pub(super) fn next(&self) -> Option<&Address> {
        self.next.as_ref()?.as_ref().ok()
    }

    /// What to do about an answer that would be the same again; `None` for a host that is busy, or
    /// not ready yet.
    pub(super) fn advice(&self) -> Option<String> {
        Some(match self.status.as_u16() {
            300..=399 => match (&self.next, &self.target) {
                (Some(Err(why)), Some(target)) => format!(
                    "it is not followed, because {why}: give the address of the feed there, as \
                     {target}, if you trust it"
                ),
                (Some(Ok(_)), _) => {
                    "it goes from one address to the next, and never ends: ask who \
                                     runs it for the address of the feed"
                        .to_owned()
                }
                _ => "ask who runs it for the address of the feed".to_owned(),
            },
            401 | 403 => "check the credentials of this address (`replayer secret`), and whether \
                          this machine is let in"
                .to_owned(),
            404 | 405 | 410 => "check the address: a Socket.IO server is at the path /socket.io/ \
                                unless it says otherwise, and a namespace is a setting, \
                                `feed.namespace`"
                .to_owned(),
            // Too slow, in the way of another request, too early, too many.
            408 | 409 | 425 | 429 => return None,
            400..=499 => "check the address, and whether it wants another transport \
                          (`feed.transport`) or other headers (`feed.headers`, `feed.origin`)"
                .to_owned(),
            _ => return None,
        })
    }
}

impl fmt::Display for HttpAnswer {
    /// The status, where it sends its clients, and the beginning of what it says.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HTTP {}", self.status)?;
        if let Some(target) = &self.target {
            write!(f, ": moved to {target}")?;
        }
        let wait =
            self.wait.filter(|_| self.status.as_u16() == 429 || self.status.is_server_error());
        if let Some(wait) = wait {
            write!(f, ", asks to wait {} s", wait.as_secs())?;
        }
        if self.excerpt.is_empty() { Ok(()) } else { write!(f, " {}", self.excerpt) }
    }
}

/// How long to wait, from seconds or a date; at most [`WAIT_MAX`].
fn time_to(text: &str, now: Moment) -> Option<Duration> {
    let wait = if let Ok(seconds) = text.parse() {
        Duration::from_secs(seconds)
    } else {
        let at = httpdate::parse_http_date(text).ok()?.duration_since(UNIX_EPOCH).ok()?;
        at.saturating_sub(Duration::from_millis(now.as_ms()))
    };
    Some(wait.min(WAIT_MAX))
}

fn text(headers: &HeaderMap, name: &header::HeaderName) -> Option<String> {
    headers.get(name)?.to_str().ok().map(|text| text.trim().to_owned())
}

/// An address without its secrets, and not longer than an error can show.
fn plain(target: &str) -> String {
    let public = shown(target);
    let begin = &public[..public.floor_char_boundary(EXCERPT_BYTES)];
    if begin.len() < target.len() { format!("{begin}…") } else { public }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, lines: &[(&'static str, &'static str)]) -> HttpAnswer {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.insert(*name, header::HeaderValue::from_static(value));
        }
        let asked = "ws://h:80".parse().unwrap();
        let mut secrets = Censor::default();
        secrets.add("planted-secret");
        let status = StatusCode::from_u16(status).unwrap();
        HttpAnswer::of((status, &headers, b"said planted-secret\n"), &asked, &secrets)
    }

    #[test]
    fn an_answer_that_will_be_the_same_again_has_its_advice() {
        for status in [301, 302, 303, 307, 308] {
            let moved = answer(status, &[("location", "https://x/?token=secret")]);
            let told = format!("{moved}; {}", moved.advice().unwrap());
            assert!(told.contains(&format!("HTTP {status}")), "{told}");
            assert!(told.contains("moved to https://x/… said [secret]"), "{told}");
            assert!(told.contains("not followed, because it is another host"), "{told}");
            assert!(!told.contains("token") && !format!("{moved:?}").contains("token"), "{told}");
            assert!(answer(status, &[]).advice().is_some());
        }
        for (status, hint) in [
            (400, "transport"),
            (401, "credentials"),
            (403, "credentials"),
            (404, "feed.namespace"),
            (410, "address"),
            (426, "transport"),
        ] {
            let advice = answer(status, &[]).advice().unwrap();
            assert!(advice.contains(hint), "{advice}");
        }
        for status in [200, 408, 409, 425, 429, 500, 502, 503, 504] {
            assert_eq!(answer(status, &[]).advice(), None, "{status}");
        }
    }

    #[test]
    fn a_redirect_is_followed_on_its_host_alone() {
        let moved = answer(302, &[("location", "/feed/?a=b")]);
        assert_eq!(moved.next().unwrap().to_string(), "ws://h:80/feed/");
        assert_eq!(answer(302, &[("location", "http://other/")]).next(), None);
        assert_eq!(answer(404, &[("location", "/feed/")]).next(), None);
    }

    #[test]
    fn a_host_that_asks_for_patience_gets_it_within_bounds() {
        let busy = answer(429, &[("retry-after", "17")]);
        assert_eq!(busy.wait(), Some(Duration::from_secs(17)));
        let told = "HTTP 429 Too Many Requests, asks to wait 17 s said [secret]";
        assert_eq!(busy.to_string(), told);
        assert_eq!(answer(503, &[("retry-after", "999999")]).wait(), Some(WAIT_MAX));
        for other in ["-1", "soon", "Wed, 21 Oct 20x6 07:28:00 GMT"] {
            let headers = [("retry-after", other)];
            assert_eq!(answer(503, &headers).wait(), None, "{other}");
        }
    }

    #[test]
    fn a_date_to_come_back_at_is_a_wait_by_our_clock() {
        // 2026-10-21 07:28:00 UTC.
        let date = "Wed, 21 Oct 2026 07:28:00 GMT";
        let at = 1_792_567_680_000;
        for (now, wait) in [(at - 90_500, 90_500), (at, 0), (at + 1, 0), (0, 300_000)] {
            let waits = time_to(date, Moment::from_ms(now));
            assert_eq!(waits, Some(Duration::from_millis(wait)), "{now}");
        }
    }
}
