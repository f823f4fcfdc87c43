//! The hand-over from the writer of a recording to who packs its parts in every order that the two can run in,
//! checked on a model of it: the channel and the flag of `record::archive`, with room for one part in the place
//! of 16, and shuttle's primitives in the place of those that cannot be observed.

use shuttle::sync::Arc;
use shuttle::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use shuttle::sync::mpsc::{Receiver, sync_channel};
use shuttle::thread;

use crate::orders::every_order;

/// Parts that are finished one after another.
const PARTS: usize = 3;

/// A part on the disk: as it was written, half packed beside that, or packed.
const WRITTEN: u32 = 0;
const PENDING: u32 = 1;
const PACKED: u32 = 2;

fn pack(disk: &[AtomicU32; PARTS], finished: &Receiver<usize>, stop: &AtomicBool) {
    while let Ok(part) = finished.recv() {
        if stop.load(Ordering::SeqCst) {
            return;
        }
        assert_eq!(disk[part].swap(PENDING, Ordering::SeqCst), WRITTEN, "each is packed once");
        // Between two lines of it.
        let packed = if stop.load(Ordering::SeqCst) { WRITTEN } else { PACKED };
        disk[part].store(packed, Ordering::SeqCst);
    }
}

#[test]
fn in_every_order_of_its_threads_a_recorder_ends_and_leaves_no_part_half_packed() {
    let (orders, ends) = every_order(|| {
        let disk = Arc::new([const { AtomicU32::new(WRITTEN) }; PARTS]);
        let stop = Arc::new(AtomicBool::new(false));
        let (parts, finished) = sync_channel(1);
        let archivist = thread::spawn({
            let (disk, stop) = (Arc::clone(&disk), Arc::clone(&stop));
            move || pack(&disk, &finished, &stop)
        });
        for part in 0..PARTS {
            // The writer never waits: who finds no room stays as it is.
            let _ = parts.try_send(part);
        }
        stop.store(true, Ordering::SeqCst);
        drop(parts);
        archivist.join().unwrap();
        let left: Vec<_> = disk.iter().map(|part| part.load(Ordering::SeqCst)).collect();
        assert!(!left.contains(&PENDING), "{left:?}");
        left
    });
    eprintln!("measured: an archivist: {orders} orders, {} ends", ends.len());
    assert!(ends.contains(&vec![PACKED; PARTS]) && ends.contains(&vec![WRITTEN; PARTS]));
}
