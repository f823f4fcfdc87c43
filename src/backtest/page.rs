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
pub mod sweep_folder;
mod thin;

use folder::RunToDraw;
use game::OneGame;
use layout::Page;
use sweep_folder::SweepToDraw;

/// What a page is made from.
#[derive(Debug)]
pub struct Report {
    /// What it is about.
    pub subject: Subject,
    /// The command that makes this page, for its reader.
    pub command: String,
}

/// What a page is about.
#[derive(Debug)]
pub enum Subject {
    /// Runs, in the order in which they were named, each with the game that is drawn.
    Runs(Vec<(RunToDraw, Option<OneGame>)>),
    /// A sweep.
    Sweep(Box<SweepToDraw>),
}

/// What every page says of itself in its head, and nothing else does.
pub const GENERATOR: &str = "<meta name=\"generator\" content=\"replayer report";

impl Report {
    /// The page, as HTML.
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
