//! Where the parts of a scenario stand, for problems that come to light only when its games are
//! opened.

use std::path::Path;

use super::{Scenario, ScenarioError};
use crate::base::document::{Document, Raw};
use crate::model::ids::GameId;

/// A part of a scenario.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The path of the source, or the source where it has none.
    Source,
    /// A game that the source selects.
    Game(GameId),
    /// The share of the games that a sweep keeps back.
    Holdout,
}

impl Scenario {
    /// The problems of some of its parts, each at its place. `name` is the file, or the name by
    /// which a built-in scenario was requested.
    ///
    /// # Panics
    /// When there are no problems.
    #[must_use]
    pub fn refused(&self, name: &Path, problems: Vec<(Part, String)>) -> ScenarioError {
        let document = Document::new(&self.text);
        let root = document.root();
        for (part, what) in problems {
            let place = root.and_then(|root| place(root, part)).unwrap_or(0);
            document.note(place, what);
        }
        ScenarioError::new(self.path.as_deref().unwrap_or(name), &self.text, document.problems())
    }
}

/// The byte at which a part of a scenario begins; that of what contains it where it is not written.
fn place(root: Raw<'_>, part: Part) -> Option<usize> {
    let mut fields = root.fields()?;
    let within = |raw: Raw<'_>, field| {
        let inner = raw.fields().and_then(|mut fields| fields.raw(field));
        inner.or(Some(raw))?.span().map(|span| span.start)
    };
    match part {
        Part::Source => within(fields.raw("source")?, "path"),
        Part::Holdout => within(fields.raw("sweep")?, "holdout"),
        Part::Game(id) => {
            let source = fields.raw("source")?;
            let games = source.fields()?.raw("select")?.wrapped()?.list()?;
            let is_it = |raw: &Raw<'_>| raw.text().trim_matches('"') == id.as_str();
            let game = games.into_iter().find(is_it).unwrap_or(source);
            game.span().map(|span| span.start)
        }
    }
}
