//! A changelog is written with a section of the version, which is then found in it; nothing else is lost, and it is not written twice.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pypi_versioning::Version;

fuzz_target!(|text: &str| {
    let version = Version::parse("41.2.0").expect("a version");
    let Ok(before) = command::changelog(text, &version) else {
        return;
    };
    let written = match command::changelog_with(text, &version, "- a change\n") {
        Ok(written) => written,
        Err(message) => {
            assert!(!message.contains('\n'), "{message:?}");
            return;
        }
    };
    let Some(written) = written else {
        assert!(before.is_some());
        return;
    };
    assert!(before.is_none());
    let again = command::changelog_with(&written, &version, "- other\n");
    assert_eq!(again, Ok(None), "{written:?}");
    let mut rest = written.as_str();
    // Only the end of the text loses blanks.
    let lines = text.lines().map(str::trim_end);
    for line in lines.filter(|line| !line.is_empty()) {
        let at = rest
            .find(line)
            .unwrap_or_else(|| panic!("{line:?} is lost: {written:?}"));
        rest = &rest[at + line.len()..];
    }
});
