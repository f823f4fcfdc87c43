//! `serde_json`'s `arbitrary_precision` is off: it breaks readers of browser messages
//! (docs/spec/libraries.md#exact-numbers), and features are shared by everything in one build.

use serde_json::Value;

use super::sources::read;

#[test]
fn a_json_number_is_a_double_and_does_not_keep_its_text() {
    let number: Value = serde_json::from_str("1.00000000000000000000000001").unwrap();
    assert_eq!(number.to_string(), "1.0", "serde_json/arbitrary_precision is on");
    let number: Value = serde_json::from_str("1e400").unwrap_or(Value::Null);
    assert_eq!(number, Value::Null, "serde_json/arbitrary_precision is on");
}

#[test]
fn no_manifest_line_turns_arbitrary_precision_on() {
    for line in read("Cargo.toml").lines().filter(|line| !line.trim().starts_with('#')) {
        // `serde-arbitrary-precision` and `serde-with-arbitrary-precision` of rust_decimal too.
        let plain = line.replace('-', "_");
        assert!(!plain.contains("arbitrary_precision"), "Cargo.toml: {line}");
    }
}
