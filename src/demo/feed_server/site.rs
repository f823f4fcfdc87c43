//! What a site adds to a feed: pages for browsers, and answers to what clients say.
//!
//! A [`Site`] is a plain value without I/O. The show owns it, calls it in the order in which things
//! happen, one call at a time, and does what it wishes.

use std::time::Duration;

use serde_json::value::RawValue;

use super::script::{Cue, Frame};

/// A connection, by a number that is never used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Client(pub u64);

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
pub struct Page {
    /// The status of HTTP.
    pub status: u16,
    /// The type of the body, `text/html; charset=utf-8`.
    pub kind: &'static str,
    /// The body.
    pub body: String,
}

impl Page {
    /// What is answered where there is nothing.
    #[must_use]
    pub fn nothing(what: &str) -> Self {
        Self { status: 404, kind: "text/plain; charset=utf-8", body: format!("{what}\n") }
    }
}

/// What a site wants to be done.
#[derive(Debug, Clone)]
pub enum Wish {
    /// All clients are told.
    Tell(Frame),
    /// One client is told.
    TellOne(Client, Frame),
    /// A client gets an acknowledgement: the number that it gave, and the only argument.
    Answer(Client, u64, Box<RawValue>),
    /// The site is woken with a number after so long.
    Wake(Duration, u64),
    /// A client is disconnected.
    Dismiss(Client),
}

/// What is served beside the feed.
pub trait Site: Send {
    /// Answers a request.
    fn page(&mut self, asked: &Asked) -> Page;

    /// A client has connected.
    fn came(&mut self, client: Client) -> Vec<Wish>;

    /// A client is gone.
    fn left(&mut self, client: Client);

    /// The game goes on, whether or not the frame reached anybody; called right after it was sent.
    fn happened(&mut self, cue: &Cue) -> Vec<Wish>;

    /// A client said an event: the frame, `42…`.
    fn heard(&mut self, client: Client, frame: &str) -> Vec<Wish>;

    /// What it wished to be woken for is due.
    fn woken(&mut self, number: u64) -> Vec<Wish>;

    /// Whoever runs it orders something, in the site's own words.
    fn ordered(&mut self, words: &str) -> Vec<Wish>;
}

/// A feed alone: no page, no answer.
#[derive(Debug, Clone, Copy)]
pub(super) struct FeedAlone;

impl Site for FeedAlone {
    fn page(&mut self, _: &Asked) -> Page {
        Page::nothing("Only a feed is here: connect by Socket.IO.")
    }

    fn came(&mut self, _: Client) -> Vec<Wish> {
        Vec::new()
    }

    fn left(&mut self, _: Client) {}

    fn happened(&mut self, _: &Cue) -> Vec<Wish> {
        Vec::new()
    }

    fn heard(&mut self, _: Client, _: &str) -> Vec<Wish> {
        Vec::new()
    }

    fn woken(&mut self, _: u64) -> Vec<Wish> {
        Vec::new()
    }

    fn ordered(&mut self, _: &str) -> Vec<Wish> {
        Vec::new()
    }
}
