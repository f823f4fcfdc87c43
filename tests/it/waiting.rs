//! Waiting: for a condition, never for a time.

use std::panic::resume_unwind;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

/// Longest wait for anything that must happen. It bounds a hang and nothing else: no test is about it.
pub(crate) const PATIENCE: Duration = Duration::from_secs(240);

/// Waits until something is so.
pub(crate) fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let begun = now();
    while !is_so() {
        assert!(begun.elapsed() < PATIENCE, "never: {what}");
        pause(Duration::from_millis(2));
    }
}

/// What something comes to that ends when it is told to stop; tells it to where patience ends.
pub(crate) fn or_stopped<T>(stop: &AtomicBool, does: impl FnOnce() -> T) -> T {
    thread::scope(|scope| {
        let (ended, end) = channel::<()>();
        let watcher = scope.spawn(move || {
            let is_over = end.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout);
            stop.fetch_or(is_over, Ordering::Relaxed);
            is_over
        });
        let comes_to = does();
        drop(ended);
        assert!(!watcher.join().unwrap(), "never: the end; it was told to stop");
        comes_to
    })
}

/// What something comes to, which must come to its end.
pub(crate) fn in_time<T: Send + 'static>(
    what: &str,
    does: impl FnOnce() -> T + Send + 'static,
) -> T {
    let (told, end) = channel();
    // It stays behind where it hangs.
    let thread = thread::spawn(move || told.send(does()));
    match end.recv_timeout(PATIENCE) {
        Ok(end) => end,
        Err(RecvTimeoutError::Timeout) => panic!("never: {what}"),
        Err(RecvTimeoutError::Disconnected) => resume_unwind(thread.join().unwrap_err()),
    }
}

/// Holds how long something took against the longest that it may take. Told always, and binding where the
/// machine is known to be quiet, which `REPLAYER_QUIET` says (`.ci/campaign times`): beside other work
/// everything takes longer. What must hold always is that it comes to its end at all.
pub(crate) fn promptly(what: &str, took: Duration, most: Duration) {
    eprintln!("measured: {what}: {took:.1?} of {most:?}");
    if std::env::var_os("REPLAYER_QUIET").is_some() {
        assert!(took < most, "{what}: {took:?}, not within {most:?}");
    }
}

#[expect(clippy::disallowed_methods, reason = "patience has an end")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

#[expect(clippy::disallowed_methods, reason = "between two looks, or while something goes on")]
pub(crate) fn pause(time: Duration) {
    thread::sleep(time);
}
