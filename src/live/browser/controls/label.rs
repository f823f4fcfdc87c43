//! Labels: what must stand on a control. Always from the first sign on, never somewhere inside:
//! "X" is in "X2" and in "MAX", "+0.1" in "+0.15" (docs/spec/browser.md#controls).

/// What must stand on a control. Letters count as alike in both cases; space does not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Label {
    /// This and nothing else: `SELL`.
    Exact(String),
    /// This, and then the end or something that is neither letter nor digit: `BUY` in
    /// `BUY+0.030 SOL`, not in `BUYBACK`.
    Begins(String),
    /// One number and this unit: `SOL` in `1.25 SOL`.
    Number(String),
}

impl Label {
    /// Whether a text is such a label.
    #[must_use]
    pub fn fits(&self, text: &str) -> bool {
        self.behind(text).is_some()
    }

    /// What stands behind the word of such a label; `None` where the text is none.
    #[must_use]
    pub fn behind<'a>(&self, text: &'a str) -> Option<&'a str> {
        match self {
            Self::Exact(label) => rest(text, label).filter(|rest| rest.trim().is_empty()),
            Self::Begins(label) => rest(text, label)
                .filter(|rest| !rest.chars().next().is_some_and(char::is_alphanumeric)),
            Self::Number(unit) => {
                let number = text.trim().trim_start_matches(['+', '-', '−', '◎']).trim_start();
                let end = number.find(|sign: char| !(sign.is_ascii_digit() || ".,".contains(sign)));
                let (digits, after) = number.split_at(end.unwrap_or(number.len()));
                let is_number = digits.contains(|sign: char| sign.is_ascii_digit());
                rest(after, unit).filter(|rest| is_number && rest.trim().is_empty())
            }
        }
    }
}

/// What follows a beginning, space and case left aside; `None` where the text begins otherwise.
fn rest<'a>(text: &'a str, beginning: &str) -> Option<&'a str> {
    let mut wanted = beginning.chars().filter(|sign| !sign.is_whitespace());
    let mut next = wanted.next();
    for (at, sign) in text.char_indices() {
        let Some(letter) = next else { return Some(&text[at..]) };
        if sign.is_whitespace() {
            continue;
        }
        if !sign.to_lowercase().eq(letter.to_lowercase()) {
            return None;
        }
        next = wanted.next();
    }
    next.is_none().then_some("")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(label: &str, text: &str) -> bool {
        Label::Exact(label.to_owned()).fits(text)
    }

    #[test]
    fn a_label_is_the_whole_text_or_no_label() {
        assert!(exact("SELL", "SELL") && exact("SELL", " Sell\n") && exact("SIDEBET", "SIDE BET"));
        assert!(exact("+0.001", "+ 0.001") && exact("X", "x") && exact("✕", "✕"));
        for (label, text) in [
            ("X", "X2"),
            ("X", "MAX"),
            ("X2", "X"),
            ("+0.1", "+0.15"),
            ("+0.1", "+0.10"),
            ("+1", "+10"),
            ("10%", "100%"),
            ("SELL", "SELL 10%"),
            ("SELL", "SHORT"),
            ("SELL", ""),
            ("SELL", "RESELL"),
        ] {
            assert!(!exact(label, text), "{label} is not {text}");
        }
    }

    #[test]
    fn a_beginning_ends_with_its_word() {
        let buy = Label::Begins("BUY".to_owned());
        for text in ["BUY", "BUY+0.030 SOL", "Buy +0.030 SOL", "buy"] {
            assert!(buy.fits(text), "{text}");
        }
        for text in ["BUYBACK", "BUY2", "AUTOBUY", "", "BU", "REBUY"] {
            assert!(!buy.fits(text), "{text}");
        }
        assert!(buy.fits("BUY 2"), "a space ends a word");
    }

    #[test]
    fn a_number_has_its_unit_and_nothing_else() {
        let number = Label::Number("SOL".to_owned());
        for text in ["1.25 SOL", "0 sol", "0,5 SOL", "◎ 0.5SOL"] {
            assert!(number.fits(text), "{text}");
        }
        for text in ["SOL", "1.25", "BUY+0.030 SOL", "1.25 SOL at 2x", "1.25 SOLID", "–  SOL"] {
            assert!(!number.fits(text), "{text}");
        }
    }
}
