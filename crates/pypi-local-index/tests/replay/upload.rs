//! The uploads.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pypi_local_index::{AdminFlag, LocalIndex};
use pypi_metadata::testing::{TestDistribution, sdist, tar_gz, wheel};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::client::{FilePart, Form, Response, basic, multipart, send_or_cut};
use crate::initial_state::job;
use crate::mint::minted;

/// Sends the request of the case. `None` if the connection is closed without a response.
pub(crate) fn ask(index: &LocalIndex, case: &Value) -> Option<Response> {
    prepare(index, case);
    let about = text(&case["about"]);
    let flag = admin_flag(about);
    if let Some(flag) = flag {
        index.set_admin_flag(flag, true);
    }
    let response = send_case(index, case, about);
    if let Some(flag) = flag {
        index.set_admin_flag(flag, false);
    }
    response
}

/// The admin flag that is set for the case.
fn admin_flag(about: &str) -> Option<AdminFlag> {
    let (_, flag) = about.split_once("admin flag ")?;
    [
        (
            "disallow-new-project-registration",
            AdminFlag::DisallowNewProjectRegistration,
        ),
        ("disallow-new-upload", AdminFlag::DisallowNewUpload),
        ("disable-pep740", AdminFlag::DisablePep740),
        ("read-only", AdminFlag::ReadOnly),
    ]
    .into_iter()
    .find(|(name, _)| flag.contains(name))
    .map(|(_, flag)| flag)
}

fn send_case(index: &LocalIndex, case: &Value, about: &str) -> Option<Response> {
    let mut headers = Vec::new();
    let authorization = authorization(index, case);
    headers.extend(
        authorization
            .as_deref()
            .map(|value| ("authorization", value)),
    );
    let accept = about.split_once("with Accept: ").map(|(_, value)| value);
    headers.extend(accept.map(|value| ("accept", value)));
    let multipart = multipart();
    match text(&case["id"]) {
        "request/get" => send_or_cut(index, "GET /legacy/", &headers, b""),
        "request/put-action" => {
            send_or_cut(index, "PUT /legacy/?:action=file_upload", &headers, b"")
        }
        "request/json" => {
            headers.push(("content-type", "application/json"));
            let body = br#"{"name": "oracle-existing"}"#;
            send_or_cut(index, "POST /legacy/?:action=file_upload", &headers, body)
        }
        "request/empty" => send_or_cut(index, "POST /legacy/?:action=file_upload", &headers, b""),
        "request/urlencoded" => {
            headers.push(("content-type", "application/x-www-form-urlencoded"));
            let body = format!(
                "name=oracle-existing&version=1&metadata_version=2.1&filetype=sdist&sha256_digest={:064}",
                0
            );
            send_or_cut(
                index,
                "POST /legacy/?:action=file_upload",
                &headers,
                body.as_bytes(),
            )
        }
        _ => {
            headers.push(("content-type", &multipart));
            let order: Vec<&str> = array(&case["order"]).iter().map(text).collect();
            let path = if about.contains("without the slash") {
                "/legacy"
            } else {
                "/legacy/"
            };
            let request = format!("POST {path}");
            let request = case["request"].as_str().unwrap_or(&request);
            let form = form(case);
            if form.fields.is_empty() && form.files.is_empty() {
                headers.pop();
                return send_or_cut(index, request, &headers, b"");
            }
            send_or_cut(index, request, &headers, &form.bytes_in(&order))
        }
    }
}

fn form(case: &Value) -> Form {
    let mut form = Form {
        fields: vec![],
        files: vec![],
    };
    for pair in array(&case["fields"]) {
        form = form.field(text(&pair[0]), text(&pair[1]));
    }
    for file in array(&case["files"]) {
        let bytes = match file["base64"].as_str() {
            Some(bytes) => STANDARD.decode(bytes).expect("base64"),
            None => made(case, file, &mut form),
        };
        form = form.file(FilePart {
            name: text(&file["field"]).to_owned(),
            filename: text(&file["filename"]).to_owned(),
            content_type: text(&file["content_type"]).to_owned(),
            bytes,
        });
    }
    form
}

/// A file similar to one that was too large to record. Its digest replaces those of the form.
fn made(case: &Value, file: &Value, form: &mut Form) -> Vec<u8> {
    let bytes = if text(&case["id"]) == "content/sdist-bomb" {
        let top = text(&file["filename"]).trim_end_matches(".tar.gz");
        tar_gz(&[
            (
                format!("{top}/PKG-INFO"),
                "Metadata-Version: 2.1\n".to_owned(),
            ),
            (format!("{top}/zeros"), "\0".repeat(70 * 1024 * 1024)),
        ])
    } else {
        vec![0; usize::try_from(file["size"].as_u64().expect("a size")).expect("a size")]
    };
    let sha256: String = Sha256::digest(&bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    form.fields.retain(|(name, _)| !name.ends_with("_digest"));
    form.fields.push(("sha256_digest".to_owned(), sha256));
    bytes
}

/// Adds the files that the case requires, unless they exist.
fn prepare(index: &LocalIndex, case: &Value) {
    let before = case["before"]
        .as_str()
        .map_or_else(|| implied(case), str::to_owned);
    let field = |name: &str| {
        let mut pairs = array(&case["fields"]).iter();
        pairs
            .find(|pair| pair[0] == name)
            .map_or("", |pair| text(&pair[1]))
    };
    let is_stored = |filename: &str| index.files().iter().any(|file| file.filename == filename);
    let add = |file: TestDistribution| {
        if !is_stored(&file.filename) {
            index.add_file(&file.filename, file.bytes).expect("a file");
        }
    };
    let (name, version) = (field("name"), field("version"));
    if before.is_empty() {
        return;
    }
    let first = wheel(name, version);
    if text(&case["id"]).contains("same-bytes") {
        // The first file is not among the cases. It has the bytes of this one, under a name that no case uses.
        let filename = first.filename.replace("-py3-", "-0-py3-");
        let bytes = STANDARD
            .decode(text(&case["files"][0]["base64"]))
            .expect("base64");
        index.add_file(&filename, bytes).expect("a file");
    } else if before.contains("state/first") || before.contains("wheel") {
        add(first);
    }
    if before.contains("sdist") {
        add(sdist(name, version));
    }
}

/// What a case requires without saying so.
fn implied(case: &Value) -> String {
    match text(&case["id"]) {
        "state/changed" | "state/same-bytes-other-name" => "state/first",
        "state/second-sdist" => "sdist",
        _ => "",
    }
    .to_owned()
}

pub(crate) fn authorization(index: &LocalIndex, case: &Value) -> Option<String> {
    let auth = case["auth"].as_str()?;
    let token = |name: &str| index.token(name).map(|token| token.reveal().to_owned());
    Some(match (text(&case["id"]), auth) {
        ("auth/bearer", _) => format!("Bearer {}", token(auth)?),
        ("auth/token-scheme", _) => format!("token {}", token(auth)?),
        _ => match (auth.strip_prefix("basic "), auth.split_once("octo-org/")) {
            (Some(pair), _) => format!("Basic {}", STANDARD.encode(pair)),
            (None, Some((_, repository))) => basic(&minted(index, job(repository))),
            (None, None) => basic(&token(auth).unwrap_or_else(|| auth.to_owned())),
        },
    })
}

fn array(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> &str {
    value.as_str().expect("text")
}
