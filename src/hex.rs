//! SHA-256 digests as text.

use arrayvec::ArrayString;

/// 64 hexadecimal digits, lowercase.
pub type Hex = ArrayString<64>;

/// 32 bytes in hexadecimal.
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
