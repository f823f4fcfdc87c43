//! `replayer browser doctor`: what a live session would find on the page.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crossbeam_channel::{RecvTimeoutError, Sender, bounded};
use serde::Serialize;
use tracing::info;

use super::BrowserArgs;
use super::words::DoctorReport;
use crate::base::error::{Error, ErrorKind};
use crate::base::files;
use crate::base::runtime::{Runtime, Shutdown};
use crate::cli::console::Console;
use crate::cli::given::Given;
use crate::cli::interrupt;
use crate::live::browser::controls::Profile;
use crate::live::browser::doctor::{Diagnosis, PageObserver, examine, picture};
use crate::live::browser::{BrowserEvent, Config, Pages, Supervisor};

/// Usage examples and exit codes, appended to `--help`.
const EXAMPLES: &str = "\
Examples:
  replayer browser doctor --url https://rugs.fun --headful --screenshot doctor.png
  replayer browser doctor --attach 9222                 a running browser, with its tabs
  replayer browser doctor --url http://127.0.0.1:4000/ --json      a `replayer demo-site`
  replayer browser doctor --url https://rugs.fun --profile mine.ron

Exit codes:
  0 all required controls are there   2 the command line or the profile is wrong
  3 input or output failed   4 a control or the page is missing   5 unsafe";

/// Exit code for a page that a live session cannot use.
const UNFIT: u8 = ErrorKind::Live.exit_code();

/// Interval between two checks for a stop request.
const LOOK: Duration = Duration::from_millis(50);

/// List the controls found on the page, with the confidence of each
///
/// Opens the page, or joins a browser that shows it, and inspects it as a live session would.
/// Presses nothing. Rejects elements that are ambiguous, hidden, covered or moving, with the
/// reason. The picture frames each control: green where it is usable, red where it is rejected.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    #[command(flatten)]
    browser: BrowserArgs,
    /// Write a screenshot of the page with every control framed, as PNG
    #[arg(long, value_name = "FILE")]
    screenshot: Option<PathBuf>,
}

/// The findings as a JSON document.
#[derive(Serialize)]
struct Document<'a> {
    site: String,
    fit: bool,
    lacking: Vec<&'static str>,
    #[serde(flatten)]
    report: &'a DoctorReport,
    #[serde(flatten)]
    diagnosis: &'a Diagnosis,
    screenshot: Option<&'a Path>,
}

/// What the page thread returns: the diagnosis, and the picture if one was requested.
type Seen = (Diagnosis, Option<Vec<u8>>);

/// Runs the command.
///
/// # Errors
/// When no browser or page is available, or stdout or the picture cannot be written.
pub(super) fn run(
    args: &Args,
    json: bool,
    given: &Given,
    console: Console,
) -> Result<ExitCode, Error> {
    let settings = given.load(args.browser.flags()?)?.settings;
    let selectors = args.browser.selectors()?;
    let config = args.browser.config(&selectors, None, &settings)?;
    let site = config.site.to_string();
    let own_time = interrupt::own_time(console);
    let seen = visit(config, selectors, args.screenshot.is_some());
    drop(own_time);
    let (diagnosis, picture) = seen?;
    if let (Some(path), Some(picture)) = (&args.screenshot, picture) {
        files::save_where_wanted(path, &picture)?;
        info!("picture written to {}", path.display());
    }
    let report = DoctorReport::of(&diagnosis);
    if json {
        let lacking = diagnosis.lacking().iter().map(|unfit| unfit.control.name()).collect();
        console.print_json(&Document {
            site,
            fit: diagnosis.is_fit(),
            lacking,
            report: &report,
            diagnosis: &diagnosis,
            screenshot: args.screenshot.as_deref(),
        })?;
    } else {
        console.print(report.text(&site, &diagnosis))?;
    }
    Ok(if diagnosis.is_fit() { ExitCode::SUCCESS } else { ExitCode::from(UNFIT) })
}

/// Opens the page, inspects it, then closes the browser or detaches from it.
fn visit(config: Config, selectors: Profile, pictured: bool) -> Result<Seen, Error> {
    let stop = interrupt::stop_flag();
    let supervisor = Supervisor::new(config)?;
    let (pages, observer, shutdown) =
        (supervisor.pages(), PageObserver::default(), Shutdown::new());
    let mut runtime = Runtime::start(shutdown.clone())?;
    let heard = observer.clone();
    let handler = move |observed: BrowserEvent<'_>| {
        if let BrowserEvent::State(change) = &observed {
            info!("{:?}: {}", change.to, change.reason);
        }
        heard.hear(&observed);
        Ok(())
    };
    runtime.spawn("browser", supervisor.run(handler, shutdown));
    let (sender, seen) = bounded(1);
    runtime.spawn("doctor", look(pages, observer, selectors, pictured, sender));
    let seen = loop {
        match seen.recv_timeout(LOOK) {
            Ok(seen) => break Some(seen),
            Err(RecvTimeoutError::Disconnected) => break None,
            Err(RecvTimeoutError::Timeout) if is_raised(stop) => {
                runtime.join()?;
                return Err(Error::new(ErrorKind::Interrupted, "interrupted"));
            }
            Err(RecvTimeoutError::Timeout) => {}
        }
    };
    // Why the browser was given up says more than a missing page.
    runtime.join()?;
    seen.unwrap_or_else(|| Err(Error::new(ErrorKind::Live, "the page did not load")))
}

fn is_raised(stop: &AtomicBool) -> bool {
    stop.load(Ordering::Relaxed)
}

async fn look(
    pages: Pages,
    observer: PageObserver,
    selectors: Profile,
    pictured: bool,
    seen: Sender<Result<Seen, Error>>,
) -> Result<(), Error> {
    let looked = async {
        let (diagnosis, page) = examine(pages, &observer, &selectors).await?;
        let picture = match pictured {
            true => Some(picture(&page, &diagnosis.panel).await.map_err(|fault| {
                Error::new(ErrorKind::Live, "could not take a picture of the page").caused_by(fault)
            })?),
            false => None,
        };
        Ok((diagnosis, picture))
    };
    // The receiver is gone once the command is interrupted.
    let _ = seen.send(looked.await);
    Ok(())
}
