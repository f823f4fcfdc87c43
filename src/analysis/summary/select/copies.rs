//! Candidates that are one: the same bets in other amounts.

use super::CandidateSums;

/// How far the statistics of copies may be apart, as a share of one more than they are: amounts are
/// rounded to lamports.
const STATISTICS_APART: f64 = 1e-5;

/// How far the angle between copies may be from zero, by its cosine: a relative difference of
/// 1e-5. Bots that differ in one of 100,000 games are further apart.
const COSINE_APART: f64 = 5e-11;

/// For each candidate, the first one that wins and loses the same in other amounts; `None` for that
/// first one, and for all that are not compared.
pub(super) fn copies(candidates: &[CandidateSums]) -> Vec<Option<usize>> {
    let statistic = |it: &CandidateSums| it.evidence.statistic();
    let mut by_statistic: Vec<(f64, usize)> = candidates
        .iter()
        .enumerate()
        .filter_map(|(place, it)| Some((statistic(it)?, place)))
        .collect();
    // Copies have the same mean in standard errors: only neighbours need to be compared.
    by_statistic.sort_by(|(one, a), (other, b)| one.total_cmp(other).then(a.cmp(b)));
    let mut families: Vec<(f64, Vec<usize>)> = Vec::new();
    let mut copies = vec![None; candidates.len()];
    for (statistic, place) in by_statistic {
        let near = |it: f64| statistic - it <= STATISTICS_APART * (1.0 + statistic.abs());
        let mut neighbours = families.iter_mut().rev().take_while(|(it, _)| near(*it));
        let family = neighbours
            .find(|(_, family)| is_copy(&candidates[family[0]].pnl, &candidates[place].pnl));
        match family {
            Some((_, family)) => family.push(place),
            None => families.push((statistic, vec![place])),
        }
    }
    for (_, mut family) in families {
        family.sort_unstable();
        let first = family[0];
        family[1..].iter().for_each(|&place| copies[place] = Some(first));
    }
    copies
}

/// Whether two columns of sums have the same direction.
fn is_copy(one: &[f64], other: &[f64]) -> bool {
    let product = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let lengths = (product(one, one) * product(other, other)).sqrt();
    product(one, other) >= (1.0 - COSINE_APART) * lengths && lengths > 0.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::stats::noise::noise;
    use crate::analysis::summary::Evidence;

    fn candidate(pnl: Vec<f64>) -> CandidateSums {
        let evidence = Evidence::of_blocks(&pnl, &vec![1.0; pnl.len()]);
        CandidateSums { id: "candidate".to_owned(), pnl, evidence }
    }

    #[test]
    fn a_bot_that_stakes_more_is_a_copy_and_one_that_differs_in_a_game_is_not() {
        let one = noise(1, 400);
        let rounded = one.iter().map(|gain| (gain * 7.3e6).round() / 1e6).collect();
        let mut other = one.clone();
        other[17] += 0.5;
        let opposite = one.iter().map(|gain| -gain).collect();
        let all = [vec![0.0; 400], one, noise(2, 400), rounded, other, opposite].map(candidate);
        assert_eq!(copies(&all), [None, None, None, Some(1), None, None]);
    }
}
