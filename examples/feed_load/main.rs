//! Puts `replayer live` under load: npm's `socket.io` server tells it generated games at a steady rate
//! of events, each padded to a size, histories to another.
//!
//! ```text
//! .ci/install-tools && cargo build --release --all-features
//! cargo run --release --all-features --example feed_load -- 600 1000 10000 400000 soak.svg
//! ```
//!
//! The arguments are seconds, events a second, bytes of an event, bytes of one with a history, and a file for
//! a plot of the memory of the session. Prints what was sent, what was heard, and what it cost.

#[path = "../endurance/bots.rs"]
mod bots;
mod child;
#[path = "../endurance/watch.rs"]
mod watch;

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use child::{Follower, Server};
use replayer::demo::feed_server::{Repertoire, ShowScript, Style};
use replayer::engine::source::Playlist;
use serde_json::{Value, json};
use watch::Sampler;

/// How much is wanted.
struct Load {
    seconds: u64,
    per_second: u64,
    bytes: usize,
    history_bytes: usize,
    plot: PathBuf,
}

impl Load {
    fn of_arguments() -> Self {
        let plot = std::env::args().nth(5).map_or_else(|| "feed_load.svg".into(), PathBuf::from);
        let given = std::env::args().skip(1).take(4);
        let mut numbers = given.map(|text| text.parse().expect("a number"));
        let mut next = |default| numbers.next().unwrap_or(default);
        Self {
            seconds: next(600),
            per_second: next(1_000),
            bytes: usize::try_from(next(10_000)).expect("a size"),
            history_bytes: usize::try_from(next(400_000)).expect("a size"),
            plot,
        }
    }
}

/// What was sent.
#[derive(Debug, Default)]
struct Sent {
    events: u64,
    bytes: u64,
    histories: u64,
    ticks: u64,
    /// Furthest that the sender was behind its rate.
    behind: Duration,
}

#[expect(clippy::disallowed_methods, reason = "a load has a rate and a duration")]
fn now() -> Instant {
    Instant::now()
}

#[expect(clippy::disallowed_methods, reason = "a load has a rate")]
fn wait(time: Duration) {
    thread::sleep(time);
}

/// An event as the arguments of `emit`, padded to its size.
fn padded(event: &str, payload: &str, size: usize) -> (Value, u64) {
    let mut payload: Value = serde_json::from_str(payload).expect("a payload is JSON");
    let missing = size.saturating_sub(payload.to_string().len() + r#","pad":"""#.len());
    payload["pad"] = json!("x".repeat(missing));
    let length = payload.to_string().len();
    (json!([event, payload]), length as u64)
}

/// Sends events at the rate until the time is over and a game has ended.
fn send(load: &Load, server: &mut Server) -> io::Result<Sent> {
    let playlist = Playlist::Generated { seed: 2_026, games: u64::MAX };
    let repertoire = Repertoire::new(playlist, 2_026).expect("games without end");
    let script = ShowScript::new(repertoire, Style { padded: true, talkative: true });
    let (begun, mut sent) = (now(), Sent::default());
    let interval = Duration::from_secs(1) / u32::try_from(load.per_second).expect("a rate");
    for cue in script {
        let is_history = cue.frame.payload.get().len() > 100_000;
        let size = if is_history { load.history_bytes } else { load.bytes };
        let (arguments, bytes) = padded(cue.frame.event, cue.frame.payload.get(), size);
        let due = interval * u32::try_from(sent.events).expect("less than four billion events");
        match due.checked_sub(begun.elapsed()) {
            Some(early) => wait(early),
            None => sent.behind = sent.behind.max(begun.elapsed() - due),
        }
        server.emit(arguments)?;
        sent.events += 1;
        sent.bytes += bytes;
        sent.histories += u64::from(is_history);
        sent.ticks += u64::from(cue.frame.payload.get().contains(r#""active":true"#));
        if is_history && begun.elapsed().as_secs() >= load.seconds {
            break;
        }
    }
    Ok(sent)
}

fn main() -> io::Result<()> {
    let (load, mut out) = (Load::of_arguments(), io::stdout());
    let mut server = Server::start(Path::new(env!("CARGO_MANIFEST_DIR")))?;
    let follower = Follower::start(&server.url)?;
    server.wait_for("connected")?;
    let (sampler, begun) = (Sampler::start(Some(follower.id()))?, now());
    let sent = send(&load, &mut server)?;
    let (took, samples) = (begun.elapsed(), sampler.end()?);
    writeln!(out, "sent: {sent:?} in {took:?}")?;
    // The session comes back when it has heard everything.
    server.command(&json!({"do": "kick"}))?;
    server.wait_for("connected")?;
    let cost = follower.cost()?;
    writeln!(out, "cost: {cost}")?;
    writeln!(out, "memory: {}", samples.words())?;
    writeln!(out, "handles: {}", samples.handles())?;
    let Load { seconds, per_second, plot, .. } = &load;
    let title = format!("{seconds} s of {per_second} events a second: {}", samples.words());
    samples.write(plot, &title)?;
    writeln!(out, "heard: {}", follower.end()?)?;
    Ok(())
}
