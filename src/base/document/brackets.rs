//! The brackets of a text: which are open, and which of them is the one that is not closed.

use super::repairs::Repairs;
use super::tokens::{Token, TokenKind};

/// Deepest nesting of brackets.
const NESTED_MAX: usize = 64;

/// Where the text is nested too deep.
pub(super) fn too_deep(tokens: &[Token]) -> Option<usize> {
    let mut depth = 0_usize;
    tokens.iter().find_map(|token| {
        match token.kind {
            TokenKind::Opens(_) => depth += 1,
            TokenKind::Closes(_) => depth = depth.saturating_sub(1),
            _ => {}
        }
        (depth > NESTED_MAX).then_some(token.span.start)
    })
}

/// Where one bracket is never closed, finds it by the indentation of the lines, and closes it in
/// front of the first line that is not indented more than its own.
pub(super) fn close_early(text: &str, tokens: &mut Vec<Token>, repairs: &mut Repairs) {
    let indents = indents(text);
    let indent = |token: &Token| {
        let next = indents.partition_point(|(begins, _)| *begins <= token.span.start);
        indents[next.saturating_sub(1)]
    };
    let mut open: Vec<usize> = Vec::new();
    let mut suspect = None;
    for (place, token) in tokens.iter().enumerate() {
        match token.kind {
            TokenKind::Opens(_) => open.push(place),
            TokenKind::Closes(closes) => {
                let Some(&last) = open.last() else { return };
                let opener = &tokens[last];
                if opener.kind != TokenKind::Opens(opening(closes)) {
                    return;
                }
                open.pop();
                let [begins, ends] = [opener, token].map(indent);
                if suspect.is_none() && begins.0 != ends.0 && begins.1 != ends.1 {
                    suspect = Some(last);
                }
            }
            _ => {}
        }
    }
    let (1, Some(suspect)) = (open.len(), suspect) else { return };
    let (line, most) = indent(&tokens[suspect]);
    let is_outside = |token: &Token| {
        let (begins, blanks) = indent(token);
        begins > line && blanks <= most && begins + blanks == token.span.start
    };
    let Some(next) = tokens.iter().skip(suspect).position(is_outside) else { return };
    let (next, bracket) = (suspect + next, tokens[suspect].clone());
    let TokenKind::Opens(opens) = bracket.kind else { return };
    repairs.fault(bracket.span.start, format!("this `{}` is not closed", char::from(opens)));
    let at = tokens[next - 1].span.end;
    let closes = closing(opens);
    let comma = !matches!(tokens[next].kind, TokenKind::Closes(_));
    let by = format!("{}{}", char::from(closes), if comma { "," } else { "" });
    repairs.replace(at..at, &by);
    let put_in = |kind| Token { kind, span: at..at };
    let kinds = [Some(TokenKind::Closes(closes)), comma.then_some(TokenKind::Comma)];
    drop(tokens.splice(next..next, kinds.into_iter().flatten().map(put_in)));
}

/// Where each line begins, and by how many bytes it is indented.
fn indents(text: &str) -> Vec<(usize, usize)> {
    let mut begins = 0;
    let lines = text.split_inclusive('\n').map(|line| {
        let indent = (begins, line.len() - line.trim_start_matches([' ', '\t']).len());
        begins += line.len();
        indent
    });
    lines.collect()
}

/// The number of brackets without their counterpart among these open ones and those that are left.
pub(super) fn wrong(mut open: Vec<u8>, left: &[Token]) -> usize {
    let mut wrong = 0;
    for token in left {
        match token.kind {
            TokenKind::Opens(bracket) => open.push(bracket),
            TokenKind::Closes(bracket) => {
                match open.iter().rposition(|&open| open == opening(bracket)) {
                    Some(depth) => {
                        wrong += open.len() - depth - 1;
                        open.truncate(depth);
                    }
                    None => wrong += 1,
                }
            }
            _ => {}
        }
    }
    wrong + open.len()
}

/// What closes a bracket.
pub(super) const fn closing(opens: u8) -> u8 {
    match opens {
        b'(' => b')',
        b'[' => b']',
        _ => b'}',
    }
}

/// What opens a bracket.
pub(super) const fn opening(closes: u8) -> u8 {
    match closes {
        b')' => b'(',
        b']' => b'[',
        _ => b'{',
    }
}
