//! Orders that are clicked in a page.

use std::fmt;
use std::sync::{Arc, OnceLock};

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::counter::{ConstCounter, Counter};
use prometheus_client::metrics::gauge::ConstGauge;

use super::super::LatencyHistogram;
use super::super::registry::MetricRegistry;
use crate::live::orders::OrderLog;
use crate::live::switch::ArmSwitch;

/// The numbers of clicking; all zero on paper.
#[derive(Debug, Clone)]
pub struct ClickMetrics {
    /// Orders that were executed.
    pub done: Counter,
    /// Orders of which the page showed what would be clicked.
    pub shown: Counter,
    /// Orders of which no button was pressed, or which the site refused.
    pub refused: Counter,
    /// Orders whose outcome nobody knows.
    pub unknown: Counter,
    /// How often the site's account and ours differed by more than roundings.
    pub drifts: Counter,
    /// From the decision to the click.
    pub click: LatencyHistogram,
    /// From the click to its confirmation.
    pub confirmed: LatencyHistogram,
    arming: ArmSwitchCell,
}

/// The switch and the orders of an armed session, looked at when somebody asks.
#[derive(Debug, Clone, Default)]
pub(super) struct ArmSwitchCell(Arc<OnceLock<(ArmSwitch, OrderLog)>>);

impl ClickMetrics {
    pub(super) fn new(metrics: &mut MetricRegistry<'_>) -> Self {
        let outcomes = ["done", "shown", "refused", "unknown"];
        let [done, shown, refused, unknown] = metrics.counters_of(
            "replayer_clicked_orders",
            "Orders that were to be clicked in the page, by outcome",
            ("outcome", outcomes),
        );
        Self {
            done,
            shown,
            refused,
            unknown,
            drifts: metrics.counter(
                "replayer_account_drifts",
                "How often the account of the site and ours differed by more than roundings",
            ),
            click: metrics.histogram("replayer_click_seconds", "Time from a decision to its click"),
            confirmed: metrics.histogram(
                "replayer_confirmation_seconds",
                "Time from a click to its confirmation by the site",
            ),
            arming: ArmSwitchCell::default(),
        }
    }

    /// The session is armed for real, until the switch is off.
    pub fn armed(&self, switch: &ArmSwitch, orders: &OrderLog) {
        // It is armed once.
        let _ = self.arming.0.set((switch.clone(), orders.clone()));
    }

    pub(super) fn arming(&self) -> ArmSwitchCell {
        self.arming.clone()
    }
}

impl Collector for ArmSwitchCell {
    fn encode(&self, mut encoder: DescriptorEncoder) -> fmt::Result {
        let (switch, orders) = self.0.get().map(|(switch, orders)| (switch, orders)).unzip();
        let armed = ConstGauge::new(i64::from(switch.is_some_and(ArmSwitch::is_on)));
        let help = "1 while orders may be clicked for real.";
        let kind = armed.metric_type();
        armed.encode(encoder.encode_descriptor("replayer_armed", help, None, kind)?)?;
        let disarms = ConstCounter::new(u64::from(switch.is_some_and(|switch| !switch.is_on())));
        let help = "How often an armed session was disarmed: at most once.";
        let kind = disarms.metric_type();
        disarms.encode(encoder.encode_descriptor("replayer_disarms", help, None, kind)?)?;
        let (counts, open) =
            orders.map(|orders| (orders.counts(), orders.open())).unwrap_or_default();
        for (name, help, count) in [
            (
                "replayer_order_lines_unwritten",
                "Lines on orders that the end of the session left unwritten",
                counts.unwritten,
            ),
            ("replayer_notices_sent", "Notices that notify.command took", counts.notices_sent),
            (
                "replayer_notices_failed",
                "Notices that notify.command failed at",
                counts.notices_failed,
            ),
            ("replayer_notices_dropped", "Notices that were dropped", counts.notices_dropped),
        ] {
            let counter = ConstCounter::new(count);
            let kind = counter.metric_type();
            counter.encode(encoder.encode_descriptor(name, help, None, kind)?)?;
        }
        for (name, help, amount) in [
            ("replayer_open_quantity", "Quantity held at the site", Some(open.quantity)),
            ("replayer_open_cost_sol", "What is held cost, in SOL", open.cost),
            (
                "replayer_open_worth_sol",
                "What is held is worth at the last price, in SOL",
                open.worth,
            ),
        ] {
            let gauge = ConstGauge::new(amount.unwrap_or_default().to_f64());
            let kind = gauge.metric_type();
            gauge.encode(encoder.encode_descriptor(name, help, None, kind)?)?;
        }
        let unknown = ConstGauge::new(i64::try_from(open.unknown.len()).unwrap_or(i64::MAX));
        let help = "Orders on their way or unknown.";
        let kind = unknown.metric_type();
        unknown.encode(encoder.encode_descriptor("replayer_open_orders", help, None, kind)?)
    }
}
