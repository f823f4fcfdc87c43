//! The kill switch: every way to it, who may use it, and how long it takes.

use std::fs;
use std::io::{Read, Write};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use replayer::base::error::ErrorKind;
use replayer::base::runtime::{Runtime, Shutdown};
use replayer::live::browser::ArmSwitch;
use replayer::live::browser::kill::{KillSwitch, Question, Standing, ask};
use rustix::process::Signal;

use super::processes::signal;
use crate::program::{json, replayer, stderr, stdout};
use crate::waiting::{PATIENCE, now, promptly, until};

/// A session that does nothing but wait for its end.
struct Session {
    runtime: Runtime,
    switch: ArmSwitch,
    socket: PathBuf,
}

impl Session {
    fn at(socket: &Path) -> Self {
        let kill = KillSwitch::at(socket).unwrap();
        assert_eq!(kill.path(), socket);
        let switch = ArmSwitch::on();
        let mut runtime = Runtime::start(Shutdown::new()).unwrap();
        kill.start(&mut runtime, switch.clone()).unwrap();
        Self { runtime, switch, socket: socket.to_owned() }
    }

    /// Runs `replayer kill` on it.
    fn kill(&self, arguments: &[&str]) -> std::process::Output {
        let mut all = vec!["kill", self.socket.to_str().unwrap()];
        all.extend(arguments);
        replayer(Path::new("."), &all)
    }

    fn end(self) {
        self.runtime.join_within(PATIENCE).unwrap();
        assert!(!self.socket.exists(), "the socket is removed");
    }
}

/// A folder of ours alone.
fn folder() -> tempfile::TempDir {
    let place = tempfile::tempdir().unwrap();
    fs::set_permissions(place.path(), fs::Permissions::from_mode(0o700)).unwrap();
    place
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// Says a text on a socket and returns what comes back until it is closed.
fn say(socket: &Path, text: &[u8]) -> String {
    let mut stream = UnixStream::connect(socket).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.write_all(text).unwrap();
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn the_command_asks_switches_off_and_says_what_the_session_answered() {
    let place = folder();
    let session = Session::at(&place.path().join("replayer/live.sock"));
    assert_eq!((mode(&place.path().join("replayer")), mode(&session.socket)), (0o700, 0o600));
    let asked = session.kill(&["--status"]);
    assert_eq!((asked.status.code(), stdout(&asked)), (Some(1), "on\n"));
    assert!(session.switch.is_on(), "to ask changes nothing");

    let killed = session.kill(&["--reason", "a \"b\"; --c"]);
    let why = "killed on the socket: a \"b\"; --c";
    assert_eq!((killed.status.code(), stdout(&killed)), (Some(0), &*format!("off: {why}\n")));
    assert!(!session.switch.is_on());
    assert_eq!(session.switch.why().as_deref(), Some(why));

    // Once more is not an error, and the first reason stays.
    let document = json(&session.kill(&["--json", "--reason", "another"]));
    assert_eq!((&document["switch"], &document["why"]), (&"off".into(), &why.into()));
    let asked = session.kill(&["--status"]);
    assert_eq!((asked.status.code(), stdout(&asked)), (Some(0), &*format!("off: {why}\n")));
    session.end();
}

#[test]
fn where_nobody_listens_the_command_says_so() {
    let place = folder();
    let nowhere = place.path().join("live.sock");
    let told = replayer(Path::new("."), &["kill", nowhere.to_str().unwrap()]);
    assert_eq!(told.status.code(), Some(3));
    assert!(stderr(&told).contains("no session listens at"), "{told:?}");
    // Without a path it looks where sessions listen.
    let told = Command::new(env!("CARGO_BIN_EXE_replayer"))
        .arg("kill")
        .env("XDG_RUNTIME_DIR", place.path())
        .output()
        .unwrap();
    assert_eq!(told.status.code(), Some(3));
    let usual = place.path().join("replayer/live.sock");
    assert!(stderr(&told).contains(usual.to_str().unwrap()), "{told:?}");
}

#[test]
fn by_hand_lines_are_understood_and_nonsense_changes_nothing() {
    let place = folder();
    let session = Session::at(&place.path().join("live.sock"));
    let socket = &session.socket;
    for nonsense in [&b"on\narm\nkillall\nGET / HTTP/1.1\n"[..], b"\xff\xfe\n", b"", &[b'x'; 9_000]]
    {
        // Who says too much is hung up on, which may cut the answer short.
        let mut stream = UnixStream::connect(socket).unwrap();
        let _ = stream.write_all(nonsense);
        let _ = stream.shutdown(std::net::Shutdown::Write);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        assert!(!answer.starts_with(b"off"), "{}", String::from_utf8_lossy(&answer));
    }
    // Some who say nothing at all keep nobody else from being heard.
    let silent: Vec<_> = (0..10).map(|_| UnixStream::connect(socket).unwrap()).collect();
    assert_eq!(
        say(socket, b"status\nhelp\nstatus"),
        "on\nsay `kill`, `kill REASON` or `status`\non\n"
    );
    assert!(session.switch.is_on());
    assert_eq!(say(socket, b"kill\n"), "off: killed on the socket\n");
    drop(silent);
    session.end();
}

#[test]
fn a_second_session_is_refused_and_the_file_of_a_dead_one_is_replaced() {
    let place = folder();
    let socket = place.path().join("live.sock");
    // Left behind by somebody who was killed.
    drop(UnixListener::bind(&socket).unwrap());
    assert!(socket.exists());
    let session = Session::at(&socket);
    let error = KillSwitch::at(&socket).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Live, "{error}");
    assert!(error.to_string().contains("another session listens"), "{error}");
    assert_eq!(ask(&socket, &Question::Status).unwrap(), Standing::On);
    session.end();

    // Somebody who listens without our lock is not thrown out either.
    let stranger = UnixListener::bind(&socket).unwrap();
    assert_eq!(KillSwitch::at(&socket).unwrap_err().kind(), ErrorKind::Live);
    drop(stranger);
    Session::at(&socket).end();
}

#[test]
fn who_is_gone_within_a_moment_is_not_another_session() {
    let place = folder();
    let socket = place.path().join("live.sock");
    let listener = UnixListener::bind(&socket).unwrap();
    // Once it was looked for, it leaves.
    let leaving = std::thread::spawn(move || drop(listener.accept().unwrap()));
    Session::at(&socket).end();
    leaving.join().unwrap();
}

#[test]
fn links_open_folders_and_files_that_are_not_sockets_are_refused_and_left_alone() {
    let place = folder();
    let (real, link) = (place.path().join("real"), place.path().join("link"));
    fs::create_dir(&real).unwrap();
    fs::set_permissions(&real, fs::Permissions::from_mode(0o755)).unwrap();
    symlink(&real, &link).unwrap();
    let file = place.path().join("file");
    fs::write(&file, "precious").unwrap();
    symlink(&file, place.path().join("link.sock")).unwrap();
    for refused in [
        real.join("live.sock"),
        link.join("live.sock"),
        file.clone(),
        place.path().join("link.sock"),
    ] {
        let error = KillSwitch::at(&refused).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Safety, "{}: {error}", refused.display());
    }
    assert_eq!(KillSwitch::at(Path::new("live.sock")).unwrap_err().kind(), ErrorKind::Usage);
    assert_eq!(mode(&real), 0o755);
    assert!(fs::read_dir(&real).unwrap().next().is_none());
    assert_eq!(fs::read_to_string(&file).unwrap(), "precious");
}

#[test]
fn a_session_that_never_answers_is_an_error_and_not_an_off() {
    let place = folder();
    let socket = place.path().join("live.sock");
    let listener = UnixListener::bind(&socket).unwrap();
    let mute = std::thread::spawn(move || listener.accept().unwrap().0);
    let error = ask(&socket, &Question::Status).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Live);
    assert!(error.to_string().contains("kill -9"), "{error}");
    drop(mute.join().unwrap());
}

/// What the other process is told: where to listen.
const TOLD: &str = "REPLAYER_TEST_SOCKET";

#[test]
fn the_signal_switches_off_and_a_killed_session_leaves_nothing_in_the_way() {
    if let Some(socket) = std::env::var_os(TOLD) {
        let session = Session::at(Path::new(&socket));
        until("for ever", || !session.socket.exists());
        return;
    }
    let place = folder();
    let socket = place.path().join("live.sock");
    // This test once more, in a process of its own: a signal is for a whole process.
    let mut child = Command::new(std::env::current_exe().unwrap())
        .arg(
            "browser::kill::the_signal_switches_off_and_a_killed_session_leaves_nothing_in_the_way",
        )
        .arg("--exact")
        .env(TOLD, &socket)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let standing = || ask(&socket, &Question::Status).ok();
    until("it listens", || standing() == Some(Standing::On));
    signal(child.id(), Signal::USR1);
    let off = Standing::Off { why: "killed by SIGUSR1".to_owned() };
    until("it is off", || standing() == Some(off.clone()));
    signal(child.id(), Signal::KILL);
    child.wait().unwrap();
    assert!(socket.exists() && standing().is_none());
    Session::at(&socket).end();
}

#[test]
fn how_long_it_takes_is_told() {
    const ROUNDS: usize = 50;
    let place = folder();
    let mut taken: Vec<Duration> = (0..ROUNDS)
        .map(|_| {
            let session = Session::at(&place.path().join("live.sock"));
            assert_eq!(ask(&session.socket, &Question::Status).unwrap(), Standing::On);
            let switch = session.switch.clone();
            let watcher = std::thread::spawn(move || {
                while switch.is_on() {
                    std::hint::spin_loop();
                }
                now()
            });
            let begun = now();
            UnixStream::connect(&session.socket).unwrap().write_all(b"kill\n").unwrap();
            let took = watcher.join().unwrap() - begun;
            session.end();
            took
        })
        .collect();
    taken.sort_unstable();
    let (half, most) = (taken[ROUNDS / 2], taken[ROUNDS - 1]);
    eprintln!("measured: line on the socket to switch off: p50 {half:?}, max {most:?} of {ROUNDS}");

    let session = Session::at(&place.path().join("live.sock"));
    let begun = now();
    assert!(session.kill(&[]).status.success());
    eprintln!("measured: `replayer kill`, from its start to its end: {:?}", begun.elapsed());
    session.end();
}

/// Longest time from the line on the socket until nothing more is permitted.
const KILLED_WITHIN: Duration = Duration::from_millis(50);

#[test]
fn a_session_whose_tasks_never_give_way_is_killed_all_the_same() {
    const ROUNDS: usize = 20;
    let place = folder();
    let mut taken: Vec<Duration> = (0..ROUNDS)
        .map(|_| {
            let mut session = Session::at(&place.path().join("live.sock"));
            // More than there are threads, and none of them ever waits: frames that are endless, a
            // writer that is stuck, an amount that is being set, a login that is awaited.
            for name in ["frames", "writer", "amount", "login"] {
                let switch = session.switch.clone();
                session.runtime.spawn(name, async move {
                    let begun = now();
                    while switch.is_on() && begun.elapsed() < PATIENCE {
                        std::hint::spin_loop();
                    }
                    Ok(())
                });
            }
            let begun = now();
            assert_eq!(say(&session.socket, b"kill\n"), "off: killed on the socket\n");
            let took = begun.elapsed();
            assert!(!session.switch.is_on());
            session.end();
            took
        })
        .collect();
    taken.sort_unstable();
    let what = "a session whose tasks never give way is killed (p95)";
    promptly(what, taken[ROUNDS * 19 / 20 - 1], KILLED_WITHIN);
}
