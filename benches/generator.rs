//! The generator's speed: ticks and draws per second, beside the same law written plainly.
//!
//! `cargo bench --bench generator`. Reach: 10 million ticks/s on one core
//! (docs/spec/performance.md#throughput).

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use replayer::games::fair::game::FairGame;
use replayer::games::fair::generated::generated;
use replayer::games::fair::seed::ServerSeed;
use replayer::games::fair::seedrandom::SeedRandom;
use replayer::model::game::Frame;
use replayer::model::ids::GameId;

const GAMES: u64 = 500;
const DRAWS: u64 = 100_000;

fn generator(criterion: &mut Criterion) {
    let games: Vec<_> = (0..GAMES).map(|index| generated(1, index)).collect();
    let ticks: u64 = games.iter().map(|(seed, id)| plain::ticks(seed, id)).sum();
    assert_eq!(ticks, games.iter().map(|(seed, id)| streamed(seed, id)).sum::<u64>());

    let mut group = criterion.benchmark_group("generator");
    group.throughput(Throughput::Elements(ticks));
    group.bench_function("ticks", |bencher| {
        bencher.iter(|| games.iter().map(|(seed, id)| streamed(seed, id)).sum::<u64>());
    });
    group.bench_function("ticks, plain baseline", |bencher| {
        bencher.iter(|| games.iter().map(|(seed, id)| plain::ticks(seed, id)).sum::<u64>());
    });
    group.throughput(Throughput::Elements(DRAWS));
    group.bench_function("draws", |bencher| {
        let mut stream = SeedRandom::new("hello.");
        bencher.iter(|| (0..DRAWS).map(|_| stream.draw()).sum::<f64>());
    });
    group.throughput(Throughput::Elements(GAMES));
    group.bench_function("games begun", |bencher| {
        bencher.iter(|| {
            for (seed, id) in &games {
                black_box(FairGame::new(seed, id));
            }
        });
    });
    group.finish();
}

/// Plays a game as an engine would, frame by frame; its ticks, the rug included.
fn streamed(seed: &ServerSeed, id: &GameId) -> u64 {
    let mut game = FairGame::new(seed, id);
    let mut ticks = 0;
    loop {
        match black_box(game.next()) {
            Frame::Presale => {}
            Frame::Price(_) => ticks += 1,
            Frame::Rug(_) => return ticks + 1,
            Frame::Idle => unreachable!("a game ends with its rug"),
        }
    }
}

/// The same law the way one writes it first: integers and vectors, no thought given to speed.
mod plain {
    use super::{GameId, ServerSeed, black_box};

    struct Arc4 {
        state: Vec<usize>,
        i: usize,
        j: usize,
    }

    impl Arc4 {
        fn new(key: &[u8]) -> Self {
            let mut state: Vec<usize> = (0..256).collect();
            let mut j = 0;
            for i in 0..256 {
                j = (j + usize::from(key[i % key.len()]) + state[i]) % 256;
                state.swap(i, j);
            }
            let mut stream = Self { state, i: 0, j: 0 };
            stream.number(256);
            stream
        }

        fn number(&mut self, bytes: usize) -> f64 {
            (0..bytes).fold(0.0, |number, _| {
                self.i = (self.i + 1) % 256;
                self.j = (self.j + self.state[self.i]) % 256;
                self.state.swap(self.i, self.j);
                let at = (self.state[self.i] + self.state[self.j]) % 256;
                number * 256.0 + self.state[at] as f64
            })
        }

        fn draw(&mut self) -> f64 {
            let (mut number, mut unit, mut last) = (self.number(6), 281_474_976_710_656.0, 0.0);
            while number < 4_503_599_627_370_496.0 {
                number = (number + last) * 256.0;
                unit *= 256.0;
                last = self.number(1);
            }
            while number >= 9_007_199_254_740_992.0 {
                number /= 2.0;
                unit /= 2.0;
                last = (last / 2.0_f64).floor();
            }
            (number + last) / unit
        }
    }

    /// The ticks of a game, the rug included.
    pub(super) fn ticks(seed: &ServerSeed, id: &GameId) -> u64 {
        let mut stream = Arc4::new(format!("{seed}-{id}").as_bytes());
        let (mut price, mut low, mut ticks) = (1.0_f64, 1.0_f64, 1);
        while stream.draw() >= 0.005 {
            ticks += 1;
            if stream.draw() < 0.00001 && price <= 100.0 {
                price *= 10.0;
            } else if stream.draw() < 0.125 {
                let size = 0.15 + stream.draw() * (0.25 - 0.15);
                price *= 1.0 + if stream.draw() > 0.5 { size } else { -size };
            } else {
                let drift = -0.02 + stream.draw() * (0.03 - -0.02);
                let volatility = 0.005 * price.sqrt().min(10.0);
                price *= 1.0 + (drift + volatility * (2.0 * stream.draw() - 1.0));
            }
            low = low.min(black_box(price));
        }
        black_box(low * (1.0 - 0.98));
        ticks + 1
    }
}

criterion_group!(benches, generator);
criterion_main!(benches);
