//! A client in a runtime of its own, and what it handed over.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use replayer::base::error::Error;
use replayer::base::runtime::{Runtime, Shutdown};
use replayer::feed::bridge::{
    Client, Config, ConnectionCounters, ConnectionCounts, Emitter, Incoming, Why,
};
use replayer::feed::socketio::{Event, Packet};
use serde_json::Value;

use crate::waiting::{PATIENCE, in_time, now, promptly};

/// What was handed over.
#[derive(Debug)]
pub(super) enum Note {
    Connected { sid: String, attempt: u32 },
    Event(String),
    Lost { why: Why, retry_in: Duration },
}

pub(super) struct Follower {
    runtime: Runtime,
    notes: Receiver<Note>,
    pub(super) emitter: Emitter,
    counters: Arc<ConnectionCounters>,
}

impl Follower {
    /// Follows a server until it is stopped.
    pub(super) fn start(config: Config) -> Self {
        let client = Client::new(config).unwrap();
        let (emitter, counters) = (client.emitter(), client.counters());
        let shutdown = Shutdown::new();
        let mut runtime = Runtime::start(shutdown.clone()).unwrap();
        let (sender, notes) = channel();
        let handler = move |incoming: Incoming<'_>| {
            let note = match incoming {
                Incoming::Connected { sid, attempt } => {
                    Note::Connected { sid: sid.to_owned(), attempt }
                }
                Incoming::Message { text, .. } => Note::Event(text.to_owned()),
                Incoming::Beat { .. } => return Ok(()),
                Incoming::Disconnected { why, retry_in } => {
                    Note::Lost { why: why.clone(), retry_in }
                }
            };
            let _ = sender.send(note);
            Ok(())
        };
        runtime.spawn("feed", client.follow(handler, shutdown));
        Self { runtime, notes, emitter, counters }
    }

    /// What happens next.
    pub(super) fn next(&self) -> Note {
        self.notes.recv_timeout(PATIENCE).expect("something is handed over")
    }

    /// Waits for the next connection; everything before it is passed over.
    pub(super) fn connected(&self) -> String {
        loop {
            if let Note::Connected { sid, .. } = self.next() {
                return sid;
            }
        }
    }

    /// Waits for the next loss; events before it are passed over.
    pub(super) fn lost(&self) -> Why {
        loop {
            if let Note::Lost { why, .. } = self.next() {
                return why;
            }
        }
    }

    /// The next event: name and payload. Nothing else may come before it.
    pub(super) fn event(&self) -> (String, Value) {
        match self.next() {
            Note::Event(text) => parsed(&text),
            other => panic!("expected an event, got {other:?}"),
        }
    }

    /// Expects `count` numbered events, from a number on, and nothing between them.
    pub(super) fn numbered(&self, from: u64, count: u64) {
        for n in from..from + count {
            let (name, payload) = self.event();
            assert_eq!((name.as_str(), payload["n"].as_u64()), ("numbered", Some(n)));
        }
    }

    /// Asserts that nothing comes for a while.
    pub(super) fn quiet(&self, time: Duration) {
        match self.notes.recv_timeout(time) {
            Err(RecvTimeoutError::Timeout) => {}
            other => panic!("expected nothing, got {other:?}"),
        }
    }

    pub(super) fn counts(&self) -> ConnectionCounts {
        self.counters.read()
    }

    /// The reasons why a client was not connected that ends by itself, and the error that it ends with.
    pub(super) fn gives_up(self) -> (Vec<Why>, Error) {
        let mut reasons = Vec::new();
        loop {
            match self.notes.recv_timeout(PATIENCE) {
                Ok(Note::Lost { why, .. }) => reasons.push(why),
                Err(RecvTimeoutError::Disconnected) => break,
                other => panic!("expected the end, got {other:?}"),
            }
        }
        (reasons, self.stop().0.unwrap_err())
    }

    /// Stops the client; returns how it ended and how long that took.
    pub(super) fn stop(self) -> (Result<(), Error>, Duration) {
        let begun = now();
        let runtime = self.runtime;
        let result = in_time("the client ends", || runtime.join_within(PATIENCE));
        (result, begun.elapsed())
    }

    /// Stops it, as it must be possible at any time: without an error, at once.
    pub(super) fn stop_well(self) {
        let (result, took) = self.stop();
        result.unwrap();
        promptly("a client ends", took, Duration::from_secs(2));
    }
}

/// Name and payload of an event.
pub(super) fn parsed(text: &str) -> (String, Value) {
    match Packet::parse(text).unwrap() {
        Packet::Event(event) => (event.name.to_string(), payload(&event)),
        other => panic!("expected an event, got {other:?}"),
    }
}

fn payload(event: &Event<'_>) -> Value {
    event.payload().map_or(Value::Null, |payload| serde_json::from_str(payload.get()).unwrap())
}
