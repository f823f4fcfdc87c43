//! Signals: Ctrl-C, SIGTERM and SIGHUP end every command within two seconds, with exit code 130.
//!
//! A command that takes the [`stop_flag`] looks at it, and ends by itself: it writes what it has,
//! and says how to go on. What takes longer than that allows, and a command that does not look, is
//! ended here; what has its name by then is complete. A second signal ends any command at once,
//! unless it comes with the first: `timeout` and some shells signal a process and then its group,
//! which is one wish and not two.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::thread;
use std::time::Duration;

use crossbeam_channel::after;
use tracing::warn;

use super::console::Console;
use crate::base::clock::Clock;
use crate::base::error::{Error, ErrorKind};
use crate::base::files;

/// Environment variable: how long a command may take to end by itself, in milliseconds.
const VARIABLE: &str = "REPLAYER_STOP_MS";

/// How long it may take by default. A build without optimisation, in which everything takes many
/// times as long, gets minutes.
const GRACE: Duration = Duration::from_millis(if cfg!(debug_assertions) { 240_000 } else { 1_500 });

/// How long what follows a session may take: the session has used most of its time.
#[cfg(any(feature = "live", feature = "demo"))]
const GRACE_AFTER_SESSION: Duration =
    Duration::from_millis(if cfg!(debug_assertions) { 240_000 } else { 500 });

/// How long a line that is being printed is waited for.
const LINE: Duration = Duration::from_millis(100);

/// Signals within this time of the first are the same wish as it. Nobody gives up on a command in
/// less, and most commands have ended by then.
const TOGETHER: Duration = Duration::from_secs(1);

static STOP: AtomicBool = AtomicBool::new(false);
static MANNER: AtomicU8 = AtomicU8::new(AT_ONCE);

/// The command does not look at the flag: a signal ends it.
const AT_ONCE: u8 = 0;
/// It looks at the flag, and ends by itself if that does not take too long.
const IN_TIME: u8 = 1;
/// It has deadlines of its own for everything that it does at its end.
#[cfg(any(feature = "live", feature = "demo"))]
const BY_ITSELF: u8 = 2;

/// Takes the signals of the process from now on.
pub(super) fn watch(console: Console) {
    let mut first: Option<Clock> = None;
    let handler = ctrlc::set_handler(move || {
        match first {
            Some(since) if u128::from(since.nanos()) < TOGETHER.as_nanos() => return,
            Some(_) => end(console),
            None => first = Some(Clock::start()),
        }
        STOP.store(true, Ordering::Relaxed);
        match MANNER.load(Ordering::Relaxed) {
            AT_ONCE => end(console),
            IN_TIME => end_after(grace(), console),
            _ => {}
        }
    });
    if let Err(error) = handler {
        warn!("Ctrl-C will end the program at once: {error}");
    }
}

/// A flag that the first signal raises. The command looks at it from now on.
pub(super) fn stop_flag() -> &'static AtomicBool {
    MANNER.fetch_max(IN_TIME, Ordering::Relaxed);
    &STOP
}

/// While it lives, the command ends in its own time.
#[cfg(any(feature = "live", feature = "demo"))]
#[must_use]
pub(super) struct OwnTime(Console);

/// Begins what has deadlines of its own for its end: a session with its recorder and its browser, a
/// server with its clients.
#[cfg(any(feature = "live", feature = "demo"))]
pub(super) fn own_time(console: Console) -> OwnTime {
    MANNER.store(BY_ITSELF, Ordering::Relaxed);
    OwnTime(console)
}

#[cfg(any(feature = "live", feature = "demo"))]
impl Drop for OwnTime {
    fn drop(&mut self) {
        MANNER.store(IN_TIME, Ordering::Relaxed);
        if STOP.load(Ordering::Relaxed) {
            end_after(grace().min(GRACE_AFTER_SESSION), self.0);
        }
    }
}

fn grace() -> Duration {
    let said = std::env::var(VARIABLE).ok().and_then(|text| text.parse().ok());
    said.map_or(GRACE, Duration::from_millis)
}

/// Ends the process after a time, if it has not ended by then.
fn end_after(grace: Duration, console: Console) {
    // The handler must return: a second signal may follow.
    let bound = move || {
        let _ = after(grace).recv();
        end(console);
    };
    if thread::Builder::new().name("deadline".to_owned()).spawn(bound).is_err() {
        end(console);
    }
}

/// Ends the process. What was not finished is removed, and a line that is being printed is printed
/// to its end, unless nobody reads it.
fn end(console: Console) -> ! {
    let code = i32::from(ErrorKind::Interrupted.exit_code());
    let last = move || {
        let _line = io::stdout().lock();
        files::abandon();
        let error = Error::new(ErrorKind::Interrupted, "interrupted");
        console.complain(&match MANNER.load(Ordering::Relaxed) {
            AT_ONCE => error,
            _ => error
                .hint("what was written so far is intact; a run or a sweep goes on with --resume"),
        });
        std::process::exit(code);
    };
    if thread::Builder::new().name("end".to_owned()).spawn(last).is_ok() {
        let _ = after(LINE).recv();
    }
    files::abandon();
    std::process::exit(code)
}
