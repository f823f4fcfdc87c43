//! What is known of one game, from one or several files.

use super::incomplete::{Hole, Incomplete};
use super::possible::{RemovedTick, remove};
use super::row::{Stage, TickRow};
use super::seen::{Rug, Seen};
use crate::model::closed::Closed;
use crate::model::ids::GameId;
use crate::model::price::Price;
use crate::model::quote::{TICK_MS, Tick};
use crate::model::tape::Tape;

/// What one source knows of one game. Tick numbers identify ticks only within a game and only while
/// it is played: all rows of a countdown say tick 0.
#[derive(Debug, Clone)]
pub struct Fragment {
    pub(super) id: GameId,
    /// Ticks before the rug; after [`Self::tidy`] sorted by number, without duplicates.
    pub(super) ticks: Vec<Seen>,
    pub(super) rug: Option<Rug>,
    /// Whether bots were paused in the presale; `None` when unknown.
    presale_closed: Option<bool>,
    interrupted: bool,
    duplicates: u64,
    conflicts: u64,
    out_of_order: u64,
    repeats: u64,
}

impl Fragment {
    pub(super) const fn new(id: GameId) -> Self {
        Self {
            id,
            ticks: Vec::new(),
            rug: None,
            presale_closed: None,
            interrupted: false,
            duplicates: 0,
            conflicts: 0,
            out_of_order: 0,
            repeats: 0,
        }
    }

    /// A game known by the ticks before its rug and by a rug frame: the first one ([`Stage::Rug`])
    /// or only the second one ([`Stage::Reveal`]).
    #[must_use]
    pub fn of(id: GameId, ticks: Vec<Seen>, rug: Option<(Stage, Seen)>) -> Self {
        let mut fragment = Self { ticks, ..Self::new(id) };
        if let Some((stage, seen)) = rug {
            fragment.take(stage, seen);
        }
        fragment.tidy();
        fragment
    }

    /// Adds a row of this game, at a line of its file. Add rows in the order of the file.
    pub(super) fn push(&mut self, row: &TickRow, line: u64) {
        let TickRow { tick, price, closed, .. } = *row;
        let (time, line) = (row.time.map(|(time, _)| time), u32::try_from(line).unwrap_or(0));
        self.take(row.stage, Seen { tick, price, time, closed, line });
    }

    /// Adds the presale of this game. The first one wins.
    pub(super) fn push_presale(&mut self, closed: bool) {
        self.presale_closed.get_or_insert(closed);
    }

    /// Marks the rest of this game as unknown.
    pub(super) const fn interrupt(&mut self) {
        self.interrupted = true;
    }

    fn take(&mut self, stage: Stage, seen: Seen) {
        match stage {
            Stage::Waiting => {}
            Stage::Play => {
                if self.ticks.last().is_some_and(|last| seen.tick < last.tick) {
                    self.out_of_order += 1;
                }
                self.ticks.push(seen);
            }
            Stage::Rug | Stage::Reveal => {
                self.take_rug(Rug { seen, reveal: stage == Stage::Reveal });
            }
        }
    }

    /// The first rug frame wins, except that the rug itself beats its later echo.
    fn take_rug(&mut self, rug: Rug) {
        match self.rug {
            Some(known) if known.seen.price != rug.seen.price => self.conflicts += 1,
            Some(known) if rug.reveal || !known.reveal => {
                self.repeats += u64::from(!rug.reveal);
            }
            _ => self.rug = Some(rug),
        }
    }

    /// Merges what a later source knows of the same game. What is known already wins.
    pub fn absorb(&mut self, later: Self) {
        self.ticks.extend(later.ticks);
        if let Some(rug) = later.rug {
            self.take_rug(rug);
        }
        self.presale_closed = self.presale_closed.or(later.presale_closed);
        self.interrupted |= later.interrupted;
        self.duplicates += later.duplicates;
        self.conflicts += later.conflicts;
        self.out_of_order += later.out_of_order;
        self.repeats += later.repeats;
        self.tidy();
    }

    /// Sorts the ticks, keeps the first of each number and drops what contradicts the rug.
    pub(super) fn tidy(&mut self) {
        // A stable sort: of two rows of a tick the earlier one stays first.
        self.ticks.sort_by_key(|seen| seen.tick);
        let (duplicates, conflicts) = (&mut self.duplicates, &mut self.conflicts);
        self.ticks.dedup_by(|later, first| {
            let same = later.tick == first.tick;
            let differs = later.price != first.price;
            *conflicts += u64::from(same && differs);
            *duplicates += u64::from(same && !differs);
            same
        });
        let last = self.ticks.last().map(|seen| seen.tick);
        if self.rug.is_some_and(|rug| rug.reveal && Some(rug.seen.tick) <= last) {
            // The tick of a second rug frame proves nothing on its own, and not which ticks came
            // after the rug.
            self.rug = None;
            self.conflicts += 1;
        } else if let Some(rug) = self.rug {
            let before = self.ticks.partition_point(|seen| seen.tick < rug.seen.tick);
            self.conflicts += (self.ticks.len() - before) as u64;
            self.ticks.truncate(before);
        }
    }

    /// Removes the ticks that the law of the game cannot make, which are then missing, and says
    /// which they were.
    pub fn remove_impossible(&mut self) -> Vec<RemovedTick> {
        remove(&mut self.ticks, &mut self.rug)
    }

    /// The name of the game.
    #[must_use]
    pub const fn id(&self) -> GameId {
        self.id
    }

    /// Everything that was seen of the game, by tick, the rug last.
    pub fn seen(&self) -> impl Iterator<Item = (Stage, Seen)> + '_ {
        let rug = self
            .rug
            .map(|Rug { seen, reveal }| (if reveal { Stage::Reveal } else { Stage::Rug }, seen));
        self.ticks.iter().map(|&seen| (Stage::Play, seen)).chain(rug)
    }

    /// How often the game was told again to its rug.
    #[must_use]
    pub const fn repeats(&self) -> u64 {
        self.repeats
    }

    /// Whether bots were paused in the presale; false when unknown.
    #[must_use]
    pub fn presale_closed(&self) -> bool {
        self.presale_closed.unwrap_or(false)
    }

    /// The closed ticks in ascending order, the rug tick included.
    pub fn closed_ticks(&self) -> impl Iterator<Item = Tick> + '_ {
        self.seen().filter(|(_, seen)| seen.closed).map(|(_, seen)| seen.tick)
    }

    /// Tick and price of the rug; `None` when it is missing.
    #[must_use]
    pub fn rug(&self) -> Option<(Tick, Price)> {
        self.rug.map(|rug| (rug.seen.tick, rug.seen.price))
    }

    /// The lowest tick of the game, rug included; `None` without any.
    #[must_use]
    pub fn first_tick(&self) -> Option<Tick> {
        self.ticks.first().or(self.rug.as_ref().map(|rug| &rug.seen)).map(|seen| seen.tick)
    }

    /// The highest tick of the game: the rug tick where the rug is known; `None` without any.
    #[must_use]
    pub fn last_tick(&self) -> Option<Tick> {
        self.rug.as_ref().map(|rug| &rug.seen).or(self.ticks.last()).map(|seen| seen.tick)
    }

    /// Number of ticks missing between the first and the last one.
    #[must_use]
    pub fn missing_ticks(&self) -> u32 {
        self.holes().map(Hole::ticks).sum()
    }

    /// Number of rows that repeated an earlier row of the same tick.
    #[must_use]
    pub const fn duplicates(&self) -> u64 {
        self.duplicates
    }

    /// Number of rows that contradicted an earlier row: another price for a tick, a tick at or
    /// after the rug, another price for the rug.
    #[must_use]
    pub const fn conflicts(&self) -> u64 {
        self.conflicts
    }

    /// Number of rows whose tick was lower than that of the row before.
    #[must_use]
    pub const fn out_of_order(&self) -> u64 {
        self.out_of_order
    }

    /// True when a row had to be dropped or moved.
    #[must_use]
    pub const fn is_noisy(&self) -> bool {
        self.duplicates + self.conflicts + self.out_of_order > 0
    }

    /// What is missing to play the game; `None` when it is complete.
    #[must_use]
    pub fn incomplete(&self) -> Option<Incomplete> {
        let why = Incomplete {
            first_tick: self.first_tick(),
            first_hole: self.holes().next(),
            missing_ticks: self.missing_ticks(),
            rugged: self.rug.is_some(),
            reveal_only: self.rug.is_some_and(|rug| rug.reveal),
            interrupted: self.interrupted,
        };
        let rugged = why.rugged && !why.reveal_only;
        let whole = why.first_tick == Some(0) && why.first_hole.is_none() && rugged;
        (!whole).then_some(why)
    }

    /// The tape of a complete game.
    ///
    /// # Errors
    /// What is missing.
    pub fn game(&self) -> Result<Tape, Incomplete> {
        match (self.incomplete(), self.rug) {
            (None, Some(rug)) => Ok(self.tape(&rug.seen)),
            (why, _) => Err(why.expect("a game without rug is incomplete")),
        }
    }

    /// The tape of a tidy fragment with every tick. Tick 0 has the nominal gap.
    fn tape(&self, rug: &Seen) -> Tape {
        let seen = || self.ticks.iter().chain([rug]);
        let gaps =
            seen().zip(seen().skip(1)).map(|(&earlier, &later)| Self::gap_ms(earlier, later));
        Tape {
            id: self.id,
            prices: seen().map(|seen| seen.price).collect(),
            rugged: true,
            gaps_ms: [TICK_MS].into_iter().chain(gaps).collect(),
            closed: self.closed(),
        }
    }

    /// The closed steps of the game.
    fn closed(&self) -> Closed {
        let presale = self.presale_closed().then_some(0);
        presale.into_iter().chain(self.closed_ticks().map(|tick| tick + 1)).collect()
    }

    /// Ranges of missing ticks between two known ones.
    fn holes(&self) -> impl Iterator<Item = Hole> + '_ {
        let known = || self.ticks.iter().chain(self.rug.as_ref().map(|rug| &rug.seen));
        let pairs = known().zip(known().skip(1));
        pairs
            .filter(|(earlier, later)| later.tick - earlier.tick > 1)
            .map(|(earlier, later)| Hole { first: earlier.tick + 1, last: later.tick - 1 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::games::recording::layout::Layout;

    fn row(tick: Tick, price: f64, stage: Stage) -> TickRow {
        TickRow {
            layout: Layout::Historical,
            game: GameId::new("g").unwrap(),
            tick,
            price: Price::new(price).unwrap(),
            exact: true,
            stage,
            time: None,
            closed: false,
        }
    }

    fn fragment(rows: &[(Tick, f64, Stage)]) -> Fragment {
        let mut fragment = Fragment::new(GameId::new("g").unwrap());
        rows.iter().for_each(|&(tick, price, stage)| fragment.push(&row(tick, price, stage), 1));
        fragment.tidy();
        fragment
    }

    fn why(rows: &[(Tick, f64, Stage)]) -> String {
        fragment(rows).incomplete().map_or_else(String::new, |why| why.to_string())
    }

    use Stage::{Play, Reveal, Rug as Rugged, Waiting};

    #[test]
    fn the_first_rug_frame_decides_and_the_second_is_ignored() {
        let game = fragment(&[(0, 1.0, Play), (1, 0.02, Rugged), (3, 0.02, Reveal)]);
        assert_eq!(game.rug().map(|rug| rug.0), Some(1));
        assert_eq!((game.last_tick(), game.missing_ticks()), (Some(1), 0));
        assert!(!game.is_noisy() && game.incomplete().is_none());
    }

    #[test]
    fn the_rug_itself_is_better_than_its_echo_in_another_file() {
        let mut echo = fragment(&[(3, 0.02, Reveal)]);
        echo.absorb(fragment(&[(0, 1.0, Play), (1, 0.02, Rugged)]));
        assert_eq!(echo.rug().map(|rug| rug.0), Some(1));
        assert_eq!(echo.incomplete(), None);
    }

    #[test]
    fn a_second_rug_frame_alone_ends_no_game() {
        let why = fragment(&[(0, 1.0, Play), (1, 1.1, Play), (2, 0.02, Reveal)]).incomplete();
        assert!(why.is_some_and(|why| why.reveal_only && why.first_hole.is_none()));
        let early = fragment(&[(0, 1.0, Play), (1, 1.1, Play), (0, 0.02, Reveal)]);
        assert_eq!((early.rug(), early.conflicts(), early.last_tick()), (None, 1, Some(1)));
    }

    #[test]
    fn of_two_rows_for_a_tick_the_first_wins_and_a_contradiction_is_counted() {
        let game = fragment(&[(0, 1.0, Play), (1, 1.1, Play), (1, 1.1, Play), (1, 9.0, Play)]);
        assert_eq!((game.duplicates(), game.conflicts()), (1, 1));
        assert_eq!(game.ticks[1].price, Price::new(1.1).unwrap());
        let late = fragment(&[(0, 1.0, Play), (1, 0.02, Rugged), (1, 1.2, Play), (2, 1.3, Play)]);
        assert_eq!((late.conflicts(), late.last_tick()), (2, Some(1)));
    }

    #[test]
    fn ticks_out_of_order_are_put_in_order() {
        let game = fragment(&[(1, 1.1, Play), (0, 1.0, Play), (2, 0.02, Rugged)]);
        assert_eq!(game.out_of_order(), 1);
        assert_eq!(game.incomplete(), None);
    }

    #[test]
    fn an_incomplete_game_says_everything_that_is_missing() {
        assert_eq!(why(&[(0, 1.0, Waiting)]), "no tick of the game");
        assert_eq!(why(&[(0, 1.0, Play), (1, 1.1, Play)]), "no rug");
        assert_eq!(why(&[(5, 1.0, Play), (6, 0.02, Rugged)]), "starts at tick 5");
        assert_eq!(
            why(&[(2, 1.0, Play), (5, 1.0, Play), (9, 1.0, Play)]),
            "starts at tick 2, ticks 3 to 4 missing and 3 more, no rug"
        );
        assert_eq!(why(&[(0, 1.0, Play), (9, 0.02, Rugged)]), "ticks 1 to 8 missing");
        assert_eq!(why(&[(0, 1.0, Play), (2, 0.02, Rugged)]), "tick 1 missing");
        assert_eq!(
            why(&[(0, 1.0, Play), (3, 0.02, Reveal)]),
            "ticks 1 to 2 missing, rug known only from its second frame"
        );
    }

    #[test]
    fn the_highest_tick_number_there_is_does_no_harm() {
        let game = fragment(&[(0, 1.0, Play), (Tick::MAX, 0.02, Rugged)]);
        assert_eq!(game.missing_ticks(), Tick::MAX - 1);
        assert!(game.game().is_err());
    }
}
