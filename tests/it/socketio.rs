//! The wire format of Socket.IO, held against frames as servers write them, and against noise.

use proptest::prelude::*;
use replayer::feed::socketio::{Event, FrameError, Head, Packet, PacketKind};
use serde_json::Value;
use serde_json::value::RawValue;

/// Frames as npm's socket.io 4 writes them.
const FRAMES: &[&str] = &[
    r#"0{"sid":"lv_VI97HAXpY6yYWAAAC","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}"#,
    r#"0{"sid":"x","upgrades":[],"pingInterval":1,"pingTimeout":2}"#,
    "1",
    "2",
    "2probe",
    "3",
    "3probe",
    "5",
    "6",
    "40",
    r#"40{"sid":"wZX3oN0bSVIhsaknAAAI"}"#,
    "40/admin,",
    r#"40/admin,{"token":"a,b]"}"#,
    "41",
    "41/admin,",
    r#"42["foo"]"#,
    r#"42["gameStateUpdate",{"price":1.0500000000000000001,"list":[1,2]}]"#,
    r#"42/admin,["bar",null,"b\"x",-1e400]"#,
    r#"4212["ask",{}]"#,
    r#"42/admin?x=1,18446744073709551615["ask"]"#,
    r#"42["na\"me\u0001",1]"#,
    "4313[]",
    r#"43/admin,14["bar",{"ok":true}]"#,
    r#"44{"message":"Not authorized"}"#,
    r#"44/admin,{"message":"Invalid namespace","data":{"a":1}}"#,
    r#"451-["baz",{"_placeholder":true,"num":0}]"#,
    r#"452-/admin,15["baz",{"_placeholder":true,"num":0}]"#,
    r#"461-/admin,15[{"_placeholder":true,"num":0}]"#,
];

fn event(text: &str) -> Event<'_> {
    match Packet::parse(text).unwrap() {
        Packet::Event(event) => event,
        other => panic!("{other:?}"),
    }
}

fn error(text: &str) -> FrameError {
    Packet::parse(text).unwrap_err()
}

#[test]
fn every_frame_is_written_as_it_was_read() {
    for frame in FRAMES {
        assert_eq!(Packet::parse(frame).unwrap().to_string(), *frame);
    }
}

#[test]
fn an_event_has_a_namespace_a_number_a_name_and_arguments_as_they_were_written() {
    let event = event(r#"42/admin,7["na\u006de", 1.10 ,{"a": [ ]},"x"]"#);
    assert_eq!((event.namespace, event.id, &*event.name), ("/admin", Some(7), "name"));
    let args: Vec<_> = event.args.iter().map(|arg| arg.get()).collect();
    assert_eq!(args, ["1.10", r#"{"a": [ ]}"#, "\"x\""]);
}

#[test]
fn the_payload_is_the_first_object_that_is_not_a_trace() {
    let payload = |text: &str| event(text).payload().map(|arg| arg.get().to_owned());
    let trace = r#"{"__trace":true,"traceparent":"00-aa-bb-01"}"#;
    let late = r#"{"traceparent":"00-aa-bb-01", "__trace" : true}"#;
    for trace in [trace, late] {
        assert_eq!(payload(&format!("42[\"e\",{trace},{{\"a\":1}}]")).unwrap(), r#"{"a":1}"#);
        assert_eq!(payload(&format!("42[\"e\",{{\"a\":1}},{trace}]")).unwrap(), r#"{"a":1}"#);
        assert_eq!(payload(&format!("42[\"e\",{trace}]")), None);
    }
    assert_eq!(payload(r#"42["e",1,"{}",[{}],null,{"b":2}]"#).unwrap(), r#"{"b":2}"#);
    // Said inside, it is a word like any other.
    let talk = r#"{"message":"look at \"__trace\":true","data":{"__trace":true}}"#;
    assert_eq!(payload(&format!("42[\"e\",{talk}]")).unwrap(), talk);
    assert_eq!(payload(r#"42["e"]"#), None);
}

#[test]
fn a_binary_event_says_how_many_attachments_follow() {
    let Packet::BinaryEvent { attachments: 2, event } =
        Packet::parse(r#"452-/a,9["x",{"_placeholder":true,"num":0}]"#).unwrap()
    else {
        panic!("not a binary event")
    };
    assert_eq!((event.namespace, event.id, event.args.len()), ("/a", Some(9), 1));
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    for (frame, at, what) in [
        ("", 0, "Engine.IO packet type"),
        ("x", 0, "Engine.IO packet type"),
        ("7", 0, "Engine.IO packet type"),
        ("4", 1, "Socket.IO packet type"),
        ("4x", 1, "Socket.IO packet type"),
        ("0", 1, "EOF"),
        ("0{}", 2, "sid"),
        (r#"0{"sid":"x","pingInterval":-1,"pingTimeout":1}"#, 28, "-1"),
        ("1x", 1, "end of the frame"),
        ("41/a,x", 5, "end of the frame"),
        ("42", 2, "EOF"),
        ("42[", 3, "EOF"),
        ("42[]", 3, "name"),
        ("42{}", 2, "name"),
        ("42[1]", 3, "1"),
        (r#"42["a",]"#, 7, "trailing comma"),
        (r#"42["a"]x"#, 7, "trailing"),
        ("42[\"a\",\n\nnul]", 12, "expected"),
        (r#"42/a["x"]"#, 9, "EOF"),
        ("4299999999999999999999[\"a\"]", 2, "below 2^64"),
        ("43[]", 2, "number of an acknowledgement"),
        ("45[\"a\"]", 2, "a count and a dash"),
        ("451[\"a\"]", 3, "a count and a dash"),
        ("4599999999999-[\"a\"]", 13, "a count and a dash"),
        ("40{", 3, "EOF"),
    ] {
        let error = error(frame);
        assert!(error.what.contains(what), "{frame}: {error}");
        assert_eq!(error.at, at, "{frame}: {error}");
    }
}

#[test]
fn a_nest_of_brackets_is_an_argument_like_any_other() {
    let nest = format!("42[\"x\",{}{}]", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(event(&nest).args[0].get().len(), 200_000);
    assert!(Packet::parse(&nest[..100_000]).is_err());
}

/// JSON as somebody writes it, short.
fn json() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[_a-z]{0,8}", inner, 0..4).prop_map(Value::from_iter),
        ]
    })
    .prop_map(|value| value.to_string())
}

proptest! {
    #[test]
    fn any_event_comes_back_as_it_was_said(
        namespace in "/([a-z?=]{0,9})",
        id in any::<Option<u64>>(),
        name in any::<String>(),
        args in prop::collection::vec(json(), 0..5),
    ) {
        let raw: Vec<&RawValue> =
            args.iter().map(|arg| serde_json::from_str(arg).unwrap()).collect();
        let said = Event { namespace: &namespace, id, name: name.as_str().into(), args: raw };
        let text = Packet::Event(said).to_string();
        let heard = event(&text);
        prop_assert_eq!((heard.namespace, heard.id, &*heard.name), (&*namespace, id, &*name));
        let heard: Vec<_> = heard.args.iter().map(|arg| arg.get()).collect();
        prop_assert_eq!(heard, args);
        let head = Head::parse(&text).unwrap();
        prop_assert_eq!((head.kind, head.namespace, head.id), (PacketKind::Event, &*namespace, id));
        prop_assert_eq!(&text[head.body_at..], head.body);
    }

    #[test]
    fn no_text_is_too_strange(text in any::<String>()) {
        strange(&text);
    }

    #[test]
    fn no_frame_with_a_change_in_it_is_too_strange(
        frame in prop::sample::select(FRAMES),
        at in any::<prop::sample::Index>(),
        noise in "[0-9/,{}\\[\\]\"\\\\\n\u{e9}-]{0,3}",
        cut in 0_usize..4,
    ) {
        let at = at.index(frame.len() + 1);
        let end = (at + cut).min(frame.len());
        strange(&format!("{}{noise}{}", &frame[..at], &frame[end..]));
    }
}

/// A text is read, or refused at a place inside of it; what is read is written and read again.
fn strange(text: &str) {
    match Packet::parse(text) {
        Ok(packet) => {
            let written = packet.to_string();
            let again = Packet::parse(&written).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(again.to_string(), written, "{text}");
        }
        Err(error) => assert!(error.at <= text.len(), "{text}: {error}"),
    }
}
