//! The settings of live sessions.

use std::time::Duration;

use super::table;
use crate::base::container::Encoding;
use crate::cli::settings::key::{Convert, Key, key, millis, via};
use crate::feed::record::OnDiskError;

/// Bytes in a mebibyte.
const MIB: usize = 1 << 20;

/// Longest time that a setting allows: an hour, in milliseconds.
pub(super) const HOUR_MS: u64 = 3_600_000;

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

/// The settings of live sessions, in the order of the documentation.
pub(super) fn keys() -> Vec<Key> {
    Vec::from(table! {
    // Connection to a feed.
    /// Maximum size of a message; a longer one ends the connection
    feed.message_bytes_max: key =>
        feed.options.message_bytes_max, "bytes", 64 << 10..=1 << 30;
    /// Maximum time from the first packet to having joined the namespace
    feed.connect_timeout_ms: millis => feed.options.connect_timeout, "ms", 100..=HOUR_MS;
    /// Maximum time that one address of the host is tried; after 250 ms the next one is tried
    /// beside it
    feed.address_timeout_ms: millis => feed.options.address_timeout, "ms", 100..=HOUR_MS;
    /// Number of attempts in a row with an answer that will be the same again (HTTP 401 or
    /// 404, an unknown namespace) after which the command ends; ten times as many once there
    /// was a connection
    feed.tries: key => feed.options.tries, "attempts", 1..=1_000_000;
    /// How the session is carried: `websocket`, `polling`, or `upgrade` (polling, then a
    /// WebSocket if one gets through)
    feed.transport: key => feed.options.transport, "", ..;
    /// Namespace to enter, such as /game; if unset, the default one. The path of an address
    /// is not taken for one
    feed.namespace: key => feed.namespace, "", ..;
    /// Proxy for every feed: http://, https://, socks5:// or socks5h://, or `none`; if unset,
    /// the variables http_proxy, https_proxy and all_proxy, but not for this machine. Hosts
    /// in no_proxy are reached without one
    feed.proxy: key => feed.proxy, "", ..;
    /// Name of the secret (`replayer secret`) with the credentials for `feed.proxy`:
    /// user:password
    feed.proxy_secret: key => feed.proxy_secret, "", ..;
    /// Headers of every request, a line of `Name: value` each
    feed.headers: key => feed.headers, "", ..;
    /// Name of the secret (`replayer secret`) with such lines for `feed.auth_host`, for
    /// instance Authorization and Cookie
    feed.headers_secret: key => feed.headers_secret, "", ..;
    /// The header Origin; if unset, it is not sent
    feed.origin: key => feed.origin, "", ..;
    /// The header User-Agent; if unset, replayer and its version
    feed.user_agent: key => feed.user_agent, "", ..;
    /// Cookies of every request, such as `name=value; other=value`
    feed.cookies: key => feed.cookies, "", ..;
    /// Delay before the first reconnection attempt; doubles with each attempt
    feed.backoff_first_ms: millis => feed.options.backoff.first, "ms", 10..=HOUR_MS;
    /// Maximum delay between reconnection attempts
    feed.backoff_longest_ms: millis => feed.options.backoff.longest, "ms", 10..=HOUR_MS;
    /// Connection time after which the delay starts again at the first one
    feed.backoff_healthy_ms: millis => feed.options.backoff.healthy, "ms", 10..=HOUR_MS;
    /// Name of the secret (`replayer secret`) that holds the credentials for
    /// `feed.auth_host`: a JSON object
    feed.auth_secret: key => feed.auth_secret, "", ..;
    /// The only host that receives these credentials and those of `feed.headers_secret`,
    /// whatever feed a scenario names; over TLS, or on this machine
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
    /// What an armed session does with what is open when it is stopped: `hold` it, or `sell` it,
    /// once
    live.on_stop: key => live.on_stop, "", ..;
    /// Maximum time that a stop waits for the order on its way, and that the sale of
    /// `live.on_stop` may take until its click
    live.stop_ms: millis => live.stop_within, "ms", 0..=30_000;
    /// Maximum number of refused or unknown orders of a session of which evidence is kept: a
    /// picture of the controls, what they say, and the last 50 frames
    live.evidence_orders: key => live.evidence_orders, "orders", 0..=10_000;
    /// Maximum difference between the price of a fill and that of its tick, or of the tick
    /// after it; more disarms an armed session
    live.max_slippage: key => live.max_slippage, "basis points", 0..=10_000;

    // A command that hears of every fill, refusal and unknown order, and of what is open.
    /// Program and arguments, such as ["/usr/local/bin/tell", "--urgent"]; the fact is JSON on
    /// its standard input; no shell reads it
    notify.command: key => notify.command, "", ..;
    /// Maximum time that the command may take; then it is killed
    notify.timeout_ms: millis => notify.timeout, "ms", 10..=HOUR_MS;
    /// Maximum number of facts that wait for the command; more are dropped and counted
    notify.queue: key => notify.queue, "facts", 1..=10_000;

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
    /// Names of hosts, with commas between them, by which metrics and health may be asked for,
    /// beside localhost and the address
    monitor.hosts: key => monitor.hosts, "", ..;

    // Log files of a live session, in addition to stderr.
    /// Folder of the log files of one session; if unset, the log goes to stderr only
    log.folder: key => log.folder, "", ..;
    /// Size after which a new log file is started
    log.file_bytes_max: key => log.file_bytes_max, "bytes", 64 << 10..=1 << 40;
    /// Number of log files kept, including the current one; the oldest is removed
    log.files_max: key => log.files_max, "files", 1..=10_000;
    /// Write log lines as JSON
    log.json: key => log.json, "", ..;
    })
}
