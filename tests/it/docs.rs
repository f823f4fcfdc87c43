//! The pages: the commands and flags that they show are those of the program, the files that they
//! name are there, and one page leads to all others.
//!
//! That links and citations lead somewhere is held in `architecture/citations.rs`.

mod executed;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Component, Path, PathBuf};

use clap::Command;

/// Folders whose pages are read, and single pages.
const FOLDERS: [&str; 2] = ["docs", "examples"];
const PAGES: [&str; 3] = ["README.md", "CONTRIBUTING.md", "src/cli/new/README.md.txt"];

/// Where pages stand, as a text that is not a citation.
const FOLDER: &str = concat!("docs", "/");
/// A page that is planted.
const PLANTED: &str = concat!("docs", "/planted.md");
/// The page that leads to all others in `docs`.
const FIRST: &str = "docs/README.md";

/// What ends a command in a line of a shell.
const ENDS: [&str; 7] = ["|", "||", "&&", "&", ";", ">", ">>"];

/// Beginnings of paths from the project's root.
const ROOTS: [&str; 7] = ["src/", "tests/", "docs/", "scenarios/", "examples/", "benches/", ".ci/"];

/// Signs of a path that stands for several, or for one of the reader's.
const PATTERNS: [&str; 9] = ["*", "…", "<", "{", "NAME", "NNN", "//", "my_bot", "mine."];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every page with its path from the root.
fn pages() -> Vec<(String, String)> {
    let mut paths: Vec<PathBuf> = PAGES.iter().map(PathBuf::from).collect();
    for folder in FOLDERS {
        collect(Path::new(folder), &mut paths);
    }
    let page = |path: PathBuf| {
        let text = fs::read_to_string(root().join(&path)).unwrap();
        (path.to_str().unwrap().to_owned(), text)
    };
    paths.into_iter().map(page).collect()
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(root().join(folder)).unwrap() {
        let path = folder.join(entry.unwrap().file_name());
        if root().join(&path).is_dir() {
            collect(&path, paths);
        } else if path.extension().is_some_and(|ending| ending == "md" || ending == "service") {
            paths.push(path);
        }
    }
}

/// The pieces of a page that are code, with their lines: words between backticks, and the lines of
/// blocks that a shell may run. A file that is not a page is code throughout.
fn code<'a>(path: &str, text: &'a str) -> Vec<(usize, &'a str)> {
    let mut found = Vec::new();
    let mut block: Option<&str> = (!path.contains(".md")).then_some("");
    for (at, line) in text.lines().enumerate() {
        if let Some(language) = line.trim_start().strip_prefix("```") {
            block = if block.is_some() { None } else { Some(language.trim()) };
        } else if let Some(language) = block {
            if ["", "sh", "text", "console"].contains(&language) {
                found.push((at + 1, line));
            }
        } else {
            found.extend(line.split('`').skip(1).step_by(2).map(|piece| (at + 1, piece)));
        }
    }
    found
}

/// The words of each command of ours in a piece of code: after `replayer`, and after the `--` of
/// `cargo run`.
fn commands(piece: &str) -> Vec<Vec<String>> {
    let mut found: Vec<Vec<String>> = Vec::new();
    let (mut inside, mut before) = (false, ["", ""]);
    // In a table, a bar of a command is escaped.
    let piece = piece.replace("\\|", "|");
    for word in piece.split_whitespace().take_while(|word| *word != "#") {
        let plain = word.trim_matches(|sign| "()[]'$,".contains(sign));
        let is_cargo = before == ["cargo", "run"] && word == "--";
        let is_package = before == ["cargo", "install"];
        if ENDS.contains(&word) {
            inside = false;
        } else if is_cargo
            || !inside && !is_package && plain.rsplit(['/', '(', '=']).next() == Some("replayer")
        {
            inside = true;
            found.push(Vec::new());
        } else if inside && let Some(command) = found.last_mut() {
            command.push(plain.trim_end_matches([';', '`', ':']).to_owned());
            inside = !word.ends_with(';');
        }
        // The flags of `cargo run` stand before the `--`.
        if !word.starts_with("--") {
            before = if before == ["cargo", "run"] { before } else { [before[1], word] };
        } else if word == "--" {
            before = ["", ""];
        }
    }
    found.retain(|command| !command.is_empty());
    found
}

/// What is wrong with a command, if anything is.
fn wrong(definition: &Command, words: &[String]) -> Option<String> {
    let mut words = words.iter().peekable();
    let mut places = vec![definition];
    while let Some(word) = words.next_if(|word| !word.starts_with('-')) {
        let named = |place: &&Command| place.find_subcommand(word).is_some();
        if let Some((one, other)) = word.split_once('|') {
            // Several commands at once: `live|record`.
            let names = [one].into_iter().chain(other.split('|'));
            let found: Option<Vec<_>> = names.map(|it| places[0].find_subcommand(it)).collect();
            places = match found {
                Some(found) => found,
                None => return Some(format!("one of `{word}` is not a command")),
            };
        } else if places.iter().all(named) {
            places = places.iter().filter_map(|place| place.find_subcommand(word)).collect();
        } else if places.iter().any(|place| place.has_subcommands()) && is_name(word) {
            return Some(format!("`{word}` is not a command"));
        } else {
            break;
        }
    }
    for word in words.filter(|word| word.starts_with("--") && word.len() > 2) {
        let flag = word[2..].split(['=', '[', ']', ',', '.']).next().unwrap_or_default();
        let knows = |place: &&Command| place.get_arguments().any(|it| it.get_long() == Some(flag));
        if !places.iter().any(knows) {
            return Some(format!("`{}` has no `--{flag}`", places[0].get_name()));
        }
    }
    None
}

/// True for a word that can be the name of a command, not a placeholder or a sign.
fn is_name(word: &str) -> bool {
    word.chars().all(|sign| sign.is_ascii_lowercase() || sign == '-')
}

fn definition() -> Command {
    let mut definition = replayer::cli::definition();
    definition.build();
    definition
}

fn wrong_commands(path: &str, text: &str) -> Vec<String> {
    let definition = definition();
    let mut found = Vec::new();
    for (line, piece) in code(path, text) {
        for command in commands(piece) {
            let why = wrong(&definition, &command);
            found.extend(why.map(|why| format!("{path}:{line}: {why}: {}", command.join(" "))));
        }
    }
    found
}

/// Files that a page names and that are not there.
fn absent_files(path: &str, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (line, piece) in code(path, text) {
        for word in piece.split(|sign: char| sign.is_whitespace() || "()\"',;=|".contains(sign)) {
            let word = word.trim_end_matches(['.', ':', '/']);
            let named = word.split([':', '#']).next().unwrap_or_default();
            let is_path = ROOTS.iter().any(|root| named.starts_with(root));
            let is_pattern = PATTERNS.iter().any(|pattern| word.contains(pattern));
            if is_path && !is_pattern && !root().join(named).exists() {
                found.push(format!("{path}:{line}: {named} is not there"));
            }
        }
    }
    found
}

/// The pages of `docs` that a page links to.
fn linked(path: &str, text: &str) -> Vec<String> {
    let folder = Path::new(path).parent().unwrap_or(Path::new(""));
    let target = |piece: &str| {
        let target = piece.split([')', '#']).next().unwrap_or_default();
        let mut parts: Vec<&str> = Vec::new();
        let joined = folder.join(target);
        for part in joined.components() {
            match part {
                Component::ParentDir => drop(parts.pop()),
                Component::Normal(name) => parts.push(name.to_str().unwrap()),
                _ => {}
            }
        }
        parts.join("/")
    };
    text.split("](").skip(1).map(target).filter(|path| path.ends_with(".md")).collect()
}

/// The pages of `docs` that no chain of links from the first one leads to.
fn lost(pages: &[(String, String)]) -> Vec<&str> {
    let text = |path: &str| pages.iter().find(|(at, _)| at == path).map(|(_, text)| text);
    let mut reached = BTreeSet::from([FIRST.to_owned()]);
    let mut open = vec![FIRST.to_owned()];
    while let Some(path) = open.pop() {
        for next in text(&path).map_or_else(Vec::new, |text| linked(&path, text)) {
            if reached.insert(next.clone()) {
                open.push(next);
            }
        }
    }
    let of_docs = pages.iter().map(|(path, _)| path.as_str());
    let of_docs = of_docs.filter(|path| path.starts_with("docs/") && path.ends_with(".md"));
    of_docs.filter(|path| !reached.contains(*path)).collect()
}

#[test]
fn every_command_and_flag_that_a_page_shows_is_one_of_the_program() {
    let pages = pages();
    let found: Vec<_> = pages.iter().flat_map(|(path, text)| wrong_commands(path, text)).collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
    let pieces = pages.iter().flat_map(|(path, text)| code(path, text));
    let count = pieces.map(|(_, piece)| commands(piece).len()).sum::<usize>();
    assert!(count > 150, "only {count} commands were looked at");
}

#[test]
fn every_file_of_the_project_that_a_page_names_is_there() {
    // What changed names files as they were called then.
    let pages = pages().into_iter().filter(|(path, _)| path != "docs/CHANGELOG.md");
    let found: Vec<_> = pages.flat_map(|(path, text)| absent_files(&path, &text)).collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn one_page_leads_to_every_other() {
    let pages = pages();
    assert_eq!(lost(&pages), [""; 0], "no link leads there from {FIRST}");
}

#[test]
fn every_command_of_the_program_is_in_the_readme() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    for command in replayer::cli::definition().get_subcommands().filter(|it| !it.is_hide_set()) {
        let name = command.get_name();
        assert!(readme.contains(&format!("`replayer {name}")), "README.md lacks replayer {name}");
    }
}

#[test]
fn a_command_that_is_not_there_is_found_wherever_it_stands() {
    for page in [
        "So: `replayer runn quickstart`.",
        "```sh\ncd x && replayer run quickstart --detail # all\n```",
        "```sh\ncargo run --release -- run quickstart --fast\n```",
        "| `replayer live\\|records --monitor ADDR` | |",
        "`replayer config shown`",
        "`target/release/replayer bench --onyl w1`",
        "(`replayer browser doctor --no-such-flag`)",
        "`x=$(replayer run s.ron --jsn | jq .digest)`",
    ] {
        assert_eq!(wrong_commands(PLANTED, page).len(), 1, "{page}");
    }
    for page in [
        "A replayer runn in no code.",
        "`replayer live\\|record --monitor ADDR`, `replayer run SCENARIO -q --set a.b=c`",
        "```rust\nreplayer runn\n```\n`cargo test --all-features`, `replayer::prelude`",
        "`replayer run s.ron --json | other --flag`; `replayer capture show --help`",
        "`cargo run --release -- run quickstart --json && cargo test --workspace`",
        "`cargo install replayer --features live,demo`",
    ] {
        assert_eq!(wrong_commands(PLANTED, page), [""; 0], "{page}");
    }
    assert_eq!(wrong_commands("x.service", "ExecStart=/bin/replayer livee s.ron").len(), 1);
}

#[test]
fn a_file_that_is_not_there_and_a_page_that_is_lost_are_found() {
    for page in ["`src/none.rs`", "```sh\nbash .ci/none\n```", "so (`tests/none/x.rs:12`)"] {
        assert_eq!(absent_files(PLANTED, page).len(), 1, "{page}");
    }
    let there = "`src/lib.rs`, `scenarios/NAME.ron`, `src/*.rs`, `docs/spec`, `src/cli.rs:12`";
    assert_eq!(absent_files(PLANTED, there), [""; 0]);
    let page = |path: &str, text: &str| (format!("{FOLDER}{path}"), text.to_owned());
    let pages = [
        (FIRST.to_owned(), "[a](how-to/a.md#so)".to_owned()),
        page("how-to/a.md", "[b](../b.md) [x](https://x.example/c.md)"),
        page("b.md", ""),
        page("c.md", "[a](how-to/a.md)"),
    ];
    assert_eq!(lost(&pages), [format!("{FOLDER}c.md")]);
}
