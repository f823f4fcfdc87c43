//! Scenarios played and kept: runs, sweeps, audits, their files and pages.

pub mod audit;
pub mod columns;
pub mod page;
pub mod run;
pub mod scenario;
pub mod sweep;
