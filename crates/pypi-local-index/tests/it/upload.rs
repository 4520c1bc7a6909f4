//! Uploads with an account's token.

use pypi_local_index::LocalIndex;
use pypi_metadata::testing::{TestDistribution, sdist, wheel};

use crate::client::{FilePart, Form, basic, get, multipart, send, upload};

fn index() -> (LocalIndex, String) {
    let index = LocalIndex::start().expect("an index");
    let token = index.user_token().reveal().to_owned();
    (index, token)
}

fn serial(index: &LocalIndex) -> Option<String> {
    get(index, "/simple/", &[])
        .header("x-pypi-last-serial")
        .map(str::to_owned)
}

#[test]
fn uploading_the_same_file_again_changes_nothing() {
    let (index, token) = index();
    let form = Form::of("demo", &wheel("demo", "1.0"));
    let first = upload(&index, &token, &form);
    let before = serial(&index);
    let again = upload(&index, &token, &form);
    assert_eq!((first.status, again.status), (200, 200));
    assert_eq!(first.body, again.body);
    assert_eq!(serial(&index), before);
    assert_eq!(index.files().len(), 1);
}

#[test]
fn the_same_name_or_the_same_bytes_alone_are_conflicts() {
    let (index, token) = index();
    let file = wheel("demo", "1.0");
    assert_eq!(upload(&index, &token, &Form::of("demo", &file)).status, 200);

    let mut changed = file.clone();
    changed.bytes.push(0);
    let mut renamed = file;
    renamed.filename = "demo-1.0-1-py3-none-any.whl".to_owned();
    for conflict in [changed, renamed] {
        let response = upload(&index, &token, &Form::of("demo", &conflict));
        assert_eq!(response.status, 400);
        let start = format!(
            "File already exists ('{}', with blake2_256 hash '",
            conflict.filename
        );
        assert!(response.reason.starts_with(&start), "{}", response.reason);
        let code = response.json()["code"].clone();
        assert_eq!(code, format!("400 {}", response.reason));
    }
    assert_eq!(index.files().len(), 1);
}

#[test]
fn a_release_has_one_sdist_however_its_version_is_spelled() {
    let (index, token) = index();
    assert_eq!(
        upload(&index, &token, &Form::of("demo", &sdist("demo", "1.0"))).status,
        200
    );
    let mut form = Form::of("demo", &sdist("demo", "1.0.0"));
    form.fields.retain(|(name, _)| name != "version");
    let second = upload(&index, &token, &form.field("version", "1.0.0"));
    assert_eq!(second.reason, "Only one sdist may be uploaded per release.");
}

#[test]
fn a_rejected_upload_leaves_no_project() {
    let (index, token) = index();
    let form = Form::of("demo", &wheel("other", "1.0"));
    let response = upload(&index, &token, &form);
    assert_eq!(response.reason, "Start filename for 'demo' with 'demo'.");
    assert_eq!(get(&index, "/simple/demo/", &[]).status, 404);
}

#[test]
fn only_files_above_the_limit_are_rejected() {
    let file = wheel("demo", "1.0");
    let size = file.bytes.len() as u64;
    for (limit, status) in [(size, 200), (size - 1, 400)] {
        let index = LocalIndex::builder()
            .file_limit(limit)
            .start()
            .expect("an index");
        let response = upload(
            &index,
            index.user_token().reveal(),
            &Form::of("demo", &file),
        );
        assert_eq!(response.status, status);
        assert_eq!(
            response
                .reason
                .starts_with("File too large. Limit for project 'demo' is 0 MB."),
            status == 400
        );
    }
}

#[test]
fn a_local_version_is_rejected_with_its_own_link() {
    let (index, token) = index();
    let mut form = Form::of("demo", &wheel("demo", "1.0+local"));
    form.fields.retain(|(name, _)| name != "version");
    let response = upload(&index, &token, &form.field("version", "1.0+local"));
    assert_eq!(
        response.reason,
        "The use of local versions in '1.0+local' is not allowed. See https://packaging.python.org/en/latest/\
         specifications/version-specifiers/#local-version-identifiers for more information."
    );
}

/// PyPI accepted metadata 2.5 on 2026-08-21, with import names, and rejected 2.6.
#[test]
fn metadata_is_accepted_up_to_2_5() {
    let (index, token) = index();
    let upload = |version: &str, fields: &[(&str, &str)]| {
        let mut form = Form::of("demo", &wheel("demo", "1.0"));
        form.fields.retain(|(name, _)| name != "metadata_version");
        form = form.field("metadata_version", version);
        for (name, value) in fields {
            form = form.field(name, value);
        }
        let response = upload(&index, &token, &form);
        (response.status, response.reason)
    };
    let rejected = |sentence: &str| {
        let link =
            "See https://packaging.python.org/specifications/core-metadata for more information.";
        (400, format!("{sentence}. {link}"))
    };
    let names = [
        ("import_name", "demo"),
        ("import_name", "_demo; private"),
        ("import_namespace", "space"),
        ("dynamic", "Import-Name"),
    ];
    for version in ["2.6", "2.7"] {
        let sentence = format!("'{version}' is not a valid metadata version");
        assert_eq!(upload(version, &names), rejected(&sentence));
    }
    assert_eq!(
        upload("2.4", &names[..1]),
        rejected("import-name introduced in metadata version 2.5, not 2.4")
    );
    assert_eq!(
        upload("2.5", &[("import_namespace", "a.class")]),
        rejected("'a.class' is invalid for 'import-namespace'; 'class' is a keyword")
    );
    assert_eq!(upload("2.5", &names).0, 200);
}

#[test]
fn a_wheel_is_rejected_for_its_tags_or_its_variant_label() {
    let (index, token) = index();
    for (tags, sentence) in [
        (
            "py3-none-manylinux_2_28_x86_64_v3",
            "Binary wheel 'demo-1.0-py3-none-manylinux_2_28_x86_64_v3.whl' has an unsupported platform tag \
             'manylinux_2_28_x86_64_v3'.",
        ),
        (
            "py3-none-macosx_99_0_arm64",
            "Binary wheel 'demo-1.0-py3-none-macosx_99_0_arm64.whl' has an unsupported platform tag 'macosx_99_0_arm64'.",
        ),
        (
            "py3-none-any-x86_64_v3",
            "Invalid build number: py3 in 'demo-1.0-py3-none-any-x86_64_v3'",
        ),
    ] {
        let mut file = wheel("demo", "1.0");
        file.filename = format!("demo-1.0-{tags}.whl");
        let response = upload(&index, &token, &Form::of("demo", &file));
        assert_eq!((response.status, response.reason.as_str()), (400, sentence));
    }
}

#[test]
fn the_form_is_checked_before_the_file() {
    let (index, token) = index();
    let form = || Form::of("demo", &wheel("demo", "1.0"));
    let without = |name: &str| {
        let mut form = form();
        form.fields.retain(|(key, _)| key != name);
        form
    };
    for (form, reason) in [
        (
            form().file(FilePart {
                name: "summary".to_owned(),
                filename: "s.txt".to_owned(),
                content_type: "text/plain".to_owned(),
                bytes: vec![],
            }),
            "summary: Should not be a tuple.",
        ),
        (
            form().field("protocol_version", "2"),
            "Unknown protocol version.",
        ),
        (
            without("filetype"),
            "Invalid value for filetype. Error: This field is required.",
        ),
        (
            without("pyversion"),
            "Invalid value for pyversion. Error: Python version is required for binary distribution uploads.",
        ),
        (
            without("sha256_digest").field("sha256_digest", "00"),
            "Invalid value for sha256_digest. Error: Use a valid, hex-encoded, SHA256 message digest.",
        ),
        (
            without("sha256_digest").field("sha256_digest", &"0".repeat(64)),
            "The digest supplied does not match a digest calculated from the uploaded file.",
        ),
        (
            form().field("attestations", "[]"),
            "Invalid attestations supplied during upload: \
             Attestations are only supported when using Trusted Publishing",
        ),
    ] {
        assert_eq!(upload(&index, &token, &form).reason, reason);
    }
    assert!(index.files().is_empty());
}

#[test]
fn a_password_is_rejected_in_the_status_line_only() {
    let (index, _) = index();
    // `user:password`
    let headers = [
        ("authorization", "Basic dXNlcjpwYXNzd29yZA=="),
        ("accept", "application/json"),
    ];
    let response = send(&index, "POST /legacy/?:action=file_upload", &headers, b"");
    assert_eq!(response.status, 403);
    assert!(
        response
            .reason
            .starts_with("Username/Password authentication is no longer supported."),
        "{}",
        response.reason
    );
    assert_eq!(response.json()["code"], format!("403 {}", response.reason));
    assert_eq!(
        response.json()["message"],
        "Access was denied to this resource.\n\n\n\n\n"
    );
}

#[test]
fn other_paths_and_actions_have_their_own_responses() {
    let (index, token) = index();
    let authorization = basic(&token);
    let headers = [
        ("authorization", authorization.as_str()),
        ("content-type", &multipart()),
    ];
    let body = Form::of("demo", &wheel("demo", "1.0")).bytes();
    let moved = send(&index, "POST /legacy", &headers, &body);
    assert_eq!(
        (moved.status, moved.header("location")),
        (308, Some(format!("{}legacy/", index.url()).as_str()))
    );
    assert_eq!(
        moved.reason,
        "An upload was attempted to /legacy but the expected upload URL is /legacy/ (with a trailing slash)"
    );
    assert_eq!(
        send(&index, "POST /legacy/?:action=submit", &headers, b"").status,
        410
    );
    assert_eq!(
        send(&index, "POST /legacy/?:action=doc_upload", &headers, b"").status,
        410
    );
    let nothing = send(&index, "POST /legacy/", &headers[..1], b"");
    assert_eq!(
        (nothing.status, nothing.header("allow")),
        (405, Some("GET, HEAD, OPTIONS"))
    );
    assert_eq!(get(&index, "/legacy/", &[]).status, 200);
}

#[test]
fn a_urlencoded_form_has_no_file() {
    let (index, token) = index();
    let authorization = basic(&token);
    let headers = [
        ("authorization", authorization.as_str()),
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    let body = "%3Aaction=file_upload&name=demo&version=1.0&metadata_version=2.1&filetype=sdist&md5_digest=x";
    let response = send(&index, "POST /legacy/", &headers, body.as_bytes());
    assert_eq!(
        (response.status, response.reason.as_str()),
        (400, "Upload payload does not have a file.")
    );
}

#[test]
fn an_upload_is_stored_as_it_was_sent() {
    let (index, token) = index();
    let TestDistribution {
        filename, bytes, ..
    } = wheel("My.Demo", "1.0");
    let form = Form::of("My.Demo", &wheel("My.Demo", "1.0"));
    assert_eq!(upload(&index, &token, &form).status, 200);
    let files = index.files();
    let file = files.first().expect("a file");
    assert_eq!(
        (file.filename.as_str(), file.size),
        (filename.as_str(), bytes.len() as u64)
    );
    assert_eq!(
        (file.project.as_str(), file.version.as_str()),
        ("my-demo", "1.0")
    );
    assert!(
        form.fields
            .contains(&("sha256_digest".to_owned(), file.sha256.clone()))
    );
}
