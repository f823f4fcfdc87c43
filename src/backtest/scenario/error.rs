//! The problems of a scenario, shown as a compiler would.

use std::fmt;
use std::path::{Path, PathBuf};

use thiserror::Error as ThisError;

use crate::base::document::Problem;
use crate::base::error::{Error, ErrorKind};
use crate::base::printable;

/// Longer lines are not shown: a caret under one would be hard to find.
const SHOWN_CHARS_MAX: usize = 160;

/// All problems of a scenario.
#[derive(Debug, Clone, PartialEq, Eq, ThisError)]
pub struct ScenarioError {
    /// The file, or the name by which it was requested.
    pub path: PathBuf,
    /// The problems, in the order of the file; never empty.
    pub problems: Vec<Problem>,
    /// The line of the file with each problem, where it is worth showing.
    lines: Vec<Option<String>>,
}

impl ScenarioError {
    /// The problems of a text.
    ///
    /// # Panics
    /// When `problems` is empty.
    #[must_use]
    pub(super) fn new(path: &Path, text: &str, problems: Vec<Problem>) -> Self {
        assert!(!problems.is_empty(), "{} was rejected without a reason", path.display());
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut rest = text.split('\n').zip(1_usize..).peekable();
        let mut line_of = |problem: &Problem| {
            // A problem of the whole file has no line.
            if problem.line == 0 {
                return None;
            }
            while rest.next_if(|&(_, number)| number < problem.line).is_some() {}
            rest.peek().and_then(|&(line, _)| shown(line))
        };
        let lines = problems.iter().map(&mut line_of).collect();
        Self { path: path.to_owned(), problems, lines }
    }

    /// A problem of the file as a whole.
    #[must_use]
    pub(super) fn whole(path: &Path, what: impl Into<String>) -> Self {
        let problem = Problem { line: 0, column: 0, what: what.into() };
        Self { path: path.to_owned(), problems: vec![problem], lines: vec![None] }
    }

    /// The same problems under another path.
    #[must_use]
    pub(super) fn of(self, path: &Path) -> Self {
        Self { path: path.to_owned(), ..self }
    }
}

impl fmt::Display for ScenarioError {
    /// Each problem as `path:line:column: what`, followed by the line and a caret at the position.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, (problem, line)) in self.problems.iter().zip(&self.lines).enumerate() {
            let end = if at == 0 { "" } else { "\n" };
            let colon = if problem.line == 0 { ": " } else { ":" };
            let (path, problem_said) = (printable::path(&self.path), problem.to_string());
            write!(f, "{end}{path}{colon}{}", printable::one_line(&problem_said))?;
            if let Some(line) = line {
                let number = problem.line.to_string();
                let margin = " ".repeat(number.len());
                let before = line.chars().take(problem.column.saturating_sub(1));
                let before: String = before.map(|c| if c == '\t' { c } else { ' ' }).collect();
                write!(f, "\n {number} | {line}\n {margin} | {before}^")?;
            }
        }
        Ok(())
    }
}

impl From<ScenarioError> for Error {
    fn from(error: ScenarioError) -> Self {
        let what = match error.problems.len() {
            1 => "the scenario has a problem".to_owned(),
            many => format!("the scenario has {many} problems"),
        };
        Self::of_lines(ErrorKind::Usage, format!("{what}, nothing was run\n{error}"))
            .with_problems(&error.path, error.problems)
    }
}

/// A line in the form that a terminal can show.
fn shown(line: &str) -> Option<String> {
    let line = line.trim_end();
    (line.chars().nth(SHOWN_CHARS_MAX).is_none() && !line.is_empty())
        .then(|| line.replace(|c: char| printable::is_unprintable(c) && c != '\t', "\u{fffd}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(line: usize, column: usize) -> Problem {
        Problem { line, column, what: "wrong".to_owned() }
    }

    #[test]
    fn a_problem_is_shown_with_its_line_and_a_caret_under_its_place() {
        let problems = vec![problem(1, 3), problem(3, 2), problem(3, 3)];
        let error = ScenarioError::new(Path::new("x.ron"), "abc\n\n\tde\n", problems);
        assert_eq!(
            error.to_string(),
            "x.ron:1:3: wrong\n 1 | abc\n   |   ^\n\
             x.ron:3:2: wrong\n 3 | \tde\n   | \t^\n\
             x.ron:3:3: wrong\n 3 | \tde\n   | \t ^"
        );
    }

    #[test]
    fn a_very_long_line_is_not_shown() {
        let error = ScenarioError::new(Path::new("x"), &"x".repeat(1_000), vec![problem(1, 900)]);
        assert_eq!(error.to_string(), "x:1:900: wrong");
    }

    #[test]
    fn a_problem_of_the_whole_text_shows_no_line_and_hides_none_of_the_others() {
        let problems = vec![problem(0, 0), problem(1, 2)];
        let error = ScenarioError::new(Path::new("x.ron"), "abc\n", problems);
        assert_eq!(error.to_string(), "x.ron: wrong\nx.ron:1:2: wrong\n 1 | abc\n   |  ^");
    }

    #[test]
    fn a_problem_of_the_file_as_a_whole_has_no_place() {
        let error = ScenarioError::whole(Path::new("x.ron"), "no such file");
        assert_eq!(error.to_string(), "x.ron: no such file");
        let error = Error::from(error);
        assert_eq!(error.kind().exit_code(), 2);
    }
}
