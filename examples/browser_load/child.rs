//! A site in a process of its own: this program once more. It ends with us, as its stdin does.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use crate::{Outcome, Role};

/// A site that runs. Dropped, it is ended.
pub(crate) struct Site {
    child: Child,
    stdin: Option<ChildStdin>,
    said: BufReader<ChildStdout>,
    /// Where it is.
    pub(crate) url: String,
}

impl Site {
    pub(crate) fn start(role: Role, frames: u64, seconds: u64) -> Outcome<Self> {
        let role = if role == Role::Crowd { "crowd" } else { "demo" };
        let mut child = Command::new(std::env::current_exe()?)
            .args(["--site", role, "--frames", &frames.to_string()])
            .args(["--seconds", &seconds.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let stdin = child.stdin.take();
        let said = BufReader::new(child.stdout.take().ok_or("its stdout is a pipe")?);
        let mut site = Self { child, stdin, said, url: String::new() };
        site.url = site.line()?;
        Ok(site)
    }

    /// The next line that it says.
    pub(crate) fn line(&mut self) -> Outcome<String> {
        let mut line = String::new();
        match self.said.read_line(&mut line)? {
            0 => Err("the site is gone".into()),
            _ => Ok(line.trim().to_owned()),
        }
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        drop(self.stdin.take());
        let _ = self.child.wait();
    }
}

/// Waits until the parent process lets go of this one.
pub(crate) fn until_let_go() -> Outcome<()> {
    std::io::stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}
