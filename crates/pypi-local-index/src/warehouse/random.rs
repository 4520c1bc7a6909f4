//! Random numbers, from the system or from a seed.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::{SecureRandom as _, SystemRandom};
use sha2::{Digest as _, Sha256};

#[derive(Clone, Debug)]
pub(crate) enum Random {
    System,
    /// The digests of the seed and a counter: the same numbers in every run.
    Seeded {
        seed: u64,
        drawn: u64,
    },
}

impl Random {
    pub(crate) fn new(seed: Option<u64>) -> Self {
        seed.map_or(Self::System, |seed| Self::Seeded { seed, drawn: 0 })
    }

    /// 256 random bits as text. `None` if the system provides none.
    pub(crate) fn text(&mut self) -> Option<String> {
        self.bytes().map(|bytes| URL_SAFE_NO_PAD.encode(bytes))
    }

    /// 256 random bits. `None` if the system provides none.
    pub(crate) fn bytes(&mut self) -> Option<[u8; 32]> {
        let mut bytes = [0; 32];
        match self {
            Self::System => SystemRandom::new().fill(&mut bytes).ok()?,
            Self::Seeded { seed, drawn } => {
                *drawn += 1;
                let digest = Sha256::digest([seed.to_be_bytes(), drawn.to_be_bytes()].concat());
                bytes.copy_from_slice(&digest);
            }
        }
        Some(bytes)
    }
}
