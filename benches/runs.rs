//! Whole runs by tables and bots, each beside a plain loop that does the same work.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use replayer::bench::cast::Cast;
use replayer::bench::staged::Run;

/// Games of a sample; enough for every table to be in play for most of it.
const GAMES: u64 = 256;

fn runs(criterion: &mut Criterion) {
    for each in [1, 4] {
        let run = Run::generated(Cast::classics(each), GAMES);
        let bots = 4 * each;
        let mut group = criterion.benchmark_group(format!("runs/{bots} bots"));
        group.sample_size(10).throughput(Throughput::Elements(run.plain().ticks));
        group.bench_function("plain", |bencher| bencher.iter(|| black_box(run.plain())));
        for tables in [1, 8, 32, 128] {
            let id = BenchmarkId::new("tables", tables);
            group.bench_function(id, |bencher| bencher.iter(|| black_box(run.staged(tables))));
        }
        group.finish();
    }
}

criterion_group!(benches, runs);
criterion_main!(benches);
