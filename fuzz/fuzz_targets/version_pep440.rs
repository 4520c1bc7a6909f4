//! Versions parse, print and compare as those of `pep440_rs`, except that blanks around them are Python's, and that a long one is refused. An input is two versions on two lines.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pypi_versioning::{Version, VersionErrorKind};

fuzz_target!(|input: &str| {
    let (one, other) = input.split_once('\n').unwrap_or((input, "1.0"));
    let (Some(one), Some(other)) = (both(one), both(other)) else {
        return;
    };
    assert_eq!(
        one.0.cmp(&other.0),
        one.1.cmp(&other.1),
        "{} {}",
        one.0,
        other.0
    );
    assert_eq!(one.0 == other.0, one.1 == other.1);
});

fn both(text: &str) -> Option<(Version, pep440_rs::Version)> {
    // Python's blanks are ours, too.
    let trimmed = text.trim_matches(|c: char| c.is_whitespace() || ('\x1c'..='\x1f').contains(&c));
    let (ours, theirs) = (Version::parse(text), trimmed.parse::<pep440_rs::Version>());
    match (ours, theirs) {
        (Ok(ours), Ok(theirs)) => {
            assert_eq!(ours.to_string(), theirs.to_string());
            assert_eq!(ours.release(), &*theirs.release());
            assert_eq!(
                (ours.epoch(), ours.dev(), ours.post()),
                (theirs.epoch(), theirs.dev(), theirs.post())
            );
            Some((ours, theirs))
        }
        (Err(error), Ok(_)) => {
            assert!(error.kind() != VersionErrorKind::Invalid, "{text:?}");
            None
        }
        (Ok(ours), Err(error)) => panic!("{ours} from {text:?}: {error}"),
        (Err(_), Err(_)) => None,
    }
}
