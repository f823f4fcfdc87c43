//! Profiles: what speaks for an element being a control, as a file that can be changed when a site
//! changes. Read in one go: whatever is wrong is reported at once, with line and column.

use std::io;
use std::path::Path;

use serde_json::{Value, json};

use super::Control;
use super::label::Label;
use crate::base::document::{Document, DocumentFields, Raw};
use crate::base::error::{Error, ErrorKind};
use crate::base::files::reading;
use crate::base::printable;

/// The version of the format.
pub const VERSION: u32 = 1;

/// The profile that ships inside the program.
const RUGS_FUN: &str = include_str!("rugs_fun.ron");
/// The largest file that is read, in bytes.
const BYTES_MAX: u64 = 1 << 20;

/// What is known of the controls of a site.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// The site that it describes.
    pub site: String,
    /// How sure it must be that an element is a control, from 0 to 1.
    pub least: f64,
    /// How much surer than of any other element.
    pub margin: f64,
    /// What is known of each control that it knows.
    pub controls: Vec<Candidates>,
}

/// What speaks for an element being a control.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidates {
    /// The control that is looked for.
    pub control: Control,
    /// It must bear one of these; anything does where there are none.
    pub labels: Vec<Label>,
    /// It must be one of these; anything is where there are none.
    pub tags: Vec<String>,
    /// How sure that alone is, from 0 to 1.
    pub weight: f64,
    /// What else speaks for it.
    pub hints: Vec<Hint>,
}

/// Something that speaks for an element, and how much.
#[derive(Debug, Clone, PartialEq)]
pub struct Hint {
    /// What the element must show.
    pub sign: Sign,
    /// From 0 to 1.
    pub weight: f64,
}

/// What can speak for an element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sign {
    /// Its role: given, or that of its tag.
    Role(String),
    /// It matches a CSS selector, by the place of that in [`Profile::selectors`].
    Css(String),
    /// It stands below another control.
    Below(Control),
    /// It stands to the right of another control, at the same height.
    RightOf(Control),
}

impl Profile {
    /// The profile of rugs.fun that ships inside the program.
    ///
    /// # Panics
    /// Never: a test reads it.
    #[must_use]
    pub fn rugs_fun() -> Self {
        Self::parse(RUGS_FUN, "rugs_fun.ron").expect("the embedded profile is right")
    }

    /// Reads a profile file.
    ///
    /// # Errors
    /// When it cannot be read, or when anything is wrong with it.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let name = printable::path(path);
        let text = reading::text(path, BYTES_MAX).map_err(|source| match source.kind() {
            io::ErrorKind::FileTooLarge | io::ErrorKind::InvalidData => {
                Error::usage(format!("{name}: this is not a profile")).caused_by(source)
            }
            _ => Error::io("read", path, source),
        })?;
        Self::parse(&text, &name)
    }

    /// Reads a profile from its text; errors call it by this name.
    ///
    /// # Errors
    /// Of kind [`crate::base::error::ErrorKind::Usage`], with a line for every problem, when there
    /// is any.
    pub fn parse(text: &str, name: &str) -> Result<Self, Error> {
        let document = Document::new(text);
        let read = document.root().and_then(read);
        let problems = document.problems();
        match read {
            Some(profile) if problems.is_empty() => Ok(profile),
            _ => {
                let line = |problem| printable::one_line(&format!("{name}:{problem}")).into_owned();
                let lines: Vec<_> = problems.iter().map(line).collect();
                let what = format!("the profile is wrong\n{}", lines.join("\n"));
                Err(Error::of_lines(ErrorKind::Usage, what)
                    .hint("the embedded profile is one to begin with"))
            }
        }
    }

    /// The CSS selectors of all hints, each once, in the order of the file.
    #[must_use]
    pub fn selectors(&self) -> Vec<&str> {
        let mut selectors = Vec::new();
        for hint in self.controls.iter().flat_map(|candidates| &candidates.hints) {
            if let Sign::Css(selector) = &hint.sign
                && !selectors.contains(&selector.as_str())
            {
                selectors.push(selector.as_str());
            }
        }
        selectors
    }

    /// What [`SURVEY`](super::SURVEY) is asked.
    #[must_use]
    pub fn question(&self) -> Value {
        json!({ "selectors": self.selectors() })
    }
}

fn read(root: Raw<'_>) -> Option<Profile> {
    if root.name() != "Profile" {
        root.problem("expected `Profile(version: 1, site: \"…\", controls: […], …)`");
        return None;
    }
    let mut fields = root.fields()?;
    let version = fields.required_raw("version").and_then(|raw| {
        raw.checked(|&version: &u32| {
            (version != VERSION).then(|| format!("this program reads version {VERSION}"))
        })
    });
    let site = fields.required::<String>("site");
    let least = share(&mut fields, "least");
    let margin = share(&mut fields, "margin");
    let controls = fields.required_raw("controls").and_then(|raw| {
        let items = raw.list()?;
        let mut known: Vec<Candidates> = Vec::new();
        for item in items {
            if let Some(candidates) = candidates(item) {
                if known.iter().any(|other| other.control == candidates.control) {
                    item.problem(format!("{} is described twice", candidates.control));
                }
                known.push(candidates);
            }
        }
        Some(known)
    });
    fields.finish();
    version?;
    Some(Profile { site: site?, least: least?, margin: margin?, controls: controls? })
}

/// A share that is given in percent.
fn share(fields: &mut DocumentFields<'_>, name: &'static str) -> Option<f64> {
    let percent = fields.required_raw(name)?.checked(|percent: &u32| {
        (*percent == 0 || *percent > 100).then(|| "expected a percentage from 1 to 100".to_owned())
    })?;
    Some(f64::from(percent) / 100.0)
}

fn candidates(raw: Raw<'_>) -> Option<Candidates> {
    let mut fields = raw.fields()?;
    let control = fields.required_raw("control").and_then(control);
    let labels = items(&mut fields, "labels", label);
    let tags = items(&mut fields, "tags", |raw| raw.read::<String>());
    if labels.is_none() && tags.is_none() {
        fields.problem("a control needs `labels` that it must bear, or `tags`");
    }
    let weight = share(&mut fields, "weight");
    let hints = items(&mut fields, "hints", hint).unwrap_or_default();
    fields.finish();
    let (labels, tags) = (labels.unwrap_or_default(), tags.unwrap_or_default());
    Some(Candidates { control: control?, labels, tags, weight: weight?, hints })
}

/// The items of a list that may be absent; those that are wrong are noted and left out, and a list
/// without any is as wrong as they are.
fn items<T>(
    fields: &mut DocumentFields<'_>,
    name: &'static str,
    read: impl Fn(Raw<'_>) -> Option<T>,
) -> Option<Vec<T>> {
    let raw = fields.raw(name)?;
    let items = raw.list().unwrap_or_default();
    if items.is_empty() {
        raw.problem(format!("`{name}` may not be empty"));
    }
    Some(items.into_iter().filter_map(read).collect())
}

fn control(raw: Raw<'_>) -> Option<Control> {
    let name = raw.read::<String>()?;
    let control = Control::named(&name);
    if control.is_none() {
        let names = Control::ALL.map(Control::name);
        let rest = crate::base::document::one_of(&name, &names);
        raw.problem(format!("{name:?} is not a control{rest}"));
    }
    control
}

fn label(raw: Raw<'_>) -> Option<Label> {
    let made: fn(String) -> Label = match raw.name() {
        "Exact" => Label::Exact,
        "Begins" => Label::Begins,
        "Number" => Label::Number,
        _ => {
            raw.unknown_name(&["Exact", "Begins", "Number"]);
            return None;
        }
    };
    let text = raw.wrapped()?.checked(|text: &String| {
        text.trim().is_empty().then(|| "a label may not be empty".to_owned())
    })?;
    Some(made(text))
}

fn hint(raw: Raw<'_>) -> Option<Hint> {
    let mut fields = raw.fields()?;
    let role = fields.optional::<String>("role").map(Sign::Role);
    let css = fields.optional::<String>("css").map(Sign::Css);
    let below = fields.raw("below").and_then(control).map(Sign::Below);
    let right_of = fields.raw("right_of").and_then(control).map(Sign::RightOf);
    let attribute = fields.raw("attribute").and_then(attribute_name);
    let value = fields.optional::<String>("is");
    let weight = share(&mut fields, "weight");
    let attribute = match (attribute, value) {
        (Some(name), Some(value)) => {
            let value = value.replace('\\', "\\\\").replace('"', "\\\"");
            Some(Sign::Css(format!("[{name}=\"{value}\"]")))
        }
        (None, None) => None,
        _ => {
            fields.problem("an `attribute` has an `is`, and an `is` an `attribute`");
            None
        }
    };
    let mut signs: Vec<_> = [role, css, below, right_of, attribute].into_iter().flatten().collect();
    if signs.len() != 1 {
        fields.problem("a hint has one of `role`, `css`, `attribute`, `below` and `right_of`");
    }
    fields.finish();
    Some(Hint { sign: signs.pop()?, weight: weight? })
}

fn attribute_name(raw: Raw<'_>) -> Option<String> {
    raw.checked(|name: &String| {
        let plain = |sign: char| sign.is_ascii_alphanumeric() || sign == '-' || sign == '_';
        (name.is_empty() || !name.chars().all(plain))
            .then(|| "the name of an attribute has letters, digits, `-` and `_`".to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rejection(text: &str) -> String {
        Profile::parse(text, "x.ron").unwrap_err().to_string()
    }

    #[test]
    fn the_embedded_profile_knows_every_control() {
        let profile = Profile::rugs_fun();
        for control in Control::ALL {
            let known = profile.controls.iter().find(|candidates| candidates.control == control);
            let known = known.unwrap_or_else(|| panic!("{control} is not in the profile"));
            // What is pressed is never told by its place alone.
            assert!(control.is_read() || !known.labels.is_empty(), "{control} has no label");
        }
        assert!(profile.selectors().len() > 10);
    }

    #[test]
    fn every_problem_of_a_profile_is_reported_with_its_place() {
        let text = "Profile(\n  version: 2,\n  site: \"x\",\n  least: 0,\n  margin: 5,\n  controls: [\n    \
                    (control: \"Buyy\", labels: [Exacty(\"BUY\")], weight: 50),\n    \
                    (control: \"Sell\", labels: [Exact(\"\")], weight: 50, hints: [(css: \"a\", role: \"b\", weight: 1)]),\n    \
                    (control: \"Max\", weight: 50),\n  ],\n)";
        let rejection = rejection(text);
        for problem in [
            "x.ron:2:12: 2: this program reads version 1",
            "x.ron:4:10: 0: expected a percentage",
            "x.ron:7:15: \"Buyy\" is not a control, did you mean `Buy`?",
            "x.ron:7:32: `Exacty` is not known here, did you mean `Exact`?",
            "x.ron:8:38: \"\": a label may not be empty",
            "x.ron:8:64: a hint has one of",
            "x.ron:9:5: a control needs `labels`",
        ] {
            assert!(rejection.contains(problem), "{problem} is not in:\n{rejection}");
        }
    }

    #[test]
    fn a_file_that_is_not_a_profile_is_refused() {
        assert!(rejection("Scenario()").contains("x.ron:1:1: expected `Profile("));
        assert!(rejection("(").contains("x.ron:1:"));
        assert!(rejection("(").contains("is not closed"));
        let twice = "Profile(version: 1, site: \"x\", least: 5, margin: 5, controls: [\
                     (control: \"Max\", labels: [Exact(\"MAX\")], weight: 5),\
                     (control: \"Max\", labels: [Exact(\"MAX\")], weight: 5)])";
        assert!(rejection(twice).contains("Max is described twice"));
    }
}
