//! `replayer secret`: encrypted storage of credentials.

mod address;
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
pub(super) use address::{address, address_of_option};
pub(super) use credentials::client;

/// Usage examples and exit codes, appended to `--help`.
const EXAMPLES: &str = "\
Examples:
  replayer secret set feed < credentials.json           store a file's content; asks for the key
  replayer secret set feed                              asks for the secret, too
  replayer secret list
  replayer secret new-key /media/usb/replayer.key       a key file, kept apart from the secrets
  replayer secret rotate --new-key-file /media/usb/replayer.key
  replayer secret check --key-file /media/usb/replayer.key
  pass show replayer | replayer live my.ron --set secrets.key_fd=3 3<&0 </dev/null

A feed gets its credentials by the settings `feed.auth_secret`, `feed.headers_secret` and
`feed.auth_host`, a proxy by `feed.proxy_secret` (docs/configuration.md).

Exit codes:
  0 done   2 wrong key or unknown secret   3 a file is damaged or cannot be written
  5 a file is open to others, or was changed without the key";

/// Keep credentials encrypted on disk: set, list, remove, rotate, check
///
/// They are sealed with XChaCha20-Poly1305 in one file of mode 0600. Argon2id derives the key from
/// a passphrase, from a key file that must be in another folder, or from what a descriptor
/// delivers. No command prints a secret, and no log, recording or error shows one.
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
    /// Store a secret, read from stdin or asked for; replaces one of the same name
    Set {
        /// Name of the secret: a-z, 0-9, '.', '_' and '-'
        name: String,
    },
    /// Print the names of the secrets
    List,
    /// Remove a secret from the file
    Remove {
        /// Name of the secret
        name: String,
    },
    /// Reseal everything with a new key; the old one becomes useless
    Rotate {
        /// File with the new key [default: ask for a new passphrase]
        #[arg(long, value_name = "FILE")]
        new_key_file: Option<PathBuf>,
    },
    /// Open the file, check that it is intact, and list the names of its secrets
    Check,
    /// Create a file with a new key, of mode 0600
    NewKey {
        /// File to create; must not exist
        file: PathBuf,
    },
}

/// Runs the command.
///
/// # Errors
/// When the key is wrong, the file is damaged, readable by others or cannot be written, or the
/// secret does not exist.
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
                info!("{} is intact and the key fits: {} secrets", path.display(), names.len());
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
            // Opened first, so that a new passphrase is not asked for in vain.
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

/// The secret: from stdin without the final line feed, or asked for at the terminal.
fn value(name: &str) -> Result<SecretString, Error> {
    if io::stdin().is_terminal() {
        return key::asked(&format!("Secret {name}: "));
    }
    // At full capacity: a vector that grows would leave copies in memory.
    let mut bytes = Zeroizing::new(Vec::with_capacity(VALUE_BYTES_MAX + 2));
    io::stdin()
        .take(VALUE_BYTES_MAX as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| Error::io("read", Path::new("stdin"), error))?;
    let text = std::str::from_utf8(&bytes)
        .map_err(|_| Error::usage(format!("the secret {name} is not valid UTF-8")))?;
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
    Ok(format!("wrote a new key to {}: without it, what it seals is lost", file.display()))
}
