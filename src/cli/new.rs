//! `replayer new`: creates a crate with your own bot.

mod name;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde::Serialize;

use super::console::Console;
use crate::base::error::{Error, ErrorKind};
use crate::base::files::{self, reading};
use crate::engine::strategy::Strategies;
use name::Name;

/// Usage examples, appended to `--help`.
const EXAMPLES: &str = "\
Examples:
  replayer new my-bot
  cd my-bot && cargo test
  cargo run -- run my-bot.ron

  replayer new my-bot --git https://host/replayer.git   Replayer from a repository
  replayer new my-bot --path ../replayer                Replayer from a checkout";

/// The files to write: the repository's example, which its tests compile and run, under another
/// name; and the files that make it a crate.
const MANIFEST: &str = include_str!("new/Cargo.toml.txt");
const README: &str = include_str!("new/README.md.txt");
const IGNORED: &str = include_str!("new/gitignore.txt");
const MAIN: &str = include_str!("../../examples/own_bot/main.rs");
const BOT: &str = include_str!("../../examples/own_bot/dip.rs");
const SCENARIO: &str = include_str!("../../examples/own_bot/dip.ron");
/// The lines of [`MAIN`] that only the repository's copy needs.
const MAIN_SAYS: &str = "//!
//! `replayer new NAME` writes this, the bot and its scenario as a crate with a bot of that name.
";

/// Create a crate with a bot of your own: `cargo test` and `cargo run` work in it at once
///
/// The crate is the whole command line of Replayer plus one bot. Its only dependency is Replayer:
/// the checkout that this program was built from if it exists, else the release of the same
/// version.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// Name of the crate, its folder and the bot: letters, digits, `-` and `_`
    name: String,
    /// Depend on Replayer in this repository
    #[arg(long, value_name = "URL", conflicts_with = "path")]
    git: Option<String>,
    /// Depend on Replayer in this checkout
    #[arg(long, value_name = "DIR")]
    path: Option<PathBuf>,
    /// Print one JSON document instead of text
    #[arg(long)]
    json: bool,
}

/// Where the crate finds Replayer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Dependency {
    Git(String),
    Path(String),
    Version(&'static str),
}

impl Dependency {
    /// The dependency as the manifest has it.
    fn toml(&self) -> String {
        match self {
            Self::Git(url) => format!("{{ git = {} }}", quoted(url)),
            Self::Path(path) => format!("{{ path = {} }}", quoted(path)),
            Self::Version(version) => quoted(version),
        }
    }

    /// The dependency as it is shown to the user.
    fn shown(&self) -> String {
        match self {
            Self::Git(place) | Self::Path(place) => format!("in {place}"),
            Self::Version(version) => format!("release {version}"),
        }
    }
}

#[derive(Debug, Serialize)]
struct Document<'a> {
    name: &'a str,
    strategy: &'a str,
    folder: &'a Path,
    replayer: Dependency,
    files: Vec<PathBuf>,
}

/// Runs the command.
///
/// # Errors
/// When the name is invalid, the folder exists, or something cannot be written.
pub(super) fn run(
    args: &Args,
    strategies: &Strategies,
    console: Console,
) -> Result<ExitCode, Error> {
    let name = Name::new(&args.name, strategies)?;
    let dependency = dependency(args)?;
    let folder = Path::new(&name.package);
    let files = write(folder, &files(&name, &dependency))?;
    let document = Document {
        name: &name.package,
        strategy: &name.strategy,
        folder,
        replayer: dependency,
        files,
    };
    if args.json {
        console.print_json(&document)?;
    } else {
        console.print(render(&document))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn dependency(args: &Args) -> Result<Dependency, Error> {
    if let Some(url) = &args.git {
        return Ok(Dependency::Git(url.clone()));
    }
    let Some(path) = &args.path else {
        let built_from = Path::new(env!("CARGO_MANIFEST_DIR"));
        // Cargo marks its own copies of packages, which are not checkouts to work in.
        let is_checkout = is_replayer(built_from) && !built_from.join(".cargo-ok").exists();
        let checkout = built_from.to_str().filter(|_| is_checkout);
        let version = Dependency::Version(env!("CARGO_PKG_VERSION"));
        return Ok(checkout.map_or(version, |path| Dependency::Path(path.to_owned())));
    };
    if !is_replayer(path) {
        let what = format!("--path {}: not a checkout of Replayer", path.display());
        return Err(Error::usage(what).hint("give the folder that holds its Cargo.toml"));
    }
    // Absolute, so that the crate may be moved.
    let path = path.canonicalize().map_err(|source| Error::io("find", path, source))?;
    let path = path.to_str().ok_or_else(|| {
        Error::usage(format!("--path {}: the path is not valid UTF-8", path.display()))
    })?;
    Ok(Dependency::Path(path.to_owned()))
}

/// Largest manifest of a package that is looked into, in bytes.
const MANIFEST_BYTES_MAX: u64 = 1 << 20;

/// Whether the folder holds the manifest of this package.
fn is_replayer(folder: &Path) -> bool {
    let manifest =
        reading::text(&folder.join("Cargo.toml"), MANIFEST_BYTES_MAX).unwrap_or_default();
    manifest.lines().any(|line| line.trim() == "name = \"replayer\"")
}

/// Every file to write, with its path in the folder.
fn files(name: &Name, dependency: &Dependency) -> Vec<(PathBuf, String)> {
    let Name { package, module, strategy, .. } = name;
    let filled = |text: &str| {
        text.replace("{name}", package)
            .replace("{Name}", strategy)
            .replace("{module}", module)
            .replace("{rust}", env!("CARGO_PKG_RUST_VERSION"))
            .replace("{dependency}", &dependency.toml())
    };
    let code = |text: &str| renamed(text, &name.renaming(module));
    let scenario = renamed(SCENARIO, &name.renaming(package));
    vec![
        ("Cargo.toml".into(), filled(MANIFEST)),
        (".gitignore".into(), IGNORED.to_owned()),
        ("README.md".into(), filled(README)),
        (format!("{package}.ron").into(), scenario),
        ("src/main.rs".into(), code(&MAIN.replace(MAIN_SAYS, ""))),
        (format!("src/{module}.rs").into(), code(BOT)),
    ]
}

/// A text in which whole words are renamed.
fn renamed(text: &str, names: &[(&str, &str)]) -> String {
    let is_sign = |sign: char| !(sign.is_alphanumeric() || sign == '_');
    let word = |piece: &str| {
        let word = piece.trim_end_matches(is_sign);
        let new = names.iter().find(|(old, _)| *old == word).map(|&(_, new)| new);
        new.map_or_else(|| piece.to_owned(), |new| format!("{new}{}", &piece[word.len()..]))
    };
    text.split_inclusive(is_sign).map(word).collect()
}

/// A text as a TOML string: the escapes of JSON are among those of TOML.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Writes the files into a new folder, which is removed again when one cannot be written.
fn write(folder: &Path, files: &[(PathBuf, String)]) -> Result<Vec<PathBuf>, Error> {
    fs::create_dir(folder).map_err(|source| match source.kind() {
        io::ErrorKind::AlreadyExists => {
            let what = format!("{} already exists and was left unchanged", folder.display());
            Error::new(ErrorKind::Io, what).hint("choose another name or another folder")
        }
        _ => Error::io("create", folder, source),
    })?;
    let written = files.iter().map(|(path, text)| {
        let at = folder.join(path);
        let made = at.parent().map_or(Ok(()), fs::create_dir_all);
        made.map_err(|source| Error::io("write", &at, source))?;
        files::save_new(&at, text.as_bytes())?;
        Ok(path.clone())
    });
    let written: Result<Vec<_>, Error> = written.collect();
    written.inspect_err(|_| {
        // The first failure says more than a failed removal.
        let _ = fs::remove_dir_all(folder);
    })
}

fn render(document: &Document<'_>) -> String {
    let Document { name, strategy, replayer, files, .. } = document;
    let files: Vec<String> =
        files.iter().map(|path| format!("  {name}/{}", path.display())).collect();
    format!(
        "{name}: a crate with the bot {strategy}, on Replayer {}\n{}\n\nNext:\n  \
         cd {name} && cargo test\n  cargo run -- run {name}.ron",
        replayer.shown(),
        files.join("\n")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_words_are_renamed() {
        let names = [("dip", "my_bot"), ("Dip", "MyBot")];
        let text = "mod dip; dip::Dip, DipParams dips \"dip\" dip";
        let new = "mod my_bot; my_bot::MyBot, DipParams dips \"my_bot\" my_bot";
        assert_eq!(renamed(text, &names), new);
    }

    #[test]
    fn nothing_of_the_example_and_no_gap_is_left_in_what_is_written() {
        assert!(MAIN.contains(MAIN_SAYS));
        let name = Name::new("my-bot", &Strategies::none()).unwrap();
        let gaps = ["{name}", "{Name}", "{module}", "{rust}", "{dependency}"];
        for (path, text) in files(&name, &Dependency::Version("1.2.3")) {
            assert!(!text.to_lowercase().contains("dip"), "{}: {text}", path.display());
            assert!(!gaps.iter().any(|gap| text.contains(gap)), "{}: {text}", path.display());
        }
    }

    #[test]
    fn a_dependency_is_written_as_toml_whatever_signs_are_in_it() {
        let path = Dependency::Path("/a \"b\"\\c".into());
        assert_eq!(path.toml(), r#"{ path = "/a \"b\"\\c" }"#);
        assert_eq!(
            Dependency::Git("https://a.example".into()).toml(),
            r#"{ git = "https://a.example" }"#
        );
        assert_eq!(Dependency::Version("1.2.3").toml(), r#""1.2.3""#);
    }
}
