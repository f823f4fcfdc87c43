//! Which modules there are, and which of them uses which.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use super::sources::{Source, Written, rust_files};

/// Most steps from a name to what it stands for: more would be a circle of `use`.
const STEPS_MAX: usize = 8;

/// A use of one module by another one, both written with `/`: `engine/venue/remote`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Use {
    pub(super) user: String,
    pub(super) used: String,
    /// The first line that says so.
    pub(super) line: usize,
}

/// The modules of the crate, each with the names that its `use` declarations give it.
///
/// A name leads to the module that it comes from, however often it is handed on: who uses
/// `crate::engine::build`, which `engine` hands on, uses `engine/build`.
#[derive(Debug, Clone)]
pub(super) struct Modules(BTreeMap<String, BTreeMap<String, Vec<String>>>);

impl Modules {
    /// The modules of the crate as they are, with some files in place of those of the same path.
    pub(super) fn with(sources: &[Source]) -> Self {
        let mut modules = crate_as_it_is().0.clone();
        modules.0.extend(sources.iter().map(names_of));
        modules
    }

    pub(super) fn has(&self, module: &str) -> bool {
        self.0.contains_key(module)
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The modules that a file uses, each once.
    pub(super) fn used_by(&self, source: &Source) -> Vec<Use> {
        let user = source.module();
        let mut lines: BTreeMap<String, usize> = BTreeMap::new();
        for Written { line, segments, .. } in source.paths() {
            let path: Vec<_> = segments.iter().map(String::as_str).collect();
            if let Some(used) = self.resolve(user, &path, 0).filter(|used| used != user) {
                lines.entry(used).or_insert(line);
            }
        }
        let of = |(used, line)| Use { user: user.to_owned(), used, line };
        lines.into_iter().map(of).collect()
    }

    /// The module that a path in a module leads to; `None` out of the crate, or to its root.
    fn resolve(&self, module: &str, path: &[&str], steps: usize) -> Option<String> {
        if steps > STEPS_MAX {
            return None;
        }
        let (mut at, mut rest) = match path {
            ["crate" | "replayer", rest @ ..] => (String::new(), rest),
            ["self", rest @ ..] => (module.to_owned(), rest),
            ["super", ..] => {
                let ups = path.iter().take_while(|name| **name == "super").count();
                let above = module.rsplitn(ups + 1, '/').nth(ups).unwrap_or("");
                (above.to_owned(), &path[ups..])
            }
            [first, _, ..] if self.has(&child(module, first)) => (module.to_owned(), path),
            [first, rest @ ..] if !rest.is_empty() => {
                let import = self.0.get(module)?.get(*first)?;
                let whole: Vec<_> =
                    import.iter().map(String::as_str).chain(rest.iter().copied()).collect();
                let is_ours = matches!(whole[0], "crate" | "replayer" | "super" | "self");
                return is_ours.then(|| self.resolve(module, &whole, steps + 1)).flatten();
            }
            _ => return None,
        };
        while let [name, after @ ..] = rest {
            let inside = child(&at, name);
            if self.has(&inside) {
                (at, rest) = (inside, after);
                continue;
            }
            let handed_on = self.0.get(if at.is_empty() { "lib" } else { &at });
            let import = handed_on.and_then(|names| names.get(*name));
            let found = import.and_then(|path| {
                let path: Vec<_> = path.iter().map(String::as_str).collect();
                self.resolve(&at, &path, steps + 1)
            });
            return found.or(Some(at)).filter(|at| !at.is_empty());
        }
        Some(at).filter(|at| !at.is_empty() && !path.iter().all(|name| *name == "super"))
    }
}

fn child(module: &str, name: &str) -> String {
    if module.is_empty() { name.to_owned() } else { format!("{module}/{name}") }
}

fn names_of(source: &Source) -> (String, BTreeMap<String, Vec<String>>) {
    let mut names = BTreeMap::new();
    for Written { mut segments, imported_as, .. } in source.paths() {
        if segments.len() > 1 && segments.last().is_some_and(|last| last == "self") {
            segments.pop();
        }
        if let Some(name) = imported_as.filter(|name| segments != [name.as_str()]) {
            names.insert(name, segments);
        }
    }
    (source.module().to_owned(), names)
}

/// The modules as they are, and their uses of one another.
fn crate_as_it_is() -> &'static (Modules, Vec<Use>) {
    static CRATE: OnceLock<(Modules, Vec<Use>)> = OnceLock::new();
    CRATE.get_or_init(|| {
        let sources = rust_files("src");
        let modules = Modules(sources.iter().map(names_of).collect());
        let uses = sources.iter().flat_map(|source| modules.used_by(source)).collect();
        (modules, uses)
    })
}

/// All uses of the crate, those of some files in place of those of the files of the same path.
pub(super) fn uses_with(sources: &[Source]) -> Vec<Use> {
    let modules = Modules::with(sources);
    let replaced: BTreeSet<&str> = sources.iter().map(Source::module).collect();
    let as_they_are = crate_as_it_is().1.iter();
    let kept = as_they_are.filter(|a_use| !replaced.contains(a_use.user.as_str())).cloned();
    kept.chain(sources.iter().flat_map(|source| modules.used_by(source))).collect()
}

/// Fails when a table names a module that is not there.
pub(super) fn assert_all_exist<'a>(table: &str, named: impl IntoIterator<Item = &'a str>) {
    let (modules, _) = crate_as_it_is();
    for module in named {
        assert!(modules.has(module), "{table} names {module}, which is not there");
    }
}

#[test]
fn a_path_leads_to_the_module_that_its_name_comes_from() {
    let text = "use super::{Collected, session as after};\nuse crate::engine::{self, Lineup};\n\
                pub(in crate::cli) fn f() { engine::build(); after::f(); stage::g() }";
    let source = |path, text| Source::new(path, text);
    let sources = [
        source("src/engine/planted.rs", text),
        source("src/engine/planted/stage.rs", ""),
        source("src/engine.rs", "pub use build::{Lineup, build};\npub use collector::*;"),
    ];
    let used: Vec<_> = Modules::with(&sources).used_by(&sources[0]);
    let used: Vec<_> = used.iter().map(|a_use| (a_use.used.as_str(), a_use.line)).collect();
    let wanted =
        [("engine", 1), ("engine/build", 2), ("engine/planted/stage", 3), ("engine/session", 1)];
    assert_eq!(used, wanted);
}
