//! No reply to an upload, and no project page after it, leaks the token or leaves the outcome undecided; what the index said is one bounded
//! line, and only a success of the index or its listing makes a file uploaded. An input is the name of a profile on a line, the reply, and after
//! a form feed the reply with the page.
#![no_main]

mod index;

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use pypi_http::{Part, RetryPolicy};
use pypi_metadata::{Distribution, testing::wheel};
use pypi_upload::{Credentials, Digests, Evidence, Form, Index, Outcome, Profile, Upload};

static FORM: LazyLock<Form> = LazyLock::new(|| {
    let wheel = wheel("demo", "1.0");
    let (name, bytes) = (wheel.filename, wheel.bytes);
    let distribution = Distribution::read(&name, std::io::Cursor::new(&bytes)).expect("a wheel");
    let digests = Digests::read(&bytes[..]).expect("digests");
    Form::new(&distribution, &digests, Part::from(bytes))
});

fuzz_target!(|text: &str| {
    if index::leaks(text) {
        return;
    }
    let (profile, replies) = text.split_once('\n').unwrap_or_default();
    let Some(profile) = Profile::named(profile) else {
        return;
    };
    // {SHA256} stands for the hash of the file.
    let replies = replies.replace("{SHA256}", FORM.sha256());
    let (reply, page) = replies.split_once('\x0c').unwrap_or((&replies, "404"));
    let (Some(reply), Some(page)) = (index::reply(reply), index::reply(page)) else {
        return;
    };
    let at = match Index::named(profile.name, "https://index.example/legacy/") {
        Ok(index) => index,
        Err(_) if profile.name == "testpypi" => Index::test_pypi(),
        Err(_) => Index::pypi(),
    };
    let at = at
        .simple_api("https://index.example/simple/")
        .expect("a URL");
    let credentials = Credentials::token(&index::secret());
    let mut upload = Upload::new(FORM.clone(), &at, credentials).retry(RetryPolicy::never());
    let status = reply.status().as_u16();
    let is_listed = page.status() == 200
        && String::from_utf8_lossy(page.body())
            .to_ascii_lowercase()
            .contains(FORM.sha256());
    let Ok(outcome) = index::run(&mut upload, &[reply, page]);
    match &outcome {
        Outcome::Uploaded { evidence, .. } if *evidence == Evidence::Reply => {
            assert!(profile.success.contains(&status), "{outcome:?}");
        }
        Outcome::Uploaded { .. } => assert!(is_listed, "{outcome:?}"),
        Outcome::AlreadyPresent { evidence, .. } => {
            assert!(
                is_listed || *evidence == Evidence::IdenticalReply,
                "{outcome:?}"
            );
        }
        Outcome::Refused(refusal) => {
            assert!(status < 500 || page_differs(&outcome), "{outcome:?}");
            assert!(refusal.message.chars().count() <= 700, "{outcome:?}");
        }
        _ => {}
    }
    let text = outcome.to_string();
    assert!(
        !text.contains(['\n', '\r']) && text.len() < 5_000,
        "{text:?}"
    );
    let attempts = upload.attempts();
    assert!(!index::leaks(&format!("{text} {outcome:?} {attempts:?}")));
});

/// Whether the index lists other bytes.
fn page_differs(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Refused(refusal) if refusal.kind == pypi_upload::RefusalKind::FileExists)
}
