//! A tab of a browser: the one at the site, or a new one.

use std::time::Duration;

use chromiumoxide::cdp::browser_protocol::browser::GetVersionParams;
use chromiumoxide::cdp::browser_protocol::emulation::SetDeviceMetricsOverrideParams;
use chromiumoxide::cdp::browser_protocol::inspector;
use chromiumoxide::cdp::browser_protocol::network;
use chromiumoxide::cdp::browser_protocol::page::{
    self, AddScriptToEvaluateOnNewDocumentParams, CreateIsolatedWorldParams, GetFrameTreeParams,
    NavigateParams, ReloadParams,
};
use chromiumoxide::cdp::browser_protocol::target::{
    AttachToTargetParams, CreateTargetParams, GetTargetsParams, SessionId,
    SetDiscoverTargetsParams, TargetId,
};
use chromiumoxide::cdp::js_protocol::runtime::{
    EvaluateParams, ExecutionContextId, RemoteObjectId,
};
use serde_json::Value;

use super::document::TabDocument;
use super::{Config, How};
use crate::live::browser::controls::GUARD;
use crate::live::browser::link::{CallError, DevtoolsLink};
use crate::live::browser::site::{Site, without_query};

/// Longest time for an answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// Longest time until a page begins to come.
const NAVIGATION: Duration = Duration::from_secs(30);
/// Bytes of answers that the browser keeps for us: we read none.
const KEPT_BYTES: i64 = 64 << 10;
/// Width and height in which all controls have room, in CSS pixels.
const ROOM: [i64; 2] = [1_280, 1_024];
/// The name of our world in a page.
const WORLD: &str = "replayer";

/// A tab that we listen to.
#[derive(Debug)]
pub(super) struct Tab {
    pub(super) session: SessionId,
    pub(super) target: TargetId,
    /// What it showed when we came.
    pub(super) document: TabDocument,
}

impl Tab {
    /// Finds the tab at the site, or opens one, and listens to it: to its network first, so that
    /// nothing is missed of what is loaded afterwards. Loads nothing yet.
    ///
    /// Of a browser that is not ours no tab is touched but that one.
    ///
    /// # Errors
    /// Why there is none.
    pub(super) async fn open(link: &DevtoolsLink, config: &Config) -> Result<Self, CallError> {
        link.ask(None, &SetDiscoverTargetsParams::new(true), PATIENCE).await?;
        let targets = link.ask(None, &GetTargetsParams::default(), PATIENCE).await?;
        let ours = matches!(config.how, How::Launch(_));
        let target = match choose(&targets, &config.site, ours) {
            Some(target) => TargetId::new(target),
            None => {
                // Empty: a browser that went to the site by itself would be ahead of us.
                let blank = CreateTargetParams::new("about:blank");
                let answer = link.ask(None, &blank, PATIENCE).await?;
                TargetId::new(text(&answer, "/targetId")?)
            }
        };
        let mut attach = AttachToTargetParams::new(target.clone());
        attach.flatten = Some(true);
        let answer = link.ask(None, &attach, PATIENCE).await?;
        let session = SessionId::new(text(&answer, "/sessionId")?);
        let on = Some(&session);
        let network = network::EnableParams {
            max_total_buffer_size: Some(KEPT_BYTES),
            max_resource_buffer_size: Some(KEPT_BYTES),
            ..Default::default()
        };
        link.ask(on, &network, PATIENCE).await?;
        link.ask(on, &inspector::EnableParams::default(), PATIENCE).await?;
        link.ask(on, &page::EnableParams::default(), PATIENCE).await?;
        // Before the scripts of any document to come: who listens first hears first.
        let mut guard = AddScriptToEvaluateOnNewDocumentParams::new(format!("({GUARD})(null)"));
        guard.world_name = Some(WORLD.to_owned());
        link.ask(on, &guard, PATIENCE).await?;
        let mut tree = link.ask(on, &GetFrameTreeParams::default(), PATIENCE).await?;
        let frame = tree.pointer_mut("/frameTree/frame").map(Value::take).unwrap_or_default();
        let document = serde_json::from_value(frame)
            .map_err(|error| CallError::Refused(format!("a frame that is none: {error}")))?;
        if !ours {
            make_room(link, &session).await?;
        }
        Ok(Self { session, target, document })
    }
}

/// Gives a page without a window the size in which all controls have room, for as long as we are
/// joined: usually half of them are out of view (docs/spec/browser.md#controls). A window is its
/// owner's.
async fn make_room(link: &DevtoolsLink, session: &SessionId) -> Result<(), CallError> {
    let version = link.ask(None, &GetVersionParams::default(), PATIENCE).await?;
    let agent = version.get("userAgent").and_then(Value::as_str).unwrap_or_default();
    if agent.contains("HeadlessChrome") {
        let [width, height] = ROOM;
        let size = SetDeviceMetricsOverrideParams::new(width, height, 0.0, false);
        link.ask(Some(session), &size, PATIENCE).await?;
    }
    Ok(())
}

/// Goes to the site; ends when the page begins to come.
///
/// # Errors
/// Why it does not come.
pub(super) async fn navigate(
    link: DevtoolsLink,
    session: SessionId,
    site: Site,
) -> Result<(), String> {
    let answer = link.ask(Some(&session), &NavigateParams::new(site.url()), NAVIGATION).await;
    let answer = answer.map_err(|error| error.to_string())?;
    match answer.get("errorText").and_then(Value::as_str) {
        Some(error) => Err(error.to_owned()),
        None => Ok(()),
    }
}

/// Loads the page again that a tab shows; ends when the browser has begun to.
///
/// # Errors
/// Why it does not.
pub(super) async fn reload(
    link: DevtoolsLink,
    session: SessionId,
    loader: String,
) -> Result<(), String> {
    // Only what is there now: the owner may go elsewhere meanwhile.
    let params =
        ReloadParams { loader_id: Some(network::LoaderId::new(loader)), ..ReloadParams::default() };
    let answer = link.ask(Some(&session), &params, NAVIGATION).await;
    answer.map(|_| ()).map_err(|error| error.to_string())
}

/// Makes a world of ours in the document that a frame shows, with the guard of clicks at rest in
/// it; returns its global object.
///
/// # Errors
/// Why there is none.
pub(super) async fn enter(
    link: DevtoolsLink,
    session: SessionId,
    frame: String,
) -> Result<RemoteObjectId, CallError> {
    let mut params = CreateIsolatedWorldParams::new(frame);
    params.world_name = Some(WORLD.to_owned());
    let answer = link.ask(Some(&session), &params, PATIENCE).await?;
    let context = answer.get("executionContextId").and_then(Value::as_i64);
    let mut global = EvaluateParams::new(format!("({GUARD})(null), globalThis"));
    global.context_id = context.map(ExecutionContextId::new);
    let answer = link.ask(Some(&session), &global, PATIENCE).await?;
    text(&answer, "/result/objectId").map(RemoteObjectId::from)
}

/// The tab at the site, the first of several; of a browser of ours, the one that it began with
/// otherwise. Parts of the browser itself call themselves pages in other lists, not in this one
/// (docs/spec/browser.md#sockets).
fn choose(targets: &Value, site: &Site, ours: bool) -> Option<String> {
    let targets = targets.get("targetInfos")?.as_array()?;
    let field = |target: &Value, key: &str| {
        target.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    let tabs: Vec<(String, String)> = targets
        .iter()
        .filter(|target| field(target, "type") == "page")
        .map(|target| (field(target, "targetId"), field(target, "url")))
        .collect();
    let mut there = tabs.iter().filter(|(_, url)| site.covers(url));
    if let Some((target, url)) = there.next() {
        let others = there.count();
        if others > 0 {
            let tab = without_query(url);
            tracing::warn!("{others} more tabs are at the site; listening to the first, {tab}");
        }
        return Some(target.clone());
    }
    tabs.into_iter().find(|(_, url)| ours && url == "about:blank").map(|(target, _)| target)
}

fn text(answer: &Value, path: &str) -> Result<String, CallError> {
    let text = answer.pointer(path).and_then(Value::as_str);
    text.map(str::to_owned).ok_or_else(|| CallError::Refused(format!("an answer without {path}")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_tab_at_the_site_is_chosen_and_no_other_one_of_a_browser_that_is_not_ours() {
        let site: Site = "https://site.example".parse().unwrap();
        let tab =
            |id: &str, kind: &str, url: &str| json!({ "targetId": id, "type": kind, "url": url });
        let others = vec![
            tab("bar", "browser_ui", "chrome://omnibox-popup"),
            tab("mail", "page", "https://mail.example/"),
            tab("blank", "page", "about:blank"),
            tab("frame", "iframe", "https://site.example/"),
            tab("alike", "page", "https://site.example.org/"),
        ];
        let targets = |more: Vec<Value>| {
            let all = [others.clone(), more].concat();
            json!({ "targetInfos": all })
        };
        assert_eq!(choose(&targets(vec![]), &site, false), None);
        assert_eq!(choose(&targets(vec![]), &site, true).as_deref(), Some("blank"));
        let two = ["one", "two"].map(|id| tab(id, "page", "https://site.example/?x=1")).to_vec();
        for ours in [true, false] {
            assert_eq!(choose(&targets(two.clone()), &site, ours).as_deref(), Some("one"));
        }
    }
}
