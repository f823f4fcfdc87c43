//! Whatever arrives, nothing panics and the law of order holds.

use proptest::prelude::*;
use replayer::feed::{Listener, Machine};
use replayer::model::time::Moment;
use serde_json::{Map, Value, json};

use super::law::Law;
use super::show::Show;
use crate::campaign::{cases, count};

/// Any small JSON value.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        (0_u32..40).prop_map(Value::from),
        prop::sample::select(vec![0.02, 0.5, 1.0, 1.1, 1.2]).prop_map(Value::from),
        prop::sample::select(vec!["a", "b", "20300101-00000000000000aa", "x y"])
            .prop_map(Value::from),
    ];
    leaf.prop_recursive(2, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[0-9]{1,2}", inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// A frame of known fields, each with a likely value or any.
fn frame() -> impl Strategy<Value = Value> {
    let small = 0_u32..30;
    let prices = prop::collection::vec(prop::sample::select(vec![1.0, 1.1, 0.02]), 0..20);
    let likely = (
        prop::sample::select(vec!["a", "b", "c"]),
        any::<[bool; 3]>(),
        prop::sample::select(vec![1.0, 1.1, 1.2, 0.02]),
        small.clone(),
        (small.clone(), small.clone()),
        prop::option::weighted(0.2, prices.clone()),
        prop::option::weighted(0.2, (prop::sample::select(vec!["a", "b", "c"]), prices)),
    );
    let likely =
        likely.prop_map(|(id, [active, rugged, presale], price, tick, window, path, past)| {
            let (start, end) = window;
            let values: Map<_, _> =
                (start..=end).map(|tick| (tick.to_string(), json!(price))).collect();
            let mut frame = json!({
                "gameId": id, "active": active, "rugged": rugged, "allowPreRoundBuys": presale,
                "price": price, "tickCount": tick, "cooldownTimer": tick * 500,
                "partialPrices": {"startTick": start, "endTick": end, "values": values},
            });
            if let Some(path) = path {
                frame["prices"] = json!(path);
            }
            if let Some((id, prices)) = past {
                let fair = json!({"serverSeed": "a".repeat(64)});
                frame["gameHistory"] = json!([{"id": id, "prices": prices, "provablyFair": fair}]);
            }
            frame
        });
    let fields = prop::sample::subsequence(
        vec![
            "gameId",
            "active",
            "rugged",
            "price",
            "tickCount",
            "partialPrices",
            "prices",
            "gameHistory",
        ],
        0..4,
    );
    let strange = fields.prop_flat_map(|fields| {
        let count = fields.len();
        (Just(fields), prop::collection::vec(prop::option::of(value()), count))
    });
    (likely, strange).prop_map(|(mut frame, (fields, values))| {
        for (field, value) in fields.into_iter().zip(values) {
            match value {
                Some(value) => frame[field] = value,
                None => drop(frame.as_object_mut().unwrap().remove(field)),
            }
        }
        frame
    })
}

proptest! {
    #![proptest_config(cases(1_000))]

    #[test]
    fn any_text_is_taken(texts in prop::collection::vec(any::<String>(), 0..8), event in any::<String>()) {
        let mut listener = Listener::default();
        for text in &texts {
            listener.take(Moment::default(), "gameStateUpdate", text);
            listener.take(Moment::default(), &event, text);
        }
        prop_assert_eq!(listener.anomalies().count("unreadable"), texts.len() as u64);
    }

    #[test]
    fn any_frames_in_any_order_keep_the_law(frames in prop::collection::vec(frame(), 0..60)) {
        let (mut machine, mut law, mut facts) = (Machine::new(), Law::default(), Vec::new());
        for frame in frames {
            facts.clear();
            machine.take(Moment::default(), "gameStateUpdate", &frame.to_string(), &mut facts);
            // A countdown may begin again.
            facts.retain(|fact| !matches!(fact, replayer::feed::Fact::Countdown { .. }));
            law.follow(&facts).map_err(TestCaseError::fail)?;
        }
    }
}

/// Changes some bytes of a text; what comes out may be anything.
fn mutate(text: &str, dice: &mut crate::games::Dice) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for _ in 0..=dice.below(4) {
        if bytes.is_empty() {
            break;
        }
        let length = u32::try_from(bytes.len()).unwrap();
        let at = usize::try_from(dice.below(length)).unwrap();
        match dice.below(4) {
            0 => {
                bytes[at] =
                    b"0123456789.-e\"{}[],:nulltruefalse"[usize::try_from(dice.below(33)).unwrap()];
            }
            1 => drop(bytes.remove(at)),
            2 => bytes.truncate(at),
            _ => bytes[at] ^= u8::try_from(1 << dice.below(7)).unwrap(),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Feeds frames, some of them mutated, to machines; returns how many were taken.
fn flood(payloads: &[String], times: usize) -> usize {
    let mut dice = crate::games::Dice(1);
    let (mut machine, mut facts, mut taken) = (Machine::new(), Vec::new(), 0);
    while taken < times {
        for payload in payloads {
            let payload =
                if dice.below(3) == 0 { payload.clone() } else { mutate(payload, &mut dice) };
            facts.clear();
            machine.take(Moment::default(), "gameStateUpdate", &payload, &mut facts);
            taken += 1;
        }
        machine = Machine::new();
    }
    taken
}

#[test]
fn frames_with_broken_bytes_are_taken() {
    let show = Show::new(1, 3, 60);
    let mut payloads: Vec<_> =
        (0..show.frames.len()).map(|frame| show.payload(frame, frame == 0)).collect();
    for capture in 0..2 {
        let events = super::captures::events(capture).unwrap_or_default();
        let frames = events.iter().filter(|event| event.name == "gameStateUpdate");
        payloads.extend(frames.map(|event| event.data.to_string()));
    }
    let times = usize::try_from(count("REPLAYER_FLOOD", 20_000)).unwrap();
    let taken = flood(&payloads, times);
    eprintln!("{taken} frames");
}
