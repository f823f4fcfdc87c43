//! The hand-over of a session in every order that its threads can run in, checked on a model of it.
//!
//! The model has the threads, channels and flags of `live::play` and of the recorder's spool, with
//! their capacities cut down to one, and shuttle's primitives in the place of crossbeam's, which
//! cannot be observed. It stands for their protocol; that the real ones keep it under load is in
//! `bridge::shutdown` (thousands of starts and stops).

use std::collections::BTreeSet;

use shuttle::sync::Arc;
use shuttle::sync::atomic::{AtomicBool, Ordering};
use shuttle::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use shuttle::thread;

use crate::orders::every_order;

/// What the feed tells: numbered messages.
const MESSAGES: u32 = 2;

/// How the edge ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Ended {
    /// It was stopped, or had told everything.
    Quietly,
    /// The world did not keep up.
    Overflow,
}

/// What the edge knows at its end.
struct EdgeSummary {
    ended: Ended,
    /// Messages that went to the world.
    told: u32,
    /// Messages that the recorder's queue had no room for.
    lost: u32,
    /// Messages that the recorder wrote.
    written: u32,
}

/// The edge: recorder first, then the world; never waits. At its end the recorder drains.
fn edge(world: SyncSender<u32>, stop: &AtomicBool, summary: &SyncSender<EdgeSummary>) {
    let (queue, items) = sync_channel(1);
    let recorder = thread::spawn(move || {
        let mut written = 0;
        while items.recv().is_ok() {
            written += 1;
        }
        written
    });
    let (mut told, mut lost, mut ended) = (0, 0, Ended::Quietly);
    for message in 0..MESSAGES {
        if stop.load(Ordering::SeqCst) {
            break;
        }
        lost += u32::from(queue.try_send(message).is_err());
        match world.try_send(message) {
            Ok(()) => told += 1,
            // The world has all the games it wanted.
            Err(TrySendError::Disconnected(_)) => {}
            Err(TrySendError::Full(_)) => {
                ended = Ended::Overflow;
                break;
            }
        }
    }
    drop(queue);
    let written = recorder.join().unwrap();
    summary.send(EdgeSummary { ended, told, lost, written }).unwrap();
    // Only now is the world let go of: it must not take the end of the edge for its own.
    drop(world);
}

/// The world: takes messages until it has enough, or the edge lets go.
fn world(messages: &Receiver<u32>, enough: usize) -> Vec<u32> {
    let mut heard = Vec::new();
    while heard.len() < enough
        && let Ok(message) = messages.recv()
    {
        heard.push(message);
    }
    heard
}

/// Plays every order of a session in which the world takes some messages and then stops the edge,
/// wherever that is. Returns how many orders there are, and what ended them.
fn explore(enough: usize) -> (usize, BTreeSet<Ended>) {
    every_order(move || {
        let (to_world, messages) = sync_channel(1);
        let (sender, closings) = sync_channel(1);
        let stop = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&stop);
        let task = thread::spawn(move || edge(to_world, &flag, &sender));
        let heard = world(&messages, enough);
        stop.store(true, Ordering::SeqCst);
        task.join().unwrap();
        let summary = closings.try_recv().expect("what the edge knows is there once it has ended");
        // What was heard has no hole, and nothing that was told before the end is missing.
        let whole: Vec<u32> = (0..u32::try_from(heard.len()).unwrap()).collect();
        assert_eq!(heard, whole);
        let told = usize::try_from(summary.told).unwrap();
        assert!(heard.len() == told || (heard.len() == enough && told >= enough));
        // Whatever came was written or counted as lost.
        let came = summary.told + u32::from(summary.ended == Ended::Overflow);
        assert_eq!(summary.written + summary.lost, came);
        summary.ended
    })
}

#[test]
fn in_every_order_of_its_threads_a_session_ends_with_nothing_lost_unsaid() {
    // Interrupted at any moment, with all its games, and as long as the edge goes on.
    for enough in [0, 1, usize::MAX] {
        let (orders, endings) = explore(enough);
        eprintln!("a world that wants {enough} messages: {orders} orders, {endings:?}");
        assert!(endings.contains(&Ended::Quietly) && endings.contains(&Ended::Overflow));
    }
}
