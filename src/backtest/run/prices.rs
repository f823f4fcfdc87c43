//! `prices.json` in the folder of a run: the price at every tick of the games that can be drawn.

use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::inputs::InputFile;
use crate::base::error::{Error, ErrorKind};
use crate::base::files::reading;
use crate::base::hex::hex;
use crate::model::ids::GameIndex;
use crate::model::price::Price;
use crate::model::tape::Tape;

/// Name of the file with the prices.
pub const PRICES: &str = "prices.json";

/// The games of the file, by their place in the run.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Prices {
    games: Vec<GamePrices>,
}

/// The prices of one game.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GamePrices {
    /// Place of the game in the run, from 0.
    pub game: GameIndex,
    /// Name of the game, as recorded or generated.
    pub game_id: String,
    /// The price at every tick from 0 to the rug.
    pub prices: Vec<f64>,
}

/// The manifest's entry about the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptPrices {
    /// The games to keep, in the words of `--keep-prices`.
    pub keep: Vec<String>,
    /// The file; absent until the run has ended.
    pub file: Option<InputFile>,
}

impl GamePrices {
    /// The prices of the game at a place.
    #[must_use]
    pub fn of(place: GameIndex, tape: &Tape) -> Self {
        let prices = tape.prices.iter().copied().map(Price::get).collect();
        Self { game: place, game_id: tape.id.to_string(), prices }
    }
}

impl Prices {
    /// Adds the prices of a game.
    pub fn add(&mut self, game: GamePrices) {
        let at = self.games.partition_point(|known| known.game < game.game);
        self.games.insert(at, game);
    }

    /// The game at a place, if it is kept.
    #[must_use]
    pub fn of(&self, place: GameIndex) -> Option<&GamePrices> {
        self.games.iter().find(|game| game.game == place)
    }

    /// The places of the games, in order.
    #[must_use]
    pub fn places(&self) -> Vec<GameIndex> {
        self.games.iter().map(|game| game.game).collect()
    }

    /// The total number of ticks of the games.
    #[must_use]
    pub fn ticks(&self) -> usize {
        self.games.iter().map(|game| game.prices.len()).sum()
    }

    /// The content of the file, and its entry in the manifest.
    ///
    /// # Errors
    /// When a price cannot be written.
    pub fn to_file(&self) -> Result<(Vec<u8>, InputFile), Error> {
        let mut content = serde_json::to_vec(self).map_err(|source| {
            Error::new(ErrorKind::Io, format!("cannot write {PRICES}")).caused_by(source)
        })?;
        content.push(b'\n');
        let listed = InputFile::of(PRICES, &content);
        Ok((content, listed))
    }

    /// Reads the file of a folder, which must be the one that the manifest lists.
    ///
    /// # Errors
    /// When it cannot be read or has other content.
    pub fn read(folder: &Path, listed: &InputFile) -> Result<Self, Error> {
        let path = folder.join(PRICES);
        let content = reading::bytes(&path, reading::RUN_BYTES_MAX)
            .map_err(|source| Error::io("read", &path, source))?;
        let damaged = |what: &str| {
            Error::new(ErrorKind::Io, format!("{}: {what}", path.display()))
                .hint("the file is damaged: run the scenario again")
        };
        if InputFile::of(PRICES, &content) != *listed {
            return Err(damaged("not the file that manifest.json lists"));
        }
        serde_json::from_slice(&content)
            .map_err(|source| damaged("invalid content").caused_by(source))
    }
}

impl InputFile {
    /// The entry of a file with this name and content.
    fn of(name: &str, content: &[u8]) -> Self {
        let sha256 = hex(Sha256::digest(content).into()).to_string();
        Self { name: name.to_owned(), bytes: content.len() as u64, sha256 }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn what_is_written_is_read_again_to_the_last_bit_and_a_changed_byte_is_an_error() {
        let mut prices = Prices::default();
        for game in [9, 2].map(GameIndex::after) {
            let known = vec![1.0, 1.000_000_000_000_000_2, 0.1 + 0.2];
            prices.add(GamePrices { game, game_id: format!("g{game}"), prices: known });
        }
        assert_eq!((prices.places(), prices.ticks()), ([2, 9].map(GameIndex::after).into(), 6));
        let folder = tempfile::tempdir().unwrap();
        let (mut content, listed) = prices.to_file().unwrap();
        fs::write(folder.path().join(PRICES), &content).unwrap();
        assert_eq!(Prices::read(folder.path(), &listed).unwrap(), prices);
        *content.iter_mut().find(|byte| **byte == b'2').unwrap() = b'3';
        fs::write(folder.path().join(PRICES), &content).unwrap();
        let error = Prices::read(folder.path(), &listed).unwrap_err();
        assert!(error.to_string().contains("prices.json"), "{error}");
    }
}
