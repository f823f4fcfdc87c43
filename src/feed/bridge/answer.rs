//! What a host answers in place of opening a WebSocket, and what to do about it.

use std::fmt;
use std::time::Duration;

use tokio_tungstenite::tungstenite::http::{HeaderMap, Response, StatusCode, header};

use crate::base::error::{Error, ErrorKind};

/// Bytes of an answer that an error quotes.
const EXCERPT_BYTES: usize = 200;

/// Longest wait that a host can ask for.
const WAIT_MAX: Duration = Duration::from_secs(300);

/// An HTTP answer in place of a WebSocket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpAnswer {
    status: StatusCode,
    /// Where the host sends its clients, without the query, which may hold a secret.
    target: Option<String>,
    /// How long the host asks its clients to wait.
    wait: Option<Duration>,
    /// The beginning of what it says.
    excerpt: String,
}

impl HttpAnswer {
    pub(super) fn of(response: &Response<Option<Vec<u8>>>) -> Self {
        let body = response.body().as_deref().unwrap_or_default();
        let excerpt = String::from_utf8_lossy(&body[..body.len().min(EXCERPT_BYTES)]);
        let target = text(response.headers(), header::LOCATION.as_str());
        let wait = text(response.headers(), header::RETRY_AFTER.as_str());
        let wait = wait.and_then(|seconds| seconds.parse().ok()).map(Duration::from_secs);
        Self {
            status: response.status(),
            target: target.filter(|_| response.status().is_redirection()).map(|it| plain(&it)),
            wait: wait.map(|wait| wait.min(WAIT_MAX)),
            excerpt: excerpt.trim().to_owned(),
        }
    }

    /// The least time until the next attempt, if the host asks for one.
    pub(super) const fn wait(&self) -> Option<Duration> {
        self.wait
    }

    /// The error that ends a client that was never connected: the next answer would be the same.
    /// `None` for a host that is busy, or not ready yet.
    pub(super) fn last_word(&self, host: &str) -> Option<Error> {
        let hint = match self.status.as_u16() {
            300..=399 => match &self.target {
                Some(target) => format!(
                    "nothing is sent to another address by itself: give the one of the feed \
                     there, as {target}, if you trust it"
                ),
                None => "ask who runs it for the address of the feed".to_owned(),
            },
            401 | 403 | 407 => "check the credentials of this address (`replayer secret`), and \
                                whether this machine is let in"
                .to_owned(),
            404 | 405 | 410 => "check the address: a Socket.IO server is at the path /socket.io/ \
                                unless it says otherwise"
                .to_owned(),
            _ => return None,
        };
        let what = format!("no Socket.IO server at {host}: {self}");
        Some(Error::new(ErrorKind::Live, what).hint(hint))
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

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name)?.to_str().ok().map(|text| text.trim().to_owned())
}

/// An address without its query, and not longer than an error can show.
fn plain(target: &str) -> String {
    let end = target.find(['?', '#']).unwrap_or(target.len());
    let shown = &target[..target.floor_char_boundary(end.min(EXCERPT_BYTES))];
    if shown.len() < target.len() { format!("{shown}…") } else { shown.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, headers: &[(&'static str, &'static str)]) -> HttpAnswer {
        let response = headers
            .iter()
            .fold(Response::builder().status(status), |it, header| it.header(header.0, header.1));
        HttpAnswer::of(&response.body(Some(b"said\n".to_vec())).unwrap())
    }

    #[test]
    fn an_answer_that_will_be_the_same_again_is_the_last_word() {
        for status in [301, 302, 303, 307, 308] {
            let moved = answer(status, &[("location", "https://x/?token=secret")]);
            let error = moved.last_word("h:80").unwrap().to_string();
            assert!(error.contains(&format!("no Socket.IO server at h:80: HTTP {status}")));
            assert!(error.contains("moved to https://x/… said"), "{error}");
            assert!(!error.contains("secret"), "{error}");
            assert!(answer(status, &[]).last_word("h").is_some());
        }
        for (status, hint) in
            [(401, "credentials"), (403, "credentials"), (404, "address"), (410, "address")]
        {
            let error = answer(status, &[]).last_word("h").unwrap();
            assert!(error.to_string().contains(hint), "{error}");
            assert_eq!(error.kind(), ErrorKind::Live);
        }
        for status in [200, 400, 408, 425, 429, 500, 502, 503, 504] {
            assert!(answer(status, &[]).last_word("h").is_none(), "{status}");
        }
    }

    #[test]
    fn a_host_that_asks_for_patience_gets_it_within_bounds() {
        let busy = answer(429, &[("retry-after", "17")]);
        assert_eq!(busy.wait(), Some(Duration::from_secs(17)));
        assert_eq!(busy.to_string(), "HTTP 429 Too Many Requests, asks to wait 17 s said");
        assert_eq!(answer(503, &[("retry-after", "999999")]).wait(), Some(WAIT_MAX));
        for other in ["-1", "soon", "Wed, 21 Oct 2026 07:28:00 GMT"] {
            let headers = [("retry-after", other)];
            assert_eq!(answer(503, &headers).wait(), None, "{other}");
        }
    }
}
