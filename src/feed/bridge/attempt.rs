//! One attempt to reach a server: where it is, and what every request to it has.

use std::sync::Arc;

use tokio_tungstenite::tungstenite::http::{HeaderMap, StatusCode};

use super::address::Address;
use super::answer::HttpAnswer;
use super::censor::Censor;
use super::config::Config;
use super::dial::Dialer;
use super::headers::{CookieJar, Headers};
use super::incoming::Why;

/// One attempt to reach a server.
pub(super) struct Attempt {
    pub(super) address: Address,
    pub(super) dialer: Arc<Dialer>,
    pub(super) headers: Headers,
    /// The cookies that the host sets meanwhile.
    pub(super) jar: CookieJar,
    /// What no message may show.
    secrets: Censor,
    pub(super) message_bytes_max: usize,
}

impl Attempt {
    pub(super) fn new(address: Address, config: &Config, dialer: Arc<Dialer>) -> Self {
        Self {
            address,
            dialer,
            headers: config.headers.clone(),
            jar: CookieJar::default(),
            secrets: config.secrets(),
            message_bytes_max: config.options.message_bytes_max,
        }
    }

    /// The reason for there being no session: what the host answers instead.
    pub(super) fn answered(&self, status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Why {
        let answer = HttpAnswer::of((status, headers, body), &self.address, &self.secrets);
        Why::Answered(Box::new(answer))
    }
}
