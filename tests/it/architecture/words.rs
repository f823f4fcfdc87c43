//! Words: names and phrases that were replaced by plain ones do not come back, and every doc
//! comment says something.

use super::sources::{Source, files, prose, read, rust_files};
use super::{assert_found, assert_none, assert_permitted, page};

/// Private words, each with the word that took its place. None stands alone, in an identifier, in
/// the name of a file, in a comment, in a text or on a page.
const PRIVATE: &[(&str, &str)] = &[
    ("assay", "fairness check"),
    ("assays", "fairness checks"),
    ("attendant", "observer"),
    ("attendants", "observers"),
    ("deck", "game queue"),
    ("decks", "game queues"),
    ("desk", "order gateway"),
    ("desks", "order gateways"),
    ("ear", "feed ingest"),
    ("ears", "feed ingest"),
    ("errand", "order request"),
    ("errands", "order requests"),
    ("happening", "session event"),
    ("happenings", "session events"),
    ("mishap", "fault"),
    ("mishaps", "faults"),
    ("oddities", "anomalies"),
    ("oddity", "anomaly"),
    ("reel", "playback"),
    ("reels", "playbacks"),
    ("reins", "executor handle"),
    ("ruling", "verdict"),
    ("rulings", "verdicts"),
    ("seating", "bot factory"),
    ("seatings", "bot factories"),
    ("soloist", "bot that plays alone"),
    ("soloists", "bots that play alone"),
    ("troupe", "bots"),
    ("whisper", "page event"),
    ("whispers", "page events"),
    ("wires", "channels"),
    ("witness", "account events"),
];

/// Names of types and functions that were replaced. As parts of other names, and in sentences,
/// these words are plain.
const NAMES: &[(&str, &str)] = &[
    ("Armed", "LiveExecution"),
    ("Arms", "ExecutionConfig"),
    ("Away", "RemoteVenue"),
    ("Birth", "LifeStart"),
    ("Board", "Metrics"),
    ("Brain", "StrategyState"),
    ("Closing", "SessionSummary"),
    ("Deed", "SiteCommand"),
    ("Floor", "DemoExchange"),
    ("Guard", "RiskGate"),
    ("Hand", "ClickExecutor"),
    ("Holding", "Position"),
    ("House", "Setup"),
    ("Looks", "PageState"),
    ("Manner", "ExecutionMode"),
    ("Proof", "confirmation"),
    ("Refusal", "Rejection"),
    ("Shelf", "MetricRegistry"),
    ("Switch", "ArmSwitch"),
    ("Telling", "GameStream"),
    ("Torn", "PartialGame"),
    ("Touch", "timeouts"),
    ("build_away", "build_remote"),
    ("build_shown", "build_dry_run"),
    ("sit_down", "wait_for_login"),
    ("take_up", "start"),
];

/// A phrase that readers stumble over.
struct Phrase {
    words: &'static str,
    /// The word in front of it with which it is plain.
    after: &'static [&'static str],
    /// The words behind it with which it is plain.
    before: &'static [&'static str],
    /// What to write.
    instead: &'static str,
}

const fn phrase(words: &'static str, instead: &'static str) -> Phrase {
    Phrase { words, after: &[], before: &[], instead }
}

/// What may follow `is no`.
const COMPARATIVES: &[&str] = &[
    "better", "earlier", "fewer", "higher", "larger", "later", "less", "longer", "lower", "more",
    "older", "shorter", "smaller", "sooner", "worse",
];

const fn negated(words: &'static str) -> Phrase {
    let instead = "is not a … (or: unknown …)";
    Phrase { words, after: &["there"], before: COMPARATIVES, instead }
}

const PHRASES: &[Phrase] = &[
    phrase("anew", "again, or start over"),
    Phrase { before: &["than"], ..phrase("any more", "no longer") },
    phrase("at the most", "at most"),
    phrase("game that went away", "void game"),
    phrase("games that went away", "void games"),
    negated("are no"),
    negated("is no"),
    negated("was no"),
    negated("were no"),
    phrase("is to be had", "is available"),
    phrase("no life was", "there are no lives"),
    phrase("nobody is asked", "bots are paused"),
    Phrase { before: &["as", "that"], ..phrase("so long", "a duration, or its name") },
    Phrase { before: &["as", "that"], ..phrase("so many", "N, or a number of") },
    Phrase { before: &["as", "that"], ..phrase("so often", "N times") },
    phrase("what came of", "the outcome of"),
    phrase("whoever", "anyone who, or a name"),
];

/// Which replaced words may stand, and where: the changes name what they renamed.
const OLD_NAMES: &[&str] = &["docs/CHANGELOG.md"];

/// Fewest words of a doc comment.
const DOC_WORDS_MIN: usize = 4;

/// A word of prose or a sign between words, with its line.
struct Word {
    line: usize,
    text: String,
}

/// Every word and phrase that was replaced: in the names of files, in code and in prose.
fn offences(sources: &[Source]) -> Vec<String> {
    let mut offences = Vec::new();
    for source in sources {
        let mut names: Vec<_> = source.path.split(['/', '.']).map(|name| (1, name)).collect();
        let is_code = source.path.ends_with(".rs");
        let tokens = source.tokens.iter().filter(|_| is_code);
        names.extend(tokens.map(|token| (token.line, token.text.as_str())));
        for (line, name) in names {
            offences.extend(wrong_name(name).map(|why| source.offence(line, &why)));
        }
        // The prose of tests is that of their planted offences, too.
        let is_read = !source.path.starts_with("tests/") && !source.path.starts_with("benches/");
        for (line, why) in is_read.then(|| wrong_prose(source)).into_iter().flatten() {
            offences.push(source.offence(line, &why));
        }
    }
    offences
}

/// What is wrong with a name: an identifier, or a part of a path.
fn wrong_name(name: &str) -> Option<String> {
    let parts: Vec<String> = parts(name).collect();
    let private = PRIVATE.iter().find(|(word, _)| parts.iter().any(|part| part == word));
    let replaced = NAMES.iter().find(|(old, _)| *old == name);
    if let Some((old, new)) = private.or(replaced) {
        return Some(format!("`{name}`: `{old}` is now `{new}`"));
    }
    let words: Vec<&str> = parts.iter().map(String::as_str).collect();
    let found = (0..words.len()).find_map(|at| phrase_at(&words, at));
    found.map(|phrase| format!("`{name}`: not \"{}\", but {}", phrase.words, phrase.instead))
}

/// The words of an identifier in lower case: `order_gateway`, `OrderGateway`, `ORDER_GATEWAY`.
fn parts(name: &str) -> impl Iterator<Item = String> {
    let mut spaced = String::new();
    let mut was_lower = false;
    for sign in name.chars() {
        if !sign.is_alphanumeric() || (sign.is_uppercase() && was_lower) {
            spaced.push(' ');
        }
        was_lower = sign.is_lowercase();
        spaced.extend(sign.is_alphanumeric().then(|| sign.to_lowercase()).into_iter().flatten());
    }
    spaced.split_whitespace().map(str::to_owned).collect::<Vec<_>>().into_iter()
}

/// What is wrong with the prose of a file, with its lines.
fn wrong_prose(source: &Source) -> Vec<(usize, String)> {
    let words = words(source);
    let texts: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
    let may_be_old = OLD_NAMES.contains(&source.path.as_str());
    let mut found = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let private = PRIVATE.iter().find(|(old, _)| *old == word.text);
        if let Some((old, new)) = private.filter(|_| !may_be_old) {
            found.push((word.line, format!("not \"{old}\", but {new}")));
        }
        if let Some(phrase) = phrase_at(&texts, at) {
            let why = format!("not \"{}\", but {}", phrase.words, phrase.instead);
            found.push((word.line, why));
        }
    }
    found
}

/// The phrase that begins at a word.
fn phrase_at(words: &[&str], at: usize) -> Option<&'static Phrase> {
    PHRASES.iter().find(|phrase| {
        let length = phrase.words.split(' ').count();
        let stands = phrase.words.split(' ').eq(words[at..].iter().copied().take(length));
        let before = at.checked_sub(1).map(|before| words[before]);
        let is_led = before.is_some_and(|word| phrase.after.contains(&word));
        let is_followed = words.get(at + length).is_some_and(|word| phrase.before.contains(word));
        stands && !is_led && !is_followed
    })
}

/// The words of the prose of a file in lower case, and its signs: of a page, all of it; of a Rust
/// source, its comments and text literals. A phrase may go on in the next line of a comment.
fn words(source: &Source) -> Vec<Word> {
    let is_code = source.path.ends_with(".rs");
    let pieces = if is_code { prose(&source.text) } else { vec![(1, source.text.as_str())] };
    let mut words: Vec<Word> = Vec::new();
    for (first, piece) in pieces {
        let is_comment = is_code && piece.starts_with("//");
        let ends_before = words.last().is_none_or(|word| word.line + 1 < first);
        if ends_before {
            words.push(stop(first));
        }
        for (at, line) in piece.lines().enumerate() {
            let line = if is_comment { line.trim_start_matches(['/', '!']) } else { line };
            if line.trim().is_empty() {
                words.push(stop(first + at));
            }
            let mut word = String::new();
            for sign in line.chars().chain([' ']) {
                if sign.is_alphanumeric() || sign == '_' || sign == '\'' {
                    word.extend(sign.to_lowercase());
                    continue;
                }
                let number = first + at;
                if !word.is_empty() {
                    words.push(Word { line: number, text: std::mem::take(&mut word) });
                }
                if !sign.is_whitespace() {
                    words.push(Word { line: number, text: sign.to_string() });
                }
            }
        }
        if !is_comment {
            words.push(stop(first));
        }
    }
    words
}

/// What ends a phrase at a line.
fn stop(line: usize) -> Word {
    Word { line, text: "\"".to_owned() }
}

/// Every doc comment of fewer words than [`DOC_WORDS_MIN`].
fn short_docs(sources: &[Source]) -> Vec<String> {
    let mut offences = Vec::new();
    for source in sources {
        let mut block: Option<(usize, &str, String)> = None;
        for (at, line) in source.text.lines().chain([""]).enumerate() {
            let line = line.trim_start();
            let mark = ["///", "//!"].into_iter().find(|mark| line.starts_with(mark));
            if let (Some((_, of, text)), Some(mark)) = (&mut block, mark)
                && *of == mark
            {
                text.push_str(&line[3..]);
                continue;
            }
            if let Some((first, _, text)) = block.take()
                && text.split_whitespace().count() < DOC_WORDS_MIN
            {
                let what = "says too little: name its meaning, unit, bounds or errors";
                offences.push(source.offence(first, &format!("\"{}\" {what}", text.trim())));
            }
            block = mark.map(|mark| (at + 1, mark, line[3..].to_owned()));
        }
    }
    offences
}

/// Every file whose words are held.
fn held() -> Vec<Source> {
    let rust = ["src", "tests", "examples", "benches"].into_iter().flat_map(rust_files);
    let mut pages = files("docs");
    pages.extend(files("scenarios"));
    pages.retain(|path| path.ends_with(".md") || path.ends_with(".ron") || path.ends_with(".yml"));
    pages.extend(["README.md", "CONTRIBUTING.md"].map(str::to_owned));
    let page = |path: String| Source { text: read(&path), path, tokens: Vec::new() };
    rust.chain(pages.into_iter().map(page)).collect()
}

#[test]
fn no_replaced_word_and_no_stilted_phrase_stands_anywhere() {
    assert_none(&offences(&held()));
}

#[test]
fn no_doc_comment_has_three_words_or_fewer() {
    assert_none(&short_docs(&rust_files("src")));
}

#[test]
fn the_lists_are_sorted_and_name_nothing_twice() {
    for list in [PRIVATE, NAMES] {
        let names: Vec<_> = list.iter().map(|(old, _)| *old).collect();
        assert!(names.is_sorted_by(|one, next| one < next), "{names:?}");
    }
}

#[test]
fn a_replaced_word_is_found_wherever_it_stands() {
    let path = "src/planted.rs";
    assert_found(offences, path, 2, "\nstruct OrderDesk;");
    assert_found(offences, path, 1, "fn f(happenings: u8) {}");
    assert_found(offences, path, 1, "const DESK_MAX: u8 = 1;");
    assert_found(offences, path, 1, "use crate::model::House;");
    assert_found(offences, path, 1, "fn take_up() {}");
    assert_found(offences, path, 1, "/// Goes to the desk.");
    assert_found(offences, path, 1, "fn f() -> &'static str { \"an oddity\" }");
    assert_found(offences, "src/live/ear.rs", 1, "");
    assert_found(offences, "tests/it/desk/planted.rs", 1, "");
    assert_found(offences, &page("planted.md"), 3, "A\n\nThe *Desk* takes it.");
    assert_permitted(offences, path, "fn f(x: f64) -> f64 { x.floor() } // The floor of it.");
    assert_permitted(offences, path, "/// Holding a position by hand.\nfn hand_over() {}");
    assert_permitted(offences, path, "struct KillSwitch; fn switch(armed: bool) {}");
    assert_permitted(offences, path, "/// Hears nothing early in the year.\nfn hear() {}");
    assert_permitted(offences, "tests/it/planted.rs", "const OLD: &str = \"the desk\";");
}

#[test]
fn a_stilted_phrase_is_found_also_across_lines() {
    let path = "src/planted.rs";
    assert_found(offences, path, 1, "/// Nothing is heard any\n/// more of it.");
    assert_found(offences, path, 2, "\nconst A: &str = \"`x` is no setting\";");
    assert_found(offences, path, 1, "//! Plays so many games.");
    assert_found(offences, path, 1, "fn whoever_comes_is_heard() {}");
    assert_found(offences, "tests/it/planted.rs", 1, "fn what_is_no_order_is_refused() {}");
    assert_found(offences, &page("planted.md"), 1, "It begins anew.");
    for phrase in PHRASES {
        assert_found(offences, path, 1, &format!("// It says {}.", phrase.words));
        assert_found(offences, "README.md", 1, &format!("It says {} setting.", phrase.words));
    }
    assert_permitted(offences, path, "/// There is no setting of that name.");
    assert_permitted(offences, path, "/// It is no longer open, and no more than that.");
    assert_permitted(offences, path, "/// So many that none is left. Is any\n\n/// More is less.");
    assert_permitted(offences, path, "const A: [&str; 2] = [\"any\", \"more\"];");
}

#[test]
fn a_doc_comment_that_says_too_little_is_found() {
    let path = "src/planted.rs";
    assert_found(short_docs, path, 2, "//! A planted file of tests.\n/// Its name.\nstruct A;");
    assert_found(short_docs, path, 1, "//! Planted.");
    assert_found(short_docs, path, 3, "struct A {\n    b: u8,\n    /// Why.\n    c: u8,\n}");
    assert_found(short_docs, path, 1, "/// One two three.");
    assert_permitted(short_docs, path, "/// Its name.\n///\n/// Never empty.\nstruct A;");
    assert_permitted(short_docs, path, "// Short.\n/// The name in scenarios.\nstruct A;");
}
