//! Every setting there is.
//!
//! Defaults are those of the modules that they are for: `apply` hands them back there.

#[cfg(feature = "live")]
use std::net::SocketAddr;
use std::path::PathBuf;
#[cfg(feature = "live")]
use std::time::Duration;

use super::declare::settings;
use super::key::{self, Bounds, Key};
use super::values::Setting;
#[cfg(feature = "live")]
use crate::base::clock;
#[cfg(feature = "live")]
use crate::base::runtime::backoff::Bounds as Backoff;
#[cfg(feature = "live")]
use crate::feed::Thresholds;
#[cfg(feature = "live")]
use crate::feed::{bridge, record};
#[cfg(feature = "live")]
use crate::live;
#[cfg(feature = "browser")]
use crate::live::browser::{self, CHROMIUM, Manner, Pulse};
#[cfg(feature = "browser")]
use crate::model::sol::Sol;

#[cfg(feature = "live")]
/// Bytes in a mebibyte.
const MIB: usize = 1 << 20;

#[cfg(feature = "live")]
/// Longest wait that a setting may ask for: an hour, in milliseconds.
const HOUR_MS: u64 = 3_600_000;

settings! {
    /// Where things are.
    paths: Paths {
        /// Folder of what is kept from one session to the next; without it `$XDG_DATA_HOME/replayer`, or
        /// `~/.local/share/replayer`
        data: Option<PathBuf> = None, "", ..;
        /// Folder in which runs and sessions get their folders where no --out names one; without it `runs`
        /// in the working directory
        runs: Option<PathBuf> = None, "", ..;
    }

    /// The connection to a feed.
    feed: Feed if "live" {
        /// The longest message that is accepted; a longer one ends the connection
        message_bytes_max: usize = bridge::MESSAGE_BYTES_MAX, "bytes", 64 << 10..=1 << 30;
        /// Longest time from the first packet to being in the namespace
        connect_timeout_ms: u64 = ms(bridge::CONNECT_TIMEOUT), "ms", 100..=HOUR_MS;
        /// The first wait before the next attempt; each is twice the one before
        backoff_first_ms: u64 = ms(Backoff::default().first), "ms", 10..=HOUR_MS;
        /// The longest wait before the next attempt
        backoff_longest_ms: u64 = ms(Backoff::default().longest), "ms", 10..=HOUR_MS;
        /// A connection that lived as long as this was a good one: the waits begin anew
        backoff_healthy_ms: u64 = ms(Backoff::default().healthy), "ms", 10..=HOUR_MS;
        /// Name of the secret (`replayer secret`) that holds the credentials for `feed.auth_host`: a JSON object
        auth_secret: Option<String> = None, "", ..;
        /// The host that gets them and no other, whatever feed a scenario names; over TLS, or on this machine
        auth_host: Option<String> = None, "", ..;
    }

    /// Secrets at rest.
    secrets: Secrets if "live" {
        /// The file that holds them, encrypted; without it `secrets/sealed` in `paths.data`
        file: Option<PathBuf> = None, "", ..;
        /// File with their key, in another folder; without it the key is asked for at the terminal
        key_file: Option<PathBuf> = None, "", ..;
        /// Descriptor of the process from which their key comes, such as a pipe's
        key_fd: Option<u32> = None, "", 3..;
    }

    /// Recordings of a feed.
    record: Record if "live" {
        /// Record as plain JSON lines, not compressed
        plain: bool = false, "", ..;
        /// End when the disk fails, instead of going on without recording
        stop_on_disk_error: bool = false, "", ..;
        /// Size at which a file is followed by another one, at the next game
        part_bytes_max: u64 = recording().part_bytes_max, "bytes", 64 << 10..=1 << 40;
        /// Games after which a file is followed by another one
        part_games_max: u32 = recording().part_games_max, "games", 1..;
        /// Messages that the queue of the writer holds; beyond them recording has gaps, which it says
        queue_messages: usize = recording().queue_messages, "messages", 16..=1 << 20;
        /// Bytes that the queue of the writer holds, about
        queue_bytes: usize = recording().queue_bytes, "bytes", MIB..=1 << 34;
        /// Free space that a recording needs to begin
        free_bytes_start: u64 = recording().free_bytes_start, "bytes", 0..;
        /// Free space that a recording needs to go on
        free_bytes_run: u64 = recording().free_bytes_run, "bytes", 0..;
        /// How long a line waits for others to share a compressed frame: what a crash may cost
        frame_ms: u64 = ms(recording().frame_time), "ms", 1..=60_000;
        /// How long after a failure the disk is tried again; doubles up to 30 s
        retry_ms: u64 = ms(recording().retry_after), "ms", 10..=30_000;
        /// Remove files that were finished longer ago, when the next one is; without it, none
        keep_days: Option<u32> = None, "days", 1..;
        /// Remove the oldest files of the folder, until all have no more bytes; without it, none
        keep_bytes: Option<u64> = None, "bytes", 1 << 20..;
    }

    /// A live session.
    live: Live if "live" {
        /// Messages that may wait for the bots; one more ends the session
        world_messages: usize = live::Config::default().world_messages, "messages", 16..=1 << 20;
        /// Happenings that may wait to be told; beyond them they are counted only
        happenings: usize = live::Config::default().happenings, "happenings", 16..=1 << 20;
        /// Longest time that a recording takes to finish; two of them fit into the 2 s of a stop
        finish_ms: u64 = ms(live::Config::default().finish_within), "ms", 10..=900;
        /// Silence of the page's socket behind which the feed of --fallback stands in
        fallback_after_ms: u64 = ms(live::Config::default().fallback_after), "ms", 500..=HOUR_MS;
    }

    /// From where on a feed is not relied on: nobody is asked, and nothing is clicked.
    integrity: Integrity if "live" {
        /// Time without a frame while a game is in play
        stale_in_play_ms: u64 = Thresholds::default().stale_in_play_ms, "ms", 250..=HOUR_MS;
        /// Time without a frame otherwise
        stale_otherwise_ms: u64 = Thresholds::default().stale_otherwise_ms, "ms", 1_000..=HOUR_MS;
        /// Ticks of one game that come too late
        gap_ticks: u32 = Thresholds::default().gap_ticks, "ticks", 1..;
        /// What a presale must have left when it is first heard, to count as heard from its beginning
        presale_left_ms: u32 = Thresholds::default().presale_left_ms, "ms", 0..=10_000;
        /// Errors within the window that make the feed degraded
        errors_degraded: usize = Thresholds::default().errors_degraded, "errors", 1..=10_000;
        /// Errors within the window that make it minimal
        errors_minimal: usize = Thresholds::default().errors_minimal, "errors", 1..=10_000;
        /// The window in which errors count
        errors_window_ms: u64 = Thresholds::default().errors_window_ms, "ms", 1_000..=HOUR_MS;
    }

    /// What a live session shows of itself while it goes on.
    monitor: Monitor if "live" {
        /// Address at which metrics and health are served, such as 127.0.0.1:9750; without it they are not
        listen: Option<SocketAddr> = None, "", ..;
        /// Let others than this machine see them: `monitor.listen` may be any address
        public: bool = false, "", ..;
    }

    /// What a live session logs, beside what it says on stderr.
    log: Log if "live" {
        /// Folder of the files of its log, one session's; without it stderr is all
        folder: Option<PathBuf> = None, "", ..;
        /// Size beyond which a file is followed by another one
        file_bytes_max: u64 = 10 << 20, "bytes", 64 << 10..=1 << 40;
        /// Files that are kept, the present one included; the oldest goes
        files_max: u32 = 10, "files", 1..=10_000;
        /// Write lines as JSON
        json: bool = false, "", ..;
    }

    /// The browser.
    browser: Browser if "browser" {
        /// The program to start, no script
        binary: PathBuf = CHROMIUM.into(), "", ..;
        /// The browser's folder, where it stays logged in; without it `browser` in `paths.data`
        folder: Option<PathBuf> = None, "", ..;
        /// Time between two questions whether it still answers
        pulse_ms: u64 = ms(Pulse::default().every), "ms", 100..=HOUR_MS;
        /// Longest time for such an answer
        pulse_patience_ms: u64 = ms(Pulse::default().patience), "ms", 50..=HOUR_MS;
        /// Questions in a row without an answer after which it counts as hanging
        pulse_misses: u32 = Pulse::default().misses, "", 1..=100;
        /// The first wait before it is started again; each is twice the one before
        backoff_first_ms: u64 = ms(Backoff::default().first), "ms", 10..=HOUR_MS;
        /// The longest wait before it is started again
        backoff_longest_ms: u64 = ms(Backoff::default().longest), "ms", 10..=HOUR_MS;
        /// A browser that lived as long as this was a good one: the waits begin anew
        backoff_healthy_ms: u64 = ms(Backoff::default().healthy), "ms", 10..=HOUR_MS;
        /// Attempts in a row that lead to no page before a session with a browser of its own gives up
        failures_max: u32 = browser::FAILURES_MAX, "", 1..;
        /// The longest text of a socket of the page that is heard
        text_bytes_max: usize = browser::TEXT_BYTES_MAX, "bytes", 64 << 10..=1 << 30;
        /// How long a page may be without a socket of the game before that is told
        socket_within_ms: u64 = ms(browser::SOCKET_WITHIN), "ms", 100..=HOUR_MS;
    }

    /// Orders clicked in a page.
    clicking: Clicking if "browser" {
        /// Press the button so long after the decision at the most
        within_ms: u64 = 1_000, "ms", 1..=10_000;
        /// Leave so much time between two clicks
        spacing_ms: u64 = ms(Manner::default().spacing), "ms", 0..=10_000;
        /// Longest time to wait for the site to confirm a click; then its outcome is unknown, and is looked for
        confirm_ms: u64 = ms(Manner::default().patience), "ms", 100..=60_000;
        /// Oldest frame of the game on which something is clicked
        freshness_ms: u64 = ms(Manner::default().freshness), "ms", 100..=10_000;
        /// Silence of the game that disarms
        silence_ms: u64 = ms(Manner::default().silence), "ms", 1_000..=60_000;
        /// Where the kill switch listens; without it live.sock in the user's runtime folder, else in /tmp
        kill_socket: Option<PathBuf> = None, "", ..;
    }

    /// What no session on this machine may go beyond, whatever its command line says.
    limits: Limits if "browser" {
        /// Largest --max-stake of a session
        max_stake: Option<Sol> = None, "SOL", Sol::from_lamports_const(1)..;
        /// Largest --max-loss of a session
        max_loss: Option<Sol> = None, "SOL", Sol::from_lamports_const(1)..;
        /// Largest --max-orders-per-minute of a session
        max_orders_per_minute: Option<u32> = None, "orders", 1_u32..;
        /// Largest --max-losing-streak of a session, and its limit where it gives none
        max_losing_streak: Option<u32> = None, "games", 1_u32..;
        /// Largest --max-orders of a session, and its limit where it gives none
        max_orders: Option<u32> = None, "orders", 1_u32..;
    }
}

/// The key that should be another one, and why.
type Inconsistent = (&'static str, String);

impl Settings {
    /// Whether settings that are right by themselves are right together.
    ///
    /// # Errors
    /// The key that should be another one, and why.
    pub(super) fn consistent(&self) -> Result<(), Inconsistent> {
        #[cfg(feature = "live")]
        self.live_is_consistent()?;
        #[cfg(feature = "browser")]
        self.browser_is_consistent()?;
        Ok(())
    }

    #[cfg(feature = "live")]
    fn live_is_consistent(&self) -> Result<(), Inconsistent> {
        let Self { feed, record, integrity, monitor, secrets, .. } = self;
        if let Some(listen) = monitor.listen.filter(|listen| !listen.ip().is_loopback())
            && !monitor.public
        {
            let what = format!(
                "{listen} can be reached from other machines, which would see what is earned: it needs \
                 `monitor.public = true`"
            );
            return Err(("monitor.listen", what));
        }
        if feed.auth_secret.is_some() != feed.auth_host.is_some() {
            let what =
                "credentials are for one host: `feed.auth_secret` and `feed.auth_host` go together";
            return Err(("feed.auth_secret", what.to_owned()));
        }
        if secrets.key_file.is_some() && secrets.key_fd.is_some() {
            let what = "the key comes from a file or a descriptor, not from both";
            return Err(("secrets.key_file", what.to_owned()));
        }
        at_least(
            "feed.backoff_longest_ms",
            feed.backoff_longest_ms,
            "feed.backoff_first_ms",
            feed.backoff_first_ms,
        )?;
        at_least(
            "integrity.errors_minimal",
            integrity.errors_minimal as u64,
            "integrity.errors_degraded",
            integrity.errors_degraded as u64,
        )?;
        at_least(
            "record.free_bytes_start",
            record.free_bytes_start,
            "record.free_bytes_run",
            record.free_bytes_run,
        )
    }

    #[cfg(feature = "browser")]
    fn browser_is_consistent(&self) -> Result<(), Inconsistent> {
        let Self { browser, clicking, .. } = self;
        at_least(
            "browser.backoff_longest_ms",
            browser.backoff_longest_ms,
            "browser.backoff_first_ms",
            browser.backoff_first_ms,
        )?;
        at_least(
            "clicking.silence_ms",
            clicking.silence_ms,
            "clicking.freshness_ms",
            clicking.freshness_ms,
        )
    }
}

#[cfg(feature = "live")]
fn at_least(key: &'static str, value: u64, other: &str, least: u64) -> Result<(), Inconsistent> {
    if value >= least {
        Ok(())
    } else {
        Err((key, format!("{value} must be at least `{other}`, which is {least}")))
    }
}

#[cfg(feature = "live")]
/// The usual recording, for its numbers.
fn recording() -> record::Config {
    record::Config::new("", "", clock::moment())
}

#[cfg(feature = "live")]
fn ms(duration: Duration) -> u64 {
    duration.as_millis().try_into().unwrap_or(u64::MAX)
}
