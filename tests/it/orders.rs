//! Every order in which the threads of a model can run.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use shuttle::scheduler::DfsScheduler;
use shuttle::{Config, Runner};

/// Orders that are tried at most, of one model.
const ORDERS_MAX: usize = 2_000_000;

/// Plays a model in every order, all of them by assertion. Returns how many orders there are, and how they ended.
pub(crate) fn every_order<T: Ord + Send + 'static>(
    model: impl Fn() -> T + Send + Sync + 'static,
) -> (usize, BTreeSet<T>) {
    let ends = Arc::new(Mutex::new(BTreeSet::new()));
    let seen = Arc::clone(&ends);
    let runner = Runner::new(DfsScheduler::new(Some(ORDERS_MAX), false), Config::new());
    let orders = runner.run(move || {
        let end = model();
        seen.lock().unwrap().insert(end);
    });
    assert!(orders < ORDERS_MAX, "all of them were tried");
    let ends = std::mem::take(&mut *ends.lock().unwrap());
    (orders, ends)
}
