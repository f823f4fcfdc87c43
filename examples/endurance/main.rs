//! A live session of a day at 1,000 ticks a second, as fast as it goes: what it holds in memory, what it
//! allocates, and how long a tick takes.
//!
//! ```text
//! cargo run --release --all-features --example endurance -- 86400000 docs/measurements/endurance.svg
//! ```
//!
//! All that a session has is at work but for the connection: frames of the feed as JSON, the listener, the
//! recorder with its archive, four bots, the journal in a folder, the summary, and the metrics, which are
//! scraped every second. The arguments are ticks in play, and the file of the plot. It fails when a fact was
//! lost, or a game was not fair.

mod bots;
mod scrape;
mod session;
mod watch;

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bots::SCENARIO;
use replayer::backtest::run::inputs::Inputs;
use replayer::backtest::scenario::Scenario;
use replayer::demo::feed_server::{Repertoire, ShowScript, Style};
use replayer::engine::source::Playlist;
use replayer::engine::strategy::Strategies;
use replayer::feed::Fact;
use scrape::Scraper;
use session::Session;
use watch::Sampler;

/// What may go wrong here: nothing is to be mended, only told.
type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// How often the console is told.
const TOLD_EVERY: u64 = 1_000_000;

#[expect(clippy::disallowed_methods, reason = "measures")]
fn now() -> Instant {
    Instant::now()
}

#[expect(clippy::disallowed_methods, reason = "a disk may be slower than the games")]
fn wait(time: Duration) {
    std::thread::sleep(time);
}

fn main() -> Outcome<()> {
    let mut given = std::env::args().skip(1);
    let ticks: u64 = given.next().map_or(Ok(1_000_000), |text| text.parse())?;
    let plot = given.next().map_or_else(|| PathBuf::from("endurance.svg"), PathBuf::from);
    let (mut out, place) = (io::stdout(), tempfile::tempdir()?);
    let scenario = Scenario::parse(SCENARIO, place.path(), None, &Strategies::standard())?;
    let inputs = Inputs::default();
    let playlist = Playlist::Generated { seed: 2_026, games: u64::MAX };
    let repertoire = Repertoire::new(playlist, 2_026)?;
    let script = ShowScript::new(repertoire, Style { padded: false, talkative: false });
    let mut session = Session::start(&scenario, &inputs, place.path())?;
    let scraper = Scraper::start(Arc::clone(&session.metrics))?;
    let (sampler, begun, mut told, mut played) = (Sampler::start(None)?, now(), 0, 0);
    for cue in script {
        let facts = session.hear(&cue)?;
        played += facts.iter().filter(|fact| matches!(fact, Fact::Tick { .. })).count() as u64;
        if played >= told {
            let (percent, took) = (played * 100 / ticks.max(1), begun.elapsed());
            writeln!(out, "{percent:3} %  {played} ticks  {took:.0?}")?;
            told += TOLD_EVERY;
        }
        if played >= ticks && matches!(facts.last(), Some(Fact::Rug { .. })) {
            break;
        }
    }
    let took = begun.elapsed();
    let (samples, scrapes) = (sampler.end()?, scraper.end()?);
    let title = format!("A live session of {played} ticks: {}", samples.words());
    samples.write(&plot, &title)?;
    writeln!(out, "ticks        {played} in {took:.0?}")?;
    writeln!(out, "memory       {}", samples.words())?;
    writeln!(out, "handles      {}", samples.handles())?;
    writeln!(out, "scrapes      {scrapes}")?;
    session.end(&mut out)
}
