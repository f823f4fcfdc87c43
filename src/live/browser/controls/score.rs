//! Scoring: how likely each element is to be a control, and whether the likeliest can be used.
//!
//! What speaks for an element is taken as independent: two signs that are right half of the time
//! are wrong together in one case of four.

use std::cmp::Ordering;

use super::Control;
use super::finding::{ControlFinding, ControlProblem, Found, Panel};
use super::profile::{Candidates, Profile, Sign};
use super::survey::{Element, Survey};

/// How much a box may differ in two frames, in CSS pixels: rounding, no movement.
const STILL: f64 = 0.5;

/// An element that could be a control.
#[derive(Debug, Clone, Copy)]
struct Likely {
    element: usize,
    confidence: f64,
}

impl Panel {
    /// Finds the controls of a profile in what was seen of a page.
    #[must_use]
    pub fn of(profile: &Profile, survey: &Survey) -> Self {
        Self { findings: findings(profile, survey) }
    }
}

/// A finding for every control of the profile, in the order of the controls.
fn findings(profile: &Profile, survey: &Survey) -> Vec<ControlFinding> {
    // Twice: places are told by the likeliest elements of a first look without places.
    let mut likeliest: Vec<(Control, usize)> = Vec::new();
    for candidates in &profile.controls {
        let ranked = ranked(profile, survey, candidates, &[]);
        if let Some(first) = ranked.first() {
            likeliest.push((candidates.control, first.element));
        }
    }
    let mut findings: Vec<_> = profile
        .controls
        .iter()
        .map(|candidates| {
            let ranked = ranked(profile, survey, candidates, &likeliest);
            finding(profile, survey, candidates.control, &ranked)
        })
        .collect();
    findings.sort_by_key(|finding| finding.control);
    findings
}

/// The elements that could be a control, the likeliest first.
fn ranked(
    profile: &Profile,
    survey: &Survey,
    candidates: &Candidates,
    likeliest: &[(Control, usize)],
) -> Vec<Likely> {
    let selectors = profile.selectors();
    let elements = survey.elements.iter().enumerate();
    let fitting = elements.filter(|&(place, element)| {
        fits(candidates, element) && !holds_another(profile, survey, candidates.control, place)
    });
    let mut ranked: Vec<_> = fitting
        .map(|(place, element)| {
            let doubt = candidates.hints.iter().filter(|hint| match &hint.sign {
                Sign::Role(role) => role_of(element) == role,
                Sign::Css(selector) => {
                    let at = selectors.iter().position(|known| known == selector);
                    at.is_some_and(|at| element.hits.contains(&at))
                }
                Sign::Below(other) => {
                    anchor(survey, likeliest, *other).is_some_and(|other| is_below(element, other))
                }
                Sign::RightOf(other) => anchor(survey, likeliest, *other)
                    .is_some_and(|other| is_right_of(element, other)),
            });
            let doubt: f64 = doubt.map(|hint| 1.0 - hint.weight).product();
            let confidence = 1.0 - (1.0 - candidates.weight) * doubt;
            Likely { element: place, confidence }
        })
        .collect();
    // What is not shown comes after everything that is, however likely. Of two that are as likely,
    // the outer one comes first: it is first in the document.
    ranked.sort_by(|a, b| {
        let shown = |likely: &Likely| survey.elements[likely.element].visible;
        let by_confidence = b.confidence.partial_cmp(&a.confidence).unwrap_or(Ordering::Equal);
        shown(b).cmp(&shown(a)).then(by_confidence).then(a.element.cmp(&b.element))
    });
    ranked
}

/// Whether an element is what the control must be: labelled so, or tagged so.
fn fits(candidates: &Candidates, element: &Element) -> bool {
    let tagged = candidates.tags.is_empty() || candidates.tags.contains(&element.tag);
    let labels = &candidates.labels;
    tagged && (labels.is_empty() || labels.iter().any(|one| one.fits(element.label())))
}

/// Whether another control that is pressed is in an element: a row of buttons begins with the label
/// of its first one, and its middle is another one.
fn holds_another(profile: &Profile, survey: &Survey, control: Control, outer: usize) -> bool {
    let others = profile.controls.iter();
    let others = others.filter(|other| other.control != control && !other.control.is_read());
    let mut inside = (0..survey.elements.len()).filter(|&inner| survey.is_around(outer, inner));
    !control.is_read()
        && inside.any(|inner| {
            let mut others = others.clone();
            others.any(|other| fits(other, &survey.elements[inner]))
        })
}

fn role_of(element: &Element) -> &str {
    match (element.role.as_str(), element.tag.as_str()) {
        ("", tag @ "button") => tag,
        ("", "input" | "textarea") => "textbox",
        (role, _) => role,
    }
}

fn anchor<'a>(
    survey: &'a Survey,
    likeliest: &[(Control, usize)],
    control: Control,
) -> Option<&'a Element> {
    let found = likeliest.iter().find(|(known, _)| *known == control);
    found.and_then(|(_, place)| survey.elements.get(*place))
}

fn is_below(element: &Element, other: &Element) -> bool {
    element.rectangle[1] >= other.rectangle[1] + other.rectangle[3]
}

fn is_right_of(element: &Element, other: &Element) -> bool {
    let ([left, top, _, height], [other_left, other_top, other_width, other_height]) =
        (element.rectangle, other.rectangle);
    let middle = top + height / 2.0;
    left >= other_left + other_width && (other_top..=other_top + other_height).contains(&middle)
}

fn finding(
    profile: &Profile,
    survey: &Survey,
    control: Control,
    ranked: &[Likely],
) -> ControlFinding {
    let Some(&best) = ranked.first() else {
        let problem = Some(ControlProblem::Missing);
        return ControlFinding { control, confidence: 0.0, found: None, problem };
    };
    let element = &survey.elements[best.element];
    let found = Found {
        element: best.element,
        tag: element.tag.clone(),
        text: element.text.clone(),
        label: element.label().to_owned(),
        value: element.value.clone(),
        pressed: element.pressed,
        rectangle: element.rectangle,
    };
    let problem = problem(profile, survey, control, ranked);
    ControlFinding { control, confidence: best.confidence, found: Some(found), problem }
}

/// What is against the likeliest element; the worst first.
fn problem(
    profile: &Profile,
    survey: &Survey,
    control: Control,
    ranked: &[Likely],
) -> Option<ControlProblem> {
    let best = *ranked.first()?;
    let element = &survey.elements[best.element];
    if !element.visible {
        return Some(ControlProblem::Hidden);
    }
    let rival = ranked[1..].iter().find(|other| {
        survey.elements[other.element].visible
            && best.confidence - other.confidence < profile.margin
            && !survey.is_around(best.element, other.element)
            && !survey.is_around(other.element, best.element)
    });
    if let Some(rival) = rival {
        let Element { tag, text, .. } = &survey.elements[rival.element];
        return Some(ControlProblem::Ambiguous { tag: tag.clone(), text: text.clone() });
    }
    if best.confidence < profile.least {
        return Some(ControlProblem::Unsure);
    }
    if control.is_read() {
        return None;
    }
    if !element.in_view {
        return Some(ControlProblem::OutOfView);
    }
    if !element.enabled {
        return Some(ControlProblem::Disabled);
    }
    if !element.reached {
        return Some(ControlProblem::Covered { by: element.over.clone() });
    }
    let still = element.later.is_some_and(|later| {
        later.iter().zip(element.rectangle).all(|(later, before)| (later - before).abs() <= STILL)
    });
    if !still {
        return Some(ControlProblem::Moving);
    }
    (!survey.drawn).then_some(ControlProblem::NotDrawn)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn element(text: &str, left: f64) -> Element {
        Element {
            tag: "button".to_owned(),
            role: String::new(),
            text: text.to_owned(),
            name: String::new(),
            hits: Vec::new(),
            parent: None,
            rectangle: [left, 100.0, 80.0, 30.0],
            later: Some([left, 100.0, 80.0, 30.0]),
            visible: true,
            in_view: true,
            enabled: true,
            reached: true,
            over: "button".to_owned(),
            value: None,
            pressed: None,
        }
    }

    fn seen(elements: Vec<Element>, drawn: bool) -> Survey {
        let (bad, stopped) = (Vec::new(), None);
        Survey { elements, bad, drawn, width: 900.0, height: 600.0, stopped }
    }

    fn panel(elements: Vec<Element>) -> Panel {
        Panel::of(&Profile::rugs_fun(), &seen(elements, true))
    }

    fn why(panel: &Panel, control: Control) -> Option<ControlProblem> {
        panel.found(control).err()
    }

    #[test]
    fn labels_decide_wherever_the_buttons_are() {
        let row = |names: [&str; 3]| {
            let places = [0.0, 100.0, 200.0];
            names.into_iter().zip(places).map(|(name, left)| element(name, left)).collect()
        };
        for names in [
            ["BUY+0.030 SOL", "SHORT", "SELL"],
            ["SELL", "SHORT", "BUY+0.030 SOL"],
            ["SHORT", "SELL", "BUY"],
        ] {
            let panel = panel(row(names));
            for (control, begins) in
                [(Control::Buy, "BUY"), (Control::Sell, "SELL"), (Control::Short, "SHORT")]
            {
                let found = panel.found(control).unwrap_or_else(|why| panic!("{control}: {why}"));
                assert!(found.text.starts_with(begins), "{control} in {names:?}");
            }
        }
    }

    #[test]
    fn place_and_class_alone_make_no_button() {
        let mut impostor = element("SHORT", 0.0);
        impostor.hits = (0..99).collect();
        let panel = panel(vec![impostor]);
        assert_eq!(why(&panel, Control::Sell), Some(ControlProblem::Missing));
        assert_eq!(why(&panel, Control::Buy), Some(ControlProblem::Missing));
    }

    #[test]
    fn two_alike_are_none_unless_one_is_in_the_other_or_not_shown() {
        let twins = panel(vec![element("BUY", 0.0), element("BUY +0.1 SOL", 100.0)]);
        assert!(matches!(why(&twins, Control::Buy), Some(ControlProblem::Ambiguous { .. })));
        let mut inner = element("BUY", 0.0);
        inner.parent = Some(0);
        let nested = panel(vec![element("BUY", 0.0), inner]);
        assert_eq!(nested.found(Control::Buy).unwrap().element, 0);
        let mut hidden = element("BUY", 0.0);
        hidden.visible = false;
        let shadowed = panel(vec![hidden.clone(), element("BUY", 100.0)]);
        assert_eq!(shadowed.found(Control::Buy).unwrap().element, 1);
        assert_eq!(why(&panel(vec![hidden]), Control::Buy), Some(ControlProblem::Hidden));
    }

    #[test]
    fn a_row_of_buttons_is_not_its_first_button() {
        let row = element("BUY SHORT SELL", 0.0);
        let inside = ["BUY", "SHORT", "SELL"].into_iter().zip([0.0, 90.0, 180.0]);
        let inside = inside.map(|(name, left)| Element { parent: Some(0), ..element(name, left) });
        let panel = panel(std::iter::once(row).chain(inside).collect());
        assert_eq!(panel.found(Control::Buy).unwrap().element, 1);
        assert_eq!(panel.found(Control::Sell).unwrap().element, 3);
    }

    #[test]
    fn what_cannot_be_clicked_is_refused_with_the_reason() {
        let refused = |change: fn(&mut Element)| {
            let mut sell = element("SELL", 0.0);
            change(&mut sell);
            why(&panel(vec![sell]), Control::Sell)
        };
        assert_eq!(refused(|_| {}), None);
        assert_eq!(refused(|sell| sell.enabled = false), Some(ControlProblem::Disabled));
        assert_eq!(refused(|sell| sell.in_view = false), Some(ControlProblem::OutOfView));
        assert_eq!(refused(|sell| sell.later = None), Some(ControlProblem::Moving));
        assert_eq!(
            refused(|sell| sell.later = Some([3.0, 100.0, 80.0, 30.0])),
            Some(ControlProblem::Moving)
        );
        let covered = refused(|sell| (sell.reached, sell.over) = (false, "div".to_owned()));
        assert_eq!(covered, Some(ControlProblem::Covered { by: "div".to_owned() }));
        let survey = seen(vec![element("SELL", 0.0)], false);
        let asleep = Panel::of(&Profile::rugs_fun(), &survey);
        assert_eq!(why(&asleep, Control::Sell), Some(ControlProblem::NotDrawn));
    }

    #[test]
    fn too_little_is_too_little() {
        let mut field = element("", 0.0);
        (field.tag, field.value) = ("input".to_owned(), Some("0.030".to_owned()));
        let panel = panel(vec![field]);
        assert_eq!(why(&panel, Control::AmountField), Some(ControlProblem::Unsure));
        assert!(panel.amount().is_err());
    }
}
