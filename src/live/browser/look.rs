//! One look at a page: what is on it, and which of it is which control.

use super::controls::{Panel, Profile, SURVEY, Survey};
use super::page::{Fault, Page};

/// Surveys the page once and finds its controls.
///
/// # Errors
/// As [`Page::call`].
pub(super) async fn look(page: &impl Page, profile: &Profile) -> Result<(Panel, Survey), Fault> {
    let answer = page.call(SURVEY, &profile.question()).await?;
    let survey: Survey = serde_json::from_value(answer)
        .map_err(|error| Fault::Script(format!("an answer that is none: {error}")))?;
    Ok((Panel::of(profile, &survey), survey))
}
