//! Paths of sources in pages: every one that is named there is in the repository.

use super::sources::{Source, files, read, root};
use super::{assert_found, assert_none, assert_permitted};

/// Every path of a source in a page that leads nowhere.
fn offences(pages: &[Source]) -> Vec<String> {
    let all: Vec<_> = ["src", "tests", "benches", "examples"].into_iter().flat_map(files).collect();
    let mut offences = Vec::new();
    for page in pages {
        for (line, path) in named(page) {
            if !is_there(path, &all) {
                offences.push(page.offence(line, &format!("`{path}` is not in the repository")));
            }
        }
    }
    offences
}

/// Whether a path is that of a file or a folder: from the root, from `src`, or of a file by its
/// name alone.
fn is_there(path: &str, all: &[String]) -> bool {
    let by_name = |file: &String| file.rsplit('/').next() == Some(path);
    root().join(path).exists()
        || root().join("src").join(path).exists()
        || (!path.contains('/') && all.iter().any(by_name))
}

/// What a page names between backticks as a source: `src/…`, and whatever ends with `.rs`.
fn named(page: &Source) -> Vec<(usize, &str)> {
    let mut named = Vec::new();
    let mut is_code = false;
    for (at, line) in page.text.lines().enumerate() {
        is_code ^= line.trim_start().starts_with("```");
        if !is_code {
            let quoted = line.split('`').skip(1).step_by(2);
            named.extend(quoted.filter(|text| is_path(text)).map(|path| (at + 1, path)));
        }
    }
    named
}

fn is_path(text: &str) -> bool {
    let is_plain = text.chars().all(|sign| sign.is_ascii_alphanumeric() || "_-./".contains(sign));
    is_plain && (text.starts_with("src/") || text.ends_with(".rs"))
}

/// Every page of the documentation.
fn pages() -> Vec<Source> {
    let mut paths = files("docs");
    paths.retain(|path| path.ends_with(".md"));
    paths.push("README.md".to_owned());
    let page = |path: String| Source { text: read(&path), path, tokens: Vec::new() };
    paths.into_iter().map(page).collect()
}

#[test]
fn every_source_that_a_page_names_is_there() {
    let pages = pages();
    assert_none(&offences(&pages));
    let count: usize = pages.iter().map(|page| named(page).len()).sum();
    assert!(count > 80, "only {count} paths were looked at");
}

#[test]
fn a_source_that_is_not_there_is_found() {
    let page = "planted.md";
    assert_found(offences, page, 2, "\nIt is in `src/ledger.rs`.");
    assert_found(offences, page, 1, "`engine/ledger.rs`, then `strategy/solo.rs`");
    assert_found(offences, page, 1, "the folder `src/strategy/`");
    assert_found(offences, page, 1, "`nowhere.rs`");
    assert_found(offences, page, 4, "```\n`nowhere.rs`\n```\n`nowhere.rs`");
    assert_permitted(offences, page, "`src/engine/ledger.rs`, `src/model/`, `dip.rs`, `a::b`");
}
