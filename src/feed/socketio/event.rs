//! Events and acknowledgements: their arguments, which stay as written.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::FrameError;
use super::head::Head;

/// The key that marks an argument as the trace of a request, which is not part of the payload.
const TRACE: &str = "__trace";

/// An event: a name and arguments.
#[derive(Debug, Clone)]
pub struct Event<'a> {
    /// The namespace of the event.
    pub namespace: &'a str,
    /// The number for its acknowledgement; `None` when none is requested.
    pub id: Option<u64>,
    /// The name of the event.
    pub name: Cow<'a, str>,
    /// The arguments after the name, as JSON.
    pub args: Vec<&'a RawValue>,
}

impl<'a> Event<'a> {
    /// The payload: the first argument that is an object and not a trace. Many events carry
    /// `{"__trace":true,…}` before it, and some requests do not (docs/spec/protocol.md#transport).
    #[must_use]
    pub fn payload(&self) -> Option<&'a RawValue> {
        self.args.iter().copied().find(|arg| arg.get().starts_with('{') && !is_trace(arg))
    }

    pub(super) fn of(head: &Head<'a>) -> Result<Self, FrameError> {
        let Named { name, args } = serde_json::from_str(head.body)
            .map_err(|error| FrameError::json(&error, head.body, head.body_at))?;
        Ok(Self { namespace: head.namespace, id: head.id, name, args })
    }
}

/// The answer to an event that requested one.
#[derive(Debug, Clone)]
pub struct Ack<'a> {
    /// The namespace of the event.
    pub namespace: &'a str,
    /// The number of the event.
    pub id: u64,
    /// The answer, as JSON.
    pub args: Vec<&'a RawValue>,
}

impl<'a> Ack<'a> {
    pub(super) fn of(head: &Head<'a>) -> Result<Self, FrameError> {
        let missing = || FrameError::new(head.body_at, "expected the number of an acknowledgement");
        let id = head.id.ok_or_else(missing)?;
        let args = serde_json::from_str(head.body)
            .map_err(|error| FrameError::json(&error, head.body, head.body_at))?;
        Ok(Self { namespace: head.namespace, id, args })
    }
}

/// True for an object with the key of a trace.
fn is_trace(arg: &RawValue) -> bool {
    // Search the text first: to walk the keys of a payload of 10 kB costs as much as to parse it.
    arg.get().contains(TRACE) && serde_json::from_str(arg.get()).is_ok_and(|Traced(traced)| traced)
}

/// Whether an object has the key of a trace.
struct Traced(bool);

impl<'de> Deserialize<'de> for Traced {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Keys;
        impl<'de> Visitor<'de> for Keys {
            type Value = Traced;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Traced, A::Error> {
                let mut traced = false;
                while let Some((Name(key), IgnoredAny)) = map.next_entry()? {
                    traced |= key == TRACE;
                }
                Ok(Traced(traced))
            }
        }
        deserializer.deserialize_map(Keys)
    }
}

/// The array `["name", argument, …]`.
struct Named<'a> {
    name: Cow<'a, str>,
    args: Vec<&'a RawValue>,
}

impl<'de> Deserialize<'de> for Named<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Parts;
        impl<'de> Visitor<'de> for Parts {
            type Value = Named<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an array that begins with the name of an event")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Named<'de>, A::Error> {
                let Some(Name(name)) = seq.next_element()? else {
                    return Err(serde::de::Error::invalid_length(0, &self));
                };
                let mut args = Vec::new();
                while let Some(arg) = seq.next_element()? {
                    args.push(arg);
                }
                Ok(Named { name, args })
            }
        }
        deserializer.deserialize_seq(Parts)
    }
}

/// A text that is borrowed when it has no escapes, which `Cow` does only inside a struct.
#[derive(Deserialize)]
#[serde(transparent)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);
