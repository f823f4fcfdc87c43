//! Layout 3.3: one JSON document per game, `{meta, prices: [text | null]}`.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::row::unquoted;
use crate::games::number::{self, Figure};
use crate::model::ids::GameId;
use crate::model::price::Price;
use crate::model::quote::Tick;

/// Longest document in bytes that is read: 300,000 ticks, 230 times the longest game seen.
pub(super) const DOCUMENT_BYTES_MAX: usize = 8 << 20;

/// A document as written: `prices[tick]`.
pub(super) struct RecordedDocument {
    pub game: GameId,
    /// Known prices with their tick, and whether the double represents the text exactly.
    pub prices: Vec<(Tick, Price, bool)>,
    /// The index of the rug in `prices`; `None` when it is missing.
    pub rug: Option<usize>,
    /// Values that are not prices, with the reason and whether they are numbers. They become holes.
    pub bad: Vec<(String, bool)>,
    /// `meta.peak_multiplier`, only for comparison.
    pub peak: Option<f64>,
}

#[derive(Deserialize)]
struct Fields<'a> {
    #[serde(borrow)]
    meta: Meta<'a>,
    #[serde(borrow)]
    prices: Vec<Option<&'a RawValue>>,
}

#[derive(Deserialize)]
struct Meta<'a> {
    #[serde(borrow)]
    game_id: &'a RawValue,
    #[serde(borrow)]
    peak_multiplier: Option<&'a RawValue>,
}

/// True for the first line of such a document, which may span many lines.
pub(super) fn begins_with(line: &[u8]) -> bool {
    let Some(rest) = line.trim_ascii().strip_prefix(b"{") else { return false };
    let rest = rest.trim_ascii_start();
    rest.is_empty() || rest.starts_with(b"\"meta\"") || rest.starts_with(b"\"prices\"")
}

/// Reads a whole document; `None` for any other text.
pub(super) fn parse(text: &[u8]) -> Option<RecordedDocument> {
    let quoted = number::quoted(text);
    let fields: Fields<'_> = serde_json::from_slice(quoted.as_deref().unwrap_or(text)).ok()?;
    let meta = fields.meta;
    let peak = meta.peak_multiplier.and_then(|raw| serde_json::from_str(raw.get()).ok());
    let peak = peak.map(|Figure(peak)| peak);
    let mut document = RecordedDocument {
        game: GameId::new(unquoted(meta.game_id)).ok()?,
        prices: Vec::with_capacity(fields.prices.len()),
        rug: None,
        bad: Vec::new(),
        peak,
    };
    for (place, raw) in (0..).zip(fields.prices) {
        let Some(raw) = raw else { continue };
        match (number::tick(place), number::price(raw.get())) {
            (Ok(tick), Ok((price, exact))) => document.prices.push((tick, price, exact)),
            (Err(error), _) => document.bad.push((format!("prices[{place}]: {error}"), true)),
            (_, Err(error)) => {
                document.bad.push((format!("prices[{place}]: {error}"), error.is_number()));
            }
        }
    }
    document.rug = rug(&document.prices);
    Some(document)
}

/// The index of the rug. This layout has no flag for it, but a fall by more than half is never a
/// move of the game (docs/spec/game.md#phases), and only its own price can follow the rug.
fn rug(prices: &[(Tick, Price, bool)]) -> Option<usize> {
    let last = prices.last()?.1;
    let first = prices.iter().rposition(|entry| entry.1 != last)? + 1;
    let before = prices[first - 1].1;
    (last.get() < before.get() / 2.0).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(prices: &str) -> RecordedDocument {
        let text = format!(
            r#"{{"meta": {{"game_id": "g", "start_time": "2025-12-07T10:00:00Z", "peak_multiplier": "1.5"}}, "prices": {prices}}}"#
        );
        assert!(begins_with(text.as_bytes()));
        parse(text.as_bytes()).unwrap()
    }

    #[test]
    fn the_rug_is_the_last_fall_by_more_than_half() {
        let read = document(r#"["1.0", "1.5", 1.2, "0.02"]"#);
        assert_eq!(read.prices.len(), 4);
        assert_eq!(read.rug, Some(3));
        assert_eq!(read.peak, Some(1.5));
        assert_eq!(document(r#"["1.0", "0.02", "0.02"]"#).rug, Some(1), "the second rug frame");
        assert_eq!(document(r#"["1.0", "0.9"]"#).rug, None);
        assert_eq!(document(r#"["1.0", "0.02", "1.1"]"#).rug, None);
        assert_eq!(document("[]").rug, None);
    }

    #[test]
    fn a_hole_keeps_the_ticks_after_it_in_place_and_a_bad_price_is_a_hole() {
        let read = document(r#"["1.0", null, "1.1", "x", 0, {}, NaN, -Infinity, 1e25, 1.2]"#);
        let ticks: Vec<_> = read.prices.iter().map(|entry| entry.0).collect();
        assert_eq!(ticks, [0, 2, 9]);
        assert_eq!(read.bad.len(), 6);
        assert_eq!(read.bad[0], ("prices[3]: a price is a number such as 1.25".to_owned(), false));
        assert_eq!(read.bad[3], ("prices[6]: a price is finite and above zero".to_owned(), true));
    }

    #[test]
    fn other_json_is_no_document() {
        for text in ["{}", r#"{"meta": {}, "prices": []}"#, r#"{"prices": []}"#, "[]", ""] {
            assert!(parse(text.as_bytes()).is_none(), "{text}");
        }
        assert!(!begins_with(br#"{"type": "tick"}"#));
        assert!(begins_with(b"{\r"));
    }
}
