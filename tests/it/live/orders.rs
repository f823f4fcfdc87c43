//! The journal of orders: what is in it after any end, on any disk, and what is told from it.

mod ends;
mod killed;
mod notified;
mod panics;

use std::fs;
use std::io::{self, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicBool, AtomicUsize};
use std::sync::{Arc, Mutex};

use crossbeam_channel::{Receiver, bounded};
use replayer::base::runtime::{Runtime, Shutdown};
use replayer::engine::venue::execution::{
    AccountSnapshot, Execution, OrderId, OrderRequest, OrderStatus, Timing,
};
use replayer::feed::record::Growing;
use replayer::live::browser::ArmSwitch;
use replayer::live::browser::kill::KillSwitch;
use replayer::live::orders::{
    EarlierOrders, Holdings, Learned, Market, OrderEvent, OrderJournal, OrderLog, Outcome, open,
};
use replayer::model::ids::GameId;
use replayer::model::order::{Action, Fill};
use replayer::model::price::Price;
use replayer::model::quantity::Quantity;
use replayer::model::quote::Phase;
use replayer::model::sol::Sol;
use replayer::model::time::Stamp;
use rustix::process::Signal;

pub(super) use ends::is_held;

use crate::browser::processes::signal;
use crate::program::{json, replayer, stderr, stdout};
use crate::waiting::{PATIENCE, until};

fn account(cash: i64, held: u128) -> AccountSnapshot {
    let quantity = Quantity::from_billionths(held * 1_000_000).unwrap();
    AccountSnapshot { cash: Sol::milli(cash), quantity, arrived: Stamp::default() }
}

fn request(id: u64, action: Action) -> OrderRequest {
    OrderRequest { id: OrderId::new(id), action, game: GameId::new("g").unwrap(), tick: 3 }
}

const BUY: Action = Action::Buy { stake: Sol::milli(10) };

fn bought() -> OrderStatus {
    let quantity = Quantity::from_billionths(5_000_000).unwrap();
    let fill = Fill::Bought { stake: Sol::milli(10), quantity };
    let price = Price::new(2.0).unwrap();
    OrderStatus::Filled(Execution { fill, tick: 4, price, timing: Timing::default() })
}

/// Sends an order and notes its click, as the executor does.
fn click(log: &OrderLog, id: u64, before: AccountSnapshot) -> OrderRequest {
    let request = request(id, BUY);
    let (told, written) = bounded(1);
    log.sent(&request, Some(before), move |outcome| told.send(outcome).unwrap());
    assert_eq!(written.recv_timeout(PATIENCE).unwrap(), Ok(()));
    log.learned(request.id, Learned::Set { us: 10 });
    log.learned(request.id, Learned::Click { us: 20, before: Holdings::from(before) });
    request
}

/// The log of a session that goes on with a journal.
fn session(path: &Path) -> OrderLog {
    let (file, earlier) = open(path).unwrap();
    let journal = OrderJournal::begin(file, &earlier).unwrap();
    OrderLog::new("me".to_owned(), Some((journal, earlier)), None, None)
}

/// Plays a session of four orders: done, refused, unknown, and one of which only the click is
/// known.
fn play(path: &Path) {
    let log = session(path);
    let first = click(&log, 1, account(1_000, 0));
    log.learned(first.id, Learned::Asked);
    log.learned(first.id, Learned::Acknowledged { accepted: true, why: None });
    log.finished(&first, &bought());
    let second = click(&log, 2, account(990, 5));
    log.finished(&second, &OrderStatus::Rejected("the site refused: \"no\"\n".to_owned()));
    let third = click(&log, 3, account(990, 5));
    log.finished(&third, &OrderStatus::Unknown("no word".to_owned()));
    click(&log, 4, account(990, 5));
    assert_eq!(log.close().unwritten, 0);
    drop(log);
    until("the writer is gone", || open(path).is_ok());
}

/// What a journal says of each order: its number, and its outcome in one word.
fn outcomes(earlier: &EarlierOrders) -> Vec<(u64, &'static str)> {
    let word = |outcome: &Outcome| match outcome {
        Outcome::Done(_) => "done",
        Outcome::Refused(_) => "refused",
        Outcome::Unknown(_) => "unknown",
    };
    earlier.orders.iter().map(|order| (order.order, word(&order.outcome))).collect()
}

#[test]
fn a_writer_that_is_killed_at_any_byte_loses_no_order_and_invents_none() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("orders.jsonl");
    play(&path);
    let whole = fs::read(&path).unwrap();
    let text = String::from_utf8(whole.clone()).unwrap();
    let all = [(1, "done"), (2, "refused"), (3, "unknown"), (4, "unknown")];
    for cut in 0..=whole.len() {
        let lines = text[..cut].rfind('\n').map_or("", |last| &text[..=last]);
        let stands = |order: u64, event: &str| {
            let order = format!("\"order\":{order},");
            lines.lines().any(|line| line.contains(&order) && line.contains(event))
        };
        let wanted: Vec<_> = all
            .into_iter()
            .filter(|(order, _)| stands(*order, "\"event\":\"sent\""))
            .map(|(order, outcome)| match outcome {
                "done" if !stands(order, "\"event\":\"filled\"") => (order, "unknown"),
                "refused" if !stands(order, "\"event\":\"refused\"") => (order, "unknown"),
                outcome => (order, outcome),
            })
            .collect();
        let (earlier, left) = EarlierOrders::read(&whole[..cut]).unwrap();
        assert_eq!((outcomes(&earlier), left), (wanted, lines.len()), "cut at {cut}");
        if ![0, 1, 40].contains(&(cut - lines.len())) {
            continue;
        }
        // As a file: it is repaired, and goes on.
        let cut_off = place.path().join(format!("{cut}.jsonl"));
        fs::write(&cut_off, &whole[..cut]).unwrap();
        let (file, again) = open(&cut_off).unwrap();
        assert_eq!(again, earlier);
        assert_eq!(fs::read_to_string(&cut_off).unwrap(), lines, "cut at {cut}");
        let journal = OrderJournal::begin(file, &earlier).unwrap();
        assert_eq!(journal.session(), earlier.next_session());
        assert_eq!(journal.flush(PATIENCE), Some(0));
        let longer = fs::read(&cut_off).unwrap();
        assert_eq!(EarlierOrders::read(&longer).unwrap().1, longer.len());
    }
}

#[test]
fn the_account_settles_what_was_unknown_once_and_the_journal_keeps_it() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("orders.jsonl");
    play(&path);
    let log = session(&path);
    assert!(log.has_unsettled());
    // As before the last two: neither was carried out.
    log.stated(&account(990, 5));
    log.stated(&account(1, 1));
    let settled: Vec<_> = log.events().collect();
    assert_eq!(settled.len(), 2, "{settled:?}");
    for event in settled {
        let OrderEvent::Settled(order) = event else { panic!("{event:?}") };
        assert!(matches!(&order.outcome, Outcome::Refused(why) if why.contains("as it was")));
    }
    assert_eq!(log.close().unwritten, 0);
    let earlier = EarlierOrders::read(&fs::read(&path).unwrap()).unwrap().0;
    let wanted = [(1, "done"), (2, "refused"), (3, "refused"), (4, "refused")];
    assert_eq!(outcomes(&earlier), wanted);
}

#[test]
fn a_journal_that_is_in_use_damaged_or_of_a_later_version_is_refused_and_left_as_it_is() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("orders.jsonl");
    let log = session(&path);
    let error = open(&path).unwrap_err().to_string();
    let process = std::process::id();
    assert!(error.contains(&format!("is in use by process {process}")), "{error}");
    assert_eq!(log.close().unwritten, 0);
    let head = fs::read_to_string(&path).unwrap();
    for (text, wanted) in [
        (format!("{head}nonsense\n{head}"), "line 2 is damaged"),
        (head.replace("\"orders\":1", "\"orders\":2"), "later version"),
        ("{\"session\":1,\"order\":1,\"at\":0,\"event\":\"asked\"}\n".to_owned(), "not the head"),
    ] {
        let other = place.path().join("other.jsonl");
        fs::write(&other, &text).unwrap();
        let error = open(&other).unwrap_err().to_string();
        assert!(error.contains(wanted), "{error}");
        assert_eq!(fs::read_to_string(&other).unwrap(), text);
    }
    let link = place.path().join("link.jsonl");
    std::os::unix::fs::symlink(&path, &link).unwrap();
    assert!(open(&link).is_err(), "links are not followed");
}

/// A disk that is full or hangs when it is told to.
struct Bad {
    written: Arc<Mutex<Vec<u8>>>,
    is_full: Arc<AtomicBool>,
    syncs: Arc<AtomicUsize>,
    /// A sync waits for this.
    hang: Receiver<()>,
}

impl Write for Bad {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let is_full = self.is_full.load(Relaxed);
        // Of what does not fit, a part is written.
        let some = if is_full { bytes.len() / 2 } else { bytes.len() };
        if some == 0 {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.written.lock().unwrap().extend(&bytes[..some]);
        Ok(some)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Growing for Bad {
    fn sync(&mut self) -> io::Result<()> {
        let _ = self.hang.recv();
        self.syncs.fetch_add(1, Relaxed);
        Ok(())
    }

    fn truncate(&mut self, bytes: u64) -> io::Result<()> {
        self.written.lock().unwrap().truncate(usize::try_from(bytes).unwrap());
        Ok(())
    }
}

#[test]
fn on_a_full_disk_who_waits_is_told_and_when_there_is_room_every_line_is_there_once() {
    let (written, is_full) = (Arc::<Mutex<Vec<u8>>>::default(), Arc::<AtomicBool>::default());
    let (go, hang) = bounded::<()>(0);
    drop(go);
    let bad =
        Bad { written: written.clone(), is_full: is_full.clone(), syncs: Arc::default(), hang };
    let journal = OrderJournal::begin_on(Box::new(bad), 0, 1).unwrap();
    is_full.store(true, Relaxed);
    let (told, outcome) = bounded(1);
    let sent = Learned::sent("me", &request(1, BUY), Some(account(1_000, 0)));
    journal.note_and_tell(1, sent, move |outcome| told.send(outcome).unwrap());
    let why = outcome.recv_timeout(PATIENCE).unwrap().unwrap_err();
    assert!(!why.is_empty());
    journal.note(1, Learned::Refused { why: "not on the disk".to_owned() });
    assert!(journal.flush(PATIENCE) > Some(0));
    is_full.store(false, Relaxed);
    until("everything is on the disk", || journal.flush(PATIENCE) == Some(0));
    let (earlier, whole) = EarlierOrders::read(&written.lock().unwrap()).unwrap();
    assert_eq!(outcomes(&earlier), [(1, "refused")]);
    let written = written.lock().unwrap();
    let lines = written.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).count();
    assert_eq!((whole, lines), (written.len(), 3));
}

#[test]
fn on_a_disk_that_hangs_nobody_waits_but_who_asks_to() {
    let (go, hang) = bounded::<()>(1);
    go.send(()).unwrap();
    let syncs = Arc::<AtomicUsize>::default();
    let bad = Bad { written: Arc::default(), is_full: Arc::default(), syncs: syncs.clone(), hang };
    // The head is on the disk; from here on it hangs.
    let journal = OrderJournal::begin_on(Box::new(bad), 0, 1).unwrap();
    let (told, outcome) = bounded(1);
    let sent = Learned::sent("me", &request(1, BUY), None);
    journal.note_and_tell(1, sent, move |outcome| told.send(outcome).unwrap());
    (0..1_000).for_each(|us| journal.note(1, Learned::Set { us }));
    assert!(outcome.try_recv().is_err(), "it is not on the disk");
    assert_eq!(journal.flush(std::time::Duration::from_millis(1)), None);
    drop(go);
    assert_eq!(outcome.recv_timeout(PATIENCE).unwrap(), Ok(()));
    assert_eq!(journal.flush(PATIENCE), Some(0));
    assert!(syncs.load(Relaxed) < 100, "one sync serves many lines");
}

#[test]
fn who_kills_a_session_is_told_what_is_open_and_what_to_do_by_hand() {
    let own = fs::Permissions::from_mode(0o700);
    let place = tempfile::Builder::new().permissions(own).tempdir().unwrap();
    let (folder, log) = (place.path(), OrderLog::new("me".to_owned(), None, None, None));
    let order = request(1, BUY);
    log.sent(&order, Some(account(1_000, 0)), |outcome| outcome.unwrap());
    log.stated(&account(990, 5));
    log.finished(&order, &bought());
    let (game, price) = (order.game, Price::new(3.0).unwrap());
    log.look(Market { game, tick: 9, phase: Phase::Active, price, sidebet: None });
    let socket = folder.join("live.sock");
    let kill = KillSwitch::at(&socket).unwrap().telling(log);
    let (switch, mut runtime) = (ArmSwitch::on(), Runtime::start(Shutdown::new()).unwrap());
    kill.start(&mut runtime, switch.clone()).unwrap();
    let asked = replayer(folder, &["kill", socket.to_str().unwrap(), "--status"]);
    assert_eq!(asked.status.code(), Some(1), "{asked:?}");
    let open = "OPEN: quantity 0.005000000, cost 0.010000000 SOL, worth 0.015000000 SOL at 3x. By \
                hand: sell the position by hand (100 %, SELL): the next rug takes it otherwise";
    assert_eq!(stdout(&asked), format!("on\n{open}\n"));
    let killed = json(&replayer(folder, &["kill", socket.to_str().unwrap(), "--json"]));
    assert_eq!((&killed["switch"], &killed["open"]["text"]), (&"off".into(), &open.into()));
    assert_eq!(killed["open"]["worth"], "0.015000000", "{killed}");
    assert!(!switch.is_on());
    runtime.join_within(PATIENCE).unwrap();
}

/// Starts a session that is armed and never finds its browser.
fn without_a_browser(folder: &Path, more: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_replayer"));
    command.current_dir(folder).args(["live", "quiet.ron", "--browser", "--json", "--armed"]);
    command.args(["--url", "http://127.0.0.1:1/", "--set", "browser.binary=/bin/false"]);
    command.args(["--max-stake", "0.1", "--max-loss", "1", "--max-orders-per-minute", "10"]);
    command.args(["--profile-folder", folder.join("profile").to_str().unwrap()]);
    command.args(["--kill-socket", folder.join("kill.sock").to_str().unwrap()]);
    if rustix::process::geteuid().is_root() {
        command.arg("--no-sandbox");
    }
    command.args(more);
    command
}

#[test]
fn a_session_that_goes_on_shows_every_order_of_the_earlier_ones_before_it_begins() {
    let own = fs::Permissions::from_mode(0o700);
    let place = tempfile::Builder::new().permissions(own).tempdir().unwrap();
    let folder = place.path();
    let scenario = "Scenario(name: \"quiet\", seed: 7, source: Browser(url: \"http://127.0.0.1:1/\"), \
                    bankroll: PerGame(1), bots: [(id: \"a\", strategy: AlwaysWait())])";
    fs::write(folder.join("quiet.ron"), scenario).unwrap();
    fs::create_dir(folder.join("s")).unwrap();
    play(&folder.join("s/orders.jsonl"));
    let mut command = without_a_browser(folder, &["--out", "s", "--resume"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // Its part of the folder is there once the orders are shown.
    until("it has begun", || {
        let text = fs::read_to_string(folder.join("s/orders.jsonl")).unwrap();
        text.lines().filter(|line| line.contains("\"orders\":1")).count() == 2
    });
    signal(child.id(), Signal::INT);
    let (mut said, mut told) = (String::new(), String::new());
    child.stdout.take().unwrap().read_to_string(&mut said).unwrap();
    child.stderr.take().unwrap().read_to_string(&mut told).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130), "{told}");
    let orders: Vec<serde_json::Value> = said
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .filter(|line: &serde_json::Value| line["event"] == "earlier_order")
        .collect();
    let outcomes: Vec<_> = orders.iter().map(|order| order["outcome"].as_str().unwrap()).collect();
    assert_eq!(outcomes, ["done", "refused", "unknown", "unknown"], "{said}");
    assert!(told.contains("4 orders: 1 done, 1 refused, 2 unknown"), "{told}");
    assert!(folder.join("s/part-002/scenario.ron").exists());

    // On paper, or with nothing to go on with, it is refused.
    let paper = replayer(
        folder,
        &["live", "quiet.ron", "--feed", "http://127.0.0.1:1", "--out", "s", "--resume"],
    );
    assert_eq!(paper.status.code(), Some(2), "{paper:?}");
    assert!(stderr(&paper).contains("of an armed session"), "{}", stderr(&paper));
    fs::create_dir_all(folder.join("paper/recording")).unwrap();
    fs::write(folder.join("paper/recording/feed_1.jsonl"), "").unwrap();
    fs::write(folder.join("paper/scenario.ron"), scenario).unwrap();
    let armed = without_a_browser(folder, &["--out", "paper", "--resume"]).output().unwrap();
    assert_eq!(armed.status.code(), Some(3), "{armed:?}");
    assert!(stderr(&armed).contains("it was not armed"), "{}", stderr(&armed));
}
