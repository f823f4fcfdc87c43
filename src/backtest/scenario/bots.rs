//! Reads the bots of a scenario.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{limits, rules};
use crate::base::document::{Raw, excerpt};
use crate::engine::BotSpec;
use crate::engine::strategy::Strategies;
use crate::engine::strategy::registry::{BotFactory, StrategyKind};
use crate::model::ids::BotId;
use crate::model::order::OrderLimits;

/// Maximum number of bots in a scenario.
const BOTS_MAX: u64 = 100_000;

/// Reads the list of bots.
pub(super) fn read(raw: Raw<'_>, strategies: &Strategies) -> Option<Vec<BotSpec>> {
    let listed = raw.list()?;
    if listed.is_empty() {
        raw.problem("`bots` is empty: at least one bot must play");
    }
    let mut bots = Bots::default();
    for entry in listed {
        // A wrong entry is noted at its position, and reading continues with the next.
        let _ = bots.add(entry, strategies);
    }
    Some(bots.seated)
}

/// The bots read so far, and the names in use.
#[derive(Default)]
struct Bots {
    seated: Vec<BotSpec>,
    /// The ids as written: names of groups.
    written: BTreeSet<BotId>,
    /// The ids as numbered: names of bots.
    taken: BTreeSet<BotId>,
    /// Number of bots requested so far, created or not.
    counted: u64,
}

impl Bots {
    /// Reads an entry: `(id: "…", strategy: …)`, repeated as its `count` says.
    fn add(&mut self, entry: Raw<'_>, strategies: &Strategies) -> Option<()> {
        if !matches!(entry.name(), "" | "Bot") {
            let found = excerpt(entry.text());
            entry.problem(format!("expected `(id: \"…\", strategy: …)`, not {found}"));
            return None;
        }
        let mut fields = entry.fields()?;
        let id_raw = fields.required_raw("id");
        let count = fields.raw("count").map(count);
        let latency = fields.raw("latency").map(rules::latency);
        let limits = fields.raw("limits").map(limits::read);
        let strategy = fields.required_raw("strategy").and_then(|raw| strategy(raw, strategies));
        fields.finish();

        let id_raw = id_raw?;
        let id: BotId = id_raw.read()?;
        entry.owner(id.as_str());
        if !self.written.insert(id) {
            return taken(id_raw, id);
        }
        let count = count.map_or(Some(None), |count| count.map(Some))?;
        self.make_room(entry, count.unwrap_or(1))?;
        let ids = match count {
            None => vec![id],
            Some(count) => numbered(id, count).map_err(|what| id_raw.problem(what)).ok()?,
        };
        for &id in &ids {
            if !self.taken.insert(id) {
                return taken(id_raw, id);
            }
        }
        let latency = latency.map_or(Some(None), |latency| latency.map(Some))?;
        let limits = limits.unwrap_or_else(|| Some(OrderLimits::default()))?;
        let (kind, factory) = strategy?;
        self.seated.extend(ids.into_iter().map(|id_of_one| BotSpec {
            id: id_of_one,
            strategy: kind.name(),
            factory: Arc::clone(&factory),
            group: id.to_string(),
            latency: latency.clone(),
            limits,
        }));
        Some(())
    }

    /// Counts bots before they are created, so that no scenario can request more than fit.
    fn make_room(&mut self, entry: Raw<'_>, count: u64) -> Option<()> {
        let before = self.counted;
        self.counted = before.saturating_add(count);
        if self.counted <= BOTS_MAX {
            return Some(());
        }
        if before <= BOTS_MAX {
            entry.problem(format!("more than {BOTS_MAX} bots in total, the maximum"));
        }
        None
    }
}

/// Notes that an earlier bot has the same id.
fn taken(place: Raw<'_>, id: BotId) -> Option<()> {
    place.problem(format!("an earlier bot is called `{id}`: each bot needs its own id"));
    None
}

fn count(raw: Raw<'_>) -> Option<u64> {
    raw.checked(|count| {
        (!(1..=BOTS_MAX).contains(count)).then(|| format!("must be from 1 to {BOTS_MAX}"))
    })
}

/// The names of identical bots: `crowd-0001` to `crowd-1000`.
fn numbered(id: BotId, count: u64) -> Result<Vec<BotId>, String> {
    let digits = count.to_string().len();
    let name = |number| {
        let name = format!("{id}-{number:0digits$}");
        BotId::new(&name).map_err(|error| format!("{name}: {error}"))
    };
    (1..=count).map(name).collect()
}

fn strategy<'a>(
    raw: Raw<'_>,
    strategies: &'a Strategies,
) -> Option<(&'a dyn StrategyKind, Arc<dyn BotFactory>)> {
    let Some(kind) = strategies.get(raw.name()) else {
        let known: Vec<&str> = strategies.iter().map(StrategyKind::name).collect();
        raw.unknown_name(&known);
        return None;
    };
    let mut fields = raw.fields()?;
    let factory = kind.read(&mut fields);
    fields.finish();
    Some((kind, factory))
}
