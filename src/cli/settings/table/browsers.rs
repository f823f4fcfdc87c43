//! The settings of the browser, and of what is clicked in it.

use super::sessions::HOUR_MS;
use super::table;
use crate::cli::settings::key::{Key, key, millis};
use crate::model::sol::Sol;

/// Every one, in the order of the documentation.
pub(super) fn keys() -> Vec<Key> {
    Vec::from(table! {
    // The browser.
    /// The program to start, no script
    browser.binary: key => browser.binary, "", ..;
    /// The browser's folder, where it stays logged in; without it `browser` in `paths.data`
    browser.folder: key => browser.folder, "", ..;
    /// Time between two questions whether it still answers
    browser.pulse_ms: millis => browser.options.pulse.every, "ms", 100..=HOUR_MS;
    /// Longest time for such an answer
    browser.pulse_patience_ms: millis => browser.options.pulse.patience, "ms", 50..=HOUR_MS;
    /// Questions in a row without an answer after which it counts as hanging
    browser.pulse_misses: key => browser.options.pulse.misses, "", 1..=100;
    /// The first wait before it is started again; each is twice the one before
    browser.backoff_first_ms: millis => browser.options.backoff.first, "ms", 10..=HOUR_MS;
    /// The longest wait before it is started again
    browser.backoff_longest_ms: millis =>
        browser.options.backoff.longest, "ms", 10..=HOUR_MS;
    /// A browser that lived as long as this was a good one: the waits begin anew
    browser.backoff_healthy_ms: millis =>
        browser.options.backoff.healthy, "ms", 10..=HOUR_MS;
    /// Attempts in a row that lead to no page before a session with a browser of its own
    /// gives up
    browser.failures_max: key => browser.options.failures_max, "", 1..;
    /// The longest text of a socket of the page that is heard
    browser.text_bytes_max: key =>
        browser.options.text_bytes_max, "bytes", 64 << 10..=1 << 30;
    /// How long a page may be without a socket of the game before that is told
    browser.socket_within_ms: millis => browser.options.socket_within, "ms", 100..=HOUR_MS;

    // Orders clicked in a page.
    /// Press the button so long after the decision at the most
    clicking.within_ms: millis => clicking.within, "ms", 1..=10_000;
    /// Leave so much time between two clicks
    clicking.spacing_ms: millis => clicking.timeouts.spacing, "ms", 0..=10_000;
    /// Longest time to wait for the site to confirm a click; then its outcome is unknown,
    /// and is looked for
    clicking.confirm_ms: millis => clicking.timeouts.patience, "ms", 100..=60_000;
    /// Oldest frame of the game on which something is clicked
    clicking.freshness_ms: millis => clicking.timeouts.freshness, "ms", 100..=10_000;
    /// Silence of the game that disarms
    clicking.silence_ms: millis => clicking.timeouts.silence, "ms", 1_000..=60_000;
    /// Where the kill switch listens; without it live.sock in the user's runtime folder,
    /// else in /tmp
    clicking.kill_socket: key => clicking.kill_socket, "", ..;

    // What no session on this machine may go beyond, whatever its command line says.
    /// Largest --max-stake of a session
    limits.max_stake: key => limits.max_stake, "SOL", Sol::from_lamports_const(1)..;
    /// Largest --max-loss of a session
    limits.max_loss: key => limits.max_loss, "SOL", Sol::from_lamports_const(1)..;
    /// Largest --max-orders-per-minute of a session
    limits.max_orders_per_minute: key => limits.max_orders_per_minute, "orders", 1..;
    /// Largest --max-losing-streak of a session, and its limit where it gives none
    limits.max_losing_streak: key => limits.max_losing_streak, "games", 1..;
    /// Largest --max-orders of a session, and its limit where it gives none
    limits.max_orders: key => limits.max_orders, "orders", 1..;
    })
}
