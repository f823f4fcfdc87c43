//! A supervisor in a runtime of its own, and what it told.

use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use replayer::base::error::Error;
use replayer::base::runtime::{GRACE, Runtime, Shutdown};
use replayer::feed::capture::Direction;
use replayer::live::browser::{
    BrowserEvent, Config, Fault, Lost, OpenPage, Pages, Since, State, StateChange, Supervisor,
    Tapped,
};

use crate::waiting::{PATIENCE, in_time, now, promptly};

/// What was told.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Note {
    State(StateChange),
    Up { epoch: u32, url: Option<String>, since: Since },
    Text { epoch: u32, direction: Direction, text: String },
    Down { epoch: u32, why: Lost },
    Foreign(String),
    NoSocket,
}

pub(super) struct Watcher {
    runtime: Runtime,
    /// Runs what a test asks of pages.
    asking: tokio::runtime::Runtime,
    notes: Receiver<Note>,
    pages: Pages,
}

impl Watcher {
    pub(super) fn start(config: Config) -> Self {
        let supervisor = Supervisor::new(config).unwrap();
        let pages = supervisor.pages();
        let shutdown = Shutdown::new();
        let mut runtime = Runtime::start(shutdown.clone()).unwrap();
        let (sender, notes) = channel();
        let handler = move |observed: BrowserEvent<'_>| {
            let note = match observed {
                BrowserEvent::State(change) => Note::State(change.clone()),
                BrowserEvent::NoSocket { .. } => Note::NoSocket,
                BrowserEvent::Beat { .. } => return Ok(()),
                BrowserEvent::Tapped(Tapped::Up { epoch, url_without_query, since }) => {
                    Note::Up { epoch, url: url_without_query.map(str::to_owned), since }
                }
                BrowserEvent::Tapped(Tapped::Text { epoch, direction, text, .. }) => {
                    Note::Text { epoch, direction, text: text.to_owned() }
                }
                BrowserEvent::Tapped(Tapped::Foreign { url_without_query, .. }) => {
                    Note::Foreign(url_without_query.to_owned())
                }
                BrowserEvent::Tapped(Tapped::Down { epoch, why }) => {
                    Note::Down { epoch, why: why.clone() }
                }
            };
            let _ = sender.send(note);
            Ok(())
        };
        runtime.spawn("browser", supervisor.run(handler, shutdown));
        let asking = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        Self { runtime, asking, notes, pages }
    }

    /// What is told within a time, if anything is.
    pub(super) fn note_within(&self, time: Duration) -> Option<Note> {
        self.notes.recv_timeout(time).ok()
    }

    /// The next note of interest; others are passed over.
    pub(super) fn wait<T>(&self, mut wanted: impl FnMut(&Note) -> Option<T>) -> T {
        let mut passed = Vec::new();
        loop {
            let Ok(note) = self.notes.recv_timeout(PATIENCE) else {
                panic!("it is not told; the last: {passed:#?}")
            };
            if let Some(found) = wanted(&note) {
                return found;
            }
            passed.push(note);
            if passed.len() > 20 {
                passed.remove(0);
            }
        }
    }

    /// Waits until it is in a state; returns how it came there.
    pub(super) fn state(&self, wanted: State) -> StateChange {
        self.wait(|note| match note {
            Note::State(change) if change.to == wanted => Some(change.clone()),
            _ => None,
        })
    }

    /// Waits for a reason.
    pub(super) fn reason(&self, wanted: &str) -> StateChange {
        self.wait(|note| match note {
            Note::State(change) if change.reason.to_string().contains(wanted) => {
                Some(change.clone())
            }
            _ => None,
        })
    }

    /// Waits for the next socket; returns its number, address and since when it is heard.
    pub(super) fn up(&self) -> (u32, Option<String>, Since) {
        self.wait(|note| match note {
            Note::Up { epoch, url, since } => Some((*epoch, url.clone(), *since)),
            _ => None,
        })
    }

    /// Waits for the end of a socket.
    pub(super) fn down(&self) -> (u32, Lost) {
        self.wait(|note| match note {
            Note::Down { epoch, why } => Some((*epoch, why.clone())),
            _ => None,
        })
    }

    /// The next text, which must be of that socket; states are passed over.
    pub(super) fn text(&self, wanted: u32) -> (Direction, String) {
        self.wait(|note| match note {
            Note::Text { epoch, direction, text } => {
                assert_eq!(*epoch, wanted);
                Some((*direction, text.clone()))
            }
            Note::State(_) => None,
            other => panic!("expected a text, got {other:?}"),
        })
    }

    /// The page, once there is one.
    pub(super) fn page(&self) -> OpenPage {
        let mut pages = self.pages.clone();
        self.block_on(async move { pages.ready().await }).expect("there is a page")
    }

    pub(super) fn pages(&self) -> &Pages {
        &self.pages
    }

    pub(super) fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.asking.block_on(async {
            tokio::time::timeout(PATIENCE, future).await.expect("the page answers in time")
        })
    }

    /// Calls a function in a page.
    pub(super) fn call(
        &self,
        page: &OpenPage,
        function: &'static str,
    ) -> Result<serde_json::Value, Fault> {
        use replayer::live::browser::Page;
        self.block_on(page.call(function, &serde_json::Value::Null))
    }

    /// Stops it; it ends in whatever state it is, on a quiet machine within the grace of the runtime.
    pub(super) fn stop(self) -> Result<(), Error> {
        let begun = now();
        self.runtime.shutdown().stop();
        let ended = self.ended();
        promptly("a browser ends", begun.elapsed(), GRACE);
        ended
    }

    /// Waits until it ends by itself.
    pub(super) fn ended(self) -> Result<(), Error> {
        in_time("the supervisor ends", || self.runtime.wait())
    }
}
