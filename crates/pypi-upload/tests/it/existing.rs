//! A file whose name the index has, by kind of index and by what the caller accepts.

use http::{HeaderMap, HeaderValue, StatusCode, header};
use pypi_http::testing::{Script, reply};
use pypi_http::{Reply, RetryPolicy, TransportError, drive};
use pypi_upload::{
    Credentials, Existing, Index, IndexError, Lookup, Outcome, Profile, Proof, RefusalKind, Upload,
    Verify,
};

use crate::sent::{TOKEN, WHEEL, credentials, index, page, wheel};

const POST: &str = "POST /legacy/ (authorized)";
const LOOK: &str = "GET /simple/demo/";
const EXISTS: &str = r#"{"code":"400 File already exists ('demo-1.0-py3-none-any.whl', with blake2_256 hash 'ab')."}"#;

type Answer = Result<Reply, TransportError>;

fn taken() -> Answer {
    reply(400, EXISTS)
}

fn listed(sha256: &str) -> Answer {
    reply(200, page(&[(WHEEL, sha256)]))
}

fn without_simple_api() -> Index {
    Index::custom("http://127.0.0.1:1/legacy/").expect("a URL")
}

#[track_caller]
fn upload(index: &Index, existing: Existing, replies: Vec<Answer>) -> (Outcome, Vec<String>) {
    let script = Script::new(replies).secrets([TOKEN]);
    let upload = Upload::new(wheel(), index, credentials())
        .existing(existing)
        .clock(script.clock());
    let Ok(outcome) = drive(upload, &script);
    (outcome, script.transcript())
}

#[test]
fn what_exists_counts_as_the_caller_says() {
    let form = wheel();
    let ours = form.sha256();
    for (existing, listing, name) in [
        (Existing::Same, ours, "already_present"),
        (Existing::Same, "00", "refused"),
        (Existing::IndexSays, ours, "already_present"),
        (Existing::IndexSays, "00", "exists"),
    ] {
        let (outcome, transcript) = upload(&index(), existing, vec![taken(), listed(listing)]);
        assert_eq!(outcome.name(), name, "{existing:?}");
        assert_eq!(transcript, [POST, LOOK]);
    }
    let (outcome, transcript) = upload(&index(), Existing::Never, vec![taken()]);
    assert_eq!(outcome.name(), "refused");
    assert_eq!(transcript, [POST]);
}

#[test]
fn what_the_index_says_is_not_called_a_comparison() {
    let (outcome, transcript) = upload(&without_simple_api(), Existing::IndexSays, vec![taken()]);
    assert_eq!(
        outcome.to_string(),
        "exists, bytes not compared: File already exists ('demo-1.0-py3-none-any.whl', with blake2_256 hash 'ab')."
    );
    assert!(outcome.is_present() && outcome.evidence().is_none());
    assert_eq!(transcript, [POST]);
    let (outcome, _) = upload(&index(), Existing::IndexSays, vec![taken(), reply(401, "")]);
    assert!(matches!(outcome, Outcome::Exists { listed: None, .. }));
    let (outcome, _) = upload(&index(), Existing::IndexSays, vec![taken(), listed("00")]);
    assert_eq!(outcome.to_string(), "exists with other content (sha256 00)");
    let (outcome, _) = upload(&without_simple_api(), Existing::Same, vec![taken()]);
    assert_eq!(outcome.name(), "refused", "nothing was compared");
}

#[test]
fn what_is_not_there_does_not_exist() {
    let deleted = "400 This filename was previously used by a file that has since been deleted.";
    for (replies, at) in [
        (vec![reply(400, deleted)], without_simple_api()),
        (vec![reply(400, deleted), reply(401, "")], index()),
        // The page is newer than the reply, so the name is that of another file with the same bytes.
        (vec![taken(), reply(404, "")], index()),
    ] {
        let (outcome, _) = upload(&at, Existing::IndexSays, replies);
        assert!(
            matches!(&outcome, Outcome::Refused(refusal) if refusal.kind == RefusalKind::FileExists),
            "{outcome}"
        );
    }
}

#[test]
fn an_attempt_of_this_run_that_was_stored_is_uploaded() {
    let form = wheel();
    for existing in [Existing::IndexSays, Existing::Never, Existing::Same] {
        let replies = vec![reply(503, ""), taken(), listed(form.sha256())];
        let (outcome, _) = upload(&index(), existing, replies);
        assert_eq!(outcome.name(), "uploaded", "{existing:?}");
    }
    let replies = vec![reply(503, ""), taken()];
    let (outcome, _) = upload(&without_simple_api(), Existing::IndexSays, replies);
    assert_eq!(outcome.name(), "exists");
    let replies = vec![reply(503, ""), taken()];
    let (outcome, _) = upload(&without_simple_api(), Existing::Never, replies);
    assert_eq!(outcome.name(), "unknown");
}

#[test]
fn a_reserved_name_is_neither_a_file_nor_a_password() {
    for status in [403, 409] {
        let body = r#"{"message": "the namespace acme- is reserved"}"#;
        let (outcome, _) = upload(
            &without_simple_api(),
            Existing::IndexSays,
            vec![reply(status, body)],
        );
        assert!(
            matches!(&outcome, Outcome::Refused(refusal) if refusal.kind == RefusalKind::NameReserved),
            "{outcome}"
        );
    }
}

#[test]
fn devpi_compares_the_bytes_itself() -> Result<(), IndexError> {
    let devpi = Index::named("devpi", "http://127.0.0.1:1/me/dev/")?;
    let same = || reply(200, "200 Upload of identical file to non volatile index.");
    let (outcome, _) = upload(&devpi, Existing::IndexSays, vec![same()]);
    assert_eq!(
        outcome.to_string(),
        "already present, same bytes as the index says"
    );
    let (outcome, _) = upload(&devpi, Existing::Never, vec![same()]);
    assert_eq!(outcome.name(), "refused");
    let (outcome, _) = upload(&devpi, Existing::Never, vec![reply(503, ""), same()]);
    assert_eq!(outcome.name(), "uploaded", "the first attempt stored it");
    Ok(())
}

/// Every reply that a profile describes counts as existing, and each success as stored.
#[test]
fn the_replies_of_every_profile_are_understood() {
    for profile in Profile::all().filter(|profile| profile.audience.is_none()) {
        let name = profile.name;
        let index = Index::named(name, "http://127.0.0.1:1/legacy/").expect(name);
        for answer in profile.exists {
            let body = format!("<html><body>{}</body></html>", answer.text.to_uppercase());
            let mut replies = vec![reply(answer.status, body)];
            replies.extend(index.simple_url().map(|_| reply(401, "")));
            let (outcome, _) = upload(&index, Existing::IndexSays, replies);
            assert_eq!(outcome.name(), "exists", "{name} {answer:?}");
        }
        for status in profile.success {
            let (outcome, _) = upload(&index, Existing::Same, vec![reply(*status, "")]);
            assert_eq!(outcome.name(), "uploaded", "{name} {status}");
        }
        let is_run = ["local", "local-private", "pypiserver", "devpi"].contains(&name);
        assert_eq!(profile.proof == Proof::Proved, is_run, "{name}");
    }
}

#[test]
fn private_pages_get_the_credentials_of_the_same_origin_only() -> Result<(), IndexError> {
    let gitlab = "http://127.0.0.1:1/api/v4/projects/7/packages/pypi";
    let elsewhere = "http://127.0.0.1:2/simple/";
    for (index, path, authorized) in [
        (
            Index::custom(gitlab)?,
            "/api/v4/projects/7/packages/pypi/simple/demo/",
            " (authorized)",
        ),
        (
            Index::custom(gitlab)?.simple_api(elsewhere)?,
            "/simple/demo/",
            "",
        ),
        (index(), "/simple/demo/", ""),
        (
            Index::named("local", "http://127.0.0.1:1/legacy/")?,
            "/simple/demo/",
            "",
        ),
    ] {
        let script = Script::new([reply(404, ""), reply(404, "")]).secrets([TOKEN]);
        let credentials = credentials();
        let lookup = Lookup::new(&index, "demo", RetryPolicy::never()).expect("a simple API");
        let found = drive(lookup.credentials(&credentials), &script);
        assert!(found.is_ok());
        let verify = Verify::new(&index, "demo", [(WHEEL.to_owned(), String::new())]);
        let verify = verify.expect("a simple API").retry(RetryPolicy::never());
        let Ok(_) = drive(verify.credentials(&credentials), &script);
        let line = format!("GET {path}{authorized}");
        assert_eq!(script.transcript(), [line.clone(), line]);
    }
    let user = Credentials::basic("me", &pypi_http::Secret::new(TOKEN));
    let script = Script::new([reply(400, "already been taken"), reply(404, "")]).secrets([TOKEN]);
    let Ok(_) = drive(Upload::new(wheel(), &Index::custom(gitlab)?, user), &script);
    assert!(script.transcript()[1].ends_with("(authorized)"));
    Ok(())
}

#[test]
fn a_missing_project_may_redirect_to_another_index() -> Result<(), IndexError> {
    let redirect = |to: &'static str| {
        let mut headers = HeaderMap::new();
        headers.insert(header::LOCATION, HeaderValue::from_static(to));
        Ok(Reply::new(StatusCode::SEE_OTHER, headers, Vec::new()))
    };
    let pypiserver = Index::named("pypiserver", "http://127.0.0.1:1/")?;
    for (index, to, is_absent) in [
        (
            pypiserver.clone(),
            "https://index.example/simple/demo/",
            true,
        ),
        (pypiserver, "/simple/demo", false),
        (index(), "https://index.example/simple/demo/", false),
    ] {
        let script = Script::new([redirect(to)]);
        let lookup = Lookup::new(&index, "demo", RetryPolicy::never()).expect("a simple API");
        assert_eq!(drive(lookup, &script).is_ok(), is_absent, "{to}");
    }
    Ok(())
}
