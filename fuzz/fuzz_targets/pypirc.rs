//! No `.pypirc` makes its reader panic; its error is one line without a password, and a password that is found is in the text.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pypi_upload::Index;

fuzz_target!(|text: &str| {
    let custom = Index::custom("https://index.example/legacy/").expect("an index");
    for index in [Index::pypi(), Index::test_pypi(), custom] {
        match command::pypirc(text, &index) {
            Ok(found) => {
                for (_, password) in found {
                    let is_escaped = text.contains('%') || password.contains('\n');
                    assert!(is_escaped || text.contains(&password), "{password:?}");
                }
            }
            Err(message) => assert_error(text, &message),
        }
    }
    for section in ["pypi", "corp", "server-login"] {
        match command::pypirc_section(text, section) {
            Ok(url) => {
                assert!(url.is_none_or(|url| url.username().is_empty() && url.password().is_none()))
            }
            Err(message) => assert_error(text, &message),
        }
    }
});

fn assert_error(text: &str, message: &str) {
    assert!(!message.contains('\n'), "{message:?}");
    let values = text.lines().filter_map(|line| line.split_once(['=', ':']));
    for (key, value) in values {
        let value = value.trim();
        let is_secret = key.trim() == "password" && value.len() >= 8;
        assert!(
            !is_secret || text.matches(value).count() > 1 || !message.contains(value),
            "{message:?}"
        );
    }
}
