//! The error of a command: what went wrong, where, and what to do. Its kind is the exit code.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::document::Problem;
use super::printable;

/// The kind of an error, which decides the exit code
/// (docs/how-to/deploy.md#what-the-manager-is-told).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorKind {
    /// The command line or a scenario is wrong: exit code 2.
    Usage,
    /// Something could not be read or written: exit code 3.
    Io,
    /// A live connection, or code that depends on it, failed: exit code 4.
    Live,
    /// Continuing would not be safe: exit code 5.
    Safety,
    /// The user interrupted the run; everything written so far is complete: exit code 130.
    Interrupted,
    /// The reader of our output closed it: not an error, exit code 0.
    BrokenPipe,
}

impl ErrorKind {
    /// The exit code of the process.
    #[must_use]
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Usage => 2,
            Self::Io => 3,
            Self::Live => 4,
            Self::Safety => 5,
            Self::Interrupted => 130,
            Self::BrokenPipe => 0,
        }
    }
}

/// An error that ends a command. As JSON it has everything but its causes.
#[derive(Debug, Serialize)]
pub struct Error {
    kind: ErrorKind,
    what: String,
    hint: Option<String>,
    /// The problems of a file, which `what` tells in words; empty for other errors.
    problems: Vec<FileProblem>,
    #[serde(skip)]
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// A problem of a file that a command was given.
#[derive(Debug, Serialize)]
struct FileProblem {
    path: PathBuf,
    #[serde(flatten)]
    problem: Problem,
}

impl Error {
    /// An error of a kind, with a sentence that says what failed and where. What others wrote in
    /// it, as the name of a file, cannot begin a line of its own.
    #[must_use]
    pub fn new(kind: ErrorKind, what: impl AsRef<str>) -> Self {
        let what = printable::one_line(what.as_ref()).into_owned();
        Self { kind, what, hint: None, problems: Vec::new(), source: None }
    }

    /// An error of a kind that takes several lines, as a list of problems does: who writes them
    /// takes what others wrote through [`printable::one_line`].
    #[must_use]
    pub fn of_lines(kind: ErrorKind, lines: impl AsRef<str>) -> Self {
        let what = printable::lines(lines.as_ref()).into_owned();
        Self { what, ..Self::new(kind, "") }
    }

    /// An error of [`ErrorKind::Usage`]: a wrong command line or scenario.
    #[must_use]
    pub fn usage(what: impl AsRef<str>) -> Self {
        Self::new(ErrorKind::Usage, what)
    }

    /// Something that this build lacks, with the commands that make a build with the feature.
    #[must_use]
    pub fn not_built(what: &str, feature: &str) -> Self {
        Self::usage(format!("{what} needs the feature `{feature}`, which this build lacks")).hint(
            format!(
                "`cargo install replayer --features {feature}`; in a checkout \
                 `cargo run --release --features {feature} -- …`"
            ),
        )
    }

    /// A failure to read or write at a path: `could not <verb> <path>`.
    #[must_use]
    pub fn io(verb: &str, path: &Path, source: io::Error) -> Self {
        let is_missing = source.kind() == io::ErrorKind::NotFound;
        let mut what = format!("could not {verb} {}", path.display());
        if let Some(folder) = looked_in(path).filter(|_| is_missing) {
            what += &format!(" (looked for in {folder})");
        }
        Self::new(ErrorKind::Io, what).caused_by(source)
    }

    /// A failure to listen at an address; `flag` is the option that takes another one.
    #[must_use]
    pub fn listen(what: &str, (flag, address): (&str, &str), source: io::Error) -> Self {
        let is_in_use = source.kind() == io::ErrorKind::AddrInUse;
        let error = Self::new(ErrorKind::Io, format!("{what} {address}")).caused_by(source);
        match address.rsplit_once(':') {
            Some((host, _)) if is_in_use => error.hint(format!(
                "another program listens there; `{flag} {host}:0` takes a free port"
            )),
            _ => error,
        }
    }

    /// Adds advice for the user.
    #[must_use]
    pub fn hint(mut self, hint: impl AsRef<str>) -> Self {
        self.hint = Some(printable::one_line(hint.as_ref()).into_owned());
        self
    }

    /// Adds the problems of a file, for programs: the error's sentence tells them to people.
    #[must_use]
    pub fn with_problems(mut self, path: &Path, problems: Vec<Problem>) -> Self {
        let of_file = |problem| FileProblem { path: path.to_owned(), problem };
        self.problems.extend(problems.into_iter().map(of_file));
        self
    }

    /// Adds the underlying error, printed as `because:`.
    #[must_use]
    pub fn caused_by(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// The kind, which decides the exit code.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The error, its causes and its hint, in parts: what each is, and its words.
    fn parts(&self) -> Vec<(&'static str, Cow<'_, str>)> {
        let mut parts = vec![("", Cow::Borrowed(&*self.what))];
        let mut hints: Vec<_> = self.hint.iter().collect();
        let mut cause = StdError::source(self);
        while let Some(error) = cause {
            // One of ours has its causes and its hint for itself.
            let words = match error.downcast_ref::<Self>() {
                Some(own) => {
                    hints.extend(&own.hint);
                    Cow::Borrowed(&*own.what)
                }
                None => Cow::Owned(printable::one_line(&error.to_string()).into_owned()),
            };
            parts.push(("because: ", words));
            cause = error.source();
        }
        parts.extend(hints.into_iter().map(|hint| ("hint: ", Cow::Borrowed(&**hint))));
        parts
    }
}

/// The folder in which a path is looked for, where the path alone does not say it: the nearest one
/// that exists. `None` for an absolute path to an existing folder.
#[must_use]
pub fn looked_in(path: &Path) -> Option<String> {
    let whole = std::path::absolute(path).ok()?;
    let folder = whole.parent()?;
    if folder.is_dir() {
        return path.is_relative().then(|| folder.display().to_string());
    }
    let exists = folder.ancestors().find(|folder| folder.is_dir())?;
    Some(format!("{}, which has no folder {}", exists.display(), beneath(folder, exists)))
}

/// The first step from an existing folder towards a missing one.
fn beneath(missing: &Path, exists: &Path) -> String {
    let rest = missing.strip_prefix(exists).unwrap_or(missing);
    rest.iter().next().unwrap_or_default().display().to_string()
}

impl fmt::Display for Error {
    /// The error, its causes and its hint, each on a line of its own; with `{:#}` all on one line,
    /// as a log has them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let between = if f.alternate() { "; " } else { "\n  " };
        for (nth, (name, words)) in self.parts().into_iter().enumerate() {
            let words = if f.alternate() { words.replace('\n', "; ").into() } else { words };
            let before = if nth == 0 { "" } else { between };
            write!(f, "{before}{name}{words}")?;
        }
        Ok(())
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as &(dyn StdError + 'static))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn missing(path: &Path) -> String {
        Error::io("open", path, io::ErrorKind::NotFound.into()).to_string()
    }

    #[test]
    fn a_file_that_is_missing_says_where_it_was_looked_for() {
        let here = std::env::current_dir().unwrap();
        let said = missing(Path::new("nothing.ron"));
        let expected = format!("could not open nothing.ron (looked for in {})", here.display());
        assert!(said.starts_with(&expected), "{said}");
        let said = missing(Path::new("src/none/nothing.ron"));
        let expected = format!("{}, which has no folder none", here.join("src").display());
        assert!(said.contains(&expected), "{said}");
        let said = missing(&here.join("nothing.ron"));
        assert!(!said.contains("looked for"), "the path says it: {said}");
    }

    #[test]
    fn what_others_wrote_begins_no_line_of_an_error() {
        let named = Path::new("a\n2026-01-01T00:00:00Z  INFO all is well\u{1b}[2J\u{202e}");
        let inner = Error::usage("inner\rtext").hint("hint\nforged");
        let error = Error::io("read", named, io::Error::other("bad\nERROR forged"));
        let error = Error::new(ErrorKind::Io, format!("x {}", named.display())).caused_by(error);
        for text in [error.to_string(), Error::usage("a").caused_by(inner).to_string()] {
            let ours = |line: &str| line.starts_with("  because: ") || line.starts_with("  hint: ");
            assert!(text.lines().skip(1).all(ours), "{text}");
            assert!(!text.chars().any(|c| c != '\n' && printable::is_unprintable(c)), "{text}");
        }
        assert_eq!(format!("{error:#}").lines().count(), 1);
        assert_eq!(Error::of_lines(ErrorKind::Usage, "a\n b\r").to_string(), "a\n b\\r");
    }

    #[test]
    fn a_port_in_use_says_how_to_take_a_free_one() {
        let said = |kind: io::ErrorKind| {
            let asked = ("--listen", "127.0.0.1:8750");
            Error::listen("could not listen on", asked, kind.into()).to_string()
        };
        let in_use = said(io::ErrorKind::AddrInUse);
        assert!(in_use.contains("could not listen on 127.0.0.1:8750"), "{in_use}");
        assert!(in_use.contains("`--listen 127.0.0.1:0` takes a free port"), "{in_use}");
        assert!(!said(io::ErrorKind::PermissionDenied).contains("hint"));
    }
}
