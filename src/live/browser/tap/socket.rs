//! One socket of a page: whether it is the game's, and what it said before that was known.

use std::time::Instant;

use super::{Lost, Since, Tapped};
use crate::feed::bridge::Halt;
use crate::feed::capture::Direction;
use crate::feed::event::GAME_STATE;
use crate::feed::socketio::{Head, Packet, PacketKind};
use crate::live::browser::site::{host_of, without_query};
use crate::model::time::Moment;

/// Texts that a candidate may say before it says something of the game.
const TEXTS_MAX: usize = 256;
/// Bytes of them: the first frame of a game with its history has half a megabyte
/// (docs/spec/protocol.md#transport).
const BYTES_MAX: usize = 4 << 20;

/// A text and when it came.
pub(super) type SocketText = (Direction, Moment, Instant, String);

/// A socket of the page that is tapped.
#[derive(Debug)]
pub(super) struct TappedSocket {
    request: String,
    url: Option<String>,
    standing: Standing,
}

/// What is known of all sockets of the game.
#[derive(Debug)]
pub(super) struct GameSockets {
    /// How many there were.
    epochs: u32,
    /// True while one is open.
    pub(super) is_up: bool,
    /// The host of the first one whose address is known.
    host: Option<String>,
    /// That there is one of another host was told.
    is_told: bool,
}

impl GameSockets {
    /// None has been seen so far.
    pub(super) const fn new() -> Self {
        Self { epochs: 0, is_up: false, host: None, is_told: false }
    }

    /// Whether a socket at an address is of the game's host; the first one says which that is. One
    /// that was open before we came has no address, and is believed.
    fn is_ours(&mut self, url: Option<&str>) -> bool {
        let Some(host) = url.map(host_of) else { return true };
        match &self.host {
            Some(known) => *known == host,
            // The one that is up came first, from wherever that is.
            None if self.is_up => false,
            None => {
                self.host = Some(host);
                true
            }
        }
    }
}

/// What is known of it.
#[derive(Debug)]
enum Standing {
    /// Nothing yet; what it said is kept for the case that it is the game's.
    Candidate { said: Vec<SocketText>, bytes: usize, complete: bool },
    /// It is the game's.
    Game { epoch: u32 },
    /// It is something else's, or too much for us.
    Stranger,
}

impl TappedSocket {
    /// A socket that was opened at an address, or one that was open before, without one.
    pub(super) fn new(request: String, url: Option<String>) -> Self {
        let complete = url.is_some();
        let standing = Standing::Candidate { said: Vec::new(), bytes: 0, complete };
        Self { request, url, standing }
    }

    /// Whether it is the one of a request.
    pub(super) fn is(&self, request: &str) -> bool {
        self.request == request
    }

    /// Its number, if it is the game's.
    pub(super) const fn epoch(&self) -> Option<u32> {
        match self.standing {
            Standing::Game { epoch } => Some(epoch),
            _ => None,
        }
    }

    /// Takes a text that was said on it.
    pub(super) fn hear(
        &mut self,
        said: SocketText,
        game: &mut GameSockets,
        tell: &mut impl FnMut(Tapped<'_>) -> Result<(), Halt>,
    ) -> Result<(), Halt> {
        match &mut self.standing {
            Standing::Stranger => Ok(()),
            Standing::Game { epoch } => tell(text(*epoch, &said)),
            Standing::Candidate { said: before, bytes, complete } => {
                let is_game = said.0 == Direction::In && is_of_the_game(&said.3);
                *bytes += said.3.len();
                before.push(said);
                if !is_game {
                    if before.len() > TEXTS_MAX || *bytes > BYTES_MAX {
                        // It may still turn out to be the game's, from then on.
                        before.clear();
                        (*bytes, *complete) = (0, false);
                    }
                    return Ok(());
                }
                if !game.is_ours(self.url.as_deref()) {
                    before.clear();
                    (*bytes, *complete) = (0, false);
                    let url = self.url.as_deref().map(without_query).unwrap_or_default();
                    if std::mem::replace(&mut game.is_told, true) {
                        return Ok(());
                    }
                    let game = game.host.as_deref().unwrap_or_default();
                    return tell(Tapped::Foreign { url_without_query: url, game });
                }
                game.epochs += 1;
                let epoch = game.epochs;
                let begins = *complete && before.first().is_some_and(is_greeting);
                let since = if begins { Since::Beginning } else { Since::Middle };
                let before = std::mem::take(before);
                self.standing = Standing::Game { epoch };
                let url_without_query = self.url.as_deref().map(without_query);
                tell(Tapped::Up { epoch, url_without_query, since })?;
                before.iter().try_for_each(|said| tell(text(epoch, said)))
            }
        }
    }

    /// Hears nothing more of it.
    pub(super) fn give_up(
        &mut self,
        why: &Lost,
        tell: &mut impl FnMut(Tapped<'_>) -> Result<(), Halt>,
    ) -> Result<(), Halt> {
        match std::mem::replace(&mut self.standing, Standing::Stranger) {
            Standing::Game { epoch } => tell(Tapped::Down { epoch, why }),
            _ => Ok(()),
        }
    }
}

fn text(epoch: u32, (direction, at, arrived, text): &SocketText) -> Tapped<'_> {
    Tapped::Text { epoch, direction: *direction, at: *at, arrived: *arrived, text }
}

/// Whether a server said it that tells of games.
fn is_of_the_game(text: &str) -> bool {
    // Read whole only where it could be: most texts of other sockets are not packets at all.
    let is_event =
        |head: &Head<'_>| matches!(head.kind, PacketKind::Event | PacketKind::BinaryEvent);
    Head::parse(text).is_ok_and(|head| is_event(&head))
        && match Packet::parse(text) {
            Ok(Packet::Event(event) | Packet::BinaryEvent { event, .. }) => {
                event.name == GAME_STATE
            }
            _ => false,
        }
}

/// Whether it is the first that a server says on a connection without polling.
fn is_greeting((direction, _, _, text): &SocketText) -> bool {
    *direction == Direction::In && Head::parse(text).is_ok_and(|head| head.kind == PacketKind::Open)
}
