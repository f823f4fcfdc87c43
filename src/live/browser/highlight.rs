//! Marks on a page: frames with labels around what was found, or around what would be pressed.
//!
//! They are drawn above the page and take part in nothing: clicks go through them, the survey of the
//! controls does not see them, and the page's own styles do not reach them.

use std::time::Duration;

use serde::Serialize;
use serde_json::json;

use super::controls::Found;
use super::page::{Fault, Page};

/// The function that draws: takes the marks, removes those from before, returns how many there are.
const HIGHLIGHT: &str = include_str!("highlight/highlight.js");

/// What a mark says by its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Tone {
    /// Green: it was found and can be used.
    Good,
    /// Red: something is there and is refused.
    Bad,
    /// Orange: here it would be pressed.
    Press,
}

/// A frame with a label.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Mark {
    /// Left, top, width and height in CSS pixels of the viewport.
    pub rectangle: [f64; 4],
    /// What stands at it.
    pub label: String,
    /// The colour of the mark.
    pub tone: Tone,
}

impl Mark {
    /// A mark around an element.
    #[must_use]
    pub fn around(found: &Found, label: impl Into<String>, tone: Tone) -> Self {
        Self { rectangle: found.rectangle, label: label.into(), tone }
    }
}

/// Draws these marks and no others: those from before are removed, so that no marks at all clear
/// the page. They go by themselves after a time, if one is given.
///
/// # Errors
/// As [`Page::call`].
pub async fn highlight(
    page: &impl Page,
    marks: &[Mark],
    lasting: Option<Duration>,
) -> Result<(), Fault> {
    let lasting = lasting.map(|lasting| lasting.as_secs_f64() * 1_000.0);
    page.call(HIGHLIGHT, &json!({ "marks": marks, "lasting": lasting })).await.map(drop)
}
