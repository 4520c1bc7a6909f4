//! No netrc file makes its reader panic; what is found comes back from the entry that is written for it, and an error does not have a word of the file.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pypi_upload::Index;

const HOST: &str = "index.example";

fuzz_target!(|text: &str| {
    let index = Index::custom("https://index.example/legacy/").expect("an index");
    let found = match command::netrc(text, &index, None) {
        Ok(found) => found,
        Err(message) => {
            assert!(
                !message.contains('\n') && message.len() < 200,
                "{message:?}"
            );
            let known = "FILE line is not valid: expected machine, default or macdef machine, login, password or account a word after \
                the last one gives a password without a user name: add the user name, or __token__ for an API token";
            let is_own =
                |word: &str| known.contains(word) || word.bytes().all(|byte| byte.is_ascii_digit());
            assert!(
                message
                    .split(' ')
                    .all(|word| is_own(word.trim_end_matches([',', ':']))),
                "{message:?}"
            );
            return;
        }
    };
    for pair in found {
        let entry = command::netrc_entry(&pair, HOST);
        let again = command::netrc(&entry, &index, None).expect("an entry");
        assert_eq!(again, [pair], "{entry:?}");
    }
});
