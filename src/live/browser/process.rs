//! A browser of ours: started without a shell, owned while it runs, and gone afterwards.
//!
//! It is the leader of a process group of its own, and holds the ends of two pipes whose other ends
//! are ours: should we be gone in whatever way, SIGKILL included, it notices and ends
//! (docs/spec/browser.md#processes).

mod arguments;
mod binary;
mod flags;
mod tail;

use std::io::{PipeReader, PipeWriter, pipe};
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use command_fds::{CommandFdExt, FdMapping};
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::AsyncReadExt;
use tokio::process::{Child, ChildStderr, Command};
use tokio::sync::oneshot;
use tokio::time::timeout;
use tracing::warn;

use super::endpoint::Endpoint;
use super::profile_folder::{ProfileFolder, in_use};
use crate::base::error::{Error, ErrorKind};
pub use arguments::arguments;
use tail::OutputTail;

/// The program itself on Debian; the one in `/usr/bin` is a script that reads the machine's
/// settings (docs/spec/browser.md#security).
pub const CHROMIUM: &str = "/usr/lib/chromium/chromium";

/// Longest time until it says where it listens: 0.1 to 0.9 s were measured
/// (docs/spec/browser.md#latency).
const START: Duration = Duration::from_secs(30);

/// Exit code of a browser whose profile another one has (docs/spec/browser.md#processes).
const PROFILE_IN_USE: i32 = 21;

/// What a browser needs to know of the screen that it is to appear on.
const SCREEN: [&str; 4] = ["DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY", "XDG_RUNTIME_DIR"];

/// How to start a browser.
#[derive(Debug, Clone)]
pub struct Launch {
    /// The program: an absolute path, no script.
    pub binary: PathBuf,
    /// Its folder: an absolute path, created if it is not there.
    pub profile: PathBuf,
    /// Whether it has no window.
    pub headless: bool,
    /// Whether it locks its pages in.
    pub sandbox: Sandbox,
    /// More arguments, from a short list of harmless ones.
    pub flags: Vec<String>,
}

impl Launch {
    /// Debian's Chromium with a window, a sandbox and no more arguments.
    #[must_use]
    pub fn new(profile: PathBuf) -> Self {
        let (headless, sandbox, flags) = (false, Sandbox::On, Vec::new());
        Self { binary: CHROMIUM.into(), profile, headless, sandbox, flags }
    }
}

/// Whether pages are locked in. The superuser cannot have that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sandbox {
    /// Pages run in the sandbox.
    On,
    /// Not, for the superuser, and only for sites on this machine.
    OffHere,
    /// Not, for the superuser, whatever the site: code that breaks out of a page has the machine.
    OffAnywhere,
}

/// A browser that runs. To be ended by [`BrowserProcess::end`]; dropped, its processes are killed,
/// and the first of them is waited for by nobody.
#[derive(Debug)]
pub(super) struct BrowserProcess {
    child: Child,
    group: Pid,
    tail: Arc<Mutex<OutputTail>>,
    /// Where it listens, as soon as it says so.
    address: Option<oneshot::Receiver<String>>,
    /// Our ends of the pipes.
    _pipes: (PipeWriter, PipeReader),
    /// Locked as long as it runs.
    profile: ProfileFolder,
}

impl BrowserProcess {
    /// Starts a browser.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] and [`ErrorKind::Safety`] for what will never do, [`ErrorKind::Io`]
    /// when the system refuses, [`ErrorKind::Live`] when its profile is in use.
    pub(super) fn start(launch: &Launch) -> Result<Self, Error> {
        let profile = ProfileFolder::take(&launch.profile)?;
        let mut command = Command::new(binary::checked(&launch.binary)?);
        if launch.sandbox != Sandbox::On {
            warn!("the browser runs without its sandbox: a page that breaks out is superuser");
        }
        command
            .args(arguments(launch, &profile.data())?)
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("HOME", profile.path())
            .env("TMPDIR", profile.tmp())
            .env("LANG", "C.UTF-8")
            .current_dir(profile.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true);
        if !launch.headless {
            let screen =
                SCREEN.into_iter().filter_map(|name| Some((name, std::env::var_os(name)?)));
            command.envs(screen);
        }
        let pipes = dead_mans_switch(&mut command)?;
        let mut child =
            command.spawn().map_err(|error| Error::io("start", &launch.binary, error))?;
        let group = child.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?));
        let group = group.expect("a child that was just started has an id");
        let stderr = child.stderr.take().expect("its stderr is a pipe");
        let tail = Arc::new(Mutex::new(OutputTail::default()));
        let (told, address) = oneshot::channel();
        tokio::spawn(drain(stderr, Arc::clone(&tail), told));
        Ok(Self { child, group, tail, address: Some(address), _pipes: pipes, profile })
    }

    /// Waits for its word on where it listens; once.
    ///
    /// # Errors
    /// [`ErrorKind::Live`] when it ends before that, or does not say it; [`ErrorKind::Safety`] when
    /// it listens where it should not.
    pub(super) async fn listening(&mut self) -> Result<Endpoint, Error> {
        let Some(address) = self.address.take() else {
            return Err(Error::new(
                ErrorKind::Live,
                "the browser has said already where it listens",
            ));
        };
        let heard = tokio::select! {
            heard = timeout(START, address) => heard,
            status = self.child.wait() => return Err(self.ended_early(status.ok()).await),
        };
        let url = match heard {
            Ok(Ok(url)) => url,
            Ok(Err(_)) => {
                // It closed its stderr, which it does by ending.
                let status = timeout(Duration::from_secs(1), self.child.wait()).await;
                return Err(self.ended_early(status.ok().and_then(Result::ok)).await);
            }
            Err(_) => {
                let what = format!("the browser did not say within {START:?} where it listens");
                return Err(Error::new(ErrorKind::Live, what).caused_by(self.last_words()));
            }
        };
        let endpoint = Endpoint::parse(&url).map_err(unusable)?;
        if !endpoint.address().is_ipv4() {
            return Err(unusable(format!("{url}: not where it was told to listen")));
        }
        Ok(endpoint)
    }

    async fn ended_early(&self, status: Option<ExitStatus>) -> Error {
        if status.and_then(|status| status.code()) == Some(PROFILE_IN_USE) {
            let by = self
                .profile
                .used_by()
                .map_or_else(|| "by another browser".to_owned(), |pid| format!("by process {pid}"));
            return in_use(self.profile.path(), &by);
        }
        // What it said on its way out may still be in the pipe.
        tokio::time::sleep(Duration::from_millis(50)).await;
        let how = status.map_or_else(|| "without a word".to_owned(), |status| status.to_string());
        let what = format!("the browser ended at once: {how}");
        Error::new(ErrorKind::Live, what).caused_by(self.last_words())
    }

    /// What it said last, on its stderr.
    pub(super) fn last_words(&self) -> String {
        self.tail.lock().unwrap_or_else(PoisonError::into_inner).to_string()
    }

    /// Waits until it has ended, by whatever cause. Cancel safe.
    pub(super) async fn exited(&mut self) -> String {
        match self.child.wait().await {
            Ok(status) => status.to_string(),
            Err(error) => format!("cannot be waited for: {error}"),
        }
    }

    /// Waits up to `grace` for its end, kills what is left, and waits for that: no zombie stays.
    pub(super) async fn end(mut self, grace: Option<Duration>) {
        if let Some(grace) = grace
            && timeout(grace, self.child.wait()).await.is_err()
        {
            tracing::warn!("the browser did not end within {grace:?} and is killed");
        }
        self.kill();
        let _ = self.child.wait().await;
    }

    /// Kills the whole group. The number of a group is not given away while one of it lives, so
    /// that nobody else can be meant.
    fn kill(&self) {
        // Nobody is left: that is what was wanted.
        let _ = kill_process_group(self.group, Signal::KILL);
    }
}

impl Drop for BrowserProcess {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Gives the command the far ends of two pipes as its descriptors 3 and 4, which it reads and
/// writes with `--remote-debugging-pipe`; returns our ends. None of ours is inherited by anybody.
fn dead_mans_switch(command: &mut Command) -> Result<(PipeWriter, PipeReader), Error> {
    let failed = |error| Error::new(ErrorKind::Io, "could not open a pipe").caused_by(error);
    let (commands, ours_to_write) = pipe().map_err(failed)?;
    let (ours_to_read, answers) = pipe().map_err(failed)?;
    command
        .fd_mappings(vec![
            FdMapping { parent_fd: OwnedFd::from(commands), child_fd: 3 },
            FdMapping { parent_fd: OwnedFd::from(answers), child_fd: 4 },
        ])
        .expect("3 and 4 are two numbers");
    Ok((ours_to_write, ours_to_read))
}

/// Reads what the browser says for as long as it lives: a full pipe would stop it.
async fn drain(
    mut stderr: ChildStderr,
    tail: Arc<Mutex<OutputTail>>,
    told: oneshot::Sender<String>,
) {
    let mut told = Some(told);
    let mut buffer = [0; 4_096];
    while let Ok(read @ 1..) = stderr.read(&mut buffer).await {
        let address = tail.lock().unwrap_or_else(PoisonError::into_inner).push(&buffer[..read]);
        if let Some(address) = address
            && let Some(told) = told.take()
        {
            let _ = told.send(address);
        }
    }
}

fn unusable(why: String) -> Error {
    Error::new(ErrorKind::Safety, "the browser listens where it should not").caused_by(why)
}
