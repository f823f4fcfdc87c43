//! The configuration: what is read from where, what wins, and what is said of what is wrong.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use proptest::prelude::*;
use replayer::base::container::Encoding;
use replayer::base::error::{Error, ErrorKind};
use replayer::cli::settings::{Layer, Loaded, Settings, Sources, load};
use replayer::model::sol::Sol;

use crate::program::{json, stderr, stdout};

/// What a file, an environment and flags make.
fn of(
    file: Option<&Path>,
    environment: &[(&str, &str)],
    flags: &[(&str, &str)],
) -> Result<Loaded, Error> {
    let own = |text: &str| text.to_owned();
    load(&Sources {
        file: file.map(Path::to_owned),
        file_must_exist: file.is_some(),
        environment: environment.iter().map(|(name, value)| (own(name), own(value))).collect(),
        flags: flags.iter().map(|(key, value)| (own("--set"), own(key), own(value))).collect(),
        ..Sources::default()
    })
}

struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn file(&self, text: &str) -> PathBuf {
        let path = self.0.path().join("replayer.toml");
        fs::write(&path, text).unwrap();
        path
    }

    /// Runs the program with a home of its own.
    fn run(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_replayer"));
        command.current_dir(self.0.path()).args(arguments).envs(environment.iter().copied());
        command.env_remove("XDG_CONFIG_HOME").env("HOME", self.0.path()).output().unwrap()
    }
}

#[test]
fn without_anything_every_setting_has_its_default_which_is_within_its_range() {
    let loaded = of(None, &[], &[]).unwrap();
    assert_eq!(loaded.settings, Settings::default());
    assert_eq!(loaded.set().count(), 0);
    for key in Settings::keys() {
        assert_eq!(loaded.value(key.name), (key.default.as_str(), &Layer::Default));
        assert!(key.about.len() > 10 && !key.about.ends_with('.'), "{}: {}", key.name, key.about);
        // Said once more, it is the same.
        let again = of(None, &[], &[(key.name, &key.default)]).unwrap();
        assert_eq!(again.settings, Settings::default(), "{}", key.name);
    }
}

#[test]
fn a_command_is_a_list_in_a_file_and_json_everywhere_else_and_no_shell_reads_it() {
    let place = Place::new();
    let file = place.file("[notify]\ncommand = [\"/bin/tell\", \"a b; $(c)\"]\nqueue = 7\n");
    let loaded = of(Some(&file), &[], &[("live.on_stop", "sell")]).unwrap();
    let list = |texts: &[&str]| Some(texts.iter().map(|&text| text.to_owned()).collect::<Vec<_>>());
    assert_eq!(loaded.settings.notify.command, list(&["/bin/tell", "a b; $(c)"]));
    assert_eq!(loaded.settings.live.on_stop, replayer::live::OnStop::Sell);
    let variables = [("REPLAYER__NOTIFY__COMMAND", "[\"/bin/other\"]")];
    let loaded = of(Some(&file), &variables, &[]).unwrap();
    assert_eq!(loaded.settings.notify.command, list(&["/bin/other"]));
    for (key, text, why) in [
        ("notify.command", "/bin/tell", "expected a list of texts"),
        ("notify.command", "[]", "names no program"),
        ("live.on_stop", "buy", "expected `hold` or `sell`"),
    ] {
        let error = of(None, &[], &[(key, text)]).unwrap_err().to_string();
        assert!(error.contains(why), "{error}");
    }
}

#[test]
fn flags_win_over_the_environment_and_that_over_the_file() {
    let place = Place::new();
    let file = place.file("[record]\nqueue_messages = 100\npart_games_max = 7\nplain = true\n");
    let variables =
        [("REPLAYER__RECORD__QUEUE_MESSAGES", "200"), ("REPLAYER__RECORD__PART_GAMES_MAX", "8")];
    let loaded = of(Some(&file), &variables, &[("record.queue_messages", "300")]).unwrap();
    let record = &loaded.settings.record;
    assert_eq!(
        (record.queue_messages, record.part_games_max, record.encoding),
        (300, 8, Encoding::Plain)
    );
    assert_eq!(loaded.value("record.queue_messages").1.to_string(), "--set");
    let variable = "$REPLAYER__RECORD__PART_GAMES_MAX";
    assert_eq!(loaded.value("record.part_games_max").1.to_string(), variable);
    let line = format!("{}:4:9", file.display());
    assert_eq!(loaded.value("record.plain").1.to_string(), line);
    assert_eq!(loaded.value("record.retry_ms").1, &Layer::Default);
    assert_eq!(loaded.set().count(), 3);
}

#[test]
fn everything_that_is_wrong_is_said_at_once_with_its_place() {
    let place = Place::new();
    let file = place.file(
        "colour = \"red\"\n[record]\nqueue_mesages = 100\npart_games_max = 0\nplain = \"perhaps\"\n\
         retry_ms = [1]\n[paths]\nruns = \"relative\"\n[sounds]\n[limits]\nmax_stake = 0.0000000001\n",
    );
    let variables = [("REPLAYER__LIVE__FINISH_MS", "5000"), ("REPLAYER__LIFE", "1"), ("HOME", "/")];
    let error = of(Some(&file), &variables, &[("feed.backoff_first_ms", "soon")]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Usage);
    let text = error.to_string();
    for (at, what) in [
        (":1:10", "unknown setting `colour`, expected one of: paths, feed, secrets, record, live,"),
        (":3:17", "unknown setting `record.queue_mesages`, did you mean `record.queue_messages`?"),
        (":4:18", "`record.part_games_max`: \"0\": must be at least 1"),
        (":5:9", "`record.plain`: \"perhaps\": expected true or false"),
        (":6:12", "`record.retry_ms`: \"[\\\"1\\\"]\": expected a whole number"),
        (":8:8", "`paths.runs`: \"relative\": expected an absolute path"),
        (":9:2", "unknown setting `sounds`"),
        (":11:13", "`limits.max_stake`"),
    ] {
        let expected = format!("{}{at}: {what}", file.display());
        assert!(text.contains(&expected), "{expected}\n--\n{text}");
    }
    for expected in [
        "$REPLAYER__LIVE__FINISH_MS: `live.finish_ms`: \"5000\": must be from 10 to 900",
        "$REPLAYER__LIFE: unknown setting `life`",
        "--set: `feed.backoff_first_ms`: \"soon\": expected a whole number",
    ] {
        assert!(text.contains(expected), "{expected}\n--\n{text}");
    }
    let (problems, hint) = text.split_once("\n  hint: ").unwrap();
    assert_eq!(problems.lines().count(), 11, "{text}");
    assert!(hint.starts_with("`replayer config explain KEY`"), "{hint}");
}

#[test]
fn settings_that_contradict_each_other_are_refused_where_they_were_set() {
    let error = of(None, &[], &[("feed.backoff_longest_ms", "20")]).unwrap_err().to_string();
    let what =
        "`feed.backoff_longest_ms`: 20 must be at least `feed.backoff_first_ms`, which is 1000";
    assert_eq!(error.lines().next().unwrap(), format!("--set: {what}"));
    let error = of(None, &[], &[("integrity.errors_minimal", "5")]).unwrap_err().to_string();
    let what =
        "`integrity.errors_minimal`: 5 must be at least `integrity.errors_degraded`, which is 10";
    assert_eq!(error.lines().next().unwrap(), format!("--set: {what}"));
}

#[test]
fn a_file_that_is_not_toml_is_refused_at_its_line_and_column() {
    let place = Place::new();
    let file = place.file("[record]\nplain = \n");
    let error = of(Some(&file), &[], &[]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Usage);
    assert!(error.to_string().starts_with(&format!("{}:2:", file.display())), "{error}");
    let twice = place.file("[record]\nplain = true\nplain = false\n");
    assert!(of(Some(&twice), &[], &[]).unwrap_err().to_string().contains(":3:1"));
}

#[test]
fn a_file_that_was_named_and_is_not_there_is_an_error_and_the_usual_one_need_not_be() {
    let place = Place::new();
    let told = place.run(&["config", "check"], &[]);
    assert_eq!(told.status.code(), Some(0), "{told:?}");
    assert!(stdout(&told).starts_with("no file ("), "{told:?}");
    for told in [
        place.run(&["config", "check", "missing.toml"], &[]),
        place.run(&["config", "show", "--config", "missing.toml"], &[]),
        place.run(&["config", "show"], &[("REPLAYER_CONFIG", "missing.toml")]),
        place.run(&["run", "quickstart", "--config", "missing.toml"], &[]),
    ] {
        assert_eq!(told.status.code(), Some(3), "{told:?}");
        assert!(stderr(&told).contains("missing.toml"), "{told:?}");
    }
    fs::create_dir_all(place.0.path().join(".config/replayer")).unwrap();
    fs::write(place.0.path().join(".config/replayer/config.toml"), "record.plain = true").unwrap();
    let told = place.run(&["config", "check", "--json"], &[]);
    assert_eq!(json(&told)["set"], 1);
    let told = place.run(&["config", "explain", "record.plain"], &[]);
    assert!(stdout(&told).contains(".config/replayer/config.toml:1:16"), "{told:?}");
}

#[test]
fn what_show_prints_as_a_file_is_the_same_configuration_again() {
    let place = Place::new();
    let set = [
        "--set",
        "record.part_games_max=9",
        "--set",
        "paths.runs=/tmp/\"quoted\" \\ back",
        "--set",
        "limits.max_stake=0.005",
        "--set",
        "record.plain=true",
    ];
    let shown = place.run(&[&["config", "show", "--toml"][..], &set].concat(), &[]);
    let file = place.file(stdout(&shown));
    let loaded = of(Some(&file), &[], &[]).unwrap();
    let names: Vec<_> = loaded.set().collect();
    assert_eq!(names, ["limits.max_stake", "paths.runs", "record.part_games_max", "record.plain"]);
    assert_eq!(loaded.settings.paths.runs(), Path::new("/tmp/\"quoted\" \\ back"));
    assert_eq!(loaded.settings.limits.max_stake.unwrap().to_string(), "0.005000000");
    let unset = |line: &str| line.ends_with("= ") || line.ends_with("= \"\"");
    // And every other setting stands in it as a comment, ready to be uncommented.
    let all: String = stdout(&shown)
        .lines()
        .filter_map(|line| match line.strip_prefix("# ") {
            Some(setting) if setting.contains(" = ") && !unset(setting) => Some(setting),
            Some(_) => None,
            None => Some(line),
        })
        .fold(String::new(), |all, line| all + line + "\n");
    assert!(of(Some(&place.file(&all)), &[], &[]).is_ok(), "{all}");
}

#[test]
fn explain_says_what_a_setting_does_may_be_and_is_and_knows_whole_sections() {
    let place = Place::new();
    let told = place
        .run(&["config", "explain", "record.retry_ms"], &[("REPLAYER__RECORD__RETRY_MS", "250")]);
    let text = stdout(&told);
    for part in [
        "record.retry_ms",
        "value     250 ms, from $REPLAYER__RECORD__RETRY_MS",
        "allowed   from 10 to 30000",
        "flag      --set record.retry_ms=VALUE",
    ] {
        assert!(text.contains(part), "{part}\n--\n{text}");
    }
    let whole = json(&place.run(&["config", "explain", "clicking", "--json"], &[]));
    assert_eq!(whole["settings"]["clicking.within_ms"]["value"], 1_000);
    let told = place.run(&["config", "explain", "record.retry"], &[]);
    assert_eq!(told.status.code(), Some(2));
    assert!(stderr(&told).contains("did you mean `record.retry_ms`?"), "{told:?}");
}

#[test]
fn a_run_goes_into_the_folder_that_is_set_and_a_wrong_configuration_plays_nothing() {
    let place = Place::new();
    let runs = place.0.path().join("elsewhere");
    let set = format!("paths.runs={}", runs.display());
    let told = place.run(&["run", "one-life", "--set", &set], &[]);
    assert_eq!(told.status.code(), Some(0), "{told:?}");
    assert!(runs.join("one-life-001/summary.json").is_file());
    assert!(!place.0.path().join("runs").exists());

    let told = place.run(&["run", "one-life"], &[("REPLAYER__PATHS__RUN", "/tmp")]);
    assert_eq!(told.status.code(), Some(2));
    assert!(
        stderr(&told).contains("$REPLAYER__PATHS__RUN: unknown setting `paths.run`"),
        "{told:?}"
    );
    assert!(!place.0.path().join("runs").exists());
}

#[test]
fn no_command_line_goes_beyond_the_limits_of_the_machine() {
    let armed = [
        "live",
        "quickstart",
        "--browser",
        "--url",
        "http://127.0.0.1:9/",
        "--armed",
        "--max-stake",
        "0.5",
        "--max-loss",
        "1",
        "--max-orders-per-minute",
        "10",
        "--no-journal",
    ];
    let place = Place::new();
    let greedy = "Scenario(name: \"greedy\", seed: 1, source: Generated(games: 1), bankroll: PerGame(1), \
                  bots: [(id: \"a\", strategy: Aggressive(), limits: (max_stake: 0.6))])";
    fs::write(place.0.path().join("greedy.ron"), greedy).unwrap();
    let told = place.run(&[&["live", "greedy.ron"][..], &armed[2..]].concat(), &[]);
    assert_eq!(told.status.code(), Some(5), "{told:?}");
    let what =
        "the bot `a`: `limits.max_stake`: 0.600000000 SOL is above 0.500000000 SOL of --max-stake";
    assert!(stderr(&told).contains(what), "{told:?}");
    for (section, what) in [
        ("max_stake = 0.499999999", "--max-stake: `limits.max_stake`: 0.500000000 SOL is above"),
        ("max_loss = 0.9", "--max-loss: `limits.max_loss`: 1.000000000 SOL is above 0.9 SOL of"),
        ("max_orders_per_minute = 9", "`limits.max_orders_per_minute`: 10 orders is above 9"),
        ("day_max_loss = 0.9", "`limits.max_loss`: 1.000000000 SOL is above `limits.day_max_loss`"),
    ] {
        let file = place.file(&format!("[limits]\n{section}\n"));
        let named = ["--config", file.to_str().unwrap()];
        let told = place.run(&[&armed[..], &named].concat(), &[]);
        assert_eq!(told.status.code(), Some(5), "{told:?}");
        assert!(stderr(&told).contains(what), "{told:?}");
        assert!(stderr(&told).contains("replayer.toml:2:"), "{told:?}");
        // Nor by a variable or `--set`, and another file does not put the user's aside.
        fs::create_dir_all(place.0.path().join(".config/replayer")).unwrap();
        let own = place.0.path().join(".config/replayer/config.toml");
        fs::write(&own, "[limits]\nmax_minutes = 5\n[record]\nplain = true\n").unwrap();
        let none: &[(&str, &str)] = &[];
        for (arguments, variables) in [
            (&["--set", "limits.max_minutes=6"][..], none),
            (&["--set", "limits.max_minutes="], none),
            (&[], &[("REPLAYER__LIMITS__MAX_MINUTES", "6")]),
        ] {
            let empty = place.0.path().join("empty.toml");
            fs::write(&empty, "").unwrap();
            let show = ["config", "show", "--config", empty.to_str().unwrap()];
            let told = place.run(&[&show[..], arguments].concat(), variables);
            assert_eq!(told.status.code(), Some(5), "{told:?}");
            let above = format!("is above 5 minutes of {}:2:", own.display());
            assert!(stderr(&told).contains(&above), "{told:?}");
        }
        fs::remove_file(own).unwrap();
    }
}

#[test]
fn a_limit_is_the_lowest_of_all_sources_and_never_raised() {
    let place = Place::new();
    let machine = place.0.path().join("machine.toml");
    fs::write(&machine, "[limits]\nmax_stake = 1\nfolder = \"/var/lib/replayer\"\n").unwrap();
    let file = place.file("[limits]\nmax_stake = 0.5\nfolder = \"/var/lib/replayer\"\n");
    let sources = |flag: &str| Sources {
        machine: Some(machine.clone()),
        file: Some(file.clone()),
        flags: vec![("--set".to_owned(), "limits.max_stake".to_owned(), flag.to_owned())],
        ..Sources::default()
    };
    let loaded = load(&sources("0.25")).unwrap();
    assert_eq!(loaded.settings.limits.max_stake, Some(Sol::milli(250)));
    let error = load(&sources("0.75")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Safety);
    let what = format!("`limits.max_stake`: 0.75 SOL is above 0.5 SOL of {}:2:", file.display());
    assert!(error.to_string().contains(&what), "{error}");
    // Where it is kept what was lost cannot be moved: elsewhere nothing was lost yet.
    fs::write(&file, "[limits]\nfolder = \"/tmp/other\"\n").unwrap();
    let error = load(&sources("0.25")).unwrap_err().to_string();
    assert!(error.contains("`limits.folder`: /tmp/other is not /var/lib/replayer of"), "{error}");
}

proptest! {
    #[test]
    fn whatever_the_sources_say_a_limit_is_their_lowest_or_an_error(
        values in prop::collection::vec(prop::option::of(1..6_u32), 5),
    ) {
        let place = Place::new();
        let files: Vec<PathBuf> = ["machine.toml", "user.toml", "named.toml"]
            .iter()
            .zip(&values)
            .map(|(name, value)| {
                let text = value.map_or_else(String::new, |it| format!("limits.max_orders = {it}"));
                let path = place.0.path().join(name);
                fs::write(&path, text).unwrap();
                path
            })
            .collect();
        let own = str::to_owned;
        let sources = Sources {
            machine: Some(files[0].clone()),
            limits_of: Some(files[1].clone()),
            file: Some(files[2].clone()),
            environment: values[3]
                .map(|it| (own("REPLAYER__LIMITS__MAX_ORDERS"), it.to_string()))
                .into_iter()
                .collect(),
            flags: values[4]
                .map(|it| (own("--max-orders"), own("limits.max_orders"), it.to_string()))
                .into_iter()
                .collect(),
            ..Sources::default()
        };
        let said: Vec<u32> = values.iter().flatten().copied().collect();
        match load(&sources) {
            Ok(loaded) => {
                prop_assert_eq!(loaded.settings.limits.max_orders, said.iter().min().copied());
                prop_assert!(said.is_sorted_by(|earlier, later| later <= earlier));
            }
            Err(error) => {
                prop_assert_eq!(error.kind(), ErrorKind::Safety);
                prop_assert!(error.to_string().contains("is above"), "{}", error);
                prop_assert!(!said.is_sorted_by(|earlier, later| later <= earlier));
            }
        }
    }
}

proptest! {
    #[test]
    fn no_text_whatever_panics_or_is_taken_for_settings_that_it_does_not_have(
        text in "(\\[(record|live|x)\\]\n|(plain|queue_messages|\"a b\"|x\\.y)( = |=)(true|-1|9e9|\"\"|\\[\\]|\\{\\}|0x1F|[a-z]{0,3})\n|.){0,12}"
    ) {
        let place = Place::new();
        let file = place.file(&text);
        match of(Some(&file), &[], &[]) {
            Ok(loaded) => {
                for key in loaded.set() {
                    prop_assert!(text.contains(key.split_once('.').unwrap().1));
                }
            }
            Err(error) => prop_assert!(error.to_string().contains("replayer.toml:")),
        }
    }
}
