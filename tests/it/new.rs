//! `replayer new`, run as a user runs it. `.ci/new-bot` builds what it makes; here stand the files,
//! the refusals, and the tests of the bot itself.

/// The bot that every crate begins with, and its tests.
#[path = "../../examples/own_bot/dip.rs"]
mod dip;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::program::{json, replayer, stderr, stdout};

const FILES: [&str; 6] =
    ["Cargo.toml", ".gitignore", "README.md", "late-bird.ron", "src/main.rs", "src/late_bird.rs"];

/// The files of a crate, by their paths.
fn made(folder: &Path) -> BTreeMap<&'static str, String> {
    let text = |path| fs::read_to_string(folder.join(path)).unwrap();
    FILES.into_iter().map(|path| (path, text(path))).collect()
}

#[test]
fn a_new_crate_has_a_bot_of_its_name_a_scenario_and_a_readme_of_one_screen() {
    let place = tempfile::tempdir().unwrap();
    let output = replayer(place.path(), &["new", "late-bird"]);
    assert!(output.status.success(), "{output:?}");
    let said = stdout(&output);
    for file in FILES {
        assert!(said.contains(&format!("\n  late-bird/{file}\n")), "{file}: {said}");
    }
    let next = "Next:\n  cd late-bird && cargo test\n  cargo run -- run late-bird.ron\n";
    assert!(said.ends_with(next), "{said}");
    let files = made(&place.path().join("late-bird"));
    assert!(files["src/main.rs"].contains("with::<late_bird::LateBird>()"));
    assert!(files["src/late_bird.rs"].contains("struct LateBirdParams"));
    assert!(files["src/late_bird.rs"].contains("const NAME: &'static str = \"LateBird\""));
    assert!(files["src/late_bird.rs"].contains("#[test]"));
    assert!(files["late-bird.ron"].contains("strategy: LateBird("));
    assert!(files["README.md"].lines().count() <= 40);
}

#[test]
fn a_new_crate_depends_on_this_checkout_and_on_nothing_else() {
    let place = tempfile::tempdir().unwrap();
    let document = json(&replayer(place.path(), &["new", "late-bird", "--json"]));
    let checkout = env!("CARGO_MANIFEST_DIR");
    assert_eq!(document["replayer"]["path"], checkout);
    assert_eq!(document["strategy"], "LateBird");
    assert_eq!(document["files"].as_array().unwrap().len(), FILES.len());
    let folder = place.path().join("late-bird");
    // What Cargo makes of the manifest.
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["metadata", "--no-deps", "--offline", "--format-version", "1"]);
    let output = cargo.current_dir(&folder).output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let dependencies = metadata["packages"][0]["dependencies"].as_array().unwrap();
    let names: Vec<_> = dependencies.iter().map(|it| it["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["replayer"]);
    assert_eq!(dependencies[0]["path"], checkout);
    let root = Path::new(metadata["workspace_root"].as_str().unwrap());
    assert_eq!(root, folder.canonicalize().unwrap());
    let manifest = &made(&folder)["Cargo.toml"];
    assert!(manifest.contains("[profile.dev.package.\"*\"]\nopt-level = 2\n"), "{manifest}");
    // Nor does its code name another crate.
    for (path, text) in made(&folder).iter().filter(|(path, _)| path.ends_with(".rs")) {
        for line in text.lines().filter_map(|line| line.trim().strip_prefix("use ")) {
            assert!(
                ["replayer::", "super::"].iter().any(|of| line.starts_with(of)),
                "{path}: {line}"
            );
        }
    }
}

#[test]
fn a_repository_or_another_checkout_may_be_named() {
    let place = tempfile::tempdir().unwrap();
    let url = "https://host.example/replayer.git";
    let output = replayer(place.path(), &["new", "late-bird", "--git", url]);
    assert!(output.status.success(), "{output:?}");
    let manifest = fs::read_to_string(place.path().join("late-bird/Cargo.toml")).unwrap();
    assert!(manifest.contains(&format!("replayer = {{ git = \"{url}\" }}")), "{manifest}");
    let relative = ["new", "other", "--path", "../checkout", "--json"];
    fs::create_dir_all(place.path().join("checkout")).unwrap();
    fs::create_dir(place.path().join("bots")).unwrap();
    fs::write(place.path().join("checkout/Cargo.toml"), "[package]\nname = \"replayer\"\n")
        .unwrap();
    let document = json(&replayer(&place.path().join("bots"), &relative));
    let checkout = place.path().join("checkout").canonicalize().unwrap();
    assert_eq!(document["replayer"]["path"], checkout.to_str().unwrap());
}

#[test]
fn what_cannot_be_made_is_refused_and_nothing_is_touched() {
    let place = tempfile::tempdir().unwrap();
    fs::create_dir(place.path().join("mine")).unwrap();
    fs::write(place.path().join("mine/work.txt"), "mine").unwrap();
    for (arguments, code, why) in [
        (&["new", "mine"][..], 3, "mine already exists and was left unchanged"),
        (&["new", "match"], 2, "Rust keyword"),
        (&["new", "replayer"], 2, "Cargo, Rust or Replayer uses it"),
        (&["new", "../up"], 2, "does not begin with a letter"),
        (&["new", "sidebet"], 2, "a strategy `Sidebet` already"),
        (&["new", "other", "--path", "mine"], 2, "not a checkout of Replayer"),
        (&["new", "other", "--path", "mine", "--git", "x"], 2, "cannot be used with"),
        (&["new"], 2, "NAME"),
    ] {
        let output = replayer(place.path(), arguments);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {output:?}");
        assert!(stderr(&output).contains(why), "{arguments:?}: {}", stderr(&output));
    }
    let left: Vec<_> =
        fs::read_dir(place.path()).unwrap().map(|it| it.unwrap().file_name()).collect();
    assert_eq!(left, ["mine"]);
    assert_eq!(fs::read_to_string(place.path().join("mine/work.txt")).unwrap(), "mine");
}
