//! The stages of a tick at one table: with nobody there, and with more and more bots, each beside
//! a plain loop that does the same work. Timed in CPU time, set-up left aside.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use replayer::bench::cast::Cast;
use replayer::bench::staged::Run;
use replayer::bench::w1;
use replayer::strategies::conservative::Conservative;

/// Some 2,000 ticks.
const GAMES: u64 = 10;
/// W1, shortened; `replayer bench --only w1` plays all of it.
const SERIES: usize = 100_000;

fn stages(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("stages");
    group.sample_size(10);
    for bots in [0, 1, 8, 100, 1_000] {
        let run = Run::generated(Cast::none().with::<Conservative>(bots), GAMES);
        group.throughput(Throughput::Elements(run.plain().ticks * u64::from(bots.max(1))));
        group.bench_function(BenchmarkId::new("plain, bots", bots), |bencher| {
            bencher.iter_custom(|laps| (0..laps).map(|_| run.plain().took).sum());
        });
        group.bench_function(BenchmarkId::new("staged, bots", bots), |bencher| {
            bencher.iter_custom(|laps| (0..laps).map(|_| run.staged(1).took).sum());
        });
    }
    group.finish();
}

fn series(criterion: &mut Criterion) {
    let run = w1::run(replayer::bench::series::series(SERIES));
    let mut group = criterion.benchmark_group("w1");
    group.sample_size(10).throughput(Throughput::Elements(SERIES as u64));
    group.bench_function("plain", |bencher| {
        bencher.iter_custom(|laps| (0..laps).map(|_| w1::plain(&run).0.took).sum());
    });
    group.bench_function("staged", |bencher| {
        bencher.iter_custom(|laps| (0..laps).map(|_| w1::staged(&run).0.took).sum());
    });
    group.finish();
}

criterion_group!(benches, stages, series);
criterion_main!(benches);
