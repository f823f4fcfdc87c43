//! Sweeps of bots that need a world, and what the library offers for them.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use bevy_app::App;
use replayer::backtest::run::inputs;
use replayer::backtest::scenario::Space;
use replayer::backtest::sweep::folder::{SweepFolder, SweepManifest};
use replayer::backtest::sweep::{Sweep, SweepPlan, finish, play_shards};
use replayer::base::document::DocumentFields;
use replayer::base::params::Param;
use replayer::engine::collector::Ending;
use replayer::engine::strategy::Strategies;
use replayer::engine::strategy::registry::{BotFactory, StrategyKind};

use super::{assert_same, scenario};

/// A strategy that is played by the schedule only.
struct InAWorld(Strategies, &'static str);

impl InAWorld {
    fn inner(&self) -> &dyn StrategyKind {
        self.0.get(self.1).unwrap()
    }
}

impl StrategyKind for InAWorld {
    fn name(&self) -> &'static str {
        self.1
    }

    fn about(&self) -> &'static str {
        self.inner().about()
    }

    fn params(&self) -> Vec<Param> {
        self.inner().params()
    }

    fn read(&self, fields: &mut DocumentFields<'_>) -> Arc<dyn BotFactory> {
        self.inner().read(fields)
    }

    fn install(&self, app: &mut App) {
        self.inner().install(app);
    }
}

/// Sweeps the scenario into a folder; how many games were told as played.
fn sweep(out: &Path, strategies: &Strategies, threads: usize, stop: bool) -> (Ending, u64) {
    let space = Space::parse(&scenario(100), Path::new(""), None, strategies).unwrap();
    let (playlist, inputs) = inputs::open(&space.first).unwrap();
    let plan = SweepPlan::new(&space, playlist.games()).unwrap();
    let manifest = SweepManifest::new(&space, plan, inputs);
    let folder = SweepFolder::create(out, manifest, &space.first.text).unwrap();
    let sweep = Sweep { space: &space, strategies, playlist: Arc::new(playlist), folder: &folder };
    let played = AtomicU64::new(0);
    let count = |games| _ = played.fetch_add(games, Ordering::Relaxed);
    let ending = play_shards(&sweep, threads, &AtomicBool::new(stop), &count).unwrap();
    if ending == Ending::Complete {
        assert!(finish(folder, &space).unwrap().is_some());
    }
    (ending, played.into_inner())
}

#[test]
fn bots_that_need_a_world_come_to_the_same_folder_as_those_that_do_not() {
    let place = tempfile::tempdir().unwrap();
    let (batch, staged) = (place.path().join("batch"), place.path().join("staged"));
    let standard = Strategies::standard();
    let in_a_world = Strategies::standard()
        .with_kind(Box::new(InAWorld(Strategies::standard(), "Conservative")));
    assert_eq!(sweep(&batch, &standard, 1, false), (Ending::Complete, 400));
    assert_eq!(sweep(&staged, &in_a_world, 2, false), (Ending::Complete, 400));
    assert_same(&batch, &staged);
}

#[test]
fn a_sweep_that_is_told_to_stop_before_it_begins_plays_nothing() {
    let place = tempfile::tempdir().unwrap();
    let out = place.path().join("out");
    assert_eq!(sweep(&out, &Strategies::standard(), 2, true), (Ending::Interrupted, 0));
}

#[test]
fn a_sweep_of_bots_whose_strategy_is_not_registered_is_an_error() {
    let place = tempfile::tempdir().unwrap();
    let standard = Strategies::standard();
    let space = Space::parse(&scenario(100), Path::new(""), None, &standard).unwrap();
    let (playlist, inputs) = inputs::open(&space.first).unwrap();
    let manifest =
        SweepManifest::new(&space, SweepPlan::new(&space, playlist.games()).unwrap(), inputs);
    let folder =
        SweepFolder::create(&place.path().join("out"), manifest, &space.first.text).unwrap();
    let (strategies, playlist) = (&Strategies::none(), Arc::new(playlist));
    let sweep = Sweep { space: &space, strategies, playlist, folder: &folder };
    let error = play_shards(&sweep, 1, &AtomicBool::new(false), &|_| {}).unwrap_err();
    assert!(error.to_string().contains("which is not registered"), "{error}");
}
