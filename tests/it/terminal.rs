//! What commands print on a terminal, by its width, and what a pipe gets.

mod failures;
mod figures;

use std::fs::{self, File};
use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};

use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};
use tempfile::TempDir;

use crate::live::stage::Show;
use crate::program::{replayer, stdout};

/// The widths of terminals that tests look at, in columns.
pub(crate) const WIDTHS: [u16; 3] = [80, 100, 120];

/// Which streams of a command write to the terminal; the others go nowhere.
#[derive(Clone, Copy, PartialEq)]
enum Shown {
    Results,
    Messages,
}

/// What a command prints as its results on a terminal with N columns.
pub(crate) fn results(folder: &Path, columns: u16, arguments: &[&str]) -> String {
    shown(folder, columns, arguments, Shown::Results)
}

fn shown(folder: &Path, columns: u16, arguments: &[&str], what: Shown) -> String {
    let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC;
    let ours = openpt(flags).unwrap();
    grantpt(&ours).unwrap();
    unlockpt(&ours).unwrap();
    let name = ptsname(&ours, Vec::new()).unwrap();
    let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
    let theirs = rustix::fs::open(&name, flags, Mode::empty()).unwrap();
    let size = Winsize { ws_row: 40, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
    tcsetwinsize(&theirs, size).unwrap();
    let mut child = {
        let mut command = Command::new(env!("CARGO_BIN_EXE_replayer"));
        command.current_dir(folder).args(arguments).env("NO_COLOR", "1").stdin(Stdio::null());
        match what {
            Shown::Results => command.stdout(theirs).stderr(Stdio::null()),
            Shown::Messages => command.stdout(Stdio::null()).stderr(theirs),
        };
        command.spawn().unwrap()
    };
    // Reading fails once the last writer is gone.
    let (mut text, mut part, mut ours) = (Vec::new(), [0; 4096], File::from(ours));
    while let Ok(count) = ours.read(&mut part)
        && count > 0
    {
        text.extend_from_slice(&part[..count]);
    }
    child.wait().unwrap();
    String::from_utf8(text).unwrap().replace("\r\n", "\n")
}

const SCENARIO: &str = r#"Scenario(
    name: "shown", seed: 3, source: Generated(games: 240), bankroll: PerGame(0.1),
    bots: [
        (id: "conservative", strategy: Conservative()),
        (id: "a-bot-with-a-rather-long-name", strategy: Aggressive()),
        (id: "flat", strategy: FlatSidebets()),
        (id: "wait", strategy: AlwaysWait()),
    ],
)"#;

const SWEEP: &str = r#"Scenario(
    name: "swept", seed: 3, source: Generated(games: 300), bankroll: PerGame(0.1),
    sweep: Sweep(holdout: 0.2),
    bots: [
        (id: "conservative", strategy: Conservative(
            take_profit: Grid([5, 20]), stop_loss: Grid([10, 20]), buy: Grid([0.01, 0.02]),
        )),
    ],
)"#;

/// A folder with a run, a sweep, recordings of which one is damaged, and sessions.
fn place() -> TempDir {
    let place = tempfile::tempdir().unwrap();
    let path = place.path();
    fs::write(path.join("s.ron"), SCENARIO).unwrap();
    fs::write(path.join("w.ron"), SWEEP).unwrap();
    for arguments in [
        &["run", "s.ron", "--out", "made", "--parquet", "--ticks"][..],
        &["sweep", "w.ron", "--out", "swept"],
    ] {
        let output = replayer(path, arguments);
        assert!(output.status.success(), "{output:?}");
    }
    fs::create_dir(path.join("recordings")).unwrap();
    let damaged =
        "{\"torn\": [1, 2\nnot a line of a recording, however long it may be, and this is long\n";
    for file in ["game_20251029_184015.jsonl", "game_20251029_184016_with-a-longer-name.jsonl"] {
        fs::write(path.join("recordings").join(file), damaged).unwrap();
    }
    place
}

/// A game of the site, and its seed: as long as names get.
const GAME: &str = "20251207-1e01ac417e8043ca";
const SEED: &str = "e2896666bec952ac4dbc65d73e1d08dcd5da597137dcf6255f23cd67db9dcd7c";

/// The commands whose output is laid out, apart from live sessions.
const COMMANDS: [&[&str]; 13] = [
    &["run", "s.ron", "--no-journal"],
    &["run", "s.ron", "--no-journal", "--details"],
    &["run", "one-life", "--no-journal"],
    &["sweep", "w.ron", "--list"],
    &["holdout", "swept", "--force"],
    &["inspect", "made/ticks", "recordings"],
    &["strategies"],
    &["check", "s.ron", "w.ron", "quickstart"],
    &["audit", "s.ron", "--games", "5"],
    &["verify", "--game", GAME, "--seed", SEED],
    &["config", "show"],
    &["config", "explain", "record"],
    &["bench", "one-life", "--quick"],
];

/// Asserts that a text fits a terminal, with every figure beside its sign and its unit.
#[track_caller]
fn assert_fits(text: &str, columns: u16, what: &[&str]) {
    assert!(!text.trim().is_empty(), "{what:?} printed nothing");
    for line in text.lines() {
        let width = line.chars().count();
        assert!(width <= usize::from(columns), "{what:?} at {columns}: {width}: {line}");
        let words: Vec<&str> = line.split_whitespace().collect();
        let [first, last] = [words.first(), words.last()].map(|word| word.copied().unwrap_or("x"));
        let is_unit = first == "SOL" && words.get(1) != Some(&"per");
        assert!(!is_unit && !["±", "%"].contains(&first), "{what:?} at {columns}: {text}");
        assert!(!["±", "+", "<"].contains(&last), "{what:?} at {columns}: {text}");
    }
}

/// The words of a text in which there is a digit.
fn with_digits(text: &str) -> Vec<&str> {
    text.split_whitespace().filter(|word| word.contains(|c: char| c.is_ascii_digit())).collect()
}

#[test]
fn no_line_is_wider_than_the_terminal_and_no_figure_is_torn() {
    let place = place();
    for columns in WIDTHS {
        for arguments in COMMANDS {
            let text = results(place.path(), columns, arguments);
            assert_fits(&text, columns, arguments);
            // What a clock says is another each time, and what a holdout counts as well.
            if !["bench", "holdout"].contains(&arguments[0]) {
                let piped = replayer(place.path(), arguments);
                let (all, shown) = (with_digits(stdout(&piped)), with_digits(&text));
                for figure in all {
                    assert!(shown.contains(&figure), "{figure} at {columns}: {text}");
                }
            }
        }
        let out = format!("swept-{columns}");
        let arguments = ["sweep", "w.ron", "--out", &out];
        assert_fits(&results(place.path(), columns, &arguments), columns, &arguments);
    }
}

#[test]
fn a_live_session_and_its_history_fit_the_terminal_too() {
    let show = Show::start(|_| {});
    let place = tempfile::tempdir().unwrap();
    crate::live::command::scenario(place.path(), &show.server.url());
    for columns in WIDTHS {
        let out = format!("runs/s-{columns}");
        let live = ["live", "paper.ron", "--games", "2", "--out", &out];
        assert_fits(&results(place.path(), columns, &live), columns, &live);
        let out = format!("runs/m-{columns}");
        let live = ["live", "paper.ron", "--games", "2", "--out", &out];
        let messages = shown(place.path(), columns, &live, Shown::Messages);
        assert!(messages.contains(": rugged"), "{messages}");
        assert_fits(&messages, columns, &live);
        for history in [&["history"][..], &["history", "--daily"]] {
            assert_fits(&results(place.path(), columns, history), columns, history);
        }
    }
}

#[test]
fn a_narrow_terminal_gets_columns_below_each_other_and_a_pipe_one_row_per_line() {
    let place = place();
    let run = ["run", "s.ron", "--no-journal"];
    let narrow = results(place.path(), 80, &run);
    assert!(narrow.contains("\nconservative\n  P&L per game, 95 % "), "{narrow}");
    assert!(narrow.contains("   z score "), "{narrow}");
    let piped = replayer(place.path(), &run);
    let lines: Vec<&str> = stdout(&piped).lines().collect();
    let header = lines.iter().position(|line| line.starts_with("bot  ")).unwrap();
    let heads = lines[header].split("  ").map(str::trim).filter(|head| !head.is_empty());
    let last: Vec<_> = heads.skip(5).collect();
    assert_eq!(last, ["law P&L", "z score", "vs first bot, 95 %"], "{lines:?}");
    for (at, bot) in
        ["conservative", "a-bot-with-a-rather-long-name", "flat", "wait"].iter().enumerate()
    {
        let row = lines[header + 1 + at];
        assert!(row.starts_with(bot) && row.split_whitespace().count() >= 8, "{row}");
        let verdict = lines.iter().find(|line| line.starts_with(&format!("{bot}: "))).unwrap();
        let is_whole = verdict.contains("compared)") || verdict.contains("no bet was placed");
        assert!(is_whole, "{verdict}");
    }
    assert!(lines.iter().any(|line| line.len() > 200), "the legend is one line: {lines:?}");
}

#[test]
fn a_terminal_that_does_not_say_how_wide_it_is_has_eighty_columns() {
    let text = results(Path::new("."), 0, &["strategies"]);
    assert_fits(&text, 80, &["strategies"]);
    assert_eq!(text, results(Path::new("."), 80, &["strategies"]));
}
