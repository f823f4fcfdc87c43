//! The browser: Chromium, launched or joined, kept alive, and listened to.
//!
//! ```text
//! process ─┐                    ┌─> tap ─> sockets of the page: Up, Text…, Down
//!          ├─> endpoint ─> link ┤        └─> confirmations of orders ─> executor
//! attach ──┘                    └─> page: call, click, screenshot, for one document
//!              supervisor: begins, watches, ends, begins again
//! ```
//!
//! [`Supervisor`] does all of it: its handler hears what happens, its [`Pages`] hand out the page
//! as long as it can be used. The facts behind it are measured in docs/spec/browser.md; what is
//! taken from which library is said in
//! docs/decisions/0014-the-browser-by-chromiumoxides-connection.md.

mod account_events;
pub mod account_states;
pub mod amount;
mod attach;
mod confirmations;
pub mod control_needs;
pub mod controls;
pub mod doctor;
mod endpoint;
mod evidence;
mod executor;
pub mod highlight;
pub mod kill;
mod link;
mod look;
mod loss_record;
mod numbers;
mod page;
mod process;
mod profile_folder;
pub mod risk;
mod site;
mod supervisor;
mod tap;

pub use super::switch::ArmSwitch;
pub use attach::find as find_browser;
pub use executor::{
    ClickExecutor, ExecutionMode, ExecutionTimeouts, ExecutorHandle, PageEvents, PageSight,
    Readiness, Scene,
};
pub use loss_record::LossFolder;
pub use page::{Fault, OpenPage, Page, Pages};
pub use process::{CHROMIUM, Launch, Sandbox, arguments};
pub use site::Site;
pub use supervisor::{
    BrowserEvent, BrowserOptions, Config, How, Pulse, State, StateChange, StateReason, Supervisor,
};
pub use tap::{Lost, Since, Tapped};
