//! One tab, watched: its documents, dialogs and crashes, its sockets, and that the browser is
//! there.

mod front;

use std::pin::{Pin, pin};
use std::time::{Duration, Instant};

use chromiumoxide::cdp::browser_protocol::page::HandleJavaScriptDialogParams;
use chromiumoxide::cdp::js_protocol::runtime::RemoteObjectId;
use tokio::time::{Instant as Alarm, MissedTickBehavior, interval, sleep_until};

use super::document::TabDocument;
use super::host::Host;
use super::pace::{AttemptPace, Next};
use super::pulse;
use super::state::{State, StateReason};
use super::supervisor_state::SupervisorState;
use super::tab::{self, Tab};
use super::tab_event::TabEvent;
use super::{BrowserEvent, Config, Halt, How};
use crate::base::clock;
use crate::base::runtime::Shutdown;
use crate::live::browser::link::{CallError, DevtoolsEvent, DevtoolsLink};
use crate::live::browser::page::{OpenPage, Ticket};
use crate::live::browser::site::without_query;
use front::Front;

/// Time between two beats.
const BEAT: Duration = Duration::from_millis(500);

/// How the watch over a tab ended, if not by the handler.
#[derive(Debug)]
pub(super) enum Parted {
    /// The supervisor was told to stop.
    Stopped,
    /// The browser can no longer be used.
    Lost(StateReason),
    /// The tab is gone, and the browser is there.
    Tab(StateReason),
}

/// Something that takes its time.
type Task<T> = Option<Pin<Box<dyn Future<Output = T> + Send>>>;

/// A tab under watch.
pub(super) struct TabWatch<'a, H> {
    config: &'a Config,
    supervised: &'a mut SupervisorState<H>,
    host: &'a mut Host,
    link: DevtoolsLink,
    tab: Tab,
    /// The right to the present document.
    ticket: Ticket,
    /// The global object of our world in it, once it is made.
    world: Option<RemoteObjectId>,
    entering: Task<Result<RemoteObjectId, CallError>>,
    navigating: Task<Result<(), String>>,
    /// The wait until the page is in front, or no longer.
    turning: Task<Result<bool, CallError>>,
    front: Front,
    /// A dialog that stands before the page.
    dialog: Option<String>,
    /// Why there is no page to be seen.
    trouble: Option<StateReason>,
    /// When to go to the site again; only in a browser of ours.
    repair_at: Option<Alarm>,
    repairs: AttemptPace,
    /// Since when the page has been there without a socket; nothing once that was told.
    socketless_since: Option<Instant>,
}

impl<'a, H: FnMut(BrowserEvent<'_>) -> Result<(), Halt>> TabWatch<'a, H> {
    pub(super) fn new(
        config: &'a Config,
        supervised: &'a mut SupervisorState<H>,
        host: &'a mut Host,
        tab: Tab,
    ) -> Self {
        let (link, ticket) = (host.link.clone(), supervised.next_document());
        let repairs = AttemptPace::new(config.options.backoff, None);
        Self {
            config,
            supervised,
            host,
            link,
            tab,
            ticket,
            world: None,
            entering: None,
            navigating: None,
            turning: None,
            front: Front::default(),
            dialog: None,
            trouble: None,
            repair_at: None,
            repairs,
            socketless_since: None,
        }
    }

    /// Watches until the tab or the browser is lost, the handler fails or it is time to stop.
    pub(super) async fn run(mut self, shutdown: &Shutdown) -> Result<Parted, Halt> {
        let mut stopped = pin!(shutdown.stopped());
        let mut silence = pin!(pulse::silence(self.link.clone(), self.config.options.pulse));
        let mut beat = interval(BEAT);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let is_there = self.config.site.covers(&self.tab.document.url);
        match (is_there, std::mem::take(&mut self.supervised.reloads)) {
            (true, false) => self.enter(),
            (true, true) => self.reload(),
            (false, _) => self.navigate(),
        }
        loop {
            let (line, process) = self.host.parts();
            // Events before answers: what the browser said first is heard first, so that an answer
            // about a document that was replaced meanwhile is known to be late.
            tokio::select! {
                biased;
                () = &mut stopped => return Ok(Parted::Stopped),
                missed = &mut silence => return Ok(Parted::Lost(StateReason::Silent(missed))),
                how = Host::exited(process) => return Ok(Parted::Lost(StateReason::Exited(how))),
                _ = beat.tick() => self.beat()?,
                () = due(self.repair_at) => {
                    // Whether it helped is told by what comes next.
                    (self.repair_at, self.trouble) = (None, None);
                    self.navigate();
                }
                event = line.next() => match event {
                    None => {
                        let why = line.why().await;
                        return Ok(Parted::Lost(StateReason::Broken(why)));
                    }
                    Some(event) => if let Some(parted) = self.hear(event)? {
                        return Ok(parted);
                    },
                },
                world = run(&mut self.entering) => if let Some(parted) = self.entered(world)? {
                    return Ok(parted);
                },
                is_hidden = run(&mut self.turning) => self.took_turn(is_hidden)?,
                arrived = run(&mut self.navigating) => if let Err(why) = arrived {
                    self.troubled(StateReason::Unreachable(why))?;
                },
            }
        }
    }

    const fn is_ours(&self) -> bool {
        matches!(self.config.how, How::Launch(_))
    }

    /// Takes what the browser says.
    fn hear(&mut self, event: DevtoolsEvent) -> Result<Option<Parted>, Halt> {
        let at = (event.at, event.arrived);
        let Some(event) = TabEvent::read(event, &self.tab) else { return Ok(None) };
        match event {
            TabEvent::Socket(signal) => self.supervised.tapped(signal, at)?,
            TabEvent::Navigated(document) => self.navigated(document)?,
            TabEvent::Moved { url } => {
                self.tab.document.url = url;
                self.settle()?;
            }
            TabEvent::Crashed => self.troubled(StateReason::Crashed)?,
            TabEvent::DialogOpened { kind } => {
                self.dismiss(&kind);
                self.dialog = Some(kind);
                self.settle()?;
            }
            TabEvent::DialogClosed => {
                self.dialog = None;
                if self.world.is_none() && self.entering.is_none() {
                    self.enter();
                }
                self.settle()?;
            }
            TabEvent::Opened { target, url } => self.opened(target, &url),
            TabEvent::Closed => return Ok(Some(Parted::Tab(StateReason::TabClosed))),
        }
        Ok(None)
    }

    /// Another document is there; nothing of the old one counts.
    fn navigated(&mut self, document: TabDocument) -> Result<(), Halt> {
        if document.loader_id == self.tab.document.loader_id && self.trouble.is_none() {
            return Ok(());
        }
        self.tab.document = document;
        self.dialog = None;
        if self.tab.document.unreachable_url.is_some() && self.trouble.is_some() {
            // That it could not be loaded is known, and what is done about it.
            return Ok(());
        }
        (self.trouble, self.repair_at) = (None, None);
        self.forget_document(&StateReason::Loading)?;
        if self.tab.document.unreachable_url.is_some() {
            return self
                .troubled(StateReason::Unreachable("the browser shows an error".to_owned()));
        }
        self.enter();
        self.settle()
    }

    fn forget_document(&mut self, reason: &StateReason) -> Result<(), Halt> {
        (self.world, self.entering) = (None, None);
        self.forget_front();
        self.supervised.leave(&reason.loss())?;
        self.ticket = self.supervised.next_document();
        self.socketless_since = None;
        Ok(())
    }

    /// The page is lost. In a browser of ours the site is loaded again.
    fn troubled(&mut self, reason: StateReason) -> Result<(), Halt> {
        if self.trouble.is_some() {
            return Ok(());
        }
        // Asked before it is forgotten when the page was there.
        let lived = self.world.is_some().then(|| self.supervised.lived()).flatten();
        self.forget_document(&reason)?;
        self.navigating = None;
        self.trouble = Some(reason);
        if self.is_ours() {
            let draw = u64::from(self.ticket.epoch).wrapping_mul(0x9E37_79B9_7F4A_7C15);
            if let Next::Wait(wait) = self.repairs.after(lived, draw ^ self.config.seed) {
                self.repair_at = Some(Alarm::now() + wait);
            }
        }
        self.settle()
    }

    fn enter(&mut self) {
        let (link, session) = (self.link.clone(), self.tab.session.clone());
        self.entering = Some(Box::pin(tab::enter(link, session, self.tab.document.id.clone())));
    }

    fn navigate(&mut self) {
        let (link, session) = (self.link.clone(), self.tab.session.clone());
        self.navigating = Some(Box::pin(tab::navigate(link, session, self.config.site.clone())));
    }

    fn reload(&mut self) {
        let (link, session) = (self.link.clone(), self.tab.session.clone());
        let loader = self.tab.document.loader_id.clone();
        self.navigating = Some(Box::pin(tab::reload(link, session, loader)));
    }

    /// Our world in the document is there, or there is none.
    fn entered(
        &mut self,
        world: Result<RemoteObjectId, CallError>,
    ) -> Result<Option<Parted>, Halt> {
        match world {
            Ok(world) => {
                self.world = Some(world);
                self.watch_front();
                self.settle()?;
            }
            // Everything waits behind a dialog.
            Err(CallError::Timeout(_)) if self.dialog.is_some() => {}
            // Its end is told by itself.
            Err(CallError::Lost) => {}
            Err(error) => {
                return Ok(Some(Parted::Lost(StateReason::Unresponsive(error.to_string()))));
            }
        }
        Ok(None)
    }

    /// Sends a dialog away, in a browser of ours: everything waits behind it. Leaving a page is
    /// agreed to, everything else is declined.
    fn dismiss(&self, kind: &str) {
        if self.is_ours() {
            let answer = HandleJavaScriptDialogParams::new(kind == "beforeunload");
            drop(self.link.send(Some(&self.tab.session), &answer));
        }
    }

    /// Works out the state, and shows the page or hides it.
    fn settle(&mut self) -> Result<(), Halt> {
        let url = &self.tab.document.url;
        let reason = match (&self.trouble, &self.dialog, &self.world) {
            (Some(trouble), ..) => trouble.clone(),
            _ if self.navigating.is_some() && !self.config.site.covers(url) => return Ok(()),
            _ if !self.config.site.covers(url) => {
                StateReason::OtherPage(without_query(url).to_owned())
            }
            (_, Some(kind), _) => StateReason::Dialog(kind.clone()),
            (_, _, None) => StateReason::Loading,
            _ if self.front.is_hidden => StateReason::NotInFront,
            (_, _, Some(world)) => {
                let (link, session) = (self.link.clone(), self.tab.session.clone());
                let page = OpenPage::new(link, session, world.clone(), self.ticket.clone());
                self.supervised.show(Ok(page));
                self.socketless_since.get_or_insert_with(|| clock::now().1);
                return self.supervised.change(State::Ready, StateReason::Loaded);
            }
        };
        self.supervised.show(Err(reason.to_string()));
        self.supervised.change(State::Degraded, reason)
    }

    /// Reports that half a second has passed.
    fn beat(&mut self) -> Result<(), Halt> {
        let (at, now) = clock::now();
        self.supervised.tell(BrowserEvent::Beat { at })?;
        self.look_to_front(now);
        let Some(since) = self.socketless_since else { return Ok(()) };
        let after = now.saturating_duration_since(since);
        if self.supervised.has_socket() {
            self.socketless_since = None;
        } else if after >= self.config.options.socket_within {
            self.socketless_since = None;
            tracing::warn!("the page has no socket of the game after {after:?}");
            self.supervised.tell(BrowserEvent::NoSocket { after })?;
        }
        Ok(())
    }
}

/// Goes on with a task, if there is one.
async fn run<T>(task: &mut Task<T>) -> T {
    match task {
        Some(running) => {
            let done = running.await;
            *task = None;
            done
        }
        None => std::future::pending().await,
    }
}

/// Waits for a moment, if there is one.
async fn due(at: Option<Alarm>) {
    match at {
        Some(at) => sleep_until(at).await,
        None => std::future::pending().await,
    }
}
