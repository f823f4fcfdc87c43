//! `replayer feed-server` in a process of its own, ended with its test.

use std::io::{BufRead, BufReader, Lines};
use std::process::{Child, ChildStdout, Command, Stdio};

use serde_json::Value;

pub(crate) struct Served {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    url: String,
}

impl Served {
    /// Starts it at an address.
    pub(crate) fn start(address: &str, arguments: &[&str]) -> Self {
        Self::through(Command::new(env!("CARGO_BIN_EXE_replayer")), address, arguments)
    }

    /// Starts it by a command that ends with the program.
    pub(crate) fn through(mut command: Command, address: &str, arguments: &[&str]) -> Self {
        let mut child = command
            .args(["feed-server", "--listen", address, "--json"])
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut served = Self { child, lines, url: String::new() };
        served.url = served.line()["url"].as_str().unwrap().to_owned();
        served
    }

    pub(crate) fn url(&self) -> String {
        self.url.clone()
    }

    /// Where it listens, host and port.
    pub(crate) fn address(&self) -> &str {
        self.url.strip_prefix("http://").unwrap()
    }

    /// What it says next.
    pub(crate) fn line(&mut self) -> Value {
        serde_json::from_str(&self.lines.next().expect("one more line").unwrap()).unwrap()
    }

    /// Kills it, which a stopped process obeys too, and waits until it is gone.
    pub(crate) fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Sends a signal to it: `STOP`, `CONT`.
    pub(crate) fn signal(&self, name: &str) {
        let kill = format!("kill -{name} {}", self.child.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    }

    /// Waits for its end.
    pub(crate) fn ends_well(mut self) -> bool {
        self.child.wait().unwrap().success()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.kill();
    }
}
