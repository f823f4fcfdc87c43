//! The program that is started: a program, and no script.

use std::io::{self, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::base::error::Error;
use crate::base::files::reading;

/// The path, if a program is there that can be started as it is.
///
/// # Errors
/// [`crate::base::error::ErrorKind::Usage`] for a relative path, a script and what cannot be
/// executed.
pub(super) fn checked(path: &Path) -> Result<&Path, Error> {
    let wrong = |why: &str| {
        Error::usage(format!("{} is not a browser that can be started: {why}", path.display()))
            .hint("install chromium (apt-get install chromium), or name another program")
    };
    if !path.is_absolute() {
        return Err(wrong("its path does not begin with /"));
    }
    let mut file = reading::open(path).map_err(|error| match error.kind() {
        io::ErrorKind::IsADirectory | io::ErrorKind::InvalidInput => wrong("it is not a program"),
        _ => wrong(&error.to_string()),
    })?;
    let about = file.metadata().map_err(|error| wrong(&error.to_string()))?;
    if about.permissions().mode() & 0o111 == 0 {
        return Err(wrong("it is not a program"));
    }
    let mut first = [0; 2];
    if file.read_exact(&mut first).is_ok() && first == *b"#!" {
        return Err(wrong(
            "it is a script, which would add arguments of its own; name the program behind it",
        ));
    }
    Ok(path)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn scripts_folders_texts_and_relative_paths_are_refused() {
        let place = tempfile::tempdir().unwrap();
        let at = |name: &str, text: &str, mode: u32| {
            let path = place.path().join(name);
            fs::write(&path, text).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            path
        };
        let script = at("sh rm -rf \"x\"; --flag", "#!/bin/sh\ntouch /tmp/x\n", 0o755);
        let text = at("text", "not a program", 0o644);
        for (path, why) in [
            (script.as_path(), "script"),
            (text.as_path(), "not a program"),
            (place.path(), "not a program"),
            (Path::new("/nowhere/chromium"), "No such file"),
            (Path::new("chromium --no-sandbox"), "begin with /"),
        ] {
            let error = checked(path).unwrap_err().to_string();
            assert!(error.contains(why), "{}: {error}", path.display());
        }
        assert!(checked(Path::new("/bin/true")).is_ok());
    }
}
