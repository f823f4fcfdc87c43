//! Where the open page is available, while there is one.

use tokio::sync::watch::{Receiver, Sender};

use super::OpenPage;

/// Hands out the page, as long as it can be used.
#[derive(Debug, Clone)]
pub struct Pages(Receiver<Option<OpenPage>>);

impl Pages {
    /// Hands out what somebody else puts in there.
    pub(in crate::live::browser) fn of(source: &Sender<Option<OpenPage>>) -> Self {
        Self(source.subscribe())
    }

    /// The page, if the state is [`State::Ready`](crate::live::browser::State::Ready).
    #[must_use]
    pub fn current(&self) -> Option<OpenPage> {
        self.0.borrow().clone()
    }

    /// Waits until there is a page; nothing when there never will be one.
    pub async fn ready(&mut self) -> Option<OpenPage> {
        self.0.wait_for(Option::is_some).await.ok().and_then(|page| page.clone())
    }
}
