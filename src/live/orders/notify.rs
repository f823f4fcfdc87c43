//! A command of the user's that hears of facts: started from an argument list, one at a time, with
//! a bound on its time and on what waits for it. No order ever waits for it.

use std::io::Write;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, TrySendError, after, bounded};
use rustix::process::{Pid, Signal, kill_process_group};
use serde::Serialize;
use tracing::{info, warn};

use crate::base::error::{Error, ErrorKind};

/// How often is looked whether a command has ended.
const LOOK: Duration = Duration::from_millis(10);

/// What is started for each fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotifyConfig {
    /// The program and its arguments; `None` where nobody is notified. No shell reads them.
    pub command: Option<Vec<String>>,
    /// Longest time that it may take; then it is killed, with everything that it started.
    pub timeout: Duration,
    /// Facts that may wait for it; more are dropped, counted and told.
    pub queue: usize,
}

impl Default for NotifyConfig {
    /// No command; 10 s; 64 facts.
    fn default() -> Self {
        Self { command: None, timeout: Duration::from_secs(10), queue: 64 }
    }
}

/// How notifying went. Its clones are the same counts.
#[derive(Debug, Clone, Default)]
pub struct Notices(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    sent: AtomicU64,
    failed: AtomicU64,
    dropped: AtomicU64,
}

impl Notices {
    /// Facts that the command took, that it failed at or took too long for, and that were dropped.
    #[must_use]
    pub fn read(&self) -> [u64; 3] {
        let Counts { sent, failed, dropped } = &*self.0;
        [sent, failed, dropped].map(|count| count.load(Ordering::Relaxed))
    }
}

/// Hands facts to the command.
#[derive(Debug)]
pub struct Notifier {
    facts: Sender<Fact>,
    notices: Notices,
}

/// What the thread takes.
#[derive(Debug)]
enum Fact {
    /// A fact as a JSON document.
    Document(String),
    /// Everything so far is to be told.
    Flush(Sender<()>),
}

impl Notifier {
    /// Starts the thread that starts the command; `None` without a command.
    ///
    /// # Errors
    /// When the command is empty, or the system gives no thread.
    pub fn start(config: &NotifyConfig) -> Result<Option<Self>, Error> {
        let Some(command) = &config.command else { return Ok(None) };
        let Some((program, arguments)) = command.split_first() else {
            return Err(Error::usage("`notify.command` names no program"));
        };
        let (facts, queue) = bounded(config.queue);
        let notices = Notices::default();
        let caller = Caller {
            program: program.clone(),
            arguments: arguments.to_vec(),
            timeout: config.timeout,
            notices: notices.clone(),
        };
        thread::Builder::new()
            .name("notify".to_owned())
            .spawn(move || caller.run(&queue))
            .map_err(|error| {
                Error::new(ErrorKind::Io, "could not start a thread").caused_by(error)
            })?;
        Ok(Some(Self { facts, notices }))
    }

    /// Tells a fact; drops it where too many wait. Never waits.
    pub fn tell(&self, fact: &impl Serialize) {
        let document = serde_json::to_string(fact).unwrap_or_default();
        if let Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) =
            self.facts.try_send(Fact::Document(document))
            && self.notices.0.dropped.fetch_add(1, Ordering::Relaxed) == 0
        {
            warn!("`notify.command` does not keep up: notices are dropped, and counted");
        }
    }

    /// How notifying goes so far.
    #[must_use]
    pub const fn notices(&self) -> &Notices {
        &self.notices
    }

    /// Waits until everything is told, for at most `within`.
    pub fn flush(&self, within: Duration) {
        let (done, told) = bounded(1);
        if self.facts.send_timeout(Fact::Flush(done), within).is_ok() {
            let _ = told.recv_timeout(within);
        }
    }
}

/// Calls the command, fact by fact.
struct Caller {
    program: String,
    arguments: Vec<String>,
    timeout: Duration,
    notices: Notices,
}

impl Caller {
    fn run(self, queue: &Receiver<Fact>) {
        let mut is_failing = false;
        for fact in queue {
            match fact {
                Fact::Document(document) => {
                    let outcome = self.call(&document);
                    let Counts { sent, failed, .. } = &*self.notices.0;
                    let count = if outcome.is_ok() { sent } else { failed };
                    count.fetch_add(1, Ordering::Relaxed);
                    match &outcome {
                        Err(why) if !is_failing => {
                            warn!("`notify.command` {}: {why}", self.program);
                        }
                        Ok(()) if is_failing => info!("`notify.command` works again"),
                        _ => {}
                    }
                    is_failing = outcome.is_err();
                }
                // Who asked may have stopped waiting.
                Fact::Flush(done) => drop(done.send(())),
            }
        }
    }

    /// Starts the command with a document on its standard input, and waits for its end.
    fn call(&self, document: &str) -> Result<(), String> {
        let mut child = Command::new(&self.program)
            .args(&self.arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            // Of its own, so that all of it can be ended, and Ctrl-C is not for it.
            .process_group(0)
            .spawn()
            .map_err(|error| format!("could not be started: {error}"))?;
        if let Some(mut input) = child.stdin.take() {
            // A document is smaller than a pipe: nobody waits for who does not read. Who has ended
            // without reading says by its exit code what it thinks of it.
            let _ = input.write_all(format!("{document}\n").as_bytes());
        }
        self.wait(&mut child)
    }

    fn wait(&self, child: &mut Child) -> Result<(), String> {
        let over = after(self.timeout);
        loop {
            match child.try_wait() {
                Ok(Some(status)) if status.success() => return Ok(()),
                Ok(Some(status)) => return Err(format!("failed: {status}")),
                Ok(None) => {}
                Err(error) => return Err(format!("cannot be waited for: {error}")),
            }
            if over.try_recv().is_ok() {
                end(child);
                return Err(format!("did not end within {:?} and was killed", self.timeout));
            }
            let _ = after(LOOK).recv();
        }
    }
}

/// Kills a command and everything that it started.
fn end(child: &mut Child) {
    let group = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    // What has ended meanwhile cannot be killed, and need not be.
    let _ = group.map(|group| kill_process_group(group, Signal::KILL));
    let _ = child.kill();
    let _ = child.wait();
}
