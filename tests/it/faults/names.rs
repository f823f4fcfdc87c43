//! Hosts whose names nobody knows, and name servers that say nothing.

use std::fs;
use std::net::UdpSocket;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use super::{ALONE, AS_IT_IS, Process, can, live};
use crate::waiting::{PATIENCE, now, promptly};

/// The folder of the child of the test below.
const PLACE: &str = "REPLAYER_TEST_NAMES";

/// The longest time from a signal to the end of a session (docs/spec/performance.md#stopping).
const STOP: Duration = Duration::from_secs(2);

/// How long the system asks a name server that says nothing, and how often: longer than a busy machine takes for
/// the end of a session.
const RESOLVER: &str = "nameserver 127.0.0.1\noptions timeout:30 attempts:5\n";

/// The end of a session that does not wait for that.
const AT_ONCE: Duration = Duration::from_secs(100);

#[test]
fn a_host_that_cannot_be_found_is_looked_for_again_and_again_and_a_session_ends_at_once_meanwhile()
{
    // What must hold: the name and the reason are told, the waits grow, SIGTERM ends the session within
    // two seconds with code 130, also while a name server keeps everybody waiting.
    let alone = [&ALONE[..], &["--net"]].concat();
    if !can(&alone) {
        return;
    }
    let place = tempfile::tempdir().unwrap();
    let output = Command::new(alone[0])
        .args(&alone[1..])
        .arg(std::env::current_exe().unwrap())
        .args(["faults::names::a_child_without_a_network", "--exact"])
        .env(PLACE, place.path())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && text.contains("1 passed"), "{output:?}");
}

/// Not a test of its own: what the test above runs where there is no network.
#[test]
fn a_child_without_a_network() {
    let Some(place) = std::env::var_os(PLACE) else { return };
    let place = Path::new(&place);
    ip_and_resolver(place);
    // Nobody is at the port of the name server: the system knows at once that there is no such host.
    let mut session = follow(place);
    for (least, most) in [(0.1, 0.2), (0.2, 0.4), (0.4, 0.8)] {
        session.says("no connection: could not reach nowhere.invalid:80: failed to lookup address");
        let (_, wait) = session.said.trim_end().rsplit_once("next attempt in ").unwrap();
        let wait: f64 = wait.strip_suffix(" s").unwrap().parse().unwrap();
        assert!((least - 0.05..=most + 0.05).contains(&wait), "{wait}: {}", session.said);
    }
    ends_soon(session);
    // Somebody is there, and says nothing: the system waits for minutes.
    let server = UdpSocket::bind("127.0.0.1:53").unwrap();
    server.set_read_timeout(Some(PATIENCE)).unwrap();
    let session = follow(place);
    let (length, _) = server.recv_from(&mut [0; 512]).unwrap();
    assert!(length > "nowhere.invalid".len());
    ends_soon(session);
}

/// A loopback interface, and a name server on it, for this process and its children.
fn ip_and_resolver(place: &Path) {
    let resolver = place.join("resolv.conf");
    fs::write(&resolver, RESOLVER).unwrap();
    let up = Command::new("ip").args(["link", "set", "lo", "up"]).status().unwrap();
    let mount = Command::new("mount").arg("--bind").arg(resolver).arg("/etc/resolv.conf").status();
    assert!(up.success() && mount.unwrap().success());
}

fn follow(place: &Path) -> Process {
    let place = tempfile::tempdir_in(place).unwrap().keep();
    live(&AS_IT_IS, &place, "ws://nowhere.invalid", &["feed.backoff_first_ms=200"])
}

fn ends_soon(session: Process) {
    let begun = now();
    session.interrupt();
    assert!(begun.elapsed() < AT_ONCE, "{:?}", begun.elapsed());
    promptly("a session that looks for a host ends", begun.elapsed(), STOP);
}
