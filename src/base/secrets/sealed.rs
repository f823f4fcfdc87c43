//! The bytes of a file of secrets, laid out so that every fault can be told apart.
//!
//! ```text
//! replayer-secrets 1⏎ | memory KiB, passes (u32) | salt 16 | nonce 24 | check 32 | sealed … tag 16 | SHA-256 32
//! ```
//!
//! Numbers are little-endian. Everything before `sealed` is authenticated with it. A wrong checksum
//! means damage, a wrong check another key, and a wrong tag with both right a deliberate change.

use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::aead::{AeadInOut, KeyInit};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::key::{SecretKey, random};
use crate::base::error::{Error, ErrorKind};

/// The first bytes of a file; the version follows.
const MAGIC: &[u8] = b"replayer-secrets ";

/// The version that is written, the only one so far.
const VERSION: &[u8] = b"1\n";

/// Bytes that the cipher adds to a text.
pub(super) const TAG_BYTES: usize = 16;

const SALT_BYTES: usize = 16;
const NONCE_BYTES: usize = 24;
const CHECK_BYTES: usize = 32;
const CHECKSUM_BYTES: usize = 32;

/// Offset of the sealed part, in bytes.
const HEAD_BYTES: usize = MAGIC.len() + VERSION.len() + 8 + SALT_BYTES + NONCE_BYTES + CHECK_BYTES;

/// The cost of one guess at the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Costs {
    memory_kib: u32,
    passes: u32,
}

impl Costs {
    /// The second choice of RFC 9106 (section 4): 64 MiB and 3 passes, on one lane.
    pub(super) const USUAL: Self = Self { memory_kib: 64 << 10, passes: 3 };

    /// The most that a file may demand of its reader: 1 GiB, 16 passes.
    const MOST: Self = Self { memory_kib: 1 << 20, passes: 16 };

    /// Derives the cipher's key, and the check that recognises the right one.
    fn derive(
        self,
        key: &SecretKey,
        salt: &[u8],
    ) -> Result<(Zeroizing<[u8; 32]>, [u8; CHECK_BYTES]), Error> {
        let cannot = |error: argon2::Error| {
            Error::new(ErrorKind::Io, "the key of the secrets cannot be derived")
                .caused_by(error.to_string())
        };
        let mut both = Zeroizing::new([0; 32 + CHECK_BYTES]);
        let params =
            Params::new(self.memory_kib, self.passes, 1, Some(both.len())).map_err(cannot)?;
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(key.expose(), salt, &mut *both)
            .map_err(cannot)?;
        let (mut cipher, mut check) = (Zeroizing::new([0; 32]), [0; CHECK_BYTES]);
        cipher.copy_from_slice(&both[..32]);
        check.copy_from_slice(&both[32..]);
        Ok((cipher, check))
    }
}

/// Seals a text. The plain text is wiped or overwritten by the sealed one.
///
/// # Errors
/// When the system lacks random bytes or memory.
pub(super) fn seal(
    mut plain: Zeroizing<Vec<u8>>,
    key: &SecretKey,
    costs: Costs,
) -> Result<Vec<u8>, Error> {
    let (mut salt, mut nonce) = ([0; SALT_BYTES], [0; NONCE_BYTES]);
    random(&mut salt)?;
    random(&mut nonce)?;
    let (cipher, check) = costs.derive(key, &salt)?;
    let numbers = [costs.memory_kib.to_le_bytes(), costs.passes.to_le_bytes()].concat();
    let mut file = [MAGIC, VERSION, &numbers, &salt, &nonce, &check].concat();
    XChaCha20Poly1305::new((&*cipher).into())
        .encrypt_in_place(&XNonce::from(nonce), &file, &mut *plain)
        .map_err(|_| Error::new(ErrorKind::Io, "the secrets are too long to be sealed"))?;
    file.extend_from_slice(&plain);
    let checksum = Sha256::digest(&file);
    file.extend_from_slice(&checksum);
    Ok(file)
}

/// Opens a sealed text.
///
/// # Errors
/// [`ErrorKind::Io`] when it is not such a file, of another version or damaged,
/// [`ErrorKind::Usage`] for a wrong key, [`ErrorKind::Safety`] when it was changed without the key.
pub(super) fn open(file: &[u8], key: &SecretKey) -> Result<Zeroizing<Vec<u8>>, Error> {
    let rest = file
        .strip_prefix(MAGIC)
        .ok_or_else(|| Error::new(ErrorKind::Io, "it is not a file of secrets"))?;
    if !rest.starts_with(VERSION) {
        return Err(Error::new(ErrorKind::Io, "it is damaged, or of another version than 1")
            .hint("open it with the version of Replayer that wrote it, or restore a backup"));
    }
    let damaged = || {
        Error::new(ErrorKind::Io, "it is damaged: its checksum does not match")
            .hint("restore it from a backup; no secret was used")
    };
    let (content, checksum) = file.split_last_chunk::<CHECKSUM_BYTES>().ok_or_else(damaged)?;
    if Sha256::digest(content).as_slice() != checksum || content.len() < HEAD_BYTES + TAG_BYTES {
        return Err(damaged());
    }
    let (head, sealed) = content.split_at(HEAD_BYTES);
    let mut fields = &head[MAGIC.len() + VERSION.len()..];
    let costs = Costs { memory_kib: number(&mut fields), passes: number(&mut fields) };
    let (salt, fields) = fields.split_at(SALT_BYTES);
    let (nonce, wanted) = fields.split_at(NONCE_BYTES);
    if costs.memory_kib > Costs::MOST.memory_kib || costs.passes > Costs::MOST.passes {
        return Err(changed());
    }
    let (cipher, check) = costs.derive(key, salt)?;
    if check != wanted {
        return Err(Error::usage("this is not its key")
            .hint("give the passphrase or the key file with which it was sealed"));
    }
    let nonce = XNonce::try_from(nonce).expect("cut to its length");
    let mut plain = Zeroizing::new(sealed.to_vec());
    XChaCha20Poly1305::new((&*cipher).into())
        .decrypt_in_place(&nonce, head, &mut *plain)
        .map_err(|_| changed())?;
    Ok(plain)
}

fn changed() -> Error {
    Error::new(ErrorKind::Safety, "it was changed without its key")
        .hint("restore it from a backup, and find out who can write there; no secret was used")
}

/// Takes the next number off the input.
fn number(fields: &mut &[u8]) -> u32 {
    let (number, rest) = fields.split_first_chunk().expect("the head has its length");
    *fields = rest;
    u32::from_le_bytes(*number)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lowest cost, to be fast.
    const CHEAP: Costs = Costs { memory_kib: 8, passes: 1 };

    fn key(text: &str) -> SecretKey {
        SecretKey::of_passphrase(&text.into()).unwrap()
    }

    fn sealed() -> Vec<u8> {
        seal(Zeroizing::new(b"planted".to_vec()), &key("right"), CHEAP).unwrap()
    }

    /// The file with a checksum that matches its current content.
    fn resealed(mut file: Vec<u8>) -> Vec<u8> {
        let content = file.len() - CHECKSUM_BYTES;
        let checksum = Sha256::digest(&file[..content]);
        file[content..].copy_from_slice(&checksum);
        file
    }

    #[test]
    fn only_the_key_opens_and_no_two_files_are_alike() {
        let (file, again) = (sealed(), sealed());
        assert_eq!(**open(&file, &key("right")).unwrap(), *b"planted");
        assert!(!file.windows(7).any(|window| window == b"planted"));
        assert_ne!(file[HEAD_BYTES..], again[HEAD_BYTES..]);
        assert_eq!(open(&file, &key("wrong")).unwrap_err().kind(), ErrorKind::Usage);
    }

    #[test]
    fn every_flipped_bit_is_damage_and_never_a_wrong_key() {
        let (file, key) = (sealed(), key("right"));
        for bit in 0..8 * file.len() {
            let mut damaged = file.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(open(&damaged, &key).unwrap_err().kind(), ErrorKind::Io, "bit {bit}");
        }
        for end in 0..file.len() {
            assert_eq!(open(&file[..end], &key).unwrap_err().kind(), ErrorKind::Io, "{end} bytes");
        }
    }

    #[test]
    fn what_a_stranger_changed_with_a_right_checksum_is_told_from_damage() {
        let (file, key) = (sealed(), key("right"));
        let nonce = MAGIC.len() + VERSION.len() + 8 + SALT_BYTES;
        for at in [nonce, HEAD_BYTES, file.len() - CHECKSUM_BYTES - 1] {
            let mut changed = file.clone();
            changed[at] ^= 1;
            assert_eq!(
                open(&resealed(changed), &key).unwrap_err().kind(),
                ErrorKind::Safety,
                "byte {at}"
            );
        }
        let mut greedy = file;
        greedy[MAGIC.len() + VERSION.len() + 3] = 0xff;
        assert_eq!(open(&resealed(greedy), &key).unwrap_err().kind(), ErrorKind::Safety);
    }
}
