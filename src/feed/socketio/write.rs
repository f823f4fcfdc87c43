//! Writes packets as text frames.

use std::fmt;

use serde_json::value::RawValue;

use super::ROOT;
use super::event::{Ack, Event};
use super::packet::{OpenPacket, Packet};

impl fmt::Display for Packet<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Open(open) => write!(f, "0{open}"),
            Self::Close => f.write_str("1"),
            Self::Ping(text) => write!(f, "2{text}"),
            Self::Pong(text) => write!(f, "3{text}"),
            Self::Upgrade => f.write_str("5"),
            Self::Noop => f.write_str("6"),
            Self::Connect { namespace, payload } => {
                write!(f, "40{}{}", Place(namespace), payload.map_or("", RawValue::get))
            }
            Self::Disconnect { namespace } => write!(f, "41{}", Place(namespace)),
            Self::Event(event) => write!(f, "42{event}"),
            Self::Ack(ack) => write!(f, "43{ack}"),
            Self::ConnectError { namespace, payload } => {
                write!(f, "44{}{}", Place(namespace), payload.map_or("", RawValue::get))
            }
            Self::BinaryEvent { attachments, event } => write!(f, "45{attachments}-{event}"),
            Self::BinaryAck { attachments, ack } => write!(f, "46{attachments}-{ack}"),
        }
    }
}

impl fmt::Display for OpenPacket<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&serde_json::to_string(self).map_err(|_| fmt::Error)?)
    }
}

impl fmt::Display for Event<'_> {
    /// Writes the part from the namespace on.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", Place(self.namespace))?;
        if let Some(id) = self.id {
            write!(f, "{id}")?;
        }
        write!(f, "[{}", serde_json::to_string(&self.name).map_err(|_| fmt::Error)?)?;
        for arg in &self.args {
            write!(f, ",{arg}")?;
        }
        f.write_str("]")
    }
}

impl fmt::Display for Ack<'_> {
    /// Writes the part from the namespace on.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}[", Place(self.namespace), self.id)?;
        for (number, arg) in self.args.iter().enumerate() {
            write!(f, "{}{arg}", if number == 0 { "" } else { "," })?;
        }
        f.write_str("]")
    }
}

/// A namespace with its comma; empty for the root.
struct Place<'a>(&'a str);

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == ROOT { Ok(()) } else { write!(f, "{},", self.0) }
    }
}
