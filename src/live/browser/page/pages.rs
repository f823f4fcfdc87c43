//! Where the open page is available, while there is one.

use tokio::sync::watch::{Receiver, Sender};

use super::OpenPage;

/// The page, or why there is none that can be used.
pub(in crate::live::browser) type ShownPage = Result<OpenPage, String>;

/// Hands out the page, as long as it can be used.
#[derive(Debug, Clone)]
pub struct Pages(Receiver<ShownPage>);

impl Pages {
    /// Hands out what somebody else puts in there.
    pub(in crate::live::browser) fn of(source: &Sender<ShownPage>) -> Self {
        Self(source.subscribe())
    }

    /// The page, if the state is [`State::Ready`](crate::live::browser::State::Ready).
    #[must_use]
    pub fn current(&self) -> Option<OpenPage> {
        self.0.borrow().clone().ok()
    }

    /// The same.
    ///
    /// # Errors
    /// Why it cannot be used, in words.
    pub fn now(&self) -> Result<OpenPage, String> {
        self.0.borrow().clone().map_err(|why| format!("the page cannot be used: {why}"))
    }

    /// Waits until there is a page; nothing when there never will be one.
    pub async fn ready(&mut self) -> Option<OpenPage> {
        self.0.wait_for(Result::is_ok).await.ok().and_then(|page| page.clone().ok())
    }
}
