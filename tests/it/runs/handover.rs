//! The hand-over from the threads of a run to its journal in every order that they can run in,
//! checked on a model of it: the threads, channel and flag of `run::run`, with room for no game in
//! the place of 16, and shuttle's primitives in the place of those that cannot be observed.

use std::collections::BTreeSet;

use shuttle::sync::Arc;
use shuttle::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use shuttle::sync::mpsc::{Receiver, sync_channel};
use shuttle::thread;

use crate::orders::every_order;

/// Games of the run, and threads that play them.
const GAMES: u32 = 2;
const THREADS: usize = 2;

/// Collects games in their order until one cannot be kept. Says which were, and whether all could.
fn collect(finished: &Receiver<u32>, fails_at: Option<u32>) -> (Vec<u32>, bool) {
    let (mut early, mut kept) = (BTreeSet::new(), Vec::new());
    while let Ok(game) = finished.recv() {
        early.insert(game);
        while early.remove(&u32::try_from(kept.len()).unwrap()) {
            if fails_at == Some(u32::try_from(kept.len()).unwrap()) {
                return (kept, false);
            }
            kept.push(u32::try_from(kept.len()).unwrap());
        }
    }
    (kept, true)
}

/// Plays every order of a run whose journal fails at a game, or that is told to stop at any moment
/// until then. Returns how many orders there are, and how many games were kept in them.
fn explore(fails_at: Option<u32>, is_stopped: bool) -> (usize, BTreeSet<usize>) {
    every_order(move || {
        let (queue, halt) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicBool::new(false)));
        let (sender, finished) = sync_channel(0);
        let workers: Vec<_> = (0..THREADS)
            .map(|_| {
                let (queue, halt, sender) = (Arc::clone(&queue), Arc::clone(&halt), sender.clone());
                thread::spawn(move || {
                    loop {
                        let game = queue.fetch_add(1, Ordering::SeqCst);
                        if game >= GAMES {
                            return true;
                        }
                        if halt.load(Ordering::SeqCst) {
                            return false;
                        }
                        // The reader is gone: the run is over.
                        let _ = sender.send(game);
                    }
                })
            })
            .collect();
        drop(sender);
        if is_stopped {
            // The threads are anywhere by now.
            halt.store(true, Ordering::SeqCst);
        }
        let (kept, could) = collect(&finished, fails_at);
        if !could {
            halt.store(true, Ordering::SeqCst);
        }
        drop(finished);
        let ended = workers.into_iter().fold(true, |all, worker| all & worker.join().unwrap());
        // Whatever came, what was kept is the beginning of the run; and all of it when nobody
        // stopped it.
        assert!(kept.iter().copied().eq(0..u32::try_from(kept.len()).unwrap()));
        assert_eq!(could, fails_at.is_none_or(|game| kept.len() < game as usize));
        if could && ended {
            assert_eq!(kept.len(), GAMES as usize, "complete means all of them");
        }
        kept.len()
    })
}

#[test]
fn in_every_order_of_its_threads_a_run_keeps_its_games_in_order_and_ends() {
    let all = GAMES as usize;
    for (fails_at, is_stopped, wanted) in
        [(None, false, vec![all]), (Some(0), false, vec![0]), (None, true, (0..=all).collect())]
    {
        let (orders, lengths) = explore(fails_at, is_stopped);
        eprintln!(
            "measured: a journal that fails at {fails_at:?}, stopped {is_stopped}: {orders} orders"
        );
        assert_eq!(lengths.into_iter().collect::<Vec<_>>(), wanted);
    }
}
