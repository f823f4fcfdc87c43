//! Collects revealed seeds: each game once, whatever tells of it.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Record, Repeat, Reveal, Seeds};
use crate::games::events::{EventFields, PastGame, plain_text, value};
use crate::games::number::Figure;
use crate::games::recording::BadLine;
use crate::model::ids::GameId;
use crate::model::quote::Tick;

impl Reveal {
    /// The revealed seed of a finished game of the feed, with what the feed says of the game;
    /// `None` without a seed. Tells `misread` the name of each field that cannot be read.
    pub fn of_past(
        game_id: GameId,
        past: &PastGame<'_>,
        misread: &mut dyn FnMut(&'static str),
    ) -> Option<Self> {
        #[derive(Deserialize)]
        struct Fair<'a> {
            #[serde(borrow, rename = "serverSeed")]
            seed: &'a RawValue,
            #[serde(borrow, rename = "serverSeedHash")]
            hash: Option<&'a RawValue>,
        }
        let fair: Fair<'_> = serde_json::from_str(past.fair?.get()).ok()?;
        let server_seed = plain_text(fair.seed)?.parse().ok()?;
        let prices = past.prices(misread);
        let peak = past.peak.and_then(|peak| value(peak, "peakMultiplier", misread));
        let record = Record {
            server_seed_hash: fair.hash.and_then(plain_text).map(str::to_owned),
            game_version: past.version.and_then(plain_text).map(str::to_owned),
            peak_multiplier: peak.map(|Figure(peak)| peak),
            rug_tick: prices.as_ref().and_then(|prices| Tick::try_from(prices.len() - 1).ok()),
            rug_price: prices.as_ref().and_then(|prices| prices.last().copied()),
            prices,
        };
        Some(Self { game_id, server_seed, record })
    }
}

/// Collects the games of one file.
#[derive(Debug, Default)]
pub(super) struct Collector {
    seeds: Seeds,
    /// Where each game stands in the list, and on which line it was told first.
    places: BTreeMap<GameId, (usize, u64)>,
    /// Games of captures that were told without a seed: told once each.
    seedless: BTreeSet<GameId>,
}

impl Collector {
    /// Adds the game of a line, or what is wrong with it.
    pub(super) fn add(&mut self, line: u64, game: Result<Reveal, String>) {
        let reveal = match game {
            Ok(reveal) => reveal,
            Err(reason) => return self.seeds.bad_lines.push(bad(line, reason)),
        };
        let Some(&(place, first_line)) = self.places.get(&reveal.game_id) else {
            self.places.insert(reveal.game_id, (self.seeds.games.len(), line));
            return self.seeds.games.push(reveal);
        };
        let first = &self.seeds.games[place];
        if first.server_seed != reveal.server_seed {
            let reason = another_seed(reveal.game_id, first_line);
            return self.seeds.conflicts.push(bad(line, reason));
        }
        let differs = first.record != reveal.record;
        self.seeds.repeats.push(Repeat { line, reveal: differs.then_some(reveal) });
    }

    /// Adds the finished games in an event of a raw capture. The site tells every game ten times,
    /// which makes no repeats.
    pub(super) fn add_event(&mut self, line: u64, event: &EventFields<'_>) {
        for past in event.past_games() {
            let Some((game, past)) = past.and_then(|past| Some((past.id()?, past))) else {
                self.add(line, Err("an entry of `gameHistory` cannot be read".to_owned()));
                continue;
            };
            let known = self.places.get(&game);
            let before = known.map(|&(place, line)| (self.seeds.games[place].server_seed, line));
            let mut misread = Vec::new();
            match (before, Reveal::of_past(game, &past, &mut |field| misread.push(field))) {
                (None, Some(reveal)) => {
                    self.add(line, Ok(reveal));
                    for field in misread {
                        let what = format!("game {game} of `gameHistory`: {field} cannot be read");
                        self.add(line, Err(what));
                    }
                }
                (None, None) if self.seedless.insert(game) => {
                    self.add(line, Err(format!("game {game} of `gameHistory` has no seed")));
                }
                (Some((seed, first_line)), Some(again)) if again.server_seed != seed => {
                    self.seeds.conflicts.push(bad(line, another_seed(game, first_line)));
                }
                _ => {}
            }
        }
    }

    /// Everything that was collected.
    pub(super) fn finish(self) -> Seeds {
        self.seeds
    }
}

const fn bad(line: u64, reason: String) -> BadLine {
    BadLine { line, reason, impossible: false }
}

fn another_seed(game: GameId, first_line: u64) -> String {
    format!("game {game} has another server_seed than on line {first_line}")
}
