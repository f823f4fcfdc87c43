//! The show as it goes on: one task that tells every client the same frames at the same time.
//!
//! It never waits for a client, except at the pace of the slowest one when there is no other pace.

mod wishes;

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use crossbeam_channel::Sender;
use socketioxide::socket::{Sid, Socket};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::Lines;
use super::guest::{Guest, Offer};
use super::line::Line;
use crate::demo::feed_server::faults::{Deed, Saboteur};
use crate::demo::feed_server::script::{Cue, Frame, Kind, Script};
use crate::demo::feed_server::site::{Asked, Client, Page, Site};
use crate::demo::feed_server::{Config, GameOver, Order, Pace, ServerLimits, Tally};

/// How far the show may be behind its time and catch up; what is more is forgotten.
const CATCH_UP: Duration = Duration::from_secs(1);
/// How long clients have to take the last frames.
const FAREWELL: Duration = Duration::from_secs(1);

/// What clients do.
#[derive(Debug)]
pub(super) enum Visit {
    /// One has connected.
    Came(Arc<Socket>),
    /// One that polled goes on over a WebSocket.
    Moved(Sid, Arc<Line>),
    /// One said an event: its frame.
    Said(Sid, String),
    /// One is gone.
    Left(Sid),
    /// A browser wants a page.
    Asks(Asked, oneshot::Sender<Page>),
}

/// What comes next, and when.
enum Act {
    /// Something that clients notice.
    Deed(Deed),
    /// The game goes on, whatever became of the frame.
    Happen(Cue),
}

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::demo::feed_server) enum Ending {
    /// All games were played.
    Complete,
    /// It was told to stop.
    Stopped,
}

/// The show and its audience.
pub(super) struct Show {
    script: Script,
    saboteur: Saboteur,
    acts: VecDeque<Act>,
    guests: Vec<Guest>,
    /// Clients so far.
    came: u64,
    lines: Lines,
    site: Box<dyn Site>,
    /// What the site is to be woken with, by when and in the order of its wishes.
    alarms: BTreeMap<(Instant, u64), u64>,
    wishes: u64,
    pace: Pace,
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
        site: Box<dyn Site>,
        lines: Lines,
        tally: Arc<Tally>,
        games_over: Sender<GameOver>,
    ) -> Self {
        let now = Instant::now();
        let seed = config.repertoire.seed();
        Self {
            script: Script::new(config.repertoire.clone(), config.style),
            saboteur: Saboteur::new(config.faults.clone(), seed),
            acts: VecDeque::new(),
            guests: Vec::new(),
            came: 0,
            lines,
            site,
            alarms: BTreeMap::new(),
            wishes: 0,
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
        mut orders: mpsc::Receiver<Order>,
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
                let client = Client(self.came);
                self.came += 1;
                let mut guest = Guest::new(client, socket);
                if guest.offer(&self.script.welcome(), u64::MAX) == Offer::Taken {
                    self.guests.push(guest);
                    let wishes = self.site.came(client);
                    self.grant(wishes);
                }
            }
            Visit::Moved(id, line) => {
                if let Some(guest) = self.guests.iter_mut().find(|guest| guest.is(id)) {
                    guest.move_to(line);
                }
            }
            Visit::Said(id, frame) => {
                if let Some(client) = self.guests.iter().find(|guest| guest.is(id)) {
                    let wishes = self.site.heard(client.client, &frame);
                    self.grant(wishes);
                }
            }
            Visit::Left(id) => {
                if let Some(at) = self.guests.iter().position(|guest| guest.is(id)) {
                    let gone = self.guests.remove(at);
                    self.site.left(gone.client);
                }
            }
            // Whoever asked may be gone.
            Visit::Asks(asked, reply) => drop(reply.send(self.site.page(&asked))),
        }
        self.tally.clients.set(self.guests.len() as u64);
    }

    fn obey(&mut self, order: Order) {
        match order {
            Order::Disconnect => self.perform(Deed::Disconnect),
            Order::Cut => self.perform(Deed::Cut),
            Order::Stall(time) => {
                self.stand_still(time);
            }
            Order::Silence => self.lines().for_each(Line::silence),
            Order::Say(text) => self.lines().for_each(|line| line.say(&text)),
            Order::Restart(time) => {
                self.perform(Deed::Disconnect);
                self.lines.close_for(time);
                self.stand_still(time);
            }
            Order::Site(words) => {
                let wishes = self.site.ordered(&words);
                self.grant(wishes);
            }
        }
    }

    /// Does the next thing when its time has come; false when there is none. Nothing is lost when
    /// this is dropped while it waits.
    async fn go_on(&mut self) -> bool {
        let Some(began) = self.began else { return std::future::pending().await };
        if self.pace == Pace::Max {
            self.wait_for_room().await;
        }
        if !self.prepare() {
            return false;
        }
        let due = self.due(began);
        let now = Instant::now();
        if due > now {
            sleep_until(due).await;
        } else if now - due > CATCH_UP && self.pace != Pace::Max {
            self.began = Some(began + (now - due));
        }
        self.act();
        // Those who write to the clients have their turn, however far behind we are.
        tokio::task::yield_now().await;
        true
    }

    /// Does what is next and what belongs to it: a frame and what the site makes of it.
    fn act(&mut self) {
        if let Some(Act::Deed(_)) = self.acts.front()
            && let Some(Act::Deed(deed)) = self.acts.pop_front()
        {
            self.perform(deed);
        }
        while let Some(Act::Happen(_)) = self.acts.front()
            && let Some(Act::Happen(cue)) = self.acts.pop_front()
        {
            let wishes = self.site.happened(&cue);
            self.grant(wishes);
        }
    }

    /// Has something ready to be done; false when all is done.
    fn prepare(&mut self) -> bool {
        while self.acts.is_empty() {
            match self.script.next() {
                Some(cue) => {
                    self.announce(&cue);
                    self.acts.extend(self.saboteur.meet(cue.clone()).into_iter().map(Act::Deed));
                    self.acts.push_back(Act::Happen(cue));
                    self.tally.withheld.set(self.saboteur.withheld);
                }
                None => match self.saboteur.finish() {
                    Some(deed) => self.acts.push_back(Act::Deed(deed)),
                    None => return false,
                },
            }
        }
        true
    }

    /// Tells the world, not the clients, that a game is over, whatever becomes of its frames.
    fn announce(&self, cue: &Cue) {
        if cue.kind == Kind::Rug {
            self.tally.games.add(1);
            let clients = self.guests.len();
            // Nobody may be listening.
            let _ =
                self.games_over.try_send(GameOver { game: cue.game, rug_tick: cue.tick, clients });
        }
    }

    fn due(&self, began: Instant) -> Instant {
        let (Pace::Times(speed), Some(Act::Deed(Deed::Play(cue)) | Act::Happen(cue))) =
            (self.pace, self.acts.front())
        else {
            return self.not_before;
        };
        let since = Duration::from_millis(cue.at_ms).div_f64(speed);
        (began + since).max(self.not_before)
    }

    fn perform(&mut self, deed: Deed) {
        match deed {
            Deed::Play(cue) => {
                self.tally.frames.add(1);
                self.tell(&cue.frame);
            }
            Deed::Garbage(text) => {
                self.tally.garbage.add(1);
                self.lines().for_each(|line| line.say(text));
            }
            Deed::Stall(ms) => self.stand_still(Duration::from_millis(ms)),
            Deed::Disconnect => {
                while !self.guests.is_empty() {
                    self.dismiss_on_purpose(0);
                }
            }
            Deed::Cut => {
                self.tally.disconnected.add(self.guests.len() as u64);
                self.lines().for_each(Line::cut);
            }
        }
    }

    fn tell(&mut self, frame: &Frame) {
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

    fn lines(&self) -> impl Iterator<Item = &Line> {
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
