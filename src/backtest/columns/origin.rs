//! Where the rows of a file come from.

use sha2::{Digest as _, Sha256};

use crate::base::hex::hex;

/// What the rows come from, for the file's metadata.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin {
    pub(super) scenario: Option<String>,
}

impl Origin {
    /// The run of a scenario, by its text.
    #[must_use]
    pub fn scenario(text: &str) -> Self {
        Self { scenario: Some(hex(Sha256::digest(text).into()).to_string()) }
    }

    /// No scenario: recordings.
    #[must_use]
    pub const fn recordings() -> Self {
        Self { scenario: None }
    }
}
