//! What the browser says of a tab, read as far as it matters.

use chromiumoxide::cdp::browser_protocol::target::TargetId;
use serde_json::Value;

use super::document::TabDocument;
use super::tab::Tab;
use crate::live::browser::link::DevtoolsEvent;
use crate::live::browser::tap::Signal;

/// Something that happened to a tab.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum TabEvent {
    /// To a socket of its page.
    Socket(Signal),
    /// It shows another document.
    Navigated(TabDocument),
    /// Its address changed without another document.
    Moved {
        /// The new address of the page.
        url: String,
    },
    /// The page's renderer crashed.
    Crashed,
    /// A dialog stands before its page.
    DialogOpened {
        /// The kind of dialog: alert, confirm, prompt or beforeunload.
        kind: String,
    },
    /// The dialog is gone.
    DialogClosed,
    /// Its page opened another tab, or a window.
    Opened {
        /// The tab that is new.
        target: TargetId,
        /// Where it goes, as far as that is known yet.
        url: String,
    },
    /// It was closed, or taken from us.
    Closed,
}

impl TabEvent {
    /// Reads an event; nothing where it is about something else.
    pub(super) fn read(event: DevtoolsEvent, tab: &Tab) -> Option<Self> {
        let DevtoolsEvent { method, session, params, .. } = event;
        match session {
            Some(session) if session == *tab.session.inner() => of_page(&method, params),
            Some(_) => None,
            None => {
                let is = |key: &str, wanted: &str| {
                    params.get(key).and_then(Value::as_str) == Some(wanted)
                };
                let target = || is("targetId", tab.target.inner());
                match method.as_ref() {
                    "Target.detachedFromTarget" if is("sessionId", tab.session.inner()) => {
                        Some(Self::Closed)
                    }
                    "Target.targetDestroyed" if target() => Some(Self::Closed),
                    "Target.targetCrashed" if target() => Some(Self::Crashed),
                    "Target.targetCreated" => opened(&params, tab),
                    _ => None,
                }
            }
        }
    }
}

/// A tab that the page of a tab has opened.
fn opened(params: &Value, tab: &Tab) -> Option<TabEvent> {
    let info = params.get("targetInfo")?;
    let text = |key: &str| info.get(key).and_then(Value::as_str).unwrap_or_default();
    let is_opened = text("type") == "page" && text("openerId") == tab.target.inner();
    let (target, url) = (TargetId::new(text("targetId")), text("url").to_owned());
    is_opened.then_some(TabEvent::Opened { target, url })
}

fn of_page(method: &str, mut params: Value) -> Option<TabEvent> {
    let text = |params: &Value, key: &str| {
        params.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    match method {
        "Page.frameNavigated" => {
            let frame = params.get_mut("frame").map(Value::take).unwrap_or_default();
            let document: TabDocument = serde_json::from_value(frame).ok()?;
            document.parent_id.is_none().then_some(TabEvent::Navigated(document))
        }
        "Page.navigatedWithinDocument" => {
            Some(TabEvent::Moved { url: text(&params, "url") }).filter(|_| params.is_object())
        }
        "Page.javascriptDialogOpening" => {
            Some(TabEvent::DialogOpened { kind: text(&params, "type") })
        }
        "Page.javascriptDialogClosed" => Some(TabEvent::DialogClosed),
        "Inspector.targetCrashed" => Some(TabEvent::Crashed),
        _ => Signal::read(method, params).map(TabEvent::Socket),
    }
}

#[cfg(test)]
mod tests {
    use chromiumoxide::cdp::browser_protocol::target::SessionId;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_tab_that_the_page_opened_is_told_from_those_of_others() {
        let document = json!({ "id": "frame", "loaderId": "loader", "url": "about:blank" });
        let tab = Tab {
            session: SessionId::new("session"),
            target: TargetId::new("ours"),
            document: serde_json::from_value(document).unwrap(),
        };
        let created = |kind: &str, opener: Option<&str>| {
            let info = json!({ "targetId": "new", "type": kind, "url": "http://x/?a", "openerId": opener });
            opened(&json!({ "targetInfo": info }), &tab)
        };
        let is_told =
            TabEvent::Opened { target: TargetId::new("new"), url: "http://x/?a".to_owned() };
        assert_eq!(created("page", Some("ours")), Some(is_told));
        for (kind, opener) in
            [("page", None), ("page", Some("another")), ("iframe", Some("ours")), ("worker", None)]
        {
            assert_eq!(created(kind, opener), None, "{kind} {opener:?}");
        }
    }
}
