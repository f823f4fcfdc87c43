//! Reports: one self-contained HTML file from the folders of runs and sweeps.
//!
//! Reads folders only ([`folder`], [`game`]); everything a page shows is in them, so the same
//! folders give the same bytes. The page opens without a network: styles, scripts and data are
//! inside, and its own policy forbids it to fetch anything.

mod assets;
mod chart;
mod embed;
pub mod folder;
mod format;
pub mod game;
mod layout;
mod sections;
mod thin;

use folder::RunFolder;
use game::OneGame;
use layout::Page;

/// What a page is made from.
#[derive(Debug)]
pub struct Report {
    /// The runs, in the order in which they were named.
    pub runs: Vec<(RunFolder, Option<OneGame>)>,
    /// The command that makes this page, for its reader.
    pub command: String,
}

/// What every page says of itself in its head, and nothing else does.
pub const GENERATOR: &str = "<meta name=\"generator\" content=\"replayer report";

impl Report {
    /// The page, as HTML.
    #[must_use]
    pub fn render(&self) -> String {
        let mut page = Page::default();
        match self.runs.as_slice() {
            [(run, game)] => {
                sections::run::whole(&mut page, run, game.as_ref(), &self.command);
            }
            several => {
                let runs: Vec<&RunFolder> = several.iter().map(|(run, _)| run).collect();
                sections::comparison::whole(&mut page, &runs, &self.command);
                for (number, (run, game)) in several.iter().enumerate() {
                    page.chapter(number + 1);
                    sections::run::chapter(&mut page, run, game.as_ref());
                }
            }
        }
        page.finish()
    }
}
