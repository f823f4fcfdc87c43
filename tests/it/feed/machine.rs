//! The machine, case by case.

use replayer::feed::{Anomaly, Fact, Machine};
use replayer::model::time::Moment;
use serde_json::{Value, json};

use super::law::{End, Law};

/// A game's frames, written by hand.
fn game(id: &str) -> Value {
    json!({"gameId": id, "provablyFair": {"serverSeedHash": "a".repeat(64), "version": "v3"}})
}

fn with(mut frame: Value, more: &Value) -> Value {
    frame.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    frame
}

fn countdown(id: &str, left_ms: u32) -> Value {
    with(game(id), &json!({"cooldownTimer": left_ms, "allowPreRoundBuys": left_ms <= 10_000}))
}

fn step(id: &str, tick: u32, price: f64) -> Value {
    let flags = json!({"active": true, "rugged": false, "tickCount": tick, "price": price});
    with(game(id), &with(json!({"allowPreRoundBuys": false, "cooldownTimer": 0}), &flags))
}

fn rug(id: &str, tick: u32, price: f64) -> Value {
    with(step(id, tick, price), &json!({"rugged": true}))
}

/// `partialPrices` from a tick on.
fn partial(frame: Value, start: usize, prices: &[f64]) -> Value {
    let tick = |(place, price): (usize, &f64)| ((start + place).to_string(), json!(price));
    let values: serde_json::Map<_, _> = prices.iter().enumerate().map(tick).collect();
    let end = start + prices.len() - 1;
    with(frame, &json!({"partialPrices": {"startTick": start, "endTick": end, "values": values}}))
}

fn history(frame: Value, games: &[(&str, &[f64])]) -> Value {
    let entry = |(id, prices): &(&str, &[f64])| {
        json!({"id": id, "prices": prices, "rugged": true, "gameVersion": "v3",
            "provablyFair": {"serverSeed": "b".repeat(64), "serverSeedHash": "a".repeat(64)}})
    };
    let entries: Vec<_> = games.iter().map(entry).collect();
    with(frame, &json!({ "gameHistory": entries }))
}

/// A machine that has taken some frames, and the facts that each of them gave.
fn taken(frames: &[Value]) -> (Machine, Vec<Vec<Fact>>) {
    let (mut machine, mut law, mut told) = (Machine::new(), Law::default(), Vec::new());
    for (at, frame) in (0..).zip(frames) {
        let mut facts = Vec::new();
        machine.take(Moment::from_ms(at), "gameStateUpdate", &frame.to_string(), &mut facts);
        law.follow(&facts).unwrap();
        told.push(facts);
    }
    (machine, told)
}

/// Ticks and rugs, as `tick:price`, `!` for a rug and `~` for what is late.
fn short(facts: &[Fact]) -> String {
    let late = |late: bool| if late { "~" } else { "" };
    let words = facts.iter().map(|fact| match fact {
        Fact::Game { id, .. } => format!("game-{id}"),
        Fact::Countdown { left_ms } => format!("-{left_ms}"),
        Fact::Presale { late: is_late } => format!("presale{}", late(*is_late)),
        Fact::Tick { tick, price, late: is_late } => format!("{tick}:{price}{}", late(*is_late)),
        Fact::Rug { tick, price, late: is_late } => format!("!{tick}:{price}{}", late(*is_late)),
        Fact::Void => "void".to_owned(),
        Fact::Seed(reveal) => format!("seed-{}", reveal.game_id),
    });
    words.collect::<Vec<_>>().join(" ")
}

fn told(frames: &[Value]) -> Vec<String> {
    taken(frames).1.iter().map(|facts| short(facts)).collect()
}

fn all(frames: &[Value]) -> String {
    told(frames).into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The game "a" up to its second tick.
fn begun() -> Vec<Value> {
    vec![countdown("a", 15_000), countdown("a", 10_000), step("a", 0, 1.0), step("a", 1, 1.1)]
}

#[test]
fn the_phases_of_a_game_come_in_their_order() {
    let frames = [begun(), vec![rug("a", 2, 0.02), countdown("b", 14_900)]].concat();
    let expected = ["game-a -15000", "-10000 presale", "0:1", "1:1.1", "!2:0.02", "game-b -14900"];
    assert_eq!(told(&frames), expected);
}

#[test]
fn the_hash_is_told_with_the_game() {
    let (_, told) = taken(&begun());
    let Fact::Game { seed_hash: Some(hash), .. } = told[0][0] else { panic!("{told:?}") };
    assert_eq!(hash.as_str(), "a".repeat(64));
}

#[test]
fn the_second_rugged_frame_with_its_inflated_tick_is_passed_over() {
    let second = history(partial(rug("a", 4, 0.02), 0, &[1.0, 1.1, 0.02]), &[("z", &[1.0, 0.02])]);
    let first = partial(rug("a", 2, 0.02), 0, &[1.0, 1.1, 0.02]);
    let frames = [begun(), vec![first, second.clone()]].concat();
    assert_eq!(told(&frames)[4..], ["!2:0.02", "seed-z"]);
    // On its own it says where the rug was, and that it is late.
    let frames = [begun(), vec![second]].concat();
    assert_eq!(told(&frames)[4..], ["seed-z !2:0.02~"]);
}

#[test]
fn a_rugged_frame_that_does_not_say_its_tick_waits_for_the_history() {
    // Inflated, without partial prices.
    let frames = [begun(), vec![rug("a", 4, 0.02), countdown("b", 14_900)]].concat();
    assert_eq!(told(&frames)[4..], ["", ""]);
    let end = history(countdown("b", 14_800), &[("a", &[1.0, 1.1, 0.02])]);
    let frames = [frames, vec![end]].concat();
    assert_eq!(told(&frames)[6], "!2:0.02~ seed-a game-b -14800");
}

#[test]
fn missing_ticks_are_filled_from_partial_prices_as_late() {
    let frames = [begun(), vec![partial(step("a", 4, 1.4), 2, &[1.2, 1.3, 1.4])]].concat();
    assert_eq!(told(&frames)[4], "2:1.2~ 3:1.3~ 4:1.4");
}

#[test]
fn a_hole_holds_everything_back_until_the_whole_path_is_known() {
    let after = |more: Value| {
        let tail = [step("a", 4, 1.15), step("a", 5, 1.2), more];
        told(&[begun(), tail.to_vec()].concat())[4..].to_vec()
    };
    // A new connection brings the path.
    let path = with(step("a", 6, 1.25), &json!({"prices": [1.0, 1.1, 1.2, 1.1, 1.15, 1.2, 1.25]}));
    assert_eq!(after(path), ["", "", "2:1.2~ 3:1.1~ 4:1.15~ 5:1.2~ 6:1.25"]);
    // The next game's history does.
    let past: &[f64] = &[1.0, 1.1, 1.2, 1.1, 1.15, 1.2, 0.02];
    let end = history(countdown("b", 15_000), &[("a", past)]);
    let whole = "2:1.2~ 3:1.1~ 4:1.15~ 5:1.2~ !6:0.02~ seed-a game-b -15000";
    assert_eq!(after(end), ["", "", whole]);
    // Nothing does, and the next presale is open.
    assert_eq!(after(countdown("b", 10_000)), ["", "", "void game-b -10000 presale"]);
}

#[test]
fn a_game_joined_midway_is_told_from_its_beginning_as_late() {
    let path = with(step("a", 2, 1.2), &json!({"prices": [1.0, 1.1, 1.2]}));
    assert_eq!(told(&[path])[0], "game-a presale~ 0:1~ 1:1.1~ 2:1.2");
    let late = with(step("a", 2, 1.2), &json!({"prices": [1.0, 1.1, 1.2]}));
    let frames = [partial(step("a", 3, 1.3), 2, &[1.2, 1.3]), late, step("a", 4, 1.4)];
    assert_eq!(told(&frames), ["game-a", "presale~ 0:1~ 1:1.1~ 2:1.2~ 3:1.3~", "4:1.4"]);
}

#[test]
fn games_that_were_missed_whole_are_seeds_and_not_games() {
    let past: &[f64] = &[1.0, 0.02];
    let end = history(
        with(step("d", 1, 1.1), &json!({"prices": [1.0, 1.1]})),
        &[("c", past), ("b", past), ("a", &[1.0, 1.1, 1.2, 0.02])],
    );
    let frames = [begun(), vec![end]].concat();
    let expected = "2:1.2~ !3:0.02~ seed-a seed-b seed-c game-d presale~ 0:1~ 1:1.1";
    assert_eq!(told(&frames)[4], expected);
}

#[test]
fn a_game_whose_end_nobody_knows_is_void_before_the_next_one() {
    let frames = [begun(), vec![countdown("b", 14_000), countdown("b", 13_900), step("b", 0, 1.0)]];
    assert_eq!(told(&frames.concat())[4..], ["", "", "void game-b presale~ 0:1"]);
    let (machine, _) = taken(&[begun(), vec![step("c", 0, 1.0)]].concat());
    assert_eq!(machine.anomalies().count("unfinished"), 1);
}

#[test]
fn a_game_that_waited_while_yet_another_one_came_is_never_told() {
    let frames = [begun(), vec![countdown("b", 14_000), countdown("c", 14_000), countdown("b", 1)]];
    let end = history(countdown("c", 13_000), &[("a", &[1.0, 1.1, 0.02])]);
    let told = told(&[frames.concat(), vec![end]].concat());
    assert_eq!(told[4..], ["", "", "", "!2:0.02~ seed-a game-c -13000"]);
}

#[test]
fn a_late_frame_of_the_game_before_still_ends_it_and_one_after_its_end_disturbs_nothing() {
    let frames = [begun(), vec![countdown("b", 14_900), rug("a", 2, 0.02), rug("a", 2, 0.02)]];
    assert_eq!(told(&frames.concat())[4..], ["", "!2:0.02 game-b -14900", ""]);
}

#[test]
fn countdown_frames_out_of_order_are_told_once_and_downward() {
    let genesis = with(countdown("a", 15_000), &json!({"active": false, "rugged": false}));
    let frames =
        [countdown("a", 14_900), genesis.clone(), countdown("a", 14_900), countdown("a", 14_800)];
    assert_eq!(told(&frames), ["game-a -14900", "", "", "-14800"]);
    // Not even in play.
    let frames = [begun(), vec![genesis, countdown("a", 100), step("a", 2, 1.2)]].concat();
    assert_eq!(told(&frames)[4..], ["", "", "2:1.2"]);
}

#[test]
fn a_history_is_harvested_once() {
    let past: &[(&str, &[f64])] = &[("z", &[1.0, 0.02]), ("y", &[1.0, 0.02])];
    let frame = history(countdown("a", 15_000), past);
    assert_eq!(told(&[frame.clone(), frame]), ["seed-y seed-z game-a -15000", ""]);
}

#[test]
fn a_minimal_frame_leaves_what_it_does_not_say_as_it_was() {
    let minimal = game("a");
    let frames = [begun(), vec![minimal, step("a", 2, 1.2)]].concat();
    let (machine, told) = taken(&frames);
    assert_eq!((short(&told[4]), short(&told[5])), (String::new(), "2:1.2".to_owned()));
    assert_eq!(machine.phase(), replayer::model::quote::Phase::Active);
    assert_eq!(machine.anomalies().fresh(), []);
}

#[test]
fn half_a_tick_is_not_a_tick() {
    let mut priceless = step("a", 2, 9.9);
    priceless.as_object_mut().unwrap().remove("price");
    let (machine, told) = taken(&[begun(), vec![priceless]].concat());
    assert_eq!(
        (short(&told[4]), machine.anomalies().fresh()),
        (String::new(), &[Anomaly::Incomplete][..])
    );
}

#[test]
fn the_first_price_of_a_tick_stands_and_a_frame_that_contradicts_itself_says_nothing() {
    let (machine, told) = taken(&[begun(), vec![step("a", 1, 1.2)]].concat());
    assert_eq!(short(&told[4]), "");
    let conflict = Anomaly::Conflict { tick: 1, known: 1.1, heard: 1.2 };
    assert!(machine.anomalies().fresh().contains(&conflict));
    let doubtful = partial(step("a", 2, 1.2), 2, &[1.3]);
    let sound = partial(step("a", 3, 1.25), 2, &[1.2, 1.25]);
    let (machine, told) = taken(&[begun(), vec![doubtful, sound]].concat());
    assert_eq!((short(&told[4]), short(&told[5])), (String::new(), "2:1.2~ 3:1.25".to_owned()));
    assert_eq!(machine.anomalies().count("contradiction"), 1);
}

#[test]
fn a_fall_like_a_rug_waits_for_what_explains_it() {
    let fall = [begun(), vec![step("a", 2, 0.02)]].concat();
    let (machine, told) = taken(&fall);
    assert_eq!((short(&told[4]), machine.anomalies().count("fall")), (String::new(), 1));
    let rugged = [fall.clone(), vec![partial(rug("a", 3, 0.02), 0, &[1.0, 1.1, 0.02])]].concat();
    assert_eq!(all(&rugged).rsplit(' ').next(), Some("!2:0.02~"));
    let alive = [fall, vec![step("a", 3, 0.021)]].concat();
    assert!(all(&alive).ends_with(" 2:0.02~ 3:0.021"));
}

#[test]
fn a_rug_where_the_game_has_gone_on_already_voids_it() {
    let back = partial(rug("a", 1, 0.02), 0, &[1.0, 0.02]);
    let (machine, told) = taken(&[begun(), vec![back, step("a", 2, 1.2)]].concat());
    assert_eq!((short(&told[4]), short(&told[5])), ("void".to_owned(), String::new()));
    assert_eq!(machine.anomalies().count("rewritten"), 1);
}

#[test]
fn a_history_that_rewrites_what_was_told_voids_the_game_and_keeps_the_seed() {
    let end = history(countdown("b", 15_000), &[("a", &[1.0, 1.2, 0.02])]);
    assert_eq!(told(&[begun(), vec![end]].concat())[4], "void seed-a game-b -15000");
}

#[test]
fn a_changed_hash_is_an_anomaly() {
    let changed =
        with(step("a", 2, 1.2), &json!({"provablyFair": {"serverSeedHash": "c".repeat(64)}}));
    let (machine, _) = taken(&[begun(), vec![changed]].concat());
    assert_eq!(machine.anomalies().count("hash_changed"), 1);
}

#[test]
fn impossible_ticks_and_prices_are_anomalies_and_nothing_is_told_of_them() {
    for (tick, price) in [
        (json!(6_000), json!(1.2)),
        (json!(-1), json!(1.2)),
        (json!(2), json!(0)),
        (json!(2), json!(1e12)),
        (json!("2"), json!([])),
    ] {
        let bad = with(step("a", 2, 1.2), &json!({"tickCount": tick, "price": price}));
        let (machine, told) = taken(&[begun(), vec![bad, step("a", 2, 1.2)]].concat());
        assert_eq!((short(&told[4]), short(&told[5])), (String::new(), "2:1.2".to_owned()));
        assert!(machine.anomalies().counts().values().sum::<u64>() >= 1);
    }
}

#[test]
fn a_step_that_no_law_makes_is_told_as_heard_and_noted() {
    let (machine, told) = taken(&[begun(), vec![step("a", 2, 3.0)]].concat());
    assert_eq!(
        (short(&told[4]), machine.anomalies().fresh()),
        ("2:3".to_owned(), &[Anomaly::Leap { tick: 2 }][..])
    );
}

#[test]
fn a_flood_of_games_is_followed_in_bounded_memory() {
    let (mut machine, mut law, mut facts) = (Machine::new(), Law::default(), Vec::new());
    for number in 0..3_000 {
        facts.clear();
        machine.take(
            Moment::from_ms(number),
            "gameStateUpdate",
            &step(&format!("g{number}"), 0, 1.0).to_string(),
            &mut facts,
        );
        law.follow(&facts).unwrap();
    }
    assert_eq!(law.games.iter().filter(|game| game.end == End::Void).count(), 2_999);
}
