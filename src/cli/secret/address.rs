//! Addresses that are given by name, because what stands on a command line is seen by everyone on
//! the machine (`ps`).

use secrecy::ExposeSecret;
use tracing::warn;

use super::key;
use crate::base::address::SourceAddress;
use crate::base::error::Error;
use crate::base::printable;
use crate::base::secrets;
use crate::cli::settings::Settings;

/// Beginnings of a name in place of an address: of a secret, and of an environment variable.
const SECRET: &str = "secret:";
const ENVIRONMENT: &str = "env:";

/// The address that a text is, or that it names: `secret:NAME` is kept with the secrets, `env:NAME`
/// in the environment.
///
/// # Errors
/// When there is no such secret or variable, or the secrets cannot be opened.
pub(in super::super) fn address(
    settings: &Settings,
    given: &SourceAddress,
) -> Result<SourceAddress, Error> {
    if let Some(name) = given.expose().strip_prefix(SECRET) {
        let path = settings.secrets.path(&settings.paths)?;
        let kept = secrets::open(&path, &key::present(settings, &path)?)?;
        return Ok(SourceAddress::from(kept.get(name)?.expose_secret().trim()));
    }
    if let Some(name) = given.expose().strip_prefix(ENVIRONMENT) {
        return named(name, std::env::var(name).ok());
    }
    Ok(given.clone())
}

/// The same of an option of the command line; warns where everyone can read what may be secret.
///
/// # Errors
/// As [`address`].
pub(in super::super) fn address_of_option(
    settings: &Settings,
    (option, given): (&str, &SourceAddress),
) -> Result<SourceAddress, Error> {
    let found = address(settings, given)?;
    // What is named is not on the command line.
    if found == *given && given.has_secrets() {
        warn!(
            "{option}: everyone on this machine can read the whole address in the list of \
             processes; if it has a token, give `{option} secret:NAME` (`replayer secret set`) or \
             `{option} env:NAME`"
        );
    }
    Ok(found)
}

/// The address in a variable of the environment.
fn named(name: &str, value: Option<String>) -> Result<SourceAddress, Error> {
    match value.as_deref().map(str::trim) {
        Some(address) if !address.is_empty() => Ok(address.into()),
        _ => {
            let name = printable::one_line(name);
            Err(Error::usage(format!("no address in the environment variable {name}"))
                .hint("set it before the program starts, in a file that only you can read"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_itself_or_what_a_variable_has() {
        let settings = Settings::default();
        for plain in ["wss://h/?token=1", "h:3000", "environment:x"] {
            assert_eq!(address(&settings, &plain.into()).unwrap(), plain.into());
        }
        assert_eq!(named("A", Some(" wss://h?t\n".to_owned())).unwrap(), "wss://h?t".into());
        for empty in [None, Some(" ".to_owned())] {
            let error = named("A", empty).unwrap_err();
            assert!(error.to_string().contains("environment variable A"), "{error}");
        }
        assert!(address(&settings, &"env:REPLAYER_NONE".into()).is_err());
    }
}
