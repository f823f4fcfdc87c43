//! Faults of the machine: files that may not be written, descriptors and memory that run out,
//! clocks that jump, names that nobody knows, processes that stand still.
//!
//! Which fault is shown by which test, here and elsewhere: `docs/operations/faults.md`.

mod clocks;
mod descriptors;
mod full_disk;
mod killed;
mod links;
mod memory;
mod names;
mod permissions;
mod read_only;
mod stopped;

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;

use crossbeam_channel::{Receiver, RecvTimeoutError, unbounded};
use rustix::process::{Pid, Resource, Rlimit, Signal, getrlimit, prlimit};

use crate::browser::processes;
use crate::waiting::PATIENCE;

/// What starts a program in namespaces of its own, where the caller is the superuser.
const ALONE: [&str; 4] = ["unshare", "--user", "--map-root-user", "--mount"];

/// What starts a program and changes nothing.
const AS_IT_IS: [&str; 1] = ["env"];

/// The program, started by another one that changes what it may do and then becomes it.
fn under(wrapper: &[&str], folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(wrapper[0]);
    command.args(&wrapper[1..]).arg(env!("CARGO_BIN_EXE_replayer")).args(arguments);
    command.current_dir(folder);
    command
}

/// A session of the quickstart's bots on a feed, into the folder `s`, with some settings.
fn live(wrapper: &[&str], folder: &Path, url: &str, sets: &[&str]) -> Process {
    let own = ["live", "quickstart", "--feed", url, "--out", "s"];
    let sets = sets.iter().flat_map(|set| ["--set", set]);
    let arguments: Vec<&str> = own.into_iter().chain(sets).collect();
    Process::start(under(wrapper, folder, &arguments))
}

/// Whether a wrapper can be had here; says so where it cannot.
fn can(wrapper: &[&str]) -> bool {
    let tried = Command::new(wrapper[0]).args(&wrapper[1..]).arg("true").output();
    let can = matches!(&tried, Ok(output) if output.status.success());
    if !can {
        eprintln!("skipped: `{}` is not permitted here ({tried:?})", wrapper.join(" "));
    }
    can
}

/// The program in a process of its own, which ends with the test, and what it says on stderr.
struct Process {
    child: Child,
    lines: Receiver<String>,
    said: String,
}

impl Process {
    fn start(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        let (told, lines) = unbounded();
        // All the time, so that it never waits for us.
        thread::spawn(move || {
            stderr.lines().map_while(Result::ok).try_for_each(|line| told.send(line))
        });
        Self { child, lines, said: String::new() }
    }

    /// Waits until it says one of some words, from where it was last listened to; None when it ends
    /// without.
    fn says_one_of(&mut self, words: &[&str]) -> Option<usize> {
        loop {
            match self.lines.recv_timeout(PATIENCE) {
                Ok(line) => {
                    self.said += &format!("{line}\n");
                    if let Some(said) = words.iter().position(|words| line.contains(words)) {
                        return Some(said);
                    }
                }
                Err(RecvTimeoutError::Disconnected) => return None,
                Err(RecvTimeoutError::Timeout) => panic!("never: {words:?}\n{}", self.said),
            }
        }
    }

    /// Waits until it says something, from where it was last listened to.
    fn says(&mut self, words: &str) {
        assert!(self.says_one_of(&[words]).is_some(), "never: {words}\n{}", self.said);
    }

    fn signal(&self, signal: Signal) {
        processes::signal(self.child.id(), signal);
    }

    /// Limits what it can have of a resource from now on.
    fn limit(&self, resource: Resource, current: u64) {
        let limit = Rlimit { current: Some(current), maximum: getrlimit(resource).maximum };
        let process = Pid::from_raw(self.child.id().try_into().unwrap());
        prlimit(process, resource, limit).unwrap();
    }

    /// Waits until it ends: its exit code, none for a signal, and everything that it said.
    fn ends(mut self) -> (Option<i32>, String) {
        while self.says_one_of(&[]).is_some() {}
        let code = self.child.wait().unwrap().code();
        (code, std::mem::take(&mut self.said))
    }

    /// Interrupts it, and asserts that everything that was written is whole; what it said.
    fn interrupt(self) -> String {
        self.signal(Signal::TERM);
        let (code, said) = self.ends();
        assert_eq!(code, Some(130), "{said}");
        assert!(said.contains("what was written so far is intact"), "{said}");
        said
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn the_table_of_faults_names_tests_that_there_are() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let table = fs::read_to_string(folder.join("docs/operations/faults.md")).unwrap();
    let quoted = table.split('`').skip(1).step_by(2);
    let tests =
        quoted.filter_map(|path| path.rsplit_once("::")).filter(|(_, name)| name.contains("_"));
    let mut count = 0;
    for (module, name) in tests {
        let file = folder.join("tests/it").join(module.replace("::", "/")).with_extension("rs");
        let text = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{file:?}: {error}"));
        assert!(text.contains(&format!("\nfn {name}()")), "{module}::{name}");
        count += 1;
    }
    assert!(count > 30, "{count}");
}
