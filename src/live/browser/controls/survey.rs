//! What was seen of a page: the answer to the question of a profile.

use serde::Deserialize;

use super::guard::Stopped;

/// Everything on a page that could be a control.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Survey {
    /// The elements, in the order of the document.
    pub elements: Vec<Element>,
    /// The places of selectors of the question that are none.
    pub bad: Vec<usize>,
    /// True when two frames were drawn while it looked; else nobody knows what moves.
    pub drawn: bool,
    /// Width of the viewport in CSS pixels.
    pub width: f64,
    /// Height of the viewport in CSS pixels.
    pub height: f64,
    /// Why a click that was announced to the guard was stopped since the survey before.
    #[serde(default)]
    pub stopped: Option<Stopped>,
}

/// An element of a page.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Element {
    /// Its tag, in small letters.
    pub tag: String,
    /// Its role, where one is given.
    pub role: String,
    /// The text on it, with single spaces.
    pub text: String,
    /// What it is called for those who do not see it.
    pub name: String,
    /// The selectors of the question that it matches, by place.
    pub hits: Vec<usize>,
    /// The nearest element around it that is in the survey too.
    pub parent: Option<usize>,
    /// Its box: left, top, width, height in CSS pixels of the viewport.
    #[serde(rename = "box")]
    pub rectangle: [f64; 4],
    /// Its box two frames later; `None` where it was gone.
    pub later: Option<[f64; 4]>,
    /// True when it is drawn.
    pub visible: bool,
    /// True when its centre is inside of the viewport.
    pub in_view: bool,
    /// False when it is disabled.
    pub enabled: bool,
    /// True when a click on its centre hits it or something in it.
    pub reached: bool,
    /// The tag of what such a click hits.
    pub over: String,
    /// What a field contains; `None` of anything else.
    pub value: Option<String>,
    /// Whether it is pressed; `None` where nothing says so.
    pub pressed: Option<bool>,
}

impl Element {
    /// What it is labelled with: the name for those who do not see counts where there is nothing
    /// to see.
    pub(super) fn label(&self) -> &str {
        if self.text.is_empty() { &self.name } else { &self.text }
    }
}

impl Survey {
    /// Whether one element is around another.
    pub(super) fn is_around(&self, outer: usize, inner: usize) -> bool {
        let mut at = self.elements[inner].parent;
        // A broken answer must not lead in circles: every step goes up.
        for _ in 0..self.elements.len() {
            match at {
                Some(place) if place == outer => return true,
                Some(place) => at = self.elements.get(place).and_then(|element| element.parent),
                None => return false,
            }
        }
        false
    }
}
