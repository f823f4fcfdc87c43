//! The shape of the code, held against the sources: who may use whom, who writes what, what is
//! absent. The rules are those of `docs/architecture.md` and `docs/determinism.md`.
//!
//! The sources are read as tokens, without comments, text literals and `#[cfg(test)]` items. Every
//! rule is a function from sources to offences, so that each test also plants an offence and sees
//! it found.

mod absences;
mod citations;
mod files;
mod glossary;
mod layers;
mod modules;
mod numbers;
mod paths;
mod repository;
mod schedule;
mod sources;
mod words;
mod writers;

use sources::Source;

/// A page of these docs, for a rule to find in a planted source. Written in two pieces, so that it is
/// no citation here.
fn page(rest: &str) -> String {
    format!("docs/{rest}")
}

/// Fails with all offences, each on a line that begins with `file:line`.
fn assert_none(offences: &[String]) {
    assert!(offences.is_empty(), "{} offences:\n{}", offences.len(), offences.join("\n"));
}

/// Fails unless a rule finds exactly one offence in a planted source, at that line.
fn assert_found(rule: impl Fn(&[Source]) -> Vec<String>, path: &str, line: usize, text: &str) {
    let offences = rule(&[Source::new(path, text)]);
    let place = format!("{path}:{line}: ");
    assert!(
        offences.len() == 1 && offences[0].starts_with(&place),
        "expected one offence at {place}in\n{text}\nfound {offences:?}"
    );
}

/// Fails if a rule finds anything in a planted source.
fn assert_permitted(rule: impl Fn(&[Source]) -> Vec<String>, path: &str, text: &str) {
    assert_none(&rule(&[Source::new(path, text)]));
}
