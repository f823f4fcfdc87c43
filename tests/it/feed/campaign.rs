//! Faults of all kinds in a whole session: what is told keeps its order and is true.

use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;
use replayer::feed::{Fact, Machine};
use replayer::model::time::Moment;

use super::law::{End, Law};
use super::show::{Kind, Show};
use crate::campaign::cases;

/// What happens to a frame on its way.
#[derive(Debug, Clone, Copy)]
enum Fault {
    Drop,
    /// It comes again, this many frames later.
    Again(usize),
    /// It comes only this many frames later.
    Delay(usize),
    /// The connection is lost for this many frames; what comes then is the first of a new one.
    Outage(usize),
}

/// The frames that arrive, by number, each with whether it is the first of a connection.
fn arrivals(frames: usize, faults: &[(prop::sample::Index, Fault)]) -> Vec<(usize, bool)> {
    // Where a frame comes, in thousandths of frames, so that later ones find a place between.
    let mut arriving: Vec<(usize, usize, bool)> =
        (0..frames).map(|frame| (frame * 1_000, frame, false)).collect();
    let mut more = Vec::new();
    let mut lost = vec![false; frames];
    for (number, (place, fault)) in faults.iter().enumerate() {
        let frame = place.index(frames);
        let later = |by: usize| (frame + by) * 1_000 + number + 1;
        match *fault {
            Fault::Drop => lost[frame] = true,
            Fault::Again(by) => more.push((later(by), frame, false)),
            Fault::Delay(by) => arriving[frame].0 = later(by),
            Fault::Outage(length) => {
                lost.iter_mut().skip(frame).take(length).for_each(|lost| *lost = true);
                if let Some(first) = arriving.get_mut(frame + length) {
                    first.2 = true;
                }
            }
        }
    }
    arriving.retain(|(_, frame, first)| *first || !lost[*frame]);
    arriving.extend(more);
    arriving.sort_unstable();
    arriving.into_iter().map(|(_, frame, first)| (frame, first)).collect()
}

fn fault(outages: bool) -> impl Strategy<Value = Fault> {
    let longest = if outages { 200_usize } else { 1 };
    prop_oneof![
        4 => Just(Fault::Drop),
        2 => (1_usize..6).prop_map(Fault::Again),
        2 => (1_usize..4).prop_map(Fault::Delay),
        1 => (0..longest).prop_map(Fault::Outage),
    ]
}

/// Feeds what arrives to a machine and holds every fact against the law and against the truth.
fn run(show: &Show, arrivals: &[(usize, bool)]) -> Result<Law, TestCaseError> {
    let (mut machine, mut facts, mut law) = (Machine::new(), Vec::new(), Law::default());
    for (frame, first) in arrivals {
        facts.clear();
        let shown = show.frames[*frame];
        machine.take(
            Moment::from_ms(shown.at),
            "gameStateUpdate",
            &show.payload(*frame, *first),
            &mut facts,
        );
        law.follow(&facts).map_err(TestCaseError::fail)?;
        for fact in &facts {
            if let Fact::Tick { tick, late: false, .. } | Fact::Rug { tick, late: false, .. } = fact
            {
                let now = match shown.kind {
                    Kind::Step { tick } => Some(tick),
                    Kind::Rug => Some(show.games[shown.game].prices.len() - 1),
                    _ => None,
                };
                prop_assert_eq!(now, usize::try_from(*tick).ok(), "told as timely: {:?}", fact);
            }
        }
    }
    is_true(show, &law)?;
    Ok(law)
}

/// Every price and seed that was told is the true one.
fn is_true(show: &Show, law: &Law) -> TestCaseResult {
    for told in &law.games {
        let game = show.games.iter().find(|game| game.id == told.id).unwrap();
        let heard: Vec<f64> = told.ticks.iter().map(|(price, _)| *price).collect();
        prop_assert!(game.prices.starts_with(&heard), "{}: {:?}", told.id, heard);
        let whole = heard.len() == game.prices.len();
        prop_assert_eq!(whole, told.end == End::Rug, "{} ended as {:?}", told.id, told.end);
    }
    for reveal in &law.seeds {
        let game = show.games.iter().find(|game| game.id == reveal.game_id).unwrap();
        prop_assert_eq!(game.seed, reveal.server_seed);
        prop_assert_eq!(Some(&game.prices), reveal.record.prices.as_ref());
    }
    Ok(())
}

#[test]
fn a_session_without_faults_is_told_whole_and_in_its_time() {
    for run_seed in 0..20 {
        let show = Show::new(run_seed, 4, 300);
        let arrivals: Vec<_> = (0..show.frames.len()).map(|frame| (frame, frame == 0)).collect();
        let law = run(&show, &arrivals).unwrap();
        assert_eq!(law.games.len(), 4);
        for (told, game) in law.games.iter().zip(&show.games[show.past..]) {
            assert_eq!((told.id, told.end, told.presale_late), (game.id, End::Rug, Some(false)));
            assert!(told.ticks.iter().all(|(_, late)| !late));
        }
        let seeds: Vec<_> = law.seeds.iter().map(|reveal| reveal.game_id).collect();
        let over: Vec<_> = show.games[..show.games.len() - 1].iter().map(|game| game.id).collect();
        assert_eq!(seeds, over);
    }
}

#[test]
fn a_session_joined_anywhere_is_told_from_there_on_and_what_came_before_as_late() {
    let show = Show::new(7, 2, 30);
    for join in 0..show.frames.len() {
        let arrivals: Vec<_> =
            (join..show.frames.len()).map(|frame| (frame, frame == join)).collect();
        let law = run(&show, &arrivals).unwrap();
        let joined = show.frames[join];
        let told = &law.games[0];
        assert_eq!((told.id, told.end), (show.games[joined.game].id, End::Rug), "{joined:?}");
        let on = match joined.kind {
            Kind::Step { tick } => tick,
            Kind::Rug | Kind::SecondRug => told.ticks.len() - 1,
            _ => 0,
        };
        let late = told.ticks.iter().take_while(|(_, late)| *late).count();
        let missed_rug = usize::from(joined.kind == Kind::SecondRug);
        assert_eq!(late, on + missed_rug, "{joined:?}");
        assert!(told.ticks.iter().skip(late).all(|(_, late)| !late), "{joined:?}");
    }
}

#[test]
fn lost_rug_frames_are_made_up_for_by_the_next_history_and_only_by_that() {
    let show = Show::new(3, 3, 40);
    let second = show.past + 1;
    for (lost_rugs, lost_histories) in [(0, false), (1, false), (2, false), (0, true), (2, true)] {
        let lost = |frame: usize| {
            let shown = show.frames[frame];
            (shown.game == second && shown.kind == Kind::Rug && lost_rugs >= 1)
                || (shown.game == second && shown.kind == Kind::SecondRug && lost_rugs == 2)
                || (shown.game > second && shown.kind == Kind::Genesis && lost_histories)
        };
        let arrivals: Vec<_> = (0..show.frames.len())
            .filter(|frame| !lost(*frame))
            .map(|frame| (frame, frame == 0))
            .collect();
        let law = run(&show, &arrivals).unwrap();
        let told = &law.games[1];
        let voided = lost_rugs == 2 && lost_histories;
        assert_eq!(told.end, if voided { End::Void } else { End::Rug });
        assert_eq!(told.ticks.last().unwrap().1, !voided && lost_rugs > 0);
        assert_eq!(law.games[2].end, End::Rug);
        // Without the genesis frame the seed comes with the second rug frame of the next game.
        assert!(law.seeds.iter().any(|reveal| reveal.game_id == told.id));
    }
}

proptest! {
    #![proptest_config(cases(400))]

    #[test]
    fn whatever_is_lost_doubled_or_swapped_what_is_told_is_in_order_and_true(
        run_seed in 0_u64..50,
        faults in prop::collection::vec((any::<prop::sample::Index>(), fault(true)), 0..60),
    ) {
        let show = Show::new(run_seed, 4, 60);
        run(&show, &arrivals(show.frames.len(), &faults))?;
    }

    #[test]
    fn almost_everything_lost_is_still_told_in_order_and_truly(
        run_seed in 0_u64..50,
        kept in prop::collection::vec((any::<prop::sample::Index>(), prop::bool::weighted(0.1)), 1..80),
    ) {
        let show = Show::new(run_seed, 4, 60);
        let kept = kept.iter().map(|(place, first)| (place.index(show.frames.len()), *first));
        // In any order, even backward.
        run(&show, &kept.collect::<Vec<_>>())?;
    }

    #[test]
    fn faults_that_leave_a_frame_in_five_cost_no_tick(
        run_seed in 0_u64..50,
        faults in prop::collection::vec((any::<prop::sample::Index>(), fault(false)), 0..200),
    ) {
        let show = Show::new(run_seed, 3, 60);
        let mut arriving = arrivals(show.frames.len(), &faults);
        // One in three in play, the frames that begin and end a game, and one of its presale.
        for (frame, shown) in show.frames.iter().enumerate() {
            let kept = match shown.kind {
                Kind::Step { tick } => tick % 3 == 0,
                Kind::Genesis | Kind::Opening | Kind::Rug => true,
                Kind::SecondRug | Kind::Countdown { .. } => false,
            };
            if kept {
                arriving.retain(|(arrived, _)| *arrived != frame);
                arriving.push((frame, frame == 0));
            }
        }
        arriving.sort_by_key(|(frame, _)| *frame);
        let law = run(&show, &arriving)?;
        prop_assert_eq!(law.games.len(), 3);
        for told in &law.games {
            prop_assert_eq!((told.end, told.presale_late), (End::Rug, Some(false)));
        }
    }
}
