//! Where a command gets the key of the secrets: a file, a descriptor, or the terminal.

use std::path::Path;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use secrecy::{ExposeSecret, SecretString};

use crate::base::error::{Error, ErrorKind};
use crate::base::secrets::SecretKey;
use crate::cli::settings::Settings;

/// The key of the existing file.
///
/// # Errors
/// When it cannot be read, or there is no terminal to ask at.
pub(super) fn present(settings: &Settings, secrets: &Path) -> Result<SecretKey, Error> {
    key(settings, secrets, || SecretKey::of_passphrase(&asked("Passphrase of the secrets: ")?))
}

/// The key of a file that is about to be created.
///
/// # Errors
/// As [`present`], and for a passphrase that is too short or typed differently the second time.
pub(super) fn first(settings: &Settings, secrets: &Path) -> Result<SecretKey, Error> {
    key(settings, secrets, asked_twice)
}

/// The key that the settings name, else the one that the user types.
fn key(
    settings: &Settings,
    secrets: &Path,
    ask: impl FnOnce() -> Result<SecretKey, Error>,
) -> Result<SecretKey, Error> {
    leave_no_core()?;
    settings.secrets.key(secrets)?.map_or_else(ask, Ok)
}

/// Asks twice for a new passphrase.
///
/// # Errors
/// When it is too short, was typed differently the second time, or there is no terminal.
pub(super) fn asked_twice() -> Result<SecretKey, Error> {
    let passphrase = asked("New passphrase: ")?;
    let key = SecretKey::of_new_passphrase(&passphrase)?;
    if asked("Repeat it: ")?.expose_secret() != passphrase.expose_secret() {
        return Err(Error::usage("the two passphrases differ"));
    }
    Ok(key)
}

/// Reads what the user types, without showing it.
///
/// # Errors
/// When the process has no terminal.
pub(super) fn asked(prompt: &str) -> Result<SecretString, Error> {
    rpassword::prompt_password(prompt).map(SecretString::from).map_err(|error| {
        Error::new(ErrorKind::Usage, "no terminal to ask for a secret at")
            .hint("give the key by `secrets.key_file` or `secrets.key_fd`, and the secret on stdin")
            .caused_by(error)
    })
}

/// From here on, a crash of this process leaves no image of its memory on disk.
fn leave_no_core() -> Result<(), Error> {
    let none = Rlimit { current: Some(0), maximum: Some(0) };
    // A service that may not set limits has this one already.
    if getrlimit(Resource::Core) == none {
        return Ok(());
    }
    setrlimit(Resource::Core, none).map_err(|error| {
        Error::new(ErrorKind::Safety, "core dumps cannot be switched off")
            .caused_by(std::io::Error::from(error))
    })
}
