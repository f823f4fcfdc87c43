//! One game by its frames: the merged flags, the phase, and each frame's part of the path.

use super::path::HeardPath;
use crate::base::hex::Hex;
use crate::feed::anomaly::{Anomalies, Anomaly};
use crate::feed::fact::Fact;
use crate::feed::frame::FeedFrame;
use crate::feed::frame::prices::{ObservedPrices, partial, path};
use crate::games::number::{self, TICK_MAX};
use crate::model::ids::GameId;
use crate::model::quote::{Phase, Tick};

/// A game that the machine follows.
#[derive(Debug)]
pub(super) struct FollowedGame {
    pub(super) id: GameId,
    seed_hash: Option<Hex>,
    active: bool,
    rugged: bool,
    presale: bool,
    left_ms: Option<u32>,
    left_told_ms: Option<u32>,
    path: HeardPath,
}

impl FollowedGame {
    pub(super) fn new(id: GameId) -> Self {
        Self {
            id,
            seed_hash: None,
            active: false,
            rugged: false,
            presale: false,
            left_ms: None,
            left_told_ms: None,
            path: HeardPath::default(),
        }
    }

    /// The phase, by the tests of docs/spec/protocol.md#phases-and-boundaries in their order.
    pub(super) fn phase(&self) -> Phase {
        if self.path.is_over() || (self.rugged && self.active) {
            Phase::Rugged
        } else if self.active {
            Phase::Active
        } else if self.presale {
            Phase::Presale
        } else {
            Phase::Cooldown
        }
    }

    pub(super) fn highest(&self) -> Option<Tick> {
        self.path.highest()
    }

    pub(super) const fn is_over(&self) -> bool {
        self.path.is_over()
    }

    /// Reports the game once.
    pub(super) fn begin(&mut self, facts: &mut Vec<Fact>) {
        facts.push(Fact::Game { id: self.id, seed_hash: self.seed_hash });
        self.count_down(facts);
    }

    /// Reports that the rest of the game is unknown.
    pub(super) fn void(&mut self, facts: &mut Vec<Fact>) {
        self.path.end();
        facts.push(Fact::Void);
    }

    /// Merges a frame's flags into those of the frames before; missing means unchanged. False when
    /// the frame is older than the known state.
    pub(super) fn absorb(&mut self, frame: &FeedFrame<'_>, anomalies: &mut Anomalies) -> bool {
        match (self.seed_hash, frame.seed_hash) {
            (None, announced) => self.seed_hash = announced,
            (Some(known), Some(heard)) if !known.eq_ignore_ascii_case(&heard) => {
                anomalies.note(Anomaly::HashChanged { game: self.id });
            }
            _ => {}
        }
        let rugged = frame.rugged == Some(true);
        match frame.active {
            // A game that has begun ends with its rug; the flag may be missing by then.
            Some(false) if self.active && !rugged => return false,
            Some(true) => self.active = true,
            _ => {}
        }
        // Before tick 0 the flag can only be left over from the previous game.
        self.rugged |= rugged && self.active;
        self.presale = frame.presale.unwrap_or(self.presale);
        self.left_ms = frame.left_ms.or(self.left_ms);
        true
    }

    /// Takes a frame and reports the new facts.
    pub(super) fn hear(
        &mut self,
        frame: &FeedFrame<'_>,
        observed: &mut ObservedPrices,
        facts: &mut Vec<Fact>,
        anomalies: &mut Anomalies,
    ) {
        if self.is_over() {
            return;
        }
        if !self.absorb(frame, anomalies) {
            anomalies.note(Anomaly::Older);
            return;
        }
        if !self.active {
            self.count_down(facts);
            if self.presale {
                self.path.presale(false, facts);
            }
            return;
        }
        observed.clear();
        let end = frame.partial.and_then(|value| partial(value, observed, anomalies));
        if let Some(value) = frame.prices {
            path(value, observed, anomalies);
        }
        let now = if self.rugged && frame.rugged == Some(true) {
            self.rug(frame, end, observed, anomalies)
        } else {
            self.step(frame, observed, anomalies)
        };
        match now {
            Ok(now) => {
                for (tick, price) in observed.drain(..) {
                    self.path.observe(tick, price, anomalies);
                }
                self.path.tell(now, facts, anomalies);
            }
            Err(Rewritten) => self.rewritten(facts, anomalies),
        }
    }

    /// Completes the game from its entry in the history.
    pub(super) fn complete(
        &mut self,
        prices: &[f64],
        facts: &mut Vec<Fact>,
        anomalies: &mut Anomalies,
    ) {
        let longest = usize::try_from(TICK_MAX).map_or(usize::MAX, |tick| tick + 1);
        let prices: Option<Vec<_>> = prices.iter().map(|raw| number::within(*raw).ok()).collect();
        let Some(prices) = prices.filter(|prices| (2..=longest).contains(&prices.len())) else {
            anomalies.note(Anomaly::BadEntry);
            return;
        };
        if self.path.complete(&prices, anomalies) {
            (self.active, self.rugged) = (true, true);
            self.path.tell(None, facts, anomalies);
        } else {
            self.rewritten(facts, anomalies);
        }
    }

    fn rewritten(&mut self, facts: &mut Vec<Fact>, anomalies: &mut Anomalies) {
        anomalies.note(Anomaly::Rewritten { game: self.id });
        self.void(facts);
    }

    /// Reports the remaining time, unless the frame arrived out of order.
    fn count_down(&mut self, facts: &mut Vec<Fact>) {
        let Some(left_ms) = self.left_ms.filter(|_| !self.active) else { return };
        if self.left_told_ms.is_none_or(|told| left_ms < told) {
            self.left_told_ms = Some(left_ms);
            facts.push(Fact::Countdown { left_ms });
        }
    }

    /// Applies a frame of the active phase: its own tick and the ones before. Returns its own tick
    /// if that is new.
    fn step(
        &mut self,
        frame: &FeedFrame<'_>,
        observed: &mut ObservedPrices,
        anomalies: &mut Anomalies,
    ) -> Result<Option<Tick>, Rewritten> {
        let (now, price) = match (frame.tick, frame.price) {
            (Some(now), Some(price)) => (now, price),
            (None, None) => return Ok(None),
            _ => {
                anomalies.note(Anomaly::Incomplete);
                return Ok(None);
            }
        };
        // Ignore prices of later ticks until the frames that they belong to.
        if observed.iter().any(|(tick, _)| *tick > now) {
            anomalies.note(Anomaly::Incomplete);
        }
        // Two prices for the current tick: neither can be trusted.
        let doubtful = observed.iter().any(|(tick, known)| *tick == now && *known != price);
        observed.retain(|(tick, _)| *tick < now);
        if doubtful {
            anomalies.note(Anomaly::Contradiction { tick: now });
            return Ok(None);
        }
        let due = self.path.highest().map_or(0, |highest| highest + 1);
        if now > due {
            anomalies.note(Anomaly::Gap { from: due, to: now });
        } else if now < due {
            anomalies.note(Anomaly::Older);
        }
        Ok(self.path.observe(now, price, anomalies).then_some(now))
    }

    /// Applies a rugged frame. The first one decides; the tick of the second one has counted on,
    /// but the end of its `partialPrices` has not (docs/spec/protocol.md#phases-and-boundaries).
    fn rug(
        &mut self,
        frame: &FeedFrame<'_>,
        end: Option<Tick>,
        observed: &mut ObservedPrices,
        anomalies: &mut Anomalies,
    ) -> Result<Option<Tick>, Rewritten> {
        let rug = self.path.rug().or_else(|| self.rug_tick(frame, end, observed, anomalies));
        // Where the rug's tick is unknown, so is the meaning of the frame's last price.
        let beyond = rug.or_else(|| observed.iter().map(|(tick, _)| *tick).max());
        observed.retain(|(tick, _)| beyond.is_none_or(|beyond| *tick < beyond));
        let (Some(rug), Some(price)) = (rug, frame.price) else { return Ok(None) };
        if self.path.rug().is_some() {
            return Ok(None);
        }
        let held = self.path.highest() >= Some(rug);
        if !self.path.rug_at(rug, price, anomalies) {
            return Err(Rewritten);
        }
        Ok((frame.tick == Some(rug) && !held).then_some(rug))
    }

    /// The tick of the rug, if a rugged frame determines it.
    fn rug_tick(
        &self,
        frame: &FeedFrame<'_>,
        end: Option<Tick>,
        observed: &ObservedPrices,
        anomalies: &mut Anomalies,
    ) -> Option<Tick> {
        let price = frame.price?;
        // `prices` alone, in the first frame of a connection, determines it as `partialPrices`
        // does.
        let last = observed.iter().max_by_key(|(tick, _)| *tick);
        let agreed = last.filter(|(_, known)| *known == price).map(|(tick, _)| *tick);
        match (end, agreed) {
            (None, Some(tick)) => Some(tick),
            (Some(end), Some(tick)) if end == tick => Some(tick),
            (Some(tick), _) => {
                anomalies.note(Anomaly::Contradiction { tick });
                None
            }
            // The rug is neither before the next tick nor after the frame's tick.
            (None, None) => frame.tick.filter(|tick| *tick == self.path.next()),
        }
    }
}

/// A frame contradicts what was already reported.
struct Rewritten;
