//! The hashes in `RECORD`.

use sha2::Digest as _;

use super::record::Hash;

/// A hash that is being computed, and its expected value.
pub(super) struct Digest {
    hasher: sha2::Sha256,
    expected: Hash,
}

impl Digest {
    /// Expects the hash of a row, if there is one.
    pub(super) fn expecting(hash: Option<Hash>) -> Self {
        Self {
            hasher: sha2::Sha256::new(),
            expected: hash.unwrap_or(Hash::Other),
        }
    }

    pub(super) fn update(&mut self, chunk: &[u8]) {
        if matches!(self.expected, Hash::Sha256(_)) {
            self.hasher.update(chunk);
        }
    }

    pub(super) fn matches(self) -> bool {
        match self.expected {
            Hash::Other => true,
            Hash::Sha256(expected) => base64(&self.hasher.finalize()).as_bytes() == expected,
            Hash::Invalid => false,
        }
    }
}

/// URL-safe base64 without padding.
fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let at = |index: usize| u32::from(three.get(index).copied().unwrap_or(0));
        let bits = at(0) << 16 | at(1) << 8 | at(2);
        for letter in 0..=three.len() {
            let place = bits >> (18 - 6 * letter) & 63;
            let letter = usize::try_from(place)
                .ok()
                .and_then(|place| ALPHABET.get(place));
            text.extend(letter.map(|letter| char::from(*letter)));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_encoded_as_in_a_record() {
        let matches = |hash: &str, text: &[u8]| {
            let mut digest = Digest::expecting(Some(Hash::parse(hash)));
            digest.update(text);
            digest.matches()
        };
        let of_empty = "sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU";
        assert!(matches(of_empty, b"") && matches(&format!("{of_empty}="), b""));
        assert!(!matches(of_empty, b"x") && !matches("sha256=x", b"x"));
        assert!(matches("md5=x", b"x") && matches("", b"x"));
    }
}
