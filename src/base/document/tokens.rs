//! The tokens of a text that is meant as RON, whatever is wrong with it.

use std::ops::Range;

use super::repairs::Repairs;
use super::value::excerpt;

/// Longest number with its unit, in bytes.
const NUMBER_BYTES_MAX: usize = 4096;

/// The kind of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// A bracket that opens.
    Opens(u8),
    /// A bracket that closes.
    Closes(u8),
    /// What stands between items.
    Comma,
    /// What stands between a field and its value.
    Colon,
    /// A name without quotes.
    Name,
    /// A number, with its unit if it has one.
    Number,
    /// A text in quotes.
    Text,
    /// Any sign besides these.
    Other,
}

/// A token and its byte range; empty where it was put in.
#[derive(Debug, Clone)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) span: Range<usize>,
}

/// Splits a text into tokens; notes and repairs what is wrong within a token.
pub(super) fn tokens(text: &str, repairs: &mut Repairs) -> Vec<Token> {
    let mut reader = Reader { text, at: 0, repairs };
    let mut tokens = Vec::new();
    while let Some(token) = reader.next() {
        tokens.push(token);
    }
    tokens
}

struct Reader<'a, 'b> {
    text: &'a str,
    at: usize,
    repairs: &'b mut Repairs,
}

impl<'a> Reader<'a, '_> {
    fn next(&mut self) -> Option<Token> {
        self.skip_blanks();
        let start = self.at;
        let sign = self.rest().chars().next()?;
        let kind = match sign {
            '(' | '[' | '{' => self.sign(TokenKind::Opens(byte(sign))),
            ')' | ']' | '}' => self.sign(TokenKind::Closes(byte(sign))),
            ',' => self.sign(TokenKind::Comma),
            ';' => self.instead(",", TokenKind::Comma),
            ':' => self.sign(TokenKind::Colon),
            '=' => self.instead(":", TokenKind::Colon),
            '"' | '\'' | '“' | '”' | '‘' | '’' => self.quoted(sign),
            'r' if self.is_raw_text() => self.raw_text(),
            '0'..='9' | '+' | '-' | '.' | '$' | '€' | '◎' => self.number(),
            _ if is_of_name(sign) => self.name(),
            _ => {
                self.at += sign.len_utf8();
                TokenKind::Other
            }
        };
        Some(Token { kind, span: start..self.at })
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn sign(&mut self, kind: TokenKind) -> TokenKind {
        self.at += 1;
        kind
    }

    /// A sign in place of the right one.
    fn instead(&mut self, right: &str, kind: TokenKind) -> TokenKind {
        let wrong = self.text[self.at..=self.at].to_owned();
        self.repairs.fault(self.at, format!("write `{right}` in place of `{wrong}`"));
        self.repairs.replace(self.at..self.at + 1, right);
        self.sign(kind)
    }

    fn skip_blanks(&mut self) {
        loop {
            let blank = self.rest().len() - self.rest().trim_start().len();
            self.at += blank;
            if self.rest().starts_with("//") {
                self.at += self.rest().find('\n').unwrap_or(self.rest().len());
            } else if self.rest().starts_with("/*") {
                self.comment();
            } else if blank == 0 {
                return;
            }
        }
    }

    /// A comment, which may hold others.
    fn comment(&mut self) {
        let (start, mut depth) = (self.at, 0_usize);
        loop {
            let rest = self.rest();
            if rest.starts_with("/*") {
                (depth, self.at) = (depth + 1, self.at + 2);
            } else if rest.starts_with("*/") {
                (depth, self.at) = (depth - 1, self.at + 2);
            } else if let Some(sign) = rest.chars().next() {
                self.at += sign.len_utf8();
            } else {
                self.repairs.fault(start, "this comment has no end, `*/`");
                self.repairs.is_cut = true;
                return;
            }
            if depth == 0 {
                return;
            }
        }
    }

    /// Text in quotes. It ends in the line in which it begins.
    fn quoted(&mut self, quote: char) -> TokenKind {
        let start = self.at;
        let inside = start + quote.len_utf8();
        if quote != '"' {
            self.repairs.fault(start, "text is written in straight double quotes, `\"`");
            self.repairs.replace(start..inside, "\"");
        }
        let (mut is_escaped, mut end) = (false, self.text.len());
        for (offset, sign) in self.text[inside..].char_indices() {
            let at = inside + offset;
            let ends = match quote {
                '"' | '\'' => sign == quote,
                _ => matches!(sign, '“' | '”' | '‘' | '’' | '"'),
            };
            if ends && !is_escaped {
                self.at = at + sign.len_utf8();
                if sign != '"' {
                    self.repairs.replace(at..self.at, "\"");
                }
                return TokenKind::Text;
            }
            if sign == '\n' {
                end = at;
                break;
            }
            is_escaped = sign == '\\' && !is_escaped;
        }
        if quote == '"' {
            self.repairs.fault(start, "the quote that ends this text is missing in its line");
        }
        let signs = |sign: char| sign.is_whitespace() || ",;)]}\\".contains(sign);
        self.at = inside + self.text[inside..end].trim_end_matches(signs).len();
        self.repairs.replace(self.at..self.at, "\"");
        TokenKind::Text
    }

    /// A name; with signs that names do not have, it is a text without its quotes: `data/games`.
    fn name(&mut self) -> TokenKind {
        let start = self.at;
        let end = |rest: &str| rest.find(not(is_of_name)).unwrap_or(rest.len());
        self.at += end(self.rest());
        let mut is_name = true;
        while let Some(more) = self.rest().strip_prefix(['-', '.', '/'])
            && more.starts_with(is_of_name)
        {
            self.at += 1 + end(more);
            is_name = false;
        }
        if is_name {
            return TokenKind::Name;
        }
        let shown = excerpt(&self.text[start..self.at]);
        self.repairs.fault(start, format!("write text in quotes: `\"{shown}\"`"));
        self.repairs.replace(start..start, "\"");
        self.repairs.replace(self.at..self.at, "\"");
        TokenKind::Text
    }

    fn is_raw_text(&self) -> bool {
        self.rest()[1..].trim_start_matches('#').starts_with('"')
    }

    fn raw_text(&mut self) -> TokenKind {
        let hashes = self.rest()[1..].bytes().take_while(|&byte| byte == b'#').count();
        let start = self.at;
        let inside = start + 2 + hashes;
        let end = format!("\"{}", "#".repeat(hashes));
        match self.text[inside..].find(&end) {
            Some(offset) => self.at = inside + offset + end.len(),
            None => {
                self.repairs.fault(start, format!("this text has no end, `{end}`"));
                self.repairs.is_cut = true;
                self.at = self.text.len();
            }
        }
        TokenKind::Text
    }

    /// A number. One with a unit, or one that is none, becomes a text, which its reader refuses.
    fn number(&mut self) -> TokenKind {
        let start = self.at;
        let near = self.rest().floor_char_boundary(NUMBER_BYTES_MAX);
        let line = self.text[start..start + near].split('\n').next().unwrap_or_default();
        let mut last = None;
        let of_number = |sign: char| {
            let after_e = matches!(last, Some('e' | 'E'));
            last = Some(sign);
            let is_first = sign == '+' || sign == '-';
            sign.is_ascii_alphanumeric() || "._%$€◎".contains(sign) || (is_first && after_e)
        };
        let first = line.chars().next().map_or(0, char::len_utf8);
        let length = first + line[first..].find(not(of_number)).unwrap_or(line.len() - first);
        let unit = unit_after(&line[length..]);
        self.at += length + unit;
        let whole = &self.text[start..self.at];
        if unit > 0 || !is_number(whole) {
            self.repairs.replace(start..start, "\"");
            self.repairs.replace(self.at..self.at, "\"");
        }
        TokenKind::Number
    }
}

/// The length of a unit after a number, with the blank before it; 0 where something else follows.
fn unit_after(line: &str) -> usize {
    let blank = line.len() - line.trim_start().len();
    let word = &line[blank..];
    let length = word.find(|sign: char| !(sign.is_alphabetic() || sign == '%'));
    let length = length.unwrap_or(word.len());
    let next = word[length..].trim_start().chars().next();
    // Another word after it is of the next field.
    let ends = next.is_none_or(|sign| ",)]}/".contains(sign) || sign.is_alphabetic());
    if length > 0 && ends { blank + length } else { 0 }
}

fn is_number(text: &str) -> bool {
    ron::from_str::<ron::Value>(text).is_ok()
}

fn is_of_name(sign: char) -> bool {
    sign.is_alphanumeric() || sign == '_'
}

fn not(mut is: impl FnMut(char) -> bool) -> impl FnMut(char) -> bool {
    move |sign| !is(sign)
}

fn byte(sign: char) -> u8 {
    u8::try_from(sign).unwrap_or_default()
}
