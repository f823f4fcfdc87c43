//! Whether the page is in front of its window. One that is not is not drawn, and nobody can say
//! what moves on it: nothing is clicked there. What the page opens over itself is closed again in a
//! browser of ours; in another one the page is brought back, and no other tab is touched.

use std::time::{Duration, Instant};

use chromiumoxide::cdp::browser_protocol::page::BringToFrontParams;
use chromiumoxide::cdp::browser_protocol::target::{CloseTargetParams, SessionId, TargetId};
use chromiumoxide::cdp::js_protocol::runtime::{
    CallArgument, CallFunctionOnParams, RemoteObjectId,
};
use serde_json::Value;

use super::{BrowserEvent, Halt, TabWatch};
use crate::base::clock;
use crate::live::browser::link::{CallError, DevtoolsLink};
use crate::live::browser::site::without_query;

/// Waits until the document is hidden or is not, other than it was.
const TURNED: &str = "(hidden) => new Promise((done) => {
    const look = () => {
        if (document.hidden === hidden) return;
        document.removeEventListener('visibilitychange', look);
        clearInterval(timer);
        done(document.hidden);
    };
    const timer = setInterval(look, 500);
    document.addEventListener('visibilitychange', look);
    look();
})";
/// Longest time for one such wait; then it begins again.
const WATCH: Duration = Duration::from_secs(3_600);
/// Time that a dialog or a tab of the page's own may stand before it until the session is disarmed
/// (docs/spec/browser.md#failures).
const PATIENCE: Duration = Duration::from_secs(2);

/// What stands between the page and who looks at it.
#[derive(Debug, Default)]
pub(super) struct Front {
    /// True while another tab or window is in front of the page.
    pub(super) is_hidden: bool,
    /// What the page opened over itself a moment ago, and when.
    opened: Option<(String, Instant)>,
    /// Since when something stands before the page.
    since: Option<Instant>,
}

/// Waits until a document is hidden, or is not hidden any longer; says which.
///
/// # Errors
/// Why nobody knows.
async fn turned(
    link: DevtoolsLink,
    session: SessionId,
    world: RemoteObjectId,
    is_hidden: bool,
) -> Result<bool, CallError> {
    let mut argument = CallArgument::builder().build();
    argument.value = Some(Value::Bool(is_hidden));
    let mut call = CallFunctionOnParams::new(TURNED);
    call.arguments = Some(vec![argument]);
    call.object_id = Some(world);
    call.return_by_value = Some(true);
    call.await_promise = Some(true);
    let answer = match link.ask(Some(&session), &call, WATCH).await {
        Err(CallError::Timeout(_)) => return Ok(is_hidden),
        answer => answer?,
    };
    let value = answer.pointer("/result/value").and_then(Value::as_bool);
    value.ok_or_else(|| CallError::Refused("the document is gone".to_owned()))
}

impl<H: FnMut(BrowserEvent<'_>) -> Result<(), Halt>> TabWatch<'_, H> {
    /// Watches whether the document is in front, from how it is now on.
    pub(super) fn watch_front(&mut self) {
        // Where nothing is clicked, it does not matter.
        let Some(world) = self.world.clone().filter(|_| self.supervised.is_clicked()) else {
            return;
        };
        let (link, session) = (self.link.clone(), self.tab.session.clone());
        self.turning = Some(Box::pin(turned(link, session, world, self.front.is_hidden)));
    }

    /// The document came to the front, or went from there.
    pub(super) fn took_turn(&mut self, is_hidden: Result<bool, CallError>) -> Result<(), Halt> {
        // Of a document that is gone nobody wants to know.
        let Ok(is_hidden) = is_hidden else { return Ok(()) };
        self.front.is_hidden = is_hidden;
        if is_hidden {
            self.bring_back();
        } else {
            self.front.opened = None;
        }
        self.watch_front();
        self.settle()
    }

    /// The page opened a tab or a window.
    pub(super) fn opened(&mut self, target: TargetId, url: &str) {
        let url = without_query(url);
        if !self.supervised.is_playing() {
            tracing::debug!("the page opened {url:?}");
            return;
        }
        let closes = self.is_ours();
        let done = if closes { "it is closed" } else { "the page is brought back to the front" };
        tracing::warn!("the page opened another tab, {url:?}: {done}");
        let opened = format!("the page opened another tab, {url:?}");
        self.front.opened = Some((opened, clock::now().1));
        if closes {
            drop(self.link.send(None, &CloseTargetParams::new(target)));
        }
        self.bring_to_front();
    }

    /// Brings the page back, where that is for us to do: somebody else's eyes are not ours to lead.
    fn bring_back(&self) {
        if self.supervised.is_playing() && (self.is_ours() || self.front.opened.is_some()) {
            self.bring_to_front();
        }
    }

    fn bring_to_front(&self) {
        drop(self.link.send(Some(&self.tab.session), &BringToFrontParams::default()));
    }

    /// Disarms where something of the page's own, or anything in a browser of ours, has stood before
    /// the page for too long.
    pub(super) fn look_to_front(&mut self, now: Instant) {
        // What did not take the front at once leaves it to whose it is.
        let is_hidden = self.front.is_hidden;
        let age = |at: Instant| now.saturating_duration_since(at);
        self.front.opened.take_if(|(_, at)| !is_hidden && age(*at) >= PATIENCE);
        let seconds = PATIENCE.as_secs();
        let blocked = match (&self.dialog, &self.front) {
            (Some(kind), _) => {
                Some(format!("a dialog stands before the page: {kind}, for {seconds} s"))
            }
            (None, Front { is_hidden: true, opened: Some((opened, _)), .. }) => {
                Some(format!("{opened}, and it stands before the page for {seconds} s"))
            }
            (None, Front { is_hidden: true, opened: None, .. }) if self.is_ours() => {
                Some(format!("the page is not in front for {seconds} s, and does not come back"))
            }
            _ => None,
        };
        let Some(why) = blocked.filter(|_| self.supervised.is_playing()) else {
            self.front.since = None;
            return;
        };
        let since = *self.front.since.get_or_insert(now);
        if now.saturating_duration_since(since) >= PATIENCE {
            self.supervised.disarm(&why);
        } else {
            self.bring_back();
        }
    }

    /// Nothing is known of a document that is gone.
    pub(super) fn forget_front(&mut self) {
        self.turning = None;
        self.front.is_hidden = false;
    }
}
