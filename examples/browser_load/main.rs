//! Puts the browser bridge under load, with a real Chromium, and sites of our own in processes of
//! their own. Everything on loopback.
//!
//! ```text
//! cargo run --release --all-features --example browser_load -- --minutes 30
//! ```
//!
//! Prints how long a frame takes from the site to us and how many were lost, how long a click
//! takes, how memory grows, and how soon clicking ends. Fails when a frame was lost, an order is
//! unknown, or a kill took too long.

mod armed;
mod child;
mod crowd;
mod kill;
mod tap;
#[path = "../endurance/watch.rs"]
mod watch;

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use clap::{Parser, ValueEnum};
use replayer::feed::latency::Spread;
use replayer::live::browser::{Config, How, Launch, Sandbox};

/// What may go wrong here: nothing is to be mended, only told.
pub(crate) type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// The browser bridge under load.
#[derive(Debug, Parser)]
pub(crate) struct Load {
    /// Frames of the game a second.
    #[arg(long, default_value_t = 1_000)]
    frames: u64,
    /// For how many seconds.
    #[arg(long, default_value_t = 60)]
    seconds: u64,
    /// Minutes of an armed session.
    #[arg(long, default_value_t = 3.0)]
    minutes: f64,
    /// File for a plot of the memory of the armed session: an SVG, with a CSV beside it.
    #[arg(long)]
    plot: Option<PathBuf>,
    /// How often the kill switch is used, each way.
    #[arg(long, default_value_t = 200)]
    kills: u32,
    /// Is one of the sites, until its stdin is closed.
    #[arg(long, hide = true)]
    site: Option<Role>,
}

/// The sites.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Role {
    /// Says frames at a rate.
    Crowd,
    /// The demo site.
    Demo,
}

#[expect(clippy::disallowed_methods, reason = "a load has a rate and a duration")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// Microseconds by the clock that two processes share.
#[expect(clippy::disallowed_methods, reason = "two processes have no other clock in common")]
pub(crate) fn wall_us() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    u64::try_from(since.unwrap_or_default().as_micros()).unwrap_or(u64::MAX)
}

#[expect(clippy::disallowed_methods, reason = "a load has a rate")]
pub(crate) fn wait(time: Duration) {
    std::thread::sleep(time);
}

/// A browser without a window at a site, in a profile.
pub(crate) fn config(url: &str, profile: &Path) -> Outcome<Config> {
    let mut launch = Launch::new(profile.to_owned());
    launch.headless = true;
    if rustix::process::geteuid().is_root() {
        launch.sandbox = Sandbox::OffHere;
    }
    Ok(Config::new(url.parse()?, How::Launch(launch), 1))
}

/// The table that is printed.
#[derive(Default)]
pub(crate) struct Table(Vec<[String; 2]>);

impl Table {
    pub(crate) fn row(&mut self, what: &str, measured: String) {
        self.0.push([what.to_owned(), measured]);
    }

    /// Times, in milliseconds.
    pub(crate) fn times(&mut self, what: &str, times: Spread) {
        let ms = |us: u64| Duration::from_micros(us).as_secs_f64() * 1_000.0;
        let Spread { count, p50, p99, max, .. } = times;
        let (p50, p99, max) = (ms(p50), ms(p99), ms(max));
        let measured = format!("{p50:.2} / {p99:.2} / {max:.2} ms (p50 / p99 / max of {count})");
        self.row(what, measured);
    }

    fn print(&self) -> io::Result<()> {
        let mut out = io::stdout().lock();
        writeln!(out, "| | measured |\n|---|---|")?;
        self.0.iter().try_for_each(|[what, measured]| writeln!(out, "| {what} | {measured} |"))
    }
}

fn main() -> Outcome<()> {
    let load = Load::parse();
    match load.site {
        Some(Role::Crowd) => return crowd::serve(load.frames, load.seconds),
        Some(Role::Demo) => return armed::serve(),
        None => {}
    }
    let mut table = Table::default();
    let parts = [
        tap::measure(&load, &mut table),
        armed::measure(&load, &mut table),
        kill::measure(&load, &mut table),
    ];
    table.print()?;
    parts.into_iter().collect()
}
