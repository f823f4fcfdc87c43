//! Every end of an armed session says what is open, and by choice sells it, once.

use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};

use replayer::demo::demo_site::{self, DemoSiteHandle};
use replayer::live::orders::EarlierOrders;
use rustix::process::Signal;
use serde_json::Value;

use crate::browser::processes::{signal, until_gone};
use crate::browser::turn;
use crate::demo_site::brief;
use crate::demo_site::visitor::{account, counts};
use crate::program::replayer;
use crate::waiting::until;

/// A demo site, a scenario for it, and folders for the browser and for sessions.
pub(super) struct Stand {
    place: tempfile::TempDir,
    pub(super) profile: PathBuf,
    pub(super) site: DemoSiteHandle,
    _turn: crate::machine::Turn,
}

/// Whether the site says that something is held, or a sidebet is open.
pub(in crate::live) fn is_held(there: &Value) -> bool {
    // Zero may have decimals.
    there["quantity"].as_str().unwrap().parse::<f64>().unwrap() != 0.0
        || !there["sidebet"].is_null()
}

/// A session that has ended: its exit code, and what it said.
pub(super) struct Ended {
    pub(super) code: Option<i32>,
    pub(super) said: String,
    pub(super) told: String,
}

impl Stand {
    /// A site at a speed, and a bot for it.
    pub(super) fn open(speed: f64, bot: &str) -> Option<Self> {
        let turn = turn()?;
        let own = fs::Permissions::from_mode(0o700);
        let place = tempfile::Builder::new().permissions(own).tempdir().unwrap();
        let site = demo_site::start(brief(speed)).unwrap();
        let scenario = format!(
            "Scenario(name: \"held\", seed: 7, source: Browser(url: \"{}\"), bankroll: PerGame(1), \
             bots: [(id: \"me\", strategy: {bot})])",
            site.url()
        );
        fs::write(place.path().join("held.ron"), scenario).unwrap();
        let profile = place.path().join("profile");
        Some(Self { place, profile, site, _turn: turn })
    }

    pub(super) fn folder(&self) -> &Path {
        self.place.path()
    }

    /// Starts an armed session in a folder.
    pub(super) fn start(&self, out: &str, more: &[&str]) -> Child {
        let file = |name: &str| File::create(self.folder().join(name)).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_replayer"));
        command.current_dir(self.folder()).args(["live", "held.ron", "--json", "--armed"]);
        command.args(["--max-stake", "0.1", "--max-loss", "9", "--max-orders-per-minute", "10000"]);
        command.args(["--profile-folder", self.profile.to_str().unwrap(), "--out", out]);
        command.args(["--kill-socket", self.socket().to_str().unwrap()]);
        if rustix::process::geteuid().is_root() {
            command.arg("--no-sandbox");
        }
        command.args(more).stdout(file("said")).stderr(file("told")).spawn().unwrap()
    }

    /// Waits for the end of a session, and of its browser.
    pub(super) fn end(&self, mut child: Child) -> Ended {
        until("it ends", || child.try_wait().unwrap().is_some());
        let code = child.wait().unwrap().code();
        until_gone(&self.profile);
        Ended { code, said: self.text("said"), told: self.text("told") }
    }

    fn text(&self, name: &str) -> String {
        fs::read_to_string(self.folder().join(name)).unwrap()
    }

    fn socket(&self) -> PathBuf {
        self.folder().join("kill.sock")
    }

    /// What the journal in a folder says.
    pub(super) fn orders(&self, out: &str) -> EarlierOrders {
        let bytes = fs::read(self.folder().join(out).join("orders.jsonl")).unwrap();
        EarlierOrders::read(&bytes).unwrap().0
    }

    fn report(&self, out: &str) -> Value {
        let bytes = fs::read(self.folder().join(out).join("live.json")).unwrap();
        serde_json::from_slice(&bytes).unwrap()
    }

    fn is_held(&self) -> bool {
        counts(&self.site.url(), "demo").is_some_and(|there| is_held(&there))
    }

    /// Waits until the site says that something is held.
    fn until_held(&self) {
        until("something is held", || self.is_held());
    }

    /// How many sales arrived at the site.
    fn sales(&self) -> usize {
        let there = account(&self.site.url(), "demo");
        let arrived = there["arrived"].as_array().unwrap().iter();
        arrived.filter(|text| text.as_str().unwrap().starts_with("sellOrder")).count()
    }
}

#[test]
fn what_is_open_is_said_at_every_end_and_sold_once_where_that_is_wanted() {
    let Some(stand) = Stand::open(6.0, "HoldToTarget(stake: 0.05, target: 1000)") else { return };
    // A rug may be faster than the signal: then there is nothing to sell, and another try.
    let sold = (0..20).find(|attempt| {
        let (out, before) = (format!("sold-{attempt}"), counts(&stand.site.url(), "demo"));
        let before = before.map_or(0, |_| stand.sales());
        until("what is held is over", || !stand.is_held());
        let session = stand.start(&out, &["--on-stop", "sell"]);
        stand.until_held();
        signal(session.id(), Signal::INT);
        let ended = stand.end(session);
        assert_eq!(ended.code, Some(130), "{}", ended.told);
        let sales = stand.sales() - before;
        assert!(sales <= 1, "never twice: {}", ended.told);
        let is_sold = ended.told.contains("on stop: what was held is sold");
        assert!(is_sold || ended.told.contains("on stop: "), "{}", ended.told);
        if is_sold {
            assert_eq!(sales, 1);
            assert!(ended.told.contains("nothing is open"), "{}", ended.told);
            assert_eq!(stand.report(&out)["open"]["quantity"], "0.000000000");
            let [done, ..] = stand.orders(&out).counts();
            assert!(done >= 2, "the buy and the sale: {}", ended.told);
        }
        is_sold
    });
    assert!(sold.is_some(), "never sold");

    let notices = stand.folder().join("notices");
    let tell = stand.folder().join("tell");
    fs::write(&tell, format!("#!/bin/sh\ncat >> {}\n", notices.display())).unwrap();
    fs::set_permissions(&tell, fs::Permissions::from_mode(0o700)).unwrap();
    let notify = format!("notify.command=[\"{}\"]", tell.display());
    let killed = (0..20).find(|attempt| {
        let out = format!("killed-{attempt}");
        until("what is held is over", || !stand.is_held());
        let session = stand.start(&out, &["--set", &notify]);
        // Until the fill is known here, too.
        until("a fill is told", || stand.text("said").contains("\"outcome\":\"filled\""));
        let socket = stand.socket();
        let kill = replayer(stand.folder(), &["kill", socket.to_str().unwrap(), "--json"]);
        let answer: Value = serde_json::from_slice(&kill.stdout).unwrap();
        let ended = stand.end(session);
        assert_eq!(ended.code, Some(5), "{}", ended.told);
        assert!(ended.told.contains("the session was disarmed: killed on the socket"));
        let report = stand.report(&out);
        assert_eq!(answer["switch"], "off", "{answer}");
        let is_open = |open: &Value| open["quantity"] != "0.000000000";
        let is_it = is_open(&answer["open"]) && is_open(&report["open"]);
        if is_it {
            for said in [answer["open"]["text"].as_str().unwrap(), &ended.told] {
                assert!(
                    said.contains("OPEN: quantity") && said.contains("By hand: sell"),
                    "{said}"
                );
            }
            assert_eq!(report["open"]["cost"], "0.050000000", "{report}");
            let open = ended.said.lines().any(|line| line.starts_with("{\"event\":\"open\""));
            let fill = ended.said.lines().any(|line| line.contains("\"outcome\":\"filled\""));
            assert!(open && fill, "{}", ended.said);
            let told = fs::read_to_string(&notices).unwrap();
            assert!(told.contains("\"outcome\":\"filled\""), "{told}");
        }
        is_it
    });
    assert!(killed.is_some(), "never held when it was killed");
}
