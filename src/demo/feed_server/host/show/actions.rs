//! The actions that the site returns, done by the show.

use tokio::time::Instant;

use super::Show;
use crate::demo::feed_server::host::guest::Guest;
use crate::demo::feed_server::site::{SiteAction, SiteClient};

impl Show {
    /// Does what the site returns.
    pub(super) fn grant(&mut self, actions: Vec<SiteAction>) {
        for action in actions {
            match action {
                SiteAction::Tell(frame) => self.tell(&frame),
                SiteAction::TellOne(client, frame) => {
                    let most = self.limits.queue_frames;
                    if let Some(guest) = self.guest(client) {
                        // Who is too slow or gone is found out by the next frame.
                        guest.offer(&frame, most);
                    }
                }
                SiteAction::Answer(client, id, payload) => {
                    if let Some(guest) = self.guest(client) {
                        guest.answer(id, &payload);
                    }
                }
                SiteAction::Wake(after, number) => {
                    self.actions += 1;
                    self.alarms.insert((Instant::now() + after, self.actions), number);
                }
                SiteAction::Dismiss(client) => {
                    if let Some(at) = self.guests.iter().position(|guest| guest.client == client) {
                        self.dismiss_on_purpose(at);
                    }
                }
            }
        }
    }

    fn guest(&mut self, client: SiteClient) -> Option<&mut Guest> {
        self.guests.iter_mut().find(|guest| guest.client == client)
    }

    /// Wakes the site with what is due.
    pub(super) fn ring(&mut self) {
        if let Some((_, number)) = self.alarms.pop_first() {
            let actions = self.site.woken(number);
            self.grant(actions);
        }
    }
}
