//! Confirmations of orders: the texts of the game's socket that the click executor must hear.

use super::executor::PageEvents;
use super::tap::Tapped;
use crate::base::runtime::Shutdown;
use crate::feed::capture::Direction;
use crate::feed::event::{
    CURRENT_SIDEBET, CURRENT_SIDEBET_RESULT, NEW_TRADE, PLAYER_UPDATE, is_event,
};

/// The events that may be about our own account.
const OURS: [&str; 4] = [PLAYER_UPDATE, NEW_TRADE, CURRENT_SIDEBET, CURRENT_SIDEBET_RESULT];

/// True for an order of the page's, an acknowledgement, and what may be about our own account.
fn concerns_us(direction: Direction, text: &str) -> bool {
    match direction {
        Direction::Out => text.starts_with("42"),
        Direction::In => text.starts_with("43") || OURS.iter().any(|name| is_event(text, name)),
    }
}

/// Hands to the click executor what the newest socket of the game says of orders.
#[derive(Debug)]
pub(super) struct Confirmations {
    page_events: PageEvents,
    shutdown: Shutdown,
    /// The newest socket; 0 before the first.
    socket: u32,
}

impl Confirmations {
    /// Confirmations for a click executor, until it is time to stop.
    pub(super) const fn new(page_events: PageEvents, shutdown: Shutdown) -> Self {
        Self { page_events, shutdown, socket: 0 }
    }

    /// Whether orders are carried out in the page now.
    pub(super) fn is_playing(&self) -> bool {
        self.page_events.is_playing()
    }

    /// Forbids any further click.
    pub(super) fn disarm(&self, why: &str) {
        self.page_events.disarm(why);
    }

    /// Takes what is heard of the page's sockets.
    pub(super) fn take(&mut self, tapped: &Tapped<'_>) {
        // A page that is closed on purpose is not a loss.
        if self.shutdown.is_stopped() {
            return;
        }
        match *tapped {
            Tapped::Up { epoch, .. } => self.socket = epoch,
            Tapped::Down { epoch, .. } if epoch == self.socket => self.page_events.lost(),
            Tapped::Text { epoch, direction, text, arrived, .. } if epoch == self.socket => {
                self.page_events.keep(direction, text);
                if concerns_us(direction, text) {
                    self.page_events.text(direction, text, arrived);
                }
            }
            Tapped::Down { .. } | Tapped::Text { .. } | Tapped::Foreign { .. } => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_acknowledgements_and_our_own_account_concern_us_and_nothing_else_does() {
        for text in ["42[\"playerUpdate\",{}]", "42[\"standard/newTrade\",{}]", "431[{}]"] {
            assert!(concerns_us(Direction::In, text), "{text}");
        }
        assert!(concerns_us(Direction::Out, "427[\"buyOrder\",{}]"));
        for text in ["2", "42[\"gameStateUpdate\",{}]", "42[\"newSideBet\",{}]"] {
            assert!(!concerns_us(Direction::In, text), "{text}");
        }
        assert!(!concerns_us(Direction::Out, "3"));
    }
}
