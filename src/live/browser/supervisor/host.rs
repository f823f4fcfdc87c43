//! A browser with a line to it: ours with its process, or one that runs by itself.

use std::time::Duration;

use chromiumoxide::cdp::browser_protocol::browser::CloseParams;

use super::{How, Shutdown};
use crate::base::error::{Error, ErrorKind};
use crate::live::browser::attach;
use crate::live::browser::link::{DevtoolsEvents, DevtoolsLink};
use crate::live::browser::process::BrowserProcess;

/// Longest time that a browser of ours gets to end by itself: 0.13 to 0.19 s were measured
/// (docs/spec/browser.md#processes), and everything must be over within 2 s
/// (docs/spec/performance.md#stopping).
const GRACE: Duration = Duration::from_millis(1_500);

/// A browser at the other end of a line.
#[derive(Debug)]
pub(super) struct Host {
    pub(super) link: DevtoolsLink,
    pub(super) line: DevtoolsEvents,
    /// Its process, where it is ours.
    process: Option<BrowserProcess>,
}

/// Why there is no browser.
#[derive(Debug)]
pub(super) enum Setback {
    /// Another attempt would end the same way.
    Final(Error),
    /// It may be otherwise next time.
    Passing(String),
    /// It is time to stop.
    Stopped,
}

impl From<Error> for Setback {
    fn from(error: Error) -> Self {
        match error.kind() {
            ErrorKind::Live => Self::Passing(error.to_string()),
            _ => Self::Final(error),
        }
    }
}

impl Host {
    /// Starts a browser or finds one, and connects to it, unless it is time to stop.
    ///
    /// # Errors
    /// Why there is none. Nothing of it is left then.
    pub(super) async fn open(how: &How, shutdown: &Shutdown) -> Result<Self, Setback> {
        let mut process = match how {
            How::Launch(launch) => Some(BrowserProcess::start(launch)?),
            How::Attach(_) => None,
        };
        let reached = tokio::select! {
            biased;
            () = shutdown.stopped() => Err(Setback::Stopped),
            reached = reach(how, process.as_mut()) => reached,
        };
        match (reached, process) {
            (Ok((link, line)), process) => Ok(Self { link, line, process }),
            (Err(setback), process) => {
                if let Some(process) = process {
                    process.end(None).await;
                }
                Err(setback)
            }
        }
    }

    /// Waits for the end of its process; for ever where it is not ours. Cancel safe.
    pub(super) async fn exited(process: &mut Option<BrowserProcess>) -> String {
        match process {
            Some(process) => process.exited().await,
            None => std::future::pending().await,
        }
    }

    /// The parts that are watched at the same time.
    pub(super) const fn parts(&mut self) -> (&mut DevtoolsEvents, &mut Option<BrowserProcess>) {
        (&mut self.line, &mut self.process)
    }

    /// Ends a browser of ours, gently or at once; leaves any other as it is.
    pub(super) async fn end(self, gently: bool) {
        let Self { link, line, process } = self;
        let Some(process) = process else { return };
        if gently {
            drop(link.send(None, &CloseParams::default()));
        }
        tracing::debug!("{}", process.last_words());
        process.end(gently.then_some(GRACE)).await;
        drop(line);
    }
}

/// Finds out where the browser listens, and connects to it.
async fn reach(
    how: &How,
    process: Option<&mut BrowserProcess>,
) -> Result<(DevtoolsLink, DevtoolsEvents), Setback> {
    let endpoint = match (how, process) {
        (How::Attach(address), _) => attach::endpoint(*address).await.map_err(Setback::Passing)?,
        (How::Launch(_), Some(process)) => process.listening().await?,
        (How::Launch(_), None) => return Err(Setback::Passing("it was not started".to_owned())),
    };
    DevtoolsLink::connect(&endpoint).await.map_err(Setback::Passing)
}
