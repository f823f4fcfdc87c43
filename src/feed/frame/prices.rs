//! The further prices of a frame: `partialPrices` and `prices`.

use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::{possible, price};
use crate::feed::anomaly::{Anomalies, Anomaly};
use crate::games::number::{TICK_MAX, Whole};
use crate::model::price::Price;
use crate::model::quote::Tick;

/// Prices with their ticks, in the order of the frame.
pub type ObservedPrices = Vec<(Tick, Price)>;

/// Parses `partialPrices` and appends its prices; returns its last tick. A price outside its range
/// of ticks is skipped.
pub fn partial(
    value: &RawValue,
    into: &mut ObservedPrices,
    anomalies: &mut Anomalies,
) -> Option<Tick> {
    #[derive(Deserialize)]
    struct Partial<'a> {
        #[serde(rename = "startTick")]
        start: Whole,
        #[serde(rename = "endTick")]
        end: Whole,
        #[serde(borrow)]
        values: &'a RawValue,
    }
    let Ok(partial) = serde_json::from_str::<Partial<'_>>(value.get()) else {
        anomalies.note(Anomaly::Misread { field: "partialPrices" });
        return None;
    };
    let (start, end) = (possible(partial.start.0, anomalies)?, possible(partial.end.0, anomalies)?);
    let mut reader = serde_json::Deserializer::from_str(partial.values.get());
    let values = Values { ticks: start..=end, into, anomalies };
    if values.deserialize(&mut reader).is_err() {
        anomalies.note(Anomaly::Misread { field: "values" });
    }
    Some(end)
}

/// Parses `prices`, the path from tick 0, and appends it up to the first invalid price.
pub fn path(value: &RawValue, into: &mut ObservedPrices, anomalies: &mut Anomalies) {
    let mut reader = serde_json::Deserializer::from_str(value.get());
    if (Path { into, anomalies }).deserialize(&mut reader).is_err() {
        anomalies.note(Anomaly::Misread { field: "prices" });
    }
}

/// The object of ticks and prices; its keys are strings.
struct Values<'o> {
    ticks: std::ops::RangeInclusive<Tick>,
    into: &'o mut ObservedPrices,
    anomalies: &'o mut Anomalies,
}

impl<'de> DeserializeSeed<'de> for Values<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<(), D::Error> {
        reader.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Values<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of ticks")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(tick) = map.next_key_seed(TickName)? {
            let value = map.next_value()?;
            match tick.filter(|tick| self.ticks.contains(tick)) {
                Some(tick) => {
                    let price = price(value, "values", self.anomalies);
                    self.into.extend(price.map(|price| (tick, price)));
                }
                None => self.anomalies.note(Anomaly::Misread { field: "values" }),
            }
        }
        Ok(())
    }
}

/// A tick written as a string; `None` for anything else.
struct TickName;

impl<'de> DeserializeSeed<'de> for TickName {
    type Value = Option<Tick>;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Option<Tick>, D::Error> {
        reader.deserialize_str(self)
    }
}

impl Visitor<'_> for TickName {
    type Value = Option<Tick>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a tick")
    }

    fn visit_str<E>(self, text: &str) -> Result<Option<Tick>, E> {
        Ok(text.parse().ok())
    }
}

/// The array of prices from tick 0.
struct Path<'o> {
    into: &'o mut ObservedPrices,
    anomalies: &'o mut Anomalies,
}

impl<'de> DeserializeSeed<'de> for Path<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<(), D::Error> {
        reader.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Path<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of prices")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<(), A::Error> {
        let mut next = Some(0);
        while let Some(value) = array.next_element()? {
            // What follows a hole has a place, but nothing proves that the hole is one place wide.
            if let Some(tick) = next {
                let price = price(value, "prices", self.anomalies);
                self.into.extend(price.map(|price| (tick, price)));
                next = price.map(|_| tick + 1).filter(|tick| *tick <= TICK_MAX);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(text: &str) -> Box<RawValue> {
        serde_json::from_str(text).unwrap()
    }

    fn told(observed: &ObservedPrices) -> Vec<(Tick, f64)> {
        observed.iter().map(|(tick, price)| (*tick, price.get())).collect()
    }

    fn read_partial(text: &str) -> (Option<Tick>, Vec<(Tick, f64)>, Anomalies) {
        let (mut into, mut anomalies) = (Vec::new(), Anomalies::default());
        let end = partial(&raw(text), &mut into, &mut anomalies);
        (end, told(&into), anomalies)
    }

    #[test]
    fn partial_prices_are_read_by_their_ticks() {
        let text = r#"{"startTick":0,"endTick":2,"values":{"0":1,"1":1.02,"\u0032":1.05}}"#;
        let (end, prices, anomalies) = read_partial(text);
        assert_eq!(
            (end, prices.as_slice()),
            (Some(2), [(0, 1.0), (1, 1.02), (2, 1.05)].as_slice())
        );
        assert_eq!(anomalies.fresh(), []);
    }

    #[test]
    fn a_bad_price_or_tick_among_partial_prices_costs_itself_only() {
        let text = r#"{"startTick":3,"endTick":5,"values":{"2":1,"3":0,"x":1,"4":"a","5":1.5}}"#;
        let (end, prices, anomalies) = read_partial(text);
        assert_eq!((end, prices.as_slice()), (Some(5), [(5, 1.5)].as_slice()));
        assert_eq!((anomalies.count("misread"), anomalies.count("absurd")), (3, 1));
    }

    #[test]
    fn partial_prices_of_another_shape_are_an_oddity() {
        for text in ["7", "{}", r#"{"startTick":0,"endTick":1,"values":7}"#] {
            let (_, prices, anomalies) = read_partial(text);
            assert!(prices.is_empty() && anomalies.count("misread") == 1, "{text}");
        }
        let far = r#"{"startTick":0,"endTick":9999,"values":{"9998":1}}"#;
        assert_eq!(read_partial(far).2.count("jump"), 1);
    }

    #[test]
    fn a_path_ends_before_its_first_bad_price() {
        let (mut into, mut anomalies) = (Vec::new(), Anomalies::default());
        path(&raw("[1, 1.5, null, 2]"), &mut into, &mut anomalies);
        assert_eq!(told(&into), [(0, 1.0), (1, 1.5)]);
        into.clear();
        let endless = format!("[{}1]", "1,".repeat(6_000));
        path(&raw(&endless), &mut into, &mut anomalies);
        assert_eq!(into.len(), 5_002);
        path(&raw("{}"), &mut into, &mut anomalies);
        assert_eq!(anomalies.count("misread"), 1);
    }
}
