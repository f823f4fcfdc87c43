//! The content of a capture by event: numbers, sizes, keys.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::value::RawValue;

use super::CapturedEvent;
use crate::games::recording::Timestamp;

/// Most keys of an event that are counted separately; an object that uses keys as data may have any
/// number.
const KEYS_MAX: usize = 100;

/// Most names of events that are counted separately.
const NAMES_MAX: usize = 1_000;

/// Totals over all events.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Inventory {
    /// Totals by event name, in alphabetical order.
    pub kinds: BTreeMap<String, EventKind>,
    /// Number of events with names beyond the thousandth.
    #[serde(skip_serializing_if = "is_zero")]
    pub unnamed: u64,
    /// Time of the first event; `None` when unknown.
    pub first: Option<Timestamp>,
    /// Time of the last event; `None` when unknown.
    pub last: Option<Timestamp>,
}

/// Totals over the events of one name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct EventKind {
    /// Number of events of this name.
    pub count: u64,
    /// Bytes of their data.
    pub bytes: u64,
    /// Bytes of the largest data.
    pub largest: u64,
    /// Number of events whose data were not JSON.
    #[serde(skip_serializing_if = "is_zero")]
    pub bad: u64,
    /// The keys of their data, where these are objects.
    pub keys: BTreeMap<String, InventoryKey>,
    /// Occurrences of keys beyond the hundredth.
    #[serde(skip_serializing_if = "is_zero")]
    pub other_keys: u64,
    /// The number of the first event, to show it as a sample.
    pub sample: u64,
}

/// Totals over the values of a key.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct InventoryKey {
    /// Number of events that have the key.
    pub count: u64,
    /// Number of values by kind: array, boolean, null, number, object, string.
    pub values: BTreeMap<&'static str, u64>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde asks for")]
const fn is_zero(count: &u64) -> bool {
    *count == 0
}

impl Inventory {
    /// Adds an event to the totals.
    pub fn add(&mut self, event: &CapturedEvent<'_>) {
        self.first = self.first.or(event.time);
        self.last = event.time.or(self.last);
        if !self.kinds.contains_key(event.name) {
            if self.kinds.len() >= NAMES_MAX {
                self.unnamed += 1;
                return;
            }
            let kind = EventKind { sample: event.number, ..EventKind::default() };
            self.kinds.insert(event.name.to_owned(), kind);
        }
        if let Some(kind) = self.kinds.get_mut(event.name) {
            kind.add(event);
        }
    }

    /// Number of events of all names.
    #[must_use]
    pub fn events(&self) -> u64 {
        self.kinds.values().map(|kind| kind.count).sum::<u64>() + self.unnamed
    }
}

impl EventKind {
    fn add(&mut self, event: &CapturedEvent<'_>) {
        let bytes = event.data.len() as u64;
        self.count += 1;
        self.bytes += bytes;
        self.largest = self.largest.max(bytes);
        self.bad += u64::from(event.bad);
        let Ok(object) = serde_json::from_str::<BTreeMap<String, &RawValue>>(event.data) else {
            return;
        };
        for (name, value) in object {
            if self.keys.len() >= KEYS_MAX && !self.keys.contains_key(&name) {
                self.other_keys += 1;
                continue;
            }
            let key = self.keys.entry(name).or_default();
            key.count += 1;
            *key.values.entry(kind(value.get())).or_default() += 1;
        }
    }
}

/// The kind of a JSON value.
fn kind(value: &str) -> &'static str {
    match value.as_bytes().first() {
        Some(b'{') => "object",
        Some(b'[') => "array",
        Some(b'"') => "string",
        Some(b't' | b'f') => "boolean",
        Some(b'n') => "null",
        _ => "number",
    }
}
