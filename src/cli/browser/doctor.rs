//! `replayer browser doctor`: what a live session would find on the page.

use std::fs;
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
use crate::base::runtime::{Runtime, Shutdown};
use crate::cli::console::Console;
use crate::cli::given::Given;
use crate::cli::interrupt;
use crate::live::browser::controls::Profile;
use crate::live::browser::doctor::{Diagnosis, PageObserver, examine, picture};
use crate::live::browser::{BrowserEvent, Config, Pages, Supervisor};

/// Examples for `--help`.
const EXAMPLES: &str = "\
Examples:
  replayer browser doctor --url https://rugs.fun --headful --screenshot doctor.png
  replayer browser doctor --attach 9222                 the browser that runs, with its tabs
  replayer browser doctor --url http://127.0.0.1:4000/ --json      a `replayer demo-site`
  replayer browser doctor --url https://rugs.fun --profile mine.ron

Exit codes:
  0 all needed controls are there   2 the command line or the profile is wrong
  3 input or output failed   4 a control is lacking, or there is no page   5 it would not be safe";

/// The exit code for a page that a session cannot be had on.
const UNFIT: u8 = ErrorKind::Live.exit_code();

/// How often a stop is looked for.
const LOOK: Duration = Duration::from_millis(50);

/// Say control by control what is found on the page, and how sure that is
///
/// Opens the page, or joins a browser that shows it, and looks at it as a live session would. Nothing
/// is pressed. What is ambiguous, hidden, covered or moving is refused, with the reason. The picture
/// has a frame around each control: green where it can be used, red where it is refused.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    #[command(flatten)]
    browser: BrowserArgs,
    /// Write a picture of the page with every control framed, as PNG
    #[arg(long, value_name = "FILE")]
    screenshot: Option<PathBuf>,
}

/// What the doctor says, for machines.
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

/// What comes back from the page.
type Seen = (Diagnosis, Option<Vec<u8>>);

/// Runs the command.
///
/// # Errors
/// When there is no browser or no page, or stdout or the picture cannot be written.
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
    let (diagnosis, picture) = visit(config, selectors, args.screenshot.is_some())?;
    if let (Some(path), Some(picture)) = (&args.screenshot, picture) {
        fs::write(path, picture).map_err(|error| Error::io("write", path, error))?;
        info!("picture written to {}", path.display());
    }
    let report = DoctorReport::of(&diagnosis);
    if json {
        let lacking = diagnosis.lacking().map(|finding| finding.control.name()).collect();
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

/// Opens the page, looks at it, and ends the browser or leaves it.
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
    // Why the browser was given up says more than that there was no page.
    runtime.join()?;
    seen.unwrap_or_else(|| Err(Error::new(ErrorKind::Live, "the page did not come")))
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
                Error::new(ErrorKind::Live, "there is no picture of the page").caused_by(fault)
            })?),
            false => None,
        };
        Ok((diagnosis, picture))
    };
    // Nobody waits for it once the command is interrupted.
    let _ = seen.send(looked.await);
    Ok(())
}
