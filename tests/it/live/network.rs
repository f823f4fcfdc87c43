//! Servers that die, freeze, and fall off the network, under a session that goes on.

use std::path::Path;
use std::process::Command;
use std::sync::atomic::Ordering::Relaxed;
use std::thread;
use std::time::Duration;

use super::stage::{Outcome, SEED, Signals, Truth, play_until};
use crate::feed_server::served::Served;

/// How often the server is killed.
const KILLS: usize = 20;
/// Games of the show that one server plays at most, before it is killed.
const STRIDE: usize = 15;

/// The arguments of a server that plays the show from a game on, and pings often.
fn arguments(first: usize) -> Vec<String> {
    let pings = "--ping-interval 300 --ping-timeout 200 --speed 500 --generated 400";
    let text = format!("{pings} --seed {SEED} --first {first}");
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
        wait_for(|| signals.games.load(Relaxed) > 0);
        trouble(&signals);
        let so_far = signals.games.load(Relaxed);
        wait_for(|| signals.games.load(Relaxed) > so_far + 1);
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

#[expect(clippy::disallowed_methods, reason = "lets a game go on to somewhere")]
fn pause(time: Duration) {
    thread::sleep(time);
}

fn wait_for(is_so: impl Fn() -> bool) {
    while !is_so() {
        thread::yield_now();
    }
}

#[test]
fn a_server_that_is_killed_twenty_times_costs_games_and_nothing_else() {
    let mut server = start("127.0.0.1:0", 0);
    let (url, address) = (server.url(), server.address().to_owned());
    let outcome = session(&url, |signals| {
        for kill in 1..=KILLS {
            // In play, more often than not: the countdown takes 30 ms at this speed.
            server.line();
            pause(Duration::from_millis(30 + 11 * kill as u64));
            server.kill();
            server = start(&address, kill * STRIDE);
            wait_for(|| signals.connects.load(Relaxed) > kill);
        }
    });
    assert!(
        outcome.session.summary.connection.connects > 20,
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
            let so_far = signals.losses.load(Relaxed);
            wait_for(|| signals.losses.load(Relaxed) > so_far);
            server.signal("CONT");
            wait_for(|| signals.connects.load(Relaxed) > freeze);
        }
    });
    assert!(outcome.session.summary.connection.connects > 3);
}

/// A network of its own with one host in it, `10.213.0.2`, and ourselves at `10.213.0.1`.
struct Elsewhere {
    name: String,
}

impl Elsewhere {
    /// `None` where we may not make networks; says so, and fails where tests are to be complete.
    fn new() -> Option<Self> {
        let elsewhere = Self { name: format!("replayer-{}", std::process::id()) };
        let Self { name } = &elsewhere;
        let inside = format!("netns exec {name} ip");
        let made = elsewhere.ip(&format!("netns add {name}"))
            && elsewhere.ip("link add rp-here type veth peer name rp-there")
            && elsewhere.ip(&format!("link set rp-there netns {name}"))
            && elsewhere.ip("addr add 10.213.0.1/30 dev rp-here")
            && elsewhere.ip("link set rp-here up")
            && elsewhere.ip(&format!("{inside} addr add 10.213.0.2/30 dev rp-there"))
            && elsewhere.ip(&format!("{inside} link set rp-there up"));
        if !made {
            eprintln!("skipped: no right to make network namespaces (ip netns)");
        }
        made.then_some(elsewhere)
    }

    fn ip(&self, arguments: &str) -> bool {
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
        self.ip("link del rp-here");
        self.ip(&format!("netns del {}", self.name));
    }
}

#[test]
fn a_cable_that_is_cut_between_two_hosts_is_noticed_and_so_is_its_mending() {
    let Some(elsewhere) = Elsewhere::new() else { return };
    let arguments = arguments(0);
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let server = Served::through(elsewhere.program(), "10.213.0.2:8750", &arguments);
    let outcome = session(&server.url(), |signals| {
        for cut in 1..=3 {
            assert!(elsewhere.ip("link set rp-here down"));
            let so_far = signals.losses.load(Relaxed);
            wait_for(|| signals.losses.load(Relaxed) > so_far);
            assert!(elsewhere.ip("link set rp-here up"));
            wait_for(|| signals.connects.load(Relaxed) > cut);
        }
    });
    assert!(outcome.session.summary.connection.connects > 3);
}
