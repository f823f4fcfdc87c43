//! npm's `socket.io` server in a process of its own, ended with its test.

use std::cell::RefCell;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use serde_json::{Value, json};

use super::PATIENCE;

pub(crate) struct Server {
    child: Child,
    commands: RefCell<ChildStdin>,
    events: Receiver<Value>,
    port: u64,
}

impl Server {
    /// Starts a server with settings, on a port of its own unless they name one. Where it is not
    /// installed, says so; that fails only where the tests are to be complete.
    pub(crate) fn start(settings: &Value) -> Option<Self> {
        let modules = modules()?;
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/bridge/server.mjs");
        let mut child = Command::new("node")
            .args([script.as_os_str(), modules.as_os_str()])
            .arg(settings.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (commands, output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let (sender, events) = channel();
        thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                let _ = sender.send(serde_json::from_str(&line).unwrap());
            }
        });
        let mut server = Self { child, commands: RefCell::new(commands), events, port: 0 };
        server.port = server.hear("ready")["port"].as_u64().unwrap();
        Some(server)
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub(crate) const fn port(&self) -> u64 {
        self.port
    }

    /// Tells it to do something.
    pub(crate) fn order(&self, what: &str, how: Value) {
        let mut command = how;
        command["do"] = json!(what);
        writeln!(self.commands.borrow_mut(), "{command}").unwrap();
    }

    /// The next thing of a kind that happened there; others are passed over.
    pub(crate) fn hear(&self, event: &str) -> Value {
        loop {
            let happened = self.events.recv_timeout(PATIENCE).expect("the server says so");
            if happened["event"] == event {
                return happened;
            }
        }
    }

    /// Sends a signal to it: `STOP`, `CONT`.
    pub(crate) fn signal(&self, name: &str) {
        let kill = format!("kill -{name} {}", self.child.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    }
}

impl Drop for Server {
    /// SIGKILL, which a stopped process obeys too.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The folder with npm's modules.
fn modules() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(".ci/tools/node");
    if folder.join("node_modules/socket.io").exists() {
        return Some(folder);
    }
    let complete = std::env::var_os("CI").is_some_and(|value| value == "true");
    assert!(!complete, "{} has no socket.io: run .ci/install-tools", folder.display());
    eprintln!("skipped: {} has no socket.io (.ci/install-tools)", folder.display());
    None
}
