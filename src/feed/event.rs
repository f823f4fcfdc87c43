//! The names of the site's events that are read or written here, once each
//! (docs/spec/protocol.md#other-events).

/// A frame of a game. From the server.
pub const GAME_STATE: &str = "gameStateUpdate";
/// The account that is logged in. From the server.
pub const PLAYER_UPDATE: &str = "playerUpdate";
/// Who is logged in. From the server.
pub const USERNAME_STATUS: &str = "usernameStatus";
/// A trade of any player. From the server.
pub const NEW_TRADE: &str = "standard/newTrade";
/// A sidebet that was placed. From the server.
pub const CURRENT_SIDEBET: &str = "currentSidebet";
/// A sidebet that is over. From the server.
pub const CURRENT_SIDEBET_RESULT: &str = "currentSidebetResult";
/// A message of the chat. From the server.
pub const NEW_CHAT_MESSAGE: &str = "newChatMessage";
/// An order to buy. From the page.
pub const BUY_ORDER: &str = "buyOrder";
/// An order to sell. From the page.
pub const SELL_ORDER: &str = "sellOrder";
/// An order to sell short. From the page.
pub const SHORT_ORDER: &str = "shortOrder";
/// An order to place a sidebet. From the page.
pub const REQUEST_SIDEBET: &str = "requestSidebet";

/// True for the text of an event of a name, without attachments, that wants no acknowledgement.
/// Reads nothing behind the name.
#[must_use]
pub fn is_event(text: &str, name: &str) -> bool {
    let named = text.strip_prefix("42[\"").and_then(|rest| rest.strip_prefix(name));
    named.is_some_and(|rest| rest.starts_with('"'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_known_by_its_whole_name() {
        assert!(is_event(r#"42["playerUpdate",{"cash":1}]"#, PLAYER_UPDATE));
        for other in [r#"42["playerUpdates",{}]"#, r#"42["player"]"#, r#"427["playerUpdate",1]"#] {
            assert!(!is_event(other, PLAYER_UPDATE), "{other}");
        }
    }
}
