//! Live sessions: a feed that behaves and misbehaves on one side, and on the other what was played,
//! recorded and verified.

mod ahead;
mod armed;
mod arming;
mod captures;
pub(crate) mod command;
mod faults;
mod handover;
mod in_browser;
mod killed;
mod logged;
mod matrix;
mod monitored;
mod network;
mod on_paper;
mod orders;
mod page;
mod paired;
mod resumed;
mod service;
mod sessions;
pub(crate) mod stage;
mod taken_over;

pub(crate) use stage::{Show, way_to};
