//! Names and their secrets, and how they are laid out before they are sealed.

use std::collections::BTreeMap;

use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use super::sealed::TAG_BYTES;
use crate::base::error::{Error, ErrorKind};

/// Longest name of a secret, in bytes.
pub const NAME_BYTES_MAX: usize = 64;

/// Longest secret, in bytes.
pub const VALUE_BYTES_MAX: usize = 64 << 10;

/// Bytes of a length field.
const LENGTH_BYTES: usize = 4;

/// Secrets by name, wiped when dropped.
#[derive(Debug, Default)]
pub struct Secrets {
    by_name: BTreeMap<String, SecretString>,
}

impl Secrets {
    /// The secret of a name.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] for an unknown name.
    pub fn get(&self, name: &str) -> Result<&SecretString, Error> {
        self.by_name.get(name).ok_or_else(|| {
            Error::usage(format!("unknown secret {name:?}"))
                .hint("`replayer secret list` shows the names")
        })
    }

    /// The names, in ascending order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.by_name.keys().map(String::as_str)
    }

    /// Stores a secret, replacing one of the same name. True when it replaced one.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when the name is invalid, or the secret is empty or too long.
    pub fn set(&mut self, name: &str, value: SecretString) -> Result<bool, Error> {
        let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-".contains(c);
        if name.is_empty() || name.len() > NAME_BYTES_MAX || !name.chars().all(is_plain) {
            let what = format!("{name:?} is not a valid name of a secret");
            let hint = format!("use 1 to {NAME_BYTES_MAX} of a-z, 0-9, '.', '_' and '-'");
            return Err(Error::usage(what).hint(hint));
        }
        match value.expose_secret().len() {
            0 => return Err(Error::usage(format!("the secret {name} is empty"))),
            1..=VALUE_BYTES_MAX => {}
            bytes => {
                let what = format!("the secret {name} has {bytes} bytes");
                return Err(Error::usage(what).hint(format!("at most {VALUE_BYTES_MAX} bytes")));
            }
        }
        Ok(self.by_name.insert(name.to_owned(), value).is_some())
    }

    /// Removes a secret. True when it existed.
    pub fn remove(&mut self, name: &str) -> bool {
        self.by_name.remove(name).is_some()
    }

    /// All entries in sequence, with room for the cipher's tag: a vector that grows would leave
    /// copies in memory.
    pub(super) fn encode(&self) -> Zeroizing<Vec<u8>> {
        let texts = || self.by_name.iter().flat_map(|(name, value)| [name, value.expose_secret()]);
        let bytes: usize = texts().map(|text| LENGTH_BYTES + text.len()).sum();
        let mut plain = Zeroizing::new(Vec::with_capacity(bytes + TAG_BYTES));
        for text in texts() {
            let length = u32::try_from(text.len()).expect("at most VALUE_BYTES_MAX");
            plain.extend_from_slice(&length.to_le_bytes());
            plain.extend_from_slice(text.as_bytes());
        }
        plain
    }

    /// Decodes what [`Self::encode`] wrote.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] for anything else.
    pub(super) fn decode(mut plain: &[u8]) -> Result<Self, Error> {
        let mut secrets = Self::default();
        let strange = || Error::new(ErrorKind::Io, "the content is not a list of secrets");
        while !plain.is_empty() {
            let name = text(&mut plain).ok_or_else(strange)?;
            let value = text(&mut plain).ok_or_else(strange)?;
            secrets.set(name, value.into())?;
        }
        Ok(secrets)
    }
}

/// Takes the next text off the input.
fn text<'a>(plain: &mut &'a [u8]) -> Option<&'a str> {
    let (length, rest) = plain.split_first_chunk::<LENGTH_BYTES>()?;
    let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
    let (text, rest) = rest.split_at_checked(length)?;
    *plain = rest;
    std::str::from_utf8(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_come_back_as_they_were_and_nothing_shows_them() {
        let mut secrets = Secrets::default();
        assert!(!secrets.set("feed", "one".into()).unwrap());
        assert!(secrets.set("feed", "schlüssel\n\0".into()).unwrap());
        secrets.set("a.b_c-9", "x".repeat(VALUE_BYTES_MAX).into()).unwrap();
        let back = Secrets::decode(&secrets.encode()).unwrap();
        assert_eq!(back.names().collect::<Vec<_>>(), ["a.b_c-9", "feed"]);
        assert_eq!(back.get("feed").unwrap().expose_secret(), "schlüssel\n\0");
        assert!(!format!("{back:?}").contains("schl"));
        assert!(secrets.remove("feed") && !secrets.remove("feed"));
        assert_eq!(secrets.get("feed").unwrap_err().kind(), ErrorKind::Usage);
    }

    #[test]
    fn names_and_secrets_that_are_none_are_refused() {
        let mut secrets = Secrets::default();
        for name in ["", "A", "a b", "../a", "ä", &"a".repeat(NAME_BYTES_MAX + 1)] {
            assert_eq!(
                secrets.set(name, "x".into()).unwrap_err().kind(),
                ErrorKind::Usage,
                "{name}"
            );
        }
        for value in [String::new(), "x".repeat(VALUE_BYTES_MAX + 1)] {
            assert_eq!(secrets.set("a", value.into()).unwrap_err().kind(), ErrorKind::Usage);
        }
        assert_eq!(secrets.names().count(), 0);
    }

    #[test]
    fn what_was_cut_off_is_no_list() {
        let mut secrets = Secrets::default();
        secrets.set("feed", "value".into()).unwrap();
        let plain = secrets.encode();
        for end in 1..plain.len() {
            assert!(Secrets::decode(&plain[..end]).is_err(), "{end}");
        }
    }
}
