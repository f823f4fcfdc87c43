//! How long things take in a live world: from a message to the decisions on it, from a decision to
//! its fill. Two stages of its own around the others, which measure and change nothing.

use std::sync::Arc;
use std::time::Duration;

use bevy_app::App;
use bevy_ecs::prelude::*;

use crate::base::clock::Clock;
use crate::engine::bot::{Bot, InFlight};
use crate::engine::inbox::Inbox;
use crate::engine::schedule::{Tick, TickSystems};
use crate::feed::latency::Gauge;
use crate::live::monitor::Metrics;
use crate::model::time::Stamp;

/// The times so far.
#[derive(Resource, Debug)]
pub(super) struct Meter {
    clock: Clock,
    /// Where everybody sees it.
    metrics: Arc<Metrics>,
    /// When this tick began, in nanoseconds.
    began: u64,
    /// From the arrival of a message to the end of the tick that it made, in microseconds: decisions,
    /// orders and bookings are done by then.
    pub(super) decision: Gauge,
    /// From the end of the tick at which an order was sent to that at which it was filled or
    /// refused, in microseconds.
    pub(super) fill: Gauge,
    /// Most messages and frames that waited behind a tick.
    pub(super) backlog_max: usize,
    /// When the order in flight of each bot was sent.
    sent: Vec<Option<Stamp>>,
}

/// Adds the stage that measures times.
pub(super) fn plugin(app: &mut App, clock: Clock, metrics: Arc<Metrics>) {
    let (decision, fill, sent) = (Gauge::default(), Gauge::default(), Vec::new());
    app.insert_resource(Meter { clock, metrics, began: 0, decision, fill, backlog_max: 0, sent })
        .add_systems(Tick, begin.before(TickSystems::Ingest))
        .add_systems(Tick, measure.after(TickSystems::Record));
}

fn begin(mut meter: ResMut<Meter>) {
    meter.began = meter.clock.nanos();
}

fn measure(inbox: Res<Inbox>, bots: Query<(&Bot, &InFlight)>, mut meter: ResMut<Meter>) {
    let now = meter.clock.stamp();
    if let Some(arrived) = inbox.arrived() {
        let took = now.us_since(arrived);
        meter.decision.record(took);
        meter.metrics.world.decision.observe(Duration::from_micros(took));
    }
    meter.backlog_max = meter.backlog_max.max(inbox.backlog());
    let Meter { sent, fill, metrics, began, clock, .. } = &mut *meter;
    bots.iter().for_each(|(bot, in_flight)| {
        let bot = bot.index.at();
        if sent.len() <= bot {
            sent.resize(bot + 1, None);
        }
        match (in_flight.is_on_its_way(), sent[bot]) {
            (true, None) => sent[bot] = Some(now),
            (false, Some(when)) => {
                let took = now.us_since(when);
                fill.record(took);
                metrics.world.fill.observe(Duration::from_micros(took));
                sent[bot] = None;
            }
            (true, Some(_)) | (false, None) => {}
        }
    });
    metrics.world.step.observe(Duration::from_nanos(clock.nanos().saturating_sub(*began)));
}
