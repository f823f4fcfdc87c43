//! The generator alone: provably-fair games, generated and discarded.

use super::measure::{Effort, Figure, Reach, time};
use crate::engine::source::Playlist;
use crate::model::game::Frame;
use crate::model::ids::GameIndex;

const GAMES: u64 = 50_000;

/// Ticks per second of the generator on one thread, including names and seeds.
#[must_use]
pub fn measure(effort: Effort) -> Vec<Figure> {
    let games = effort.of(GAMES);
    let playlist = Playlist::Generated { seed: super::cast::SEED, games };
    let rate = (0..effort.laps).map(|_| rate(&playlist)).fold(0.0, f64::max);
    vec![Figure {
        workload: "generator",
        what: "generator alone".into(),
        ticks_per_s: rate,
        baseline_ticks_per_s: None,
        reach: Reach::Rate(10e6),
    }]
}

#[expect(clippy::cast_precision_loss, reason = "a figure for people")]
fn rate(playlist: &Playlist) -> f64 {
    let (took, (ticks, _)) = time(|| {
        (0..playlist.games()).map_while(|place| playlist.game(GameIndex::after(place))).fold(
            (0_u64, 0.0),
            |(mut ticks, mut sum), (_, mut playback)| {
                // The sum prevents the compiler from optimising the prices away.
                loop {
                    match playback.next_frame().frame {
                        Frame::Presale => {}
                        Frame::Price(price) | Frame::Rug(price) => {
                            ticks += 1;
                            sum += price.get();
                        }
                        Frame::Idle => break,
                    }
                }
                (ticks, std::hint::black_box(sum))
            },
        )
    });
    ticks as f64 / took.as_secs_f64()
}
