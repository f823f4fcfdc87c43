//! Secrets: kept encrypted, opened by their key only, and shown nowhere.

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use rustix::process::Signal;
use serde_json::json;
use tempfile::TempDir;

use crate::bridge::proxies::Proxy;
use crate::bridge::server::Server;
use crate::browser::processes::signal;
use crate::live::stage::Show;
use crate::program::{json, replayer, stderr, stdout};
use crate::sweeps::files;
use crate::waiting::until;

/// What must be found nowhere.
const PLANTED: &str = "planted-secret-7f3a";

/// A home with a folder for the key, and the way to call the program in it.
struct Home(TempDir);

impl Home {
    fn new() -> Self {
        let home = Self(tempfile::tempdir().unwrap());
        assert!(home.call(&["new-key", "elsewhere/key"], "").status.success());
        home
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.0.path().join(name)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_replayer"));
        command.current_dir(self.0.path()).args(arguments);
        fs::create_dir_all(self.path("elsewhere")).unwrap();
        command.env("XDG_DATA_HOME", self.path("data")).env("XDG_CONFIG_HOME", self.path("none"));
        command
    }

    fn call(&self, arguments: &[&str], stdin: &str) -> Output {
        let mut command = self.command(&["secret"]);
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(stdin.as_bytes()).unwrap();
        child.wait_with_output().unwrap()
    }

    /// As [`Self::call`], with the key of the home.
    fn secret(&self, arguments: &[&str], stdin: &str) -> Output {
        self.call(&[arguments, &["--key-file", "elsewhere/key"]].concat(), stdin)
    }

    fn refused(&self, arguments: &[&str], code: i32, why: &str) {
        let output = self.secret(arguments, "");
        assert_eq!(output.status.code(), Some(code), "{output:?}");
        assert!(stderr(&output).contains(why), "{}", stderr(&output));
    }
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// Every file below a folder that holds the planted secret.
fn leaks(folder: &Path) -> Vec<String> {
    let holds =
        |bytes: &Vec<u8>| bytes.windows(PLANTED.len()).any(|some| some == PLANTED.as_bytes());
    files(folder).into_iter().filter(|(_, bytes)| holds(bytes)).map(|(name, _)| name).collect()
}

#[test]
fn what_is_kept_is_listed_replaced_removed_and_never_in_the_clear() {
    let home = Home::new();
    let set = home.secret(&["set", "feed"], "first\n");
    assert!(set.status.success(), "{set:?}");
    let set = home.secret(&["set", "feed", "--json"], &format!("{PLANTED}\n"));
    assert!(json(&set)["done"].as_str().unwrap().starts_with("replaced feed in "), "{set:?}");
    home.secret(&["set", "other"], PLANTED);
    assert_eq!(stdout(&home.secret(&["list"], "")), "feed\nother\n");
    assert_eq!(json(&home.secret(&["check", "--json"], ""))["secrets"], json!(["feed", "other"]));
    assert!(home.secret(&["remove", "other"], "").status.success());
    home.refused(&["remove", "other"], 2, "unknown secret \"other\"");
    assert_eq!(leaks(home.0.path()), [""; 0]);
    let place = home.path("data/replayer/secrets");
    assert_eq!((mode(&place), mode(&place.join("sealed"))), (0o700, 0o600));
    assert_eq!(mode(&home.path("elsewhere/key")), 0o600);
}

#[test]
fn a_rotated_file_opens_with_the_new_key_only() {
    let home = Home::new();
    home.secret(&["set", "feed"], PLANTED);
    home.call(&["new-key", "elsewhere/new"], "");
    let rotated = home.secret(&["rotate", "--new-key-file", "elsewhere/new"], "");
    assert!(rotated.status.success(), "{rotated:?}");
    home.refused(&["check"], 2, "this is not its key");
    let check = home.call(&["check", "--key-file", "elsewhere/new"], "");
    assert_eq!((check.status.code(), stdout(&check)), (Some(0), "feed\n"));
    assert_eq!(leaks(home.0.path()), [""; 0]);
}

#[test]
fn what_others_could_read_or_exchange_is_refused() {
    let home = Home::new();
    home.secret(&["set", "feed"], PLANTED);
    let (key, sealed) = (home.path("elsewhere/key"), home.path("data/replayer/secrets/sealed"));
    for path in [&key, &sealed] {
        fs::set_permissions(path, fs::Permissions::from_mode(0o644)).unwrap();
        home.refused(&["list"], 5, "is open to others (mode 0644)");
        fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
    }
    let beside = sealed.with_file_name("key");
    fs::copy(&key, &beside).unwrap();
    let output = home.call(&["list", "--key-file", beside.to_str().unwrap()], "");
    assert_eq!(output.status.code(), Some(5), "{output:?}");
    assert!(stderr(&output).contains("lies beside its secrets"), "{}", stderr(&output));
    std::os::unix::fs::symlink(&key, home.path("elsewhere/link")).unwrap();
    let output = home.call(&["list", "--key-file", "elsewhere/link"], "");
    assert!(stderr(&output).contains("is a symbolic link"), "{}", stderr(&output));
    assert_eq!(output.status.code(), Some(5));
}

#[test]
fn a_damaged_file_a_missing_one_and_a_key_that_is_none_are_told_apart() {
    let home = Home::new();
    home.refused(&["list"], 3, "there are no secrets at");
    home.secret(&["set", "feed"], PLANTED);
    let sealed = home.path("data/replayer/secrets/sealed");
    let whole = fs::read(&sealed).unwrap();
    let mut damaged = whole.clone();
    *damaged.last_mut().unwrap() ^= 1;
    fs::write(&sealed, damaged).unwrap();
    home.refused(&["list"], 3, "it is damaged");
    home.refused(&["set", "more"], 3, "it is damaged");
    fs::write(&sealed, whole).unwrap();
    fs::write(home.path("elsewhere/key"), "\n").unwrap();
    home.refused(&["list"], 2, "there is no key in");
    // Without a terminal nobody can be asked, and nothing waits.
    let mut command = Command::new("setsid");
    let program = [env!("CARGO_BIN_EXE_replayer"), "secret", "list"];
    command.args(program).env("XDG_DATA_HOME", home.path("data")).stdin(Stdio::null());
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(stderr(&output).contains("no terminal to ask for a secret at"));
}

/// The settings by which a session sends the planted secret to a host.
fn settings(home: &Home, host: &str) -> Vec<String> {
    let key = home.path("elsewhere/key");
    let log = home.path("log");
    [
        "feed.auth_secret=feed".to_owned(),
        format!("feed.auth_host={host}"),
        format!("secrets.key_file={}", key.display()),
        format!("log.folder={}", log.display()),
    ]
    .into_iter()
    .flat_map(|set| ["--set".to_owned(), set])
    .collect()
}

/// A session that records everything and says everything, all into the home, until it heard something or was
/// refused. Its exit code.
fn session(home: &Home, server: &Server, host: &str, then: impl FnOnce(&Server)) -> Option<i32> {
    let url = server.url();
    let mut command = home.command(&["record", "--feed", &url, "--out", "r", "--raw", "--plain"]);
    command.args(["-vv", "--json", "--monitor", "127.0.0.1:0"]).args(settings(home, host));
    let into = |name: &str| fs::File::create(home.path(name)).unwrap();
    let mut child = command.stdout(into("stdout")).stderr(into("stderr")).spawn().unwrap();
    then(server);
    signal(child.id(), Signal::INT);
    child.wait().unwrap().code()
}

#[test]
fn credentials_reach_their_host_and_nothing_that_a_session_writes_shows_them() {
    let home = Home::new();
    let (auth, hello) =
        (json!({ "token": PLANTED }), json!({ "args": ["echo", { "token": PLANTED }] }));
    home.secret(&["set", "feed"], &auth.to_string());
    let Some(server) = Server::start(&json!({ "token": PLANTED, "echo": true })) else { return };
    let code = session(&home, &server, "127.0.0.1", |server| {
        assert_eq!(server.hear("connected")["auth"], auth);
        server.order("emit", hello);
        server.order("emit", json!({ "args": ["echo", { "word": "twice" }] }));
        until_there(&home, "r", "twice");
    });
    assert_eq!(code, Some(130));
    assert_eq!(leaks(home.0.path()), [""; 0]);
    let Some(stranger) = Server::start(&json!({ "token": "another", "echo": true })) else {
        return;
    };
    session(&home, &stranger, "127.0.0.1", |_| until_there(&home, "log", "wrong token"));
    for place in ["log/replayer.log", "stdout", "stderr"] {
        let said = fs::read_to_string(home.path(place)).unwrap();
        assert!(said.contains("wrong token [secret]"), "{place}: {said}");
    }
    assert!(everything(&home.path("r/raw")).contains(r#"{"token":"[secret]"}"#));
    assert_eq!(leaks(home.0.path()), [""; 0]);
}

/// A session on a feed whose address has the planted token, into the home: its exit code, and
/// the arguments that others see of it.
fn on_a_feed_with_a_token(home: &Home, arguments: &[&str], address: &str) -> (Output, Vec<u8>) {
    let mut command = home.command(arguments);
    let key = format!("secrets.key_file={}", home.path("elsewhere/key").display());
    let log = format!("log.folder={}", home.path("log").display());
    command.args(["--set", &key, "--set", &log, "-vv"]);
    command.env("FEED", address).stdout(Stdio::piped()).stderr(Stdio::piped());
    let (mut child, mut seen) = (command.spawn().unwrap(), Vec::new());
    // Empty for a moment, until the program is in its place.
    until("it has a command line", || {
        seen = fs::read(format!("/proc/{}/cmdline", child.id())).unwrap_or_default();
        !seen.is_empty() || child.try_wait().unwrap().is_some()
    });
    (child.wait_with_output().unwrap(), seen)
}

#[test]
fn a_token_in_the_address_of_a_feed_is_found_nowhere() {
    let (home, show) = (Home::new(), Show::start(|_| {}));
    let scenarios = tempfile::tempdir().unwrap();
    let address = format!("{}/?token={PLANTED}#{PLANTED}", show.server.url());
    home.secret(&["set", "feed"], &address);
    let scenario = |name: &str, address: &str| {
        let path = scenarios.path().join(name);
        let text = format!(
            "// as {address}\nScenario(name: \"paper\", seed: 7, source: Feed(url: \"{address}\"), \
             bankroll: PerGame(1), bots: [(id: \"c\", strategy: Conservative())])"
        );
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let (open, named) = (scenario("open.ron", &address), scenario("named.ron", "secret:feed"));
    let (by_flag, by_name) = (["--feed", &address], ["--feed", "env:FEED"]);
    for (nth, (arguments, is_warned)) in [
        (&["live", &open][..], false),
        (&["live", &named], false),
        (&[&["live", "quickstart"][..], &by_name].concat(), false),
        (&[&["live", "quickstart"][..], &by_flag].concat(), true),
        (&[&["record"][..], &by_name].concat(), false),
        (&["record", "--feed", "secret:feed"], false),
    ]
    .into_iter()
    .enumerate()
    {
        let out = format!("out-{nth}");
        let arguments = [arguments, &["--out", &out, "--games", "2"]].concat();
        let (output, seen) = on_a_feed_with_a_token(&home, &arguments, &address);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {output:?}");
        for said in [stdout(&output), stderr(&output)] {
            assert!(!said.contains(PLANTED), "{arguments:?}: {said}");
        }
        let warned = stderr(&output).contains("--feed: everyone on this machine can read");
        assert_eq!(warned, is_warned, "{arguments:?}: {}", stderr(&output));
        let is_seen = String::from_utf8_lossy(&seen).contains(PLANTED);
        let is_over = seen.is_empty();
        assert!(is_seen == is_warned || is_over, "in the list of processes: {arguments:?}");
    }
    assert_eq!(leaks(home.0.path()), [""; 0]);
    let kept = fs::read_to_string(home.path("out-0/scenario.ron")).unwrap();
    assert!(kept.contains(&format!("Feed(url: \"{}/?***", show.server.url())), "{kept}");
    // A session goes on with the same scenario, and is played again.
    let again = ["live", &open, "--out", "out-0", "--resume", "--games", "4"];
    let (output, _) = on_a_feed_with_a_token(&home, &again, &address);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(replayer(home.0.path(), &["run", "out-0/replay.ron"]).status.success());
    // Errors show lines of a scenario, and addresses.
    let wrong = fs::read_to_string(&open).unwrap().replace("url:", "urls:");
    fs::write(scenarios.path().join("wrong.ron"), wrong).unwrap();
    let wrong = scenarios.path().join("wrong.ron");
    for arguments in [
        &["check", wrong.to_str().unwrap()][..],
        &["run", wrong.to_str().unwrap()],
        &["check", &open],
        &["live", "quickstart", "--feed", &format!("ftp://h/?{PLANTED}")],
        &["live", "quickstart", "--feed", &format!("ws://{PLANTED}@h/")],
        &["live", "quickstart", "--browser", "--url", &format!("https://{PLANTED}@h/?{PLANTED}")],
    ] {
        let output = replayer(home.0.path(), arguments);
        let said = format!("{}{}", stdout(&output), stderr(&output));
        assert!(!said.contains(PLANTED), "{arguments:?}: {said}");
    }
    assert_eq!(leaks(home.0.path()), [""; 0]);
}

#[test]
fn a_credential_of_a_service_is_a_key_although_a_list_says_who_else_reads_it() {
    let home = Home::new();
    home.secret(&["set", "feed"], PLANTED);
    let credentials = home.path("credentials");
    fs::create_dir(&credentials).unwrap();
    fs::copy(home.path("elsewhere/key"), credentials.join("replayer.key")).unwrap();
    let sealed = home.path("data/replayer/secrets/sealed");
    fs::copy(sealed, credentials.join("replayer.sealed")).unwrap();
    for (path, bits) in [("replayer.key", 0o440), ("replayer.sealed", 0o440), (".", 0o550)] {
        let path = credentials.join(path);
        fs::set_permissions(path, fs::Permissions::from_mode(bits)).unwrap();
    }
    let list = |service: bool| {
        let mut command = home.command(&["secret", "list", "--key-file"]);
        command.arg(credentials.join("replayer.key"));
        let file = credentials.join("replayer.sealed");
        command.arg("--set").arg(format!("secrets.file={}", file.display()));
        command.env_remove("CREDENTIALS_DIRECTORY");
        if service {
            command.env("CREDENTIALS_DIRECTORY", &credentials);
        }
        command.output().unwrap()
    };
    let output = list(true);
    assert_eq!((output.status.code(), stdout(&output)), (Some(0), "feed\n"), "{output:?}");
    let output = list(false);
    assert_eq!(output.status.code(), Some(5), "{output:?}");
    assert!(stderr(&output).contains("is open to others (mode 0440)"), "{}", stderr(&output));
}

#[test]
fn headers_and_the_proxys_credentials_are_secrets_too() {
    let home = Home::new();
    home.secret(&["set", "headers"], &format!("Authorization: Bearer {PLANTED}\nCookie: a=b"));
    home.secret(&["set", "proxy"], &format!("user:{PLANTED}"));
    let Some(server) = Server::start(&json!({})) else { return };
    let proxy = Proxy::http(Some("Basic dXNlcjpwbGFudGVkLXNlY3JldC03ZjNh"));
    let sets = [
        format!("feed.proxy=http://{}", proxy.address),
        "feed.proxy_secret=proxy".to_owned(),
        "feed.headers_secret=headers".to_owned(),
        "feed.auth_host=127.0.0.1".to_owned(),
        "feed.transport=polling".to_owned(),
        "feed.origin=https://site.example".to_owned(),
        format!("secrets.key_file={}", home.path("elsewhere/key").display()),
    ];
    let mut command = home.command(&["record", "--feed", &server.url(), "--out", "r", "--raw"]);
    command
        .args(["--plain", "-vv", "--json"])
        .args(sets.iter().flat_map(|set| ["--set", set.as_str()]));
    command.env_remove("no_proxy").env_remove("NO_PROXY");
    let into = |name: &str| fs::File::create(home.path(name)).unwrap();
    let mut child = command.stdout(into("stdout")).stderr(into("stderr")).spawn().unwrap();
    let connected = server.hear("connected");
    let headers = &connected["headers"];
    assert_eq!(headers["authorization"], format!("Bearer {PLANTED}"));
    assert_eq!(
        (&headers["cookie"], &headers["origin"]),
        (&json!("a=b"), &json!("https://site.example"))
    );
    assert_eq!(connected["transport"], "polling");
    assert!(proxy.asked().ends_with(" Basic dXNlcjpwbGFudGVkLXNlY3JldC03ZjNh"));
    server.order("emit", json!({ "args": ["echo", { "word": headers["authorization"] }] }));
    until_there(&home, "r", r#"{"word":"[secret]"}"#);
    signal(child.id(), Signal::INT);
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert_eq!(leaks(home.0.path()), [""; 0]);
}

#[test]
fn another_host_gets_no_credentials_whatever_feed_is_named() {
    let home = Home::new();
    home.secret(&["set", "feed"], &json!({ "token": PLANTED }).to_string());
    let Some(server) = Server::start(&json!({})) else { return };
    session(&home, &server, "feed.example", |server| {
        assert_eq!(server.hear("connected")["auth"], json!({}));
    });
    let said = fs::read_to_string(home.path("stderr")).unwrap();
    assert!(said.contains("127.0.0.1 gets no credentials: they are for feed.example"), "{said}");
    let mut command = home.command(&["record", "--feed", "ws://feed.example"]);
    let output = command.args(settings(&home, "feed.example")).output().unwrap();
    assert_eq!(output.status.code(), Some(5), "{output:?}");
    assert!(
        stderr(&output).contains("not sent to feed.example without TLS"),
        "{}",
        stderr(&output)
    );
}

fn everything(folder: &Path) -> String {
    files(folder).values().map(|bytes| String::from_utf8_lossy(bytes).into_owned()).collect()
}

fn until_there(home: &Home, folder: &str, words: &str) {
    until(words, || everything(&home.path(folder)).contains(words));
}
