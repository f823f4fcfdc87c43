//! The feed ingest at a page of the site: its newest socket, and the feed that stands in while that
//! is silent.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::FeedIngest;
use crate::base::runtime::Shutdown;
use crate::feed::bridge::{self, Call, Halt, Incoming, Standby};
use crate::feed::capture::Direction;
use crate::feed::event::{GAME_STATE, is_event};
use crate::live::browser::{BrowserEvent, Scene, State, Supervisor, Tapped};
use crate::live::event::SessionEvent;
use crate::model::time::Stamp;

/// What is heard through a page.
#[derive(Debug)]
pub(in crate::live) struct PageFeed {
    /// The socket that is heard: the newest.
    socket: u32,
    /// When it last said something of the game; at first, when the session began.
    spoke: Stamp,
    /// Microseconds that it may be silent about the game before the feed stands in.
    silent_us: u64,
    /// What calls the feed, where one stands by.
    call: Option<Call>,
}

impl PageFeed {
    /// A page not heard yet; after `silent` without a message the feed stands in.
    pub(in crate::live) fn new(silent: Duration) -> Self {
        let silent_us = silent.as_micros().try_into().unwrap_or(u64::MAX);
        Self { socket: 0, spoke: Stamp::default(), silent_us, call: None }
    }

    /// Whether the feed stands in.
    fn is_stood_in(&self) -> bool {
        self.call.as_ref().is_some_and(Call::is_on)
    }

    fn call(&self, on: bool) {
        if let Some(call) = &self.call {
            call.set(on);
        }
    }
}

fn lock(ingest: &Mutex<FeedIngest>) -> MutexGuard<'_, FeedIngest> {
    ingest.lock().unwrap_or_else(PoisonError::into_inner)
}

impl FeedIngest {
    /// Follows a page until it is time to stop, and a feed while the page is silent.
    pub(in crate::live) async fn follow_page(
        mut self,
        supervisor: Supervisor,
        feed: Option<Box<bridge::Config>>,
        shutdown: Shutdown,
    ) -> (Result<(), Halt>, Self) {
        let (standby, call) = feed.map(|config| Standby::new(*config)).unzip();
        self.page.call = call;
        // Both are heard in one task: nobody ever waits for it.
        let ingest = Mutex::new(self);
        let over = shutdown.clone();
        // That the page goes when it is told to is not a loss.
        let observe = |observed: BrowserEvent<'_>| match over.is_stopped() {
            true => Ok(()),
            false => lock(&ingest).observe(&observed),
        };
        let page = supervisor.run(observe, shutdown.clone());
        let ended = match standby {
            None => page.await,
            Some(standby) => {
                let stand_in = |incoming: Option<Incoming<'_>>| lock(&ingest).stand_in(incoming);
                standby.beside(page, stand_in, shutdown).await
            }
        };
        (ended, ingest.into_inner().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes what comes from the feed while it stands in, and looks whether it has to.
    fn stand_in(&mut self, incoming: Option<Incoming<'_>>) -> Result<(), Halt> {
        match incoming {
            Some(incoming) if self.page.is_stood_in() => self.hear(incoming),
            Some(_) => Ok(()),
            None => {
                if self.clock.stamp().us_since(self.page.spoke) < self.page.silent_us {
                    return Ok(());
                }
                if let Some(page_events) = &self.page_events {
                    page_events.lost();
                }
                self.lost(&"the page's socket is silent; the feed stands in", Duration::ZERO)?;
                self.page.call(true);
                Ok(())
            }
        }
    }

    /// Takes what comes from the page. Of its sockets the newest is heard.
    fn observe(&mut self, observed: &BrowserEvent<'_>) -> Result<(), Halt> {
        match *observed {
            BrowserEvent::State(change) => {
                let state = format!("{:?}: {}", change.to, change.reason);
                self.happened(SessionEvent::Browser { state, ready: change.to == State::Ready });
                Ok(())
            }
            BrowserEvent::NoSocket { .. } => {
                self.happened(SessionEvent::NoSocket);
                Ok(())
            }
            BrowserEvent::Beat { at } => self.beat(at),
            BrowserEvent::Tapped(Tapped::Up { epoch, .. }) => {
                self.page.socket = epoch;
                self.counts.connects += 1;
                // While the feed stands in, the first frame says that the page is back.
                if self.page.is_stood_in() { Ok(()) } else { self.connected(1) }
            }
            BrowserEvent::Tapped(Tapped::Down { epoch, why }) if epoch == self.page.socket => {
                if self.page.is_stood_in() {
                    Ok(())
                } else {
                    self.lost(why, Duration::ZERO)
                }
            }
            BrowserEvent::Tapped(Tapped::Text { epoch, direction, at, arrived, text })
                if epoch == self.page.socket =>
            {
                if direction == Direction::Out {
                    return Ok(());
                }
                self.counts.frames += 1;
                self.counts.bytes += text.len() as u64;
                // Pings, and what the greeting is made of, are the page's business.
                if !text.starts_with("42") {
                    return Ok(());
                }
                self.counts.events += 1;
                let is_frame = is_event(text, GAME_STATE);
                if is_frame {
                    self.page.spoke = self.clock.stamp_of(arrived);
                }
                if self.page.is_stood_in() {
                    if !is_frame {
                        return Ok(());
                    }
                    self.page.call(false);
                    self.lost(&"the page's socket speaks again", Duration::ZERO)?;
                    self.connected(1)?;
                }
                self.take(at, self.clock.stamp_of(arrived), text)?;
                if is_frame && let Some(page_events) = &self.page_events {
                    let game = self.listener.machine().game();
                    let (phase, closed) = (self.listener.phase(), self.listener.closed());
                    page_events.scene(Scene { game, phase, closed, heard: arrived });
                }
                Ok(())
            }
            BrowserEvent::Tapped(_) => Ok(()),
        }
    }
}
