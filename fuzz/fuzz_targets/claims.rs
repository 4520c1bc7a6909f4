//! No text makes the reader of claims panic, and neither do claims of any kind; the texts about them are bounded, are made of
//! printable characters, and have no piece of the token's signature.
#![no_main]

mod exchange;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use libfuzzer_sys::fuzz_target;
use pypi_trusted_publisher::{Claims, Context, Diagnosis, Registration};

// The text is a token, or the header and the payload of one on two lines.
fuzz_target!(|text: &str| {
    let _ = Claims::parse(text);
    if exchange::leaks(text) {
        return;
    }
    let (header, payload) = text.split_once('\n').unwrap_or(("{}", text));
    let encode = |part: &str| URL_SAFE_NO_PAD.encode(part);
    let token = format!(
        "{}.{}.{}",
        encode(header),
        encode(payload),
        exchange::SIGNATURE
    );
    let claims = match Claims::parse(&token) {
        Ok(claims) => claims,
        Err(error) => {
            let text = error.to_string();
            assert!(text.len() < 200 && !exchange::leaks(&text), "{text}");
            return;
        }
    };
    let problems = claims.problems(1_760_000_000, Some("pypi"));
    assert!(problems.len() < 30, "{problems:?}");
    let context = Context::new("PyPI")
        .now(1_760_000_000)
        .project("demo", Some(false));
    for code in [
        "invalid-publisher",
        "invalid-token",
        "invalid-payload",
        "other",
    ] {
        let diagnosis = Diagnosis::new(
            code,
            "Publisher with matching claims was not found",
            Some(&claims),
            &context,
        );
        let text = diagnosis.to_string();
        assert!(text.len() < 100_000 && !exchange::leaks(&text), "{text}");
        assert!(
            !text.chars().any(|c| c.is_control() && c != '\n'),
            "{text:?}"
        );
    }
    if let Some(registration) = Registration::of(&claims) {
        let root = "https://index.example/".parse().expect("a URL");
        let link = registration.link(&root, "demo", true).expect("a link");
        assert_eq!(link.host_str(), Some("index.example"));
        assert_eq!(link.path(), "/manage/project/demo/settings/publishing/");
    }
});
