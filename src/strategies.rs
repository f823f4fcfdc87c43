//! The strategies that ship with the crate: one file each, and [`exits`], which several share.

pub mod aggressive;
pub mod always_wait;
pub mod conservative;
pub mod exits;
pub mod flat_sidebets;
pub mod foundational;
pub mod hold_to_target;
pub mod kelly_sidebets;
pub mod martingale_sidebets;
pub mod momentum;
pub mod random;
pub mod sidebet;
mod standard;
mod trade;
