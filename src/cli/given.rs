//! The configuration as the command line gives it.

#[cfg(feature = "live")]
use std::path::Path;
use std::path::PathBuf;

use crate::base::error::Error;
use crate::cli::settings::{Flags, Loaded, Sources, load};

/// How a command prints its result.
#[derive(Debug, clap::Args)]
pub(super) struct Output {
    /// Print one JSON document instead of text
    #[arg(long)]
    pub(super) json: bool,
}

/// The configuration flags that every command takes.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Configuration")]
pub(super) struct Given {
    /// Read this configuration file instead of the user's (`replayer config`); also
    /// `REPLAYER_CONFIG`
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Override a setting of the file and the environment (may be given several times)
    #[arg(long = "set", global = true, value_name = "KEY=VALUE", value_parser = assignment)]
    set: Vec<(String, String)>,
}

fn assignment(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or("give KEY=VALUE")?;
    Ok((key.trim().to_owned(), value.trim().to_owned()))
}

impl Given {
    /// The sources of a command's configuration, with the settings of its own flags.
    pub(super) fn sources(&self, own: Flags) -> Sources {
        let set =
            self.set.iter().map(|(key, value)| ("--set".to_owned(), key.clone(), value.clone()));
        Sources::of_process(self.config.clone(), own.into_iter().chain(set).collect())
    }

    /// The configuration of a command, with the settings of its own flags.
    ///
    /// # Errors
    /// Every problem in the configuration.
    pub(super) fn load(&self, own: Flags) -> Result<Loaded, Error> {
        load(&self.sources(own))
    }

    /// The same, with the settings of a scenario over all others.
    ///
    /// # Errors
    /// Every problem in the configuration.
    #[cfg(feature = "live")]
    pub(super) fn load_with(&self, own: Flags, of_scenario: Flags) -> Result<Loaded, Error> {
        let mut sources = self.sources(own);
        sources.flags.extend(of_scenario);
        load(&sources)
    }
}

/// A command's flag that sets a key, if it was given.
#[cfg(feature = "live")]
pub(super) fn flag(name: &str, key: &str, value: Option<impl ToString>) -> Flags {
    let set = |value: String| (name.to_owned(), key.to_owned(), value);
    value.map(|value| set(value.to_string())).into_iter().collect()
}

/// A flag of a command that names a path.
///
/// # Errors
/// When the path cannot be made absolute, or is not valid UTF-8.
#[cfg(feature = "live")]
pub(super) fn path_flag(name: &str, key: &str, path: Option<&Path>) -> Result<Flags, Error> {
    let Some(path) = path else { return Ok(Flags::new()) };
    let absolute = std::path::absolute(path).map_err(|error| Error::io("find", path, error))?;
    let text = absolute.to_str().ok_or_else(|| {
        Error::usage(format!("{name} {}: the path is not valid UTF-8", path.display()))
    })?;
    Ok(flag(name, key, Some(text)))
}
