//! Sessions that are watched: as processes, and in this one.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::thread;
use std::time::Duration;

use replayer::base::error::Error;
use replayer::demo::feed_server::ServerCommand;
use replayer::engine::collector::Collector;
use replayer::engine::journal::GameRecord;
use replayer::live::monitor::{Metrics, Monitor};
use replayer::live::{self, Edge, FinishedSession, Follow, SessionEvent, SessionObserver};
use replayer::model::ids::BotIndex;
use replayer::model::sol::Sol;

use super::super::stage::{Show, patient, recording, table, way_to};
use super::{get, monitor, series};
use crate::machine::pace;
use crate::waiting::{or_stopped, until};

/// A process that records or plays, and shows how it goes.
pub(crate) struct Watched {
    child: Child,
    address: SocketAddr,
    _show: Show,
}

impl Watched {
    /// Records what is played a hundred times as fast as it is.
    pub(crate) fn record(folder: &Path, more: &[&str]) -> Self {
        Self::start(folder, &[&["record", "--out", "r"], more].concat())
    }

    /// Plays three bots on it.
    pub(crate) fn live(folder: &Path) -> Self {
        let scenario = "Scenario(name: \"paper\", seed: 7, source: Feed(url: \"http://127.0.0.1:1\"), \
                        bankroll: Compounding(1), bots: [(id: \"c\", strategy: Conservative()), \
                        (id: \"s\", strategy: Sidebet()), (id: \"r\", strategy: Random())])";
        std::fs::write(folder.join("paper.ron"), scenario).unwrap();
        Self::start(folder, &["live", "paper.ron", "--out", "s", "--raw"])
    }

    fn start(folder: &Path, arguments: &[&str]) -> Self {
        let show = Show::start(|config| config.pace = pace(100.0));
        let mut command = Command::new(env!("CARGO_BIN_EXE_replayer"));
        command.args(arguments).args(["--feed", &show.server.url(), "--monitor", "127.0.0.1:0"]);
        command.current_dir(folder).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut said = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
        let place = said.find_map(|line| {
            let address = line.split_once("http://")?.1.strip_suffix("/metrics")?;
            Some(address.parse().unwrap())
        });
        // What it says later is read and dropped, so that it never waits for us.
        thread::spawn(move || said.for_each(drop));
        Self { child, address: place.expect("it says where its metrics are"), _show: show }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn get(&self, path: &str) -> (u16, String) {
        get(self.address, path)
    }

    /// The metrics, once they are as wanted.
    pub(crate) fn metrics_once(&self, wanted: impl Fn(&BTreeMap<&str, f64>) -> bool) -> String {
        let mut text = String::new();
        until("the metrics are as wanted", || {
            text = self.get("/metrics").1;
            wanted(&series(&text))
        });
        text
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Looks at its own session whenever something happens in it.
struct Watcher<'a> {
    show: &'a Show,
    monitor: Monitor,
    games: Vec<GameRecord>,
    /// What `/readyz` said, without repetitions.
    ready: Vec<(u16, String)>,
}

impl Watcher<'_> {
    fn look(&mut self) {
        let said = get(self.monitor.address(), "/readyz");
        if self.ready.last() != Some(&said) {
            self.ready.push(said);
        }
    }
}

impl Collector for Watcher<'_> {
    fn keeps_postings(&self) -> bool {
        true
    }

    fn collect(&mut self, game: GameRecord) -> Result<(), Error> {
        self.games.push(game);
        if self.games.len() == 4 {
            // Long enough to be seen.
            self.show.server.order(ServerCommand::Restart(Duration::from_secs(3)));
            until("it is not ready", || {
                self.look();
                self.ready.last().is_some_and(|(status, _)| *status != 200)
            });
        }
        self.look();
        Ok(())
    }
}

impl SessionObserver for Watcher<'_> {
    fn happened(&mut self, _: &SessionEvent) -> Result<(), Error> {
        self.look();
        Ok(())
    }
}

/// A session of twelve games whose server is gone for a while.
fn watched_session() -> (FinishedSession, Vec<GameRecord>, Vec<(u16, String)>, String) {
    let show = Show::start(|config| config.pace = pace(300.0));
    let (place, metrics) = (tempfile::tempdir().unwrap(), Arc::<Metrics>::default());
    let url = show.server.url();
    let edge = Edge {
        recording: Some(recording(place.path(), &url)),
        raw: Some(recording(&place.path().join("raw"), &url)),
        metrics: Arc::clone(&metrics),
        ..patient(Follow::Feed(Box::new(way_to(&url))))
    };
    let (games, ready) = (Vec::new(), Vec::new());
    let mut looks = Watcher { show: &show, monitor: monitor(&metrics), games, ready };
    let stop = AtomicBool::new(false);
    let session =
        or_stopped(&stop, || live::play(table().parts().0, 12, edge, &stop, &mut looks)).unwrap();
    let (status, text) = get(looks.monitor.address(), "/metrics");
    assert_eq!(status, 200);
    (session, looks.games, looks.ready, text)
}

#[test]
fn what_is_shown_is_what_was_heard_played_and_recorded() {
    let (session, games, ready, text) = watched_session();
    let shown = series(&text);
    let summary = &session.summary;
    let recording = summary.recording.as_ref().unwrap();
    for (name, number) in [
        ("replayer_games_played_total", games.len() as u64),
        ("replayer_connections_total", summary.connection.connects),
        ("replayer_reconnects_total", summary.connection.connects - 1),
        ("replayer_connections_lost_total", 1),
        ("replayer_connection_failures_total", summary.connection.failures),
        ("replayer_messages_total", summary.connection.events),
        ("replayer_fairness_verdicts_total{verdict=\"fair\"}", summary.fairness.fair),
        ("replayer_fairness_verdicts_total{verdict=\"unknown\"}", summary.fairness.unknown),
        ("replayer_fairness_alarms_total", 0),
        ("replayer_decision_seconds_count", session.decision_us.all.count),
        ("replayer_fill_seconds_count", session.fill_us.all.count),
        ("replayer_world_queue_capacity_messages", 4_096),
        ("replayer_recording_lines_total{stream=\"facts\"}", recording.lines),
        ("replayer_recording_bytes_total{stream=\"facts\"}", recording.bytes),
        ("replayer_recording_queue_messages{stream=\"facts\"}", 0),
        ("replayer_recording_queue_capacity_messages{stream=\"raw\"}", 4_096),
        ("replayer_recording_lag_seconds{stream=\"facts\"}", 0),
        ("replayer_recording_lag_seconds{stream=\"raw\"}", 0),
        ("replayer_recording_lost_total{stream=\"facts\"}", 0),
        ("replayer_armed", 0),
        ("replayer_disarms_total", 0),
        ("replayer_click_seconds_count", 0),
    ] {
        assert_eq!(shown.get(name), Some(&(number as f64)), "{name}\n{text}");
    }
    for (kind, count) in &summary.anomalies {
        let name = format!("replayer_anomalies_total{{kind=\"{kind}\"}}");
        assert_eq!(shown[name.as_str()], *count as f64, "{name}");
    }
    let ticks: u32 = games.iter().map(|game| game.rug_tick + 1).sum();
    assert!(shown["replayer_ticks_total"] >= f64::from(ticks), "{ticks}\n{text}");
    assert!(shown["replayer_step_seconds_count"] >= f64::from(ticks), "{ticks}\n{text}");
    assert!(shown["replayer_step_seconds_sum"] > 0.0);
    assert!(shown["process_resident_memory_bytes"] > 1e6);
    assert!(shown["process_open_fds"] > 3.0 && shown["process_threads"] > 2.0);
    let words: Vec<_> = ready.iter().map(|(status, why)| format!("{status} {why}")).collect();
    assert_eq!(ready.first().map(|(status, _)| *status), Some(200), "{words:?}");
    assert!(words.iter().any(|why| why.starts_with("503 not ready: ")), "{words:?}");
    assert!(words.iter().any(|why| why.starts_with("200 ready: degraded (was ")), "{words:?}");
}

#[test]
fn what_bots_did_is_shown_as_the_journal_has_it() {
    let (_, games, _, text) = watched_session();
    let shown = series(&text);
    let sum_of = |prefix: &str, bot: &str| -> f64 {
        let of_bot = format!("{prefix}{{bot=\"{bot}\"");
        shown.iter().filter(|(name, _)| name.starts_with(&of_bot)).map(|(_, value)| value).sum()
    };
    let mut all = 0.0;
    for (place, bot) in ["conservative", "aggressive", "sidebet", "random"].iter().enumerate() {
        let place = BotIndex::after(place).unwrap();
        let rows = games.iter().flat_map(|game| &game.rows).filter(|row| row.bot == place);
        let pnl = rows.clone().fold(Sol::ZERO, |sum, row| sum.plus(row.pnl).unwrap()).to_f64();
        let cash = rows.fold(None, |_, row| Some(row)).unwrap().cash.to_f64();
        assert!((sum_of("replayer_pnl_sol", bot) - pnl).abs() < 1e-9, "{bot}: {pnl}\n{text}");
        assert!((sum_of("replayer_cash_sol", bot) - cash).abs() < 1e-9, "{bot}: {cash}\n{text}");
        let ours = |of: &BotIndex| *of == place;
        let rejections =
            games.iter().flat_map(|game| &game.rejections).filter(|(bot, _)| ours(bot)).count();
        let codes = ["buy", "sell", "sidebet_stake"];
        let fills = games
            .iter()
            .flat_map(|game| &game.postings)
            .filter(|(bot, posting)| ours(bot) && codes.contains(&posting.kind.code()));
        let (fills, rejections) = (fills.count() as f64, rejections as f64);
        assert_eq!(sum_of("replayer_fills_total", bot), fills, "{bot}\n{text}");
        assert_eq!(sum_of("replayer_rejections_total", bot), rejections, "{bot}\n{text}");
        assert_eq!(sum_of("replayer_orders_total", bot), fills + rejections, "{bot}\n{text}");
        all += fills;
    }
    assert!(all > 0.0, "somebody did something");
}
