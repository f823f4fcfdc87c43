//! What a scenario says about its sweep: `sweep: SweepSpec(samples: 200, holdout: 0.2)`, and, in
//! the scenario of one cell, `sweep: Cell(number: 17, games: 800)`.

use std::ops::Range;

use rust_decimal::Decimal;

use super::source::at_least_one;
use crate::base::document::Raw;

/// How a scenario's choices are swept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SweepSpec {
    /// How often values are drawn, and where that is written.
    pub(super) samples: Option<(usize, u64)>,
    /// The share of the lives, the last ones, that is kept out of the sweep.
    pub holdout: Option<Decimal>,
    /// Where it is written, in bytes of the text.
    pub(super) span: Range<usize>,
}

/// What a scenario says of itself in the field `sweep`.
pub(super) enum Declared {
    /// It is to be swept.
    Sweep(SweepSpec),
    /// It is a variant of a sweep, which played so many games of the source.
    Cell(Option<u64>),
}

/// Reads `SweepSpec(…)` or `Cell(…)`.
pub(super) fn read(raw: Raw<'_>) -> Option<Declared> {
    raw.one_value("how a sweep is done is the same for all of it");
    match raw.name() {
        "Sweep" => {
            let mut fields = raw.fields()?;
            let samples = fields.raw("samples").map(|raw| {
                at_least_one(raw).and_then(|samples| Some((raw.span()?.start, samples)))
            });
            let holdout = fields.raw("holdout").map(|raw| raw.checked(too_much));
            fields.finish();
            let (samples, holdout) = (samples.map_or(Some(None), |it| it.map(Some)), holdout);
            let holdout = holdout.map_or(Some(None), |it| it.map(Some))?;
            Some(Declared::Sweep(SweepSpec { samples: samples?, holdout, span: raw.span()? }))
        }
        "Cell" => {
            let mut fields = raw.fields()?;
            // For whoever reads the file: which cell it was makes no difference to a run.
            let _: Option<u64> = fields.required("number");
            let games = fields.raw("games").map(at_least_one);
            fields.finish();
            Some(Declared::Cell(games.map_or(Some(None), |it| it.map(Some))?))
        }
        _ => {
            raw.unknown_name(&["Sweep", "Cell"]);
            None
        }
    }
}

fn too_much(share: &Decimal) -> Option<String> {
    let most = Decimal::new(9, 1);
    let fits = *share > Decimal::ZERO && *share <= most;
    (!fits).then(|| format!("a share of the games, above 0 and at most {most}"))
}
