//! The last frames of the page's connection, as evidence: without secrets and without who other
//! players are. Pure but for the lock.
//!
//! What may be kept is listed, all else is left out: numbers stay, texts and names of fields only
//! where docs/spec/protocol.md names them. Players become `player-1`, `player-2` and so on.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;
use serde_json::{Map, Value};

use crate::base::clock::moment;
use crate::feed::capture::Direction;
use crate::model::time::Moment;

/// Frames that are kept.
const FRAMES: usize = 50;
/// Longest frame that is kept, in bytes; of a longer one its length. A frame in play has 4.4 kB
/// (docs/spec/protocol.md#transport).
const BYTES_MAX: usize = 16 << 10;
/// What stands for what is left out.
const LEFT_OUT: &str = "…";
/// Longest name of an event, in bytes.
const NAME_BYTES_MAX: usize = 64;

/// Fields whose names are kept (docs/spec/protocol.md).
const FIELDS: &[&str] = &[
    "active",
    "action",
    "allowPreRoundBuys",
    "amount",
    "authenticated",
    "autosellPrice",
    "averageMultiplier",
    "avgCost",
    "betAmount",
    "bonusPortion",
    "cash",
    "code",
    "coin",
    "connectedPlayers",
    "cooldownPaused",
    "cooldownTimer",
    "end",
    "endTick",
    "error",
    "gameHistory",
    "gameId",
    "gameVersion",
    "globalSidebets",
    "id",
    "leaderboard",
    "leverage",
    "level",
    "message",
    "partialPrices",
    "pauseMessage",
    "payout",
    "peakMultiplier",
    "percentage",
    "playerId",
    "positionQty",
    "price",
    "prices",
    "profit",
    "provablyFair",
    "qty",
    "realPortion",
    "reason",
    "rugged",
    "rugpool",
    "serverSeedHash",
    "shortPosition",
    "sideBet",
    "sidebets",
    "startTick",
    "startedAtTick",
    "success",
    "tick",
    "tickCount",
    "tickIndex",
    "totalInvested",
    "tradeCount",
    "type",
    "values",
    "version",
    "xPayout",
];

/// Fields whose texts are kept.
const TEXTS: &[&str] = &[
    "action",
    "code",
    "coin",
    "error",
    "gameId",
    "pauseMessage",
    "reason",
    "serverSeedHash",
    "type",
    "version",
];

/// Fields that say who somebody is.
const PLAYERS: &[&str] = &["id", "playerId"];

/// The last frames, as they came. Its clones are the same.
#[derive(Debug, Clone, Default)]
pub struct Frames(Arc<Mutex<VecDeque<Frame>>>);

#[derive(Debug, Clone)]
struct Frame {
    at: Moment,
    direction: Direction,
    bytes: usize,
    /// `None` of one that is too long.
    text: Option<String>,
}

/// A frame as it is kept.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct KeptFrame {
    /// When it was heard, by the wall clock.
    pub at: Moment,
    /// `in` or `out`, as the page sees it.
    pub direction: &'static str,
    /// Its length in bytes, before anything was left out.
    pub bytes: usize,
    /// What is left of it.
    pub text: String,
}

impl Frames {
    /// Takes a frame; the oldest one goes.
    pub fn take(&self, direction: Direction, text: &str) {
        let (at, bytes) = (moment(), text.len());
        let text = (bytes <= BYTES_MAX).then(|| text.to_owned());
        let mut frames = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if frames.len() >= FRAMES {
            frames.pop_front();
        }
        frames.push_back(Frame { at, direction, bytes, text });
    }

    /// The last frames without what must not be kept.
    #[must_use]
    pub fn redacted(&self) -> Vec<KeptFrame> {
        let frames = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mut redactor = Redactor::default();
        let kept = frames.into_iter().map(|Frame { at, direction, bytes, text }| KeptFrame {
            at,
            direction: match direction {
                Direction::In => "in",
                Direction::Out => "out",
            },
            bytes,
            text: text.map_or_else(|| LEFT_OUT.to_owned(), |text| redactor.frame(&text)),
        });
        kept.collect()
    }
}

/// Leaves out what must not be kept; the same player is the same number throughout.
#[derive(Debug, Default)]
struct Redactor {
    players: BTreeMap<String, usize>,
}

impl Redactor {
    fn frame(&mut self, text: &str) -> String {
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let (head, body) = text.split_at(digits);
        // What is not an event or an acknowledgement may be a login.
        let is_event = head.starts_with("42");
        if !is_event && !head.starts_with("43") {
            return if body.is_empty() { head.to_owned() } else { format!("{head}{LEFT_OUT}") };
        }
        let Ok(Value::Array(values)) = serde_json::from_str(body) else {
            return format!("{head}{LEFT_OUT}");
        };
        let kept = values.into_iter().enumerate().map(|(at, value)| match value {
            Value::String(name) if at == 0 && is_event && is_name(&name) => Value::String(name),
            value => self.value(None, value, !is_event),
        });
        format!("{head}{}", Value::Array(kept.collect()))
    }

    /// A value of a field. An acknowledgement is for us, so that its message is too.
    fn value(&mut self, field: Option<&str>, value: Value, is_ours: bool) -> Value {
        let is_player = field.is_some_and(|field| PLAYERS.contains(&field));
        match value {
            Value::String(text) if is_player => self.player(text),
            Value::Number(number) if is_player => self.player(number.to_string()),
            Value::String(text) => {
                let is_kept = field
                    .is_some_and(|field| TEXTS.contains(&field) || (is_ours && field == "message"));
                if is_kept { Value::String(text) } else { LEFT_OUT.into() }
            }
            Value::Array(values) => {
                values.into_iter().map(|value| self.value(field, value, is_ours)).collect()
            }
            Value::Object(fields) => self.object(fields, is_ours),
            other => other,
        }
    }

    fn object(&mut self, fields: Map<String, Value>, is_ours: bool) -> Value {
        let (mut kept, mut left_out) = (Map::new(), 0);
        for (name, value) in fields {
            if FIELDS.contains(&&*name) {
                let value = self.value(Some(&name), value, is_ours);
                kept.insert(name, value);
            } else {
                left_out += 1;
            }
        }
        if left_out > 0 {
            kept.insert(LEFT_OUT.to_owned(), left_out.into());
        }
        Value::Object(kept)
    }

    fn player(&mut self, id: String) -> Value {
        let next = self.players.len() + 1;
        format!("player-{}", self.players.entry(id).or_insert(next)).into()
    }
}

/// Whether a text can be the name of an event.
fn is_name(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_/:".contains(&byte);
    text.len() <= NAME_BYTES_MAX && text.bytes().all(is_plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn redacted(texts: &[&str]) -> Vec<String> {
        let frames = Frames::default();
        texts.iter().for_each(|text| frames.take(Direction::In, text));
        frames.redacted().into_iter().map(|frame| frame.text).collect()
    }

    /// The digits of a frame, and what follows, whatever the order of its fields.
    fn parts(text: &str) -> (&str, Value) {
        let (head, body) = text.split_at(text.find(|sign: char| !sign.is_ascii_digit()).unwrap());
        (head, serde_json::from_str(body).unwrap())
    }

    #[test]
    fn numbers_and_known_texts_stay_and_players_are_numbers() {
        let trade = r#"42["standard/newTrade",{"__trace":{"a":"b"}},{"id":"t","gameId":"g","playerId":"did:bob","username":"bob","type":"buy","qty":0.5,"amount":1}]"#;
        let ours = r#"42["playerUpdate",{"id":"did:bob","cash":9.5,"token":"secret","bob":1}]"#;
        let wanted = [
            r#"42["standard/newTrade",{"…":1},{"amount":1,"gameId":"g","id":"player-1","playerId":"player-2","qty":0.5,"type":"buy","…":1}]"#,
            r#"42["playerUpdate",{"cash":9.5,"id":"player-2","…":2}]"#,
        ];
        for (kept, wanted) in redacted(&[trade, ours]).iter().zip(wanted) {
            assert_eq!(parts(kept), parts(wanted));
        }
    }

    #[test]
    fn logins_chats_and_what_cannot_be_read_are_left_out() {
        let texts = [
            r#"40{"token":"secret"}"#,
            r#"42["newChatMessage",{"message":"hi, I am bob","username":"bob"}]"#,
            r#"431[{"success":false,"message":"too small"}]"#,
            r#"42["x",["bob","did:bob"]"#,
            r#"42["bob says: hi",1]"#,
            "2",
        ];
        let kept = redacted(&texts);
        assert_eq!(
            [&*kept[0], &*kept[3], &*kept[4], &*kept[5]],
            ["40…", "42…", r#"42["…",1]"#, "2"]
        );
        let chat = r#"42["newChatMessage",{"message":"…","…":1}]"#;
        assert_eq!(parts(&kept[1]), parts(chat));
        assert_eq!(parts(&kept[2]), parts(texts[2]));
        assert!(!kept.concat().contains("bob") && !kept.concat().contains("secret"));
    }

    #[test]
    fn the_last_fifty_frames_are_kept_and_long_ones_by_their_length() {
        let frames = Frames::default();
        for number in 0..80 {
            frames.take(Direction::Out, &format!("42[\"tick\",{number}]"));
        }
        frames.take(Direction::In, &format!("42[\"x\",\"{}\"]", "y".repeat(BYTES_MAX)));
        let kept = frames.redacted();
        assert_eq!((kept.len(), &*kept[0].text), (FRAMES, "42[\"tick\",31]"));
        let last = kept.last().unwrap();
        assert!(last.text == LEFT_OUT && last.bytes > BYTES_MAX && last.direction == "in");
    }
}
