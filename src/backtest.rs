//! Scenarios played and kept: runs, sweeps, audits, their files and pages.

pub mod audit;
pub mod columns;
#[cfg(feature = "report")]
pub mod page;
pub mod run;
pub mod scenario;
pub mod sweep;
