//! The hashes in `RECORD`.

use sha2::Digest as _;

/// A hash that is being computed, and its expected value.
pub(super) struct Digest {
    hasher: Option<sha2::Sha256>,
    expected: String,
}

impl Digest {
    /// Expects the hash of a row, such as `sha256=…` in URL-safe base64 without padding. Other algorithms are not compared.
    pub(super) fn expecting(hash: &str) -> Self {
        let expected = hash
            .strip_prefix("sha256=")
            .map(|hash| hash.trim_end_matches('='));
        Self {
            hasher: expected.map(|_| sha2::Sha256::new()),
            expected: expected.unwrap_or_default().to_owned(),
        }
    }

    pub(super) fn update(&mut self, chunk: &[u8]) {
        if let Some(hasher) = &mut self.hasher {
            hasher.update(chunk);
        }
    }

    pub(super) fn matches(self) -> bool {
        self.hasher
            .is_none_or(|hasher| base64(&hasher.finalize()) == self.expected)
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
        let mut digest = Digest::expecting("sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU");
        digest.update(b"");
        assert!(digest.matches(), "the hash of the empty text");
        let mut digest = Digest::expecting("sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU");
        digest.update(b"x");
        assert!(!digest.matches());
        assert!(Digest::expecting("md5=x").matches() && Digest::expecting("").matches());
    }
}
