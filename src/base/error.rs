//! The error of a command: what went wrong, where, and what to do. Its kind is the exit code.

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::document::Problem;

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
    /// An error of a kind, with a sentence that says what failed and where.
    #[must_use]
    pub fn new(kind: ErrorKind, what: impl Into<String>) -> Self {
        Self { kind, what: what.into(), hint: None, problems: Vec::new(), source: None }
    }

    /// An error of [`ErrorKind::Usage`]: a wrong command line or scenario.
    #[must_use]
    pub fn usage(what: impl Into<String>) -> Self {
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
        Self::new(ErrorKind::Io, format!("could not {verb} {}", path.display())).caused_by(source)
    }

    /// Adds advice for the user.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
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
}

impl fmt::Display for Error {
    /// The error, its causes and its hint, each on a line of its own.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)?;
        let mut cause = StdError::source(self);
        while let Some(error) = cause {
            write!(f, "\n  because: {error}")?;
            cause = error.source();
        }
        match &self.hint {
            Some(hint) => write!(f, "\n  hint: {hint}"),
            None => Ok(()),
        }
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as &(dyn StdError + 'static))
    }
}
