//! A document that a tab shows.

use serde::Deserialize;

/// A document in a frame of a tab.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TabDocument {
    /// The frame around its own; none around the main frame.
    #[serde(default)]
    pub(super) parent_id: Option<String>,
    /// What tells it from every other one.
    pub(super) loader_id: String,
    /// Where it came from.
    pub(super) url: String,
    /// What could not be loaded, if it stands for that.
    #[serde(default)]
    pub(super) unreachable_url: Option<String>,
    /// The frame that it is in.
    pub(super) id: String,
}
