//! Who reaches the debugging port of a browser: this machine at 127.0.0.1, and nobody else.

use std::fs;
use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use replayer::live::browser::{How, State};
use tempfile::TempDir;

use super::devtools::{port_of, tabs};
use super::processes::{browser_of, listening_sockets, until_gone};
use super::site::TestSite;
use super::watcher::Watcher;
use super::{impatient, launch, turn};
use crate::machine::Turn;
use crate::waiting::until;

/// The addresses of lines to other networks: 198.18.0.0/16.
const LINES: u32 = 0xC612_0000;
const LINES_MASK: u32 = 0xFFFF_0000;

/// A browser of ours that is at a site, and its port.
struct Stage {
    watcher: Watcher,
    profile: PathBuf,
    port: u16,
    _site: TestSite,
    _place: TempDir,
    _turn: Turn,
}

impl Stage {
    fn open() -> Option<Self> {
        let turn = turn()?;
        let place = tempfile::tempdir().unwrap();
        let profile = place.path().join("profile");
        let site = TestSite::start();
        let watcher = Watcher::start(impatient(&site, How::Launch(launch(&profile))));
        watcher.state(State::Ready);
        let port = port_of(&profile.join("data")).unwrap();
        Some(Self { watcher, profile, port, _site: site, _place: place, _turn: turn })
    }

    /// Ends it, after it has answered here once more.
    fn close(self) {
        assert!(!tabs(self.port).is_empty(), "who is here reaches it");
        self.watcher.stop().unwrap();
        until_gone(&self.profile);
    }
}

/// The addresses of this machine, but 127.0.0.1 and those that are good for one link only.
fn other_addresses() -> Vec<IpAddr> {
    let (mut last, mut found) = (None, Vec::new());
    for line in fs::read_to_string("/proc/net/fib_trie").unwrap_or_default().lines() {
        match line.trim().strip_prefix("|-- ") {
            Some(address) => last = address.parse::<Ipv4Addr>().ok().map(IpAddr::V4),
            None if line.trim() == "/32 host LOCAL" => found.extend(last),
            None => {}
        }
    }
    for line in fs::read_to_string("/proc/net/if_inet6").unwrap_or_default().lines() {
        let number = u128::from_str_radix(line.split(' ').next().unwrap(), 16).unwrap();
        let address = Ipv6Addr::from_bits(number);
        found.extend((!address.is_unicast_link_local()).then_some(IpAddr::V6(address)));
    }
    found.sort_unstable();
    found.dedup();
    found.retain(|&address| address != Ipv4Addr::LOCALHOST && !is_of_a_line(address));
    found
}

/// Lines to other networks come and go with their tests: their addresses are nobody's (RFC 2544).
fn is_of_a_line(address: IpAddr) -> bool {
    matches!(address, IpAddr::V4(address) if address.to_bits() & LINES_MASK == LINES)
}

/// The addresses of the two ends of a line: four to each process.
pub(crate) fn line_of(pid: u32) -> [Ipv4Addr; 2] {
    let line = LINES | (pid % 0x4000) << 2;
    [1, 2].map(|end| Ipv4Addr::from_bits(line | end))
}

/// Another network, with a line to this one.
struct Elsewhere {
    keeper: Child,
    /// Our end of the line.
    here: Ipv4Addr,
}

impl Elsewhere {
    /// None where networks may not be made, which is said.
    fn open() -> Option<Self> {
        let opened = Self::try_open(Command::new("unshare").args(["--net", "--", "cat"]));
        if let Err(why) = &opened {
            eprintln!("skipped: no other network can be made here: {why}");
        }
        opened.ok()
    }

    fn try_open(keeper: &mut Command) -> Result<Self, String> {
        // Ends with us, as its stdin does, and the network and the line with it.
        let keeper = keeper.stdin(Stdio::piped()).stderr(Stdio::null()).spawn();
        let keeper = keeper.map_err(|error| format!("unshare: {error}"))?;
        let pid = keeper.id();
        let [here, there] = line_of(pid);
        let elsewhere = Self { keeper, here };
        let own = fs::read_link("/proc/self/ns/net").unwrap();
        until("unshare has made a network, or is over", || {
            // That of a zombie cannot be read.
            fs::read_link(format!("/proc/{pid}/ns/net")).map_or(true, |network| network != own)
        });
        let name = format!("line{pid}");
        let pid = pid.to_string();
        let (here, there) = (format!("{here}/30"), format!("{there}/30"));
        let ours = |words: &[&str]| carried_out(Command::new("ip").args(words));
        let theirs = |words: &[&str]| carried_out(elsewhere.command("ip").args(words));
        ours(&["link", "add", &name, "type", "veth", "peer", "name", "line", "netns", &pid])?;
        ours(&["address", "add", &here, "dev", &name])?;
        ours(&["link", "set", &name, "up"])?;
        theirs(&["address", "add", &there, "dev", "line"])?;
        theirs(&["link", "set", "line", "up"])?;
        theirs(&["link", "set", "lo", "up"])?;
        let gate = elsewhere.here.to_string();
        theirs(&["route", "add", "default", "via", &gate])?;
        Ok(elsewhere)
    }

    /// A program that is to run there.
    fn command(&self, program: &str) -> Command {
        let mut command = Command::new("nsenter");
        command.arg(format!("--net=/proc/{}/ns/net", self.keeper.id())).args(["--", program]);
        command
    }

    /// Whether a port can be connected to from there; if not, it is refused and nothing else.
    fn reaches(&self, address: IpAddr, port: u16) -> bool {
        let script = "exec 3<>/dev/tcp/$0/$1";
        let mut command = self.command("bash");
        command.args(["-c", script, &address.to_string(), &port.to_string()]);
        let tried = carried_out(&mut command);
        if let Err(why) = &tried {
            assert!(why.contains("Connection refused"), "{address}:{port}: {why}");
        }
        tried.is_ok()
    }
}

impl Drop for Elsewhere {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
    }
}

/// Runs a program; what it says of a failure.
fn carried_out(command: &mut Command) -> Result<(), String> {
    let output = command.output().map_err(|error| format!("{command:?}: {error}"))?;
    match output.status.success() {
        true => Ok(()),
        false => Err(format!("{command:?}: {}", String::from_utf8_lossy(&output.stderr))),
    }
}

#[test]
fn the_debugging_port_is_open_at_one_address_of_this_machine_and_at_no_other() {
    let Some(stage) = Stage::open() else { return };
    let port = stage.port;
    let listening = listening_sockets(browser_of(&stage.profile).unwrap());
    assert_eq!(listening, [format!("0100007F:{port:04X}")]);
    let mut others = other_addresses();
    others.push(IpAddr::from([127, 0, 0, 2]));
    eprintln!("refused at {others:?}");
    for address in others {
        let error = TcpStream::connect((address, port)).map(drop).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionRefused, "{address}:{port}: {error}");
    }
    stage.close();
}

#[test]
fn nobody_in_another_network_reaches_the_debugging_port() {
    let Some(elsewhere) = Elsewhere::open() else { return };
    let Some(stage) = Stage::open() else { return };
    let listener = TcpListener::bind("0.0.0.0:0").unwrap();
    let open = listener.local_addr().unwrap().port();
    let mut addresses = other_addresses();
    addresses.retain(IpAddr::is_ipv4);
    addresses.push(elsewhere.here.into());
    for address in addresses {
        // The way is there: what listens at all addresses is reached on it.
        assert!(elsewhere.reaches(address, open), "{address}");
        assert!(!elsewhere.reaches(address, stage.port), "{address}");
        eprintln!("from another network: {address} is reached, its debugging port is not");
    }
    assert!(!elsewhere.reaches(Ipv4Addr::LOCALHOST.into(), stage.port), "its own loopback");
    stage.close();
}
