//! Processes as the system knows them: whose profile they have, whose children they are.

use std::fs;
use std::path::Path;

use rustix::process::{Pid, Signal, kill_process};

use crate::waiting::until;

/// The browser of a profile, by the lock that it keeps.
pub(crate) fn browser_of(profile: &Path) -> Option<u32> {
    let link = fs::read_link(profile.join("data/SingletonLock")).ok()?;
    link.to_str()?.rsplit_once('-')?.1.parse().ok()
}

/// Sends a signal to a process of this test.
pub(crate) fn signal(pid: u32, signal: Signal) {
    let pid = Pid::from_raw(i32::try_from(pid).unwrap()).unwrap();
    kill_process(pid, signal).unwrap();
}

/// Every process that is not a zombie and has a text among its arguments.
pub(crate) fn with_argument(text: &str) -> Vec<u32> {
    let has = |pid: &u32| {
        fs::read(format!("/proc/{pid}/cmdline"))
            .is_ok_and(|line| String::from_utf8_lossy(&line).contains(text))
    };
    all().filter(has).collect()
}

/// The addresses at which a process listens, as the system writes them.
pub(crate) fn listening_sockets(pid: u32) -> Vec<String> {
    let handles = fs::read_dir(format!("/proc/{pid}/fd")).unwrap().flatten();
    let owned: Vec<String> = handles
        .filter_map(|handle| Some(fs::read_link(handle.path()).ok()?.to_str()?.to_owned()))
        .collect();
    let tables = ["tcp", "tcp6"].map(|name| fs::read_to_string(format!("/proc/{pid}/net/{name}")));
    let mut found = Vec::new();
    for line in tables.iter().flatten().flat_map(|table| table.lines().skip(1)) {
        let columns: Vec<_> = line.split_whitespace().collect();
        let listens = columns[3] == "0A";
        if listens && owned.contains(&format!("socket:[{}]", columns[9])) {
            found.push(columns[1].to_owned());
        }
    }
    found
}

/// Zombies of browsers whose parent is this process.
pub(crate) fn own_zombies() -> Vec<u32> {
    let ours = |pid: &u32| {
        let Ok(stat) = fs::read_to_string(format!("/proc/{pid}/stat")) else { return false };
        let Some((name, rest)) = stat.rsplit_once(") ") else { return false };
        let mut rest = rest.split(' ');
        name.contains("(chrom")
            && rest.next() == Some("Z")
            && rest.next() == Some(&std::process::id().to_string())
    };
    all().filter(ours).collect()
}

fn all() -> impl Iterator<Item = u32> {
    fs::read_dir("/proc")
        .unwrap()
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
}

/// Waits until no process of a profile is left, no zombie of ours, and no lock.
pub(crate) fn until_gone(profile: &Path) {
    let folder = profile.to_str().unwrap();
    until("all processes of the profile are gone", || with_argument(folder).is_empty());
    until("no zombie is left", || own_zombies().is_empty());
    assert!(fs::symlink_metadata(profile.join("data/SingletonLock")).is_err(), "a lock is left");
}
