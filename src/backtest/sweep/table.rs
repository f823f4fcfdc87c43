//! One row per variant and bot: `variants.parquet` and `variants.csv`.

use std::collections::BTreeMap;
use std::path::Path;

use rust_decimal::Decimal;

use super::findings::{Findings, SweepOutcome, VariantOutcome};
use crate::analysis::summary::select::Candidate;
use crate::analysis::summary::{Assessment, Figures};
use crate::backtest::columns::schema::{Cell, Column, ColumnKind, Schema};
use crate::backtest::columns::{Origin, ParquetFile, Rows, TextFile, TextFormat};
use crate::base::document::Value as _;
use crate::base::error::Error;

/// Writes the table in both formats; in a build without Parquet, as CSV only.
pub(super) fn write(folder: &Path, outcome: &SweepOutcome, origin: &Origin) -> Result<(), Error> {
    let SweepOutcome { findings, variants } = outcome;
    let numeric = numeric(findings, variants);
    let dimensions = findings.dimensions.iter().zip(&numeric).map(|(name, &numeric)| {
        Column::named(name.clone(), if numeric { ColumnKind::Real } else { ColumnKind::Text })
    });
    let schema = Schema::variants(dimensions.chain(figures()));
    for name in ["variants.parquet", "variants.csv"] {
        let path = folder.join(name);
        // Leftovers of an abrupt end are written again.
        if path.exists() {
            std::fs::remove_file(&path).map_err(|source| Error::io("remove", &path, source))?;
        }
    }
    let parquet = || ParquetFile::create(&folder.join("variants.parquet"), &schema, origin);
    let mut parquet = cfg!(feature = "parquet").then(parquet).transpose()?;
    let csv = folder.join("variants.csv");
    let mut csv = TextFile::create(&csv, &schema, TextFormat::Csv)?;
    let candidates = findings.candidates.iter().enumerate();
    let places: BTreeMap<(u64, &str), usize> =
        candidates.map(|(place, it)| ((it.variant, it.bot.as_str()), place)).collect();
    let ranks: BTreeMap<usize, i64> =
        findings.ranked.iter().zip(1..).map(|(&place, rank)| (place, rank)).collect();
    for variant in variants {
        for figures in declared(&variant.summary) {
            // A bot that no choice changes is a candidate in its first variant only.
            let place = places.get(&(variant.variant, figures.id.as_str())).copied();
            let chosen = place.map(|place| &findings.selection.candidates[place]);
            let rank = place.and_then(|place| ranks.get(&place).copied());
            let row = row(variant, &numeric, figures, (chosen, rank));
            parquet.as_mut().map_or(Ok(()), |parquet| parquet.push(&row))?;
            csv.push(&row)?;
        }
    }
    parquet.as_mut().map_or(Ok(()), Rows::finish)?;
    csv.finish()
}

/// The declarations of a scenario: single bots, and groups with a `count`.
pub(super) fn declared(summary: &Assessment) -> impl Iterator<Item = &Figures> {
    let alone = |bot: &&Figures| !summary.groups.iter().any(|group| group.id == bot.group);
    summary.bots.iter().filter(alone).chain(&summary.groups)
}

/// Whether each dimension has only numbers as values.
fn numeric(findings: &Findings, variants: &[VariantOutcome]) -> Vec<bool> {
    let is_number =
        |at: usize| variants.iter().all(|variant| number(&variant.values[at]).is_some());
    (0..findings.dimensions.len()).map(is_number).collect()
}

/// A value as a number, for statistics; `None` for other text.
fn number(value: &str) -> Option<f64> {
    Decimal::parse(value).ok()?.to_string().parse().ok()
}

/// The columns after the dimensions.
fn figures() -> Vec<Column> {
    vec![
        Column::text("bot"),
        Column::text("strategy"),
        Column::integer("rank").optional(),
        Column::integer("units"),
        Column::integer("games"),
        Column::integer("games_staked"),
        Column::amount("bought"),
        Column::amount("wagered"),
        Column::amount("pnl"),
        Column::real("expected_pnl"),
        Column::real("pnl_per_unit").optional(),
        Column::real("pnl_per_unit_se").optional(),
        Column::real("pnl_per_unit_low").optional(),
        Column::real("pnl_per_unit_high").optional(),
        Column::real("pnl_per_stake").optional(),
        Column::real("p_value").optional(),
        Column::real("p_holm").optional(),
        Column::real("p_benjamini_hochberg").optional(),
        Column::real("sharpe").optional(),
        Column::real("ruin_share").optional(),
        Column::amount("max_drawdown"),
    ]
}

fn row<'a>(
    variant: &'a VariantOutcome,
    numeric: &[bool],
    figures: &'a Figures,
    (chosen, rank): (Option<&Candidate>, Option<i64>),
) -> Vec<Cell<'a>> {
    let count = |count: u64| Cell::Integer(i64::try_from(count).unwrap_or(i64::MAX));
    let real = |figure: Option<f64>| figure.map_or(Cell::Empty, Cell::Real);
    let values = variant.values.iter().zip(numeric).map(|(value, numeric)| {
        number(value).filter(|_| *numeric).map_or(Cell::Text(value), Cell::Real)
    });
    let per_unit = figures.pnl_per_unit;
    let mut row = vec![count(variant.variant)];
    row.extend(values);
    row.extend([
        Cell::Text(&figures.id),
        Cell::Text(&figures.strategy),
        rank.map_or(Cell::Empty, Cell::Integer),
        count(figures.units),
        count(figures.games),
        count(figures.games_staked),
        Cell::Sol(figures.bought),
        Cell::Sol(figures.wagered),
        Cell::Sol(figures.pnl),
        Cell::Real(figures.expected_pnl),
        real(per_unit.map(|it| it.value)),
        real(per_unit.map(|it| it.standard_error)),
        real(per_unit.map(|it| it.low)),
        real(per_unit.map(|it| it.high)),
        real(figures.pnl_per_stake.map(|it| it.value)),
        real(chosen.and_then(|it| it.p_value)),
        real(chosen.and_then(|it| it.p_holm)),
        real(chosen.and_then(|it| it.p_benjamini_hochberg)),
        real(figures.sharpe),
        real(figures.ruin.map(|it| it.share.value)),
        Cell::Sol(figures.max_drawdown),
    ]);
    row
}
