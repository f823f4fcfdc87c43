//! A real Prometheus that scrapes a session.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;

use serde_json::Value;

use super::{Watched, get, program};
use crate::machine::port;
use crate::waiting::until;

/// A Prometheus with our rules, on a free port.
struct Prometheus {
    child: Child,
    address: SocketAddr,
}

impl Prometheus {
    fn start(program: &str, folder: &Path, target: SocketAddr) -> Self {
        let rules = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/operations/alerts.yml");
        let config = format!(
            "global: {{scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 200ms}}\n\
             rule_files: [{rules:?}]\n\
             scrape_configs:\n- job_name: replayer\n  static_configs: [{{targets: [\"{target}\"]}}]\n"
        );
        std::fs::write(folder.join("prometheus.yml"), config).unwrap();
        let address = SocketAddr::from(([127, 0, 0, 1], port()));
        let mut command = Command::new(program);
        command.args(["--config.file=prometheus.yml", "--storage.tsdb.path=data"]);
        command.arg(format!("--web.listen-address={address}")).current_dir(folder);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let mut said = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
        let mut words = Vec::new();
        let ready = said.by_ref().any(|line| {
            words.push(line);
            words.last().is_some_and(|line| line.contains("ready to receive web requests"))
        });
        assert!(ready, "{words:?}");
        thread::spawn(move || said.for_each(drop));
        Self { child, address }
    }

    fn api(&self, path: &str) -> Value {
        let (status, body) = get(self.address, &format!("/api/v1/{path}"));
        assert_eq!(status, 200, "{body}");
        serde_json::from_str::<Value>(&body).unwrap()["data"].take()
    }

    /// What a query gives, once it gives something above a number.
    fn above(&self, query: &str, least: f64) -> f64 {
        let mut found = least;
        until(query, || {
            let data = self.api(&format!("query?query={query}"));
            let value = data["result"][0]["value"][1].as_str();
            found = value.map_or(least, |text| text.parse().unwrap());
            found > least
        });
        found
    }
}

impl Drop for Prometheus {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_real_prometheus_scrapes_a_session_and_knows_its_rules() {
    let Some(program) = program("prometheus") else { return };
    let (place, stores) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let watched = Watched::live(place.path());
    let prometheus = Prometheus::start(&program, stores.path(), watched.address());
    assert_eq!(prometheus.above("up", 0.0), 1.0);
    let ticks = prometheus.above("replayer_ticks_total", 0.0);
    assert!(prometheus.above("replayer_ticks_total", ticks) > ticks);
    assert!(prometheus.above("replayer_step_seconds_count", 0.0) > 0.0);
    let groups = prometheus.api("rules");
    let rules = groups["groups"][0]["rules"].as_array().unwrap();
    assert!(rules.len() > 8, "{groups}");
    for rule in rules {
        assert!(rule["health"] != "err", "{rule}");
    }
    // A scrape may be late on a busy machine.
    until("the target is up and nothing was wrong with it", || {
        let target = &prometheus.api("targets")["activeTargets"][0];
        target["health"] == "up" && target["lastError"] == ""
    });
    eprintln!("scraped {ticks} ticks and more from {}", watched.address());
}
