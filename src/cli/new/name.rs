//! Valid names of a bot's crate, and the names derived from one.

use crate::base::error::Error;
use crate::engine::strategy::Strategies;

/// Maximum length of a name, in bytes: that of crate registries.
const BYTES_MAX: usize = 64;

/// Keywords of Rust, in any edition.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate",
    "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl",
    "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref",
    "return", "self", "static", "struct", "super", "trait", "true", "try", "type", "typeof",
    "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// Names that Cargo, Rust or the crate's own files use.
const TAKEN: &[&str] = &[
    "alloc",
    "bevy_ecs",
    "build",
    "core",
    "deps",
    "examples",
    "incremental",
    "lib",
    "main",
    "proc_macro",
    "replayer",
    "std",
    "test",
];

/// Names that a bot's file uses for other things.
const USED: &[&str] = &[
    "Action",
    "Actions",
    "LifeStart",
    "Debug",
    "Clone",
    "Into",
    "Option",
    "Params",
    "Self",
    "Sol",
    "Some",
    "Strategies",
    "Strategy",
    "TestTable",
    "View",
];

/// The names of a bot's crate and its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Name {
    /// The crate, its folder, its scenario and the bot in it: `my-bot`.
    pub(super) package: String,
    /// The bot's module: `my_bot`.
    pub(super) module: String,
    /// The bot's type and its name in scenarios: `MyBot`.
    pub(super) strategy: String,
    params: String,
}

impl Name {
    /// Checks a name, and that no strategy has it yet.
    ///
    /// # Errors
    /// Why the name is invalid, and what a valid one looks like.
    pub(super) fn new(text: &str, strategies: &Strategies) -> Result<Self, Error> {
        let refused = |why: &str| {
            Error::usage(format!("`{text}` is not a valid crate name: {why}")).hint(
                "a name is a letter, then letters (a to z), digits, `-` and `_`, such as `my-bot`",
            )
        };
        if !text.starts_with(|first: char| first.is_ascii_alphabetic()) {
            return Err(refused("it does not begin with a letter"));
        }
        let is_fit = |sign: char| sign.is_ascii_alphanumeric() || matches!(sign, '-' | '_');
        if let Some(sign) = text.chars().find(|&sign| !is_fit(sign)) {
            return Err(refused(&format!("it holds `{}`", sign.escape_debug())));
        }
        if text.len() > BYTES_MAX {
            return Err(refused(&format!("it is longer than {BYTES_MAX} characters")));
        }
        let module = text.replace('-', "_").to_lowercase();
        if KEYWORDS.contains(&module.as_str()) {
            return Err(refused("it is a Rust keyword"));
        }
        if TAKEN.contains(&module.as_str()) {
            return Err(refused("Cargo, Rust or Replayer uses it"));
        }
        let strategy: String = module.split('_').map(capitalised).collect();
        if USED.contains(&strategy.as_str()) {
            return Err(refused(&format!("the bot's file uses `{strategy}` for something else")));
        }
        if strategies.get(&strategy).is_some() {
            return Err(refused(&format!("there is a strategy `{strategy}` already")));
        }
        let params = format!("{strategy}Params");
        Ok(Self { package: text.to_owned(), module, strategy, params })
    }

    /// The words of the example and their replacements; its bot and its module are both called
    /// `dip`.
    pub(super) fn renaming<'a>(&'a self, lower: &'a str) -> [(&'static str, &'a str); 3] {
        [("dip", lower), ("Dip", &self.strategy), ("DipParams", &self.params)]
    }
}

fn capitalised(word: &str) -> String {
    let mut signs = word.chars();
    let first = signs.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(signs).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_gives_a_module_and_a_type() {
        for (text, module, strategy) in [
            ("my-bot", "my_bot", "MyBot"),
            ("Late_dip2", "late_dip2", "LateDip2"),
            ("x", "x", "X"),
            ("a--b_", "a__b_", "AB"),
        ] {
            let name = Name::new(text, &Strategies::standard()).unwrap();
            assert_eq!((&*name.module, &*name.strategy), (module, strategy), "{text}");
            assert_eq!((&*name.package, name.params), (text, format!("{strategy}Params")));
        }
    }

    #[test]
    fn what_is_no_name_is_refused_with_why() {
        let long = "x".repeat(BYTES_MAX + 1);
        for (text, why) in [
            ("", "does not begin"),
            ("2fast", "does not begin"),
            ("-x", "does not begin"),
            ("a b", "holds ` `"),
            ("../x", "does not begin"),
            ("x/y", "holds `/`"),
            ("böt", "holds `ö`"),
            (&long, "longer than 64"),
            ("loop", "Rust keyword"),
            ("Self", "Rust keyword"),
            ("replayer", "uses it"),
            ("proc-macro", "uses it"),
            ("main", "uses it"),
            ("sol", "uses `Sol`"),
            ("hold-to-target", "strategy `HoldToTarget` already"),
        ] {
            let error = Name::new(text, &Strategies::standard()).unwrap_err().to_string();
            assert!(error.contains(why) && error.contains("such as `my-bot`"), "{text}: {error}");
        }
    }
}
