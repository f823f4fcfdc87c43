//! The layers of a configuration, one over the other, and all problems in them.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use ::config::{Environment, File, FileFormat, Source, Value, ValueKind};

use super::key::{Key, NotSet, PREFIX};
use super::places::{self, Place};
use super::sections::Settings;
use crate::base::document::one_of;
use crate::base::error::{Error, ErrorKind};
use crate::base::files::reading;
use crate::base::printable;

/// The file of the machine. No variable and no flag leads elsewhere.
const MACHINE_FILE: &str = "/etc/replayer/config.toml";

/// The section of the settings that later sources may only lower.
const LIMITS: &str = "limits";

/// Maximum size of a configuration file, in bytes.
const BYTES_MAX: u64 = 1 << 20;

/// The source of a value. Later ones win, except of limits, which they may only lower.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Layer {
    /// Set nowhere: the default.
    Default,
    /// A file, at a line and a column.
    File(PathBuf, Place),
    /// A variable of the environment.
    Environment(String),
    /// A flag of the command line.
    Flag(String),
}

impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(path, (line, column)) => {
                write!(f, "{}:{line}:{column}", path.display())
            }
            Self::Environment(variable) => write!(f, "${variable}"),
            Self::Flag(flag) => f.write_str(flag),
        }
    }
}

/// Settings of the command line: flag, key and value.
pub type Flags = Vec<(String, String, String)>;

/// The sources of a configuration.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// The file of the machine, which is read before any other where it exists.
    pub machine: Option<PathBuf>,
    /// The file of the user where another one is read in its place: its limits hold all the same.
    pub limits_of: Option<PathBuf>,
    /// The file; `None` to read no file.
    pub file: Option<PathBuf>,
    /// Whether a missing file is an error.
    pub file_must_exist: bool,
    /// The variables of the environment.
    pub environment: Vec<(String, String)>,
    /// The flags of the command line.
    pub flags: Flags,
}

impl Sources {
    /// The file of the machine; the named file, else the one of `REPLAYER_CONFIG`, else the user's
    /// if it exists; the environment of the process; and these flags.
    #[must_use]
    pub fn of_process(file: Option<PathBuf>, flags: Flags) -> Self {
        let named = file.or_else(|| std::env::var_os(super::CONFIG_VARIABLE).map(PathBuf::from));
        let file_must_exist = named.is_some();
        // A variable that is not valid UTF-8 is none of our settings.
        let text = |(name, value): (OsString, OsString)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        };
        let environment = std::env::vars_os().filter_map(text).collect();
        let (user, machine) = (super::config_file(), Some(MACHINE_FILE.into()));
        let limits_of = user.clone().filter(|_| file_must_exist);
        Self { machine, limits_of, file: named.or(user), file_must_exist, environment, flags }
    }
}

/// One problem in a configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingProblem {
    /// The layer with the problem.
    pub layer: Layer,
    /// The problem, in words.
    pub what: String,
    /// Whether it is an attempt to raise a limit.
    pub raises: bool,
}

/// All problems of a configuration.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problems(pub Vec<SettingProblem>);

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (nth, SettingProblem { layer, what, .. }) in self.0.iter().enumerate() {
            let end = if nth == 0 { "" } else { "\n" };
            write!(f, "{end}{}", printable::one_line(&format!("{layer}: {what}")))?;
        }
        Ok(())
    }
}

impl From<Problems> for Error {
    fn from(problems: Problems) -> Self {
        let are_limits = problems.0.iter().all(|problem| problem.raises);
        let kind = if are_limits { ErrorKind::Safety } else { ErrorKind::Usage };
        Self::of_lines(kind, problems.to_string())
            .hint("`replayer config explain KEY` shows what a setting does and allows")
    }
}

/// A configuration with the source of each value.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The settings, typed and checked.
    pub settings: Settings,
    values: Values,
}

/// Text and layer of every setting, by name.
type Values = BTreeMap<&'static str, (String, Layer)>;

impl Loaded {
    /// A setting as text, empty if unset, and its source.
    #[must_use]
    pub fn value(&self, key: &str) -> (&str, &Layer) {
        self.values.get(key).map_or(("", &Layer::Default), |(value, layer)| (value, layer))
    }

    /// The keys that are set in any layer.
    pub fn set(&self) -> impl Iterator<Item = &'static str> {
        let set = self.values.iter().filter(|(_, (_, layer))| *layer != Layer::Default);
        set.map(|(key, _)| *key)
    }
}

/// Reads every layer.
///
/// # Errors
/// When the file cannot be read or is not TOML; and all unknown keys and invalid values of all
/// layers at once.
pub fn load(sources: &Sources) -> Result<Loaded, Error> {
    let keys = Settings::keys();
    let mut values: Values =
        keys.iter().map(|key| (key.name, (key.default.clone(), Layer::Default))).collect();
    let mut settings = Settings::default();
    let mut problems = Problems::default();
    for Found { name, value, layer } in found(sources, &keys)? {
        // One file serves every build.
        if Settings::absent(&name).is_some() {
            continue;
        }
        let Some(key) = keys.iter().find(|key| key.name == name) else {
            problems.add(layer, unknown(&name, &keys));
            continue;
        };
        let text = match value {
            Ok(text) => text,
            Err(what) => {
                problems.add(layer, format!("`{name}`: {what}"));
                continue;
            }
        };
        match key.set(&mut settings, &text) {
            Ok(()) => {
                values.insert(key.name, (text, layer));
            }
            Err(NotSet::Invalid(what)) => {
                problems.add(layer, format!("`{name}`: {text:?}: {what}"));
            }
            Err(NotSet::Raises) => {
                let (later, earlier) = (named(key, &text), set_at(&values, key));
                problems.add_raise(layer, format!("`{name}`: {later} is above {earlier}"));
            }
            Err(NotSet::Changes) => {
                let (later, earlier) = (named(key, &text), set_at(&values, key));
                problems.add_raise(layer, format!("`{name}`: {later} is not {earlier}"));
            }
        }
    }
    if let Some((name, wider)) = settings.above_its_span() {
        let find = |name: &str| keys.iter().find(|key| key.name == name);
        if let (Some(key), Some(wider)) = (find(name), find(wider)) {
            let (text, layer) = &values[key.name];
            let (inner, outer) = (named(key, text), set_at(&values, wider));
            let what = format!("`{name}`: {inner} is above `{}`, {outer}", wider.name);
            problems.add_raise(layer.clone(), what);
        }
    }
    if !problems.0.is_empty() {
        return Err(problems.into());
    }
    settings.consistent().map_err(|(key, what)| {
        let layer = values.get(key).map_or(Layer::Default, |(_, layer)| layer.clone());
        let mut problems = Problems::default();
        problems.add(layer, format!("`{key}`: {what}"));
        Error::from(problems)
    })?;
    Ok(Loaded { settings, values })
}

impl Problems {
    fn add(&mut self, layer: Layer, what: String) {
        self.0.push(SettingProblem { layer, what, raises: false });
    }

    fn add_raise(&mut self, layer: Layer, what: String) {
        self.0.push(SettingProblem { layer, what, raises: true });
    }
}

/// A value in words, with its unit.
fn named(key: &Key, text: &str) -> String {
    match (text, key.unit) {
        ("", _) => "nothing".to_owned(),
        (text, "") => text.to_owned(),
        (text, unit) => format!("{text} {unit}"),
    }
}

/// The value that a key has so far, with its place.
fn set_at(values: &Values, key: &Key) -> String {
    let (text, layer) = &values[key.name];
    format!("{} of {layer}", named(key, text))
}

/// The message about an unknown name, with the most similar settings.
pub fn unknown(name: &str, keys: &[Key]) -> String {
    let section = name.split('.').next().unwrap_or_default();
    let mut near: Vec<&str> =
        keys.iter().filter(|key| key.section() == section).map(|key| key.name).collect();
    if near.is_empty() {
        near = keys.iter().map(Key::section).collect();
        near.dedup();
    }
    format!("unknown setting `{name}`{}", one_of(name, &near))
}

/// A value, or why it is invalid, with its name and source.
struct Found {
    name: String,
    value: Result<String, String>,
    layer: Layer,
}

/// Everything that is set, in order of precedence, the strongest last.
fn found(sources: &Sources, keys: &[Key]) -> Result<Vec<Found>, Error> {
    let Sources { machine, limits_of, file: own, .. } = sources;
    let is_other = |path: &&PathBuf| Some(*path) != own.as_ref();
    let mut found = Vec::new();
    if let Some(machine) = machine.as_ref().filter(is_other) {
        found.extend(file(machine, false, keys)?);
    }
    if let Some(path) = limits_of.as_ref().filter(is_other) {
        let is_limit = |found: &Found| found.name.split('.').next() == Some(LIMITS);
        found.extend(file(path, false, keys)?.into_iter().filter(is_limit));
    }
    if let Some(path) = own {
        found.extend(file(path, sources.file_must_exist, keys)?);
    }
    found.extend(environment(sources)?);
    found.extend(sources.flags.iter().map(|(flag, name, value)| Found {
        name: name.clone(),
        value: Ok(value.clone()),
        layer: Layer::Flag(flag.clone()),
    }));
    Ok(found)
}

fn file(path: &Path, must_exist: bool, keys: &[Key]) -> Result<Vec<Found>, Error> {
    let Some(text) = text_of(path, must_exist)? else { return Ok(Vec::new()) };
    let places = places::keys(path, &text)?;
    let read = collect(&File::from_str(&text, FileFormat::Toml))?;
    let mut found = Vec::new();
    for (name, place) in places {
        let value = match read.get(&name) {
            Some(value) => text_of_value(value.clone()),
            // A section that sets nothing.
            None if keys.iter().any(|key| key.section() == name) => continue,
            None => Err("expected one value".to_owned()),
        };
        found.push(Found { name, value, layer: Layer::File(path.to_owned(), place) });
    }
    Ok(found)
}

fn environment(sources: &Sources) -> Result<Vec<Found>, Error> {
    let ours = sources.environment.iter().cloned().collect();
    let source = Environment::with_prefix(PREFIX).separator("__").source(Some(ours));
    let found = collect(&source)?.into_iter().map(|(name, value)| {
        let variable = format!("{PREFIX}__{}", name.replace('.', "__").to_uppercase());
        Found { name, value: text_of_value(value), layer: Layer::Environment(variable) }
    });
    Ok(found.collect())
}

/// The leaves of a source by their full names.
fn collect(source: &dyn Source) -> Result<BTreeMap<String, Value>, Error> {
    let read = source.collect().map_err(|error| {
        Error::new(ErrorKind::Usage, "the configuration cannot be read").caused_by(error)
    })?;
    let mut leaves = BTreeMap::new();
    let mut open: Vec<(String, Value)> = read.into_iter().collect();
    while let Some((name, value)) = open.pop() {
        if let Ok(table) = value.clone().into_table() {
            open.extend(table.into_iter().map(|(key, value)| (format!("{name}.{key}"), value)));
        } else {
            leaves.insert(name, value);
        }
    }
    Ok(leaves)
}

/// The text of a value; a list of values is the JSON of their texts.
fn text_of_value(value: Value) -> Result<String, String> {
    if let ValueKind::Array(list) = value.kind {
        let texts: Result<Vec<String>, _> = list.into_iter().map(text_of_value).collect();
        return texts.map(|texts| serde_json::Value::from(texts).to_string());
    }
    value.into_string().map_err(|_| "expected one value".to_owned())
}

fn text_of(path: &Path, must_exist: bool) -> Result<Option<String>, Error> {
    match reading::text(path, BYTES_MAX) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound && !must_exist => Ok(None),
        Err(error) => Err(Error::io("read the configuration", path, error)),
    }
}
