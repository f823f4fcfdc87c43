//! Reading recordings: the real ones, damaged ones, all layouts, and the `inspect` command.

mod command;
mod corpus;
mod damage;
mod layouts;
mod merge;
mod values;

use replayer::games::recording::{self, Fragment, Recording};

/// A recording of layout 3.1, line by line, as the original wrote them.
pub(crate) struct Tape {
    id: String,
    pub(crate) lines: Vec<String>,
}

impl Tape {
    pub(crate) fn new(id: &str) -> Self {
        Self { id: id.to_owned(), lines: Vec::new() }
    }

    /// A whole game: header, countdown with its first frames out of order, ticks, both rug frames
    /// (the second two ticks further on) and a footer.
    pub(crate) fn game(id: &str, prices: &[f64]) -> Self {
        let mut tape = Self::new(id).start();
        for timer in [14_900, 15_000, 10_100, 10_000, 100] {
            tape = tape.waiting(timer);
        }
        let (rug, path) = prices.split_last().unwrap();
        for (tick, &price) in (0..).zip(path) {
            tape = tape.tick(tick, price);
        }
        let at = u32::try_from(path.len()).unwrap();
        let rows = prices.len() + 6;
        let peak = path.iter().copied().fold(1.0, f64::max);
        tape.rug(at, *rug).echo(at + 2, *rug).end(rows, peak, *rug)
    }

    pub(crate) fn line(mut self, line: impl Into<String>) -> Self {
        self.lines.push(line.into());
        self
    }

    pub(crate) fn start(self) -> Self {
        let line = format!(
            r#"{{"type": "game_start", "timestamp": "2025-10-29T18:40:15.917485", "game_id": "{}"}}"#,
            self.id
        );
        self.line(line)
    }

    pub(crate) fn waiting(self, timer: u32) -> Self {
        let phase = if timer > 10_000 { "UNKNOWN" } else { "PRESALE" };
        let line = self.row(0, 1.0, phase, false).replace(
            "\"active\": true, \"rugged\": false, \"cooldown_timer\": 0",
            &format!("\"active\": false, \"rugged\": false, \"cooldown_timer\": {timer}"),
        );
        self.line(line)
    }

    pub(crate) fn tick(self, tick: u32, price: f64) -> Self {
        let phase = if tick == 0 { "GAME_ACTIVATION" } else { "ACTIVE_GAMEPLAY" };
        let line = self.row(tick, price, phase, false);
        self.line(line)
    }

    pub(crate) fn rug(self, tick: u32, price: f64) -> Self {
        let line = self.row(tick, price, "ACTIVE_GAMEPLAY", true);
        self.line(line)
    }

    /// The second rug frame.
    pub(crate) fn echo(self, tick: u32, price: f64) -> Self {
        let line = self.row(tick, price, "RUG_EVENT_1", true);
        self.line(line)
    }

    pub(crate) fn end(self, rows: usize, peak: f64, last: f64) -> Self {
        let line = format!(
            r#"{{"type": "game_end", "timestamp": "2025-10-29T18:40:58.453183", "game_id": "{}", "total_ticks": {rows}, "tick_range": [0, 1], "price_range": [{last}, {peak}], "peak_price": {peak}, "final_price": {last}}}"#,
            self.id
        );
        self.line(line)
    }

    pub(crate) fn row(&self, tick: u32, price: f64, phase: &str, rugged: bool) -> String {
        let (seconds, millis) = (tick / 4 % 60, tick % 4 * 250);
        let (hour, minute) = (tick / 240 / 60 % 24, tick / 240 % 60);
        format!(
            r#"{{"type": "tick", "timestamp": "2025-10-29T{hour:02}:{minute:02}:{seconds:02}.{millis:03}000", "game_id": "{}", "tick": {tick}, "price": {price:?}, "phase": "{phase}", "active": true, "rugged": {rugged}, "cooldown_timer": 0, "trade_count": 3}}"#,
            self.id
        )
    }

    pub(crate) fn text(&self) -> String {
        self.lines.join("\n") + "\n"
    }

    pub(crate) fn read(&self) -> Recording {
        read(self.text())
    }
}

pub(crate) fn read(bytes: impl AsRef<[u8]>) -> Recording {
    recording::read(bytes.as_ref()).unwrap()
}

pub(crate) fn only(recording: &Recording) -> &Fragment {
    recording.only_game().unwrap()
}

/// The prices of the complete game that a recording holds.
pub(crate) fn prices(recording: &Recording) -> Vec<f64> {
    only(recording).game().unwrap().prices.iter().map(|price| price.get()).collect()
}
