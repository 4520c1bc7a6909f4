//! A template of a version file renders to a text without a NUL byte of its own, in which a literal is quoted; parsers of bumps, times and commits
//! print what they parse back.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pypi_versioning::{
    Bump, CommitId, LocalScheme, Scheme, Timestamp, Version, VersionTemplate, bump,
};

fuzz_target!(|text: &str| {
    let version = Version::parse("1.2rc1+abc").expect("a version");
    let commit = CommitId::parse("a0eb9acd9c9f2f5c3b3b0a3e3d5c5b8a1f0e2d4c").expect("a commit");
    match VersionTemplate::parse(text) {
        Ok(template) => {
            let rendered = template.render(&version, Some(&commit));
            assert_eq!(rendered.matches('\0').count(), text.matches('\0').count());
            if !text.contains(['{', '}']) {
                assert_eq!(rendered, text);
            }
            assert!(rendered.len() <= text.len() * 4 + 100);
        }
        Err(error) => assert!(!error.to_string().contains('\n'), "{error}"),
    }
    if let Ok(time) = text.parse::<Timestamp>() {
        assert_eq!(
            Timestamp::from_unix_seconds(time.unix_seconds()).expect("in range"),
            time
        );
    }
    if let Ok(time) = Timestamp::parse_unix_seconds(text) {
        assert_eq!(text.parse::<u64>().ok(), Some(time.unix_seconds()));
    }
    if let Ok(id) = CommitId::parse(text) {
        assert!(id.as_str().eq_ignore_ascii_case(text));
    }
    assert!(
        text.parse::<Scheme>()
            .is_ok_and(|scheme| scheme.name() == text)
            || text.parse::<Scheme>().is_err()
    );
    assert!(
        text.parse::<LocalScheme>()
            .is_ok_and(|scheme| scheme.name() == text)
            || text.parse::<LocalScheme>().is_err()
    );
    if let Ok(step) = text.parse::<Bump>() {
        let start = version.public();
        if let Ok(next) = bump(&start, std::slice::from_ref(&step)) {
            assert!(next > start || matches!(step, Bump::To(_)), "{next}");
        }
    }
});
