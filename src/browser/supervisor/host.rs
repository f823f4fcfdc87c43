//! A browser with a line to it: ours with its process, or one that runs by itself.

use std::time::Duration;

use chromiumoxide::cdp::browser_protocol::browser::CloseParams;

use super::How;
use crate::browser::attach;
use crate::browser::link::{Line, Link};
use crate::browser::process::Process;
use crate::error::{Error, Kind};

/// Longest time that a browser of ours gets to end by itself: 0.13 to 0.19 s were measured
/// (spec/browser.md 3.3), and everything must be over within 2 s (requirements.md O1).
const GRACE: Duration = Duration::from_millis(1_500);

/// A browser at the other end of a line.
#[derive(Debug)]
pub(super) struct Host {
    pub(super) link: Link,
    pub(super) line: Line,
    /// Its process, where it is ours.
    process: Option<Process>,
}

/// Why there is no browser.
#[derive(Debug)]
pub(super) enum Setback {
    /// Another attempt would end the same way.
    Final(Error),
    /// It may be otherwise next time.
    Passing(String),
}

impl Host {
    /// Starts a browser or finds one, and connects to it.
    ///
    /// # Errors
    /// Why there is none.
    pub(super) async fn open(how: &How) -> Result<Self, Setback> {
        let (process, endpoint) = match how {
            How::Launch(launch) => {
                let (process, endpoint) =
                    Process::start(launch).await.map_err(|error| match error.kind() {
                        Kind::Live => Setback::Passing(error.to_string()),
                        _ => Setback::Final(error),
                    })?;
                (Some(process), endpoint)
            }
            How::Attach(address) => {
                (None, attach::endpoint(*address).await.map_err(Setback::Passing)?)
            }
        };
        let (link, line) = Link::connect(&endpoint).await.map_err(Setback::Passing)?;
        Ok(Self { link, line, process })
    }

    /// Waits for the end of its process; for ever where it is not ours. Cancel safe.
    pub(super) async fn exited(process: &mut Option<Process>) -> String {
        match process {
            Some(process) => process.exited().await,
            None => std::future::pending().await,
        }
    }

    /// The parts that are watched at the same time.
    pub(super) const fn parts(&mut self) -> (&mut Line, &mut Option<Process>) {
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
        process.end(if gently { GRACE } else { Duration::ZERO }).await;
        drop(line);
    }
}
