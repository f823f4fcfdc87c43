//! Benchmarks: workloads that time the engine against a plain loop doing the same work.
//!
//! Absolute speed depends on the machine and its load; a ratio measured in one run depends on
//! neither. So each workload times two sides alternately ([`race`]), keeps the best lap of each,
//! and requires that both give the same result. The targets are in docs/spec/performance.md. Used
//! by `replayer bench` and by `benches/`.

pub mod cast;
pub mod crowd;
pub mod fills;
pub mod generated;
pub mod generator;
mod measure;
pub mod own;
#[cfg(feature = "parquet")]
pub mod reading;
pub mod series;
pub mod staged;
pub mod threads;
pub mod w1;

pub use measure::{Effort, Figure, Lap, Reach, race, time, time_on_the_wall};

/// A workload of `replayer bench`.
#[derive(Clone, Copy)]
pub struct Workload {
    /// Name of the workload, as `--only` takes it.
    pub name: &'static str,
    /// Measures the workload and returns its figures.
    pub measure: fn(Effort) -> Vec<Figure>,
}

impl std::fmt::Debug for Workload {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// All workloads, in the order in which they are measured.
pub const WORKLOADS: &[Workload] = &[
    Workload { name: "generator", measure: generator::measure },
    Workload { name: "w1", measure: w1::measure },
    Workload { name: "generated", measure: generated::measure },
    Workload { name: "crowd", measure: crowd::measure },
    Workload { name: "threads", measure: threads::measure },
    Workload { name: "fills", measure: fills::measure },
    #[cfg(feature = "parquet")]
    Workload { name: "reading", measure: reading::measure },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn staged_and_plain_runs_do_the_same_work_with_any_number_of_tables_and_threads() {
        let run = generated::run(40);
        let plain = run.plain();
        let threaded = threads::threaded(run.lineup(), &run.playlist, 2);
        for other in [run.staged(1), run.staged(7), threaded] {
            assert_eq!((other.ticks, other.digest), (plain.ticks, plain.digest));
        }
    }
}
