//! One page of a browser, for as long as it is the same document.

mod open;
mod pages;

use std::future::Future;

use serde_json::Value;
use thiserror::Error;

pub use open::OpenPage;
pub(super) use open::{Current, Ticket};
pub use pages::Pages;
pub(super) use pages::ShownPage;

/// What can be done with a page.
///
/// A page stands for one document. After a navigation, a reload or a crash there is another one,
/// with another [`Page::epoch`]; whatever is asked of the old one ends with [`Fault::Gone`].
pub trait Page {
    /// Calls a constant JavaScript function with one JSON argument; returns its JSON result, and
    /// waits for it where it is a promise. The function runs beside the scripts of the page, in
    /// a world of its own: the same elements, none of their variables.
    ///
    /// # Errors
    /// [`Fault::Script`] when the function throws, [`Fault::Timeout`] when nothing came back (it
    /// may have run all the same), [`Fault::Gone`] when the document is gone.
    fn call(
        &self,
        function: &'static str,
        argument: &Value,
    ) -> impl Future<Output = Result<Value, Fault>> + Send;

    /// One trusted left click, at CSS pixels of the viewport from its upper left corner: the mouse
    /// is moved, pressed and released, all three sent at once.
    ///
    /// # Errors
    /// [`Fault::Gone`] when nothing was sent, and [`Fault::Unknown`] when something was: the click
    /// may then have happened.
    fn click(&self, x: f64, y: f64) -> impl Future<Output = Result<(), Fault>> + Send;

    /// The viewport as a PNG.
    ///
    /// # Errors
    /// Like [`Page::call`].
    fn screenshot(&self) -> impl Future<Output = Result<Vec<u8>, Fault>> + Send;

    /// The number of the document: another one after every navigation, reload and crash.
    fn epoch(&self) -> u32;
}

/// Why nothing came back.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Fault {
    /// No answer in time; what was asked may have been done.
    #[error("the page did not answer in time")]
    Timeout,
    /// The document is gone, or the way to it; nothing was done.
    #[error("the page is gone: {0}")]
    Gone(String),
    /// The function threw an error, with its text.
    #[error("the script failed: {0}")]
    Script(String),
    /// The browser refused the command, with its reason.
    #[error("the browser refused: {0}")]
    Refused(String),
    /// A click was sent, and nobody said what became of it: it may have happened.
    #[error("it may have happened, and nobody knows: {0}")]
    Unknown(String),
}
