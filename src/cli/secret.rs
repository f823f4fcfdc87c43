//! `replayer secret`: credentials at rest, encrypted.

mod credentials;
mod key;

use std::io::{self, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use tracing::info;
use zeroize::Zeroizing;

use super::console::Console;
use super::given::{Given, path_flag};
use crate::base::error::Error;
use crate::base::files::Pending;
use crate::base::secrets::{self, SecretKey, VALUE_BYTES_MAX};
use crate::cli::settings::Settings;
pub(super) use credentials::client;

/// Examples for `--help`.
const EXAMPLES: &str = "\
Examples:
  replayer secret set feed < credentials.json           keep what a file holds; the key is asked for
  replayer secret set feed                              ask for the secret, too
  replayer secret list
  replayer secret new-key /media/usb/replayer.key       a key file, kept apart from the secrets
  replayer secret rotate --new-key-file /media/usb/replayer.key
  replayer secret check --key-file /media/usb/replayer.key
  pass show replayer | replayer live my.ron --set secrets.key_fd=3 3<&0 </dev/null

A feed gets its credentials by the settings `feed.auth_secret` and `feed.auth_host` (docs/configuration.md).

Exit codes:
  0 done   2 the key is another one, or there is no such secret   3 a file is damaged or cannot be written
  5 a file is open to others, or was changed without the key";

/// Keep credentials encrypted on the disk: set, list, remove, rotate, check
///
/// They are sealed with XChaCha20-Poly1305 in one file of mode 0600, under a key that is derived with Argon2id
/// from a passphrase, from a key file that must lie in another folder, or from what comes from a descriptor.
/// No command prints a secret, and no log, recording or error shows one.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
    /// File with the key, in another folder than the secrets [default: `secrets.key_file`, else ask]
    #[arg(long, global = true, value_name = "FILE")]
    key_file: Option<PathBuf>,
    /// Print one JSON document instead of text
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Keep a secret, from stdin or asked for, in place of one of the same name
    Set {
        /// Its name: a-z, 0-9, '.', '_' and '-'
        name: String,
    },
    /// Print the names of the secrets
    List,
    /// Forget a secret
    Remove {
        /// Its name
        name: String,
    },
    /// Seal everything with a new key; the old one opens nothing any more
    Rotate {
        /// File with the new key [default: ask for a new passphrase]
        #[arg(long, value_name = "FILE")]
        new_key_file: Option<PathBuf>,
    },
    /// Open the file, say whether it is whole, and name what is in it
    Check,
    /// Make a file with a new key, of mode 0600
    NewKey {
        /// The file; must not exist
        file: PathBuf,
    },
}

/// Runs the command.
///
/// # Errors
/// When the key is another one, the file is damaged, open to others or cannot be written, or there is no
/// such secret.
pub(super) fn run(args: &Args, given: &Given, console: Console) -> Result<ExitCode, Error> {
    let own = path_flag("--key-file", "secrets.key_file", args.key_file.as_deref())?;
    let settings = given.load(own)?.settings;
    let path = settings.secrets.path(&settings.paths)?;
    let told = match &args.command {
        Command::Set { name } => set(name, &settings, &path)?,
        Command::List | Command::Check => {
            let secrets = secrets::open(&path, &key::present(&settings, &path)?)?;
            let names: Vec<&str> = secrets.names().collect();
            if args.json {
                return told_json(&path, &names, console);
            }
            if matches!(args.command, Command::Check) {
                info!("{} is whole, and this is its key: {} secrets", path.display(), names.len());
            }
            names.join("\n")
        }
        Command::Remove { name } => {
            let key = key::present(&settings, &path)?;
            secrets::change(&path, &key, None, |secrets| {
                secrets.get(name)?;
                secrets.remove(name);
                Ok(format!("removed {name}"))
            })?
        }
        Command::Rotate { new_key_file } => {
            let key = key::present(&settings, &path)?;
            // Opened first: a new passphrase is not asked for in vain.
            let count = secrets::open(&path, &key)?.names().count();
            let new = match new_key_file {
                Some(file) => SecretKey::in_file(file, &path)?,
                None => key::asked_twice()?,
            };
            secrets::change(&path, &key, Some(&new), |_| Ok(()))?;
            format!("{count} secrets sealed with the new key")
        }
        Command::NewKey { file } => new_key(file)?,
    };
    if args.json {
        console.print_json(&json!({ "done": told }))?;
    } else if !told.is_empty() {
        console.print(told)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn told_json(path: &Path, names: &[&str], console: Console) -> Result<ExitCode, Error> {
    console.print_json(&json!({ "file": path, "secrets": names }))?;
    Ok(ExitCode::SUCCESS)
}

fn set(name: &str, settings: &Settings, path: &Path) -> Result<String, Error> {
    let key =
        if path.exists() { key::present(settings, path)? } else { key::first(settings, path)? };
    let value = value(name)?;
    let replaced = secrets::change(path, &key, None, |secrets| secrets.set(name, value))?;
    Ok(format!("{} {name} in {}", if replaced { "replaced" } else { "set" }, path.display()))
}

/// The secret, from stdin without the line feed at its end, or asked for at the terminal.
fn value(name: &str) -> Result<SecretString, Error> {
    if io::stdin().is_terminal() {
        return key::asked(&format!("Secret {name}: "));
    }
    // As large as it may get: a vector that grows would leave copies behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(VALUE_BYTES_MAX + 2));
    io::stdin()
        .take(VALUE_BYTES_MAX as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| Error::io("read", Path::new("stdin"), error))?;
    let text = std::str::from_utf8(&bytes)
        .map_err(|_| Error::usage(format!("the secret {name} is no text in UTF-8")))?;
    Ok(text.strip_suffix('\n').unwrap_or(text).into())
}

fn new_key(file: &Path) -> Result<String, Error> {
    let key = SecretKey::generate()?;
    let mut pending = Pending::create_private(file)?;
    pending
        .write_all(key.expose_secret().as_bytes())
        .and_then(|()| pending.write_all(b"\n"))
        .map_err(|error| Error::io("write", file, error))?;
    pending.finish_durably()?;
    Ok(format!("wrote a new key to {}: without it nobody can open what it seals", file.display()))
}
