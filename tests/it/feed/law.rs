//! The law of order of facts, checked fact by fact.

use std::collections::BTreeSet;

use replayer::feed::Fact;
use replayer::games::fair::seeds::Reveal;
use replayer::model::ids::GameId;
use replayer::model::quote::Tick;

/// How a game ended, as told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    Rug,
    Void,
    /// Not yet.
    Open,
}

/// One game as told.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) id: GameId,
    pub(crate) presale_late: Option<bool>,
    /// Price and lateness of ticks 0, 1, 2 and so on, the rug last.
    pub(crate) ticks: Vec<(f64, bool)>,
    pub(crate) end: End,
}

/// Everything told so far; breaks on the first fact that is out of order.
#[derive(Debug, Default)]
pub(crate) struct Law {
    pub(crate) games: Vec<Told>,
    pub(crate) seeds: Vec<Reveal>,
    revealed: BTreeSet<GameId>,
    left_ms: Option<u32>,
}

impl Law {
    /// Takes facts in their order.
    ///
    /// # Errors
    /// What is wrong with the first that breaks the law.
    pub(crate) fn follow(&mut self, facts: &[Fact]) -> Result<(), String> {
        facts.iter().try_for_each(|fact| self.take(fact).map_err(|why| format!("{fact:?}: {why}")))
    }

    fn take(&mut self, fact: &Fact) -> Result<(), String> {
        let is = |holds: bool, why: &str| if holds { Ok(()) } else { Err(why.to_owned()) };
        if let Fact::Seed(reveal) = fact {
            is(self.revealed.insert(reveal.game_id), "its seed was told before")?;
            self.seeds.push((**reveal).clone());
            return Ok(());
        }
        if let Fact::Game { id, .. } = *fact {
            is(self.games.last().is_none_or(|game| game.end != End::Open), "the last is open")?;
            is(self.games.iter().all(|game| game.id != id), "the game was told before")?;
            self.games.push(Told { id, presale_late: None, ticks: Vec::new(), end: End::Open });
            self.left_ms = None;
            return Ok(());
        }
        let game = self.games.last_mut().ok_or("no game was told")?;
        is(game.end == End::Open, "the game is over")?;
        match *fact {
            Fact::Countdown { left_ms } => {
                is(game.ticks.is_empty(), "the game is active")?;
                is(self.left_ms.is_none_or(|left| left_ms < left), "time runs backward")?;
                self.left_ms = Some(left_ms);
            }
            Fact::Presale { late } => {
                is(game.presale_late.is_none() && game.ticks.is_empty(), "a second presale")?;
                game.presale_late = Some(late);
            }
            Fact::Tick { tick, price, late } | Fact::Rug { tick, price, late } => {
                is(game.presale_late.is_some(), "no presale")?;
                let next = Tick::try_from(game.ticks.len()).unwrap();
                is(tick == next, &format!("tick {next} comes next"))?;
                game.ticks.push((price.get(), late));
                if matches!(fact, Fact::Rug { .. }) {
                    game.end = End::Rug;
                }
            }
            Fact::Void => game.end = End::Void,
            Fact::Game { .. } | Fact::Seed(_) => unreachable!(),
        }
        Ok(())
    }
}
