//! The cases, as data: what goes wrong, when, under which limits, and what must come of it.

use std::ops::RangeInclusive;
use std::time::Duration;

use replayer::demo::feed_server::ServerCommand;
use replayer::live::browser::ExecutionTimeouts;
use replayer::live::browser::risk::RiskLimits;
use replayer::model::sol::Sol;

use super::drill::{DrillParams, Trade};
use super::outside::OutsideAction;
use crate::waiting::PATIENCE;

/// When something happens.
#[derive(Debug, Clone, Copy)]
pub(super) enum When {
    /// So many orders have arrived at the site.
    Taken(u64),
    /// So long behind the beginning.
    After(Duration),
    /// So long behind the first sign of somebody who is logged in at the site.
    There(Duration),
}

/// A case.
#[derive(Debug, Clone)]
pub(super) struct Case {
    pub(super) name: String,
    /// What is wrong from the beginning.
    pub(super) orders: Vec<String>,
    /// What happens later, one after the other.
    pub(super) then: Vec<(When, OutsideAction)>,
    /// Games until the session ends.
    pub(super) games: u64,
    /// The session is stopped after this time; it bounds a hang where it ends by itself.
    pub(super) at_most: Duration,
    /// The session does not end by its games: it is stopped when it was disarmed for a while.
    pub(super) is_endless: bool,
    pub(super) seed: u64,
    pub(super) speed: f64,
    pub(super) limits: RiskLimits,
    pub(super) timeouts: ExecutionTimeouts,
    pub(super) within: Duration,
    pub(super) drill: DrillParams,
    /// A position is held already.
    pub(super) held: bool,
    /// The site changes the balance by itself.
    pub(super) drifts: bool,
    /// How many times as slow the machine is.
    pub(super) slowness: f64,

    /// How many orders must be carried out.
    pub(super) done: RangeInclusive<u64>,
    /// Orders whose outcome may be unknown.
    pub(super) unknown: RangeInclusive<u64>,
    /// Of one order nobody may know it, and then that disarms, for this reason.
    pub(super) maybe: Option<&'static str>,
    /// A part of the reason of a refusal that must be among them.
    pub(super) refused: Option<&'static str>,
    /// A part of the reason of disarming; it must not where there is none.
    pub(super) disarmed: Option<&'static str>,
    /// A part of the error that the session must end with.
    pub(super) error: Option<&'static str>,
}

fn games(games: u64) -> impl Fn(&mut Case) {
    move |case: &mut Case| case.games = games
}

/// Its first games have 89, 96 and 89 ticks: some 2 s each at this speed, with what is between
/// them.
const SEED: u64 = 590;
const SPEED: f64 = 20.0;

/// A session of one game at which nothing goes wrong.
fn case(name: &str, orders: &[&str]) -> Case {
    Case {
        name: name.to_owned(),
        orders: orders.iter().map(|&order| order.to_owned()).collect(),
        then: Vec::new(),
        games: 1,
        at_most: PATIENCE,
        is_endless: false,
        seed: SEED,
        speed: SPEED,
        limits: RiskLimits {
            max_stake: Sol::milli(200),
            max_loss: Sol::milli(5_000),
            max_orders_per_minute: 10_000,
            ..RiskLimits::default()
        },
        timeouts: ExecutionTimeouts {
            patience: Duration::from_secs(1),
            // What is lost stays lost, and orders are refused as long as games go on.
            control_patience: PATIENCE,
            ..ExecutionTimeouts::default()
        },
        within: Duration::from_secs(1),
        drill: DrillParams::default(),
        held: false,
        drifts: false,
        slowness: 1.0,
        done: 3..=u64::MAX,
        unknown: 0..=0,
        maybe: None,
        refused: None,
        disarmed: None,
        error: None,
    }
}

impl Case {
    fn taken(mut self, orders: u64, action: OutsideAction) -> Self {
        self.then.push((When::Taken(orders), action));
        self
    }

    fn after(mut self, ms: u64, action: OutsideAction) -> Self {
        self.then.push((When::After(Duration::from_millis(ms)), action));
        self
    }

    fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    fn endless(self) -> Self {
        self.with(|case| case.is_endless = true)
    }

    fn trading(self, trades: &'static [Trade]) -> Self {
        self.with(|case| case.drill.trades = trades)
    }

    fn done(self, done: RangeInclusive<u64>) -> Self {
        self.with(|case| case.done = done)
    }

    /// Nothing is carried out, because of this.
    fn nothing(self, why: &'static str) -> Self {
        self.done(0..=0).refusing(why)
    }

    /// The session is not armed, because of this.
    fn unarmed(self, why: &'static str) -> Self {
        self.done(0..=0).with(|case| {
            case.timeouts.control_patience = Duration::from_secs(2);
            case.error = Some(why);
        })
    }

    fn refusing(self, why: &'static str) -> Self {
        self.with(|case| case.refused = Some(why))
    }

    fn disarming(self, why: &'static str) -> Self {
        self.with(|case| case.disarmed = Some(why))
    }

    /// The third order may be on its way when it happens, and then its outcome is unknown.
    fn maybe_open(self) -> Self {
        self.done(2..=u64::MAX).maybe("its outcome is unknown")
    }

    fn maybe(self, why: &'static str) -> Self {
        self.with(|case| case.maybe = Some(why))
    }

    /// The first order is done as another thing, and that disarms.
    fn differs(self, what: &'static str) -> Self {
        self.done(0..=0).with(|case| case.unknown = 1..=1).disarming(what)
    }

    /// The outcome of one order is unknown, and that disarms.
    fn open(self) -> Self {
        self.with(|case| case.unknown = 1..=1).disarming("its outcome is unknown")
    }
}

impl Case {
    /// The same on a machine that is `times` times as slow: games, and all times that stand for a
    /// part of one, take `times` times as long.
    pub(super) fn slowed(&self, times: f64) -> Self {
        let mut case = self.clone();
        (case.slowness, case.speed) = (times, case.speed / times);
        let slow = |time: &mut Duration| {
            // A deadline that has passed before anything is done is none of them.
            if *time > Duration::from_millis(10) {
                *time = time.mul_f64(times);
            }
        };
        slow(&mut case.within);
        slow(&mut case.timeouts.patience);
        slow(&mut case.timeouts.silence);
        slow(&mut case.timeouts.control_patience);
        case.orders.iter_mut().for_each(|words| *words = slowed(words, times));
        for (_, action) in &mut case.then {
            if let OutsideAction::Feed(ServerCommand::Stall(time)) = action {
                slow(time);
            }
        }
        case
    }
}

/// An order to the site, whose milliseconds are `times` times as long.
pub(super) fn slowed(words: &str, times: f64) -> String {
    if !["latency", "late-ack", "hang"].iter().any(|timed| words.starts_with(timed)) {
        return words.to_owned();
    }
    let word = |word: &str| match word.parse::<f64>() {
        Ok(ms) => (ms * times).round().to_string(),
        Err(_) => word.to_owned(),
    };
    words.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

pub(super) fn order_faults() -> Vec<Case> {
    vec![
        case("nothing", &[]),
        case("every acknowledgement twice", &["double-ack 1000"]),
        case("three orders refused", &["refuse 3"]).refusing("refused on command"),
        case("an order lost", &["lose-order 1"]).done(0..=0).open(),
        case("an order lost after three", &[])
            .taken(3, OutsideAction::Order("lose-order 1"))
            .open(),
        case("an acknowledgement lost", &["lose-ack 1"]),
        case("two trades not told", &["lose-trade 2"]).trading(&[Trade::Buy, Trade::All]),
        // The acknowledgement has it.
        case("a sidebet not told", &["lose-trade 1"]).trading(&[Trade::Bet]).done(1..=u64::MAX),
        case("a balance not told", &["lose-update 1"]),
        // What half of it is follows from the trades.
        case("three balances not told", &["lose-update 3"]),
        case("neither acknowledged nor told", &["lose-ack 1", "lose-trade 1"]),
        // Many more without a browser: exchange.rs.
        case("a sidebet of ten times the stake", &["stake-tenfold 1"])
            .trading(&[Trade::Bet])
            .differs("stake: ordered 0.001 SOL, the site booked 0.01 SOL"),
        case("a buy at 1.5 times the price", &["fill-worse 1"]).differs("price: ordered"),
        case("no sign of an order at all", &["lose-ack 1", "lose-trade 1", "lose-update 1"])
            .done(0..=0)
            .open(),
    ]
}

pub(super) fn pages() -> Vec<Case> {
    vec![
        case("SHORT between BUY and SELL", &["short"]),
        case("BUY and SELL in each other's place", &["swap"]),
        case("the controls move", &["move"]).unarmed("it moves"),
        case("something invisible over everything", &["cover"]).unarmed("covered"),
        case("the controls begin to move", &[])
            .taken(1, OutsideAction::Order("move"))
            .done(1..=u64::MAX)
            .refusing("it moves"),
        case("something invisible comes over everything", &[])
            .taken(1, OutsideAction::Order("cover"))
            .done(1..=u64::MAX)
            .refusing("covered"),
        case("the X does nothing", &["stuck-clear"]).refusing("the field says"),
        case("1/2 leaves too much", &["halve-wrong"]),
        case("commas in numbers", &["comma"]).unarmed("has a comma"),
        case("commas come into numbers", &[])
            .taken(1, OutsideAction::Order("comma"))
            .done(1..=u64::MAX)
            .refusing("has a comma"),
        // A sidebet would be open then: nothing says again at which tick it began.
        case("the page is loaded again at every order", &["reload-on-order"])
            .trading(&[Trade::Buy])
            .with(|case| case.games = 3)
            .done(2..=u64::MAX),
        case("BUY says PURCHASE", &["text buy PURCHASE"]).unarmed("Buy: "),
        case("BUY says SELL", &["text buy SELL"]).unarmed("Buy: "),
        case("SELL says BUY", &["text sell BUY"]).unarmed("Buy: "),
        case("BUY begins to say PURCHASE", &[])
            .taken(1, OutsideAction::Order("text buy PURCHASE"))
            .done(1..=u64::MAX)
            .refusing("Buy: "),
        case("X says CLEAR", &["text clear CLEAR"]),
    ]
}

/// Every flaw of some controls.
pub(super) fn flaws() -> Vec<Case> {
    let controls = ["buy", "sell", "plus0001", "clear"];
    let flaws = ["twin", "hide", "disable", "numb"];
    let pairs = controls.iter().flat_map(|control| flaws.map(|flaw| format!("{flaw} {control}")));
    // From the first order on: a page that is so from the beginning is not traded in.
    let begins = |order: String| {
        let flaw = OutsideAction::Order(order.clone().leak());
        case(&order, &[]).taken(1, flaw).done(0..=u64::MAX).refusing("")
    };
    pairs.map(begins).collect()
}

/// What happens to the page and the site in the midst of it.
pub(super) fn incidents() -> Vec<Case> {
    vec![
        case("logged out", &[])
            .taken(3, OutsideAction::Order("logout"))
            .disarming("nobody is logged in"),
        case("somebody else logs in", &[])
            .taken(3, OutsideAction::SomebodyElse)
            // The third one may be on its way.
            .done(2..=u64::MAX)
            .with(|case| case.unknown = 0..=1)
            .disarming("somebody else is logged in"),
        // Behind them a whole game is heard before anything is ordered again.
        case("the page crashes", &[]).taken(3, OutsideAction::Crash).with(games(3)).maybe_open(),
        case("the tab is closed", &[]).taken(3, OutsideAction::Close).with(games(3)).maybe_open(),
        // It is gone with the acknowledgement of the third one, and nobody brings it back.
        case("the page goes elsewhere", &["latency 60 80"])
            .taken(3, OutsideAction::Navigate)
            .endless()
            .done(2..=2)
            .open(),
        case("the page is loaded again", &[])
            .taken(3, OutsideAction::Order("reload"))
            .with(games(3))
            .maybe_open(),
        case("a dialog", &[]).taken(3, OutsideAction::Order("alert stop it")),
        case("the page hangs", &[]).taken(3, OutsideAction::Order("hang 700")),
        case("the page hangs longer than patience", &[])
            .taken(3, OutsideAction::Order("hang 1300"))
            .maybe_open(),
        case("the page drops its socket", &[])
            .taken(3, OutsideAction::Order("drop-socket"))
            .with(games(3))
            .maybe_open(),
        case("the site closes its sockets", &[])
            .taken(3, OutsideAction::Feed(ServerCommand::Disconnect))
            .maybe_open(),
        case("the site is started again", &[])
            .taken(3, OutsideAction::Feed(ServerCommand::Restart(Duration::from_millis(300))))
            .maybe_open(),
    ]
}

/// Orders that take long, and a game that is not what it was.
pub(super) fn delays() -> Vec<Case> {
    vec![
        case("acknowledgements 0.3 s late", &["late-ack 300"]),
        case("acknowledgements too late", &["late-ack 1500"]).done(1..=u64::MAX),
        // The last one arrives before its game is over, and may be carried out in the next one.
        case("orders take 0.4 to 0.6 s", &["latency 400 600"])
            // The end of its first game, of 119 ticks, and the next presale are met by an order.
            .with(|case| case.seed = 375)
            .done(1..=u64::MAX)
            .maybe("game: ordered"),
        case("orders take longer than patience", &["latency 1300 1400"]).done(0..=0).open(),
        case("the balance drifts", &[])
            .taken(3, OutsideAction::Order("drift 0.5"))
            .with(games(2))
            .with(|case| case.drifts = true)
            // The third order may be on its way.
            .done(2..=u64::MAX)
            .maybe("account: ordered")
            .disarming("the site's account is not ours"),
        case("the feed stands still", &[])
            .taken(3, OutsideAction::Feed(ServerCommand::Stall(Duration::from_secs(3))))
            .disarming("the feed can no longer be relied on"),
        case("the feed falls silent in the middle of an order", &["latency 60 80"])
            .taken(3, OutsideAction::Feed(ServerCommand::Silence))
            .endless()
            .done(2..=2)
            .open(),
        case("the feed falls silent", &[])
            .trading(&[])
            .with(|case| {
                let soon = When::There(Duration::from_millis(500));
                case.then.push((soon, OutsideAction::Feed(ServerCommand::Silence)));
                case.timeouts.silence = Duration::from_secs(1);
            })
            .endless()
            .done(0..=0)
            .disarming("nothing was heard of the game"),
        case("a position is held already", &[])
            .with(|case| case.held = true)
            // Its first game has 659 ticks.
            .with(|case| case.seed = 18)
            .with(|case| case.error = Some("open position"))
            .done(0..=0),
        case("nobody is logged in", &["logout"])
            .with(|case| case.at_most = Duration::from_secs(3))
            .with(|case| case.error = Some("interrupted"))
            .done(0..=0),
        case("switched off while nobody is logged in", &["logout"])
            .after(1_000, OutsideAction::Kill)
            .with(|case| case.error = Some("disarmed before it began"))
            .done(0..=0)
            .disarming("a person said so"),
        case("somebody logs in two seconds later", &["logout"])
            .after(2_000, OutsideAction::Order("login"))
            .after(2_000, OutsideAction::Order("reload"))
            .with(games(3)),
    ]
}

pub(super) fn limits() -> Vec<Case> {
    let stake = |milli| move |case: &mut Case| case.drill.stake = Sol::milli(milli);
    let same = |case: &mut Case| case.drill.more = 0;
    vec![
        case("stakes above the limit", &[])
            .with(|case| case.limits.max_stake = Sol::milli(2))
            .done(2..=u64::MAX)
            .refusing("is above the largest permitted one"),
        case("no more may be lost than two stakes", &[])
            .trading(&[Trade::Buy])
            .with(stake(5))
            .with(same)
            .with(|case| case.limits.max_loss = Sol::milli(10))
            .done(2..=2)
            .refusing("the loss could become"),
        case("the loss reaches its limit", &[])
            .trading(&[Trade::Bet])
            .with(stake(5))
            .with(same)
            .with(|case| case.limits.max_loss = Sol::milli(5))
            .done(1..=1)
            .disarming("are lost, and the limit is"),
        case("the loss of a day reaches its limit", &[])
            .trading(&[Trade::Bet])
            .with(stake(5))
            .with(same)
            .with(|case| case.limits.day.max_loss = Some(Sol::milli(5)))
            .done(1..=1)
            .disarming("are lost on this day"),
        case("five orders in a minute", &[])
            .with(|case| case.limits.max_orders_per_minute = 5)
            .done(5..=9)
            .refusing("within the last minute"),
        case("four orders in a session", &[])
            .with(|case| case.limits.max_orders = Some(4))
            .done(4..=6)
            .disarming("were sent in this session"),
        case("two lost games in a row", &[])
            .trading(&[Trade::Buy])
            .with(|case| case.games = 3)
            .with(|case| case.limits.max_losing_streak = Some(2))
            .disarming("2 games in a row were lost"),
        case("switched off in the middle of an order", &["latency 100 150"])
            .taken(3, OutsideAction::Kill)
            .disarming("a person said so"),
        case("switched off by the socket", &[])
            .taken(4, OutsideAction::KillBySocket)
            .disarming("killed on the socket: enough"),
        case("a deadline of 1 ms", &[])
            .with(|case| case.within = Duration::from_millis(1))
            .nothing("its deadline has passed"),
    ]
}
