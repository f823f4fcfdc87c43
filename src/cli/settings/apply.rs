//! The configurations of the modules, made from the settings.

#[cfg(feature = "browser")]
mod browsers;
#[cfg(feature = "live")]
mod sessions;

use std::path::PathBuf;

use super::folders;
use super::sections::Paths;
use crate::base::error::Error;

impl Paths {
    /// The folder of the data kept between sessions.
    ///
    /// # Errors
    /// When it is not set and the environment names no home folder.
    pub fn data(&self) -> Result<PathBuf, Error> {
        self.data.clone().map_or_else(folders::data_folder, Ok)
    }

    /// The folder of runs and sessions.
    #[must_use]
    pub fn runs(&self) -> PathBuf {
        self.runs.clone().unwrap_or_else(|| "runs".into())
    }
}
