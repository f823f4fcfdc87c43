//! What the doctor hears of the game's socket: that it is there, and whose account it is.

use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::feed::capture::Direction;
use crate::feed::event::{PLAYER_UPDATE, is_event};
use crate::feed::socketio::Packet;
use crate::live::browser::numbers::bare;
use crate::live::browser::supervisor::BrowserEvent;
use crate::live::browser::tap::Tapped;

/// Whether the page has a socket of the game.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SocketStatus {
    /// Nothing has shown it yet.
    #[default]
    Unknown,
    /// The page has a socket.
    Up,
    /// The page has no socket.
    None,
}

/// Whose account it is, as the site says it (`playerUpdate`, docs/spec/protocol.md#own-account).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LoggedIn {
    /// The end of the player's id. The whole one is nobody's business.
    pub id: String,
    /// SOL at hand, in the site's words.
    pub cash: Option<String>,
    /// The quantity held, in the site's words.
    pub quantity: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Update<'a> {
    #[serde(default)]
    id: String,
    #[serde(borrow)]
    cash: Option<&'a RawValue>,
    #[serde(borrow)]
    position_qty: Option<&'a RawValue>,
}

/// What was heard, shared between the supervisor's handler and who waits for it.
#[derive(Debug, Clone, Default)]
pub struct PageObserver(Arc<Mutex<(SocketStatus, Option<LoggedIn>)>>);

impl PageObserver {
    /// Takes what a supervisor observed.
    pub fn hear(&self, observed: &BrowserEvent<'_>) {
        let mut heard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match observed {
            BrowserEvent::Tapped(Tapped::Up { .. }) => heard.0 = SocketStatus::Up,
            // An account is known for as long as its socket is.
            BrowserEvent::Tapped(Tapped::Down { .. }) => *heard = (SocketStatus::Unknown, None),
            BrowserEvent::NoSocket { .. } if heard.0 != SocketStatus::Up => {
                heard.0 = SocketStatus::None;
            }
            BrowserEvent::Tapped(Tapped::Text { direction: Direction::In, text, .. }) => {
                if let Some(player) = player(text) {
                    heard.1 = Some(player);
                }
            }
            _ => {}
        }
    }

    /// What was heard last.
    #[must_use]
    pub fn heard(&self) -> (SocketStatus, Option<LoggedIn>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// The player of a text, if it is about one.
fn player(text: &str) -> Option<LoggedIn> {
    if !is_event(text, PLAYER_UPDATE) {
        return None;
    }
    let Packet::Event(event) = Packet::parse(text).ok()? else { return None };
    let Update { id, cash, position_qty } = serde_json::from_str(event.payload()?.get()).ok()?;
    let words = |raw: Option<&RawValue>| {
        // A number and nothing else: no text of the site's comes through here.
        raw.and_then(bare).filter(|text| text.parse::<f64>().is_ok())
    };
    Some(LoggedIn { id: shortened(&id), cash: words(cash), quantity: words(position_qty) })
}

/// The last signs of an id, at most four and at most a quarter of it.
fn shortened(id: &str) -> String {
    let signs: Vec<char> = id.chars().filter(|sign| !sign.is_control()).collect();
    let kept = (signs.len() / 4).min(4);
    let end: String = signs[signs.len() - kept..].iter().collect();
    format!("…{end}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_player_is_known_by_the_end_of_an_id_and_figures_stay_as_they_were_written() {
        let text = r#"42["playerUpdate",{"__trace":true},{"id":"did:example:0001","cash":1.250,"positionQty":0,"x":1}]"#;
        let wanted = LoggedIn {
            id: "…0001".to_owned(),
            cash: Some("1.250".to_owned()),
            quantity: Some("0".to_owned()),
        };
        assert_eq!(player(text), Some(wanted));
        let as_text = player(r#"42["playerUpdate",{"id":"x","cash":"1.25"}]"#).unwrap();
        assert_eq!(as_text.cash.as_deref(), Some("1.25"));
        let nameless = player(r#"42["playerUpdate",{"cash":"<b>","positionQty":null}]"#).unwrap();
        assert_eq!(nameless, LoggedIn { id: "…".to_owned(), cash: None, quantity: None });
        for other in ["", "2", r#"42["newTrade",{"id":"x"}]"#, r#"42["playerUpdate"]"#, "42[\"pl"] {
            assert_eq!(player(other), None, "{other}");
        }
    }

    #[test]
    fn an_id_is_never_whole() {
        for id in ["did:privy:abcdefghijklm", "abcdefgh", "abc", "a", ""] {
            let short = shortened(id);
            assert!(
                short.chars().count() <= 5 && (id.is_empty() || !short.contains(id)),
                "{short}"
            );
        }
    }
}
