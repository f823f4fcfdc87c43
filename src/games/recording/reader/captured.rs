//! The finished games in raw captures: what the site itself says of its last games.

use super::Reader;
use crate::games::events::{EventLine, PastGame};
use crate::games::number;
use crate::games::recording::file::BadLine;
use crate::games::recording::layout::Layout;
use crate::games::recording::row::{Stage, TickRow};
use crate::model::ids::GameId;

impl Reader {
    /// Takes a line of a raw capture. The site tells every game ten times: the first time counts.
    pub(super) fn captured(&mut self, line: &EventLine<'_>) {
        self.recording.records += 1;
        self.recording.layout.get_or_insert(Layout::Capture);
        let EventLine::Event(event) = line else { return };
        for past in event.past_games() {
            match past.and_then(|past| Some((past.id()?, past))) {
                Some((game, past)) if !self.games.contains_key(&game) => self.past(game, &past),
                Some(_) => {}
                None => self.bad("an entry of `gameHistory` cannot be read".to_owned()),
            }
        }
    }

    fn past(&mut self, game: GameId, past: &PastGame<'_>) {
        // Known from now on, whatever is in it: what is wrong with an entry is told once.
        self.current = self.game(game);
        let mut misread = false;
        let prices = past.prices(&mut |_| misread = true).unwrap_or_default();
        if misread {
            self.bad(format!("game {game} of `gameHistory`: its prices cannot be read"));
        }
        let rug = prices.len().checked_sub(1).filter(|_| past.is_rugged());
        for (place, raw) in prices.into_iter().enumerate() {
            let stage = if rug == Some(place) { Stage::Rug } else { Stage::Play };
            let (Ok(price), Ok(tick)) = (number::within(raw), number::tick(place as u64)) else {
                let reason = format!("game {game} of `gameHistory`: prices[{place}] is {raw}");
                self.recording.add_bad(BadLine { line: self.line, reason, impossible: true });
                continue;
            };
            self.recording.ticks += 1;
            let (layout, exact, closed) = (Layout::Capture, true, false);
            self.tick(&TickRow { layout, game, tick, price, exact, stage, time: None, closed });
        }
    }
}
