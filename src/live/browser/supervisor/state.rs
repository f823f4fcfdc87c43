//! The states of a supervisor, and why one follows another.

use std::time::Duration;

use thiserror::Error;

use crate::live::browser::tap::Lost;

/// What a supervisor is at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Nothing was attempted yet.
    Idle,
    /// A browser is being started.
    Launching,
    /// A browser is there and its page is being opened.
    Attaching,
    /// The page is there and can be used.
    Ready,
    /// The browser is there, and the page cannot be used.
    Degraded,
    /// There is no browser; the next attempt comes after this wait.
    Backoff(Duration),
    /// The supervisor has ended.
    Stopped,
}

/// One state after another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateChange {
    /// The state before the change.
    pub from: State,
    /// The state after the change.
    pub to: State,
    /// Why the state changed.
    pub reason: StateReason,
    /// Attempts since the page was last there, this one included: from 1.
    pub attempt: u32,
}

/// Why a state follows another. No address in it has its query.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum StateReason {
    /// It is time to begin.
    #[error("it begins")]
    Begin,
    /// The browser answers its first command.
    #[error("the browser answers")]
    Connected,
    /// A document is being loaded.
    #[error("the page is being loaded")]
    Loading,
    /// The page of the site is there.
    #[error("the page is there")]
    Loaded,
    /// No browser could be had.
    #[error("{0}")]
    NoBrowser(String),
    /// The process of the browser ended.
    #[error("the browser ended: {0}")]
    Exited(String),
    /// The line to the browser broke.
    #[error("the line to the browser broke: {0}")]
    Broken(String),
    /// The browser hangs: this many commands in a row had no answer.
    #[error("the browser did not answer {0} times")]
    Silent(u32),
    /// No tab could be had.
    #[error("no tab: {0}")]
    NoTab(String),
    /// The tab was closed.
    #[error("the tab was closed")]
    TabClosed,
    /// The page's renderer crashed.
    #[error("the page crashed")]
    Crashed,
    /// A dialog stands before the page: alert, confirm, prompt or beforeunload.
    #[error("a dialog stands before the page: {0}")]
    Dialog(String),
    /// Another tab or window is in front of the page.
    #[error("the page is not in front: another tab or window is")]
    NotInFront,
    /// The tab shows something else.
    #[error("the tab is elsewhere: {0}")]
    OtherPage(String),
    /// The page could not be loaded.
    #[error("the page could not be loaded: {0}")]
    Unreachable(String),
    /// The page hangs, with what it did not answer.
    #[error("the page does not answer: {0}")]
    Unresponsive(String),
    /// The supervisor was told to stop.
    #[error("told to stop")]
    Stop,
    /// It makes no sense to go on.
    #[error("given up: {0}")]
    GaveUp(String),
}

impl StateReason {
    /// What it means for the sockets of the page.
    pub(super) const fn loss(&self) -> Lost {
        match self {
            Self::TabClosed | Self::NoTab(_) => Lost::Detached,
            Self::Crashed => Lost::Crashed,
            Self::OtherPage(_) | Self::Unreachable(_) | Self::Loading | Self::Loaded => {
                Lost::Navigated
            }
            _ => Lost::Browser,
        }
    }
}
