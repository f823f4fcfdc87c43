//! What a site adds to a feed: pages for browsers, and answers to what clients say.
//!
//! A [`ServedSite`] is a plain value without I/O. The show owns it, calls it in the order in which
//! things happen, one call at a time, and does what it returns.

use std::time::Duration;

use serde_json::value::RawValue;

use super::script::{CueFrame, ShowCue};

/// A connection, by a number that is never used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct SiteClient(pub u64);

/// A request for something beside the feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The path, with its slash.
    pub path: String,
    /// What stands behind the question mark; empty where there is none.
    pub query: String,
}

/// The answer to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SitePage {
    /// The status of HTTP.
    pub status: u16,
    /// The type of the body, `text/html; charset=utf-8`.
    pub kind: &'static str,
    /// The text of the body.
    pub body: String,
}

impl SitePage {
    /// What is answered where there is nothing.
    #[must_use]
    pub fn nothing(what: &str) -> Self {
        Self { status: 404, kind: "text/plain; charset=utf-8", body: format!("{what}\n") }
    }
}

/// What a site wants to be done.
#[derive(Debug, Clone)]
pub enum SiteAction {
    /// All clients are told.
    Tell(CueFrame),
    /// One client is told.
    TellOne(SiteClient, CueFrame),
    /// A client gets an acknowledgement: the number that it gave, and the only argument.
    Answer(SiteClient, u64, Box<RawValue>),
    /// The site is woken with a number after a duration.
    Wake(Duration, u64),
    /// A client is disconnected.
    Dismiss(SiteClient),
}

/// What is served beside the feed.
pub trait ServedSite: Send {
    /// Answers a request for a page.
    fn page(&mut self, asked: &Asked) -> SitePage;

    /// A client has connected.
    fn came(&mut self, client: SiteClient) -> Vec<SiteAction>;

    /// A client is gone.
    fn left(&mut self, client: SiteClient);

    /// The game goes on, whether or not the frame reached anybody; called right after it was sent.
    fn happened(&mut self, cue: &ShowCue) -> Vec<SiteAction>;

    /// A client said an event: the frame, `42…`.
    fn heard(&mut self, client: SiteClient, frame: &str) -> Vec<SiteAction>;

    /// A wake-up that it asked for is due.
    fn woken(&mut self, number: u64) -> Vec<SiteAction>;

    /// Carries out a command of the person who runs it, in the site's own words.
    fn ordered(&mut self, words: &str) -> Vec<SiteAction>;
}

/// A feed alone: no page, no answer.
#[derive(Debug, Clone, Copy)]
pub(super) struct FeedAlone;

impl ServedSite for FeedAlone {
    fn page(&mut self, _: &Asked) -> SitePage {
        SitePage::nothing("Only a feed is here: connect by Socket.IO.")
    }

    fn came(&mut self, _: SiteClient) -> Vec<SiteAction> {
        Vec::new()
    }

    fn left(&mut self, _: SiteClient) {}

    fn happened(&mut self, _: &ShowCue) -> Vec<SiteAction> {
        Vec::new()
    }

    fn heard(&mut self, _: SiteClient, _: &str) -> Vec<SiteAction> {
        Vec::new()
    }

    fn woken(&mut self, _: u64) -> Vec<SiteAction> {
        Vec::new()
    }

    fn ordered(&mut self, _: &str) -> Vec<SiteAction> {
        Vec::new()
    }
}
