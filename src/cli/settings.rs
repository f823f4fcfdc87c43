//! The configuration: one tree of settings, each declared once, and where each value comes from.
//!
//! ```text
//! defaults < file < environment < flags   ─> layers ─> problems, all at once
//!                                                  └─> Settings: one typed struct per section
//! ```
//!
//! A setting is a line in `table`. It names the field that holds the value: one of the
//! configuration of the module that it is for, which has its default. From the line the setting is
//! read, checked, shown and explained; its value is typed. An undeclared setting is an error in
//! every layer; a section that needs a feature which this build lacks is ignored. What concerns a
//! single run (which bots, which games) is not a setting: it belongs in the scenario or on the
//! command line.

mod apply;
mod folders;
mod key;
mod layers;
mod places;
mod sections;
mod table;
mod values;

pub use folders::{CONFIG_VARIABLE, config_file, data_folder};
pub use key::Key;
pub use layers::{Flags, Layer, Loaded, Problems, SettingProblem, Sources, load, unknown};
#[cfg(feature = "browser")]
pub use sections::{Browser, Clicking, Limits};
#[cfg(feature = "live")]
pub use sections::{Feed, Log, MonitorSettings, SecretSettings};
pub use sections::{Paths, Settings};
