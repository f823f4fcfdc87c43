//! A text that is not RON: each fault is named where it was made, and hides nothing else.

use super::{VALID, problems};

/// The problems of the valid scenario with a piece written otherwise.
fn edited(edits: &[(&str, &str)]) -> Vec<String> {
    let text = edits.iter().fold(VALID.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replace(from, to)
    });
    problems(&text)
}

#[test]
fn a_missing_comma_is_reported_where_it_is_missing_and_hides_nothing() {
    let missing = ("\"classics\",", "\"classics\"");
    assert_eq!(edited(&[missing]), ["2:21: a comma is missing here"]);
    let comment = ("\"classics\",", "\"classics\" // the name");
    assert_eq!(edited(&[comment]), ["2:21: a comma is missing here"]);
    let bots = (
        "[(id: \"a\", strategy: Conservative())]",
        "[\n        (id: \"a\", strategy: Conservative())\n        (id: \"b\", strategy: Random())\n    ]",
    );
    assert_eq!(edited(&[bots]), ["8:44: a comma is missing here"]);
    let inside = ("Conservative()", "Conservative(take_profit: 10 stop_loss: 5)");
    assert_eq!(edited(&[inside]), ["7:60: a comma is missing here"]);
    assert_eq!(
        edited(&[missing, ("0.1", "-1"), ("Conservative", "Conservtive"), ("42,", "x,")]),
        [
            "2:21: a comma is missing here",
            "3:11: x: expected a whole number from 0 to 18446744073709551615",
            "6:23: -1: must be above zero",
            "7:32: `Conservtive` is not known here, did you mean `Conservative`?",
        ]
    );
}

#[test]
fn every_fault_of_the_text_has_its_place_and_hides_no_other() {
    for (from, to, expected) in [
        ("seed: 42,", "seed: 42,,", "3:14: a comma too many"),
        ("seed: 42,", "seed 42,", "3:9: a colon is missing after `seed`"),
        ("seed: 42,", "seed:: 42,", "3:10: a colon cannot stand here"),
        ("seed: 42,", "seed: ,", "3:10: `seed` has no value"),
        ("seed: 42,", "seed = 42,", "3:10: write `:` in place of `=`"),
        ("seed: 42,", "seed: 42;", "3:13: write `,` in place of `;`"),
        ("seed: 42,", "\"seed\": 42,", "3:5: the name of a field has no quotes: `seed`"),
        ("\"classics\"", "classics-2", "2:11: write text in quotes: `\"classics-2\"`"),
        ("\"classics\"", "'classics'", "2:11: text is written in straight double quotes, `\"`"),
        ("\"classics\"", "“classics”", "2:11: text is written in straight double quotes, `\"`"),
        (
            "\"classics\"",
            "\"classics",
            "2:11: the quote that ends this text is missing in its line",
        ),
        ("games: 10),", "games: 10,", "4:22: this `(` is not closed"),
        ("Observed,", "Observed),", "5:20: this `)` closes nothing"),
        ("Conservative())]", "Conservative()))]", "7:47: this `)` closes nothing"),
        (
            "Conservative())]",
            "Conservative()]",
            "7:46: `)` is missing before this `]`: the `(` of line 7 is not closed",
        ),
        ("Conservative()", "Conservative{}", "7:44: write `Conservative(…)`"),
        (
            "PerGame(0.1)",
            "PerGame(0,1)",
            "6:15: write `PerGame(0.1)`: the sign before decimals is a point",
        ),
        ("seed: 42", "seed: @42", "3:11: `@` cannot stand here"),
        ("seed: 42", "seed: 42 games", "3:11: 42 games: write `42`, without a unit"),
    ] {
        assert_eq!(edited(&[(from, to)]), [expected], "{to}");
        let other = edited(&[(from, to), ("],\n)", "],\n    bankrol: 1,\n)")]);
        let is_told = |what: &str| other.iter().any(|it| it.contains(what));
        assert!(is_told(expected) && is_told("unknown field `bankrol`"), "{to}: {other:?}");
        assert_eq!(other.len(), 2, "{to}: {other:?}");
    }
}

#[test]
fn a_bracket_without_its_end_is_found_by_the_lines_that_follow() {
    let custom = "Custom(\n        base: Observed,\n        max_bet: 2,";
    assert_eq!(edited(&[("Observed,", custom)]), ["5:18: this `(` is not closed"]);
    let found = edited(&[("Observed,", custom), ("42", "-42")]);
    assert_eq!(found.len(), 2, "{found:?}");
    // Nothing says which of them it is: the innermost that is open.
    let end = edited(&[("],\n)", "],\n")]);
    assert_eq!(end, ["7:49: the text ends here, but the `(` of line 1 is not closed"]);
    let found = edited(&[("Observed,", "Observed, /* all of this")]);
    assert_eq!(found, ["5:22: this comment has no end, `*/`"]);
}

#[test]
fn nesting_without_an_end_is_told_in_words_of_the_format() {
    for (opens, column) in [("(", 74), ("[", 74), ("Some(", 330)] {
        let found = edited(&[("42", &opens.repeat(1_000))]);
        assert_eq!(found.len(), 1, "{found:?}");
        let expected = format!("3:{column}: brackets inside of brackets, too deep to be read");
        assert!(found[0].starts_with(&expected), "{found:?}");
        let closes = ")".repeat(1_000);
        if opens != "[" {
            let found = edited(&[("42", &format!("{}1{closes}", opens.repeat(1_000)))]);
            assert!(found[0].contains("too deep to be read"), "{found:?}");
        }
    }
}
