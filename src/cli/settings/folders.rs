//! Where things are unless told otherwise, by the XDG base directories.

use std::path::PathBuf;

use crate::base::error::Error;

/// The variable that names the configuration file.
pub const CONFIG_VARIABLE: &str = "REPLAYER_CONFIG";

/// The configuration file that is read where none is named: `$XDG_CONFIG_HOME/replayer/config.toml`,
/// or the same below `~/.config`. It need not be there.
#[must_use]
pub fn config_file() -> Option<PathBuf> {
    base("XDG_CONFIG_HOME", ".config").map(|folder| folder.join("replayer/config.toml"))
}

/// The folder of what is kept from one session to the next: `$XDG_DATA_HOME/replayer`, or the same
/// below `~/.local/share`.
///
/// # Errors
/// When the environment names no home.
pub fn data_folder() -> Result<PathBuf, Error> {
    base("XDG_DATA_HOME", ".local/share").map(|folder| folder.join("replayer")).ok_or_else(|| {
        Error::usage("there is no home for what Replayer keeps")
            .hint("set HOME or XDG_DATA_HOME, or name the folder in the configuration")
    })
}

/// A base directory; relative ones count as not set, as the specification of XDG wants it.
fn base(variable: &str, below_home: &str) -> Option<PathBuf> {
    let set = |name| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    set(variable).or_else(|| set("HOME").map(|home| home.join(below_home)))
}
