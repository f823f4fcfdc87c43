//! The configuration: one tree of settings, each declared once, and where each value comes from.
//!
//! ```text
//! defaults < file < environment < flags   ─> layers ─> problems, all at once
//!                                                  └─> Settings: one typed struct per section
//! ```
//!
//! A setting is declared in `sections` with its default, unit and range, and from that it is read,
//! checked, shown and explained. What is not declared is an error, wherever it stands; sections that only
//! other builds have are left to them. What concerns a
//! single run (which bots, which games) is no setting: it stands in the scenario or on the command line.

mod apply;
mod declare;
mod folders;
mod key;
mod layers;
mod places;
mod sections;
mod values;

pub use folders::{CONFIG_VARIABLE, config_file, data_folder};
pub use key::Key;
pub use layers::{Flags, Layer, Loaded, Problem, Problems, Sources, load, unknown};
#[cfg(feature = "browser")]
pub use sections::{Browser, Clicking, Limits};
#[cfg(feature = "live")]
pub use sections::{Feed, Live, Log, Monitor, Record};
pub use sections::{Paths, Settings};
