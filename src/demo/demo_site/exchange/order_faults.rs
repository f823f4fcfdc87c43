//! What goes wrong with orders, and how often it still will.

use std::collections::{BTreeMap, VecDeque};
use std::ops::RangeInclusive;
use std::time::Duration;

use crate::demo::demo_site::command::{ExchangeFault, OrderFault};
use crate::model::order::Action;
use crate::model::quote::Quote;

/// Arrivals that are kept to be looked at; the oldest go first.
const ARRIVALS_MAX: usize = 2_000;

/// What is to go wrong, and what became of orders so far.
pub(super) struct OrderFaults {
    /// Milliseconds that an order takes.
    pub(super) latency_ms: RangeInclusive<u64>,
    /// How much later its acknowledgement comes.
    pub(super) late_ack: Duration,
    /// True after `logout`: every order is refused.
    pub(super) logged_out: bool,
    /// Orders that arrived, also those that were refused or lost.
    pub(super) taken: u64,
    /// What arrived, whatever became of it: the event, and how much.
    pub(super) arrived: VecDeque<String>,
    /// Orders that were carried out.
    pub(super) carried_out: u64,
    /// Orders that were refused.
    pub(super) refused: u64,
    /// Orders that were lost on purpose.
    pub(super) lost: u64,
    left: BTreeMap<OrderFault, u32>,
    cheats: BTreeMap<ExchangeFault, u32>,
}

impl OrderFaults {
    pub(super) const fn new(latency_ms: RangeInclusive<u64>) -> Self {
        Self {
            latency_ms,
            late_ack: Duration::ZERO,
            logged_out: false,
            taken: 0,
            arrived: VecDeque::new(),
            carried_out: 0,
            refused: 0,
            lost: 0,
            left: BTreeMap::new(),
            cheats: BTreeMap::new(),
        }
    }

    /// Counts an order that arrived, and keeps its description.
    pub(super) fn arrive(&mut self, what: String) {
        self.taken += 1;
        self.arrived.push_back(what);
        if self.arrived.len() > ARRIVALS_MAX {
            self.arrived.pop_front();
        }
    }

    /// The next `times` orders meet with a fault.
    pub(super) fn next(&mut self, fault: OrderFault, times: u32) {
        self.left.insert(fault, times);
    }

    /// Whether this one meets with it; uses one up.
    pub(super) fn meets(&mut self, fault: OrderFault) -> bool {
        use_up(&mut self.left, fault)
    }

    /// The exchange does this with the next `times` orders that it concerns.
    pub(super) fn cheat(&mut self, fault: ExchangeFault, times: u32) {
        self.cheats.insert(fault, times);
    }

    /// What the exchange does with this order, if not what was ordered; uses one up.
    pub(super) fn with(&mut self, action: Action, quote: Quote) -> Option<ExchangeFault> {
        let mut known = ExchangeFault::ALL.iter().copied().filter(|it| it.concerns(action, quote));
        known.find(|&fault| use_up(&mut self.cheats, fault))
    }

    /// Whether the exchange does this with a payout; uses one up.
    pub(super) fn pays(&mut self, fault: ExchangeFault) -> bool {
        use_up(&mut self.cheats, fault)
    }
}

fn use_up<F: Ord>(left: &mut BTreeMap<F, u32>, fault: F) -> bool {
    match left.get_mut(&fault) {
        Some(left) if *left > 0 => {
            *left -= 1;
            true
        }
        _ => false,
    }
}
