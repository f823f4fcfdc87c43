//! Pace: the same games in real time, in steps, and in a plain loop without a world.

use replayer::engine::driver::{Driver, Gaps, Pacing};
use replayer::engine::journal::Digest;
use replayer::engine::plain::{self, BotRow, PlainBot};
use replayer::engine::strategy::Strategy;
use replayer::engine::testing::TestTable;
use replayer::model::ids::{BotId, BotIndex};
use replayer::model::rules::Rules;
use replayer::model::setup::{Bankroll, Setup};
use replayer::model::streams::Streams;
use replayer::strategies::aggressive::Aggressive;
use replayer::strategies::conservative::Conservative;
use replayer::strategies::flat_sidebets::FlatSidebets;
use replayer::strategies::foundational::Foundational;
use replayer::strategies::hold_to_target::HoldToTarget;
use replayer::strategies::kelly_sidebets::KellySidebets;
use replayer::strategies::martingale_sidebets::MartingaleSidebets;
use replayer::strategies::momentum::Momentum;
use replayer::strategies::random::Random;
use replayer::strategies::sidebet::SidebetOnce;

use super::gambler::{Gambler, GamblerParams};
use super::{BOTS, LIVES, ONE_LIFE, PER_GAME, all_rules, crowd};
use crate::games::{Dice, tape};
use crate::words::prompt;

/// The bots of [`BOTS`] and a gambler, without a world.
fn seats(seed: u64) -> Vec<Box<dyn BotRow>> {
    fn seat<S: Strategy>(seed: u64, bot: usize) -> Box<dyn BotRow> {
        let id = BOTS.get(bot).map_or("gambler", |(id, _)| *id);
        let streams = Streams::new(seed, BotId::new(id).unwrap());
        let bot = BotIndex::after(bot).unwrap();
        Box::new(vec![PlainBot::<S>::new(bot, S::Params::default(), streams)])
    }
    vec![
        seat::<Conservative>(seed, 0),
        seat::<Aggressive>(seed, 1),
        seat::<SidebetOnce>(seed, 2),
        seat::<Foundational>(seed, 3),
        seat::<HoldToTarget>(seed, 4),
        seat::<MartingaleSidebets>(seed, 5),
        seat::<KellySidebets>(seed, 6),
        seat::<Random>(seed, 7),
        seat::<Random>(seed, 8),
        seat::<Momentum>(seed, 9),
        seat::<FlatSidebets>(seed, 10),
        seat::<Gambler>(seed, 11),
    ]
}

#[test]
fn the_schedule_and_the_plain_loop_come_to_the_same_postings() {
    for rules in all_rules() {
        for bankroll in [PER_GAME, LIVES, ONE_LIFE] {
            let table = crowd(&rules, bankroll, 120).bot::<Gambler>("gambler", GamblerParams {});
            let staged: Vec<Digest> = table.run().games.iter().map(|game| game.digest).collect();
            let (lineup, playlist) = table.parts();
            let (mut plain, setup): (Vec<Digest>, &Setup) = (Vec::new(), lineup.setup);
            plain::play(&playlist, setup, &mut seats(setup.seed), |_, digest| plain.push(digest));
            assert_eq!(plain, staged, "{rules:?}, {bankroll:?}");
        }
    }
}

/// A few short games, frames 1 to 5 ms apart.
fn hasty(bankroll: Bankroll) -> TestTable {
    let tapes = (0..6).map(|game| {
        let mut tape = tape(game, 0.01, 80);
        let mut dice = Dice(game);
        tape.gaps_ms = tape.prices.iter().map(|_| 1 + dice.below(5)).collect();
        tape
    });
    let table = TestTable::new().rules(Rules::observed()).bankroll(bankroll).tapes(tapes);
    BOTS.iter().fold(table, |table, (_, seat)| seat(table))
}

#[test]
fn real_time_comes_to_what_full_speed_does() {
    for bankroll in [PER_GAME, ONE_LIFE] {
        let table = hasty(bankroll);
        let unpaced = table.run().digest();
        for gaps in [Gaps::Recorded, Gaps::Fixed] {
            let paced = table.clone().pacing(Pacing::Realtime { speed: 100.0, gaps }).run();
            assert_eq!(paced.digest(), unpaced, "{gaps:?}, {bankroll:?}");
        }
    }
}

// Row 73 of the acceptance table (seeking is in `session.rs`).
#[test]
fn steps_of_any_size_come_to_what_full_speed_does() {
    for bankroll in [PER_GAME, ONE_LIFE] {
        let table = hasty(bankroll);
        let unpaced = table.run().digest();
        let mut dice = Dice(4);
        for _ in 0..5 {
            let mut stepped = table.clone().pacing(Pacing::Paused).build();
            while stepped.app.should_exit().is_none() {
                let steps = u64::from(dice.below(40));
                stepped.app.world_mut().resource_mut::<Driver>().pacing = Pacing::Step(steps);
                stepped.app.update();
            }
            assert_eq!(stepped.finish().digest(), unpaced, "{bankroll:?}");
        }
    }
}

#[test]
fn a_paused_run_stands_still() {
    let mut paused = crowd(&prompt(), PER_GAME, 1).pacing(Pacing::Paused).build();
    for _ in 0..5 {
        paused.app.update();
    }
    assert_eq!(paused.app.world().resource::<Driver>().steps, 0);
}
