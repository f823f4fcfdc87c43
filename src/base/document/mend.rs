//! Finds what is wrong with a text that is not RON, and repairs it so that the rest can be read.
//!
//! The `ron` crate stops at the first fault, and names the place where it stopped. This knows only
//! brackets, commas, colons and quotes, but names the place where the fault was made.

use std::ops::Range;

use super::brackets::{close_early, closing, opening, too_deep, wrong};
use super::repairs::{Repaired, Repairs};
use super::tokens::{Token, TokenKind, tokens};
use super::value::{POINT, excerpt};

/// Most faults that are told: more are the consequences of one.
const FAULTS_MAX: usize = 20;
/// Longest text that is examined, in bytes.
const BYTES_MAX: usize = 1 << 18;

/// What is said about a text that is nested too deep.
pub(super) const TOO_DEEP: &str =
    "brackets inside of brackets, too deep to be read: fewer than ten levels are ever needed";

/// The faults of a text that is not RON, by byte offset, and the repaired text, if there is one.
pub(super) fn mend(text: &str) -> (Vec<(usize, String)>, Option<Repaired>) {
    if text.len() > BYTES_MAX || text.trim_start().starts_with('#') {
        return (Vec::new(), None);
    }
    let mut repairs = Repairs::default();
    let mut tokens = tokens(text, &mut repairs);
    if repairs.is_cut {
        // What is behind is not known.
        return (repairs.faults, None);
    }
    if let Some(deep) = too_deep(&tokens) {
        return (vec![(deep, TOO_DEEP.to_owned())], None);
    }
    decimal_commas(text, &mut tokens, &mut repairs);
    close_early(text, &mut tokens, &mut repairs);
    let mut mender = Mender { text, open: Vec::new(), state: State::Item, repairs };
    for (place, token) in tokens.iter().enumerate() {
        if mender.repairs.faults.len() >= FAULTS_MAX || !mender.take(token, &tokens[place..]) {
            break;
        }
    }
    mender.end();
    let (faults, repaired) = mender.repairs.apply(text);
    if faults.len() >= FAULTS_MAX { (faults, None) } else { (faults, repaired) }
}

/// Joins numbers with a comma before their decimals: `stake: 0,005`.
fn decimal_commas(text: &str, tokens: &mut Vec<Token>, repairs: &mut Repairs) {
    use TokenKind::{Colon, Comma, Number};
    let mut place = 0;
    while let Some([colon, whole, comma, decimals]) = tokens.get(place..place + 4) {
        let kinds = [colon.kind, whole.kind, comma.kind, decimals.kind];
        let is_one = kinds == [Colon, Number, Comma, Number]
            && whole.span.end == comma.span.start
            && comma.span.end == decimals.span.start;
        if is_one {
            let number = excerpt(&text[whole.span.start..decimals.span.end]).replace(',', ".");
            repairs.fault(whole.span.start, format!("write `{number}`: {POINT}"));
            repairs.replace(comma.span.clone(), ".");
            let span = whole.span.start..decimals.span.end;
            drop(tokens.splice(place + 1..place + 4, [Token { kind: Number, span }]));
        }
        place += 1;
    }
}

fn line_of(text: &str, offset: usize) -> usize {
    text[..offset].matches('\n').count() + 1
}

/// What may come next in the innermost bracket.
#[derive(Debug, Clone)]
enum State {
    /// An item, or the end.
    Item,
    /// The value of the field with this name, the colon of which ends there.
    Value { name: Range<usize>, colon: usize },
    /// A comma, or the end: after an item of this kind, which is a field's value or not.
    Done { kind: TokenKind, span: Range<usize>, of_field: bool },
}

/// A bracket that is open.
#[derive(Debug)]
struct Open {
    bracket: u8,
    at: usize,
    /// What takes the place of the bracket that closes it; empty for that bracket itself.
    closes_as: &'static str,
    /// Whether what it closes is a field's value.
    of_field: bool,
    /// Where the item begins.
    item: usize,
}

struct Mender<'a> {
    text: &'a str,
    open: Vec<Open>,
    state: State,
    repairs: Repairs,
}

impl Mender<'_> {
    /// Takes a token, the first of those that are left; false where nothing can follow.
    fn take(&mut self, token: &Token, left: &[Token]) -> bool {
        let span = token.span.clone();
        let is_over = self.open.is_empty() && matches!(self.state, State::Done { .. });
        match token.kind {
            TokenKind::Opens(bracket) if self.is_named(bracket, span.start) => {
                self.open_named(bracket, span.start);
            }
            _ if is_over => {
                let what = "nothing can follow here: the last bracket is closed before it";
                self.repairs.fault(span.start, what);
                self.repairs.replace(span.start..self.text.trim_end().len(), "");
                return false;
            }
            TokenKind::Opens(bracket) => {
                let of_field = self.begin(token);
                let item = span.start;
                self.open.push(Open { bracket, at: item, closes_as: "", of_field, item });
                self.state = State::Item;
            }
            TokenKind::Closes(bracket) => self.close(bracket, &span, left),
            TokenKind::Comma => self.comma(&span),
            TokenKind::Colon => self.colon(&span),
            TokenKind::Other => {
                let what = format!("`{}` cannot stand here", excerpt(&self.text[span.clone()]));
                self.repairs.fault(span.start, what);
                self.repairs.replace(span, "");
            }
            kind => {
                let of_field = self.begin(token);
                self.state = State::Done { kind, span, of_field };
            }
        }
        true
    }

    /// Whether a bracket belongs to a name before it.
    fn is_named(&self, bracket: u8, at: usize) -> bool {
        match &self.state {
            State::Done { kind: TokenKind::Name, span, .. } => bracket != b'[' || span.end == at,
            _ => false,
        }
    }

    fn open_named(&mut self, bracket: u8, at: usize) {
        let State::Done { span, of_field, .. } = self.state.clone() else { return };
        let (opens_as, closes_as) = match bracket {
            b'{' => ("(", ")"),
            b'[' => ("([", "])"),
            _ => ("", ""),
        };
        if !opens_as.is_empty() {
            let name = excerpt(&self.text[span.clone()]);
            self.repairs.fault(at, format!("write `{name}{opens_as}…{closes_as}`"));
            self.repairs.replace(at..at + 1, opens_as);
        }
        self.open.push(Open { bracket, at, closes_as, of_field, item: span.start });
        self.state = State::Item;
    }

    /// Begins an item: something is missing in front of one that follows another. Whether it is the
    /// value of a field.
    fn begin(&mut self, token: &Token) -> bool {
        let is_value = matches!(self.state, State::Value { .. });
        let State::Done { kind, span, of_field } = self.state.clone() else { return is_value };
        let in_fields = self.open.last().is_some_and(|open| open.bracket != b'[');
        let in_line = !self.text[span.end..token.span.start].contains('\n');
        if kind == TokenKind::Name && !of_field && in_fields && in_line {
            let name = excerpt(&self.text[span.clone()]);
            self.repairs.fault(span.end, format!("a colon is missing after `{name}`"));
            self.repairs.replace(span.end..span.end, ":");
            return true;
        }
        self.repairs.fault(span.end, "a comma is missing here");
        self.repairs.replace(span.end..span.end, ",");
        false
    }

    fn colon(&mut self, span: &Range<usize>) {
        match self.state.clone() {
            State::Done { kind: TokenKind::Name, span: name, of_field: false } => {
                self.state = State::Value { name, colon: span.end };
            }
            State::Done { kind: TokenKind::Text, span: name, of_field: false } => {
                let written = &self.text[name.clone()];
                let bare = excerpt(written.trim_matches('"'));
                let what = format!("the name of a field has no quotes: `{bare}`");
                self.repairs.fault(name.start, what);
                if written.len() > 1 && written.starts_with('"') && written.ends_with('"') {
                    self.repairs.replace(name.start..name.start + 1, "");
                    self.repairs.replace(name.end - 1..name.end, "");
                }
                self.state = State::Value { name, colon: span.end };
            }
            _ => {
                self.repairs.fault(span.start, "a colon cannot stand here");
                self.repairs.replace(span.clone(), "");
            }
        }
    }

    fn comma(&mut self, span: &Range<usize>) {
        match self.state {
            State::Done { .. } => {}
            State::Value { .. } => self.no_value(),
            State::Item => {
                self.repairs.fault(span.start, "a comma too many");
                self.repairs.replace(span.clone(), "");
            }
        }
        self.state = State::Item;
    }

    fn no_value(&mut self) {
        if let State::Value { name, colon } = &self.state {
            let what = format!("`{}` has no value", excerpt(&self.text[name.clone()]));
            self.repairs.fault(*colon, what);
            self.repairs.stand_in(*colon);
        }
    }

    fn close(&mut self, bracket: u8, span: &Range<usize>, left: &[Token]) {
        let opens = opening(bracket);
        if !self.is_closed_by(opens, left) {
            let what = format!("this `{}` closes nothing", char::from(bracket));
            self.repairs.fault(span.start, what);
            self.repairs.replace(span.clone(), "");
            return;
        }
        while let Some(open) = self.open.pop() {
            self.no_value();
            let (begins, closes) = (char::from(open.bracket), char::from(closing(open.bracket)));
            if open.bracket != opens {
                let (line, found) = (line_of(self.text, open.at), char::from(bracket));
                let what = format!(
                    "`{closes}` is missing before this `{found}`: the `{begins}` of line {line} is \
                     not closed"
                );
                self.repairs.fault(span.start, what);
                self.repairs.replace(span.start..span.start, &open.end());
            } else if !open.closes_as.is_empty() {
                self.repairs.replace(span.clone(), open.closes_as);
            }
            let (item, of_field) = (open.item..span.end, open.of_field);
            self.state = State::Done { kind: TokenKind::Other, span: item, of_field };
            if open.bracket == opens {
                return;
            }
        }
    }

    /// Whether a bracket closes one that is open: either others inside of that are not closed, or
    /// this one is too many, whichever leaves less wrong.
    fn is_closed_by(&self, opens: u8, left: &[Token]) -> bool {
        let brackets = || self.open.iter().map(|open| open.bracket);
        let Some(depth) = self.open.iter().rposition(|open| open.bracket == opens) else {
            return false;
        };
        // Nothing can follow what closes the first bracket.
        let behind = usize::from(depth == 0 && left.len() > 1);
        let inside = self.open.len() - depth - 1;
        if inside == 0 && depth > 0 {
            return true;
        }
        let with = inside + behind + wrong(brackets().take(depth).collect(), &left[1..]);
        with <= 1 + wrong(brackets().collect(), &left[1..])
    }

    fn end(&mut self) {
        let at = self.text.trim_end().len();
        let Some(open) = self.open.last() else { return };
        let (line, begins) = (line_of(self.text, open.at), char::from(open.bracket));
        let what = format!("the text ends here, but the `{begins}` of line {line} is not closed");
        self.repairs.fault(at, what);
        self.no_value();
        let closes: String = self.open.iter().rev().map(Open::end).collect();
        self.repairs.replace(at..at, &closes);
    }
}

impl Open {
    /// What closes this bracket.
    fn end(&self) -> String {
        match self.closes_as {
            "" => char::from(closing(self.bracket)).to_string(),
            other => other.to_owned(),
        }
    }
}
