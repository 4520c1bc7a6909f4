//! Answers of a real Warehouse (source of 2026-08-21), and ours to the same requests.
//!
//! `tests/recorded` holds what was sent and what came back, one case a line, with `HOST` for that server's address. The
//! cases are those whose answer needs nothing that the crate's table of divergences leaves out.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pypi_local_index::{Clock, GitHubIdentity, LocalIndex};
use serde_json::{Value, json};

use crate::client::{Answer, Form, basic, multipart, send};
use crate::trusted::mint;

const NOW: u64 = 1_760_000_000;

fn job(repository: &str) -> GitHubIdentity {
    GitHubIdentity::new(format!("octo-org/{repository}"), "release.yml")
}

/// The part of the recorded world that the cases need.
fn world() -> LocalIndex {
    LocalIndex::builder()
        .publisher("oracle-existing", job("oracle-existing").publisher())
        .publisher(
            "oracle-env",
            job("oracle-env").environment("pypi").publisher(),
        )
        .publisher("oracle-tp-only", job("monorepo").publisher())
        .publisher("oracle-tp-b", job("monorepo").publisher())
        .project("oracle-other")
        .project("Oracle.Mixed_Case")
        .clock(Clock::fixed(NOW))
        .start()
        .expect("an index")
}

fn cases(lines: &str) -> impl Iterator<Item = Value> + '_ {
    lines
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
}

#[test]
fn uploads_are_answered_as_warehouse_answers_them() {
    let index = world();
    let mut other = Vec::new();
    for case in cases(include_str!("../recorded/uploads.jsonl")) {
        let answer = repeat(&index, &case);
        let same = u64::from(answer.status) == case["status"]
            && ascii(&answer.reason) == ascii(&ours(&case["reason"]))
            && answer.header("content-type") == case["headers"]["Content-Type"].as_str()
            && answer.text() == ours(&case["body"]);
        if !same {
            other.push(format!(
                "{}: {}, not {}",
                case["id"], answer.reason, case["reason"]
            ));
        }
    }
    assert_eq!(other, Vec::<String>::new());
}

#[test]
fn exchanges_are_answered_as_warehouse_answers_them() {
    let index = world();
    for case in cases(include_str!("../recorded/mint.jsonl")) {
        let id = case["id"].as_str().expect("an id");
        let answer = match id {
            "mint/get" => send(&index, "GET /_/oidc/mint-token", &[], b""),
            "mint/audience" => send(&index, "GET /_/oidc/audience", &[], b""),
            "mint/audience-post" => send(&index, "POST /_/oidc/audience", &[], b""),
            "mint/empty-token" => mint(&index, ""),
            _ => mint(&index, id_token(&index, &case).reveal()),
        };
        assert_eq!(
            u64::from(answer.status),
            case["status"],
            "{id}: {}",
            answer.text()
        );
        assert_eq!(
            answer.header("content-type"),
            case["content_type"].as_str(),
            "{id}"
        );
        let recorded = case["body"].as_str().expect("a body");
        if !recorded.starts_with('{') {
            assert_eq!(answer.text(), recorded, "{id}");
            continue;
        }
        let recorded = recorded.replace("NOW+900", &(NOW + 900).to_string());
        let recorded: Value = serde_json::from_str(&recorded).expect("JSON");
        let mut body = answer.json();
        if body.get("token").is_some() {
            body["token"] = json!("pypi-TOKEN");
        }
        assert_eq!(body, recorded, "{id}");
    }
}

fn repeat(index: &LocalIndex, case: &Value) -> Answer {
    let content_type = multipart();
    let mut headers = vec![("content-type", content_type.as_str())];
    let authorization = authorization(index, case);
    headers.extend(
        authorization
            .as_deref()
            .map(|value| ("authorization", value)),
    );
    let about = case["about"].as_str().expect("text");
    headers.extend(
        about
            .split_once("with Accept: ")
            .map(|(_, value)| ("accept", value)),
    );
    if case["id"] == "request/put-action" {
        return send(index, "PUT /legacy/?:action=file_upload", &headers, b"");
    }
    let mut form = Form {
        fields: vec![],
        files: vec![],
    };
    for pair in array(&case["fields"]) {
        form = form.field(text(&pair[0]), text(&pair[1]));
    }
    for file in array(&case["files"]) {
        let bytes = STANDARD.decode(text(&file["base64"])).expect("base64");
        form = form.file(
            (
                text(&file["field"]),
                text(&file["filename"]),
                text(&file["content_type"]),
            ),
            &bytes,
        );
    }
    send(index, "POST /legacy/", &headers, &form.bytes())
}

fn authorization(index: &LocalIndex, case: &Value) -> Option<String> {
    let alice = index.user_token().reveal();
    let auth = case["auth"].as_str()?;
    Some(match (case["id"].as_str()?, auth) {
        ("auth/bearer", _) => format!("Bearer {alice}"),
        ("auth/token-scheme", _) => format!("token {alice}"),
        (_, "alice") => basic(alice),
        _ => match auth.split_once("octo-org/") {
            Some((_, repository)) => {
                let token = index
                    .id_token(&job(repository), "pypi")
                    .expect("an ID token");
                basic(text(&mint(index, token.reveal()).json()["token"]))
            }
            None => format!("Basic {}", STANDARD.encode(auth.strip_prefix("basic ")?)),
        },
    })
}

fn id_token(index: &LocalIndex, case: &Value) -> pypi_wire::Secret {
    let id = case["id"].as_str().expect("an id");
    let is_restricted = id.starts_with("mint/env-") && id != "mint/env-unasked";
    let repository = if is_restricted {
        "oracle-env"
    } else {
        "oracle-existing"
    };
    let mut job = job(repository);
    for (name, value) in case["claims_changed"].as_object().into_iter().flatten() {
        job = match (name.as_str(), text(value)) {
            ("owner", owner) => job.claim("repository_owner", owner),
            ("owner_id", id) => job.owner_id(id),
            ("workflow", file) => {
                let path =
                    format!("octo-org/{repository}/.github/workflows/{file}@refs/heads/main");
                job.claim("job_workflow_ref", path)
            }
            (name, "None") => job.without_claim(name),
            (name, value) => job.claim(name, value),
        };
    }
    index.id_token(&job, "pypi").expect("an ID token")
}

fn array(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> &str {
    value.as_str().expect("text")
}

/// A recorded text with our address of PyPI's help.
fn ours(recorded: &Value) -> String {
    text(recorded).replace("http://HOST/help/", "https://pypi.org/help/")
}

/// A reason phrase without the characters beyond ASCII: the recording has them decoded in another way.
fn ascii(reason: &str) -> String {
    reason.chars().filter(char::is_ascii).collect()
}
