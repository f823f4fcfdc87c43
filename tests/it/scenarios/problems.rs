//! Each bad input gives exactly its problem, at its place, with what would be right.

use replayer::backtest::scenario::SourceSpec;
use replayer::model::order::OrderLimits;
use replayer::model::rules::{Latency, Portions, Rules};
use replayer::model::setup::Bankroll;
use replayer::model::sol::Sol;

use super::{VALID, parse, problems, with};

/// Asserts that writing a field so gives exactly one problem.
fn assert_problem(field: &str, value: &str, expected: &str) {
    assert_eq!(problems(&with(field, value)), [expected], "{field}: {value}");
}

#[test]
fn a_scenario_says_everything_a_run_needs() {
    let scenario = parse(VALID).unwrap();
    assert_eq!((scenario.name.as_str(), scenario.seed), ("classics", 42));
    assert_eq!(scenario.source, SourceSpec::Generated { games: 10 });
    assert_eq!(scenario.setup.rules, Rules::observed());
    assert_eq!(scenario.setup.bankroll, Bankroll::PerGame(Sol::milli(100)));
    assert_eq!(scenario.setup.seed, 42);
    assert_eq!(scenario.bots.len(), 1);
    assert_eq!(scenario.bots[0].strategy, "Conservative");
    assert_eq!(scenario.text, VALID);
}

#[test]
fn a_bot_may_have_limits_of_its_own_which_are_amounts_and_numbers_above_zero() {
    let bot = |limits: &str| {
        with("bots", &format!("[(id: \"a\", strategy: Conservative(), limits: {limits})]"))
    };
    assert_eq!(parse(VALID).unwrap().bots[0].limits, OrderLimits::default());
    for written in
        ["Limits(max_stake: 0.005, max_orders: 7)", "(max_stake: \"0.005\", max_orders: 7)"]
    {
        let expected = OrderLimits {
            max_stake: Some(Sol::milli(5)),
            max_orders: Some(7),
            ..OrderLimits::default()
        };
        assert_eq!(parse(&bot(written)).unwrap().bots[0].limits, expected, "{written}");
    }
    for (wrong, what) in [
        ("(max_stake: 0)", "must be above zero"),
        ("(max_orders: 0)", "must be at least 1"),
        ("(max_orders: -1)", "expected a whole number"),
        ("(max_stakes: 1)", "unknown field `max_stakes`, did you mean `max_stake`?"),
        ("Bounds(max_stake: 1)", "expected `(max_stake: …, …)`, not "),
        ("(max_stake: Grid([1, 2]))", "all variants share the limits of a bot"),
    ] {
        let problems = problems(&bot(wrong));
        assert!(problems.iter().any(|problem| problem.contains(what)), "{wrong}: {problems:?}");
    }
}

#[test]
fn rules_may_be_left_out_and_any_of_them_replaced() {
    let without = VALID.replace("    rules: Observed,\n", "");
    assert_eq!(parse(&without).unwrap().setup.rules, Rules::observed());
    let custom = "Custom(base: Compat, latency: Sampled([1, 2]), max_bet: \"2\", min_bet: 0.01, \
                  sidebet_payout: 4, sidebet_window: 30, sidebet_cooldown: 0, portions: Any)";
    let expected = Rules {
        min_bet: Sol::milli(10),
        max_bet: Sol::milli(2_000),
        sidebet_payout: 4,
        sidebet_window: 30,
        sidebet_cooldown: 0,
        portions: Portions::Any,
        latency: Latency::Sampled(vec![1, 2]),
    };
    assert_eq!(parse(&with("rules", custom)).unwrap().setup.rules, expected);
    let scenario = parse(&with("rules", "Custom(base: Compat)")).unwrap();
    assert_eq!(scenario.setup.rules, Rules::compat());
}

#[test]
fn a_count_makes_bots_of_one_group_with_numbered_names() {
    let bots = "[(id: \"crowd\", count: 12, latency: Ticks(3), strategy: Random), \
                (id: \"b\", strategy: AlwaysWait())]";
    let scenario = parse(&with("bots", bots)).unwrap();
    let ids: Vec<&str> = scenario.bots.iter().map(|bot| bot.id.as_str()).collect();
    assert_eq!(ids.len(), 13);
    assert_eq!([ids[0], ids[11], ids[12]], ["crowd-01", "crowd-12", "b"]);
    assert_eq!(scenario.bots[11].group, "crowd");
    assert_eq!(scenario.bots[11].latency, Some(Latency::Ticks(3)));
    assert_eq!(scenario.bots[12].latency, None);
}

#[test]
fn an_unknown_field_is_pointed_at_with_the_one_that_was_meant() {
    let text = VALID.replace("    seed: 42,", "    seed: 42,\n    bankrol: 1,\n    xyz: 1,");
    assert_eq!(
        problems(&text),
        [
            "4:5: unknown field `bankrol`, did you mean `bankroll`?",
            "5:5: unknown field `xyz`, expected one of: name, seed, source, rules, bankroll, bots, \
             sample, ruin, sweep",
        ]
    );
}

#[test]
fn every_missing_value_is_named_at_once() {
    assert_eq!(
        problems("// nothing\nScenario()"),
        [
            "2:1: field `bankroll` is missing",
            "2:1: field `bots` is missing",
            "2:1: field `name` is missing",
            "2:1: field `seed` is missing",
            "2:1: field `source` is missing",
        ]
    );
}

#[test]
fn problems_of_every_part_are_reported_together() {
    let text = r#"Scenario(
    name: "no spaces please",
    seed: -1,
    source: Generated(games: 0, gmes: 3),
    rules: Custom(base: Observed, latency: Ticks(9000), min_bet: 3, max_bet: 2, portions: All),
    bankroll: PerGame(-0.1),
    bots: [
        (id: "a", strategy: Conservtive()),
        (id: "b", strategy: Conservative(take_proft: 10, buy: 0.0000000000001)),
        (id: "b", count: 0, strategy: Random()),
        (id: "b", strategy: Random(), x: 1),
        (strategy: Random()),
    ],
)"#;
    assert_eq!(
        problems(text),
        [
            "2:11: \"no spaces please\": a name may have letters, digits, '-', '_' and '.', \
             not ' '",
            "3:11: -1: expected a whole number from 0 to 18446744073709551615",
            "4:30: 0: must be at least 1",
            "4:33: unknown field `gmes`, did you mean `games`?",
            "5:50: 9000: must be from 0 to 5000",
            "5:78: the smallest bet, 3 SOL, is above the largest, 2 SOL",
            "5:91: `All` is not known here, expected one of: Any, Buttons",
            "6:23: -0.1: must be above zero",
            "8:29: `Conservtive` is not known here, did you mean `Conservative`?",
            "9:42: unknown field `take_proft`, did you mean `take_profit`?",
            "9:63: 0.0000000000001: an amount has at most 9 decimals \
             (one lamport is 0.000000001 SOL)",
            "10:14: an earlier bot is called `b`: each bot needs its own id",
            "10:26: 0: must be from 1 to 100000",
            "11:14: an earlier bot is called `b`: each bot needs its own id",
            "11:39: unknown field `x`, expected one of: id, count, latency, limits, strategy",
            "12:9: field `id` is missing",
        ]
    );
}

#[test]
fn an_amount_that_cannot_be_paid_is_a_problem() {
    for (amount, what) in [
        ("0", "must be above zero"),
        ("-0.1", "must be above zero"),
        ("\"-0.1\"", "must be above zero"),
        ("NaN", "an amount must be finite"),
        ("inf", "an amount must be finite"),
        ("0.000000000001", "an amount has at most 9 decimals (one lamport is 0.000000001 SOL)"),
        ("2000000", "must be at most 1000000"),
        ("2e20", "the amount is beyond 10^15 SOL"),
        ("1e400", "the amount is beyond 10^15 SOL"),
        ("1e-30", "an amount has at most 9 decimals (one lamport is 0.000000001 SOL)"),
        ("5 SOL", "write `5`: amounts are in SOL, without a unit"),
        ("5SOL", "write `5`: amounts are in SOL, without a unit"),
        ("$5", "write `5`: amounts are in SOL, without a unit"),
        ("\"5 SOL\"", "write `5`: amounts are in SOL, without a unit"),
        ("1.5x", "write `1.5`: amounts are in SOL, without a unit"),
        ("20%", "an amount is a number of SOL such as 0.005, not a share"),
        ("20 %", "an amount is a number of SOL such as 0.005, not a share"),
        ("5000000 lamports", "write `0.005`: amounts are in SOL, without a unit"),
        ("\"ten\"", "an amount is a decimal number such as 0.005"),
        ("[1]", "an amount is a decimal number such as 0.005"),
    ] {
        let expected = format!("6:23: {amount}: {what}");
        assert_problem("bankroll", &format!("PerGame({amount})"), &expected);
    }
}

#[test]
fn a_bankroll_is_one_of_two_kinds_around_an_amount() {
    assert_problem(
        "bankroll",
        "0.1",
        "6:15: 0.1 is not known here, expected one of: PerGame, Lives, Compounding",
    );
    assert_problem(
        "bankroll",
        "PerGame",
        "6:15: expected one value in parentheses: `PerGame(value)`",
    );
    assert_problem(
        "bankroll",
        "Compounding(1, 2)",
        "6:15: expected one value in parentheses: `Compounding(value)`",
    );
    assert_problem(
        "bankroll",
        "PerGame(0.0005)",
        "6:15: 0.0005 SOL is below the smallest bet of the rules, 0.001 SOL: nobody could bet",
    );
}

#[test]
fn rules_that_no_game_can_be_played_by_are_problems() {
    for (custom, expected) in [
        ("latency: Sampled([])", "5:52: `Sampled` needs at least one latency to draw from"),
        ("latency: Sampled([1, 5001, -1])", "5:56: 5001: must be from 0 to 5000"),
        ("latency: Ticks(5001)", "5:50: 5001: must be from 0 to 5000"),
        ("latency: Tick(1)", "5:44: `Tick` is not known here, did you mean `Ticks`?"),
        (
            "min_bet: 0.05, max_bet: 0.04",
            "5:59: the smallest bet, 0.05 SOL, is above the largest, 0.04 SOL",
        ),
        ("max_bet: 0.0001", "5:44: the smallest bet, 0.001 SOL, is above the largest, 0.0001 SOL"),
        ("max_bet: 0", "5:44: 0: must be above zero"),
        ("sidebet_window: 0", "5:51: 0: must be from 1 to 5000"),
        ("sidebet_payout: 1001", "5:51: 1001: must be from 1 to 1000"),
        ("sidebet_cooldown: 5001", "5:53: 5001: must be from 0 to 5000"),
        ("portions: Buttons()", "5:45: expected `Buttons` alone, without parentheses"),
    ] {
        let found = problems(&with("rules", &format!("Custom(base: Observed, {custom})")));
        assert_eq!(found[0], expected, "{custom}");
        assert_eq!(found.len(), custom.matches("-1").count() + 1, "{custom}: {found:?}");
    }
    let rich = with("rules", "Custom(base: Observed, min_bet: 6)").replace("0.1", "10");
    let expected = "5:44: the smallest bet, 6 SOL, is above the largest, 5 SOL";
    assert_eq!(problems(&rich), [expected], "the place is what the scenario says itself");
    assert_problem("rules", "Custom(max_bet: 2)", "5:12: field `base` is missing");
    assert_problem(
        "rules",
        "observed",
        "5:12: `observed` is not known here, did you mean `Observed`?",
    );
    assert_problem(
        "rules",
        "\"Compat\"",
        "5:12: \"Compat\" is not known here, expected one of: Observed, Compat, Custom",
    );
}

#[test]
fn a_source_that_has_no_game_is_a_problem() {
    assert_problem("source", "Generated(games: 0)", "4:30: 0: must be at least 1");
    assert_problem("source", "Generated", "4:13: field `games` is missing");
    assert_problem(
        "source",
        "Generated(1000)",
        "4:13: expected fields in parentheses: `Generated(field: value, …)`",
    );
    assert_problem(
        "source",
        "Recording()",
        "4:13: `Recording` is not known here, did you mean `Recordings`?",
    );
    assert_problem(
        "source",
        "Feed(url: \"x\")",
        "4:23: \"x\": expected an address that begins with wss://, ws://, https://, http://, secret:, \
         env:",
    );
    assert_problem(
        "source",
        "Browser(url: \"x\")",
        "4:26: \"x\": expected an address that begins with https://, http://, secret:, env:",
    );
}

#[test]
fn bots_that_cannot_be_told_apart_or_seated_are_problems() {
    let wait = "strategy: AlwaysWait()";
    for (bots, expected) in [
        ("[]".to_owned(), "7:11: `bots` is empty: at least one bot must play"),
        ("5".to_owned(), "7:11: 5: expected a list: `[…, …]`"),
        ("[(id: \"\", strategy: Random())]".to_owned(), "7:17: \"\": a name may not be empty"),
        (
            format!("[(id: \"c-2\", {wait}), (id: \"c\", count: 3, {wait})]"),
            "7:54: an earlier bot is called `c-2`: each bot needs its own id",
        ),
        (
            format!("[(id: \"c\", count: 3, {wait}), (id: \"c\", {wait})]"),
            "7:62: an earlier bot is called `c`: each bot needs its own id",
        ),
        (format!("[(id: \"c\", count: 100001, {wait})]"), "7:29: 100001: must be from 1 to 100000"),
        (
            format!("[(id: \"c\", count: 100000, {wait}), (id: \"d\", {wait})]"),
            "7:62: more than 100000 bots in total, the maximum",
        ),
        (
            "[Conservative()]".to_owned(),
            "7:12: expected `(id: \"…\", strategy: …)`, not Conservative()",
        ),
        (
            "[(id: \"a\", strategy: Conservative(10))]".to_owned(),
            "7:32: expected fields in parentheses: `Conservative(field: value, …)`",
        ),
        (
            "[(id: \"a\", strategy: AlwaysWait(x: 1))]".to_owned(),
            "7:43: unknown field `x`: `AlwaysWait` takes none",
        ),
        (
            "[(id: \"a\", strategy: Conservative(stop_loss: 101))]".to_owned(),
            "7:56: 101: `stop_loss` must be from 0 to 100",
        ),
        (
            "[(id: \"a\", strategy: Conservative(buy: 0.0005))]".to_owned(),
            "7:50: 0.0005: `buy` must be at least 0.001",
        ),
    ] {
        assert_problem("bots", &bots, expected);
    }
}

#[test]
fn the_example_of_the_documentation_is_fit_to_run() {
    let page = include_str!("../../../docs/scenario-format.md");
    let example = page.split("```").find_map(|block| block.strip_prefix("ron\n")).unwrap();
    assert_eq!(problems(example), [""; 0]);
}

#[test]
fn text_that_is_not_a_scenario_is_one_problem() {
    for (text, expected) in [
        ("", "1:1: not RON: the text ends too soon"),
        ("(name: \"x\")", "1:1: expected `Scenario(name: \"…\", seed: …, …)`, not (name: \"x\")"),
        ("5", "1:1: expected `Scenario(name: \"…\", seed: …, …)`, not 5"),
        ("\0\0\0", "1:1: a NUL byte: this is not a text file"),
    ] {
        assert_eq!(problems(text), [expected], "{text:?}");
    }
}

#[test]
fn a_life_of_days_has_the_games_that_are_played_in_them() {
    let games = |bankroll: &str| match parse(&with("bankroll", bankroll)).unwrap().setup.bankroll {
        Bankroll::Lives { games, .. } => games.get(),
        other => panic!("{other:?}"),
    };
    assert_eq!(games("Lives(bankroll: 5, games: 50)"), 50);
    assert_eq!(games("Lives(bankroll: 5, days: 7)"), 7 * 1_329);
    assert_eq!(games("Lives(bankroll: 5, days: 0.5)"), 664);
    assert_eq!(games("Lives(bankroll: 5, days: 0.000001)"), 1);
    for (length, expected) in [
        ("", "6:15: the length of a life is missing: `games: 50`, or `days: 7`"),
        (", games: 5, days: 1", "6:50: the length of a life is `games` or `days`, not both"),
        (", days: 0", "6:40: 0: must be above 0 and at most 3650"),
        (", days: 3651", "6:40: 3651: must be above 0 and at most 3650"),
        (", days: \"x\"", "6:40: \"x\": expected a decimal number such as 1.5"),
        (", games: 0", "6:41: 0: must be at least 1"),
        (", day: 1", "6:34: unknown field `day`, did you mean `days`?"),
    ] {
        let found = problems(&with("bankroll", &format!("Lives(bankroll: 5{length})")));
        assert!(found.contains(&expected.to_owned()), "{length}: {found:?}");
    }
}

#[test]
fn thresholds_of_ruin_are_shares_of_the_bankroll() {
    let asking = |ruin: &str| VALID.replace("seed: 42,", &format!("seed: 42, ruin: {ruin},"));
    let below = |ruin: &str| parse(&asking(ruin)).unwrap().below;
    assert_eq!(below("Below([0.5, 0.1, 1])"), [500_000_000, 100_000_000, 1_000_000_000]);
    assert_eq!(below("Below([0.000000001])"), [1]);
    assert!(parse(VALID).unwrap().below.is_empty());
    let seventeen: Vec<String> = (1..=17).map(|share| format!("0.{share:02}")).collect();
    let range = "a share of the bankroll, above 0 and at most 1";
    for (ruin, expected) in [
        ("Below([0])".to_owned(), format!("3:28: 0: {range}")),
        ("Below([0.5, 1.1])".to_owned(), format!("3:33: 1.1: {range}")),
        ("Below([-0.5])".to_owned(), format!("3:28: -0.5: {range}")),
        (
            "Below([0.1234567891])".to_owned(),
            "3:28: 0.1234567891: a share of the bankroll has at most 9 decimals".to_owned(),
        ),
        ("Below([0.5, 0.50])".to_owned(), "3:33: 0.50 is listed twice".to_owned()),
        (
            "Below([])".to_owned(),
            "3:27: must have 1 to 16 shares of the bankroll, not 0".to_owned(),
        ),
        (
            format!("Below([{}])", seventeen.join(", ")),
            "3:27: must have 1 to 16 shares of the bankroll, not 17".to_owned(),
        ),
        ("Below(0.5)".to_owned(), "3:27: 0.5: expected a list: `[…, …]`".to_owned()),
        ("Above([0.5])".to_owned(), "3:21: `Above` is not known here".to_owned()),
    ] {
        let found = problems(&asking(&ruin));
        assert!(found.len() == 1 && found[0].starts_with(&expected), "{ruin}: {found:?}");
    }
}
