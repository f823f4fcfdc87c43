//! The orders of an armed session: kept on disk, told when something becomes of them, and summed up
//! as what is open.
//!
//! ```text
//! click executor ─> OrderLog ─┬─> OrderJournal (thread) ─> orders.jsonl, flushed to disk
//!                             ├─> facts ─> terminal, --json
//!                             ├─> Notifier (thread) ─> notify.command
//!                             ├─> EvidencePlace: pictures, controls, frames of what failed
//!                             └─> Exposure ─> what is open: at every end, `replayer kill`, metrics
//! ```
//!
//! Nobody waits here but who asks to: the executor waits for the disk before it presses a button.

mod earlier;
mod evidence;
mod exposure;
mod fact;
mod frames;
mod journal;
mod line;
mod log;
mod notify;

pub use earlier::{EarlierOrder, EarlierOrders, Outcome, Settlement, settle};
pub use evidence::{Evidence, EvidencePlace};
pub use exposure::{Exposure, Market, OpenOrder, OpenPosition};
pub use fact::{OrderFact, OrderOutcome};
pub use frames::{Frames, KeptFrame};
pub use journal::{JournalFile, OrderJournal, Unwritten, open};
pub use line::{Head, Holdings, Learned, Line, OrderLine, VERSION};
pub use log::{OrderCounts, OrderEvent, OrderLog};
pub use notify::{Notices, Notifier, NotifyConfig};
