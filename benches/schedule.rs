//! The stages of a tick: with nobody at the table, and with more and more bots.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use replayer::bench::cast::Cast;
use replayer::bench::staged::{Digests, Run, step};
use replayer::bench::w1;
use replayer::driver::Pacing;
use replayer::strategy::conservative::Conservative;

/// Ticks of a sample: one slice of the driver does as many without looking at anything else.
const TICKS: u64 = 1_000;
/// Games without end, as far as a benchmark is concerned.
const GAMES: u64 = u64::MAX;

/// Bots of one strategy at one table, in games that follow one another.
fn stages(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("stages");
    for bots in [0, 1, 8, 100, 1_000] {
        let run = Run::generated(Cast::none().with::<Conservative>(bots), GAMES);
        let mut app = run.world(1, Box::new(Digests::default()), Pacing::Paused);
        group.throughput(Throughput::Elements(TICKS * u64::from(bots.max(1)))).sample_size(20);
        group.bench_function(BenchmarkId::new("bots", bots), |bencher| {
            bencher.iter(|| step(&mut app, TICKS));
        });
    }
    group.finish();
}

/// W1, shortened, beside its plain loop; `replayer bench --only w1` plays all of it.
fn series(criterion: &mut Criterion) {
    const SERIES: usize = 100_000;
    let run = w1::run(replayer::bench::series::series(SERIES));
    let mut group = criterion.benchmark_group("w1");
    group.throughput(Throughput::Elements(SERIES as u64)).sample_size(20);
    group.bench_function("plain", |bencher| bencher.iter(|| w1::plain(&run)));
    group.bench_function("staged", |bencher| bencher.iter(|| w1::staged(&run)));
    group.finish();
}

criterion_group!(benches, stages, series);
criterion_main!(benches);
