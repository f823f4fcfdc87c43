//! What outlives a browser: the state, the numbers of documents and sockets, and the handler.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use tokio::sync::watch;

use super::state::{State, StateChange, StateReason};
use super::{BrowserEvent, Halt};
use crate::base::clock;
use crate::live::browser::confirmations::Confirmations;
use crate::live::browser::page::{Current, ShownPage, Ticket};
use crate::live::browser::tap::{Lost, Signal, Tap, Tapped};
use crate::model::time::Moment;

/// The state of a supervisor, told to its handler as it changes.
pub(super) struct SupervisorState<H> {
    handler: H,
    state: State,
    /// Why it is the state.
    reason: StateReason,
    attempt: u32,
    tap: Tap,
    /// Takes what is tapped before the handler does.
    confirmations: Option<Confirmations>,
    pages: watch::Sender<ShownPage>,
    documents: Current,
    /// When the present browser's page was first there.
    ready_at: Option<Instant>,
    /// Whether the page that is found is still to be loaded again.
    pub(super) reloads: bool,
}

impl<H: FnMut(BrowserEvent<'_>) -> Result<(), Halt>> SupervisorState<H> {
    pub(super) fn new(
        handler: H,
        pages: watch::Sender<ShownPage>,
        confirmations: Option<Confirmations>,
        text_bytes_max: usize,
    ) -> Self {
        let tap = Tap::new(text_bytes_max);
        let (state, reason) = (State::Idle, StateReason::Begin);
        let documents = Arc::default();
        let (attempt, ready_at, reloads) = (0, None, false);
        Self {
            handler,
            state,
            reason,
            attempt,
            tap,
            confirmations,
            pages,
            documents,
            ready_at,
            reloads,
        }
    }

    /// Counts another attempt to reach the page.
    pub(super) const fn begin(&mut self) {
        self.attempt = self.attempt.saturating_add(1);
        self.ready_at = None;
    }

    /// How long the page has been there; nothing when it never was.
    pub(super) fn lived(&self) -> Option<Duration> {
        Some(clock::now().1.saturating_duration_since(self.ready_at?))
    }

    /// Goes to a state and tells it; not when that is already the state, unless for another reason
    /// that somebody must know of.
    pub(super) fn change(&mut self, to: State, reason: StateReason) -> Result<(), Halt> {
        if to == self.state && (to != State::Degraded || reason == self.reason) {
            return Ok(());
        }
        self.reason = reason.clone();
        let change = StateChange { from: self.state, to, reason, attempt: self.attempt };
        self.state = to;
        if to == State::Ready {
            self.attempt = 0;
            self.ready_at.get_or_insert_with(|| clock::now().1);
        }
        tracing::debug!(?change.from, ?change.to, "{}", change.reason);
        (self.handler)(BrowserEvent::State(&change))
    }

    /// The number of a new document; the old one is gone from now on.
    pub(super) fn next_document(&self) -> Ticket {
        let epoch = self.documents.fetch_add(1, Ordering::AcqRel).wrapping_add(1);
        Ticket { epoch, current: Arc::clone(&self.documents) }
    }

    /// Publishes the page, or why there is none.
    pub(super) fn show(&self, page: ShownPage) {
        self.pages.send_if_modified(|shown| {
            let differs = shown.is_ok() || page.is_ok();
            *shown = page;
            differs
        });
    }

    /// Whether anybody clicks in the page.
    pub(super) const fn is_clicked(&self) -> bool {
        self.confirmations.is_some()
    }

    /// Whether orders are carried out in the page now.
    pub(super) fn is_playing(&self) -> bool {
        self.confirmations.as_ref().is_some_and(Confirmations::is_playing)
    }

    /// Forbids any further click.
    pub(super) fn disarm(&self, why: &str) {
        if let Some(confirmations) = &self.confirmations {
            confirmations.disarm(why);
        }
    }

    /// The document and its sockets are gone.
    pub(super) fn leave(&mut self, why: &Lost) -> Result<(), Halt> {
        let _ = self.next_document();
        self.show(Err(why.to_string()));
        let Self { tap, confirmations, handler, .. } = self;
        tap.forget(why, &mut |tapped| hand_on(tapped, confirmations.as_mut(), handler))
    }

    /// Something happened to a socket.
    pub(super) fn tapped(&mut self, signal: Signal, at: (Moment, Instant)) -> Result<(), Halt> {
        let Self { tap, confirmations, handler, .. } = self;
        tap.take(signal, at, &mut |tapped| hand_on(tapped, confirmations.as_mut(), handler))
    }

    /// Whether a socket of the game is open.
    pub(super) fn has_socket(&self) -> bool {
        self.tap.is_up()
    }

    /// Tells something that is not a change.
    pub(super) fn tell(&mut self, observed: BrowserEvent<'_>) -> Result<(), Halt> {
        (self.handler)(observed)
    }
}

/// Hands on what is tapped, first to whom it confirms orders.
fn hand_on(
    tapped: Tapped<'_>,
    confirmations: Option<&mut Confirmations>,
    handler: &mut impl FnMut(BrowserEvent<'_>) -> Result<(), Halt>,
) -> Result<(), Halt> {
    if let Tapped::Foreign { url_without_query, game } = tapped {
        tracing::warn!(
            "the page opened a second socket of a game, at {url_without_query:?}; only the one of \
             {game:?} is heard"
        );
    }
    if let Some(confirmations) = confirmations {
        confirmations.take(&tapped);
    }
    handler(BrowserEvent::Tapped(tapped))
}
