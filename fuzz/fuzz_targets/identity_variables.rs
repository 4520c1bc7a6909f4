//! No variables make the detection of a CI provider panic; its error is one line without the values of secret variables. An input has variables as
//! `NAME=VALUE` on lines.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pypi_trusted_publisher::{Environment, Identity};

const SECRETS: [&str; 3] = [
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
    "PYPI_ID_TOKEN",
    "SYSTEM_ACCESSTOKEN",
];

fuzz_target!(|input: &str| {
    let variables: Vec<(&str, &str)> = input
        .lines()
        .filter_map(|line| line.split_once('='))
        .collect();
    let environment = Environment::from_vars(variables.iter().copied());
    let shown = match Identity::detect(&environment, Some("pypi")) {
        Ok(Some(identity)) => {
            assert!(!identity.provider().is_empty());
            format!("{identity:?}")
        }
        Ok(None) => return,
        Err(error) => {
            assert!(!error.to_string().contains('\n'), "{error}");
            format!("{error} {error:?}")
        }
    };
    for (name, value) in &variables {
        let others = variables.iter().filter(|(other, _)| other != name);
        let is_elsewhere = others
            .clone()
            .any(|(name, text)| text.contains(value) || name.contains(value));
        // A shorter one, or a word, may be in the message for another reason.
        let is_long = value.len() >= 16 && value.contains(|c: char| c.is_ascii_digit());
        assert!(
            !SECRETS.contains(name) || is_elsewhere || !is_long || !shown.contains(value),
            "{shown}"
        );
    }
});
