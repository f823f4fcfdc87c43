//! The types that a setting may have, read from text and shown as text.

use std::net::SocketAddr;
use std::path::PathBuf;

#[cfg(feature = "live")]
use crate::feed::bridge::TransportMode;
#[cfg(feature = "live")]
use crate::live::OnStop;
#[cfg(feature = "live")]
use crate::live::monitor::HostNames;
use crate::model::sol::Sol;

/// A value of a setting.
pub(super) trait Setting: Sized {
    /// Whether a file writes it in quotes.
    const QUOTED: bool;

    /// Parses the value of a setting.
    ///
    /// # Errors
    /// What was expected instead.
    fn read(text: &str) -> Result<Self, String>;

    /// The text that [`Self::read`] parses; empty if unset.
    fn show(&self) -> String;
}

macro_rules! plain {
    ($($type:ty, $quoted:literal, $expected:literal;)*) => {
        $(impl Setting for $type {
            const QUOTED: bool = $quoted;

            fn read(text: &str) -> Result<Self, String> {
                text.parse().map_err(|_| format!("expected {}", $expected))
            }

            fn show(&self) -> String {
                self.to_string()
            }
        })*
    };
}

plain! {
    u32, false, "a whole number";
    u64, false, "a whole number";
    usize, false, "a whole number";
    bool, false, "true or false";
}

/// A program and its arguments, as a list of texts.
#[cfg(feature = "live")]
impl Setting for Vec<String> {
    const QUOTED: bool = false;

    fn read(text: &str) -> Result<Self, String> {
        let expected = "expected a list of texts, such as [\"/usr/bin/tell\", \"--urgent\"]";
        let list: Self = serde_json::from_str(text).map_err(|_| expected.to_owned())?;
        if list.is_empty() { Err("names no program".to_owned()) } else { Ok(list) }
    }

    fn show(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

#[cfg(feature = "live")]
impl Setting for OnStop {
    const QUOTED: bool = true;

    fn read(text: &str) -> Result<Self, String> {
        match text {
            "hold" => Ok(Self::Hold),
            "sell" => Ok(Self::Sell),
            _ => Err("expected `hold` or `sell`".to_owned()),
        }
    }

    fn show(&self) -> String {
        match self {
            Self::Hold => "hold".to_owned(),
            Self::Sell => "sell".to_owned(),
        }
    }
}

impl Setting for SocketAddr {
    const QUOTED: bool = true;

    fn read(text: &str) -> Result<Self, String> {
        text.parse().map_err(|_| "expected an address and port, such as 127.0.0.1:9750".to_owned())
    }

    fn show(&self) -> String {
        self.to_string()
    }
}

#[cfg(feature = "live")]
impl Setting for TransportMode {
    const QUOTED: bool = true;

    fn read(text: &str) -> Result<Self, String> {
        text.parse()
    }

    fn show(&self) -> String {
        self.to_string()
    }
}

#[cfg(feature = "live")]
impl Setting for HostNames {
    const QUOTED: bool = true;

    fn read(text: &str) -> Result<Self, String> {
        text.parse().map_err(|why| format!("expected names of hosts: {why}"))
    }

    fn show(&self) -> String {
        self.to_string()
    }
}

impl Setting for Sol {
    const QUOTED: bool = true;

    fn read(text: &str) -> Result<Self, String> {
        text.parse().map_err(|error| format!("expected an amount of SOL: {error}"))
    }

    fn show(&self) -> String {
        self.to_string()
    }
}

impl Setting for String {
    const QUOTED: bool = true;

    fn read(text: &str) -> Result<Self, String> {
        Ok(text.to_owned())
    }

    fn show(&self) -> String {
        self.clone()
    }
}

impl Setting for PathBuf {
    const QUOTED: bool = true;

    fn read(text: &str) -> Result<Self, String> {
        let path = Self::from(text);
        // A service may be started in any folder: a relative path would be ambiguous.
        if path.is_absolute() { Ok(path) } else { Err("expected an absolute path".to_owned()) }
    }

    fn show(&self) -> String {
        self.display().to_string()
    }
}

impl<T: Setting> Setting for Option<T> {
    const QUOTED: bool = T::QUOTED;

    fn read(text: &str) -> Result<Self, String> {
        if text.is_empty() { Ok(None) } else { T::read(text).map(Some) }
    }

    fn show(&self) -> String {
        self.as_ref().map_or_else(String::new, Setting::show)
    }
}
