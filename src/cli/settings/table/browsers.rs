//! The settings of the browser and of clicking.

use super::sessions::HOUR_MS;
use super::table;
use crate::cli::settings::key::{Key, fixed, key, limit, millis};
use crate::model::sol::Sol;

/// The settings of the browser and of clicking, in the order of the documentation.
pub(super) fn keys() -> Vec<Key> {
    Vec::from(table! {
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
    /// Maximum time until somebody is logged in in the page; after that the session is not armed
    clicking.login_ms: millis => clicking.timeouts.login, "ms", 1_000..=HOUR_MS;
    /// Maximum time without a control that the orders need: before the session is armed, and from
    /// its loss until the session disarms
    clicking.control_patience_ms: millis =>
        clicking.timeouts.control_patience, "ms", 500..=HOUR_MS;
    /// Interval between checks that the controls are there
    clicking.control_look_ms: millis => clicking.timeouts.control_look, "ms", 100..=60_000;
    /// Socket of the kill switch; if unset, live.sock in the user's runtime folder, else in
    /// /tmp
    clicking.kill_socket: key => clicking.kill_socket, "", ..;

    // Limits of armed sessions: a later source may lower one and never raise it.
    /// Maximum stake of an order
    limits.max_stake: limit => limits.max_stake, "SOL", Sol::from_lamports_const(1)..;
    /// Maximum loss of a session
    limits.max_loss: limit => limits.max_loss, "SOL", Sol::from_lamports_const(1)..;
    /// Maximum number of orders within any minute
    limits.max_orders_per_minute: limit => limits.max_orders_per_minute, "orders", 1..;
    /// Maximum number of consecutive losing games of a session
    limits.max_losing_streak: limit => limits.max_losing_streak, "games", 1..;
    /// Maximum number of orders of a session
    limits.max_orders: limit => limits.max_orders, "orders", 1..;
    /// Maximum time in which a session sends orders with a stake
    limits.max_minutes: limit => limits.max_minutes, "minutes", 1..;
    /// Maximum loss of an account on a day of UTC, over all sessions
    limits.day_max_loss: limit => limits.day_max_loss, "SOL", Sol::from_lamports_const(1)..;
    /// Maximum number of orders of an account on a day of UTC, over all sessions
    limits.day_max_orders: limit => limits.day_max_orders, "orders", 1..;
    /// Maximum loss of an account, over all sessions
    limits.account_max_loss: limit =>
        limits.account_max_loss, "SOL", Sol::from_lamports_const(1)..;
    /// Maximum number of orders of an account, over all sessions
    limits.account_max_orders: limit => limits.account_max_orders, "orders", 1..;
    /// Folder of the records of what accounts have lost, which no later source may change; if
    /// unset, `accounts` in `paths.data`
    limits.folder: fixed => limits.folder, "", ..;
    })
}
