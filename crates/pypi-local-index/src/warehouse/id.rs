//! The ids that API tokens contain: UUIDs, as in Warehouse's database.

use sha2::{Digest as _, Sha256};

use crate::config::TrustedPublisher;

/// The id of the project with this normalized name.
pub(crate) fn project_id(normalized: &str) -> String {
    derived("project", normalized)
}

/// The id of an account.
pub(crate) fn user_id(name: &str) -> String {
    derived("user", name)
}

/// The id of a trusted publisher.
pub(crate) fn publisher_id(publisher: &TrustedPublisher) -> String {
    derived("publisher", &format!("{publisher:?}"))
}

/// The random UUID (RFC 9562, section 5.4) that begins with these bytes.
pub(crate) fn uuid(bytes: &[u8; 32]) -> String {
    let mut bytes = bytes.iter().copied();
    let mut number = bytes
        .by_ref()
        .take(16)
        .fold(0_u128, |number, byte| (number << 8) | u128::from(byte));
    number = number & !(0xf << 76) | (4 << 76);
    number = number & !(0b11 << 62) | (0b10 << 62);
    hyphenated(&format!("{number:032x}"))
}

/// The usual form of a UUID in one of the forms that Python's `uuid.UUID` reads.
pub(crate) fn canonical(text: &str) -> Option<String> {
    let digits = text.replace("urn:", "").replace("uuid:", "");
    let digits = digits.trim_matches(['{', '}']).replace('-', "");
    let is_hex = digits.len() == 32 && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    is_hex.then(|| hyphenated(&digits.to_ascii_lowercase()))
}

/// The same name always has the same id, so that ids need not be stored.
fn derived(kind: &str, name: &str) -> String {
    uuid(&Sha256::digest(format!("{kind}:{name}")).into())
}

fn hyphenated(digits: &str) -> String {
    let part = |range| digits.get(range).unwrap_or_default();
    [
        part(0..8),
        part(8..12),
        part(12..16),
        part(16..20),
        part(20..32),
    ]
    .join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_uuids() {
        let id = project_id("demo");
        assert_eq!(id.len(), 36);
        assert_eq!((&id[14..15], id.matches('-').count()), ("4", 4));
        assert_ne!(id, user_id("demo"));
        for text in [
            id.to_uppercase(),
            id.replace('-', ""),
            format!("{{{id}}}"),
            format!("urn:uuid:{id}"),
        ] {
            assert_eq!(canonical(&text), Some(id.clone()), "{text}");
        }
        assert_eq!(canonical("demo"), None);
        assert_eq!(uuid(&[0xff; 32]), "ffffffff-ffff-4fff-bfff-ffffffffffff");
    }
}
