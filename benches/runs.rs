//! Whole runs by tables and bots, each beside a plain loop that does the same work. Timed in CPU
//! time, set-up left aside.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use replayer::bench::cast::Cast;
use replayer::bench::staged::Run;

/// Enough for every table to be in play for most of it.
const GAMES: u64 = 512;

fn runs(criterion: &mut Criterion) {
    for each in [1, 4] {
        let run = Run::generated(Cast::classics(each), GAMES);
        let mut group = criterion.benchmark_group(format!("runs, {} bots", 4 * each));
        group.sample_size(10).throughput(Throughput::Elements(run.plain().ticks));
        group.bench_function("plain", |bencher| {
            bencher.iter_custom(|laps| (0..laps).map(|_| run.plain().took).sum());
        });
        for tables in [1, 8, 32, 128] {
            group.bench_function(BenchmarkId::new("tables", tables), |bencher| {
                bencher.iter_custom(|laps| (0..laps).map(|_| run.staged(tables).took).sum());
            });
        }
        group.finish();
    }
}

criterion_group!(benches, runs);
criterion_main!(benches);
