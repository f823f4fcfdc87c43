//! The tap: what goes over the sockets of a page, found out to be the game's, in order.
//!
//! ```text
//! socket seen ─> candidate ─ a frame of the game ─> up: what it said so far, then text by text
//!                    └─ something else, for too long ─> passed over
//! up ─ closed, navigation, crash, detach, line lost ─> down
//! ```
//!
//! Pure: events go in, [`Tapped`] comes out. A socket is the game's by what it says and not by its
//! address, so that one that was open before we came is found as well as a new one; nothing is made
//! up for what was said before (spec/browser.md 2.2).

mod signal;
mod socket;

use std::time::Instant;

use thiserror::Error;

use crate::bridge::Halt;
use crate::capture::Direction;
use crate::feed::Moment;
pub(super) use signal::Signal;
use socket::Socket;

/// Sockets of one document that are kept in mind; the oldest is forgotten first.
const SOCKETS_MAX: usize = 32;

/// What is heard of the game's socket in the page.
///
/// Every socket has an epoch, a number of its own for as long as a supervisor lives. Where a page has
/// two at a time, their texts come mixed, each with its epoch; the later one is the page's newer.
#[derive(Debug, Clone, Copy)]
pub enum Tapped<'a> {
    /// A socket of the game is open.
    Up {
        /// Its number, from 1.
        epoch: u32,
        /// Its address without the query; none where it was open before we came.
        url_without_query: Option<&'a str>,
        /// Whether everything that was said on it follows.
        since: Since,
    },
    /// A text: a packet of Engine.IO and Socket.IO as it was on the wire.
    Text {
        /// The number of its socket.
        epoch: u32,
        /// Whether the page received it or sent it.
        direction: Direction,
        /// When we heard it, by the wall clock.
        at: Moment,
        /// The same moment, to measure from.
        arrived: Instant,
        /// The text.
        text: &'a str,
    },
    /// Nothing more comes from a socket.
    Down {
        /// Its number.
        epoch: u32,
        /// Why.
        why: &'a Lost,
    },
}

/// From when on a socket was heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Since {
    /// From its first text, `0{…}`: everything that the server says to a new client is in it.
    Beginning,
    /// From somewhere: we came later, or the page began by polling. What the server said before is
    /// not known, and must not be guessed.
    Middle,
}

/// Why a socket is heard no more.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Lost {
    /// The server or the page closed it.
    #[error("the socket was closed")]
    Closed,
    /// The page has another document.
    #[error("the page was loaded anew or went elsewhere")]
    Navigated,
    /// The page crashed.
    #[error("the page crashed")]
    Crashed,
    /// The tab is closed, or somebody else's.
    #[error("the tab is gone")]
    Detached,
    /// The way to the browser is gone.
    #[error("the browser is gone")]
    Browser,
    /// A text was above the limit.
    #[error("a text of {bytes} bytes, above the limit of {limit}")]
    Oversize {
        /// Its length.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
}

/// The sockets of the present document. Kept over reconnections, so that no epoch comes twice.
#[derive(Debug)]
pub(super) struct Tap {
    sockets: Vec<Socket>,
    epochs: u32,
    text_bytes_max: usize,
}

impl Tap {
    /// A tap that has heard nothing.
    pub(super) const fn new(text_bytes_max: usize) -> Self {
        Self { sockets: Vec::new(), epochs: 0, text_bytes_max }
    }

    /// Whether a socket of the game is open.
    pub(super) fn is_up(&self) -> bool {
        self.sockets.iter().any(|socket| socket.epoch().is_some())
    }

    /// Takes what happened to a socket.
    ///
    /// # Errors
    /// Those of `tell`.
    pub(super) fn take(
        &mut self,
        signal: Signal,
        (at, arrived): (Moment, Instant),
        tell: &mut impl FnMut(Tapped<'_>) -> Result<(), Halt>,
    ) -> Result<(), Halt> {
        match signal {
            Signal::Opened { request, url } => {
                self.add(Socket::new(request, Some(url)));
                Ok(())
            }
            Signal::Frame { request, direction, text } => {
                let at_hand = self.sockets.iter().position(|socket| socket.is(&request));
                let place = at_hand.unwrap_or_else(|| self.add(Socket::new(request, None)));
                let limit = self.text_bytes_max;
                if text.len() > limit {
                    let why = Lost::Oversize { bytes: text.len(), limit };
                    return self.sockets[place].give_up(&why, tell);
                }
                let (socket, epochs) = (&mut self.sockets[place], &mut self.epochs);
                socket.hear((direction, at, arrived, text), epochs, tell)
            }
            Signal::Closed { request } => {
                let Some(place) = self.sockets.iter().position(|socket| socket.is(&request)) else {
                    return Ok(());
                };
                self.sockets.remove(place).give_up(&Lost::Closed, tell)
            }
        }
    }

    /// Forgets all sockets: the browser does not say that they are closed when their document is no
    /// more.
    ///
    /// # Errors
    /// Those of `tell`.
    pub(super) fn forget(
        &mut self,
        why: &Lost,
        tell: &mut impl FnMut(Tapped<'_>) -> Result<(), Halt>,
    ) -> Result<(), Halt> {
        self.sockets.drain(..).try_for_each(|mut socket| socket.give_up(why, tell))
    }

    /// Keeps a socket in mind; returns its place.
    fn add(&mut self, socket: Socket) -> usize {
        if self.sockets.len() >= SOCKETS_MAX {
            // One that is not the game's, if there is one: there always is.
            let idle = self.sockets.iter().position(|socket| socket.epoch().is_none());
            self.sockets.remove(idle.unwrap_or(0));
        }
        self.sockets.push(socket);
        self.sockets.len() - 1
    }
}
