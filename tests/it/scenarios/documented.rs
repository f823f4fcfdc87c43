//! Every message of the documentation is what a scenario is refused with, and every problem that is
//! provoked here is documented.

use std::fs;
use std::path::Path;

use replayer::backtest::scenario::{Scenario, Space};
use replayer::engine::strategy::Strategies;

use super::parameters::strategies;
use super::{VALID, with};

/// The messages that the tables of the page list between two headings.
fn documented(from: &str, to: &str) -> Vec<String> {
    let page = include_str!("../../../docs/scenario-format.md");
    let (_, page) = page.split_once(from).unwrap();
    let (page, _) = page.split_once(to).unwrap();
    let rows = page.lines().filter(|line| line.starts_with("| `"));
    rows.flat_map(|row| spans(row.split(" | ").next().unwrap())).collect()
}

/// The pieces of code in a line, between as many backticks as each begins with.
fn spans(line: &str) -> Vec<String> {
    let (mut spans, mut rest) = (Vec::new(), line);
    while let Some(begin) = rest.find('`') {
        let ticks = rest[begin..].chars().take_while(|&sign| sign == '`').count();
        let fence = "`".repeat(ticks);
        let inside = &rest[begin + ticks..];
        let end = inside.find(&fence).unwrap_or_else(|| panic!("no end of {rest}"));
        spans.push(inside[..end].trim().to_owned());
        rest = &inside[end + ticks..];
    }
    spans
}

/// Whether a message says what is documented, with something in place of each `…`.
fn says(message: &str, documented: &str) -> bool {
    let mut pieces = documented.split('…');
    let first = pieces.next().unwrap();
    let Some(begin) = message.find(first) else { return false };
    let mut rest = &message[begin + first.len()..];
    pieces.all(|piece| match rest.find(piece) {
        Some(at) => {
            rest = &rest[at + piece.len()..];
            true
        }
        None => false,
    })
}

/// A scenario in which one field is written so.
fn bot(strategy: &str) -> String {
    with("bots", &format!("[(id: \"a\", strategy: {strategy})]"))
}

fn swept(sweep: &str, strategy: &str) -> String {
    bot(strategy).replace("seed: 42,", &format!("seed: 42, sweep: {sweep},"))
}

/// Texts that are not RON.
fn broken() -> Vec<String> {
    let edited = |from: &str, to: &str| {
        assert!(VALID.contains(from), "{from}");
        VALID.replace(from, to)
    };
    vec![
        edited("\"classics\",", "\"classics\""),
        edited("\"classics\",", "\"classics\",,"),
        edited("seed: 42", "seed 42"),
        edited("seed: 42", "seed:: 42"),
        edited("seed: 42", "seed: "),
        edited("seed: 42", "seed = 42"),
        edited("seed: 42,", "\"seed\": 42,"),
        edited("\"classics\"", "my-classics"),
        edited("\"classics\"", "'classics'"),
        edited("\"classics\"", "\"classics"),
        edited("\"classics\"", "r#\"classics\""),
        edited("rules: Observed,", "rules: Observed, /* the end"),
        edited("Generated(games: 10),", "Generated(games: 10,"),
        edited("    rules: Observed,", "    rules: Observed),"),
        edited("Conservative())]", "Conservative()]"),
        edited("Conservative())],\n)", "Conservative())],"),
        edited("Conservative())],\n)", "Conservative())],\n) more"),
        edited("Conservative()", "Conservative{}"),
        edited("seed: 42", "seed: @42"),
        edited("PerGame(0.1)", "Lives(bankroll: 0,1, games: 3)"),
        edited("seed: 42", &format!("seed: {}", "(".repeat(100))),
        edited("Observed", "Some"),
        edited("Observed", "\0"),
        bot("Conservative(stop_loss: Grid[5, 10])"),
    ]
}

/// Scenarios that are refused for what they say.
fn refused() -> Vec<String> {
    let long = "x".repeat(65);
    let many = "[(id: \"a\", count: 50000, strategy: Random()), (id: \"b\", strategy: \
                Conservative(stop_loss: Grid([1, 2, 3])))]";
    let mut texts = vec![
        "5".to_owned(),
        "Scenario()".to_owned(),
        VALID.replace("seed: 42,", "seed: 42, seed: 43, sed: 1, xyz: 1,"),
        with("source", "Feed(url: \"x\")"),
        VALID.replace("seed: 42,", "seed: 42, sample: Sample(min_ticks: 5),"),
        VALID.replace("seed: 42,", "seed: 42, sample: Sample(sees_length: maybe),"),
        VALID.replace(
            "seed: 42,",
            "seed: 42, sample: Sample(min_ticks: 5, max_ticks: 3, sees_length: true),",
        ),
        swept("Sweep(samples: 5)", "Conservative()"),
        swept("Sweep(samples: Grid([1, 2]))", "Conservative()"),
        swept("Sweep(holdout: 20)", "Conservative()"),
        with("bankroll", "Lives(bankroll: 1, games: 2, days: 3)"),
        with("bankroll", "Lives(bankroll: 1)"),
        VALID.replace("seed: 42,", "seed: 42, ruin: Below([2, 0.00000000001]),"),
        VALID.replace("seed: 42,", "seed: 42, ruin: Below([]),"),
        VALID.replace("seed: 42,", "seed: 42, ruin: Below([0.5, 0.5]),"),
    ];
    for (field, values) in [
        ("name", &["5", "\"\"", "\".a\"", "\"a b\"", &format!("\"{long}\"")][..]),
        ("seed", &["-1", "20 %", "Grid([1, 2])"]),
        (
            "source",
            &["Generated(1000)", "Recording()", "Seeds(path: \"none\")", "Seeds(path: \"\")"],
        ),
        (
            "source",
            &[
                "Recordings(path: \"empty\")",
                "Seeds(path: \"empty\")",
                "Seeds(path: \"/dev/null\")",
                "Recordings(path: \"x\", select: Games([]))",
                "Recordings(path: \"x\", select: Games([\"a\", \"a\"]))",
            ],
        ),
        (
            "rules",
            &[
                "xyz",
                "Custom(base: Observed, portions: Any())",
                "Custom(base: Observed, latency: Sampled([]))",
                "Custom(base: Observed, min_bet: 3, max_bet: 2)",
                "Custom(base: Observed, sidebet_window: 0)",
            ],
        ),
        (
            "bankroll",
            &[
                "PerGame(1, 2)",
                "PerGame(0,005)",
                "PerGame(5 SOL)",
                "PerGame(20%)",
                "PerGame(\"ten\")",
                "PerGame(NaN)",
                "PerGame(1e-30)",
                "PerGame(1e400)",
                "PerGame(0)",
                "PerGame(2000000)",
                "PerGame(0.0001)",
                "Grid([PerGame(0.1), Compounding(0.1)])",
            ],
        ),
        (
            "bots",
            &[
                "[]",
                "5",
                "[Conservative()]",
                "[(id: \"a\", strategy: Random()), (id: \"a\", strategy: Random())]",
                "[(id: \"a\", count: 100000, strategy: Random()), (id: \"b\", strategy: Random())]",
                many,
            ],
        ),
    ] {
        texts.extend(values.iter().map(|value| with(field, value)));
    }
    texts
}

/// Bots and choices that are refused.
fn bots() -> Vec<String> {
    let strategies = [
        "AlwaysWait(x: 1)",
        "Conservative(stop_loss: x)",
        "Conservative(stop_loss: NaN)",
        "Conservative(stop_loss: 1e-30)",
        "Conservative(stop_loss: 1e30)",
        "Conservative(stop_loss: 101)",
        "Conservative(stop_loss: 1.5x)",
        "Conservative(buy: 0.0001)",
        "Stepper(hold: 0)",
        "Stepper(at: [])",
        "Conservative(stop_loss: Grid([]))",
        "Conservative(stop_loss: Grid)",
        "Conservative(stop_loss: Grid([5, 5.0]))",
        "Conservative(stop_loss: Uniform(1))",
        "Conservative(stop_loss: Range(from: 3, to: 2, step: 1))",
        "Conservative(stop_loss: Range(from: 5, to: 25, step: 7))",
        "Conservative(stop_loss: Range(from: 5, to: 25, step: 0))",
        "Conservative(stop_loss: Range(from: 0, to: 1, step: 0.000001))",
        "Conservative(stop_loss: Range(from: 0, to: 9e27, step: 0.000000000000000001))",
        "Conservative(stop_loss: Uniform(5, 5.0))",
        "Conservative(stop_loss: LogUniform(0, 1))",
        "Conservative(stop_loss: Uniform(0, 1e-19))",
        "Conservative(stop_loss: Uniform(0, 100.000000000000000000))",
        "Conservative(stop_loss: Uniform(10, 20))",
        "Grid([Random(), Conservative(stop_loss: Grid([1]))])",
        "Conservative(stop_loss: Range(from: 0.0, to: 99.9, step: 0.1), \
         take_profit: Range(from: 1, to: 1000, step: 1))",
    ];
    strategies.map(bot).to_vec()
}

/// Everything that a text is refused with, as a sweep and as a run.
fn problems(text: &str, folder: &Path) -> Vec<String> {
    let swept = Space::parse(text, folder, None, &strategies()).err();
    let run = Scenario::parse(text, folder, None, &strategies()).err();
    assert!(run.is_some(), "nothing is wrong with {text}");
    [swept, run].into_iter().flatten().flat_map(|it| it.problems).map(|it| it.what).collect()
}

/// What is wrong with files as a whole.
fn of_files(folder: &Path) -> Vec<String> {
    fs::write(folder.join("bytes.ron"), b"\xff").unwrap();
    let large = fs::File::create(folder.join("large.ron")).unwrap();
    large.set_len(1 << 30).unwrap();
    let read = |name: &str| {
        let error = Scenario::open(&folder.join(name), &Strategies::standard()).unwrap_err();
        error.problems[0].what.clone()
    };
    let missing = Scenario::read(&folder.join("none.ron"), &Strategies::standard()).unwrap_err();
    let relative = Scenario::open(Path::new("none.ron"), &Strategies::standard()).unwrap_err();
    vec![
        read("empty"),
        read("large.ron"),
        read("bytes.ron"),
        missing.problems[0].what.clone(),
        relative.problems[0].what.clone(),
    ]
}

#[test]
fn every_documented_problem_is_one_and_every_problem_is_documented() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("empty")).unwrap();
    fs::write(folder.path().join("x"), "").unwrap();
    let texts = [broken(), refused(), bots()].concat();
    let mut provoked: Vec<String> =
        texts.iter().flat_map(|text| problems(text, folder.path())).collect();
    provoked.extend(of_files(folder.path()));
    let documented = documented("## What the problems mean", "## Warnings");
    assert!(documented.len() > 70, "{documented:?}");
    let never: Vec<&String> =
        documented.iter().filter(|it| !provoked.iter().any(|said| says(said, it))).collect();
    assert!(never.is_empty(), "documented, but not provoked: {never:#?}\n{provoked:#?}");
    let unknown: Vec<&String> =
        provoked.iter().filter(|said| !documented.iter().any(|it| says(said, it))).collect();
    assert!(unknown.is_empty(), "not documented: {unknown:#?}");
}

#[test]
fn every_documented_warning_is_one() {
    let text = bot("Conservative(stop_loss: 0.2)");
    let scenario = Scenario::parse(&text, Path::new(""), None, &strategies()).unwrap();
    let [warning] = scenario.warnings.as_slice() else { panic!("{:?}", scenario.warnings) };
    assert_eq!(warning.to_string(), "7:56: `stop_loss: 0.2` is 0.2 %: for 20 % write 20");
    let documented = documented("## Warnings", "A scenario that is fit");
    assert_eq!(documented.len(), 1);
    assert!(says(&warning.what, &documented[0]), "{documented:?}");
}

#[test]
fn a_message_that_is_not_documented_would_be_found() {
    assert!(says("5: must be from 1 to 3", "must be from … to …"));
    assert!(!says("5: must be above 1", "must be from … to …"));
    assert_eq!(spans("| `a`, ``b `…` c`` | `d` |"), ["a", "b `…` c", "d"]);
}
