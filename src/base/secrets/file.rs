//! The file of secrets: private, written completely, and changed by one process at a time.

use std::io::{Read, Write};
use std::path::Path;

use super::entries::Secrets;
use super::key::SecretKey;
use super::sealed::{Costs, open as unseal, seal};
use crate::base::error::{Error, ErrorKind};
use crate::base::files::private;
use crate::base::files::{self, Pending};

/// Opens a file of secrets.
///
/// # Errors
/// [`ErrorKind::Io`] when it is missing or damaged, [`ErrorKind::Usage`] for a wrong key,
/// [`ErrorKind::Safety`] when others may read it or it was changed without the key.
pub fn open(path: &Path, key: &SecretKey) -> Result<Secrets, Error> {
    if !path.exists() {
        let what = format!("there are no secrets at {}", path.display());
        return Err(
            Error::new(ErrorKind::Io, what).hint("`replayer secret set NAME` creates the file")
        );
    }
    let mut bytes = Vec::new();
    private::open(path)?.read_to_end(&mut bytes).map_err(|error| Error::io("read", path, error))?;
    let opened = unseal(&bytes, key).and_then(|plain| Secrets::decode(&plain));
    opened.map_err(|error| {
        let what = format!("the secrets at {} cannot be opened", path.display());
        Error::new(error.kind(), what).caused_by(error)
    })
}

/// Changes a file of secrets, which is created when missing, and seals it with the same key or with
/// a new one. The old file stays until the new one is on the disk.
///
/// # Errors
/// As [`open`], and the error that `change` returns; [`ErrorKind::Io`] while another process
/// changes it.
pub fn change<T>(
    path: &Path,
    key: &SecretKey,
    new_key: Option<&SecretKey>,
    change: impl FnOnce(&mut Secrets) -> Result<T, Error>,
) -> Result<T, Error> {
    let folder = path.parent().unwrap_or(Path::new("."));
    if let Some(above) = folder.parent() {
        std::fs::create_dir_all(above).map_err(|error| Error::io("create", above, error))?;
    }
    private::own_untouched(folder)?;
    let _lock = files::lock(&path.with_extension("lock"))?.ok_or_else(|| {
        Error::new(ErrorKind::Io, format!("{} is being changed by another process", path.display()))
            .hint("try again when it is done")
    })?;
    let mut secrets = if path.exists() { open(path, key)? } else { Secrets::default() };
    let value = change(&mut secrets)?;
    let sealed = seal(secrets.encode(), new_key.unwrap_or(key), Costs::USUAL)?;
    let mut file = Pending::replacing_private(path)?;
    file.write_all(&sealed).map_err(|error| Error::io("write", path, error))?;
    file.finish_durably()?;
    Ok(value)
}
