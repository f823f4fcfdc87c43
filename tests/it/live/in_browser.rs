//! `replayer live --browser` as its users see it: on paper, in a dry run, armed, and refused.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Output;

use replayer::demo::demo_site::{self, DemoSiteHandle};
use replayer::model::sol::Sol;
use serde_json::Value;

use super::armed::account_cash;
use super::orders::is_held;
use crate::browser::processes::until_gone;
use crate::browser::turn;
use crate::demo_site::brief;
use crate::demo_site::visitor::account;
use crate::program::{replayer, stderr, stdout};
use crate::waiting::until;

/// A scenario whose source is the page of a site.
const SCENARIO: &str = "Scenario(name: \"page\", seed: 7, source: Browser(url: \"URL\"), \
                        bankroll: PerGame(1), bots: [(id: \"a\", strategy: Aggressive())])";

const LIMITS: [&str; 7] =
    ["--armed", "--max-stake", "0.1", "--max-loss", "1", "--max-orders-per-minute", "10000"];

/// A demo site, a scenario for it, and a folder for the browser.
struct Booth {
    place: tempfile::TempDir,
    profile: PathBuf,
    site: DemoSiteHandle,
    _turn: crate::machine::Turn,
}

impl Booth {
    fn open() -> Option<Self> {
        let turn = turn()?;
        // The socket that ends all clicking lies in a folder of one's own.
        let own = std::fs::Permissions::from_mode(0o700);
        let place = tempfile::Builder::new().permissions(own).tempdir().unwrap();
        let site = demo_site::start(brief(20.0)).unwrap();
        let scenario = SCENARIO.replace("URL", &site.url());
        std::fs::write(place.path().join("page.ron"), scenario).unwrap();
        let profile = place.path().join("profile");
        Some(Self { place, profile, site, _turn: turn })
    }

    /// Plays some games into a folder; the browser leaves nothing behind.
    fn live(&self, more: &[&str]) -> Output {
        let profile = self.profile.to_str().unwrap();
        let data = format!("paths.data={}", self.folder().join("data").display());
        let mut all = vec!["live", "page.ron", "--profile-folder", profile, "--json"];
        all.extend(["--set", &data]);
        if rustix::process::geteuid().is_root() {
            all.push("--no-sandbox");
        }
        all.extend(more);
        let output = replayer(self.folder(), &all);
        until_gone(&self.profile);
        output
    }

    fn folder(&self) -> &Path {
        self.place.path()
    }

    /// How often the account staked something, by the site's own word.
    fn stakes(&self) -> usize {
        let account = account(&self.site.url(), "demo");
        let staking = ["buy", "sidebet_stake"];
        let postings = account["postings"].as_array().unwrap().iter();
        postings.filter(|it| staking.contains(&it["kind"].as_str().unwrap())).count()
    }

    /// What the loss record of the account says of all its sessions.
    fn in_all(&self) -> Value {
        let files = std::fs::read_dir(self.folder().join("data/accounts")).unwrap();
        let mut files = files.map(|entry| entry.unwrap().path());
        let record = files.find(|path| path.extension().is_some_and(|it| it == "losses")).unwrap();
        let text = std::fs::read_to_string(record).unwrap();
        let content: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
        content["in_all"].clone()
    }

    fn report(&self, folder: &str) -> Value {
        let path = self.folder().join(folder).join("live.json");
        serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
    }
}

#[test]
fn a_scenario_on_a_page_is_played_on_paper_and_shown_in_a_dry_run_with_pictures() {
    let Some(booth) = Booth::open() else { return };
    let paper = booth.live(&["--games", "2", "--out", "paper"]);
    assert_eq!(paper.status.code(), Some(0), "{paper:?}");
    assert_eq!(booth.report("paper")["clicking"], Value::Null);
    assert!(!stderr(&paper).contains("no connection"), "an end is not a loss: {paper:?}");
    // The account is there since the page was first looked at.
    let before = account_cash(&booth.site.url());

    let shown = ["--dry-run", "--pictures", "pictures", "--games", "4", "--out", "dry"];
    let shown = booth.live(&shown);
    assert_eq!(shown.status.code(), Some(0), "{shown:?}");
    let clicking = &booth.report("dry")["clicking"];
    assert_eq!((&clicking["done"], &clicking["unknown"]), (&0.into(), &0.into()), "{clicking}");
    assert!(clicking["shown"].as_u64() > Some(3), "{clicking}");
    let pictures = std::fs::read_dir(booth.folder().join("pictures")).unwrap();
    let mut pictures = pictures.map(|entry| std::fs::read(entry.unwrap().path()).unwrap());
    assert!(pictures.all(|picture| picture.starts_with(b"\x89PNG")));
    // Nothing was clicked: the account is as it was.
    assert_eq!(account_cash(&booth.site.url()), before);
    let replayed = replayer(booth.folder(), &["run", "dry/replay.ron", "--no-journal"]);
    assert_eq!(replayed.status.code(), Some(0), "{replayed:?}");
    let digest = stdout(&shown).lines().last().unwrap();
    let digest: Value = serde_json::from_str(digest).unwrap();
    let digest = digest["digest"].as_str().unwrap();
    assert!(stdout(&replayed).contains(digest), "filled on paper as in the recording");
}

#[test]
fn an_armed_session_trades_with_the_account_and_a_reached_limit_ends_it_with_a_code_of_its_own() {
    let Some(booth) = Booth::open() else { return };
    let socket = booth.folder().join("kill.sock");
    let socket = socket.to_str().unwrap();
    let arguments =
        [&LIMITS[..], &["--games", "3", "--out", "armed", "--kill-socket", socket]].concat();
    let armed = booth.live(&arguments);
    assert_eq!(armed.status.code(), Some(0), "{armed:?}");
    let clicking = &booth.report("armed")["clicking"];
    assert!(clicking["done"].as_u64() > Some(3), "{clicking}");
    assert_eq!((&clicking["unknown"], &clicking["disarmed"]), (&0.into(), &Value::Null));
    let last = stdout(&armed).lines().filter(|line| line.contains("\"cash\"")).count();
    assert!(last > 0, "{armed:?}");
    assert!(stderr(&armed).contains("ARMED: clicks in http://127.0.0.1"), "{armed:?}");
    // Each fill is on the disk, and was told.
    let journal = std::fs::read_to_string(booth.folder().join("armed/orders.jsonl")).unwrap();
    let filled = |text: &str, what: &str| text.lines().filter(|line| line.contains(what)).count();
    assert_eq!(clicking["done"], filled(&journal, "\"event\":\"filled\""));
    assert_eq!(clicking["done"], filled(stdout(&armed), "\"outcome\":\"filled\""));
    assert_eq!(booth.report("armed")["open"]["to_do"], "");

    // The losses of the account are on the disk, and are those that the site knows of; what was
    // still open when the session ended counts as lost.
    let before = booth.in_all();
    let lost: Sol = before["lost"].as_str().unwrap().parse().unwrap();
    let began: Sol = clicking["began_with"].as_str().unwrap().parse().unwrap();
    let at_site = began.minus(account_cash(&booth.site.url())).unwrap();
    assert!(lost >= at_site, "{before}: {at_site} are lost at the site");

    // Orders of the account go on being counted in its next session.
    let stakes = booth.stakes();
    let two_more = before["orders"].as_u64().unwrap() + 2;
    let two_more = format!("limits.account_max_orders={two_more}");
    let few = ["--set", &two_more, "--games", "3", "--out", "few", "--kill-socket", socket];
    let few = booth.live(&[&LIMITS[..], &few].concat());
    assert_eq!(few.status.code(), Some(5), "{few:?}");
    assert!(stderr(&few).contains("the session was disarmed: "), "{few:?}");
    assert!(stderr(&few).contains("orders were sent with this account"), "{few:?}");
    // What was bought may be sold, whatever the limit.
    assert_eq!(booth.stakes() - stakes, 2);

    // By choice it goes on on paper, and ends as it ends; what is held is over before it begins.
    until("nothing is held", || !is_held(&account(&booth.site.url(), "demo")));
    let stakes = booth.stakes();
    let stay = ["--max-orders", "1", "--stay", "--games", "3", "--out", "stay"];
    let stay = booth.live(&[&LIMITS[..], &stay, &["--kill-socket", socket]].concat());
    assert_eq!(stay.status.code(), Some(0), "{stay:?}");
    assert_eq!(booth.stakes() - stakes, 1);
    assert!(stdout(&stay).contains("{\"event\":\"on_paper\"}"), "{stay:?}");
    let rejections = std::fs::read_to_string(booth.folder().join("stay/refusals.csv")).unwrap();
    let why = "orders were sent in this session, and the limit is 1";
    assert!(rejections.contains(why), "{rejections}");
    assert!(stdout(&stay).contains(why), "{stay:?}");
    let evidence = std::fs::read_dir(booth.folder().join("stay/evidence")).unwrap();
    let evidence = evidence.map(|entry| entry.unwrap().path()).next().unwrap();
    let frames = std::fs::read_to_string(evidence.join("frames.jsonl")).unwrap();
    assert!((1..=50).contains(&frames.lines().count()) && !frames.contains("did:"), "{frames}");
    let controls = std::fs::read_to_string(evidence.join("controls.html")).unwrap();
    assert!(controls.contains("<button"), "{controls}");
    assert!(std::fs::read(evidence.join("controls.png")).unwrap().starts_with(b"\x89PNG"));
}

#[test]
fn a_session_without_limits_or_a_page_is_not_armed() {
    let place = tempfile::tempdir().unwrap();
    let all = ["live", "quickstart", "--browser", "--url", "http://127.0.0.1:1/"];
    for lacking in [1, 3, 5] {
        let mut given = LIMITS.to_vec();
        if lacking > 0 {
            given.drain(lacking..lacking + 2);
        }
        let output = replayer(place.path(), &[&all[..], &given].concat());
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        assert!(stderr(&output).contains(LIMITS[lacking]), "{output:?}");
    }
    for (more, wanted) in [
        (&["--max-stake", "0.1"][..], "--armed"),
        (&["--armed", "--dry-run"], "cannot be used with"),
        (&["--feed", "http://127.0.0.1:1"], "cannot be used with"),
    ] {
        let output = replayer(place.path(), &[&all[..], more].concat());
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        assert!(stderr(&output).contains(wanted), "{output:?}");
    }
    let feed = ["live", "quickstart", "--feed", "http://127.0.0.1:1"];
    let output = replayer(place.path(), &[&feed[..], &LIMITS].concat());
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(stderr(&output).contains("browser options need a page to follow"), "{output:?}");
}
