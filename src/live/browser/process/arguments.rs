//! The arguments of a browser. No address is among them: the page is opened over the link.

use std::ffi::OsString;
use std::path::Path;

use super::{Launch, Sandbox, flags};
use crate::base::error::{Error, ErrorKind};

/// What every browser of ours is told.
const ALWAYS: &[&str] = &[
    // Port 0: one that is free, told on stderr. The pipe is a dead man's switch.
    "--remote-debugging-port=0",
    "--remote-debugging-pipe",
    // Nothing that asks, and nothing that comes back from a crash by itself.
    "--no-first-run",
    "--no-default-browser-check",
    "--noerrdialogs",
    "--hide-crash-restore-bubble",
    "--disable-session-crashed-bubble",
    "--password-store=basic",
    // Nobody is called but the site.
    "--disable-background-networking",
    "--disable-breakpad",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-sync",
    "--disable-quic",
    "--metrics-recording-only",
    // A page behind another window goes on at full speed.
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    // A window in which all controls have room. One that the user gives comes behind it, and wins.
    "--window-size=1280,1024",
];

/// The arguments of a browser whose profile is in a folder.
///
/// # Errors
/// [`ErrorKind::Usage`] for one of the user's that is not permitted, [`ErrorKind::Safety`] for a
/// sandbox that is off without need.
pub fn arguments(launch: &Launch, data: &Path) -> Result<Vec<OsString>, Error> {
    let mut arguments: Vec<OsString> = ALWAYS.iter().map(OsString::from).collect();
    // One argument, whatever signs the path has.
    let mut folder = OsString::from("--user-data-dir=");
    folder.push(data);
    arguments.push(folder);
    if launch.headless {
        arguments.push("--headless=new".into());
    }
    if launch.sandbox != Sandbox::On {
        if !rustix::process::geteuid().is_root() {
            return Err(Error::new(
                ErrorKind::Safety,
                "only the superuser needs to do without a sandbox",
            )
            .hint("leave the sandbox on"));
        }
        arguments.push("--no-sandbox".into());
    }
    for flag in &launch.flags {
        flags::check(flag)?;
        arguments.push(flag.into());
    }
    arguments.push("about:blank".into());
    Ok(arguments)
}
