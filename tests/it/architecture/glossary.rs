//! The glossary: one row per word, and every path of its code is there.

use std::collections::BTreeSet;

use super::sources::{Source, read, rust_files};
use super::{assert_found, assert_none, assert_permitted};

/// The page.
const PAGE: &str = "docs/glossary.md";

/// Words that stand twice, and paths of code that lead nowhere.
fn offences(pages: &[Source]) -> Vec<String> {
    let sources = rust_files("src");
    let mut offences = Vec::new();
    for page in pages {
        let mut known = BTreeSet::new();
        for (line, [word, meaning, code]) in rows(page) {
            if !known.insert(word) {
                offences.push(page.offence(line, &format!("{word} has two rows")));
            }
            if meaning.is_empty() {
                offences.push(page.offence(line, &format!("{word} has no meaning")));
            }
            for path in code.split('`').skip(1).step_by(2) {
                if !is_there(path, &sources) {
                    offences.push(page.offence(line, &format!("`{path}` is not in src")));
                }
            }
        }
    }
    offences
}

/// The rows of the table with their lines: word, meaning, code.
fn rows(page: &Source) -> impl Iterator<Item = (usize, [&str; 3])> {
    page.text.lines().enumerate().filter_map(|(at, line)| {
        let cells = line.strip_prefix("| *")?.strip_suffix(" |")?;
        let mut cells = cells.split(" | ");
        let row = [cells.next()?.strip_suffix('*')?, cells.next()?, cells.next()?];
        cells.next().is_none().then_some((at + 1, row))
    })
}

/// Whether a path names a module of `src`, or something that is named in one: `a::b::Type::item`.
fn is_there(path: &str, sources: &[Source]) -> bool {
    let segments: Vec<&str> = path.split("::").collect();
    let module_of = |count: usize| segments[..count].join("/");
    let is_module = |module: &String| sources.iter().any(|source| source.module() == module);
    let longest = (1..=segments.len()).rev().find(|&count| is_module(&module_of(count)));
    longest.is_some_and(|count| {
        let module = module_of(count);
        let inside: Vec<_> = sources.iter().filter(|source| source.is_in(&module)).collect();
        let names = &segments[count..];
        // In front of the last name stand types only: a module that is not there is none of them.
        let types = &names[..names.len().saturating_sub(1)];
        types.iter().all(|name| name.starts_with(char::is_uppercase))
            && names.iter().all(|name| {
                let is_named = |source: &&Source| source.tokens.iter().any(|it| it.text == *name);
                inside.iter().any(is_named)
            })
    })
}

fn page(text: &str) -> Source {
    Source { path: PAGE.to_owned(), text: text.to_owned(), tokens: Vec::new() }
}

#[test]
fn the_glossary_has_one_row_per_word_and_its_code_is_there() {
    let page = page(&read(PAGE));
    assert_none(&offences(std::slice::from_ref(&page)));
    let rows = rows(&page).count();
    let lines = page.text.lines().filter(|line| line.starts_with("| ")).count();
    assert_eq!(rows + 1, lines, "a row of the table is not read");
    assert!(rows > 80, "only {rows} rows");
}

#[test]
fn a_second_row_and_code_that_is_not_there_are_found() {
    let row = "| *game* | One run of the market. | `model::game::Game` |";
    assert_permitted(offences, PAGE, row);
    assert_permitted(
        offences,
        PAGE,
        "| *feed* | The stream. | `feed`, `model::game::Frame::Rug` |",
    );
    assert_found(offences, PAGE, 2, &format!("{row}\n| *game* | Another. | `feed` |"));
    for path in ["game::Game", "Game", "model::games::Game", "model::game::Gamble"] {
        assert_found(offences, PAGE, 1, &format!("| *game* | One run. | `{path}` |"));
    }
}
