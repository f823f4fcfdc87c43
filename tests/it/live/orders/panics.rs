//! A bot that panics while it holds something: what is open is said, and every order is on the disk.

use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use replayer::base::document::DocumentFields;
use replayer::base::params::{Param, Params};
use replayer::demo::demo_site;
use replayer::engine::strategy::{LifeStart, Strategy, View};
use replayer::engine::testing::TestTable;
use replayer::live::browser::controls::Profile;
use replayer::live::browser::risk::RiskLimits;
use replayer::live::browser::{ArmSwitch, Config, ExecutionMode, ExecutionTimeouts, How};
use replayer::live::orders::EarlierOrders;
use replayer::live::{self, Edge, ExecutionConfig, Follow};
use replayer::model::order::Actions;
use replayer::model::rules::Rules;
use replayer::model::setup::Bankroll;
use replayer::model::sol::Sol;

use super::{outcomes, session};
use crate::browser::processes::until_gone;
use crate::browser::{launch, turn};
use crate::demo_site::brief;
use crate::live::stage::{Kept, patient};
use crate::waiting::or_stopped;

/// What a [`Panicking`] goes by: nothing.
#[derive(Debug, Clone, Default)]
struct NoParams;

impl Params for NoParams {
    fn table() -> Vec<Param> {
        Vec::new()
    }

    fn read(_: &mut DocumentFields<'_>) -> Self {
        Self
    }
}

/// Buys, and panics as soon as it holds something.
#[derive(Debug, Clone)]
struct Panicking;

impl Strategy for Panicking {
    type Params = NoParams;
    const NAME: &'static str = "Panicking";
    const ABOUT: &'static str = "Buys and panics, for tests.";

    fn new(_: &NoParams, _: LifeStart<'_>) -> Self {
        Self
    }

    fn decide(&mut self, _: &NoParams, view: &View<'_>) -> impl Into<Actions> {
        assert!(view.position.is_flat(), "on purpose");
        if view.is_active() { view.buy(Sol::milli(10)) } else { None }
    }
}

/// Keeps what is logged on a thread.
#[derive(Clone, Default)]
struct Logged(Arc<Mutex<Vec<u8>>>);

impl Write for Logged {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_panic_says_what_is_open_and_every_order_before_it_is_on_the_disk() {
    let Some(_turn) = turn() else { return };
    let site = demo_site::start(brief(6.0)).unwrap();
    let place = tempfile::tempdir().unwrap();
    let (profile, journal) = (place.path().join("profile"), place.path().join("orders.jsonl"));
    let config = Config::new(site.url().parse().unwrap(), How::Launch(launch(&profile)), 7);
    let execution = ExecutionConfig {
        mode: ExecutionMode::Click(RiskLimits {
            max_stake: Sol::milli(100),
            max_loss: Sol::milli(5_000),
            max_orders_per_minute: 10_000,
            ..RiskLimits::default()
        }),
        timeouts: ExecutionTimeouts::default(),
        profile: Profile::rugs_fun(),
        switch: ArmSwitch::on(),
        within: Duration::from_secs(1),
        kill_socket: None,
        losses: None,
        take_over: false,
    };
    let page = Follow::Page(Box::new(config), None);
    let edge = Edge { execution: Some(execution), orders: session(&journal), ..patient(page) };
    let table = TestTable::new()
        .rules(Rules::observed())
        .bankroll(Bankroll::Compounding(Sol::milli(1)))
        .bot::<Panicking>("panicking", NoParams);
    let (stop, mut kept, logged) = (AtomicBool::new(false), Kept::default(), Logged::default());
    let writer = logged.clone();
    let log = tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone());
    let panicked = tracing::subscriber::with_default(log.finish(), || {
        catch_unwind(AssertUnwindSafe(|| {
            or_stopped(&stop, || live::play(table.parts().0, 10, edge, &stop, &mut kept))
        }))
    });
    assert!(panicked.is_err(), "it panics");
    until_gone(&profile);
    let said = String::from_utf8(logged.0.lock().unwrap().clone()).unwrap();
    assert!(said.contains("the session panicked; OPEN: quantity 0."), "{said}");
    let earlier = EarlierOrders::read(&std::fs::read(&journal).unwrap()).unwrap().0;
    assert!(outcomes(&earlier).iter().any(|(_, outcome)| *outcome == "done"), "{earlier:?}");
}
