//! 10,000 generated games against the measured statistics of
//! docs/spec/provably-fair.md#statistics-of-real-games.
//!
//! Everything is drawn from one run seed, so nothing here is left to chance: a test that passes
//! once passes for ever. Each compares a z-score, or a distance, with its critical value at 5 %,
//! Bonferroni's where one test looks at several figures.

use std::sync::LazyLock;

use replayer::games::fair::game::{Course, FairGame};
use replayer::games::fair::generated::generated;
use replayer::model::expectation::rug_within;

const GAMES: u32 = 10_000;
const RUN_SEED: u64 = 2026;

static COURSES: LazyLock<Vec<Course>> = LazyLock::new(|| {
    let courses = (0..u64::from(GAMES)).map(|index| {
        let (seed, id) = generated(RUN_SEED, index);
        Course::of(FairGame::new(&seed, &id))
    });
    courses.collect()
});

/// How many standard errors a count of successes lies from what its chance says.
fn z_of_share(successes: f64, trials: f64, chance: f64) -> f64 {
    (successes - trials * chance) / (trials * chance * (1.0 - chance)).sqrt()
}

fn count(holds: impl Fn(&Course) -> bool) -> f64 {
    f64::from(u32::try_from(COURSES.iter().filter(|course| holds(course)).count()).unwrap())
}

/// A step before the rug: the price it started from, and its change as a share of that.
fn steps() -> impl Iterator<Item = (f64, f64)> {
    let alive = COURSES.iter().flat_map(|course| {
        let (_, alive) = course.prices().split_last().unwrap();
        alive.windows(2)
    });
    alive.map(|pair| (pair[0], pair[1] / pair[0] - 1.0))
}

/// Mean and variance's parts of one tick's kind.
#[derive(Default)]
struct Steps {
    god_candles: f64,
    big_up: f64,
    big_down: f64,
    drifts: f64,
    /// Sum of each drift's distance from its mean, and of the variances that the law gives them.
    distance: f64,
    variance: f64,
    /// Sum of each squared distance over its variance: 1 on average.
    squares: f64,
    drift_squares: f64,
}

/// Sorts every step into the kind that its size says; panics where the law knows none.
fn sorted() -> Steps {
    let mut all = Steps::default();
    for (price, change) in steps() {
        let volatility = 0.005 * price.sqrt().min(10.0);
        let slack = 1e-12;
        let is_big = (0.15 - slack..0.25 + slack).contains(&change.abs());
        let is_drift = (-0.02 - volatility - slack..0.03 + volatility + slack).contains(&change);
        if (change - 9.0).abs() < slack {
            all.god_candles += 1.0;
        } else if is_big {
            *(if change > 0.0 { &mut all.big_up } else { &mut all.big_down }) += 1.0;
        } else {
            assert!(is_drift, "a change of {change} from {price} is beyond the law");
            // Uniform over 5 %, and uniform over twice the volatility.
            let variance = 0.05_f64.powi(2) / 12.0 + volatility.powi(2) / 3.0;
            all.drifts += 1.0;
            all.distance += change - 0.005;
            all.variance += variance;
            all.squares += (change - 0.005).powi(2) / variance;
            all.drift_squares += (change - 0.005).powi(2);
        }
    }
    all
}

#[test]
fn the_rug_tick_is_geometric() {
    let mut ticks: Vec<u32> = COURSES.iter().map(Course::rug_tick).collect();
    ticks.sort_unstable();
    let largest = ticks[ticks.len() - 1];
    let distance = (1..=largest)
        .map(|tick| {
            let share = ticks.partition_point(|&rug| rug <= tick) as f64 / f64::from(GAMES);
            (share - rug_within(tick)).abs()
        })
        .fold(0.0, f64::max);
    // Kolmogorov-Smirnov, 95 %: 1.358 / sqrt(n); for a discrete law that errs to the safe side.
    let critical = 1.358 / f64::from(GAMES).sqrt();
    assert!(distance < critical, "KS distance {distance:.5}, critical {critical:.5}");

    // Mean 200, standard deviation sqrt(1 - p) / p.
    let mean = ticks.iter().map(|&tick| f64::from(tick)).sum::<f64>() / f64::from(GAMES);
    let z = (mean - 200.0) / (0.995_f64.sqrt() / 0.005 / f64::from(GAMES).sqrt());
    assert!(z.abs() < 1.96, "mean {mean:.2}, z {z:.2}");
    // The sampling error of the median is about 2 ticks: sqrt(n) / 2 / (n p / 2).
    let median = ticks[ticks.len() / 2];
    assert!((134..=142).contains(&median), "median {median}");
}

#[test]
fn peaks_are_as_high_as_the_generators_column_says() {
    // The column itself is a sample of 4,000 games: two samples, compared by pooled variance.
    let column =
        [(1.5, 0.587), (2.0, 0.427), (5.0, 0.168), (10.0, 0.078), (50.0, 0.0147), (100.0, 0.0083)];
    let (ours, theirs) = (f64::from(GAMES), 4_000.0);
    for (level, share) in column {
        let reached = count(|course| course.peak() >= level) / ours;
        let pooled = (reached * ours + share * theirs) / (ours + theirs);
        let error = (pooled * (1.0 - pooled) * (1.0 / ours + 1.0 / theirs)).sqrt();
        let z = (reached - share) / error;
        // Six levels: 5 % / 6, two-sided.
        assert!(z.abs() < 2.64, "P(peak >= {level}): {reached:.4} for {share:.4}, z {z:.2}");
    }
    let mut peaks: Vec<f64> = COURSES.iter().map(Course::peak).collect();
    peaks.sort_unstable_by(f64::total_cmp);
    // Listed 1.729 of 4,000 games; about 0.03 is its sampling error and ours together.
    let median = peaks[peaks.len() / 2];
    assert!((median - 1.729).abs() < 0.06, "median peak {median:.3}");
}

#[test]
fn every_step_is_of_a_kind_that_the_law_knows_in_its_share() {
    let all = sorted();
    let big = all.big_up + all.big_down;
    let ordinary = big + all.drifts;
    // Four figures: 5 % / 4, two-sided.
    let critical = 2.50;
    let shares = [
        ("big moves", z_of_share(big, ordinary, 0.125)),
        ("big moves up", z_of_share(all.big_up, big, 0.5)),
        ("god candles", z_of_share(all.god_candles, ordinary + all.god_candles, 1e-5)),
        ("drift", all.distance / all.variance.sqrt()),
    ];
    for (about, z) in shares {
        assert!(z.abs() < critical, "{about}: z {z:.2}, critical {critical}");
    }
}

#[test]
fn drifts_scatter_as_the_law_says_and_as_was_measured() {
    let all = sorted();
    // A sum of two uniforms has kurtosis between 1.8 and 2.4, so each square varies by 1.4 at most.
    let z = (all.squares - all.drifts) / (1.4 * all.drifts).sqrt();
    assert!(z.abs() < 1.96, "z {z:.2}");
    // Measured 0.01509 over 158,536 steps of other games; the volatility follows the peaks.
    let deviation = (all.drift_squares / all.drifts).sqrt();
    assert!((0.0149..0.0155).contains(&deviation), "standard deviation {deviation:.5}");
}

#[test]
fn a_sidebet_wins_as_often_at_any_start() {
    let chance = rug_within(40);
    let starts = (0..=400).step_by(20);
    for start in starts {
        let alive = count(|course| course.rug_tick() > start);
        let won = count(|course| (start + 1..=start + 40).contains(&course.rug_tick()));
        let z = z_of_share(won, alive, chance);
        // 21 starts: 5 % / 21, two-sided.
        assert!(z.abs() < 3.04, "from tick {start}: {:.4} for {chance:.4}, z {z:.2}", won / alive);
    }
}
