//! A click executor in a page, without a world: orders are given by the test, one at a time, and what
//! arrived at the site is compared with each.

use std::path::Path;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use replayer::base::clock::Clock;
use replayer::base::runtime::{Runtime, Shutdown};
use replayer::demo::demo_site::DemoSiteHandle;
use replayer::engine::venue::execution::{
    AccountSnapshot, OrderId, OrderRequest, OrderStatus, VenueEvent,
};
use replayer::feed::Listener;
use replayer::feed::capture::Direction;
use replayer::feed::socketio::Packet;
use replayer::live::browser::controls::Profile;
use replayer::live::browser::risk::RiskLimits;
use replayer::live::browser::{
    ArmSwitch, BrowserEvent, ClickExecutor, Config, ExecutionMode, ExecutionTimeouts,
    ExecutorHandle, How, Page, PageEvents, Pages, Scene, Supervisor, Tapped,
};
use replayer::model::ids::GameId;
use replayer::model::order::Action;
use replayer::model::quote::Phase;
use replayer::model::sol::Sol;
use serde_json::Value;

use super::super::drill::read_back;
use super::rows::Mode;
use crate::browser::devtools::{port_of, tabs};
use crate::demo_site::visitor::{account, block_on, counts};
use crate::machine::slowness;
use crate::waiting::{PATIENCE, now, pause, until};

/// Longest time from the decision to the click.
const WITHIN: Duration = Duration::from_secs(1);

/// What the page was told to be: the words of its modes, and of its texts.
const MODES: &str = "() => document.documentElement.dataset.modes + ' ' + \
                     document.documentElement.dataset.texts";

/// How an order went.
#[derive(Debug)]
pub(super) struct Done {
    pub(super) action: Action,
    /// What arrived at the site meanwhile; none for what no bot can order.
    pub(super) arrived: Vec<Option<Action>>,
    pub(super) status: OrderStatus,
    told: Duration,
}

impl Done {
    /// As a row of a table.
    pub(super) fn row(&self, mode: &str) -> String {
        let named = |action: &Option<Action>| {
            action.map_or("something else".to_owned(), |action| action.to_string())
        };
        let arrived: Vec<_> = self.arrived.iter().map(named).collect();
        let arrived = if arrived.is_empty() { "nothing".to_owned() } else { arrived.join(", ") };
        let seen = match &self.status {
            OrderStatus::Filled(_) => "done".to_owned(),
            OrderStatus::Shown => "shown".to_owned(),
            OrderStatus::Rejected(why) => format!("refused: {why}"),
            OrderStatus::Unknown(why) => format!("unknown: {why}"),
        };
        let seen = seen.replace('|', "/").replace('\n', " ");
        let told = self.told.as_millis();
        format!("| {mode} | {} | {arrived} | {seen} | {told} | {} |", self.action, self.beyond())
    }

    /// What was staked and not ordered.
    fn beyond(&self) -> Sol {
        let mut ordered = Some(self.action);
        let surplus = self.arrived.iter().filter(|one| **one != ordered.take());
        let staked = surplus.map(|one| match one {
            Some(Action::Buy { stake } | Action::Sidebet { stake }) => *stake,
            _ => Sol::ZERO,
        });
        staked.fold(Sol::ZERO, |sum, stake| sum.plus(stake).unwrap())
    }
}

/// What the supervisor's handler keeps for the test.
#[derive(Default)]
struct Heard {
    scene: Mutex<Option<Scene>>,
    state: Mutex<String>,
    foreign: AtomicUsize,
}

pub(super) struct Clicks {
    site: DemoSiteHandle,
    runtime: Runtime,
    executor: ExecutorHandle,
    pages: Pages,
    pub(super) switch: ArmSwitch,
    heard: Arc<Heard>,
    held: Option<AccountSnapshot>,
    orders: OrderId,
    /// The document that was there before the last order.
    document: u32,
    /// Where a browser of ours keeps its port.
    data: Option<std::path::PathBuf>,
}

/// Hears the page as a session does: where the game is goes to the click executor.
fn handler(
    heard: Arc<Heard>,
    page_events: PageEvents,
) -> impl FnMut(BrowserEvent<'_>) -> Result<(), replayer::base::error::Error> + Send + 'static {
    let (mut listener, mut socket) = (Listener::default(), 0);
    move |event| {
        match event {
            BrowserEvent::State(change) => {
                *heard.state.lock().unwrap() = format!("{:?}: {}", change.to, change.reason);
            }
            BrowserEvent::Tapped(Tapped::Up { epoch, .. }) => {
                socket = epoch;
                listener.connection(replayer::base::clock::moment(), true);
            }
            BrowserEvent::Tapped(Tapped::Foreign { .. }) => {
                heard.foreign.fetch_add(1, Relaxed);
            }
            BrowserEvent::Tapped(Tapped::Text {
                epoch,
                direction: Direction::In,
                at,
                arrived,
                text,
            }) if epoch == socket && text.starts_with("42") => {
                let Ok(Packet::Event(event)) = Packet::parse(text) else { return Ok(()) };
                let payload = event.payload().map_or("null", |payload| payload.get());
                let told = listener.take(at, &event.name, payload);
                page_events.prices(&told.facts);
                let (game, phase) = (listener.machine().game(), listener.phase());
                let scene = Scene { game, phase, closed: false, heard: arrived };
                *heard.scene.lock().unwrap() = Some(scene);
                page_events.scene(scene);
            }
            _ => {}
        }
        Ok(())
    }
}

impl Clicks {
    /// An armed executor in a page of a site.
    pub(super) fn start(site: DemoSiteHandle, how: How) -> Self {
        let data = match &how {
            How::Launch(launch) => Some(launch.profile.join("data")),
            How::Attach(_) => None,
        };
        let config = Config::new(site.url().parse().unwrap(), how, 7);
        let mut supervisor = Supervisor::new(config).unwrap();
        let (pages, switch) = (supervisor.pages(), ArmSwitch::on());
        let limits = RiskLimits {
            max_stake: Sol::milli(100),
            max_loss: Sol::milli(9_000),
            max_orders_per_minute: 100_000,
            ..RiskLimits::default()
        };
        let timeouts = ExecutionTimeouts {
            patience: Duration::from_secs(1).mul_f64(slowness()),
            silence: PATIENCE,
            control_patience: PATIENCE,
            ..ExecutionTimeouts::default()
        };
        let (clicker, executor, page_events) = ClickExecutor::new(
            pages.clone(),
            Profile::rugs_fun(),
            ExecutionMode::Click(limits),
            timeouts,
            switch.clone(),
            Clock::start(),
        );
        supervisor.confirm_to(page_events.clone());
        let shutdown = Shutdown::new();
        let mut runtime = Runtime::start(shutdown.clone()).unwrap();
        let heard = Arc::<Heard>::default();
        runtime.spawn("clicks", clicker.run(shutdown.clone()));
        let handler = handler(Arc::clone(&heard), page_events);
        runtime.spawn("browser", supervisor.run(handler, shutdown));
        let (held, orders, document) = (None, OrderId::default(), 0);
        Self { site, runtime, executor, pages, switch, heard, held, orders, document, data }
    }

    /// Tells the site to do something wrong, or right.
    pub(super) fn tell(&self, words: &str) {
        assert!(self.site.order(&words.parse().unwrap()), "{words}");
    }

    /// Waits until the page is as the words say, and in no other mode.
    pub(super) fn dressed(&self, words: &[&str]) {
        let wanted: Vec<String> = words.iter().map(|words| shown(words)).collect();
        let count = wanted.iter().map(|words| words.split_whitespace().count()).sum::<usize>();
        until(&format!("the page is {words:?}"), || {
            let Some(page) = self.pages.current() else { return false };
            let told = block_on(page.call(MODES, &Value::Null));
            let Ok(Value::String(told)) = told else { return false };
            let has = |words: &String| told.contains(words.as_str());
            wanted.iter().all(has) && told.split_whitespace().count() == count
        });
    }

    /// The game that can be traded in, once there is one.
    pub(super) fn active(&self) -> GameId {
        let active = || {
            let scene = (*self.heard.scene.lock().unwrap())?;
            scene.game.filter(|_| scene.phase == Phase::Active)
        };
        until("a game is on", || active().is_some());
        // It may be over again by now: then the order is refused.
        active().or_else(|| self.heard.scene.lock().unwrap().and_then(|it| it.game)).unwrap()
    }

    /// Buys where nothing is held.
    pub(super) fn hold(&mut self) {
        let begun = now();
        loop {
            self.active();
            self.taken();
            if self.held.is_some_and(|account| !account.quantity.is_zero()) {
                return;
            }
            assert!(begun.elapsed() < PATIENCE, "nothing can be bought");
            self.ready();
            self.order(Action::Buy { stake: Sol::milli(50) });
        }
    }

    /// Gives an order and waits until its outcome is told.
    pub(super) fn order(&mut self, action: Action) -> Done {
        let game = self.active();
        let before = self.taken();
        self.document = self.pages.current().map_or(self.document, |page| page.epoch());
        self.orders = self.orders.next();
        let request = OrderRequest { id: self.orders, action, game, tick: 0 };
        let begun = now();
        assert!(self.executor.send(request, WITHIN.mul_f64(slowness())));
        let status = self.report(request.id, begun);
        let told = begun.elapsed();
        let arrived = self.arrived_since(before);
        Done { action, arrived, status, told }
    }

    /// Gives an order until it is done: the page may be about to come back.
    pub(super) fn insist(&mut self, action: Action) {
        let begun = now();
        while !matches!(self.order(action).status, OrderStatus::Filled(_)) {
            assert!(begun.elapsed() < PATIENCE, "{action} is never done");
            assert!(self.switch.is_on(), "{:?}", self.switch.why());
            self.ready();
        }
    }

    fn report(&mut self, id: OrderId, begun: Instant) -> OrderStatus {
        loop {
            assert!(begun.elapsed() < PATIENCE, "the outcome of an order is told");
            match self.executor.wait(PATIENCE) {
                Some(VenueEvent::Report(report)) if report.id == id => break report.status,
                Some(VenueEvent::Snapshot(account)) => self.held = Some(account),
                Some(VenueEvent::Report(_)) | None => {}
            }
        }
    }

    fn taken(&mut self) -> u64 {
        while let Some(event) = self.executor.receive() {
            if let VenueEvent::Snapshot(account) = event {
                self.held = Some(account);
            }
        }
        let kept = counts(&self.site.url(), "demo");
        kept.map_or(0, |kept| kept["taken"].as_u64().unwrap())
    }

    /// What has arrived at the site, as soon as nothing is on its way.
    fn arrived_since(&self, before: u64) -> Vec<Option<Action>> {
        // An order that the page sent is heard by us before it is by the site.
        pause(Duration::from_millis(5));
        let kept = match counts(&self.site.url(), "demo") {
            Some(_) => account(&self.site.url(), "demo"),
            None => return Vec::new(),
        };
        let arrived = kept["arrived"].as_array().unwrap();
        let taken = kept["taken"].as_u64().unwrap();
        let new = usize::try_from(taken - before).unwrap();
        let texts = arrived[arrived.len() - new..].iter().map(|text| text.as_str().unwrap());
        texts.map(read_back).collect()
    }

    /// Waits until the page cannot be used, for this reason.
    pub(super) fn degraded(&self, why: &str) {
        let is_so = || self.heard.state.lock().unwrap().contains(why);
        until(why, || is_so() && self.pages.current().is_none());
    }

    /// Waits until the page can be used.
    pub(super) fn ready(&self) {
        until("the page is there", || self.pages.current().is_some());
    }

    /// Waits until the page can be used, and was loaded again where its mode does so with every order
    /// that it sends.
    pub(super) fn loaded_again(&self, mode: &Mode, done: &Done) {
        let is_reloading = mode.words.iter().any(|words| ["submit", "unload"].contains(words));
        let loads = is_reloading && !done.arrived.is_empty();
        until("the page is loaded", || {
            let document = self.pages.current().map(|page| page.epoch());
            document.is_some_and(|document| !loads || document != self.document)
        });
    }

    /// How often a socket of another host was told.
    pub(super) fn foreign(&self) -> usize {
        self.heard.foreign.load(Relaxed)
    }

    /// Whether an order was refused for a reason that has nothing to do with the page: a machine that
    /// is too busy to draw, a game that is over, a tab that is just being closed.
    pub(super) fn is_passing(done: &Done) -> bool {
        const PASSING: [&str; 6] = [
            "is not drawn",
            "is not in front",
            "deadline",
            "its game is over",
            "nothing was heard of the game",
            "did not answer in time",
        ];
        let OrderStatus::Rejected(why) = &done.status else { return false };
        PASSING.iter().any(|part| why.contains(part))
    }

    /// How many tabs a browser of ours has.
    pub(super) fn tabs(&self) -> usize {
        let data: &Path = self.data.as_deref().expect("a browser of ours");
        tabs(port_of(data).unwrap()).len()
    }

    pub(super) fn end(self) {
        let Self { runtime, site, .. } = self;
        runtime.join_within(PATIENCE).unwrap();
        drop(site);
    }
}

/// What a page shows that it was told with these words.
fn shown(words: &str) -> String {
    let words = words.strip_suffix(" on").unwrap_or(words);
    match words.split_once(' ') {
        Some(("text", text)) => text.to_owned(),
        Some((flaw, control)) => format!("{flaw}:{control}"),
        None => words.to_owned(),
    }
}
