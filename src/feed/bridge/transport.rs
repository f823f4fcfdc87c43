//! How a session is carried, by choice.

use std::fmt;
use std::str::FromStr;

/// How a session is carried.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum TransportMode {
    /// By a WebSocket from the beginning.
    #[default]
    Websocket,
    /// By requests that wait for packets, where no WebSocket gets through.
    Polling,
    /// By polling, then by a WebSocket if one gets through: as clients of Socket.IO do.
    Upgrade,
}

impl TransportMode {
    const ALL: [(&str, Self); 3] =
        [("websocket", Self::Websocket), ("polling", Self::Polling), ("upgrade", Self::Upgrade)];
}

impl fmt::Display for TransportMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = Self::ALL.iter().find(|(_, mode)| mode == self).map_or("", |(name, _)| name);
        f.write_str(name)
    }
}

impl FromStr for TransportMode {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = Self::ALL.iter().find(|(name, _)| *name == text);
        known.map(|(_, mode)| *mode).ok_or("expected websocket, polling or upgrade".to_owned())
    }
}
