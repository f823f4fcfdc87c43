//! The outcome of a sweep, computed from its shards in their order.

use std::path::Path;

pub use super::candidates::SweepCandidate;
pub use super::findings::{Findings, Shape, Shapes, SweepOutcome, VariantOutcome};
use super::folder::SweepFolder;
use super::{candidates, table};
use crate::analysis::summary::Summary;
use crate::analysis::summary::select::select;
use crate::backtest::run::folder::write_json;
use crate::backtest::scenario::Space;
use crate::base::error::Error;
use crate::base::files::read_json;

/// Reads all shards and writes the outcome, after which the folder is complete.
///
/// # Errors
/// When a shard is damaged, or something cannot be read or written.
pub fn write(
    folder: &mut SweepFolder,
    space: &Space,
    read: impl Fn(u64) -> Result<Vec<Summary>, Error>,
) -> Result<Findings, Error> {
    let plan = folder.manifest().plan.clone();
    let mut sums: Vec<Summary> = read(0)?;
    for shard in 1..plan.shards {
        for (sum, next) in sums.iter_mut().zip(&read(shard)?) {
            sum.merge(next);
        }
    }
    let (candidates, blocks) = candidates::of(space, &sums);
    let selection = select(&blocks, space.first.seed);
    let findings = Findings {
        kind: "sweep".to_owned(),
        scenario: space.first.name.clone(),
        seed: space.first.seed,
        games: plan.games,
        holdout_games: plan.holdout_games,
        games_per_life: plan.games_per_life,
        dimensions: folder.manifest().dimensions.clone(),
        ranked: candidates::ranked(&selection),
        candidates,
        selection,
    };
    let shapes = shapes(&findings, space, &sums);
    let variants = (0..).zip(&sums).map(|(variant, summary)| VariantOutcome {
        variant,
        values: space.values(variant),
        summary: summary.assess(),
    });
    let outcome = SweepOutcome { findings, variants: variants.collect() };
    drop(sums);
    let path = folder.path();
    write_json(&path.join("curves.json"), &shapes)?;
    table::write(path, &outcome, &folder.origin()?)?;
    // The summary is written last: once it exists, everything does.
    write_json(&path.join("summary.json"), &outcome)?;
    folder.complete()?;
    Ok(outcome.findings)
}

/// The outcome of a complete sweep.
///
/// # Errors
/// When it cannot be read.
pub fn read(folder: &Path) -> Result<SweepOutcome, Error> {
    read_json(&folder.join("summary.json"))
}

/// What choosing among the variants of a complete sweep is worth.
///
/// # Errors
/// When it cannot be read.
pub fn findings(folder: &Path) -> Result<Findings, Error> {
    read_json(&folder.join("summary.json"))
}

fn shapes(findings: &Findings, space: &Space, sums: &[Summary]) -> Shapes {
    let roles = [
        ("best", findings.best().map(|it| it.variant)),
        ("worst", findings.worst().map(|it| it.variant)),
        ("first", Some(0)),
    ];
    let shape = |(role, variant): (&str, Option<u64>)| {
        let variant = variant?;
        let sums = sums.get(usize::try_from(variant).ok()?)?;
        let (role, values) = (role.to_owned(), space.values(variant));
        Some(Shape { role, variant, values, curves: sums.curves() })
    };
    Shapes { curves: roles.into_iter().filter_map(shape).collect() }
}
