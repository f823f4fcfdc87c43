//! The browser: Chromium, launched or joined, kept alive, and listened to.
//!
//! ```text
//! process ─┐                    ┌─> tap ─> sockets of the page: Up, Text…, Down
//!          ├─> endpoint ─> link ┤
//! attach ──┘                    └─> page: call, click, screenshot, for one document
//!              supervisor: begins, watches, ends, begins again
//! ```
//!
//! [`Supervisor`] does all of it: its handler hears what happens, its [`Pages`] hand out the page
//! as long as it can be used. The facts behind it are measured in docs/spec/browser.md; what is
//! taken from which library is said in
//! docs/decisions/0014-the-browser-by-chromiumoxides-connection.md.

pub mod amount;
mod attach;
pub mod controls;
pub mod doctor;
mod endpoint;
mod errand;
pub mod guard;
mod hand;
pub mod highlight;
pub mod kill;
mod link;
mod page;
mod process;
mod profile_folder;
mod site;
mod supervisor;
mod tap;
mod witness;

pub use super::switch::Switch;
pub use errand::{Answer, Errand, Statement, Timing};
pub use hand::{Hand, Manner, Reins, Said, Scene, Touch, Whisper};
pub use page::{Fault, OpenPage, Page};
pub use process::{CHROMIUM, Launch, Sandbox, arguments};
pub use site::Site;
pub use supervisor::{
    Change, Config, How, Observed, Options, Pages, Pulse, Reason, State, Supervisor,
};
pub use tap::{Lost, Since, Tapped};
