//! Writes the losses of an account to its record, beside everything else that a session does.

use std::time::Duration;

use tokio::sync::watch;
use tokio::task::{JoinHandle, spawn_blocking};
use tokio::time::timeout;

use super::Doubt;
use crate::base::error::Error;
use crate::live::browser::loss_record::LossRecord;
use crate::live::browser::risk::KeptLosses;

/// Longest wait for the last losses to be on the disk when a session ends.
const LAST: Duration = Duration::from_millis(500);

/// Writes the newest losses, one after the other, on a thread for what blocks.
#[derive(Debug)]
pub(super) struct LossWriter {
    losses: watch::Sender<Numbered>,
    written: watch::Receiver<Written>,
    /// Changes that may reach the disk at any moment.
    pending: Vec<(u64, KeptLosses)>,
    task: JoinHandle<()>,
}

/// Losses by the number of their change.
#[derive(Debug, Clone, Copy, Default)]
struct Numbered {
    number: u64,
    losses: Option<KeptLosses>,
}

/// How far the disk has followed.
#[derive(Debug, Clone, Default)]
struct Written {
    /// The last change that was tried.
    number: u64,
    /// What is on the disk for certain.
    losses: Option<KeptLosses>,
    /// Why the last change is not.
    failed: Option<String>,
}

impl LossWriter {
    /// Starts to write the losses of a record that is ours. Needs a runtime.
    pub(super) fn start(record: LossRecord) -> Self {
        let (losses, newest) = watch::channel(Numbered::default());
        let (told, written) = watch::channel(Written::default());
        let task = tokio::spawn(write(record, newest, told));
        Self { losses, written, pending: Vec::new(), task }
    }

    /// Has losses written that differ from the last ones, or could not be written.
    pub(super) fn keep(&mut self, kept: KeptLosses) {
        let Written { number: tried, failed, .. } = self.written.borrow().clone();
        self.pending.retain(|(number, _)| *number > tried);
        let Numbered { number, losses } = *self.losses.borrow();
        let is_lost = tried == number && failed.is_some();
        if losses != Some(kept) || is_lost {
            let number = number + 1;
            self.pending.push((number, kept));
            self.losses.send_replace(Numbered { number, losses: Some(kept) });
        }
    }

    /// Whether the disk has at least these losses, and goes on having them.
    pub(super) fn has(&self, kept: &KeptLosses) -> Result<(), Doubt> {
        let written = self.written.borrow();
        let mut pending = self.pending.iter().filter(|(number, _)| *number > written.number);
        let is_kept = pending.all(|(_, losses)| losses.covers(kept));
        match (&written.losses, &written.failed) {
            (Some(losses), _) if losses.covers(kept) && is_kept => Ok(()),
            (_, Some(why)) => Err(format!("the loss record cannot be written: {why}")),
            _ => Err("the loss record is not on the disk yet".to_owned()),
        }
    }

    /// Waits until the newest losses are on the disk, or cannot be.
    pub(super) async fn written(&mut self) -> Result<(), Doubt> {
        let Numbered { number, losses } = *self.losses.borrow();
        let followed = self.written.wait_for(|written| written.number >= number).await;
        followed.map_err(|_| "the loss record is no longer written")?;
        losses.map_or(Ok(()), |losses| self.has(&losses))
    }

    /// Has the last losses written. A disk that hangs is left alone: what it has is more.
    pub(super) async fn close(self) {
        drop(self.losses);
        let _ = timeout(LAST, self.task).await;
    }
}

async fn write(
    mut record: LossRecord,
    mut newest: watch::Receiver<Numbered>,
    told: watch::Sender<Written>,
) {
    while newest.changed().await.is_ok() {
        let Numbered { number, losses } = *newest.borrow_and_update();
        let Some(losses) = losses else { continue };
        // The disk is waited for on a thread that nobody else needs.
        let saved = spawn_blocking(move || (record.save(&losses), record)).await;
        let Ok((saved, same)) = saved else { return };
        record = same;
        told.send_modify(|written| match saved {
            Ok(()) => *written = Written { number, losses: Some(losses), failed: None },
            Err(error) => {
                (written.number, written.failed) = (number, Some(in_one_line(&error)));
            }
        });
    }
}

/// An error with its cause and what to do, as a part of a sentence.
pub(super) fn in_one_line(error: &Error) -> String {
    error.to_string().lines().map(str::trim).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::live::browser::loss_record::LossFolder;
    use crate::live::browser::risk::SpanTotals;
    use crate::model::sol::Sol;

    fn losses(milli: i64) -> KeptLosses {
        let totals = SpanTotals { lost: Sol::milli(milli), orders: 1 };
        KeptLosses { day: 3, today: totals, in_all: totals }
    }

    #[test]
    fn losses_that_cannot_be_written_are_said_and_written_when_they_can_be() {
        let place = tempfile::tempdir().unwrap();
        let (path, moved) = (place.path().join("accounts"), place.path().join("moved"));
        let folder = LossFolder::new(path.clone(), &"https://rugs.example/".parse().unwrap());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let (record, _) = folder.open("did:one").unwrap();
            let mut writer = LossWriter::start(record);
            writer.keep(losses(1));
            assert!(writer.has(&losses(1)).unwrap_err().contains("not on the disk yet"));
            assert_eq!(writer.written().await, Ok(()));
            // More than what is asked for is as good, unless less is on its way to the disk.
            assert_eq!(writer.has(&losses(0)), Ok(()));
            writer.keep(losses(0));
            assert_eq!(writer.has(&losses(0)), Ok(()));
            assert!(writer.has(&losses(1)).is_err());
            writer.keep(losses(1));
            assert!(writer.has(&losses(1)).is_err());
            assert_eq!(writer.written().await, Ok(()));
            assert_eq!(writer.has(&losses(1)), Ok(()));

            fs::rename(&path, &moved).unwrap();
            writer.keep(losses(2));
            let why = writer.written().await.unwrap_err();
            assert!(why.contains("the loss record cannot be written"), "{why}");
            assert_eq!(writer.has(&losses(1)), Ok(()), "what was written before is still there");

            // The same losses once more, when the disk is there again.
            fs::rename(&moved, &path).unwrap();
            writer.keep(losses(2));
            assert_eq!(writer.written().await, Ok(()));
            writer.keep(losses(1));
            writer.close().await;
        });
        let (_record, kept) = folder.open("did:one").unwrap();
        assert_eq!(kept, losses(1), "the last losses of a session are written at its end");
    }
}
