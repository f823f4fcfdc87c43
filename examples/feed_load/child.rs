//! The two programs: the server that tells, and the session that follows.

use std::fs;
use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

use crate::bots::SCENARIO;

/// Ticks of a second, as /proc counts processor time.
const JIFFIES: f64 = 100.0;

/// npm's server, as the tests use it.
pub(crate) struct Server {
    child: Child,
    commands: ChildStdin,
    said: BufReader<ChildStdout>,
    pub(crate) url: String,
}

impl Server {
    pub(crate) fn start(package: &Path) -> io::Result<Self> {
        let mut child = Command::new("node")
            .arg(package.join("tests/it/bridge/server.mjs"))
            .arg(package.join(".ci/tools/node"))
            .arg("{}")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let commands = child.stdin.take().expect("piped");
        let said = BufReader::new(child.stdout.take().expect("piped"));
        let mut server = Self { child, commands, said, url: String::new() };
        let port = server.wait_for("ready")?["port"].clone();
        server.url = format!("http://127.0.0.1:{port}");
        Ok(server)
    }

    pub(crate) fn wait_for(&mut self, event: &str) -> io::Result<Value> {
        loop {
            let mut line = String::new();
            if self.said.read_line(&mut line)? == 0 {
                return Err(io::Error::other("the server is gone"));
            }
            let said: Value = serde_json::from_str(&line)?;
            if said["event"] == event {
                return Ok(said);
            }
        }
    }

    pub(crate) fn command(&mut self, command: &Value) -> io::Result<()> {
        writeln!(self.commands, "{command}")
    }

    pub(crate) fn emit(&mut self, arguments: Value) -> io::Result<()> {
        self.command(&json!({"do": "emit", "args": arguments}))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// `replayer live`, recording, in a folder of its own.
pub(crate) struct Follower {
    child: Child,
    place: tempfile::TempDir,
}

impl Follower {
    pub(crate) fn start(url: &str) -> io::Result<Self> {
        let place = tempfile::tempdir()?;
        fs::write(place.path().join("load.ron"), SCENARIO)?;
        // The example lies in target/release/examples.
        let examples = std::env::current_exe()?;
        let program = examples.ancestors().nth(2).expect("two folders up").join("replayer");
        let child = Command::new(program)
            .args(["live", "load.ron", "--feed", url, "--out", "s", "--quiet"])
            .current_dir(place.path())
            .stdout(Stdio::null())
            .spawn()?;
        Ok(Self { child, place })
    }

    /// The process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Processor time and memory until now.
    pub(crate) fn cost(&self) -> io::Result<String> {
        let process = format!("/proc/{}", self.child.id());
        let stat = fs::read_to_string(format!("{process}/stat"))?;
        let after_name = stat.rsplit(')').next().unwrap_or_default();
        let fields: Vec<&str> = after_name.split_whitespace().collect();
        let time = |at: usize| fields[at].parse::<f64>().expect("a number") / JIFFIES;
        let status = fs::read_to_string(format!("{process}/status"))?;
        let memory =
            status.lines().filter(|line| line.starts_with("VmHWM") || line.starts_with("VmRSS"));
        let memory: Vec<_> = memory.collect();
        Ok(format!("{} s user, {} s system; {}", time(11), time(12), memory.join("; ")))
    }

    /// Ends the session and reads what it says of itself.
    pub(crate) fn end(mut self) -> io::Result<String> {
        let kill = format!("kill -INT {}", self.child.id());
        Command::new("sh").args(["-c", &kill]).status()?;
        self.child.wait()?;
        fs::read_to_string(self.place.path().join("s/live.json"))
    }
}
