//! The control of an index over HTTP, and its reset.

use pypi_local_index::{Clock, Fault, Identity, LocalIndex, Route, Token, User};
use pypi_metadata::testing::wheel;
use serde_json::{Value, json};

use crate::client::{Form, Response, exchange, get, send, upload, upload_or_cut};
use crate::trusted::mint;

fn index() -> LocalIndex {
    let builder = LocalIndex::builder().publishes_any();
    let builder = builder.clock(Clock::fixed(1_760_000_000));
    builder.start().expect("an index")
}

fn ask(index: &LocalIndex, request: &str, body: &Value) -> Response {
    let authorization = format!("Bearer {}", index.control_secret().reveal());
    let (method, path) = request.split_once(' ').expect("a method and a path");
    let body = match body {
        Value::Null => String::new(),
        body => body.to_string(),
    };
    let request = format!("{method} {}{path}", index.control_url().path());
    let headers = [("authorization", authorization.as_str())];
    send(index, &request, &headers, body.as_bytes())
}

fn control(index: &LocalIndex, request: &str, body: &Value) -> Value {
    let response = ask(index, request, body);
    assert_eq!(response.status, 200, "{request}: {}", response.text());
    response.json()
}

fn publish(index: &LocalIndex, version: &str) -> u16 {
    let mut form = Form::of("demo", &wheel("demo", version));
    let field = form.fields.iter_mut().find(|(name, _)| name == "version");
    field.expect("a version").1 = version.to_owned();
    upload(index, index.user_token().reveal(), &form).status
}

#[test]
fn the_control_needs_the_secret_and_a_loopback_host() {
    let builder = LocalIndex::builder().host_name("index.example").seed(1);
    let index = builder.start().expect("an index");
    let secret = index.control_secret().reveal().to_owned();
    let right = format!("Bearer {secret}");
    let user = format!("Bearer {}", index.user_token().reveal());
    for (authorization, host, status) in [
        (Some(right.as_str()), "localhost", 200),
        (Some(right.as_str()), "index.example", 403),
        (Some(right.as_str()), "rebound.example", 421),
        (Some(user.as_str()), "localhost", 401),
        (Some("Bearer "), "localhost", 401),
        (Some(secret.as_str()), "localhost", 401),
        (None, "localhost", 401),
        (None, "index.example", 403),
    ] {
        let head =
            format!("GET /_/local/requests HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n");
        let authorization = authorization.map(|value| format!("authorization: {value}\r\n"));
        let head = format!("{head}{}\r\n", authorization.unwrap_or_default());
        let response = exchange(&index, head.as_bytes()).expect("a response");
        assert_eq!(response.status, status, "{head}");
    }
    assert!(index.requests().is_empty(), "the control is not in the log");
    // A seed makes all tokens the same, but not the secret.
    let other = LocalIndex::builder().seed(1).start().expect("an index");
    assert_eq!(other.user_token().reveal(), index.user_token().reveal());
    assert_ne!(other.control_secret().reveal(), secret);
}

#[test]
fn a_request_that_the_control_does_not_know_says_why() {
    let index = index();
    for (request, body, status, error) in [
        (
            "GET nonsense",
            json!(null),
            404,
            "the control has no GET /_/local/nonsense",
        ),
        (
            "DELETE clock",
            json!(null),
            404,
            "the control has no DELETE /_/local/clock",
        ),
        (
            "POST faults",
            json!({"on": "upload"}),
            400,
            "missing field `effects`",
        ),
        (
            "POST faults",
            json!([{"on": "nowhere", "effects": []}]),
            400,
            "unknown variant `nowhere`",
        ),
        (
            "POST clock",
            json!({"back": 1}),
            400,
            "unknown field `back`",
        ),
        (
            "POST flags",
            json!({"uploads": 1}),
            400,
            "\"uploads\" is not a flag with a boolean",
        ),
        (
            "POST flags",
            json!({"writes": true, "x": true}),
            400,
            "\"x\" is not a flag with a boolean",
        ),
        (
            "POST job",
            json!({"repository": "a/b"}),
            400,
            "a job needs `repository` and `workflow`",
        ),
    ] {
        let response = ask(&index, request, &body);
        let found = response.json()["error"]
            .as_str()
            .expect("an error")
            .to_owned();
        assert_eq!(response.status, status, "{request} {found}");
        assert!(found.starts_with(error), "{request}: {found}");
    }
    assert_eq!(publish(&index, "1.0"), 200, "no flag was set");
}

#[test]
fn faults_are_those_of_a_scenario() {
    let index = index();
    let faults = json!([
        {"on": "upload", "first": 1, "last": 1, "effects": [
            {"answer": {"status": 503, "body": "busy"}}, {"header": ["Retry-After", "1"]},
        ]},
        {"on": "upload", "first": 2, "effects": [{"cut": "after-commit"}]},
    ]);
    assert_eq!(control(&index, "POST faults", &faults)["faults"], 2);
    assert_eq!(publish(&index, "1.0"), 503);
    let form = Form::of("demo", &wheel("demo", "1.0"));
    let cut = upload_or_cut(&index, index.user_token().reveal(), &form);
    assert!(cut.is_none());
    assert_eq!(control(&index, "DELETE faults", &json!(null))["faults"], 0);
    assert_eq!(publish(&index, "1.0"), 200);

    let requests = control(&index, "GET requests", &json!(null));
    let shown: Vec<Value> = ["status", "cut", "message"]
        .iter()
        .map(|key| {
            let requests = requests["requests"].as_array().expect("a list");
            requests
                .iter()
                .map(|request| request[key].clone())
                .collect()
        })
        .collect();
    assert_eq!(shown[0], json!([503, null, 200]));
    assert_eq!(shown[1], json!([false, true, false]));
    assert_eq!(shown[2][1], "the connection was closed without a response");
    let recorded = index.requests();
    assert!(recorded[1].is_cut && recorded[1].status == 0);
}

#[test]
fn requests_are_shown_with_their_bodies_and_without_tokens() {
    let index = index();
    assert_eq!(publish(&index, "1.0"), 200);
    let id_token = index
        .id_token(Identity::default(), "pypi")
        .expect("a token");
    let minted = mint(&index, id_token.reveal()).json()["token"].clone();
    let minted = minted.as_str().expect("a token");
    let burn = |body: String| send(&index, "POST /_/oidc/burn-token", &[], body.as_bytes());
    burn(format!("not JSON {minted} {}", id_token.reveal()));
    burn(json!({"other": [{"a-token": minted}], "kept": 1}).to_string());

    let shown = control(&index, "GET requests", &json!(null));
    let requests = shown["requests"].as_array().expect("a list");
    let fields = requests[0]["fields"].as_array().expect("fields");
    assert_eq!(
        fields[0],
        json!({"name": ":action", "value": "file_upload"})
    );
    let file = fields.last().expect("the file");
    assert_eq!(file["filename"], "demo-1.0-py3-none-any.whl");
    assert_eq!(requests[0]["body"], Value::Null);
    assert_eq!(requests[1]["body"], r#"{"more":true,"token":"[redacted]"}"#);
    assert_eq!(requests[2]["body"], "[redacted]");
    assert_eq!(
        requests[3]["body"],
        r#"{"kept":1,"other":[{"a-token":"[redacted]"}]}"#
    );
    for secret in [minted, id_token.reveal(), index.user_token().reveal()] {
        assert!(!shown.to_string().contains(secret));
    }
    assert_eq!(
        control(&index, "DELETE requests", &json!(null))["requests"],
        0
    );
}

#[test]
fn the_clock_the_flags_and_jobs_are_controlled() {
    let index = index();
    assert_eq!(
        control(&index, "GET clock", &json!(null))["clock"],
        1_760_000_000
    );
    let shown = control(&index, "POST clock", &json!({"advance": 901}));
    assert_eq!(shown["clock"], index.clock().now());
    assert_eq!(
        control(&index, "POST flags", &json!({"uploads": true}))["flags"]["uploads"],
        true
    );
    assert_eq!(publish(&index, "1.0"), 403);
    control(&index, "POST flags", &json!({"uploads": false}));
    assert_eq!(publish(&index, "1.0"), 200);
    control(&index, "POST changes", &json!({"archive": "demo"}));
    assert_eq!(publish(&index, "2.0"), 403);
    let events = control(&index, "GET events", &json!(null));
    assert_eq!(events["events"][0]["kind"], "project-created");
    assert_eq!(
        events["events"][1]["kind"],
        json!({"file-added": {"filename": "demo-1.0-py3-none-any.whl"}})
    );

    let job = json!({
        "kind": "gitlab", "project-path": "group/demo", "environment": "pypi",
        "claims": {"ref": "v1.0", "ref_path": null},
    });
    let variables = control(&index, "POST job", &job)["environment"].clone();
    assert_eq!(variables["CI_COMMIT_REF_NAME"], "v1.0");
    let wanted = json!({"job": {"kind": "google", "email": "a@example.org"}, "audience": "pypi"});
    let token = control(&index, "POST id-token", &wanted)["token"].clone();
    assert_eq!(
        mint(&index, token.as_str().expect("a token")).status,
        422,
        "nobody trusts it"
    );
}

fn with_folder(folder: &std::path::Path) -> LocalIndex {
    let builder = LocalIndex::builder().publishes_any();
    #[cfg(feature = "persistent")]
    let builder = builder.folder(folder);
    #[cfg(not(feature = "persistent"))]
    let _ = folder;
    let seeded = wheel("seeded", "1.0");
    builder
        .clock(Clock::fixed(1_760_000_000))
        .user(User::new("alice"))
        .token("alice", Token::of("alice"))
        .file(seeded.filename, seeded.bytes)
        .deleted_file("old-1.0.tar.gz")
        .fault(Fault::on(Route::Simple).nth(1).respond(503, "", ""))
        .start()
        .expect("an index")
}

#[test]
fn a_reset_restores_what_the_index_was_started_with() {
    let folder = tempfile::tempdir().expect("a folder");
    let index = with_folder(folder.path());
    let id_token = index
        .id_token(Identity::default(), "pypi")
        .expect("a token");
    for _ in 0..2 {
        assert_eq!(
            get(&index, "/simple/seeded/", &[]).status,
            503,
            "counted anew"
        );
        assert_eq!(mint(&index, id_token.reveal()).status, 200, "not used yet");
        assert_eq!(publish(&index, "1.0"), 200);
        assert!(index.delete_file("seeded-1.0-py3-none-any.whl"));
        index.archive("demo");
        index.clock().advance(std::time::Duration::from_secs(60));
        let shown = control(&index, "POST reset", &json!(null));
        assert_eq!(
            (&shown["clock"], &shown["files"]),
            (&json!(1_760_000_000), &json!(1))
        );
        assert_eq!(get(&index, "/pypi/demo/json", &[]).status, 404);
        index.reset();
        assert!(index.requests().is_empty());
    }
    let (token, alice) = (index.user_token().clone(), index.token("alice").cloned());
    drop(index);

    // What a folder stores was reset too.
    let index = with_folder(folder.path());
    let names: Vec<String> = index
        .files()
        .into_iter()
        .map(|file| file.filename)
        .collect();
    assert_eq!(names, ["seeded-1.0-py3-none-any.whl"]);
    let seeded = Form::of("seeded", &wheel("seeded", "1.0"));
    assert_eq!(
        upload(&index, index.user_token().reveal(), &seeded).status,
        200,
        "not deleted"
    );
    #[cfg(feature = "persistent")]
    for (name, token) in [("demo", Some(token)), ("other", alice)] {
        let token = token.expect("a token");
        let form = Form::of(name, &wheel(name, "1.0"));
        assert_eq!(upload(&index, token.reveal(), &form).status, 200, "{name}");
    }
    #[cfg(not(feature = "persistent"))]
    drop((token, alice));
}

#[test]
fn a_closure_responds_or_leaves_it_to_the_index() {
    let fault = Fault::on(Route::Burn).respond_with(|request| {
        assert_eq!(
            (request.method(), request.uri().path()),
            (&http::Method::POST, "/_/oidc/burn-token")
        );
        let response = http::Response::builder()
            .status(429)
            .header("retry-after", "7");
        let response = response.body(b"later".to_vec()).expect("a response");
        (request.body() == b"now").then_some(response)
    });
    let index = LocalIndex::builder()
        .fault(fault)
        .start()
        .expect("an index");
    let burn = |body: &[u8]| send(&index, "POST /_/oidc/burn-token", &[], body);
    let response = burn(b"now");
    assert_eq!(
        (response.status, response.header("retry-after")),
        (429, Some("7"))
    );
    assert_eq!(response.text(), "later");
    assert_eq!(burn(b"{}").status, 202);
    assert_eq!(index.requests()[0].rule, Some("fault"));
}

#[test]
fn jobs_and_tokens_have_names() {
    let fork = Identity::github("somebody/demo", "release.yml");
    let builder = LocalIndex::builder()
        .job("fork", fork)
        .user(User::new("alice"));
    let index = builder
        .token("alice", Token::of("alice"))
        .start()
        .expect("an index");
    let jobs: Vec<_> = index.jobs().collect();
    let [("fork", variables)] = jobs.as_slice() else {
        panic!("{jobs:?}")
    };
    let repository = ("GITHUB_REPOSITORY".to_owned(), "somebody/demo".to_owned());
    assert!(variables.contains(&repository));
    let names: Vec<&str> = index.tokens().map(|(name, _)| name).collect();
    assert_eq!(names, ["alice"]);
}
