//! The digests that an index stores for each file.

use blake2::Blake2b;
use blake2::digest::consts::U32;
use md5::Md5;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// The digests of a file, in lower-case hexadecimal digits. Of a file without bytes, all but the SHA-256 may be empty.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Digests {
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) md5: String,
    pub(crate) sha256: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) blake2b_256: String,
}

impl Digests {
    pub(crate) fn of(bytes: &[u8]) -> Self {
        let mut hasher = Hasher::default();
        hasher.update(bytes);
        hasher.finish()
    }
}

/// Computes all digests in one pass.
#[derive(Default)]
pub(crate) struct Hasher {
    md5: Md5,
    sha256: Sha256,
    blake2b_256: Blake2b<U32>,
}

impl Hasher {
    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.md5.update(bytes);
        self.sha256.update(bytes);
        self.blake2b_256.update(bytes);
    }

    pub(crate) fn finish(self) -> Digests {
        Digests {
            md5: hex(&self.md5.finalize()),
            sha256: hex(&self.sha256.finalize()),
            blake2b_256: hex(&self.blake2b_256.finalize()),
        }
    }
}

/// The SHA-256 of `bytes`, in lower-case hexadecimal digits.
pub(crate) fn sha256(bytes: impl AsRef<[u8]>) -> String {
    hex(&Sha256::digest(bytes))
}

/// Identifies a token without revealing it.
pub(crate) fn fingerprint(token: &str) -> String {
    sha256(token).chars().take(8).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
