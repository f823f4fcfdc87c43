//! The show as it goes on: one task that tells every client the same frames at the same time.
//!
//! It never waits for a client, except at the pace of the slowest one when there is no other pace.

mod actions;

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use crossbeam_channel::Sender;
use socketioxide::socket::{Sid, Socket};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::Lines;
use super::act::Act;
use super::guest::{Guest, Offer};
use super::line::ConnectionState;
use crate::demo::feed_server::faults::{Saboteur, ServerAction};
use crate::demo::feed_server::script::{CueFrame, CueKind, ShowCue, ShowScript};
use crate::demo::feed_server::site::{Asked, ServedSite, SiteClient, SitePage};
use crate::demo::feed_server::{Config, GameOver, ServerCommand, ServerLimits, ShowPace, Tally};

/// How far the show may be behind its time and catch up; what is more is forgotten.
const CATCH_UP: Duration = Duration::from_secs(1);
/// How long clients have to take the last frames.
const FAREWELL: Duration = Duration::from_secs(1);

/// What clients of the show do.
#[derive(Debug)]
pub(super) enum Visit {
    /// A client has connected.
    Came(Arc<Socket>),
    /// One that polled goes on over a WebSocket.
    Moved(Sid, Arc<ConnectionState>),
    /// One said an event: its frame.
    Said(Sid, String),
    /// A client has disconnected.
    Left(Sid),
    /// A browser wants a page.
    Asks(Asked, oneshot::Sender<SitePage>),
}

/// Why a show ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::demo::feed_server) enum Ending {
    /// All games were played.
    Complete,
    /// It was told to stop.
    Stopped,
}

/// The show and its audience.
pub(super) struct Show {
    script: ShowScript,
    saboteur: Saboteur,
    acts: VecDeque<Act>,
    guests: Vec<Guest>,
    /// The lines of sessions that began by polling, went on by a WebSocket and are not clients yet.
    early: Vec<(Sid, Arc<ConnectionState>)>,
    /// Clients that connected so far.
    came: u64,
    lines: Lines,
    site: Box<dyn ServedSite>,
    /// What the site is to be woken with, by when and in the order in which it asked.
    alarms: BTreeMap<(Instant, u64), u64>,
    actions: u64,
    pace: ShowPace,
    limits: ServerLimits,
    tally: Arc<Tally>,
    games_over: Sender<GameOver>,
    /// When the show's time was zero; `None` before it begins.
    began: Option<Instant>,
    /// Nothing is told before.
    not_before: Instant,
}

impl Show {
    pub(super) fn new(
        config: &Config,
        site: Box<dyn ServedSite>,
        lines: Lines,
        tally: Arc<Tally>,
        games_over: Sender<GameOver>,
    ) -> Self {
        let now = Instant::now();
        let seed = config.repertoire.seed();
        Self {
            script: ShowScript::new(config.repertoire.clone(), config.style),
            saboteur: Saboteur::new(config.faults.clone(), seed),
            acts: VecDeque::new(),
            guests: Vec::new(),
            early: Vec::new(),
            came: 0,
            lines,
            site,
            alarms: BTreeMap::new(),
            actions: 0,
            pace: config.pace,
            limits: config.limits,
            tally,
            games_over,
            began: (!config.wait_for_client).then_some(now),
            not_before: now,
        }
    }

    /// Goes on until the games are over or the stop comes.
    pub(super) async fn run(
        mut self,
        mut visits: mpsc::Receiver<Visit>,
        mut orders: mpsc::Receiver<ServerCommand>,
        mut stop: watch::Receiver<bool>,
    ) -> Ending {
        loop {
            let alarm = self.alarms.first_key_value().map(|(&(at, _), _)| at);
            tokio::select! {
                biased;
                _ = stop.wait_for(|&stop| stop) => return Ending::Stopped,
                Some(visit) = visits.recv() => self.receive(visit),
                Some(order) = orders.recv() => self.obey(order),
                () = until(alarm) => self.ring(),
                goes_on = self.go_on() => if !goes_on { break },
            }
        }
        tokio::select! {
            _ = stop.wait_for(|&stop| stop) => Ending::Stopped,
            () = self.take_leave() => Ending::Complete,
        }
    }

    fn receive(&mut self, visit: Visit) {
        match visit {
            Visit::Came(socket) => {
                self.began.get_or_insert_with(Instant::now);
                self.tally.joined.add(1);
                let client = SiteClient(self.came);
                self.came += 1;
                let mut guest = Guest::new(client, socket);
                let early = self.early.iter().position(|(id, _)| guest.is(*id));
                if let Some(at) = early.filter(|_| !guest.polls()) {
                    guest.move_to(self.early.swap_remove(at).1);
                }
                if guest.offer(&self.script.welcome(), u64::MAX) == Offer::Taken {
                    self.guests.push(guest);
                    let actions = self.site.came(client);
                    self.grant(actions);
                }
            }
            Visit::Moved(id, line) => {
                match self.guests.iter_mut().find(|guest| guest.is(id)) {
                    Some(guest) => guest.move_to(line),
                    None => {
                        // Those that are closed are held by nobody else.
                        self.early.retain(|(_, line)| Arc::strong_count(line) > 1);
                        self.early.push((id, line));
                    }
                }
            }
            Visit::Said(id, frame) => {
                if let Some(client) = self.guests.iter().find(|guest| guest.is(id)) {
                    let actions = self.site.heard(client.client, &frame);
                    self.grant(actions);
                }
            }
            Visit::Left(id) => {
                if let Some(at) = self.guests.iter().position(|guest| guest.is(id)) {
                    let gone = self.guests.remove(at);
                    self.site.left(gone.client);
                }
            }
            // The client that asked may be gone.
            Visit::Asks(asked, reply) => drop(reply.send(self.site.page(&asked))),
        }
        self.tally.clients.set(self.guests.len() as u64);
    }

    fn obey(&mut self, order: ServerCommand) {
        match order {
            ServerCommand::Disconnect => self.perform(ServerAction::Disconnect),
            ServerCommand::Cut => self.perform(ServerAction::Cut),
            ServerCommand::Stall(time) => {
                self.stand_still(time);
            }
            ServerCommand::Silence => self.lines().for_each(ConnectionState::silence),
            ServerCommand::Say(text) => self.lines().for_each(|line| line.say(&text)),
            ServerCommand::Restart(time) => {
                self.perform(ServerAction::Disconnect);
                self.lines.close_for(time);
                self.stand_still(time);
            }
            ServerCommand::Site(words) => {
                let actions = self.site.ordered(&words);
                self.grant(actions);
            }
        }
    }

    /// Does the next thing when its time has come; false when there is none. Nothing is lost when
    /// this is dropped while it waits.
    async fn go_on(&mut self) -> bool {
        let Some(began) = self.began else { return std::future::pending().await };
        if self.pace == ShowPace::Max {
            self.wait_for_room().await;
        }
        if !self.prepare() {
            return false;
        }
        let now = Instant::now();
        let due = self.acts.front().and_then(|act| act.due(self.pace, began));
        let due = due.map(|due| due.max(self.not_before));
        let late = due.map_or(Duration::ZERO, |due| now.saturating_duration_since(due));
        let wait_until = due.unwrap_or(self.not_before);
        if late > CATCH_UP {
            self.began = Some(began + late);
        } else if wait_until > now {
            sleep_until(wait_until).await;
        }
        self.act();
        // Those who write to the clients have their turn, however far behind we are.
        tokio::task::yield_now().await;
        true
    }

    /// Does what is next and what belongs to it: a frame and what the site makes of it.
    fn act(&mut self) {
        if let Some(Act::Do(_)) = self.acts.front()
            && let Some(Act::Do(action)) = self.acts.pop_front()
        {
            self.perform(action);
        }
        while let Some(Act::Happen(_)) = self.acts.front()
            && let Some(Act::Happen(cue)) = self.acts.pop_front()
        {
            let actions = self.site.happened(&cue);
            self.grant(actions);
        }
    }

    /// Has something ready to be done; false when all is done.
    fn prepare(&mut self) -> bool {
        while self.acts.is_empty() {
            match self.script.next() {
                Some(cue) => {
                    self.announce(&cue);
                    self.acts.extend(self.saboteur.meet(cue.clone()).into_iter().map(Act::Do));
                    self.acts.push_back(Act::Happen(cue));
                    self.tally.withheld.set(self.saboteur.withheld);
                }
                None => match self.saboteur.finish() {
                    Some(action) => self.acts.push_back(Act::Do(action)),
                    None => return false,
                },
            }
        }
        true
    }

    /// Tells the world, not the clients, that a game is over, whatever becomes of its frames.
    fn announce(&self, cue: &ShowCue) {
        if cue.kind == CueKind::Rug {
            self.tally.games.add(1);
            let clients = self.guests.len();
            // Nobody may be listening.
            let _ =
                self.games_over.try_send(GameOver { game: cue.game, rug_tick: cue.tick, clients });
        }
    }

    fn perform(&mut self, action: ServerAction) {
        match action {
            ServerAction::Play(cue) => {
                self.tally.frames.add(1);
                self.tell(&cue.frame);
            }
            ServerAction::Garbage(text) => {
                self.tally.garbage.add(1);
                self.lines().for_each(|line| line.say(text));
            }
            ServerAction::Stall(ms) => self.stand_still(Duration::from_millis(ms)),
            ServerAction::Disconnect => {
                while !self.guests.is_empty() {
                    self.dismiss_on_purpose(0);
                }
            }
            ServerAction::Cut => {
                self.tally.disconnected.add(self.guests.len() as u64);
                self.lines().for_each(ConnectionState::cut);
            }
        }
    }

    fn tell(&mut self, frame: &CueFrame) {
        let most = self.limits.queue_frames;
        let (mut slow, mut told) = (Vec::new(), 0);
        let mut at = 0;
        while at < self.guests.len() {
            match self.guests[at].offer(frame, most) {
                Offer::Taken => {
                    told += 1;
                    at += 1;
                }
                Offer::Full => slow.push(self.guests.remove(at)),
                Offer::Gone => {
                    let gone = self.guests.remove(at);
                    self.site.left(gone.client);
                }
            }
        }
        self.tally.sent.add(told);
        self.dismiss(slow);
    }

    /// Ends the connections of clients that are too slow.
    fn dismiss(&mut self, slow: Vec<Guest>) {
        self.tally.slow.add(slow.len() as u64);
        for guest in slow {
            self.site.left(guest.client);
            guest.kick();
        }
        self.tally.clients.set(self.guests.len() as u64);
    }

    fn dismiss_on_purpose(&mut self, at: usize) {
        let guest = self.guests.remove(at);
        self.site.left(guest.client);
        guest.kick();
        self.tally.disconnected.add(1);
        self.tally.clients.set(self.guests.len() as u64);
    }

    fn stand_still(&mut self, time: Duration) {
        let until = Instant::now() + time;
        if until > self.not_before {
            self.not_before = until;
            self.began = self.began.map(|began| began + time);
        }
    }

    /// Waits until every client has room for the next frame, and dismisses who lets it wait.
    async fn wait_for_room(&mut self) {
        let most = self.limits.queue_frames / 2 + 1;
        if self.guests.iter().any(Guest::polls) {
            sleep(Duration::from_millis(1)).await;
        }
        let patience = Instant::now() + self.limits.patience;
        let mut at = 0;
        while at < self.guests.len() {
            let room = self.guests[at].room(most);
            if self.guests[at].pending() < most
                || tokio::time::timeout_at(patience, room).await.is_ok()
            {
                at += 1;
            } else {
                let slow = self.guests.remove(at);
                self.dismiss(vec![slow]);
            }
        }
    }

    /// Lets the clients have what is still pending.
    async fn take_leave(&mut self) {
        let last = async {
            for guest in &self.guests {
                guest.room(1).await;
            }
            // Who polls has to come and get it; who listens has to read it.
            sleep(if self.guests.iter().any(Guest::polls) { FAREWELL / 2 } else { FAREWELL / 20 })
                .await;
        };
        let _ = timeout(FAREWELL, last).await;
    }

    fn lines(&self) -> impl Iterator<Item = &ConnectionState> {
        self.guests.iter().filter_map(Guest::line)
    }
}

/// Waits until a moment; for ever where there is none.
async fn until(moment: Option<Instant>) {
    match moment {
        Some(moment) => sleep_until(moment).await,
        None => std::future::pending().await,
    }
}
