//! The tap: what goes over the sockets of a page, found out to be the game's, in order.
//!
//! ```text
//! socket seen ─> candidate ─ a frame of the game ─> up: what it said so far, then text by text
//!                    └─ something else, for too long ─> passed over
//! up ─ closed, navigation, crash, detach, line lost ─> down
//! candidate ─ a frame of the game, from another host than the game's first socket ─> foreign
//! ```
//!
//! Pure: events go in, [`Tapped`] comes out. A socket is the game's by what it says and not by its
//! address, so that one that was open before we came is found as well as a new one; nothing is made
//! up for what was said before (docs/spec/browser.md#sockets).

mod signal;
mod socket;

use std::time::Instant;

use thiserror::Error;

use crate::feed::bridge::Halt;
use crate::feed::capture::Direction;
use crate::model::time::Moment;
pub(super) use signal::Signal;
use socket::{GameSockets, TappedSocket};

/// Sockets of one document that are kept in mind; the oldest is forgotten first.
const SOCKETS_MAX: usize = 32;

/// What is heard of the game's socket in the page.
///
/// Every socket has an epoch, a number of its own for as long as a supervisor lives. Where a page
/// has two at a time, their texts come mixed, each with its epoch; the later one is the page's
/// newer.
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
        /// The text, a packet of Socket.IO.
        text: &'a str,
    },
    /// A socket of another host than the game's says something of a game, too; it is not heard.
    /// Told once.
    Foreign {
        /// Its address without the query.
        url_without_query: &'a str,
        /// The host of the game; empty where its socket was open before we came.
        game: &'a str,
    },
    /// Nothing more comes from a socket.
    Down {
        /// The number of the socket.
        epoch: u32,
        /// Why the socket is lost.
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

/// Why a socket is lost.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Lost {
    /// The server or the page closed it.
    #[error("the socket was closed")]
    Closed,
    /// The page has another document.
    #[error("the page was reloaded or shows another document")]
    Navigated,
    /// The page's renderer crashed.
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
        /// Length of the text, in bytes.
        bytes: usize,
        /// Longest text permitted, in bytes.
        limit: usize,
    },
}

/// The sockets of the present document. Kept over reconnections, so that no epoch comes twice, and
/// so that the game's host stays the one that it was at first.
#[derive(Debug)]
pub(super) struct Tap {
    sockets: Vec<TappedSocket>,
    game: GameSockets,
    text_bytes_max: usize,
}

impl Tap {
    /// A tap that has heard nothing.
    pub(super) const fn new(text_bytes_max: usize) -> Self {
        Self { sockets: Vec::new(), game: GameSockets::new(), text_bytes_max }
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
                self.add(TappedSocket::new(request, Some(url)));
                Ok(())
            }
            Signal::Frame { request, direction, text } => {
                let at_hand = self.sockets.iter().position(|socket| socket.is(&request));
                let place = at_hand.unwrap_or_else(|| self.add(TappedSocket::new(request, None)));
                let limit = self.text_bytes_max;
                if text.len() > limit {
                    let why = Lost::Oversize { bytes: text.len(), limit };
                    return self.sockets[place].give_up(&why, tell);
                }
                self.game.is_up = self.is_up();
                let (socket, game) = (&mut self.sockets[place], &mut self.game);
                socket.hear((direction, at, arrived, text), game, tell)
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
    fn add(&mut self, socket: TappedSocket) -> usize {
        if self.sockets.len() >= SOCKETS_MAX {
            // One that is not the game's, if there is one: there always is.
            let idle = self.sockets.iter().position(|socket| socket.epoch().is_none());
            self.sockets.remove(idle.unwrap_or(0));
        }
        self.sockets.push(socket);
        self.sockets.len() - 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GAME: &str = "42[\"gameStateUpdate\",{}]";
    const OPEN: &str = "0{\"sid\":\"x\",\"pingInterval\":1,\"pingTimeout\":1}";

    /// What came out, in words.
    fn heard(tap: &mut Tap, signals: Vec<Signal>) -> Vec<String> {
        let mut out = Vec::new();
        for signal in signals {
            tap.take(signal, crate::base::clock::now(), &mut |tapped| {
                out.push(words(tapped));
                Ok(())
            })
            .unwrap();
        }
        out
    }

    fn words(tapped: Tapped<'_>) -> String {
        match tapped {
            Tapped::Up { epoch, url_without_query, since } => {
                format!("{epoch} up {} {since:?}", url_without_query.unwrap_or("?"))
            }
            Tapped::Text { epoch, direction: Direction::In, text, .. } => {
                format!("{epoch} < {text}")
            }
            Tapped::Text { epoch, text, .. } => format!("{epoch} > {text}"),
            Tapped::Foreign { url_without_query, game } => {
                format!("{url_without_query} is not of {game:?}")
            }
            Tapped::Down { epoch, why } => format!("{epoch} down {why:?}"),
        }
    }

    fn opened(request: &str) -> Signal {
        opened_at(request, "backend.example")
    }

    fn opened_at(request: &str, host: &str) -> Signal {
        let url = format!("wss://{host}/socket.io/?EIO=4&token=secret");
        Signal::Opened { request: request.to_owned(), url }
    }

    fn frame(request: &str, direction: Direction, text: &str) -> Signal {
        Signal::Frame { request: request.to_owned(), direction, text: text.to_owned() }
    }

    fn received(request: &str, text: &str) -> Signal {
        frame(request, Direction::In, text)
    }

    #[test]
    fn a_new_socket_comes_whole_once_it_is_known_to_be_the_games() {
        let mut tap = Tap::new(1_000);
        let before = vec![opened("1"), received("1", OPEN), frame("1", Direction::Out, "40")];
        assert_eq!(heard(&mut tap, before), [""; 0]);
        let out = heard(&mut tap, vec![received("1", GAME), received("1", "2")]);
        let wanted = ["1 up wss://backend.example/socket.io/ Beginning".to_owned()];
        let wanted = wanted.into_iter().chain([
            format!("1 < {OPEN}"),
            "1 > 40".to_owned(),
            format!("1 < {GAME}"),
            "1 < 2".to_owned(),
        ]);
        assert_eq!(out, wanted.collect::<Vec<_>>());
        let closed = Signal::Closed { request: "1".to_owned() };
        assert_eq!(heard(&mut tap, vec![closed]), ["1 down Closed"]);
        assert!(!tap.is_up());
    }

    #[test]
    fn a_page_that_began_by_polling_and_a_socket_of_before_are_heard_from_the_middle() {
        let mut tap = Tap::new(1_000);
        let polled = ["3probe", "42[\"newChatMessage\",{}]", GAME].map(|text| received("1", text));
        let mut signals = vec![opened("1"), frame("1", Direction::Out, "2probe")];
        signals.extend(polled);
        assert_eq!(heard(&mut tap, signals)[0], "1 up wss://backend.example/socket.io/ Middle");
        let out = heard(&mut tap, vec![received("2", "2"), received("2", GAME)]);
        assert_eq!(out[..2], ["2 up ? Middle", "2 < 2"]);
    }

    #[test]
    fn other_sockets_are_passed_over_whatever_they_say_of_the_game() {
        let mut tap = Tap::new(1_000);
        for text in [
            "gameStateUpdate",
            "{\"gameStateUpdate\":1}",
            "42[\"chat\",\"gameStateUpdate\"]",
            "42[\"gameStateUpdate\"",
            "431[\"gameStateUpdate\",{}]",
        ] {
            assert_eq!(heard(&mut tap, vec![received("1", text)]), [""; 0], "{text}");
        }
        // Said by the page, it proves nothing.
        assert_eq!(heard(&mut tap, vec![frame("1", Direction::Out, GAME)]), [""; 0]);
        let many = (0..1_000).map(|_| received("1", "tick")).collect();
        assert_eq!(heard(&mut tap, many), [""; 0]);
        let late = heard(&mut tap, vec![received("1", GAME)]);
        assert!(late[0] == "1 up ? Middle" && late.len() < 300, "{}", late.len());
    }

    #[test]
    fn a_socket_of_another_host_is_not_heard_and_told_once_whenever_it_comes() {
        let mut tap = Tap::new(1_000);
        heard(&mut tap, vec![opened("1"), received("1", GAME)]);
        let foreign = "wss://evil.example/socket.io/ is not of \"backend.example\"";
        let second = vec![opened_at("2", "evil.example"), received("2", GAME)];
        assert_eq!(heard(&mut tap, second), [foreign]);
        assert_eq!(heard(&mut tap, vec![received("2", GAME), received("1", "2")]), ["1 < 2"]);
        // Not with the next document either, nor at another port.
        tap.forget(&Lost::Navigated, &mut |_| Ok(())).unwrap();
        let later = vec![opened_at("3", "evil.example"), received("3", GAME)];
        assert_eq!(heard(&mut tap, later), [""; 0]);
        let later = vec![opened_at("4", "backend.example:81"), received("4", GAME)];
        assert_eq!(heard(&mut tap, later), [""; 0]);
        let own = vec![opened_at("5", "BACKEND.example"), received("5", GAME)];
        assert!(heard(&mut tap, own)[0].starts_with("2 up "));
    }

    #[test]
    fn beside_a_socket_of_unknown_address_no_other_host_is_believed_until_it_is_gone() {
        let mut tap = Tap::new(1_000);
        heard(&mut tap, vec![received("before", GAME)]);
        let second = vec![opened_at("2", "evil.example"), received("2", GAME)];
        assert_eq!(heard(&mut tap, second), ["wss://evil.example/socket.io/ is not of \"\""]);
        let closed = Signal::Closed { request: "before".to_owned() };
        let again = vec![closed, opened("3"), received("3", GAME)];
        assert!(heard(&mut tap, again)[1].starts_with("2 up wss://backend.example"));
    }

    #[test]
    fn a_document_that_ends_takes_its_sockets_with_it_and_no_number_comes_twice() {
        let mut tap = Tap::new(1_000);
        heard(&mut tap, vec![received("1", GAME), received("2", GAME), received("3", "tick")]);
        let mut out = Vec::new();
        let mut tell = |tapped: Tapped<'_>| {
            out.push(words(tapped));
            Ok(())
        };
        tap.forget(&Lost::Navigated, &mut tell).unwrap();
        tap.forget(&Lost::Navigated, &mut tell).unwrap();
        assert_eq!(out, ["1 down Navigated", "2 down Navigated"]);
        assert_eq!(heard(&mut tap, vec![received("1", GAME)])[0], "3 up ? Middle");
    }

    #[test]
    fn a_text_that_is_too_long_ends_its_socket_and_no_other() {
        let mut tap = Tap::new(100);
        heard(&mut tap, vec![received("1", GAME), received("2", GAME)]);
        let long = "x".repeat(101);
        let out = heard(&mut tap, vec![received("1", &long), received("1", GAME)]);
        assert_eq!(out, ["1 down Oversize { bytes: 101, limit: 100 }"]);
        assert_eq!(heard(&mut tap, vec![received("2", "2")]), ["2 < 2"]);
    }

    #[test]
    fn endlessly_many_sockets_take_no_more_room_and_the_games_stays() {
        let mut tap = Tap::new(1_000);
        heard(&mut tap, vec![received("game", GAME)]);
        let many = (0..1_000).map(|n| received(&n.to_string(), "tick")).collect();
        heard(&mut tap, many);
        assert_eq!(tap.sockets.len(), SOCKETS_MAX);
        assert_eq!(heard(&mut tap, vec![received("game", "2")]), ["1 < 2"]);
    }
}
