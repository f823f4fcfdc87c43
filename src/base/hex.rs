//! SHA-256 digests as hexadecimal text.

use arrayvec::ArrayString;

/// 64 hexadecimal digits, lowercase.
pub type Hex = ArrayString<64>;

/// Formats 32 bytes in lowercase hexadecimal.
#[must_use]
pub fn hex(bytes: [u8; 32]) -> Hex {
    let digit = |value: u8| char::from(b"0123456789abcdef"[usize::from(value)]);
    let mut text = Hex::new_const();
    for byte in bytes {
        text.push(digit(byte >> 4));
        text.push(digit(byte & 15));
    }
    text
}

/// Parses 64 hexadecimal digits of either case; `None` for anything else.
#[must_use]
pub fn from_hex(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (byte, at) in bytes.iter_mut().zip((0..64).step_by(2)) {
        let digits = &text[at..at + 2];
        // `from_str_radix` would accept a sign.
        let digits = digits.bytes().all(|digit| digit.is_ascii_hexdigit()).then_some(digits)?;
        *byte = u8::from_str_radix(digits, 16).ok()?;
    }
    Some(bytes)
}
