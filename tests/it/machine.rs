//! The machine that tests share with each other and with other programs: how busy it is, its
//! browsers, its ports.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use cpu_time::ThreadTime;
use replayer::demo::feed_server::ShowPace;

use crate::waiting::{now, until};

/// How much work tells how busy the machine is.
const PROBE: Duration = Duration::from_millis(10);

/// How many times slower than usual things that are played in real time are to be played, as far as
/// this thread sees now: 1 on a machine that has time, and at most 4. What a test does between two
/// ticks must have room there.
pub(crate) fn slowness() -> f64 {
    let (begun, worked) = (now(), ThreadTime::now());
    while worked.elapsed() < PROBE {
        std::hint::spin_loop();
    }
    // Who waits most of the time is served sooner than who always works.
    (begun.elapsed().as_secs_f64() / worked.elapsed().as_secs_f64() / 2.0).clamp(1.0, 4.0)
}

/// The pace of a show that goes `times` times as fast as the game, where the machine is fast
/// enough.
pub(crate) fn pace(times: f64) -> ShowPace {
    ShowPace::Times(times / slowness())
}

/// Browsers that run at the same time: each is ten processes. Fewer where others have the machine.
const BROWSERS: usize = 4;
const BROWSERS_BUSY: usize = 2;

static RUNNING: Mutex<usize> = Mutex::new(0);
static ENDED: Condvar = Condvar::new();

/// The right to a browser, until it is dropped.
#[derive(Debug)]
pub(crate) struct Turn(());

impl Turn {
    /// Waits for it.
    pub(crate) fn take() -> Self {
        let most = if slowness() > 3.0 { BROWSERS_BUSY } else { BROWSERS };
        let running = ENDED.wait_while(running(), |running| *running >= most);
        *running.unwrap_or_else(PoisonError::into_inner) += 1;
        Self(())
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        *running() -= 1;
        // Those who wait do not all wait for the same.
        ENDED.notify_all();
    }
}

fn running() -> MutexGuard<'static, usize> {
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Ports that the system gives to nobody who does not ask for them by their number.
const PORTS: std::ops::Range<u16> = 12_000..30_000;

/// A port at which nobody listens, and at which nobody else will before it is listened at: for what
/// is to listen at the same port again, or is not to be there.
pub(crate) fn port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let count = u32::from(PORTS.end - PORTS.start);
    // Another suite on this machine begins elsewhere.
    let begin = std::process::id().wrapping_mul(97);
    for _ in 0..count {
        let step = u32::from(NEXT.fetch_add(1, Ordering::Relaxed));
        let port = PORTS.start + u16::try_from(begin.wrapping_add(step) % count).unwrap();
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return port;
        }
    }
    panic!("all ports are taken")
}

/// Listens at an address that was listened at before. What this process had open lives on in a child that another
/// test starts, until that child runs its own program: for a moment the port is still taken.
pub(crate) fn listen_again(address: SocketAddr) -> TcpListener {
    let mut listener = None;
    until(&format!("{address} is free again"), || {
        listener = TcpListener::bind(address).ok();
        listener.is_some()
    });
    listener.expect("it was listened at")
}
