//! The settings of live sessions.

use std::time::Duration;

use super::table;
use crate::base::container::Encoding;
use crate::cli::settings::key::{Convert, Key, key, millis, via};
use crate::feed::record::OnDiskError;

/// Bytes in a mebibyte.
const MIB: usize = 1 << 20;

/// Longest wait that a setting may ask for: an hour, in milliseconds.
pub(super) const HOUR_MS: u64 = 3_600_000;

/// An encoding as an answer to "plain?".
const PLAIN: Convert<Encoding, bool> = (
    |plain| if plain { Encoding::Plain } else { Encoding::Zstd },
    |encoding| *encoding == Encoding::Plain,
);

/// What happens when the disk fails as an answer to "stop?".
const STOP: Convert<OnDiskError, bool> = (
    |stop| if stop { OnDiskError::Stop } else { OnDiskError::Continue },
    |then| *then == OnDiskError::Stop,
);

/// An age in whole days.
const DAYS: Convert<Option<Duration>, Option<u32>> = (
    |days| days.map(|days| DAY * days),
    |age| age.map(|age| u32::try_from(age.as_secs() / DAY.as_secs()).unwrap_or(u32::MAX)),
);

/// A day.
const DAY: Duration = Duration::from_secs(86_400);

/// Every one, in the order of the documentation.
pub(super) fn keys() -> Vec<Key> {
    Vec::from(table! {
    // The connection to a feed.
    /// The longest message that is accepted; a longer one ends the connection
    feed.message_bytes_max: key =>
        feed.options.message_bytes_max, "bytes", 64 << 10..=1 << 30;
    /// Longest time from the first packet to being in the namespace
    feed.connect_timeout_ms: millis => feed.options.connect_timeout, "ms", 100..=HOUR_MS;
    /// The first wait before the next attempt; each is twice the one before
    feed.backoff_first_ms: millis => feed.options.backoff.first, "ms", 10..=HOUR_MS;
    /// The longest wait before the next attempt
    feed.backoff_longest_ms: millis => feed.options.backoff.longest, "ms", 10..=HOUR_MS;
    /// A connection that lived as long as this was a good one: the waits begin anew
    feed.backoff_healthy_ms: millis => feed.options.backoff.healthy, "ms", 10..=HOUR_MS;
    /// Name of the secret (`replayer secret`) that holds the credentials for
    /// `feed.auth_host`: a JSON object
    feed.auth_secret: key => feed.auth_secret, "", ..;
    /// The host that gets them and no other, whatever feed a scenario names; over TLS, or
    /// on this machine
    feed.auth_host: key => feed.auth_host, "", ..;

    // Secrets at rest.
    /// The file that holds them, encrypted; without it `secrets/sealed` in `paths.data`
    secrets.file: key => secrets.file, "", ..;
    /// File with their key, in another folder; without it the key is asked for at the
    /// terminal
    secrets.key_file: key => secrets.key_file, "", ..;
    /// Descriptor of the process from which their key comes, such as a pipe's
    secrets.key_fd: key => secrets.key_fd, "", 3..;

    // Recordings of a feed.
    /// Record as plain JSON lines, not compressed
    record.plain: via(PLAIN) => record.encoding, "", ..;
    /// End when the disk fails, instead of going on without recording
    record.stop_on_disk_error: via(STOP) => record.on_disk_error, "", ..;
    /// Size at which a file is followed by another one, at the next game
    record.part_bytes_max: key => record.part_bytes_max, "bytes", 64 << 10..=1 << 40;
    /// Games after which a file is followed by another one
    record.part_games_max: key => record.part_games_max, "games", 1..;
    /// Messages that the queue of the writer holds; beyond them recording has gaps, which
    /// it says
    record.queue_messages: key => record.queue_messages, "messages", 16..=1 << 20;
    /// Bytes that the queue of the writer holds, about
    record.queue_bytes: key => record.queue_bytes, "bytes", MIB..=1 << 34;
    /// Free space that a recording needs to begin
    record.free_bytes_start: key => record.free_bytes_start, "bytes", 0..;
    /// Free space that a recording needs to go on
    record.free_bytes_run: key => record.free_bytes_run, "bytes", 0..;
    /// How long a line waits for others to share a compressed frame: what a crash may cost
    record.frame_ms: millis => record.frame_time, "ms", 1..=60_000;
    /// How long after a failure the disk is tried again; doubles up to 30 s
    record.retry_ms: millis => record.retry_after, "ms", 10..=30_000;
    /// Remove files that were finished longer ago, when the next one is; without it, none
    record.keep_days: via(DAYS) => record.retention.age_max, "days", 1..;
    /// Remove the oldest files of the folder, until all have no more bytes; without it,
    /// none
    record.keep_bytes: key => record.retention.bytes_max, "bytes", 1 << 20..;

    // A live session.
    /// Messages that may wait for the bots; one more ends the session
    live.world_messages: key => live.world_messages, "messages", 16..=1 << 20;
    /// Events that may wait to be told; beyond them they are counted only
    live.events: key => live.events, "events", 16..=1 << 20;
    /// Longest time that a recording takes to finish; two of them fit into the 2 s of a
    /// stop
    live.finish_ms: millis => live.finish_within, "ms", 10..=900;
    /// Silence of the page's socket behind which the feed of --fallback stands in
    live.fallback_after_ms: millis => live.fallback_after, "ms", 500..=HOUR_MS;

    // From where on a feed is not relied on: bots are not asked, and nothing is clicked.
    /// Time without a frame while a game is in play
    integrity.stale_in_play_ms: key =>
        live.thresholds.stale_in_play_ms, "ms", 250..=HOUR_MS;
    /// Time without a frame otherwise
    integrity.stale_otherwise_ms: key =>
        live.thresholds.stale_otherwise_ms, "ms", 1_000..=HOUR_MS;
    /// Ticks of one game that come too late
    integrity.gap_ticks: key => live.thresholds.gap_ticks, "ticks", 1..;
    /// What a presale must have left when it is first heard, to count as heard from its
    /// beginning
    integrity.presale_left_ms: key => live.thresholds.presale_left_ms, "ms", 0..=10_000;
    /// Errors within the window that make the feed degraded
    integrity.errors_degraded: key => live.thresholds.errors_degraded, "errors", 1..=10_000;
    /// Errors within the window that make it minimal
    integrity.errors_minimal: key => live.thresholds.errors_minimal, "errors", 1..=10_000;
    /// The window in which errors count
    integrity.errors_window_ms: key =>
        live.thresholds.errors_window_ms, "ms", 1_000..=HOUR_MS;

    // What a live session shows of itself while it goes on.
    /// Address at which metrics and health are served, such as 127.0.0.1:9750; without it
    /// they are not
    monitor.listen: key => monitor.listen, "", ..;
    /// Let others than this machine see them: `monitor.listen` may be any address
    monitor.public: key => monitor.public, "", ..;

    // What a live session logs, beside what it says on stderr.
    /// Folder of the files of its log, one session's; without it stderr is all
    log.folder: key => log.folder, "", ..;
    /// Size beyond which a file is followed by another one
    log.file_bytes_max: key => log.file_bytes_max, "bytes", 64 << 10..=1 << 40;
    /// Files that are kept, the present one included; the oldest goes
    log.files_max: key => log.files_max, "files", 1..=10_000;
    /// Write lines as JSON
    log.json: key => log.json, "", ..;
    })
}
