//! Exits and refusals: why positions ended and orders were refused, as users see it.

use std::fs;

use replayer::engine::journal::ExitRow;
use replayer::engine::testing::{TestTable, at};
use replayer::model::exit::{Exit, ExitReason};
use replayer::model::order::{Action, Portion};
use replayer::model::posting::PostingKind;
use replayer::model::price::Price;
use replayer::model::rules::{Latency, Rules};
use replayer::model::sol::Sol;
use replayer::strategies::conservative::{Conservative, ConservativeParams};
use replayer::strategies::foundational::{Foundational, FoundationalParams};
use replayer::strategies::hold_to_target::{HoldToTarget, HoldToTargetParams};
use replayer::strategies::momentum::{Momentum, MomentumParams};

use crate::program::{json, replayer, stdout};
use crate::words::{buy, prompt};

const LAMPORTS: fn(i64) -> Sol = Sol::from_lamports_const;

fn price(raw: f64) -> Price {
    Price::new(raw).unwrap()
}

/// The exits of one game of these prices, which rugs at 0.01.
fn exits(table: TestTable, prices: &[f64]) -> Vec<ExitRow> {
    table.rules(prompt()).prices(prices).rug_at(0.01).run().games.remove(0).exits
}

#[test]
fn a_stop_says_what_it_paid_and_what_its_level_would_have_paid() {
    let params =
        ConservativeParams { stop_loss: 20.into(), take_profit: 50.into(), ..Default::default() };
    let table = TestTable::new().bot::<Conservative>("me", params);
    // Bought at 1, stopped at 0.7 in place of 0.8; bought at 0.7, sold at 1.4 in place of 1.05;
    // bought at 1.4, which the rug ends.
    let rows = exits(table, &[1.0, 0.9, 0.7, 0.7, 1.4, 1.4]);
    let found: Vec<_> = rows.iter().map(|row| (row.reason, row.cost, row.at_level)).collect();
    let (stake, stopped) = (Sol::milli(5), Sol::milli(4));
    let expected = [
        (ExitReason::Stop, stake, Some(stopped)),
        (ExitReason::Target, stake, Some(LAMPORTS(7_499_999))),
        (ExitReason::Rug, stake, None),
    ];
    assert_eq!(found, expected);
    // 0.005 SOL buys 0.007142857 at 0.7, and 0.003571428 at 1.4.
    let paid = [LAMPORTS(3_500_000), LAMPORTS(9_999_999), LAMPORTS(35_714)];
    assert_eq!(rows.iter().map(|row| row.proceeds).collect::<Vec<_>>(), paid);
}

#[test]
fn every_strategy_that_sells_says_why() {
    let hold = HoldToTargetParams { target: 2.into(), ..Default::default() };
    let table = TestTable::new().bot::<HoldToTarget>("hold", hold);
    let rows = exits(table, &[1.0, 1.9, 2.5]);
    assert_eq!((rows[0].reason, rows[0].at_level), (ExitReason::Target, Some(Sol::milli(10))));

    let dear = ConservativeParams { take_profit: 5_000.into(), ..Default::default() };
    let table = TestTable::new().bot::<Conservative>("dear", dear);
    let rows = exits(table, &[1.0, 12.0]);
    assert_eq!((rows[0].reason, rows[0].at_level), (ExitReason::Target, Some(Sol::milli(50))));

    let rising = [1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7, 1.8, 1.9];
    let quick = MomentumParams {
        from: 0,
        quick_ticks: 1,
        slow_ticks: 1,
        hold_for: 3,
        ..Default::default()
    };
    let rows = exits(TestTable::new().bot::<Momentum>("quick", quick), &rising);
    assert_eq!((rows[0].reason, rows[0].at_level), (ExitReason::Time, None));

    let early = FoundationalParams { buy_from: 1.into(), sell_from: 4, ..Default::default() };
    let rows = exits(TestTable::new().bot::<Foundational>("early", early.clone()), &rising[..6]);
    assert_eq!(rows[0].reason, ExitReason::Time);
    let rows =
        exits(TestTable::new().bot::<Foundational>("early", early.clone()), &[1.0, 1.0, 2.5]);
    assert_eq!((rows[0].reason, rows[0].at_level), (ExitReason::Target, Some(Sol::milli(10))));
    let rows = exits(TestTable::new().bot::<Foundational>("early", early), &[1.0, 1.0, 0.5]);
    assert_eq!((rows[0].reason, rows[0].at_level), (ExitReason::Stop, Some(LAMPORTS(3_500_000))));
}

#[test]
fn a_reason_travels_with_its_order_and_changes_no_digest() {
    let half = Portion::percent(50).unwrap();
    let trail = Exit::trail(price(1.5));
    let play = |exit: Exit| {
        let rules = Rules { latency: Latency::Ticks(2), ..Rules::observed() };
        let sale = Action::Sell { portion: half, exit };
        let script = [at(0, buy("0.01")), at(4, sale), at(7, Action::SELL_ALL)];
        let table = TestTable::new().rules(rules).prices(&[1.0; 12]).rug_at(0.01);
        table.script("me", script).run()
    };
    let told = play(trail);
    let sales: Vec<_> = told.postings("me").iter().filter_map(|line| line.sale).collect();
    assert_eq!(sales.iter().map(|sale| sale.exit).collect::<Vec<_>>(), [trail, Exit::OTHER]);
    assert_eq!(sales.iter().map(|sale| sale.cost).collect::<Vec<_>>(), [Sol::milli(5); 2]);
    let kinds = told.postings("me").iter().filter(|line| line.kind == PostingKind::Sell).count();
    assert_eq!(kinds, sales.len());
    assert_eq!(told.digest(), play(Exit::OTHER).digest());
}

/// A scenario of a bot that stops, and of one whose every order the rules refuse.
const SCENARIO: &str = "Scenario(name: \"exits\", seed: 3, source: Generated(games: 200), \
    rules: Custom(base: Observed, max_bet: 0.05), bankroll: PerGame(0.1), bots: [\
    (id: \"stops\", strategy: Conservative(stop_loss: 20)), \
    (id: \"greedy\", strategy: HoldToTarget(stake: 0.06))])";

/// The lines of the run's table of exits, in words.
fn table(text: &str) -> Vec<Vec<&str>> {
    let lines = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    let header = ["bot", "exit", "count", "level", "mean", "worst", "slippage"];
    let mut lines = lines.skip_while(|line| line[..] != header).skip(1);
    let mut rows = Vec::new();
    while let Some(row) = lines.next().filter(|row| row.first() != Some(&"Exits:")) {
        rows.push(row);
    }
    rows
}

#[test]
fn a_run_shows_how_positions_ended_and_the_json_holds_the_same_figures() {
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("s.ron"), SCENARIO).unwrap();
    let shown = replayer(place.path(), &["run", "s.ron", "--no-journal"]);
    let rows = table(stdout(&shown));
    let document = json(&replayer(place.path(), &["run", "s.ron", "--json", "--out", "out"]));
    let bot = &document["bots"][0];
    let exits = bot["exits"].as_array().unwrap();
    let reasons: Vec<_> = exits.iter().map(|it| it["reason"].as_str().unwrap()).collect();
    assert_eq!(reasons, ["target", "stop", "rug"]);
    let count = |it: &serde_json::Value| it["count"].as_u64().unwrap();
    let ended = bot["sells"].as_u64().unwrap() + bot["liquidations"].as_u64().unwrap();
    assert_eq!(exits.iter().map(count).sum::<u64>(), ended);
    assert_eq!(count(&exits[2]), bot["liquidations"].as_u64().unwrap());

    let stop = &exits[1];
    let number = |of: &serde_json::Value, name: &str| of[name].as_f64().unwrap();
    let (mean, worst) = (number(stop, "mean"), number(stop, "worst"));
    let (level, slippage) = (number(&stop["level"], "mean"), number(&stop["level"], "slippage"));
    // The price falls through the level, and the order takes a tick: worse than the level.
    assert!((level + 0.2).abs() < 1e-6 && mean < level && worst < mean, "{stop}");
    assert!((mean - level - slippage).abs() < 1e-9, "{stop}");

    // What is printed is what the document holds; the second bot has no exit.
    assert_eq!(rows.len(), 3, "{}", stdout(&shown));
    assert_eq!(rows[0][..2], ["stops", "target"]);
    let percent = |share: f64| format!("{:+.1}%", share * 100.0);
    let expected = ["stop".to_owned(), count(stop).to_string()];
    let expected = [&expected[..], &[level, mean, worst, slippage].map(percent)].concat();
    assert_eq!(rows[1], expected);
    assert_eq!(rows[2][..3], ["rug", &count(&exits[2]).to_string(), "-"]);

    // The rows of the folder make the same sums.
    let postings = fs::read(place.path().join("out/postings.csv")).unwrap();
    let mut reader = csv::Reader::from_reader(&postings[..]);
    let (mut stops, mut gained) = (0, rust_decimal::Decimal::ZERO);
    for row in reader.deserialize::<std::collections::BTreeMap<String, String>>() {
        let row = row.unwrap();
        let is_sale = ["sell", "liquidation"].contains(&row["kind"].as_str());
        assert_eq!(!row["reason"].is_empty(), is_sale, "{row:?}");
        assert_eq!(!row["gained"].is_empty(), is_sale, "{row:?}");
        if row["reason"] == "stop" {
            stops += 1;
            gained += row["gained"].parse::<rust_decimal::Decimal>().unwrap();
            let level: f64 = row["level"].parse().unwrap();
            assert!(row["price"].parse::<f64>().unwrap().is_finite() && level > 0.0, "{row:?}");
        }
    }
    let total: rust_decimal::Decimal = stop["gained"].as_str().unwrap().parse().unwrap();
    assert_eq!((stops, gained), (count(stop), total));
}

#[test]
fn refusals_are_told_with_what_to_change_where_they_matter_and_only_there() {
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("s.ron"), SCENARIO).unwrap();
    let shown = replayer(place.path(), &["run", "s.ron", "--no-journal"]);
    let text = stdout(&shown).split_whitespace().collect::<Vec<_>>().join(" ");
    let document = json(&replayer(place.path(), &["run", "s.ron", "--json", "--no-journal"]));
    let greedy = &document["bots"][1];
    let refused = greedy["refused"].as_u64().unwrap();
    assert!(refused >= 200, "{greedy}");
    let told = format!(
        "greedy: {refused} of {refused} orders refused (100.0 %): {refused} above maximum. To \
         change it: lower the stake, or raise `max_bet` of the rules"
    );
    assert!(text.contains(&told), "{text}");
    assert_eq!(greedy["refusals"][0]["reason"], "above_maximum");
    assert_eq!(greedy["refusals"][0]["count"].as_u64(), Some(refused));
    // A few orders come after the rug: that is the game.
    let stops = &document["bots"][0];
    assert_eq!(stops["refusals"][0]["reason"], "too_late");
    assert!(!text.contains("too late"), "{text}");
}

#[test]
fn every_game_has_its_peak_and_its_number_of_ticks() {
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("s.ron"), SCENARIO).unwrap();
    let run = replayer(place.path(), &["run", "s.ron", "--out", "out", "--ticks", "-q"]);
    assert!(run.status.success(), "{run:?}");
    type Row = std::collections::BTreeMap<String, String>;
    let rows = |name: &str| -> Vec<Row> {
        let text = fs::read(place.path().join("out").join(name)).unwrap();
        csv::Reader::from_reader(&text[..]).deserialize().map(Result::unwrap).collect()
    };
    let mut played = std::collections::BTreeMap::<String, (u64, f64)>::new();
    for tick in rows("ticks.csv") {
        let game = played.entry(tick["game"].clone()).or_default();
        let price: f64 = tick["price"].parse().unwrap();
        *game = (game.0 + 1, game.1.max(price));
    }
    let games = rows("games.csv");
    assert_eq!((games.len(), played.len()), (400, 200));
    for row in games {
        let (ticks, peak) = played[&row["game"]];
        let told: (u64, f64) = (row["ticks"].parse().unwrap(), row["peak"].parse().unwrap());
        assert_eq!(told, (ticks, peak), "{row:?}");
    }
}

#[test]
fn a_report_shows_exits_refusals_and_the_reason_of_each_sale() {
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("s.ron"), SCENARIO).unwrap();
    assert!(replayer(place.path(), &["run", "s.ron", "--out", "out", "-q"]).status.success());
    let report = replayer(place.path(), &["report", "out", "--out", "page.html"]);
    assert!(report.status.success(), "{report:?}");
    let page = fs::read_to_string(place.path().join("page.html")).unwrap();
    for words in
        ["<h4>Exits</h4>", "<td>stop</td>", "above maximum: lower the stake", "its peak was"]
    {
        assert!(page.contains(words), "{words}");
    }
    assert!(page.contains("sell (stop)") || page.contains("sell (target)"));
}
