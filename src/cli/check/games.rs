//! Whether the games of a scenario can be played: they are opened as `run` and `sweep` open them.

use std::path::Path;

use crate::backtest::run::inputs::{self, Unplayable};
use crate::backtest::scenario::{Part, ScenarioError, SourceSpec, Space};
use crate::backtest::sweep::SweepPlan;
use crate::base::error::Error;

/// The scenario, if `run` can play it, or `sweep` where it has choices or a sweep.
///
/// # Errors
/// What these commands would say, at its place in the scenario.
pub(super) fn playable(name: &Path, space: Space) -> Result<Space, ScenarioError> {
    let is_swept = space.first.sweep.is_some() || !space.dimensions.is_empty();
    let is_live =
        matches!(space.first.source, SourceSpec::Feed { .. } | SourceSpec::Browser { .. });
    if is_live && !is_swept {
        // `live` plays it, and hears only then what games there are.
        return Ok(space);
    }
    let problems = match inputs::attempt(&space.first) {
        Ok((playlist, _)) if is_swept => match SweepPlan::new(&space, playlist.games()) {
            Ok(_) => return Ok(space),
            Err(error) => vec![(Part::Holdout, in_one_line(&error))],
        },
        Ok(_) => return Ok(space),
        Err(Unplayable { games, error }) if games.is_empty() => {
            vec![(Part::Source, in_one_line(&error))]
        }
        Err(Unplayable { games, .. }) => {
            let told = |(game, why)| (Part::Game(game), format!("game {game}: {why}"));
            games.into_iter().map(told).collect()
        }
    };
    Err(space.first.refused(name, problems))
}

/// An error with its causes and its hint.
fn in_one_line(error: &Error) -> String {
    let text = error.to_string();
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    lines.join("; ")
}
