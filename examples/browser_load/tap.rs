//! Frames of a page on their way to us: how many are lost, and how long they take.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use replayer::base::runtime::{Runtime, Shutdown};
use replayer::feed::latency::Gauge;
use replayer::live::browser::{BrowserEvent, Pages, Supervisor, Tapped};
use tempfile::TempDir;

use crate::child::Site;
use crate::watch::Sampler;
use crate::{Load, Outcome, Role, Table, config, now, wait, wall_us};

/// How frames begin that bear a number and a time.
const HEAD: &str = "42[\"gameStateUpdate\",{\"number\":";
/// Longest wait for a page, and for frames that are on their way.
const PATIENCE: Duration = Duration::from_secs(30);

/// What was heard.
#[derive(Debug, Default)]
struct Heard {
    next: u64,
    frames: u64,
    /// Frames that were not the one behind the last.
    out_of_order: u64,
    /// From the site to us, in microseconds.
    way: Gauge,
}

impl Heard {
    fn take(&mut self, text: &str) {
        let now = wall_us();
        let Some((number, sent)) = stamp(text) else { return };
        self.out_of_order += u64::from(number != self.next);
        self.next = number + 1;
        self.frames += 1;
        self.way.record(now.saturating_sub(sent));
    }
}

/// The number of a frame, and when it was sent.
fn stamp(text: &str) -> Option<(u64, u64)> {
    let (number, rest) = text.strip_prefix(HEAD)?.split_once(",\"sent\":")?;
    Some((number.parse().ok()?, rest.split_once(',')?.0.parse().ok()?))
}

/// A page that hears frames, and us.
pub(crate) struct Crowd {
    site: Site,
    runtime: Runtime,
    pub(crate) pages: Pages,
    heard: Arc<Mutex<Heard>>,
    _profile: TempDir,
}

impl Crowd {
    /// Returns when the first frames are here.
    pub(crate) fn start(frames: u64, seconds: u64) -> Outcome<Self> {
        let profile = tempfile::tempdir()?;
        let site = Site::start(Role::Crowd, frames, seconds)?;
        let supervisor = Supervisor::new(config(&site.url, &profile.path().join("profile"))?)?;
        let (pages, shutdown) = (supervisor.pages(), Shutdown::new());
        let mut runtime = Runtime::start(shutdown.clone())?;
        let heard = Arc::new(Mutex::new(Heard::default()));
        let hears = heard.clone();
        let handler = move |observed: BrowserEvent<'_>| {
            if let BrowserEvent::Tapped(Tapped::Text { text, .. }) = observed {
                hears.lock().unwrap_or_else(PoisonError::into_inner).take(text);
            }
            Ok(())
        };
        runtime.spawn("browser", supervisor.run(handler, shutdown));
        let crowd = Self { site, runtime, pages, heard, _profile: profile };
        let begun = now();
        while crowd.frames() == 0 || crowd.pages.current().is_none() {
            if begun.elapsed() > PATIENCE {
                return Err("no frame came".into());
            }
            wait(Duration::from_millis(5));
        }
        Ok(crowd)
    }

    fn frames(&self) -> u64 {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).frames
    }

    pub(crate) fn end(self) -> Outcome<()> {
        Ok(self.runtime.join()?)
    }
}

/// Hears frames at a rate, per second, for some seconds.
pub(crate) fn measure(load: &Load, table: &mut Table) -> Outcome<()> {
    let memory = Sampler::start(None)?;
    let mut crowd = Crowd::start(load.frames, load.seconds)?;
    let sent = crowd.site.line()?;
    let (all, told) = (load.frames * load.seconds, now());
    while crowd.frames() < all && told.elapsed() < PATIENCE {
        wait(Duration::from_millis(5));
    }
    let heard = std::mem::take(&mut *crowd.heard.lock().unwrap_or_else(PoisonError::into_inner));
    crowd.end()?;
    let (lost, out_of_order) = (all - heard.frames, heard.out_of_order);
    table.row("frames of the page, sent", format!("{all}: {sent}"));
    table.row("frames lost / out of order", format!("{lost} / {out_of_order}"));
    table.times("frame: sent by the site -> heard here", heard.way.summary().all);
    table.row("memory meanwhile", memory.end()?.words());
    match lost + out_of_order {
        0 => Ok(()),
        _ => Err("frames were lost".into()),
    }
}
