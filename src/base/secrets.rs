//! Secrets at rest: one file that only its key opens, kept apart from that key.
//!
//! ```text
//! key (passphrase, key file or descriptor) ── Argon2id ──> key of the cipher, and a check
//! names and values ── XChaCha20-Poly1305 ──> file of mode 0600, with a checksum
//! ```
//!
//! Decrypted values live in memory that is wiped when dropped, in types that cannot be printed.

mod entries;
mod file;
mod key;
mod sealed;

pub use entries::{NAME_BYTES_MAX, Secrets, VALUE_BYTES_MAX};
pub use file::{change, open};
pub use key::{KEY_BYTES_MAX, PASSPHRASE_CHARS_MIN, SecretKey};
