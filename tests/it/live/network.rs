//! Servers that die, freeze, and fall off the network, under a session that goes on.

use std::net::Ipv4Addr;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::Ordering::Relaxed;
use std::thread;
use std::time::Duration;

use super::stage::{GAMES, Outcome, SEED, Signals, Truth, play_until};
use crate::browser::reach::line_of;
use crate::campaign::count;
use crate::feed_server::served::Served;
use crate::machine::{port, slowness};
use crate::waiting::{pause, until};

/// How often the server is killed; `REPLAYER_KILLS` for more, as far as the games of the show suffice.
fn kills() -> usize {
    usize::try_from(count("REPLAYER_KILLS", 5).min(40)).unwrap()
}

/// The arguments of a server that plays the show from a game on, and pings often.
fn arguments(first: usize) -> Vec<String> {
    let pings = "--ping-interval 300 --ping-timeout 200 --wait-for-client";
    let speed = 500.0 / slowness();
    let text = format!("{pings} --speed {speed} --generated {GAMES} --seed {SEED} --first {first}");
    text.split(' ').map(str::to_owned).collect()
}

fn start(address: &str, first: usize) -> Served {
    let arguments = arguments(first);
    Served::start(address, &arguments.iter().map(String::as_str).collect::<Vec<_>>())
}

/// Plays until the trouble is over and one more game is.
fn session(url: &str, trouble: impl FnOnce(&Signals)) -> Outcome {
    let signals = Signals::default();
    let outcome = thread::scope(|scope| {
        let session = scope.spawn(|| play_until(url, u64::MAX, &signals));
        // Also when the trouble fails: the session would go on for ever.
        let end = StopAtEnd(&signals);
        until("a game is over", || signals.games.load(Relaxed) > 0);
        trouble(&signals);
        let so_far = signals.games.load(Relaxed);
        until("games go on", || signals.games.load(Relaxed) > so_far + 1);
        drop(end);
        session.join().unwrap()
    });
    Truth::new().assert_of(&outcome);
    outcome.assert_replays();
    outcome
}

struct StopAtEnd<'a>(&'a Signals);

impl Drop for StopAtEnd<'_> {
    fn drop(&mut self) {
        self.0.stop.store(true, Relaxed);
    }
}

/// Waits for one more connection than there were.
fn connected(signals: &Signals, so_far: usize) {
    until("it is connected again", || signals.connects.load(Relaxed) > so_far);
}

/// Waits for one more loss than there were.
fn lost(signals: &Signals, so_far: usize) {
    until("the loss is noticed", || signals.losses.load(Relaxed) > so_far);
}

#[test]
fn a_server_that_is_killed_again_and_again_costs_games_and_nothing_else() {
    let kills = kills();
    // Games that one server plays at most, before it is killed: the next one plays none of them.
    let stride = usize::try_from(GAMES).unwrap() / (kills + 1);
    let mut server = start(&format!("127.0.0.1:{}", port()), 0);
    let (url, address) = (server.url(), server.address().to_owned());
    let outcome = session(&url, |signals| {
        for kill in 1..=kills {
            // In play, more often than not: the countdown takes 30 ms at this speed.
            server.line();
            pause(Duration::from_millis(30 + (220 * kill / kills) as u64));
            server.kill();
            server = start(&address, kill * stride);
            connected(signals, kill);
        }
    });
    assert!(
        outcome.session.summary.connection.connects > kills as u64,
        "{:?}",
        outcome.session.summary.connection
    );
    assert!(outcome.session.summary.alarms.is_empty());
}

#[test]
fn a_server_that_freezes_is_left_and_found_again_when_it_thaws() {
    let server = start("127.0.0.1:0", 0);
    let outcome = session(&server.url(), |signals| {
        for freeze in 1..=3 {
            server.signal("STOP");
            lost(signals, signals.losses.load(Relaxed));
            server.signal("CONT");
            connected(signals, freeze);
        }
    });
    assert!(outcome.session.summary.connection.connects > 3);
}

/// A network of its own with one host in it, and ourselves at the other end of the line to it.
struct Elsewhere {
    name: String,
    /// Our end of the line, by its name.
    line: String,
    /// That host.
    there: Ipv4Addr,
}

impl Elsewhere {
    /// `None` where we may not make networks; says so, and fails where tests are to be complete.
    fn new() -> Option<Self> {
        // Another suite on this machine has others.
        let pid = std::process::id();
        let [here, there] = line_of(pid);
        let (name, line) = (format!("replayer-{pid}"), format!("rp{pid}"));
        let elsewhere = Self { name, line, there };
        let Self { name, .. } = &elsewhere;
        let inside = format!("netns exec {name} ip");
        let made = elsewhere.ip(&format!("netns add {name}"))
            && elsewhere.ip(&format!("link add HERE type veth peer name rp-there netns {name}"))
            && elsewhere.ip(&format!("addr add {here}/30 dev HERE"))
            && elsewhere.ip("link set HERE up")
            && elsewhere.ip(&format!("{inside} addr add {there}/30 dev rp-there"))
            && elsewhere.ip(&format!("{inside} link set rp-there up"));
        if !made {
            eprintln!("skipped: no right to make network namespaces (ip netns)");
        }
        made.then_some(elsewhere)
    }

    /// `HERE` is our end of the line.
    fn ip(&self, arguments: &str) -> bool {
        let arguments = arguments.replace("HERE", &self.line);
        let done = Command::new("ip").args(arguments.split(' ')).output();
        done.is_ok_and(|output| output.status.success())
    }

    fn program(&self) -> Command {
        let mut command = Command::new("ip");
        let program = Path::new(env!("CARGO_BIN_EXE_replayer"));
        command.args(["netns", "exec", &self.name]).arg(program);
        command
    }
}

impl Drop for Elsewhere {
    fn drop(&mut self) {
        self.ip("link del HERE");
        self.ip(&format!("netns del {}", self.name));
    }
}

#[test]
fn a_cable_that_is_cut_between_two_hosts_is_noticed_and_so_is_its_mending() {
    let Some(elsewhere) = Elsewhere::new() else { return };
    let arguments = arguments(0);
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let there = format!("{}:0", elsewhere.there);
    let server = Served::through(elsewhere.program(), &there, &arguments);
    let outcome = session(&server.url(), |signals| {
        for cut in 1..=3 {
            assert!(elsewhere.ip("link set HERE down"));
            lost(signals, signals.losses.load(Relaxed));
            assert!(elsewhere.ip("link set HERE up"));
            connected(signals, cut);
        }
    });
    assert!(outcome.session.summary.connection.connects > 3);
}
