//! The terminal: the only place that prints.

use std::error::Error as _;
use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use super::layout;
#[cfg(feature = "live")]
use super::logs;
use crate::base::error::{Error, ErrorKind};
use crate::base::printable;

/// The log targets that are enabled at a level. Libraries that log whole messages, cookies and
/// tokens included, stay quiet at every level (docs/spec/browser.md#logging).
fn told(level: LevelFilter) -> Targets {
    let quiet = level.min(LevelFilter::WARN);
    let libraries = ["chromiumoxide", "async_tungstenite", "tokio_tungstenite", "tungstenite"];
    Targets::new().with_default(level).with_targets(libraries.map(|library| (library, quiet)))
}

/// Target that only the log files receive: stderr shows it through [`Console::complain`].
const ENDING: &str = "replayer::ending";

/// Where a command writes: results to stdout, progress and diagnostics to stderr.
#[derive(Debug, Clone, Copy)]
pub(super) struct Console {
    progress: bool,
    /// Whether results are JSON, and so are errors.
    json: bool,
    /// Columns of the terminal that stderr writes to.
    columns: Option<usize>,
}

/// Whether anything was written to stdout.
static PRINTED: AtomicBool = AtomicBool::new(false);

/// An error as a JSON document: what a command with `--json` prints instead of its result.
#[derive(Serialize)]
struct Failure<'a> {
    ok: bool,
    exit_code: u8,
    #[serde(flatten)]
    error: &'a Error,
    because: Vec<String>,
}

/// Stderr, with lines that fit the terminal.
struct Stderr(Option<usize>);

impl Write for Stderr {
    fn write(&mut self, lines: &[u8]) -> io::Result<usize> {
        let fit = layout::wrapped(&String::from_utf8_lossy(lines), self.0);
        io::stderr().lock().write_all(fit.as_bytes())?;
        Ok(lines.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}

impl Console {
    /// Sets up diagnostics at the level that `-q` and `-v` ask for (each may be given twice), and
    /// the width of everything that is printed.
    #[must_use]
    pub(super) fn new(quiet: u8, verbose: u8) -> Self {
        layout::fit_to_stdout();
        let level = match i16::from(verbose) - i16::from(quiet) {
            ..=-2 => LevelFilter::ERROR,
            -1 => LevelFilter::WARN,
            0 => LevelFilter::INFO,
            1 => LevelFilter::DEBUG,
            2.. => LevelFilter::TRACE,
        };
        let columns = layout::columns_of(&io::stderr());
        let coloured = columns.is_some() && std::env::var_os("NO_COLOR").is_none();
        // A second call in one process (tests) keeps the first subscriber.
        let lines = tracing_subscriber::fmt::layer()
            .fmt_fields(layout::OneLine)
            .with_writer(move || Stderr(columns))
            .with_ansi(coloured)
            .with_target(false)
            .without_time();
        let lines = lines.with_filter(told(level).with_target(ENDING, LevelFilter::OFF));
        // `-q` quiets the terminal, not the log files.
        #[cfg(feature = "live")]
        let files = logs::layer().with_filter(told(level.max(LevelFilter::INFO)));
        #[cfg(not(feature = "live"))]
        let files: Option<tracing_subscriber::layer::Identity> = None;
        let _ = tracing_subscriber::registry().with(files).with(lines).try_init();
        Self { progress: quiet == 0 && columns.is_some(), json: false, columns }
    }

    /// A console whose errors are JSON on stdout too, where `json` is set.
    #[must_use]
    pub(super) const fn with_json(self, json: bool) -> Self {
        Self { json, ..self }
    }

    /// Writes text to stdout, ending the line. On a terminal, lines that are wider are wrapped
    /// between words. Code that makes several lines takes what others wrote in them through
    /// [`printable::one_line`]; what would move the cursor is shown as an escape here.
    ///
    /// # Errors
    /// When stdout cannot be written; [`ErrorKind::BrokenPipe`] when its reader has closed it.
    pub(super) fn print(self, text: impl std::fmt::Display) -> Result<(), Error> {
        let text = text.to_string();
        self.print_as_it_is(layout::wrapped(&printable::lines(&text), layout::columns()))
    }

    /// Writes text for programs to stdout, ending the line: never wrapped.
    ///
    /// # Errors
    /// When stdout cannot be written; [`ErrorKind::BrokenPipe`] when its reader has closed it.
    pub(super) fn print_as_it_is(self, text: impl std::fmt::Display) -> Result<(), Error> {
        PRINTED.store(true, Ordering::Relaxed);
        let mut stdout = io::stdout().lock();
        writeln!(stdout, "{text}").and_then(|()| stdout.flush()).map_err(|source| {
            let gone = source.kind() == io::ErrorKind::BrokenPipe;
            let kind = if gone { ErrorKind::BrokenPipe } else { ErrorKind::Io };
            Error::new(kind, "could not write to stdout").caused_by(source)
        })
    }

    /// Writes one JSON document, or one JSON line, to stdout.
    ///
    /// # Errors
    /// When stdout cannot be written.
    pub(super) fn print_json(self, value: &impl Serialize) -> Result<(), Error> {
        let text = serde_json::to_string(value).map_err(|source| {
            Error::new(ErrorKind::Io, "could not write JSON").caused_by(source)
        })?;
        self.print_as_it_is(printable::json(&text))
    }

    /// Writes an error to stderr.
    pub(super) fn complain(self, error: &Error) {
        let text = layout::wrapped(&format!("error: {error}"), self.columns);
        // Where stderr is a file on a full disk, the exit code says it.
        let _ = writeln!(io::stderr(), "{text}");
        tracing::error!(target: ENDING, "{error:#}");
    }

    /// Writes the error that ends a command: to stderr and, where results are JSON and there was
    /// none, as a document to stdout.
    pub(super) fn fail(self, error: &Error) {
        self.complain(error);
        if self.json && !PRINTED.load(Ordering::Relaxed) {
            let (mut because, mut cause) = (Vec::new(), error.source());
            while let Some(inner) = cause {
                because.push(inner.to_string());
                cause = inner.source();
            }
            let exit_code = error.kind().exit_code();
            // Who reads neither stream has the exit code.
            let _ = self.print_json(&Failure { ok: false, exit_code, error, because });
        }
    }

    /// A progress bar on a terminal's stderr, hidden elsewhere and with `-q`.
    ///
    /// # Panics
    /// Never: the template is written right here.
    #[must_use]
    pub(super) fn progress(self, total: u64, unit: &str) -> ProgressBar {
        let target =
            if self.progress { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let template = format!(
            "{{bar:32}} {{human_pos}}/{{human_len}} {unit}  {{per_sec}}  {{eta}} left  {{msg}}"
        );
        let style = ProgressStyle::with_template(&template).expect("a valid template");
        ProgressBar::with_draw_target(Some(total), target).with_style(style)
    }
}

#[cfg(test)]
mod tests {
    use tracing::Level;

    use super::*;

    #[test]
    fn libraries_that_write_down_whole_messages_are_quiet_at_every_level() {
        let all = told(LevelFilter::TRACE);
        for target in ["chromiumoxide::conn::raw_ws::parse_errors", "tungstenite::protocol"] {
            assert!(!all.would_enable(target, &Level::DEBUG), "{target}");
            assert!(all.would_enable(target, &Level::WARN), "{target}");
        }
        assert!(all.would_enable("replayer::live::browser", &Level::TRACE));
        let few = told(LevelFilter::ERROR);
        assert!(!few.would_enable("chromiumoxide::conn", &Level::WARN));
        assert!(!few.would_enable("replayer", &Level::WARN));
    }
}
