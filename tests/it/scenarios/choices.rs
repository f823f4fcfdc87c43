//! Scenarios with choices: how many variants there are, what each is, and what is wrong with them.

use std::path::Path;

use proptest::prelude::*;
use replayer::backtest::scenario::{ScenarioError, Space};
use replayer::engine::strategy::Strategies;

use super::{VALID, parse, problems, with};
use crate::campaign::cases;

fn space(text: &str) -> Result<Space, ScenarioError> {
    Space::parse(text, Path::new(""), None, &Strategies::standard())
}

fn wrong(text: &str) -> Vec<String> {
    let error = space(text).expect_err("a scenario that cannot be swept");
    error.problems.iter().map(ToString::to_string).collect()
}

/// A valid scenario in which a bot is written so.
fn playing(strategy: &str) -> String {
    with("bots", &format!("[(id: \"a\", strategy: {strategy})]"))
}

#[test]
fn every_combination_is_a_variant_and_the_last_choice_varies_fastest() {
    let text =
        with("rules", "Custom(base: Grid([Observed, Compat]), latency: Ticks(Grid([0, 1])))")
            .replace(
                "Conservative()",
                "Conservative(stop_loss: Range(from: 10, to: 30, step: 10))",
            );
    let space = space(&text).unwrap();
    let names: Vec<&str> = space.dimensions.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["rules.base", "rules.latency", "a.stop_loss"]);
    assert_eq!(space.variants.len(), 12);
    assert_eq!(space.values(0), ["Observed", "0", "10"]);
    assert_eq!(space.values(1), ["Observed", "0", "20"]);
    assert_eq!(space.values(11), ["Compat", "1", "30"]);
}

#[test]
fn whatever_a_scenario_says_may_be_a_choice() {
    for (field, value) in [
        ("rules", "Grid([Observed, Custom(base: Compat, max_bet: 2)])"),
        ("rules", "Custom(base: Compat, latency: Grid([Immediate, Sampled([1, 2])]))"),
        ("rules", "Custom(base: Compat, latency: Sampled([1, Grid([1, 2])]))"),
        ("bankroll", "PerGame(Grid([0.1, \"0.2\"]))"),
        ("bankroll", "Grid([PerGame(0.1), PerGame(0.2)])"),
        ("bots", "[(id: \"a\", count: Grid([1, 2]), strategy: Random())]"),
        ("bots", "[(id: \"a\", strategy: Grid([Random(), AlwaysWait]))]"),
        ("bots", "Grid([[(id: \"a\", strategy: Random())], [(id: \"b\", strategy: Random())]])"),
    ] {
        let space = space(&with(field, value)).unwrap_or_else(|error| panic!("{value}: {error}"));
        assert_eq!(space.variants.len(), 2, "{value}");
        for cell in [0, 1] {
            let text = space.cell(cell, None);
            parse(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
        }
    }
}

#[test]
fn a_scenario_without_a_choice_is_a_space_of_one_variant_and_its_own_cell() {
    let space = space(VALID).unwrap();
    assert_eq!((space.variants.len(), space.dimensions.len()), (1, 0));
    assert_eq!(space.cell(0, None), VALID);
}

#[test]
fn samples_are_drawn_together_from_the_seed_and_crossed_with_the_grids() {
    let strategy = "Conservative(buy: LogUniform(0.001, 0.100), stop_loss: Grid([10, 20]), \
                    take_profit: Uniform(5.0, 50.0))";
    let text = playing(strategy).replace("seed: 42,", "seed: 42, sweep: Sweep(samples: 50),");
    let all = space(&text).unwrap();
    assert_eq!(all.variants.len(), 100);
    // The same draws beside every value of the grid.
    let (first, second) = (all.values(7), all.values(57));
    assert_eq!((&first[0], &first[2]), (&second[0], &second[2]));
    assert_eq!((first[1].as_str(), second[1].as_str()), ("10", "20"));
    let lengths = (0..50).map(|it| all.values(it)[0].len());
    assert!(lengths.clone().all(|length| length == 5), "three decimals, as written");
    // Another choice beside them changes no draw; another seed does.
    let fewer = space(&text.replace("stop_loss: Grid([10, 20]), ", "")).unwrap();
    assert_eq!(fewer.values(7), [first[0].clone(), first[2].clone()]);
    let other = space(&text.replace("seed: 42", "seed: 43")).unwrap();
    assert_ne!(other.values(7), first);
}

#[test]
fn a_cell_says_which_it_is_and_how_many_games_its_sweep_played() {
    let text = playing("Conservative(stop_loss: Grid([10, 20]))")
        .replace("seed: 42,", "seed: 42,\n    sweep: Sweep(holdout: 0.2),");
    let space = space(&text).unwrap();
    let cell = space.cell(1, Some(8));
    assert!(cell.contains("sweep: Cell(number: 1, games: 8),"), "{cell}");
    assert!(cell.contains("Conservative(stop_loss: 20)"), "{cell}");
    let cell = parse(&cell).unwrap();
    assert_eq!(cell.games_max, Some(8));
}

#[test]
fn running_a_scenario_with_choices_says_what_to_do_instead() {
    let found = problems(&playing("Conservative(stop_loss: Grid([10, 20]))"));
    assert_eq!(found.len(), 1);
    assert!(found[0].starts_with("7:56: a choice of values"), "{found:?}");
    assert!(found[0].contains("`replayer sweep`"), "{found:?}");
    let found = problems(&VALID.replace("seed: 42,", "seed: 42, sweep: Sweep(holdout: 0.2),"));
    assert_eq!(found, ["3:22: this scenario is a sweep: play it with `replayer sweep`"]);
}

#[test]
fn a_value_that_cannot_be_is_found_in_its_grid() {
    for (strategy, expected) in [
        (
            "Conservative(stop_loss: Grid([10, 101, 20]))",
            "7:66: 101: `stop_loss` must be from 0 to 100",
        ),
        (
            "Conservative(stop_loss: Range(from: 90, to: 110, step: 20))",
            "7:56: 110: `stop_loss` must be from 0 to 100",
        ),
        ("Grid([Random(), Randm()])", "7:48: `Randm` is not known here, did you mean `Random`?"),
        (
            "Grid([Random(), Conservative(stop_lss: 1)])",
            "7:61: unknown field `stop_lss`, did you mean `stop_loss`?",
        ),
        (
            "Grid([Random(), Conservative(stop_loss: Grid([1]))])",
            "7:72: a choice inside a choice: list every value in the outer one",
        ),
        ("Conservative(stop_loss: Grid([]))", "7:56: `Grid` is empty: it needs at least one value"),
        (
            "Conservative(stop_loss: Uniform(10, 20))",
            "7:56: the number of samples is missing: `sweep: Sweep(samples: …)`",
        ),
    ] {
        assert_eq!(wrong(&playing(strategy)), [expected], "{strategy}");
    }
}

#[test]
fn bounds_that_no_draw_may_reach_are_tried_all_the_same() {
    let text = playing("Conservative(stop_loss: Uniform(99.99999, 100.00001))")
        .replace("seed: 42,", "seed: 42, sweep: Sweep(samples: 1),");
    assert_eq!(wrong(&text), ["7:56: 100.00001: `stop_loss` must be from 0 to 100"]);
}

#[test]
fn a_broken_draw_is_one_problem() {
    let drawn = |strategy: &str| {
        playing(strategy).replace("seed: 42,", "seed: 42, sweep: Sweep(samples: 50),")
    };
    for (strategy, expected) in [
        (
            "Conservative(stop_loss: Uniform(10, x))",
            "7:68: x: expected a decimal number such as 1.5",
        ),
        (
            "Conservative(stop_loss: Uniform(10))",
            "7:56: expected two bounds: `Uniform(lowest, highest)`",
        ),
        (
            "Conservative(stop_loss: Uniform(20, 10))",
            "7:56: from 20 to 10: there is nothing to draw from",
        ),
        // Each draw above the bound would be another problem.
        (
            "Conservative(stop_loss: Uniform(50.0, 150.0))",
            "7:56: 150.0: `stop_loss` must be from 0 to 100",
        ),
        ("Conservative(stop_loss: Uniform(10, 20%))", "7:68: 20%: write `20`, without a unit"),
        (
            "Conservative(stop_loss: Range(from: 90, to: 120, step: 5))",
            "7:56: 105: `stop_loss` must be from 0 to 100",
        ),
    ] {
        let text = if strategy.contains("Uniform") { drawn(strategy) } else { playing(strategy) };
        assert_eq!(wrong(&text), [expected], "{strategy}");
    }
    // One number of samples is missing, for all draws.
    let two = playing("Conservative(stop_loss: Uniform(10, 20), take_profit: Uniform(10, 20))");
    assert_eq!(wrong(&two).len(), 1, "{:?}", wrong(&two));
    // Where no choice can stand, that is what is wrong with it.
    for sweep in ["", "sweep: Sweep(samples: 5), "] {
        let text = VALID.replace("seed: 42,", &format!("{sweep}seed: Uniform(1, 5),"));
        let found = wrong(&text);
        assert!(found.len() == 1 && found[0].contains("no choice can stand here"), "{found:?}");
    }
}

#[test]
fn values_that_cannot_be_together_are_found_though_each_could_be() {
    let rules = "Custom(base: Observed, min_bet: Grid([0.01, 0.05]), max_bet: Grid([0.02, 0.09]))";
    let found = wrong(&with("rules", rules));
    assert_eq!(found, ["5:79: the smallest bet, 0.05 SOL, is above the largest, 0.02 SOL"]);
}

#[test]
fn no_choice_can_stand_where_all_variants_must_agree() {
    let why = [
        ("name", "Grid([\"a\", \"b\"])", "2:11", "all variants are of one scenario"),
        ("seed", "Range(from: 1, to: 2, step: 1)", "3:11", "all variants share one seed"),
        ("source", "Generated(games: Grid([1, 2]))", "4:30", "all variants play the same games"),
    ];
    for (field, value, place, why) in why {
        let expected = format!("{place}: no choice can stand here: {why}");
        assert_eq!(wrong(&with(field, value)), [expected], "{field}");
    }
    let sweep = VALID.replace("seed: 42,", "seed: 42, sweep: Sweep(samples: Grid([1, 2])),");
    assert!(wrong(&sweep)[0].contains("no choice can stand here"), "{:?}", wrong(&sweep));
}

#[test]
fn a_sweep_that_is_too_large_says_how_large() {
    let text = playing(
        "Conservative(stop_loss: Range(from: 0.0, to: 99.9, step: 0.1), \
         take_profit: Range(from: 1, to: 1000, step: 1))",
    );
    assert_eq!(wrong(&text), ["7:56: 1000000 variants (1000 x 1000): at most 100000"]);
    let many = with(
        "bots",
        "[(id: \"a\", count: 50000, strategy: Random()), \
         (id: \"b\", strategy: Conservative(stop_loss: Grid([1, 2, 3])))]",
    );
    let expected = "3 variants have more than 100000 bots together, the maximum";
    assert_eq!(wrong(&many), [expected]);
}

#[test]
fn variants_must_agree_on_what_a_life_is() {
    for bankroll in
        ["Grid([PerGame(0.1), Compounding(0.1)])", "Lives(bankroll: 0.1, games: Grid([1, 2]))"]
    {
        let found = wrong(&with("bankroll", bankroll));
        assert_eq!(found.len(), 1);
        assert!(
            found[0].starts_with("variants must not differ in the games of a life"),
            "{found:?}"
        );
    }
    assert!(space(&with("bankroll", "Lives(bankroll: Grid([0.1, 0.2]), games: 3)")).is_ok());
}

#[test]
fn what_is_wrong_with_a_sweep_itself_is_a_problem() {
    for (sweep, expected) in [
        (
            "Sweep(samples: 5)",
            "3:37: `samples`: no value is drawn: none is `Uniform` or `LogUniform`",
        ),
        ("Sweep(holdout: 0)", "3:37: 0: a share of the games, above 0 and at most 0.9"),
        ("Sweep(holdout: 1)", "3:37: 1: a share of the games, above 0 and at most 0.9"),
        ("Sweep(holdot: 0.2)", "3:28: unknown field `holdot`, did you mean `holdout`?"),
        ("Swep()", "3:22: `Swep` is not known here, did you mean `Sweep`?"),
    ] {
        let text = VALID.replace("seed: 42,", &format!("seed: 42, sweep: {sweep},"));
        assert_eq!(wrong(&text), [expected], "{sweep}");
    }
}

proptest! {
    #![proptest_config(cases(64))]

    #[test]
    fn a_space_has_as_many_variants_as_its_product_and_every_cell_is_fit_to_run(
        stops in prop::collection::btree_set(0..100_u32, 1..5),
        (from, steps, step) in (1..50_u32, 0..4_u32, 1..9_u32),
        samples in 1..5_u64,
        latencies in prop::collection::btree_set(0..20_u32, 1..4),
    ) {
        let to = from + steps * step;
        let strategy = format!(
            "Conservative(stop_loss: Grid({:?}), buy: Uniform(0.001, 0.100), \
             take_profit: Range(from: {from}, to: {to}, step: {step}))",
            stops.iter().collect::<Vec<_>>(),
        );
        let rules = format!(
            "Custom(base: Observed, latency: Ticks(Grid({:?})))",
            latencies.iter().collect::<Vec<_>>(),
        );
        let text = with("rules", &rules)
            .replace("Conservative()", &strategy)
            .replace("seed: 42,", &format!("seed: 42, sweep: Sweep(samples: {samples}),"));
        let space = space(&text).unwrap();
        let sampled = usize::try_from(samples).unwrap();
        let product = stops.len() * (steps as usize + 1) * sampled * latencies.len();
        prop_assert_eq!(space.variants.len(), product);
        let mut cells: Vec<String> = Vec::new();
        for number in 0..product as u64 {
            let cell = space.cell(number, None);
            let scenario = parse(&cell).unwrap();
            let variant = &space.variants[usize::try_from(number).unwrap()];
            prop_assert_eq!(&scenario.setup.rules, &variant.setup.rules);
            prop_assert_eq!(scenario.setup.bankroll, variant.setup.bankroll);
            cells.push(cell);
        }
        cells.sort();
        cells.dedup();
        prop_assert_eq!(cells.len(), product, "no two cells alike");
    }
}
