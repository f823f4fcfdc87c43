//! Rust sources as tokens and as paths.

use std::fs;
use std::path::{Path, PathBuf};

/// A source file: its text, and its tokens outside of tests.
pub(super) struct Source {
    /// Its path from the project's root, with `/`.
    pub(super) path: String,
    /// Its whole text.
    pub(super) text: String,
    /// Its tokens without comments, text literals and `#[cfg(test)]` items.
    pub(super) tokens: Vec<Token>,
}

/// A word, `::`, a lifetime or a single sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) line: usize,
    pub(super) text: String,
}

/// A path as written out: `use a::{b, c::d}` is `a::b` and `a::c::d`.
pub(super) struct Written {
    pub(super) line: usize,
    pub(super) segments: Vec<String>,
    /// The name that a `use` gives it in its file; `None` outside of a `use`.
    pub(super) imported_as: Option<String>,
}

impl Source {
    pub(super) fn new(path: &str, text: &str) -> Self {
        let tokens = without_tests(&tokens(text));
        Self { path: path.to_owned(), text: text.to_owned(), tokens }
    }

    /// The module of a file in `src`, with `/`: that of `src/cli/run.rs` is `cli/run`.
    pub(super) fn module(&self) -> &str {
        let inside = self.path.strip_prefix("src/").unwrap_or(&self.path);
        inside.trim_end_matches(".rs")
    }

    /// Whether the file is a module or inside of it: `src/cli/run/table.rs` is in `cli/run`.
    pub(super) fn is_in(&self, module: &str) -> bool {
        let rest = self.module().strip_prefix(module);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// Whether the file is in one of some modules.
    pub(super) fn is_in_any(&self, modules: &[&str]) -> bool {
        modules.iter().any(|module| self.is_in(module))
    }

    /// Every path in the code, but that in `pub(in path)`.
    pub(super) fn paths(&self) -> Vec<Written> {
        let mut paths = Vec::new();
        let (mut at, mut is_import) = (0, false);
        while at < self.tokens.len() {
            let is_reach = |word: &&str| self.stands(at, &["pub", "(", word]);
            if ["crate", "super", "self", "in"].iter().any(is_reach) {
                at += self.tokens[at..].iter().position(|token| token.text == ")").unwrap_or(1);
            } else if self.stands(at, &["use"]) || self.stands(at, &[";"]) {
                is_import = self.stands(at, &["use"]);
                at += 1;
            } else if self.is_word(at) && (at == 0 || self.tokens[at - 1].text != "::") {
                let first = paths.len();
                at = self.path_from(at, &[], &mut paths);
                if !is_import {
                    paths[first..].iter_mut().for_each(|path| path.imported_as = None);
                }
            } else {
                at += 1;
            }
        }
        paths
    }

    /// True when the words and signs stand at a place, one after the other.
    pub(super) fn stands(&self, at: usize, texts: &[&str]) -> bool {
        self.tokens.len() >= at + texts.len()
            && self.tokens[at..].iter().zip(texts).all(|(token, text)| token.text == *text)
    }

    /// An offence at a line.
    pub(super) fn offence(&self, line: usize, rule: &str) -> String {
        format!("{}:{line}: {rule}", self.path)
    }

    fn is_word(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|token| token.text.starts_with(is_word_start))
    }

    /// Writes out the path that begins here; says where the next token is.
    fn path_from(&self, mut at: usize, before: &[String], paths: &mut Vec<Written>) -> usize {
        let mut segments = before.to_vec();
        loop {
            let line = self.tokens[at].line;
            segments.push(self.tokens[at].text.clone());
            at += 1;
            let goes_on = self.stands(at, &["::"]);
            if goes_on && self.is_word(at + 1) {
                at += 1;
            } else if goes_on && self.stands(at + 1, &["{"]) {
                return self.group_from(at + 2, &segments, paths);
            } else {
                let is_renamed = self.stands(at, &["as"]) && !self.stands(at + 2, &["::"]);
                at += if is_renamed { 2 } else { 0 };
                let name = segments.iter().rev().find(|name| *name != "self").cloned();
                let other = self.tokens.get(at - 1).map(|token| token.text.clone());
                let imported_as = if is_renamed { other } else { name };
                paths.push(Written { line, segments, imported_as });
                return at;
            }
        }
    }

    fn group_from(&self, mut at: usize, before: &[String], paths: &mut Vec<Written>) -> usize {
        while at < self.tokens.len() && !self.stands(at, &["}"]) {
            at = if self.is_word(at) { self.path_from(at, before, paths) } else { at + 1 };
        }
        at + 1
    }
}

/// The project's root.
pub(super) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The text of a file of the project.
pub(super) fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The Rust files below a folder of the project, by path; none where it is absent.
pub(super) fn rust_files(folder: &str) -> Vec<Source> {
    files(folder)
        .into_iter()
        .filter(|path| path.ends_with(".rs"))
        .map(|path| Source::new(&path, &read(&path)))
        .collect()
}

/// All files below a folder of the project, by path; none where it is absent.
pub(super) fn files(folder: &str) -> Vec<String> {
    let mut found = Vec::new();
    walk(&root().join(folder), &mut found);
    found.sort_unstable();
    found
}

fn walk(folder: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.expect("a readable folder").path();
        if path.is_dir() {
            walk(&path, found);
        } else {
            let inside = path.strip_prefix(root()).expect("below the root");
            found.push(inside.to_str().expect("a path in UTF-8").replace('\\', "/"));
        }
    }
}

fn is_word_start(sign: char) -> bool {
    sign == '_' || sign.is_alphabetic()
}

fn is_word(sign: char) -> bool {
    sign == '_' || sign.is_alphanumeric()
}

/// The comments and text literals of a Rust source, with the lines on which they begin.
pub(super) fn prose(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let (mut rest, mut line) = (text, 1);
    while let Some(sign) = rest.chars().next() {
        let (length, token) = token(rest, sign);
        let is_comment = token.is_none() && !sign.is_whitespace();
        if is_comment || token == Some("\"\"") {
            found.push((line, &rest[..length]));
        }
        line += rest[..length].matches('\n').count();
        rest = &rest[length..];
    }
    found
}

/// Takes a text apart; comments are left out, a text literal is one token of two quotes.
fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let (mut rest, mut line) = (text, 1);
    while let Some(sign) = rest.chars().next() {
        let (length, token) = token(rest, sign);
        if let Some(token) = token {
            tokens.push(Token { line, text: token.to_owned() });
        }
        line += rest[..length].matches('\n').count();
        rest = &rest[length..];
    }
    tokens
}

/// The length of what stands at the beginning of a text, and the token that it is, if any.
fn token(rest: &str, sign: char) -> (usize, Option<&str>) {
    let word = rest.find(|sign| !is_word(sign)).unwrap_or(rest.len());
    if sign.is_whitespace() {
        (sign.len_utf8(), None)
    } else if rest.starts_with("//") {
        (rest.find('\n').unwrap_or(rest.len()), None)
    } else if rest.starts_with("/*") {
        (block_comment(rest), None)
    } else if let Some(length) = raw_literal(rest).or_else(|| literal(rest)) {
        (length, Some("\"\""))
    } else if sign == '\'' {
        let length = 1 + rest[1..].find(|sign| !is_word(sign)).unwrap_or(rest.len() - 1);
        (length, Some(&rest[..length]))
    } else if is_word(sign) {
        (word, Some(&rest[..word]))
    } else if rest.starts_with("::") {
        (2, Some("::"))
    } else {
        (sign.len_utf8(), Some(&rest[..sign.len_utf8()]))
    }
}

fn block_comment(text: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < text.len() {
        let rest = &text[at..];
        if rest.starts_with("/*") {
            (depth, at) = (depth + 1, at + 2);
        } else if rest.starts_with("*/") {
            (depth, at) = (depth - 1, at + 2);
            if depth == 0 {
                return at;
            }
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    text.len()
}

/// `r"…"`, `r#"…"#`, `br"…"`: its length.
fn raw_literal(text: &str) -> Option<usize> {
    let inside = text.strip_prefix("br").or_else(|| text.strip_prefix('r'))?;
    let fences = inside.len() - inside.trim_start_matches('#').len();
    let begin = text.len() - inside.len() + fences + 1;
    let body = inside[fences..].strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(fences));
    Some(body.find(&end).map_or(text.len(), |found| begin + found + end.len()))
}

/// `"…"`, `b"…"`, `'x'`, `b'x'`: its length. A lifetime is none of them.
fn literal(text: &str) -> Option<usize> {
    let inside = text.strip_prefix('b').unwrap_or(text);
    let quote = inside.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    if quote == '\'' {
        let mut signs = inside[1..].chars();
        let first = signs.next()?;
        if first != '\\' && signs.next() != Some('\'') {
            return None;
        }
    }
    let mut escaped = false;
    let end = inside.char_indices().skip(1).find(|&(_, sign)| {
        let ends = sign == quote && !escaped;
        escaped = sign == '\\' && !escaped;
        ends
    });
    Some(end.map_or(text.len(), |(at, _)| text.len() - inside.len() + at + 1))
}

/// Leaves out every item that is compiled in tests only.
fn without_tests(tokens: &[Token]) -> Vec<Token> {
    const MARK: [&str; 6] = ["#", "[", "cfg", "(", "test", ")"];
    let mut kept = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let here = tokens[at..].iter().map(|token| token.text.as_str());
        if here.take(MARK.len()).eq(MARK) {
            at = end_of_item(tokens, at + MARK.len());
        } else {
            kept.push(tokens[at].clone());
            at += 1;
        }
    }
    kept
}

/// One past the item that goes on here: past its `;`, or past the brace that closes it.
fn end_of_item(tokens: &[Token], mut at: usize) -> usize {
    let mut depth = 0;
    while at < tokens.len() {
        match tokens[at].text.as_str() {
            "{" => depth += 1,
            "}" if depth == 1 => return at + 1,
            "}" => depth -= 1,
            ";" if depth == 0 => return at + 1,
            _ => {}
        }
        at += 1;
    }
    at
}

#[test]
fn grouped_and_nested_paths_are_written_out() {
    let source = Source::new("src/a.rs", "use crate::{b::{self, C}, d};\nfn f() { crate::e::g() }");
    let paths: Vec<_> = source.paths().iter().map(|path| path.segments.join("::")).collect();
    for wanted in ["crate::b::self", "crate::b::C", "crate::d", "crate::e::g"] {
        assert!(paths.iter().any(|path| path == wanted), "{wanted} is not in {paths:?}");
    }
}

#[test]
fn comments_text_and_tests_are_left_out() {
    let text = r####"//! hidden
/* hidden /* hidden */ hidden */
const A: &str = "hidden \" hidden"; const B: &str = r#"hidden " hidden"#;
const C: [char; 2] = ['"', '\'']; fn f<'a>(x: &'a str) -> &'a str { x }
#[cfg(test)]
mod tests { fn hidden() { if hidden { hidden } } }
fn seen() {}
"####;
    let source = Source::new("src/a.rs", text);
    let words: Vec<_> = source.tokens.iter().map(|token| token.text.as_str()).collect();
    assert!(!words.contains(&"hidden"), "{words:?}");
    let seen = source.tokens.iter().find(|token| token.text == "seen").map(|token| token.line);
    assert_eq!(seen, Some(7));
}
