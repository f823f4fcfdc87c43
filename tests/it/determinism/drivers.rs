//! Pace and driver: the same games in real time, in steps, and without a world at all.

use replayer::driver::{Driver, Gaps, Pacing};
use replayer::house::{Bankroll, House};
use replayer::journal::Digest;
use replayer::model::game::Game;
use replayer::model::ids::BotId;
use replayer::model::quote::Phase;
use replayer::model::rules::Rules;
use replayer::model::sol::Sol;
use replayer::plain::{self, Row, Seat};
use replayer::strategy::Strategy;
use replayer::strategy::aggressive::Aggressive;
use replayer::strategy::conservative::Conservative;
use replayer::strategy::foundational::Foundational;
use replayer::strategy::hold_to_target::HoldToTarget;
use replayer::strategy::kelly_sidebets::KellySidebets;
use replayer::strategy::martingale_sidebets::MartingaleSidebets;
use replayer::strategy::random::{Random, RandomParams};
use replayer::strategy::sidebet::Sidebet;
use replayer::streams::Streams;
use replayer::testing::TestTable;

use super::{BOTS, ONE_LIFE, PER_GAME, all_rules, crowd};
use crate::games::{Dice, tape};
use crate::words::prompt;

/// The bots of [`BOTS`] without a world.
fn seats(seed: u64) -> Vec<Box<dyn Row>> {
    fn seat<S: Strategy>(seed: u64, bot: u32) -> Box<dyn Row> {
        let streams = Streams::new(seed, BotId::new(BOTS[bot as usize].0).unwrap());
        Box::new(vec![Seat::<S>::new(bot, S::Params::default(), streams)])
    }
    vec![
        seat::<Conservative>(seed, 0),
        seat::<Aggressive>(seed, 1),
        seat::<Sidebet>(seed, 2),
        seat::<Foundational>(seed, 3),
        seat::<HoldToTarget>(seed, 4),
        seat::<MartingaleSidebets>(seed, 5),
        seat::<KellySidebets>(seed, 6),
        seat::<Random>(seed, 7),
        seat::<Random>(seed, 8),
    ]
}

#[test]
fn the_schedule_and_the_plain_loop_come_to_the_same_postings() {
    for rules in all_rules() {
        for bankroll in [PER_GAME, ONE_LIFE] {
            let table = crowd(&rules, bankroll, 120);
            let staged: Vec<Digest> = table.run().games.iter().map(|game| game.digest).collect();
            let (lineup, playlist) = table.parts();
            let (mut plain, house): (Vec<Digest>, &House) = (Vec::new(), lineup.house);
            plain::play(&playlist, house, &mut seats(house.seed), |_, digest| plain.push(digest));
            assert_eq!(plain, staged, "{rules:?}, {bankroll:?}");
        }
    }
}

#[test]
fn the_plain_loop_keeps_the_same_tally_and_wallet() {
    for rules in all_rules() {
        let params = || RandomParams { chance: 40.into(), ..RandomParams::default() };
        let poor = Bankroll::PerGame(Sol::milli(30));
        for game in 0..10 {
            let table = TestTable::new().rules(rules.clone()).bankroll(poor);
            let table = table.tape(tape(game, 0.01, 200)).bot::<Random>("random", params());
            let staged = table.run();
            let (lineup, playlist) = table.parts();
            let streams = Streams::new(lineup.house.seed, BotId::new("random").unwrap());
            let ((id, mut told), mut at) = (playlist.game(0).unwrap(), Game::none());
            at.begin(0, id);
            let mut seat = Seat::<Random>::new(0, params(), streams);
            while at.advance(told.next_frame().0).phase != Phase::Cooldown {
                seat.tick(&at, lineup.house, &mut |_| {}).unwrap();
            }
            let row = staged.rows("random")[0];
            assert_eq!(format!("{:?}", seat.tally()), format!("{:?}", row.tally), "{rules:?}");
            assert_eq!(seat.wallet().max_drawdown, row.max_drawdown);
            assert_eq!(seat.wallet().cash, row.cash);
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
