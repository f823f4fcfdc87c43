//! What a session hears from its click executor before it is armed, and while it is: whether the page
//! has what its orders need, and what is open in the account.

use crossbeam_channel::{Receiver, Sender, bounded};
use tokio::sync::watch;

use crate::engine::strategy::OrderKinds;
use crate::live::browser::account_states::AccountState;
use crate::live::browser::control_needs::{EntryChange, Unfit};
use crate::model::ids::GameId;

/// Changes that may wait to be told; what comes beyond them is not told.
const CHANGES_MAX: usize = 256;

/// What was seen of the page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum PageSight {
    /// There is no page yet, or it does not answer.
    #[default]
    Absent,
    /// These controls are needed and cannot be used.
    Unfit(Vec<Unfit>),
    /// Everything that is needed can be used.
    Fit,
}

/// What is known of a page and its account.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Readiness {
    /// The page, as it was last seen.
    pub page: PageSight,
    /// What is open or switched on in the account.
    pub states: Vec<AccountState>,
    /// Why the account cannot be used, where the site says so or what it says cannot be read.
    pub trouble: Option<String>,
    /// The game that is on, if it was heard from the beginning of its presale and bots decide in it.
    pub begun: Option<GameId>,
}

/// The end that the click executor holds.
#[derive(Debug)]
pub(super) struct ReadinessSource {
    pub(super) known: watch::Sender<Readiness>,
    pub(super) kinds: watch::Receiver<OrderKinds>,
    pub(super) changes: Sender<EntryChange>,
}

/// The end that the session holds.
#[derive(Debug)]
pub(super) struct ReadinessView {
    pub(super) known: watch::Receiver<Readiness>,
    pub(super) kinds: watch::Sender<OrderKinds>,
    pub(super) changes: Receiver<EntryChange>,
}

/// Makes both ends; every kind of order is needed until the session says otherwise.
pub(super) fn connect() -> (ReadinessSource, ReadinessView) {
    let (known, seen) = watch::channel(Readiness::default());
    let (needs, kinds) = watch::channel(OrderKinds::ALL);
    let (tell, changes) = bounded(CHANGES_MAX);
    let source = ReadinessSource { known, kinds, changes: tell };
    (source, ReadinessView { known: seen, kinds: needs, changes })
}
