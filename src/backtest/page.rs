//! Reports: one self-contained HTML file from the folders of runs and sweeps.
//!
//! Reads folders only ([`folder`], [`game`]): the same folders always give the same bytes. The page
//! opens without a network: styles, scripts and data are embedded, and its content policy forbids
//! fetching anything.

mod assets;
mod chart;
mod embed;
pub mod folder;
mod format;
pub mod game;
mod layout;
mod sections;
pub mod sweep_folder;
mod thin;

use folder::RunToDraw;
use game::OneGame;
use layout::Page;
use sweep_folder::SweepToDraw;

/// The content of a page.
#[derive(Debug)]
pub struct Report {
    /// The runs or the sweep that it shows.
    pub subject: Subject,
    /// The command that makes this page, as shown to its reader.
    pub command: String,
}

/// What a page shows.
#[derive(Debug)]
pub enum Subject {
    /// Runs, in the order of the command line, each with the game to draw.
    Runs(Vec<(RunToDraw, Option<OneGame>)>),
    /// One sweep, with its best and first variant.
    Sweep(Box<SweepToDraw>),
}

/// Marks a page as written by this program; no other file has it.
pub const GENERATOR: &str = "<meta name=\"generator\" content=\"replayer report";

impl Report {
    /// Renders the page as HTML.
    #[must_use]
    pub fn render(&self) -> String {
        let mut page = Page::default();
        let command = &self.command;
        match &self.subject {
            Subject::Sweep(sweep) => sections::sweep::whole(&mut page, sweep, command),
            Subject::Runs(runs) => match runs.as_slice() {
                [(run, game)] => sections::run::whole(&mut page, run, game.as_ref(), command),
                several => {
                    let runs: Vec<&RunToDraw> = several.iter().map(|(run, _)| run).collect();
                    sections::comparison::whole(&mut page, &runs, command);
                    for (number, (run, game)) in several.iter().enumerate() {
                        page.chapter(number + 1);
                        sections::run::chapter(&mut page, run, game.as_ref());
                    }
                }
            },
        }
        page.finish()
    }
}
