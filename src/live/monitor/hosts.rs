//! The names by which a monitor may be asked.
//!
//! A page that a person looks at can make their browser ask a monitor on their machine, by a name
//! that leads there (DNS rebinding): what it asks then bears that name.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

/// Names of hosts, in lower case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HostNames(Vec<String>);

impl HostNames {
    /// Whether a monitor that listens at an address answers to a host, given as `Host` has it: to
    /// this machine's own name, to the address, and to these names; at whatever port, as a tunnel
    /// may begin at another one.
    #[must_use]
    pub fn admit(&self, host: &str, listens: SocketAddr) -> bool {
        let Some(name) = name_of(host) else { return false };
        if let Ok(ip) = name.trim_matches(['[', ']']).parse::<IpAddr>() {
            // No name leads to it: nobody was led here. At `0.0.0.0` it has many addresses.
            let any = listens.ip().is_unspecified();
            return any || ip.is_loopback() || ip == listens.ip();
        }
        name == "localhost" || self.0.contains(&name)
    }
}

/// A host without its port, in lower case; `None` where it is none.
fn name_of(host: &str) -> Option<String> {
    let (name, port) = match host.rsplit_once(':') {
        // The last part of an IPv6 address is not a port.
        Some((name, port)) if !port.ends_with(']') => (name, port),
        _ => (host, "0"),
    };
    let is_name = |sign: char| sign.is_ascii_alphanumeric() || "-._[:]".contains(sign);
    let sound = !name.is_empty() && name.chars().all(is_name) && port.parse::<u16>().is_ok();
    sound.then(|| name.trim_end_matches('.').to_ascii_lowercase())
}

impl FromStr for HostNames {
    type Err = String;

    /// # Errors
    /// Which of the names, which commas separate, is none.
    fn from_str(text: &str) -> Result<Self, String> {
        let names = text.split(',').map(str::trim).filter(|name| !name.is_empty());
        let name = |name: &str| match name_of(name) {
            Some(host) if !name.contains(':') => Ok(host),
            _ => Err(format!("{name:?} is not the name of a host")),
        };
        names.map(name).collect::<Result<_, _>>().map(Self)
    }
}

impl fmt::Display for HostNames {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_monitor_answers_to_its_own_names_and_to_those_that_are_set() {
        let names: HostNames = "Monitor.example, box".parse().unwrap();
        assert_eq!(names.to_string(), "monitor.example,box");
        let here = "127.0.0.1:9750".parse().unwrap();
        for host in [
            "localhost",
            "LOCALHOST:9750",
            "localhost.:1",
            "127.0.0.1",
            "127.0.0.1:80",
            "127.8.8.8:9750",
            "[::1]:9750",
            "monitor.example:443",
            "BOX",
        ] {
            assert!(names.admit(host, here), "{host}");
        }
        for host in [
            "",
            ":9750",
            "evil.example",
            "localhost.evil.example",
            "monitor.example.evil.example",
            "127.0.0.1.evil.example",
            "192.0.2.1:9750",
            "localhost:port",
            "localhost:99999",
            "localhost/evil",
            "evil@localhost",
        ] {
            assert!(!names.admit(host, here), "{host}");
        }
        let public = "192.0.2.1:9750".parse().unwrap();
        assert!(names.admit("192.0.2.1:9750", public) && !names.admit("192.0.2.2", public));
        let everywhere = "0.0.0.0:9750".parse().unwrap();
        assert!(names.admit("192.0.2.2", everywhere) && !names.admit("evil.example", everywhere));
    }

    #[test]
    fn what_is_not_the_name_of_a_host_is_refused() {
        assert_eq!("".parse(), Ok(HostNames::default()));
        for text in ["a b", "a:1", "https://a", "a,*"] {
            assert!(text.parse::<HostNames>().is_err(), "{text}");
        }
    }
}
