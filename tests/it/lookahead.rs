//! The look-ahead audit names the bots that look, with game and tick, and no others.

mod command;
mod peekers;

use std::num::NonZeroU64;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use replayer::backtest::audit::{self, AuditReport, AuditVerdict, Retelling};
use replayer::engine::source::Playlist;
use replayer::engine::strategy::{LifeStart, Strategies, Strategy, View};
use replayer::engine::testing::tape;
use replayer::engine::{BotSpec, Lineup};
use replayer::games::fair::game::{Course, FairGame};
use replayer::games::fair::generated::generated;
use replayer::model::order::{Action, Actions};
use replayer::model::quote::Phase;
use replayer::model::rules::{Latency, Rules};
use replayer::model::setup::{Bankroll, Setup};
use replayer::model::sol::Sol;
use replayer::model::tape::Tape;

use crate::games::tapes;
use crate::words::{one_of_each, prompt};
use peekers::{Peekers, Sight, peeker};

const BUY: Action = Action::Buy { stake: Sol::milli(5) };
const SELL: Action = Action::SELL_ALL;
const SIDEBET: Action = Action::Sidebet { stake: Sol::milli(1) };

fn setup(bankroll: Bankroll) -> Setup {
    Setup { rules: prompt(), bankroll, seed: 11 }
}

fn per_game() -> Setup {
    setup(Bankroll::PerGame(Sol::milli(100)))
}

fn audit_of(setup: &Setup, bots: &[BotSpec], tapes: Vec<Tape>) -> AuditReport {
    let strategies = Strategies::standard().with_kind(Box::new(Peekers)).with::<Knower>();
    let lineup = Lineup { setup, bots, strategies: &strategies };
    let tapes: Vec<_> = tapes.into_iter().map(Arc::new).collect();
    audit::audit(lineup, &tapes, &mut || true)
}

/// Where the first bot was found out, and by which retelling.
type At = Option<(u64, Option<u32>, Retelling)>;

/// What was found of the first bot, where, and how many ticks it knew in advance.
fn found(report: &AuditReport) -> (AuditVerdict, At, Option<usize>) {
    let bot = &report.bots[0];
    let finding = bot.finding.as_ref().map(|it| (it.game.get(), it.tick, it.retelling));
    (bot.verdict, finding, bot.looks_ahead_ticks)
}

/// Buys in front of a price that is higher `TICKS` ticks later.
fn buys_before<const TICKS: usize>(sight: &Sight<'_>, _: &mut usize) -> Option<Action> {
    let later = *sight.future.get(TICKS - 1)?;
    let active = sight.quote.phase == Phase::Active;
    (active && sight.flat && later > sight.quote.price.get()).then_some(BUY)
}

#[test]
fn a_bot_that_looks_one_tick_ahead_is_named_with_the_exact_tick() {
    // Ticks 0 to 3 fall and give it no reason; the rise after tick 4 does.
    let game = tape("g", [1.0, 0.9, 0.8, 0.7, 0.6, 0.65, 0.6, 0.012]);
    let honest = tape("flat", [1.0, 0.9, 0.018]);
    let bots = [peeker("spy", buys_before::<1>)];
    let report = audit_of(&per_game(), &bots, vec![honest, game]);
    // A bot that buys before a rise shows it at tick 0 of the first game, where a rise could come.
    let at = (0, Some(0), Retelling::Rise);
    assert_eq!(found(&report), (AuditVerdict::LooksAhead, Some(at), Some(1)));
    let finding = report.bots[0].finding.as_ref().unwrap();
    assert_eq!(finding.whole.to_string(), "nothing");
    assert_eq!(finding.retold.to_string(), BUY.to_string());
}

#[test]
fn a_bot_that_looks_ahead_late_in_a_later_game_is_named_there() {
    /// Holds from tick 1 on; from tick 4 on it sells in front of a fall.
    fn decide(sight: &Sight<'_>, _: &mut usize) -> Option<Action> {
        match sight.prices.len() {
            2 => Some(BUY),
            ticks if ticks > 4 && sight.future[0] < sight.quote.price.get() => Some(SELL),
            _ => None,
        }
    }
    let short = tape("short", [1.0, 1.1, 1.2, 0.02]);
    let long = tape("long", [1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 1.4, 0.02]);
    let report = audit_of(&per_game(), &[peeker("spy", decide)], vec![short, long]);
    // At tick 4 the whole game goes up and it holds; cut there by a rug it would have sold.
    let at = (1, Some(4), Retelling::Rug);
    assert_eq!(found(&report), (AuditVerdict::LooksAhead, Some(at), Some(1)));
    assert_eq!(
        report.bots[0].to_string(),
        "LOOKS AHEAD: bot spy (Peeker), game 1 (long), tick 4: decided nothing on the whole game, \
         and sell 100% when it was cut after tick 4 and the rug came next; it knew 1 tick or more \
         in advance"
    );
}

#[test]
fn an_audit_says_how_far_ahead_a_bot_must_have_looked() {
    let reports = [
        audit_of(&per_game(), &[peeker("spy", buys_before::<2>)], tapes(1, 3)),
        audit_of(&per_game(), &[peeker("spy", buys_before::<7>)], tapes(1, 3)),
        audit_of(&per_game(), &[peeker("spy", buys_before::<40>)], tapes(1, 3)),
    ];
    assert_eq!(reports.map(|report| found(&report).2), [Some(2), Some(7), Some(40)]);
}

#[test]
fn a_bot_that_learned_the_rug_tick_in_the_presale_is_named_when_it_uses_it() {
    /// Bets 40 ticks before the rug, whatever is told meanwhile.
    fn decide(sight: &Sight<'_>, rug: &mut usize) -> Option<Action> {
        match sight.quote.phase {
            Phase::Presale => {
                *rug = sight.future.len() - 1;
                None
            }
            _ if sight.prices.len() - 1 + 40 == *rug => Some(SIDEBET),
            _ => None,
        }
    }
    let mut prices = vec![1.0; 61];
    prices.push(0.02);
    let report = audit_of(&per_game(), &[peeker("spy", decide)], vec![tape("g", prices)]);
    // It has to know the rug of tick 61 in the presale: that is 61 ticks and the presale ahead.
    let at = (0, Some(21), Retelling::Rug);
    assert_eq!(found(&report), (AuditVerdict::LooksAhead, Some(at), Some(62)));
}

#[test]
fn a_bot_that_reads_what_the_playback_prints_is_named() {
    /// Bets five ticks before the last of the prices that the playback shows to a debugger.
    fn decide(sight: &Sight<'_>, _: &mut usize) -> Option<Action> {
        let shown = format!("{:?}", sight.playback);
        let prices = shown.split_once("prices: [")?.1.split_once(']')?.0.split(", ").count();
        (sight.prices.len() + 5 == prices).then_some(SIDEBET)
    }
    let game = || tape("g", [1.0, 1.1, 1.2, 1.3, 1.2, 1.1, 1.0, 1.1, 1.2, 0.02]);
    let report = audit_of(&per_game(), &[peeker("spy", decide)], vec![game(), game()]);
    // Ten prices: with five of them told, and the rug in sight five ticks later.
    let at = (0, Some(4), Retelling::Rug);
    assert_eq!(found(&report), (AuditVerdict::LooksAhead, Some(at), Some(5)));
    assert_eq!(report.bots[0].finding.as_ref().unwrap().whole.to_string(), SIDEBET.to_string());
}

#[test]
fn a_bot_that_looks_at_the_game_after_this_one_is_named() {
    /// Bets at the end of a game when the game queue says that the next one is called so.
    fn decide(sight: &Sight<'_>, _: &mut usize) -> Option<Action> {
        let (next, _) = sight.queue.playlist().game(sight.place.next())?;
        (sight.quote.tick == 2 && next.as_str() == "long").then_some(SIDEBET)
    }
    let games = ["first", "second", "long"].map(|id| tape(id, [1.0, 1.1, 1.2, 1.1, 0.02]));
    let report = audit_of(&per_game(), &[peeker("spy", decide)], games.to_vec());
    let (verdict, at, _) = found(&report);
    assert_eq!((verdict, at), (AuditVerdict::LooksAhead, Some((1, Some(2), Retelling::Rug))));
}

#[test]
fn a_peek_in_one_life_of_many_games_is_found_where_it_happens() {
    /// Plays by the past in the first games; in the third it sells in front of the rug.
    fn decide(sight: &Sight<'_>, _: &mut usize) -> Option<Action> {
        match (sight.prices.len(), sight.place.get()) {
            (2, _) => Some(BUY),
            (_, 2) if !sight.flat && sight.future.len() == 1 => Some(SELL),
            (30.., 0 | 1) if !sight.flat => Some(SELL),
            _ => None,
        }
    }
    let life = setup(Bankroll::Compounding(Sol::milli(100)));
    let mut games = tapes(3, 2);
    games.push(tape("g", [1.0, 1.1, 1.0, 1.2, 0.02]));
    let wise =
        |sight: &Sight<'_>, _: &mut usize| if sight.prices.len() == 2 { Some(BUY) } else { None };
    let bots = [peeker("spy", decide), peeker("wise", wise)];
    let report = audit_of(&life, &bots, games);
    // In at tick 1; with a rug next it would be out at once.
    let at = (2, Some(2), Retelling::Rug);
    assert_eq!(found(&report), (AuditVerdict::LooksAhead, Some(at), Some(1)));
    assert_eq!((report.bots[1].verdict, report.bots[1].decisions), (AuditVerdict::PastOnly, 3));
}

#[test]
fn a_bot_that_makes_the_game_from_the_seed_of_the_run_is_named() {
    /// Bets when the game that the run's seed makes at this place is about to end.
    fn decide(sight: &Sight<'_>, _: &mut usize) -> Option<Action> {
        let (seed, id) = generated(sight.seed, sight.place.get());
        let rug = Course::of(FairGame::new(&seed, &id)).rug_tick();
        (sight.quote.tick + 10 == rug && sight.quote.phase == Phase::Active).then_some(SIDEBET)
    }
    let playlist = Playlist::Generated { seed: 11, games: 5 };
    let games: Vec<_> = audit::tapes(&playlist, 5).into_iter().map(Arc::unwrap_or_clone).collect();
    let bets_at = u32::try_from(games[0].last_tick() - 10).unwrap();
    let report = audit_of(&per_game(), &[peeker("seer", decide)], games);
    assert_eq!(report.bots[0].verdict, AuditVerdict::KnowsTheGame);
    let finding = report.bots[0].finding.as_ref().unwrap();
    assert_eq!((finding.retelling, finding.game.get()), (Retelling::Renamed, 0));
    assert!(finding.tick <= Some(bets_at), "at the latest where it bets on the game as it is");
}

/// Was given the prices of every game, and buys in front of what it knows to be a rise.
#[derive(Debug, Clone)]
struct Knower {
    /// Where to look the game up; by its first prices otherwise.
    place: Option<usize>,
}

#[derive(Debug, Clone, Default)]
struct KnowerParams {
    games: Vec<Vec<f64>>,
    by_place: bool,
}

impl replayer::base::params::Params for KnowerParams {
    fn table() -> Vec<replayer::base::params::Param> {
        Vec::new()
    }

    fn read(_: &mut replayer::base::document::DocumentFields<'_>) -> Self {
        Self::default()
    }
}

impl Strategy for Knower {
    type Params = KnowerParams;
    const NAME: &'static str = "Knower";
    const ABOUT: &'static str = "Carries the file with it.";

    fn new(params: &KnowerParams, start: LifeStart<'_>) -> Self {
        let place = params.by_place.then(|| start.game.at().unwrap());
        Self { place }
    }

    fn decide(&mut self, params: &KnowerParams, view: &View<'_>) -> impl Into<Actions> {
        let told = view.prices.len();
        let known = match self.place {
            Some(place) => params.games.get(place)?,
            None => params.games.iter().find(|game| told > 3 && game.starts_with(view.prices))?,
        };
        let next = *known.get(told)?;
        let rises = view.is_active() && next > view.price().get();
        (rises && view.position.is_flat()).then_some(BUY)
    }
}

fn knower(by_place: bool, games: &[Tape]) -> BotSpec {
    let prices = |game: &Tape| game.prices.iter().map(|price| price.get()).collect();
    let params = KnowerParams { games: games.iter().map(prices).collect(), by_place };
    BotSpec::new::<Knower>(replayer::model::ids::BotId::new("knower").unwrap(), params)
}

#[test]
fn a_strategy_that_looks_the_game_up_by_its_place_in_a_file_is_named() {
    let games = tapes(4, 5);
    let report = audit_of(&per_game(), &[knower(true, &games)], games);
    assert_eq!(report.bots[0].verdict, AuditVerdict::KnowsTheGame);
    assert!(report.bots[0].to_string().starts_with("KNOWS THE GAME: bot knower (Knower), game 0"));
}

#[test]
fn a_strategy_that_knows_a_game_again_by_its_first_prices_is_beyond_an_audit() {
    // The how-to says so, and what to do: let it play games that cannot be in its file.
    let games = tapes(4, 5);
    let report = audit_of(&per_game(), &[knower(false, &games)], games);
    assert_eq!(report.bots[0].verdict, AuditVerdict::PastOnly);
    assert!(report.bots[0].decisions > 0);
}

#[test]
fn a_bot_that_decides_differently_at_each_telling_cannot_be_audited() {
    fn decide(_: &Sight<'_>, _: &mut usize) -> Option<Action> {
        static TOLD: AtomicU32 = AtomicU32::new(0);
        TOLD.fetch_add(1, Ordering::Relaxed).is_multiple_of(7).then_some(BUY)
    }
    let report = audit_of(&per_game(), &[peeker("moody", decide)], tapes(6, 1));
    assert_eq!(report.bots[0].verdict, AuditVerdict::NotRepeatable);
    assert!(report.bots[0].to_string().starts_with("NOT REPEATABLE: bot moody"));
    assert_eq!(report.bots[0].looks_ahead_ticks, None);
}

#[test]
fn no_strategy_that_ships_is_named_over_fifty_games() {
    let strategies = Strategies::standard();
    let bots = one_of_each(&strategies);
    let games = NonZeroU64::new(7).unwrap();
    let bankrolls = [
        Bankroll::PerGame(Sol::milli(100)),
        Bankroll::Lives { bankroll: Sol::milli(500), games },
        Bankroll::Compounding(Sol::milli(1_000)),
    ];
    for bankroll in bankrolls {
        for latency in [Latency::Ticks(1), Latency::Sampled(vec![0, 1, 4])] {
            let rules = Rules { latency, ..Rules::observed() };
            let setup = Setup { rules, bankroll, seed: 5 };
            let lineup = Lineup { setup: &setup, bots: &bots, strategies: &strategies };
            let games = audit::tapes(&Playlist::Generated { seed: 5, games: 1_000 }, 50);
            let report = audit::audit(lineup, &games, &mut || true);
            assert!(report.is_clean(), "{bankroll:?}: {:#?}", report.bots);
            let ticks: usize = games.iter().map(|game| game.prices.len()).sum();
            assert_eq!((report.games, report.ticks), (50, ticks as u64));
            // Two cuts at the presale and at every tick but the rug.
            assert!(report.bots.iter().all(|bot| bot.cuts == 2 * ticks as u64));
            let silent = report.bots.iter().filter(|bot| bot.decisions == 0);
            assert!(silent.count() <= 3, "most strategies find something to do");
        }
    }
}

#[test]
fn an_audit_ends_where_it_is_told_to_stop() {
    let setup = per_game();
    let bots = [peeker("spy", |_, _| None)];
    let strategies = Strategies::none().with_kind(Box::new(Peekers));
    let lineup = Lineup { setup: &setup, bots: &bots, strategies: &strategies };
    let games: Vec<_> = tapes(1, 9).into_iter().map(Arc::new).collect();
    let mut left = 3;
    let report = audit::audit(lineup, &games, &mut || {
        left -= 1;
        left > 0
    });
    assert_eq!(report.games, 3);
}
