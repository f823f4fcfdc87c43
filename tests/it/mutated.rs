//! Recordings with wrong numbers: whatever is in a file, what is played is a possible game, and no
//! ledger breaks.
//!
//! `REPLAYER_MUTATIONS` says how many recordings are spoiled; `.ci/campaign mutations` does it
//! 10,000 times.

use std::path::Path;

use proptest::prelude::*;
use replayer::backtest::columns::{Origin, ParquetFile, Rows, schema, tables, ticks};
use replayer::engine::testing::{ScriptStep, TestTable, at, presale, tape};
use replayer::games::fair::game::{Course, FairGame};
use replayer::games::fair::generated::generated;
use replayer::games::fair::recording as historical;
use replayer::games::number;
use replayer::games::recording::format::RecordLine;
use replayer::games::recording::{self, Fragment, Recording, Seen, Stage};
use replayer::model::ids::{GameId, GameIndex};
use replayer::model::order::{Action, Rejection};
use replayer::model::price::Price;
use replayer::model::rules::Rules;
use replayer::model::setup::Bankroll;
use replayer::model::sol::Sol;
use replayer::model::tape::Tape;
use replayer::model::time::Moment;
use replayer::strategies::hold_to_target::{HoldToTarget, HoldToTargetParams};
use replayer::strategies::random::{Random, RandomParams};
use rust_decimal::Decimal;

use crate::campaign::{cases, count};
use crate::games::Dice;
use crate::words::{buy, prompt, sidebet, sol};

/// The largest stake and bankroll that a scenario may have.
const MOST: &str = "1000000";

/// Stakes everything that may be staked, as early and as often as it can, and sells now and then.
fn greedy() -> Vec<ScriptStep> {
    let stake = sol(MOST);
    let early = [presale(Action::Buy { stake }), presale(sidebet(MOST))];
    let ticks = (0..400_u32).map(|tick| match tick % 5 {
        4 => at(tick, Action::SELL_ALL),
        _ => at(tick, Action::Buy { stake }),
    });
    early.into_iter().chain(ticks).collect()
}

/// Plays games in one life with the largest amounts that there are.
fn play(tapes: Vec<Tape>) {
    let games = tapes.len();
    let target =
        HoldToTargetParams { stake: sol(MOST), entry: 0, target: Decimal::from(99_000_000) };
    let outcome = TestTable::new()
        .rules(Rules { max_bet: sol(MOST), min_bet: Sol::from_lamports_const(1), ..prompt() })
        .bankroll(Bankroll::Compounding(sol(MOST)))
        .tapes(tapes)
        .script("greedy", greedy())
        .bot::<HoldToTarget>("patient", target)
        .bot::<Random>("random", RandomParams { chance: Decimal::from(30), stake: sol("1000") })
        .run();
    assert_eq!(outcome.games.len(), games);
}

/// Whether the law can make a game, by the words of its specification.
fn assert_possible(game: &Tape) {
    let prices: Vec<f64> = game.prices.iter().map(|price| price.get()).collect();
    let (rug, path) = prices.split_last().unwrap();
    assert_eq!(path[0], 1.0, "{}", game.id);
    for (tick, pair) in path.windows(2).enumerate() {
        let factor = pair[1] / pair[0];
        let moved = (0.75 - 2e-6..=1.25 + 2e-6).contains(&factor);
        let candle = pair[0] <= 100.0 && (factor - 10.0).abs() < 2e-5;
        assert!(moved || candle, "{} at {tick}: {} to {}", game.id, pair[0], pair[1]);
    }
    let lowest = path.iter().copied().fold(1.0, f64::min);
    assert!((rug / (lowest * 0.02) - 1.0).abs() < 2e-6, "{}: {rug} after {lowest}", game.id);
}

/// A generated game.
fn course(number: u64) -> (GameId, Course) {
    let (seed, id) = generated(17, number);
    (id, Course::of(FairGame::new(&seed, &id)))
}

/// A game in one of the layouts that are text.
fn text(number: u64) -> String {
    let (id, course) = course(number);
    match number % 3 {
        0 => {
            let mut text = Vec::new();
            historical::write(&mut text, &id, &course, historical::START).unwrap();
            String::from_utf8(text).unwrap()
        }
        1 => {
            let prices: Vec<String> =
                course.prices().iter().map(|price| format!("\"{price}\"")).collect();
            let prices = prices.join(", ");
            format!(r#"{{"meta": {{"game_id": "{id}"}}, "prices": [{prices}]}}"#)
        }
        _ => {
            let mut text = Vec::new();
            for (t, &p) in (0..).zip(course.prices()) {
                let (at, late, closed) = (Moment::from_ms(1_765_577_802_974), false, false);
                let line = match t == course.rug_tick() {
                    true => RecordLine::Rug { rug: id, t, p, at, late, closed },
                    false => RecordLine::Tick { tick: id, t, p, at, late, closed },
                };
                line.write(&mut text).unwrap();
            }
            String::from_utf8(text).unwrap()
        }
    }
}

/// A place in a text that an edit may take: a digit or a point.
fn place(text: &str, dice: &mut Dice, wanted: impl Fn(u8) -> bool) -> Option<usize> {
    let places: Vec<_> =
        text.bytes().enumerate().filter(|(_, byte)| wanted(*byte)).map(|(at, _)| at).collect();
    let drawn = u32::try_from(places.len()).ok().filter(|places| *places > 0)?;
    places.get(dice.below(drawn) as usize).copied()
}

/// The same text with one number of it wrong: a point lost or shifted, digits swapped, lost,
/// doubled or changed, a sign or an exponent that was not there, a line lost or out of its place.
fn spoiled(mut text: String, dice: &mut Dice) -> String {
    let digit = |byte: u8| byte.is_ascii_digit();
    let Some(at) = place(&text, dice, digit) else { return text };
    let Some(point) = place(&text, dice, |byte| byte == b'.') else { return text };
    match dice.below(9) {
        0 => _ = text.remove(point),
        1 => {
            text.remove(point);
            let by = 1 + dice.below(3) as usize;
            let to = if dice.below(2) == 0 { point.saturating_sub(by) } else { point + by };
            text.insert(to.min(text.len()), '.');
        }
        2 => {
            let digit = text.remove(at);
            text.insert((at + 1).min(text.len()), digit);
        }
        3 => _ = text.remove(at),
        4 => text.insert(at, char::from(text.as_bytes()[at])),
        5 => {
            let other = char::from_digit(dice.below(10), 10).unwrap();
            text.replace_range(at..=at, &other.to_string());
        }
        6 => text.insert(at, '-'),
        7 => {
            let exponent = format!("e{}", 40 - i64::from(dice.below(80)));
            text.insert_str(at + 1, &exponent);
        }
        _ => {
            let mut lines: Vec<_> = text.lines().map(str::to_owned).collect();
            let lost = lines.remove(dice.below(u32::try_from(lines.len()).unwrap()) as usize);
            if dice.below(2) == 0 {
                lines.insert(dice.below(u32::try_from(lines.len() + 1).unwrap()) as usize, lost);
            }
            text = lines.join("\n");
        }
    }
    text
}

/// The games of a recording that would be played; each is possible, each price in its range.
fn played(recording: &Recording) -> Vec<Tape> {
    let games: Vec<_> = recording.games.iter().filter_map(|game| game.game().ok()).collect();
    for game in &games {
        assert_possible(game);
        assert!(game.prices.iter().all(|price| number::within(price.get()).is_ok()));
    }
    games
}

#[test]
fn a_recording_with_wrong_numbers_is_played_as_a_possible_game_or_not_at_all() {
    let (mut dice, mut refused, mut games) = (Dice(42), 0, Vec::new());
    let mutations = count("REPLAYER_MUTATIONS", 300);
    for number in 0..mutations {
        let mut text = text(number);
        for _ in 0..1 + dice.below(3) {
            text = spoiled(text, &mut dice);
        }
        let found = played(&recording::read(text.as_bytes()).unwrap());
        refused += u64::from(found.is_empty());
        games.extend(found);
        if games.len() >= 20 {
            play(std::mem::take(&mut games));
        }
    }
    play(games);
    eprintln!("measured: {mutations} recordings with wrong numbers, {refused} of them not played");
    assert!(refused > mutations / 4, "{refused}");
}

/// A game in columns with one price that is another.
fn in_columns(number: u64, dice: &mut Dice, path: &Path) -> Option<Recording> {
    let (id, course) = course(number);
    let wrong = dice.below(u32::try_from(course.prices().len()).unwrap());
    let factor = 10_f64.powi(i32::try_from(dice.below(40)).unwrap() - 20);
    let mut seen: Vec<_> = (0..)
        .zip(course.prices())
        .map(|(tick, &price)| {
            let price = if tick == wrong { price * factor } else { price };
            Seen { tick, price: Price::new(price).unwrap(), time: None, closed: false, line: 0 }
        })
        .collect();
    let rug = seen.pop().map(|rug| (Stage::Rug, rug));
    let game = Fragment::of(id, seen, rug);
    let mut file = ParquetFile::create(path, &schema::TICKS, &Origin::recordings()).unwrap();
    // A table takes no price that it cannot hold to the last digit.
    tables::ticks(GameIndex::FIRST, &game, &mut file).ok()?;
    file.finish().unwrap();
    let read = ticks::read_file(path).unwrap().recording;
    if factor != 1.0 {
        assert_eq!(read.bad_lines, 1, "row {wrong} times {factor}");
        let line = u64::from(wrong) + 1;
        assert!(read.first_bad[0].impossible && read.first_bad[0].line == line, "{read:?}");
        assert!(read.games[0].game().is_err());
    }
    Some(read)
}

#[test]
fn a_wrong_price_in_columns_costs_its_row_and_its_place_is_told() {
    let (mut dice, place) = (Dice(7), tempfile::tempdir().unwrap());
    for number in 0..count("REPLAYER_MUTATIONS", 300) / 10 {
        let path = place.path().join(format!("{number}.parquet"));
        if let Some(recording) = in_columns(number, &mut dice, &path) {
            play(played(&recording));
        }
    }
}

#[test]
fn a_buy_of_more_tokens_than_can_be_counted_at_any_price_is_refused() {
    let outcome = TestTable::new()
        .rules(Rules { max_bet: sol(MOST), ..prompt() })
        .bankroll(Bankroll::PerGame(sol(MOST)))
        .tapes([tape("g", [1.0, 0.001, 0.001, 0.00002])])
        .script("me", [at(1, buy("6000")), at(2, buy("4000"))])
        .run();
    assert_eq!(outcome.rejections("me"), [(1, Rejection::TooLarge)]);
    assert_eq!(outcome.rows("me")[0].tally.buys, 1);
}

/// Steps that are the farthest that the law can make, for a while each.
fn extreme() -> impl Strategy<Value = Vec<f64>> {
    let stretch = (prop_oneof![Just(0.75), Just(1.25), Just(10.0), Just(1.0)], 1_usize..90);
    prop::collection::vec(stretch, 1..8).prop_map(|stretches| {
        let (mut price, mut low) = (1.0_f64, 1.0_f64);
        let mut prices = vec![price];
        for (factor, ticks) in stretches {
            for _ in 0..ticks {
                let factor = if factor == 10.0 && price > 100.0 { 1.25 } else { factor };
                price = (price * factor).clamp(number::PRICE_MIN * 60.0, number::PRICE_MAX);
                low = low.min(price);
                prices.push(price);
            }
        }
        prices.push(low * (1.0 - 0.98));
        prices
    })
}

proptest! {
    #![proptest_config(cases(24))]

    #[test]
    fn no_path_that_the_law_can_make_breaks_a_ledger(
        games in prop::collection::vec(extreme(), 1..12),
    ) {
        let named = (0..).zip(games).map(|(number, prices)| tape(&format!("g{number}"), prices));
        play(named.collect());
    }
}
