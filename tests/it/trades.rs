//! Every captured trade of the real game against our rounding, to the lamport.

use std::fs::File;
use std::io::Read;

use flate2::read::GzDecoder;
use replayer::model::price::Price;
use replayer::model::quantity::Quantity;
use replayer::model::rounding;
use replayer::model::sol::Sol;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::data;
use crate::words::sol;

/// Most lamports by which the server pays less for a sale of several lots
/// (docs/spec/provably-fair.md#rounding-of-real-trades).
const SHORT_MAX: i128 = 3;

/// The event of a trade, numbers as their text, so that no float comes between.
#[derive(Deserialize)]
struct Captured<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    #[serde(borrow)]
    price: &'a RawValue,
    #[serde(borrow)]
    qty: &'a RawValue,
    #[serde(borrow)]
    amount: &'a RawValue,
}

#[derive(Default)]
struct Trades {
    /// Price, quantity and amount of each.
    buys: Vec<(Price, Quantity, Sol)>,
    sells: Vec<(Price, Quantity, Sol)>,
}

impl Trades {
    fn take(&mut self, text: &str) {
        let trade: Captured<'_> = serde_json::from_str(text).unwrap();
        let quantity = sol(trade.qty.get()).lamports();
        let line = (
            trade.price.get().parse().unwrap(),
            Quantity::from_billionths(quantity.unsigned_abs()).unwrap(),
            sol(trade.amount.get()),
        );
        match trade.kind {
            "buy" => self.buys.push(line),
            "sell" => self.sells.push(line),
            // Shorts are out of scope (docs/spec/game.md#left-out).
            _ => {}
        }
    }
}

/// All captured trades; `None` where the reference data is absent.
fn trades() -> Option<Trades> {
    #[derive(Deserialize)]
    struct Line<'a> {
        #[serde(alias = "event_type")]
        event: &'a str,
        #[serde(borrow)]
        data: &'a RawValue,
    }
    let mut trades = Trades::default();
    for file in ["2025-12-06_public.jsonl.gz", "2025-12-12_public.jsonl.gz"] {
        for line in unzipped(file)?.lines() {
            let line: Line<'_> = serde_json::from_str(line).unwrap();
            if line.event == "standard/newTrade" {
                // A trace object and the trade.
                let data: Vec<&RawValue> = serde_json::from_str(line.data.get()).unwrap();
                trades.take(data[1].get());
            }
        }
    }
    let samples = unzipped("2026-02-06_key_samples.json.gz")?;
    let samples: std::collections::BTreeMap<&str, &RawValue> =
        serde_json::from_str(&samples).unwrap();
    for (_, sample) in samples.into_iter().filter(|(name, _)| name.contains("_trade_")) {
        let sample: Line<'_> = serde_json::from_str(sample.get()).unwrap();
        trades.take(sample.data.get());
    }
    Some(trades)
}

fn unzipped(file: &str) -> Option<String> {
    let path = data::reference(&format!("captures/{file}"))?;
    let mut text = String::new();
    GzDecoder::new(File::open(path).unwrap()).read_to_string(&mut text).unwrap();
    Some(text)
}

#[test]
fn every_captured_buy_is_ours_to_the_billionth() {
    let Some(Trades { buys, .. }) = trades() else { return };
    assert_eq!(buys.len(), 28);
    for (price, quantity, amount) in buys {
        assert_eq!(rounding::quantity_bought(amount, price), Ok(quantity), "{amount} at {price}");
    }
}

#[test]
fn every_captured_sale_is_ours_or_up_to_three_lamports_less() {
    let Some(Trades { sells, .. }) = trades() else { return };
    assert_eq!(sells.len(), 23);
    let mut exact = 0;
    for (price, quantity, paid) in sells {
        let ours = rounding::proceeds(quantity, price).unwrap();
        let short = ours.lamports() - paid.lamports();
        assert!((0..=SHORT_MAX).contains(&short), "{quantity} at {price}: {ours}, theirs {paid}");
        exact += u32::from(short == 0);
    }
    assert_eq!(exact, 12, "sales of one lot are exact");
}
