//! The key of a file of secrets: any text or bytes that cannot be guessed.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret, SecretSlice, SecretString};
use zeroize::Zeroizing;

use crate::base::error::{Error, ErrorKind};
use crate::base::files::private;
use crate::base::hex;

/// Longest key, in bytes.
pub const KEY_BYTES_MAX: usize = 4_096;

/// Shortest passphrase that is accepted for a new key, in characters.
pub const PASSPHRASE_CHARS_MIN: usize = 12;

/// A key. It cannot be printed and is wiped when dropped.
pub struct SecretKey(SecretSlice<u8>);

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key")
    }
}

impl SecretKey {
    /// The key made of a passphrase.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] for an empty passphrase.
    pub fn of_passphrase(passphrase: &SecretString) -> Result<Self, Error> {
        Self::read(passphrase.expose_secret().as_bytes(), "the passphrase")
    }

    /// The key made of a passphrase for a new file.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when the passphrase is too short.
    pub fn of_new_passphrase(passphrase: &SecretString) -> Result<Self, Error> {
        let characters = passphrase.expose_secret().chars().count();
        if characters < PASSPHRASE_CHARS_MIN {
            let what = format!("the passphrase has {characters} characters");
            return Err(Error::usage(what).hint(format!("give {PASSPHRASE_CHARS_MIN} or more")));
        }
        Self::of_passphrase(passphrase)
    }

    /// The key in a file. The file must not lie beside the secrets: a copy of one folder must not
    /// hold both. Credentials of a service may: their folder is in memory.
    ///
    /// # Errors
    /// [`ErrorKind::Safety`] when it lies there, or others may read it; [`ErrorKind::Usage`] when
    /// it holds no key; [`ErrorKind::Io`] when it cannot be read.
    pub fn in_file(path: &Path, secrets: &Path) -> Result<Self, Error> {
        let key = private::open(path)?;
        if let (Some(folder), Some(beside)) = (folder_of(path), folder_of(secrets))
            && folder == beside
            && !private::is_credential(path)
        {
            let what = format!("the key {} lies beside its secrets", path.display());
            return Err(Error::new(ErrorKind::Safety, what)
                .hint("move it into another folder, best on another medium"));
        }
        Self::read(key, &path.display().to_string())
    }

    /// The key read from an open file descriptor of this process.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when it yields no key; [`ErrorKind::Io`] when it cannot be read.
    pub fn from_descriptor(number: u32) -> Result<Self, Error> {
        let path = format!("/proc/self/fd/{number}");
        let file = File::open(&path).map_err(|error| Error::io("read", Path::new(&path), error))?;
        Self::read(file, &format!("descriptor {number}"))
    }

    /// Random bytes, as a line of hex for a key file.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] when the system provides none.
    pub fn generate() -> Result<SecretString, Error> {
        let mut bytes = Zeroizing::new([0; 32]);
        random(&mut *bytes)?;
        Ok(hex::hex(*bytes).as_str().into())
    }

    /// The bytes of the key.
    pub(super) fn expose(&self) -> &[u8] {
        self.0.expose_secret()
    }

    /// Strips the trailing line feed that editors add.
    fn read(from: impl Read, name: &str) -> Result<Self, Error> {
        // At the largest size from the start: a vector that grows would leave copies in memory.
        let mut bytes = Zeroizing::new(Vec::with_capacity(KEY_BYTES_MAX + 2));
        let most = KEY_BYTES_MAX as u64 + 1;
        from.take(most).read_to_end(&mut bytes).map_err(|error: io::Error| {
            Error::new(ErrorKind::Io, format!("could not read the key from {name}"))
                .caused_by(error)
        })?;
        while bytes.last().is_some_and(|byte| matches!(byte, b'\n' | b'\r')) {
            bytes.pop();
        }
        match bytes.len() {
            0 => Err(Error::usage(format!("there is no key in {name}"))),
            1..=KEY_BYTES_MAX => Ok(Self(bytes.as_slice().to_vec().into())),
            _ => Err(Error::usage(format!("{name} has more than {KEY_BYTES_MAX} bytes"))
                .hint("it is not a key: `replayer secret new-key FILE` creates one")),
        }
    }
}

/// Fills a buffer with random bytes of the system.
pub(super) fn random(bytes: &mut [u8]) -> Result<(), Error> {
    getrandom::fill(bytes).map_err(|error| {
        Error::new(ErrorKind::Io, "the system provides no random bytes")
            .caused_by(io::Error::from(error))
    })
}

/// The folder that a file really lies in, links resolved; `None` when it does not exist.
fn folder_of(file: &Path) -> Option<PathBuf> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    folder.unwrap_or(Path::new(".")).canonicalize().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_the_text_without_the_end_of_its_line() {
        let key = |text: &str| SecretKey::read(text.as_bytes(), "test");
        assert_eq!(key("correct horse\r\n").unwrap().expose(), b"correct horse");
        assert_eq!(key(" a b ").unwrap().expose(), b" a b ");
        for text in ["", "\n", "\r\n\n"] {
            assert_eq!(key(text).unwrap_err().kind(), ErrorKind::Usage);
        }
        assert!(key(&"x".repeat(KEY_BYTES_MAX)).is_ok());
        assert_eq!(key(&"x".repeat(KEY_BYTES_MAX + 1)).unwrap_err().kind(), ErrorKind::Usage);
        assert!(!format!("{:?}", key("correct horse").unwrap()).contains("horse"));
    }

    #[test]
    fn a_short_passphrase_opens_but_makes_no_new_file() {
        assert!(SecretKey::of_passphrase(&"short".into()).is_ok());
        assert_eq!(
            SecretKey::of_new_passphrase(&"short".into()).unwrap_err().kind(),
            ErrorKind::Usage
        );
        assert!(SecretKey::of_new_passphrase(&"twelve chars".into()).is_ok());
    }

    #[test]
    fn every_new_key_is_another_one() {
        let (one, other) = (SecretKey::generate().unwrap(), SecretKey::generate().unwrap());
        assert_eq!(one.expose_secret().len(), 64);
        assert_ne!(one.expose_secret(), other.expose_secret());
    }
}
