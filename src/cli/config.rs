//! `replayer config`: shows, checks and explains the settings.

mod words;

use std::path::PathBuf;
use std::process::ExitCode;

use serde_json::{Map, Value as Json, json};

use super::console::Console;
use super::given::Given;
use crate::base::error::Error;
use crate::cli::settings::{
    CONFIG_VARIABLE, Flags, Key, Loaded, Settings, Sources, config_file, load, unknown,
};

/// Usage examples and exit codes, appended to `--help`.
const EXAMPLES: &str = "\
Examples:
  replayer config show                                  every setting, and its source
  replayer config show --toml > replayer.toml           a file to begin with
  replayer config check replayer.toml                   every problem at once, with line and column
  replayer config explain record.queue_messages         its meaning, allowed values and value
  REPLAYER__RECORD__PLAIN=true replayer config show
  replayer live my.ron --set record.part_games_max=100

Exit codes:
  0 done   2 the configuration is invalid   3 it cannot be read   5 a limit is raised";

/// Show, check and explain the configuration: defaults < file < environment < flags
///
/// Files are TOML: `/etc/replayer/config.toml` where there is one, then `--config FILE`, else the one
/// that `REPLAYER_CONFIG` names, else `~/.config/replayer/config.toml` where there is one. A variable
/// `REPLAYER__SECTION__KEY` overrides the files, a flag overrides both. What is in `limits` may only be
/// lowered by what comes later. An unknown setting is an error in every layer.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
    /// Print one JSON document instead of text
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Print every setting with its value and source
    Show {
        /// Print a configuration file with these values
        #[arg(long, conflicts_with = "json")]
        toml: bool,
    },
    /// Report every problem at once
    Check {
        /// This file only, without the environment [default: the whole configuration]
        file: Option<PathBuf>,
    },
    /// Explain settings: meaning, allowed values, value and source
    Explain {
        /// Settings, such as `record.queue_messages`, or whole sections, such as `record`
        #[arg(required = true)]
        keys: Vec<String>,
    },
}

/// Runs the command.
///
/// # Errors
/// When the configuration is invalid or cannot be read, a setting is unknown, or stdout cannot be
/// written.
pub(super) fn run(args: &Args, given: &Given, console: Console) -> Result<ExitCode, Error> {
    match &args.command {
        Command::Show { toml } => {
            let loaded = given.load(Flags::new())?;
            if *toml {
                console.print_as_it_is(words::toml(&loaded))?;
            } else if args.json {
                console.print_json(&document(&Settings::keys(), &loaded))?;
            } else {
                console.print(words::table(&loaded))?;
            }
        }
        Command::Check { file } => check(file.as_ref(), args.json, given, console)?,
        Command::Explain { keys } => {
            let loaded = given.load(Flags::new())?;
            let keys = named(keys)?;
            if args.json {
                console.print_json(&document(&keys, &loaded))?;
            } else {
                let texts: Vec<String> =
                    keys.iter().map(|key| words::explain(key, &loaded)).collect();
                console.print(texts.join("\n\n"))?;
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn check(file: Option<&PathBuf>, json: bool, given: &Given, console: Console) -> Result<(), Error> {
    let sources = match file {
        Some(file) => {
            Sources { file: Some(file.clone()), file_must_exist: true, ..Sources::default() }
        }
        None => given.sources(Flags::new()),
    };
    let read = sources.file.clone().filter(|file| file.exists());
    let loaded = load(&sources)?;
    let set = loaded.set().count();
    if json {
        return console.print_json(&json!({ "file": read, "set": set }));
    }
    let place = match (&read, config_file()) {
        (Some(file), _) => file.display().to_string(),
        (None, Some(usual)) => {
            format!("no file ({CONFIG_VARIABLE} is not set, {} does not exist)", usual.display())
        }
        (None, None) => "no file".to_owned(),
    };
    console.print(format!("{place}: {set} of {} settings set, all valid", Settings::keys().len()))
}

/// The settings of these names; a section stands for all of its settings.
fn named(names: &[String]) -> Result<Vec<Key>, Error> {
    let all = Settings::keys();
    let mut found = Vec::new();
    for name in names {
        let before = found.len();
        let is_meant = |key: &&Key| key.name == name || key.section() == name;
        found.extend(all.iter().filter(is_meant).cloned());
        if let Some(feature) = Settings::absent(name) {
            return Err(Error::not_built(&format!("the setting `{name}`"), feature));
        }
        if found.len() == before {
            return Err(Error::usage(unknown(name, &all)));
        }
    }
    Ok(found)
}

fn document(keys: &[Key], loaded: &Loaded) -> Json {
    let settings: Map<String, Json> = keys
        .iter()
        .map(|key| {
            let (value, layer) = loaded.value(key.name);
            let what = json!({
                "value": key.json(value),
                "from": layer.to_string(),
                "default": key.json(&key.default),
                "unit": key.unit,
                "range": key.range,
                "about": key.about,
                "variable": key.variable(),
            });
            (key.name.to_owned(), what)
        })
        .collect();
    json!({ "settings": settings })
}
