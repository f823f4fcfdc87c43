//! The commands at the top of the how-tos of live sessions, run as they are printed.
//!
//! Three things are others than on the page: the port is a free one, the games go faster, and the
//! superuser starts the browser without its sandbox, as the page says.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;

use rustix::process::Signal;

use super::root;
use crate::browser::processes::signal;
use crate::browser::turn;
use crate::machine::port;
use crate::waiting::{in_time, until};

/// What a page shows of one command: what is typed, and what it answers.
#[derive(Debug, Clone)]
struct Shown {
    typed: String,
    answer: Option<String>,
}

/// The commands of the first console on a page.
fn first_console(page: &str) -> Vec<Shown> {
    let text = fs::read_to_string(root().join(page)).unwrap();
    let block = text.split("```console\n").nth(1).unwrap().split("```").next().unwrap();
    let mut shown: Vec<Shown> = Vec::new();
    for line in block.replace("\\\n", " ").lines() {
        match line.strip_prefix("$ ") {
            Some(typed) => {
                let typed = typed.split("  #").next().unwrap().trim().to_owned();
                shown.push(Shown { typed, answer: None });
            }
            None => shown.last_mut().unwrap().answer = Some(line.to_owned()),
        }
    }
    assert!(shown.len() > 2, "{page}: {shown:?}");
    shown
}

/// A folder in which the commands of a page are run, all homes and sockets in it.
struct Shell {
    place: tempfile::TempDir,
    /// The port on the page, and the one in its place.
    ports: (&'static str, String),
    /// The server that a command leaves in the background.
    server: Option<Child>,
}

impl Shell {
    fn new(ports: &'static str) -> Self {
        let place = tempfile::tempdir().unwrap();
        Self { place, ports: (ports, port().to_string()), server: None }
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.place.path().join(name)
    }

    fn ours(&self, text: &str) -> String {
        text.replace(self.ports.0, &self.ports.1)
    }

    /// A command, with its output in files of this name.
    fn command(&self, typed: &str, output: &str) -> Command {
        let typed = self.ours(typed);
        let words: Vec<&str> = typed.split_whitespace().collect();
        assert_eq!(words[0], "replayer", "{typed}");
        let mut command = Command::new(env!("CARGO_BIN_EXE_replayer"));
        command.args(&words[1..]).current_dir(self.place.path());
        for home in ["XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR"] {
            let path = self.path(home);
            fs::create_dir_all(&path).unwrap();
            command.env(home, path);
        }
        if typed.contains("--browser") || typed.contains("doctor") {
            command.args(rustix::process::geteuid().is_root().then_some("--no-sandbox"));
        }
        let into = |end: &str| File::create(self.path(&format!("{output}.{end}"))).unwrap();
        command.stdout(into("out")).stderr(into("err"));
        command
    }

    /// Starts a server in the background; it says what the page says.
    fn serve(&mut self, shown: &Shown, speed: (&str, &str)) {
        let typed = shown.typed.strip_suffix(" &").expect("in the background");
        let typed = typed.replace(speed.0, speed.1);
        let mut command = self.command(&typed, "server");
        command.args(["--listen", &format!("127.0.0.1:{}", self.ports.1)]).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let (mut said, mut line) = (BufReader::new(child.stdout.take().unwrap()), String::new());
        said.read_line(&mut line).unwrap();
        // Whatever it says later has a reader.
        thread::spawn(move || std::io::copy(&mut said, &mut std::io::sink()));
        self.server = Some(child);
        assert_eq!(line.trim(), self.ours(shown.answer.as_deref().unwrap()), "{typed}");
    }

    /// Runs a command to its end.
    fn run(&self, shown: &Shown, output: &str) -> ExitStatus {
        let mut child = self.command(&shown.typed, output).spawn().unwrap();
        in_time(&shown.typed.clone(), move || child.wait().unwrap())
    }

    /// Runs a command until it says something, and interrupts it.
    fn until(&self, shown: &Shown, output: &str, words: &str) -> ExitStatus {
        let mut child = self.command(&shown.typed, output).spawn().unwrap();
        until(&format!("`{}` says {words}", shown.typed), || {
            let ended = child.try_wait().unwrap();
            assert!(ended.is_none(), "{}: {ended:?}: {}", shown.typed, self.said(output));
            self.said(output).contains(words)
        });
        signal(child.id(), Signal::INT);
        in_time(&shown.typed.clone(), move || child.wait().unwrap())
    }

    fn said(&self, output: &str) -> String {
        let read = |end: &str| fs::read_to_string(self.path(&format!("{output}.{end}"))).unwrap();
        format!("{}{}", read("out"), read("err"))
    }
}

impl Drop for Shell {
    fn drop(&mut self) {
        if let Some(server) = &mut self.server {
            let _ = server.kill();
            let _ = server.wait();
        }
    }
}

fn assert_done(shell: &Shell, shown: &Shown, output: &str) {
    let status = shell.run(shown, output);
    assert!(status.success(), "{}: {status}: {}", shown.typed, shell.said(output));
}

#[test]
fn the_commands_of_the_page_on_live_feeds_are_run_as_they_are_printed() {
    let shown = first_console("docs/how-to/live.md");
    let [server, live, replay] = shown.as_slice() else { panic!("{shown:?}") };
    let mut shell = Shell::new("8750");
    shell.serve(server, ("--speed 50", "--speed 200"));
    assert_done(&shell, live, "live");
    assert_done(&shell, replay, "replay");
    // The same decisions again.
    let digest = |path: &Path| -> String {
        let text = fs::read_to_string(path).unwrap();
        let json: serde_json::Value = serde_json::from_str(&text).unwrap();
        json["digest"].as_str().unwrap().to_owned()
    };
    let runs = fs::read_dir(shell.path("runs")).unwrap().flatten().next().unwrap().path();
    let session = shell.path("session/summary.json");
    assert_eq!(digest(&runs.join("summary.json")), digest(&session));
}

#[test]
fn the_commands_of_the_page_on_the_browser_are_run_as_they_are_printed() {
    let Some(_turn) = turn() else { return };
    let shown = first_console("docs/how-to/browser.md");
    let [site, doctor, paper, dry, armed] = shown.as_slice() else { panic!("{shown:?}") };
    let mut shell = Shell::new("8760");
    let scenario = "Scenario(name: \"my\", seed: 7, source: Generated(games: 1), \
                    bankroll: PerGame(1), bots: [(id: \"a\", strategy: Aggressive())])";
    fs::write(shell.path("my.ron"), scenario).unwrap();
    shell.serve(site, ("--speed 20", "--speed 60"));
    assert_done(&shell, doctor, "doctor");
    assert!(fs::read(shell.path("doctor.png")).unwrap().starts_with(b"\x89PNG"));
    assert_done(&shell, paper, "paper");
    let status = shell.until(dry, "dry", "rugged at tick");
    assert_eq!(status.code(), Some(130), "{}", shell.said("dry"));
    assert!(shell.path("pictures").is_dir());
    let status = shell.until(armed, "armed", "rugged at tick");
    // A limit of the page's may be reached meanwhile: then it is disarmed, and says so.
    assert!([Some(130), Some(5)].contains(&status.code()), "{}", shell.said("armed"));
    assert!(shell.said("armed").contains("ARMED: clicks in"), "{}", shell.said("armed"));
}
