//! The orders of an armed session: where their journal lies, and what earlier sessions left in it.

use std::path::{Path, PathBuf};

use serde::Serialize;
use tracing::{info, warn};

use super::super::console::Console;
use crate::base::decimals::counted;
use crate::base::error::{Error, ErrorKind};
use crate::cli::settings::Settings;
use crate::live::orders::{
    self, EarlierOrder, EarlierOrders, EvidencePlace, Notifier, OrderJournal, OrderLog, Outcome,
};

/// The journal in a session's folder.
const JOURNAL: &str = "orders.jsonl";
/// The folder of evidence in it.
const EVIDENCE: &str = "evidence";
/// Orders of earlier sessions that the terminal shows, beside those that are unknown.
const SHOWN: usize = 20;

/// An order of an earlier session, as a JSON line.
#[derive(Serialize)]
struct EarlierLine<'a> {
    event: &'static str,
    #[serde(flatten)]
    order: &'a EarlierOrder,
}

/// The folders of an armed session.
pub(super) struct ArmedFolders {
    /// The session's folder, with the journal of its orders.
    root: PathBuf,
    /// The folder of what is played now: the session's, or one in it.
    pub(super) run: PathBuf,
}

/// A journal that is open and locked, and what it says of earlier sessions.
type Opened = (orders::JournalFile, EarlierOrders);

impl ArmedFolders {
    /// The folders of a session: a new one, or one that goes on. What was played before cannot be
    /// played again, since its fills are the site's: what comes now is a part of its own, with the
    /// same journal of orders, which is locked from here on.
    ///
    /// # Errors
    /// When the session was played on paper, is in use, or its journal cannot be read.
    pub(super) fn of(root: PathBuf, goes_on: bool) -> Result<(Self, Option<Opened>), Error> {
        let journal = root.join(JOURNAL);
        if !goes_on {
            return Ok((Self { run: root.clone(), root }, None));
        }
        if !journal.exists() {
            if is_empty(&root) {
                return Ok((Self { run: root.clone(), root }, None));
            }
            if is_empty(&root.join("recording")) {
                // Killed before it had heard, or ordered, anything.
                return Ok((Self { run: next_part(&root), root }, None));
            }
            let what = format!("{} has no {JOURNAL}: it was not armed", root.display());
            return Err(Error::new(ErrorKind::Io, what)
                .hint("an armed session goes on with orders; give --out another folder"));
        }
        let opened = orders::open(&journal)?;
        Ok((Self { run: next_part(&root), root }, Some(opened)))
    }

    /// Begins the journal of this session's orders, once the folder is there, and shows what
    /// earlier sessions left.
    ///
    /// # Errors
    /// When it cannot be written, or the command that notifies cannot be used.
    pub(super) fn begin(
        self,
        opened: Option<Opened>,
        bot: String,
        settings: &Settings,
        (console, json): (Console, bool),
    ) -> Result<OrderLog, Error> {
        let path = self.root.join(JOURNAL);
        let (file, earlier) = match opened {
            Some(opened) => opened,
            None => orders::open(&path)?,
        };
        show(&earlier, &path, (console, json))?;
        let journal = OrderJournal::begin(file, &earlier)?;
        let notifier = Notifier::start(&settings.notify)?;
        let most = settings.live.evidence_orders;
        let folder = self.root.join(EVIDENCE);
        let evidence = (most > 0).then(|| EvidencePlace::new(folder, journal.session(), most));
        Ok(OrderLog::new(bot, Some((journal, earlier)), notifier, evidence))
    }
}

/// Whether a folder is not there, or nothing is in it.
fn is_empty(folder: &Path) -> bool {
    folder.read_dir().map_or(true, |mut entries| entries.next().is_none())
}

/// The next free folder of a session that goes on.
fn next_part(root: &Path) -> PathBuf {
    let mut parts = (2..).map(|number: u32| root.join(format!("part-{number:03}")));
    parts.find(|part| !part.exists()).unwrap_or_else(|| root.to_owned())
}

/// The log of a session that keeps nothing on disk.
///
/// # Errors
/// When the command that notifies cannot be used.
pub(super) fn unkept(bot: String, settings: &Settings) -> Result<OrderLog, Error> {
    Ok(OrderLog::new(bot, None, Notifier::start(&settings.notify)?, None))
}

/// Refuses to go on on paper with a session that was armed: its fills are not in its recording.
///
/// # Errors
/// When it was armed.
pub(super) fn was_not_armed(folder: &Path) -> Result<(), Error> {
    if !folder.join(JOURNAL).exists() {
        return Ok(());
    }
    let what = format!("{} is of an armed session: it cannot go on on paper", folder.display());
    Err(Error::new(ErrorKind::Usage, what).hint("go on with --armed, or give --out another folder"))
}

/// Shows the orders of earlier sessions: each done, refused or unknown.
fn show(
    earlier: &EarlierOrders,
    path: &Path,
    (console, json): (Console, bool),
) -> Result<(), Error> {
    let orders = &earlier.orders;
    if orders.is_empty() {
        return Ok(());
    }
    if json {
        let line = |order| EarlierLine { event: "earlier_order", order };
        orders.iter().try_for_each(|order| console.print_json(&line(order)))?;
    }
    let [done, refused, unknown] = earlier.counts();
    info!(
        "earlier sessions: {}: {done} done, {refused} refused, {unknown} unknown ({})",
        counted(orders.len(), "order"),
        path.display()
    );
    let first = orders.len().saturating_sub(SHOWN);
    for (at, order) in orders.iter().enumerate() {
        match &order.outcome {
            Outcome::Unknown(_) => warn!("{order}; the account will be asked"),
            _ if at >= first => info!("{order}"),
            _ => {}
        }
    }
    Ok(())
}
