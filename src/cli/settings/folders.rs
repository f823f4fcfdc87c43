//! Default paths, by the XDG base directories.

use std::path::PathBuf;

use crate::base::error::Error;

/// The variable that names the configuration file.
pub const CONFIG_VARIABLE: &str = "REPLAYER_CONFIG";

/// The configuration file that is read by default: `$XDG_CONFIG_HOME/replayer/config.toml`, or the
/// same below `~/.config`. It need not exist.
#[must_use]
pub fn config_file() -> Option<PathBuf> {
    base("XDG_CONFIG_HOME", ".config").map(|folder| folder.join("replayer/config.toml"))
}

/// The folder of the data kept between sessions: `$XDG_DATA_HOME/replayer`, or the same below
/// `~/.local/share`.
///
/// # Errors
/// When the environment names no home folder.
pub fn data_folder() -> Result<PathBuf, Error> {
    base("XDG_DATA_HOME", ".local/share").map(|folder| folder.join("replayer")).ok_or_else(|| {
        Error::usage("no home folder for Replayer's data")
            .hint("set HOME or XDG_DATA_HOME, or name the folder in the configuration")
    })
}

/// A base directory; a relative path counts as unset, as the XDG specification requires.
fn base(variable: &str, below_home: &str) -> Option<PathBuf> {
    let set = |name| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    set(variable).or_else(|| set("HOME").map(|home| home.join(below_home)))
}
