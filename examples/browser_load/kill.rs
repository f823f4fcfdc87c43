//! The kill switch: from the signal, or the line on the socket, until it is off and an order
//! refused.
//!
//! The click executor is in a page that hears frames meanwhile, as in any session.

use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use replayer::base::clock::Clock;
use replayer::base::runtime::{Runtime, Shutdown};
use replayer::engine::venue::execution::{
    ExecutionReport, OrderId, OrderRequest, OrderStatus, VenueEvent,
};
use replayer::feed::latency::Gauge;
use replayer::live::browser::controls::Profile;
use replayer::live::browser::kill::{KillSwitch, Question, ask};
use replayer::live::browser::{
    ArmSwitch, ClickExecutor, ExecutionMode, ExecutionTimeouts, ExecutorHandle, Pages,
};
use replayer::model::ids::GameId;
use replayer::model::order::Action;
use replayer::model::sol::Sol;
use rustix::process::{Signal, getpid, kill_process};

use crate::armed::limits;
use crate::tap::Crowd;
use crate::{Load, Outcome, Table, now};

/// Longest time that it may take.
const LIMIT_US: u64 = 50_000;
/// Longest wait for an answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// Seconds of frames: more than the rounds take.
const SECONDS: u64 = 3_600;

/// A way to switch off.
#[derive(Debug, Clone, Copy)]
enum Way {
    Signal,
    Socket,
}

/// From the kill, in microseconds.
#[derive(Debug, Default)]
struct Times {
    off: Gauge,
    refused: Gauge,
}

/// Kills some times, each way.
pub(crate) fn measure(load: &Load, table: &mut Table) -> Outcome<()> {
    let own = std::fs::Permissions::from_mode(0o700);
    let place = tempfile::Builder::new().permissions(own).tempdir()?;
    let crowd = Crowd::start(load.frames, SECONDS)?;
    let mut most = 0;
    for (way, name) in [(Way::Signal, "SIGUSR1"), (Way::Socket, "`kill` on the socket")] {
        let mut times = Times::default();
        for _ in 0..load.kills {
            round(way, &place.path().join("kill.sock"), &crowd.pages, &mut times)?;
        }
        let Times { off, refused } = times;
        most = most.max(refused.summary().all.max);
        table.times(&format!("{name} -> switch off"), off.summary().all);
        table.times(&format!("{name} -> order refused"), refused.summary().all);
    }
    crowd.end()?;
    match most {
        0..LIMIT_US => Ok(()),
        _ => Err(format!("a kill took {most} us, more than {LIMIT_US}").into()),
    }
}

/// One session, and its end.
fn round(way: Way, socket: &Path, pages: &Pages, times: &mut Times) -> Outcome<()> {
    let (switch, shutdown) = (ArmSwitch::on(), Shutdown::new());
    let kill = KillSwitch::at(socket)?;
    let mode = ExecutionMode::Click(limits());
    let (profile, timeouts) = (Profile::rugs_fun(), ExecutionTimeouts::default());
    let (clicker, executor, page_events) =
        ClickExecutor::new(pages.clone(), profile, mode, timeouts, switch.clone(), Clock::start());
    let mut runtime = Runtime::start(shutdown.clone())?;
    runtime.spawn("clicks", clicker.run(shutdown));
    kill.start(&mut runtime, switch.clone())?;
    // It answers, so it hears signals, too.
    ask(socket, &Question::Status)?;
    if rejection(&executor)?.starts_with("disarmed") {
        return Err("the switch was off before".into());
    }
    let begun = now();
    let line = match way {
        Way::Signal => {
            kill_process(getpid(), Signal::USR1)?;
            None
        }
        Way::Socket => {
            let mut line = UnixStream::connect(socket)?;
            line.write_all(b"kill\n")?;
            Some(line)
        }
    };
    while switch.is_on() {
        if begun.elapsed() > PATIENCE {
            return Err("the switch stays on".into());
        }
        std::thread::yield_now();
    }
    let off = begun.elapsed();
    let why = rejection(&executor)?;
    let refused = begun.elapsed();
    if !why.starts_with("disarmed: killed") {
        return Err(format!("refused for another reason: {why}").into());
    }
    for (gauge, time) in [(&mut times.off, off), (&mut times.refused, refused)] {
        gauge.record(u64::try_from(time.as_micros())?);
    }
    drop((line, page_events));
    Ok(runtime.join()?)
}

/// Why the click executor does not buy.
fn rejection(executor: &ExecutorHandle) -> Outcome<String> {
    let (game, action) = (GameId::new("20261123-x")?, Action::Buy { stake: Sol::milli(1) });
    let request = OrderRequest { id: OrderId::new(1), action, game, tick: 1 };
    if !executor.send(request, PATIENCE) {
        return Err("the click executor takes no order".into());
    }
    match executor.wait(PATIENCE) {
        Some(VenueEvent::Report(ExecutionReport {
            status: OrderStatus::Rejected(why), ..
        })) => Ok(why),
        other => Err(format!("no refusal: {other:?}").into()),
    }
}
