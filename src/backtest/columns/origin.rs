//! The origin of the rows of a file.

use sha2::{Digest as _, Sha256};

use crate::base::hex::hex;

/// The origin of the rows, for the file's metadata.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin {
    pub(super) scenario: Option<String>,
}

impl Origin {
    /// The run of a scenario, given its text.
    #[must_use]
    pub fn scenario(text: &str) -> Self {
        Self { scenario: Some(hex(Sha256::digest(text).into()).to_string()) }
    }

    /// Recordings, which have no scenario.
    #[must_use]
    pub const fn recordings() -> Self {
        Self { scenario: None }
    }
}
