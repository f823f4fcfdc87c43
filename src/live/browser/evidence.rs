//! Evidence of an order that was refused or is unknown: what its controls looked like, as a picture
//! and as text, and the last frames of the connection.
//!
//! Taken beside everything else, and bounded: no order waits for it. The picture is of the controls
//! alone, and the text has no more than they say: what stands around them may be about others.

use std::io;

use serde::Deserialize;
use serde_json::{Value, json};
use tokio::task::spawn_blocking;
use tracing::{debug, warn};

use super::page::{OpenPage, Page};
use crate::live::orders::{Evidence, Frames};

/// The function that looks at the controls and what they stand in.
const SURROUNDINGS: &str = include_str!("evidence/surroundings.js");
/// Longest text of the surroundings, in characters.
const TEXT_MAX: usize = 64 << 10;

/// What a page says of its controls.
#[derive(Debug, Deserialize)]
struct Surroundings {
    /// The elements, without what is not about the controls.
    html: String,
    /// The box around the controls: left, top, width, height; `None` where there are none.
    #[serde(rename = "box")]
    rectangle: Option<[f64; 4]>,
}

/// Takes what there is: of a page that is gone, the frames alone. `question` is that of the profile.
pub(super) async fn take(
    evidence: Evidence,
    page: Option<OpenPage>,
    question: Value,
    frames: Frames,
) {
    let (mut html, mut picture) = (None, None);
    if let Some(page) = page {
        let question = json!({ "selectors": question["selectors"], "most": TEXT_MAX });
        match page.call(SURROUNDINGS, &question).await.map(serde_json::from_value) {
            Ok(Ok(Surroundings { html: text, rectangle })) => {
                html = Some(text);
                if let Some(rectangle) = rectangle {
                    picture = page.picture_of(rectangle).await.ok();
                }
            }
            Ok(Err(error)) => debug!("no evidence of the controls: {error}"),
            Err(fault) => debug!("no evidence of the controls: {fault}"),
        }
    }
    let written = spawn_blocking(move || write(&evidence, html, picture, &frames)).await;
    match written {
        Ok(Ok(())) => {}
        Ok(Err(error)) => warn!("evidence of an order could not be kept: {error}"),
        Err(error) => warn!("evidence of an order could not be kept: {error}"),
    }
}

fn write(
    evidence: &Evidence,
    html: Option<String>,
    picture: Option<Vec<u8>>,
    frames: &Frames,
) -> io::Result<()> {
    evidence.frames(&frames.redacted())?;
    if let Some(html) = html {
        evidence.write("controls.html", html.as_bytes())?;
    }
    picture.map_or(Ok(()), |picture| evidence.write("controls.png", &picture))
}
