//! Reads the field `sweep` of a scenario: `sweep: Sweep(samples: 200, holdout: 0.2)`, and, in the
//! scenario of one cell, `sweep: Cell(number: 17, games: 800)`.

use std::ops::Range;

use rust_decimal::Decimal;

use super::source::at_least_one;
use crate::base::document::Raw;

/// How the choices of a scenario are swept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SweepSpec {
    /// The number of samples, and its position in the text.
    pub(super) samples: Option<(usize, u64)>,
    /// The share of the lives, the last ones, that the sweep keeps back.
    pub holdout: Option<Decimal>,
    /// The position of the field, in bytes of the text.
    pub(super) span: Range<usize>,
}

/// The content of the field `sweep`.
pub(super) enum DeclaredSweep {
    /// The scenario is a sweep.
    Sweep(SweepSpec),
    /// The scenario is a variant of a sweep that played this number of games of the source.
    Cell(Option<u64>),
}

/// Reads `SweepSpec(…)` or `Cell(…)`.
pub(super) fn read(raw: Raw<'_>) -> Option<DeclaredSweep> {
    raw.one_value("all variants are swept in the same way");
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
            Some(DeclaredSweep::Sweep(SweepSpec { samples: samples?, holdout, span: raw.span()? }))
        }
        "Cell" => {
            let mut fields = raw.fields()?;
            // Informs the reader of the file: the number of the cell does not affect a run.
            let _: Option<u64> = fields.required("number");
            let games = fields.raw("games").map(at_least_one);
            fields.finish();
            Some(DeclaredSweep::Cell(games.map_or(Some(None), |it| it.map(Some))?))
        }
        _ => {
            raw.unknown_name(&["Sweep", "Cell"]);
            None
        }
    }
}

fn too_much(share: &Decimal) -> Option<String> {
    let most = Decimal::new(9, 1);
    if *share > Decimal::ZERO && *share <= most {
        return None;
    }
    let as_percent = share.normalize() / Decimal::ONE_HUNDRED;
    let meant = if *share > Decimal::ONE && as_percent <= most {
        format!(": for {share} % write {as_percent}")
    } else {
        String::new()
    };
    Some(format!("a share of the games, above 0 and at most {most}{meant}"))
}
