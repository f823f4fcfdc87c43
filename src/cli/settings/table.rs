//! Every setting, one line each: its name, the field that holds it, its unit and bounds.
//!
//! Its default is that of the field. From the line the setting is read, checked, shown and
//! explained.

use std::time::Duration;

use super::key::{Convert, Key, key, millis, via};
use super::sections::Settings;
use crate::base::container::Encoding;
use crate::feed::record::OnDiskError;
use crate::model::sol::Sol;

/// Bytes in a mebibyte.
const MIB: usize = 1 << 20;

/// Longest time that a setting allows: an hour, in milliseconds.
const HOUR_MS: u64 = 3_600_000;

/// An encoding, written as a boolean: plain or not.
const PLAIN: Convert<Encoding, bool> = (
    |plain| if plain { Encoding::Plain } else { Encoding::Zstd },
    |encoding| *encoding == Encoding::Plain,
);

/// The reaction to a disk failure, written as a boolean: stop or not.
const STOP: Convert<OnDiskError, bool> = (
    |stop| if stop { OnDiskError::Stop } else { OnDiskError::Continue },
    |then| *then == OnDiskError::Stop,
);

/// An age, written in whole days.
const DAYS: Convert<Option<Duration>, Option<u32>> = (
    |days| days.map(|days| DAY * days),
    |age| age.map(|age| u32::try_from(age.as_secs() / DAY.as_secs()).unwrap_or(u32::MAX)),
);

/// The length of a day.
const DAY: Duration = Duration::from_secs(86_400);

/// Makes a list of keys of
///
/// ```text
/// /// What it does
/// section.key: how it is written => field, "unit", bounds;
/// ```
///
/// It is written as the type of the field (`key`), in milliseconds (`millis`) or as another type
/// (`via`).
macro_rules! table {
    ($(
        $(#[doc = $about:literal])+
        $section:ident.$key:ident: $how:ident $(($convert:expr))? => $($field:ident).+,
            $unit:literal, $bounds:expr;
    )+) => {
        vec![$(
            $how(
                concat!(stringify!($section), ".", stringify!($key)),
                concat!($($about),+).trim_start(),
                |settings| &mut settings.$($field).+,
                $($convert)?
            )
            .within($unit, $bounds),
        )+]
    };
}

impl Settings {
    /// Every setting, in the order of the documentation.
    #[must_use]
    pub fn keys() -> Vec<Key> {
        table! {
            // Paths.
            /// Folder of the data kept between sessions; if unset, `$XDG_DATA_HOME/replayer` or
            /// `~/.local/share/replayer`
            paths.data: key => paths.data, "", ..;
            /// Folder in which runs and sessions create their folders if --out names none; if
            /// unset, `runs` in the working directory
            paths.runs: key => paths.runs, "", ..;

            // Connection to a feed.
            /// Maximum size of a message; a longer one ends the connection
            feed.message_bytes_max: key =>
                feed.options.message_bytes_max, "bytes", 64 << 10..=1 << 30;
            /// Maximum time from the first packet to having joined the namespace
            feed.connect_timeout_ms: millis => feed.options.connect_timeout, "ms", 100..=HOUR_MS;
            /// Delay before the first reconnection attempt; doubles with each attempt
            feed.backoff_first_ms: millis => feed.options.backoff.first, "ms", 10..=HOUR_MS;
            /// Maximum delay between reconnection attempts
            feed.backoff_longest_ms: millis => feed.options.backoff.longest, "ms", 10..=HOUR_MS;
            /// Connection time after which the delay starts again at the first one
            feed.backoff_healthy_ms: millis => feed.options.backoff.healthy, "ms", 10..=HOUR_MS;
            /// Name of the secret (`replayer secret`) that holds the credentials for
            /// `feed.auth_host`: a JSON object
            feed.auth_secret: key => feed.auth_secret, "", ..;
            /// The only host that receives these credentials, whatever feed a scenario names; over
            /// TLS, or on this machine
            feed.auth_host: key => feed.auth_host, "", ..;

            // Encrypted storage of secrets.
            /// File with the encrypted secrets; if unset, `secrets/sealed` in `paths.data`
            secrets.file: key => secrets.file, "", ..;
            /// File with the key of the secrets, in another folder; if unset, the key is asked for
            /// at the terminal
            secrets.key_file: key => secrets.key_file, "", ..;
            /// File descriptor that delivers the key of the secrets, such as a pipe's
            secrets.key_fd: key => secrets.key_fd, "", 3..;

            // Recordings of a feed.
            /// Record as plain JSON lines, uncompressed
            record.plain: via(PLAIN) => record.encoding, "", ..;
            /// Stop when the disk fails, instead of continuing without recording
            record.stop_on_disk_error: via(STOP) => record.on_disk_error, "", ..;
            /// Size after which a new file is started, at the next game
            record.part_bytes_max: key => record.part_bytes_max, "bytes", 64 << 10..=1 << 40;
            /// Number of games after which a new file is started
            record.part_games_max: key => record.part_games_max, "games", 1..;
            /// Maximum number of messages in the writer's queue; more leave gaps in the recording,
            /// which it marks
            record.queue_messages: key => record.queue_messages, "messages", 16..=1 << 20;
            /// Approximate size of the writer's queue
            record.queue_bytes: key => record.queue_bytes, "bytes", MIB..=1 << 34;
            /// Free disk space required to start a recording
            record.free_bytes_start: key => record.free_bytes_start, "bytes", 0..;
            /// Free disk space required to continue a recording
            record.free_bytes_run: key => record.free_bytes_run, "bytes", 0..;
            /// Maximum time that lines wait to share a compressed frame: what a crash may lose
            record.frame_ms: millis => record.frame_time, "ms", 1..=60_000;
            /// Delay before retrying a failed disk; doubles up to 30 s
            record.retry_ms: millis => record.retry_after, "ms", 10..=30_000;
            /// Remove files finished more than this long ago when the next one is finished; if
            /// unset, keep all
            record.keep_days: via(DAYS) => record.retention.age_max, "days", 1..;
            /// Remove the oldest files of the folder when their total size exceeds this; if unset,
            /// keep all
            record.keep_bytes: key => record.retention.bytes_max, "bytes", 1 << 20..;

            // A live session.
            /// Maximum number of messages queued for the bots; one more ends the session
            live.world_messages: key => live.world_messages, "messages", 16..=1 << 20;
            /// Maximum number of events queued for reporting; more are only counted
            live.events: key => live.events, "events", 16..=1 << 20;
            /// Maximum time for a recording to finish; two must fit into the 2 s of a shutdown
            live.finish_ms: millis => live.finish_within, "ms", 10..=900;
            /// Silence of the page's socket after which the feed of --fallback takes over
            live.fallback_after_ms: millis => live.fallback_after, "ms", 500..=HOUR_MS;

            // Thresholds of an unreliable feed: bots are paused, and nothing is clicked.
            /// Time without a frame during a game
            integrity.stale_in_play_ms: key =>
                live.thresholds.stale_in_play_ms, "ms", 250..=HOUR_MS;
            /// Time without a frame outside a game
            integrity.stale_otherwise_ms: key =>
                live.thresholds.stale_otherwise_ms, "ms", 1_000..=HOUR_MS;
            /// Number of ticks of one game that arrive late
            integrity.gap_ticks: key => live.thresholds.gap_ticks, "ticks", 1..;
            /// Minimum time left in a presale at its first frame for it to count as received from
            /// the start
            integrity.presale_left_ms: key => live.thresholds.presale_left_ms, "ms", 0..=10_000;
            /// Number of errors within the window that make the feed degraded
            integrity.errors_degraded: key => live.thresholds.errors_degraded, "errors", 1..=10_000;
            /// Number of errors within the window that make the feed minimal
            integrity.errors_minimal: key => live.thresholds.errors_minimal, "errors", 1..=10_000;
            /// Length of the window in which errors are counted
            integrity.errors_window_ms: key =>
                live.thresholds.errors_window_ms, "ms", 1_000..=HOUR_MS;

            // Monitoring of a running live session.
            /// Address at which metrics and health are served, such as 127.0.0.1:9750; if unset,
            /// they are not served
            monitor.listen: key => monitor.listen, "", ..;
            /// Allow other machines to see metrics and health: `monitor.listen` may be any address
            monitor.public: key => monitor.public, "", ..;

            // Log files of a live session, in addition to stderr.
            /// Folder of the log files of one session; if unset, the log goes to stderr only
            log.folder: key => log.folder, "", ..;
            /// Size after which a new log file is started
            log.file_bytes_max: key => log.file_bytes_max, "bytes", 64 << 10..=1 << 40;
            /// Number of log files kept, including the current one; the oldest is removed
            log.files_max: key => log.files_max, "files", 1..=10_000;
            /// Write log lines as JSON
            log.json: key => log.json, "", ..;

            // The browser to click in.
            /// Browser executable, not a script
            browser.binary: key => browser.binary, "", ..;
            /// Folder in which the browser stays logged in; if unset, `browser` in `paths.data`
            browser.folder: key => browser.folder, "", ..;
            /// Interval between checks that the browser still responds
            browser.pulse_ms: millis => browser.options.pulse.every, "ms", 100..=HOUR_MS;
            /// Maximum time for the browser to respond to a check
            browser.pulse_patience_ms: millis => browser.options.pulse.patience, "ms", 50..=HOUR_MS;
            /// Number of consecutive unanswered checks after which the browser counts as hanging
            browser.pulse_misses: key => browser.options.pulse.misses, "", 1..=100;
            /// Delay before the first restart of the browser; doubles with each attempt
            browser.backoff_first_ms: millis => browser.options.backoff.first, "ms", 10..=HOUR_MS;
            /// Maximum delay before a restart of the browser
            browser.backoff_longest_ms: millis =>
                browser.options.backoff.longest, "ms", 10..=HOUR_MS;
            /// Browser uptime after which the delay starts again at the first one
            browser.backoff_healthy_ms: millis =>
                browser.options.backoff.healthy, "ms", 10..=HOUR_MS;
            /// Number of consecutive attempts without a page after which a session with its own
            /// browser gives up
            browser.failures_max: key => browser.options.failures_max, "", 1..;
            /// Maximum size of a message that is read from a socket of the page
            browser.text_bytes_max: key =>
                browser.options.text_bytes_max, "bytes", 64 << 10..=1 << 30;
            /// Time without a socket of the game after which a page is reported
            browser.socket_within_ms: millis => browser.options.socket_within, "ms", 100..=HOUR_MS;

            // Orders clicked in a page.
            /// Maximum delay between decision and click
            clicking.within_ms: millis => clicking.within, "ms", 1..=10_000;
            /// Minimum time between two clicks
            clicking.spacing_ms: millis => clicking.timeouts.spacing, "ms", 0..=10_000;
            /// Maximum time to wait for the site to confirm a click; after that its outcome is
            /// unknown, and is searched for
            clicking.confirm_ms: millis => clicking.timeouts.patience, "ms", 100..=60_000;
            /// Maximum age of the game's last frame for a click
            clicking.freshness_ms: millis => clicking.timeouts.freshness, "ms", 100..=10_000;
            /// Silence of the game that disarms the session
            clicking.silence_ms: millis => clicking.timeouts.silence, "ms", 1_000..=60_000;
            /// Socket of the kill switch; if unset, live.sock in the user's runtime folder, else in
            /// /tmp
            clicking.kill_socket: key => clicking.kill_socket, "", ..;

            // Limits that no session on this machine may exceed, whatever its command line.
            /// Maximum --max-stake of a session
            limits.max_stake: key => limits.max_stake, "SOL", Sol::from_lamports_const(1)..;
            /// Maximum --max-loss of a session
            limits.max_loss: key => limits.max_loss, "SOL", Sol::from_lamports_const(1)..;
            /// Maximum --max-orders-per-minute of a session
            limits.max_orders_per_minute: key => limits.max_orders_per_minute, "orders", 1..;
            /// Maximum --max-losing-streak of a session, and its value if not given
            limits.max_losing_streak: key => limits.max_losing_streak, "games", 1..;
            /// Maximum --max-orders of a session, and its value if not given
            limits.max_orders: key => limits.max_orders, "orders", 1..;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Values of which every setting accepts one that is not its default.
    const TEXTS: [&str; 8] =
        ["true", "/tmp/elsewhere", "127.0.0.1:1", "0.5", "7", "900", "2345", "2000000"];

    #[test]
    fn every_setting_has_a_name_and_a_field_of_its_own() {
        let mut names = BTreeSet::new();
        let mut changed: Vec<Settings> = vec![Settings::default()];
        for key in Settings::keys() {
            assert!(names.insert(key.name), "{} twice", key.name);
            let mut settings = Settings::default();
            let other = TEXTS
                .iter()
                .find(|text| **text != key.default && key.set(&mut settings, text).is_ok());
            assert!(other.is_some(), "{}: no text for it", key.name);
            assert!(!changed.contains(&settings), "{} sets what another one sets", key.name);
            key.set(&mut settings, &key.default).unwrap();
            assert_eq!(settings, Settings::default(), "{}", key.name);
            key.set(&mut settings, other.unwrap()).unwrap();
            changed.push(settings);
        }
    }
}
