//! An index that starts from saved pages.
#![cfg(feature = "scenario")]

use std::fs;
use std::path::Path;

use pypi_local_index::{Builder, Clock, Error, ErrorKind, LocalIndex};
use pypi_metadata::testing::{TestDistribution, sdist, wheel};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

use crate::client::{Form, get, upload};
use crate::trusted::{mint, minted};

/// 2025-10-09T08:53:20Z.
const NOW: u64 = 1_760_000_000;
const TODAY: &str = "2025-10-09T08:00:00.123456Z";
const LAST_MONTH: &str = "2025-09-09T08:00:00.000000Z";

fn sha256(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A file as a page lists it.
fn listed(file: &TestDistribution, uploaded: &str) -> Value {
    json!({
        "filename": file.filename,
        "url": format!("https://files.example/{}", file.filename),
        "hashes": {"sha256": sha256(&file.bytes)},
        "requires-python": ">=3.9",
        "size": file.bytes.len(),
        "upload-time": uploaded,
        "yanked": false,
        "core-metadata": false,
        "provenance": null,
    })
}

fn page(name: &str, files: &[Value]) -> Value {
    json!({
        "meta": {"_last-serial": 1, "api-version": "1.4"},
        "name": name,
        "project-status": {"status": "active"},
        "versions": [],
        "files": files,
        "alternate-locations": [],
    })
}

fn save(folder: &TempDir, path: &str, content: impl AsRef<[u8]>) {
    let path = folder.path().join(path);
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    #[expect(clippy::disallowed_methods, reason = "the tests save pages")]
    fs::write(path, content).expect("a file");
}

fn saved(pages: &[(&str, Value)]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, page) in pages {
        save(&folder, &format!("{name}/simple.json"), page.to_string());
    }
    folder
}

fn builder(folder: &Path) -> Builder {
    LocalIndex::builder()
        .publishes_any()
        .clock(Clock::fixed(NOW))
        .seed_folder(folder)
}

fn start(folder: &TempDir) -> LocalIndex {
    builder(folder.path()).start().expect("an index")
}

/// The status and the sentence of an upload with the token of the built-in account.
fn sent(index: &LocalIndex, form: &Form) -> (u16, String) {
    let response = upload(index, index.user_token().reveal(), form);
    (response.status, response.reason)
}

#[track_caller]
fn refused(index: &LocalIndex, form: &Form, start: &str) {
    let (status, reason) = sent(index, form);
    assert_eq!(status, 400, "{reason}");
    assert!(reason.starts_with(start), "{reason}");
}

#[test]
fn an_upload_meets_the_files_of_the_saved_page() {
    let (first, second) = (wheel("demo", "1.0"), sdist("demo", "1.0"));
    let page = page(
        "demo",
        &[
            listed(&first, LAST_MONTH),
            listed(&wheel("demo", "2.0"), TODAY),
        ],
    );
    let index = start(&saved(&[("demo", page)]));

    let same = Form::of("demo", &first);
    assert_eq!(sent(&index, &same).0, 200, "the same bytes are a success");
    let mut other = first.clone();
    other.bytes.push(0);
    refused(&index, &Form::of("demo", &other), "File already exists (");
    let mut renamed = first;
    renamed.filename = "demo-1.0-1-py3-none-any.whl".to_owned();
    let renamed = Form::of("demo", &renamed);
    refused(&index, &renamed, "File already exists (");
    let text = "Uploading new files to releases older than 14 days is not allowed.";
    refused(&index, &Form::of("demo", &second), text);
    let similar = sdist("dem0", "1.0");
    let text = "The name 'dem0' is too similar to an existing project.";
    refused(&index, &Form::of("dem0", &similar), text);
    assert_eq!(index.files().len(), 2);
}

#[test]
fn a_file_without_bytes_is_listed_and_not_served() {
    let file = wheel("demo", "1.0");
    let mut yanked = listed(&file, TODAY);
    yanked["yanked"] = json!("broken");
    let index = start(&saved(&[("Demo", page("demo", &[yanked]))]));
    let accept = [("accept", "application/vnd.pypi.simple.v1+json")];
    let page = get(&index, "/simple/demo/", &accept).json();
    let shown = &page["files"][0];
    assert_eq!(shown["hashes"]["sha256"], sha256(&file.bytes));
    assert_eq!(shown["size"], file.bytes.len());
    assert_eq!(shown["upload-time"], "2025-10-09T08:00:00.000000Z");
    assert_eq!(shown["requires-python"], ">=3.9");
    assert_eq!(shown["yanked"], "broken");
    let url = shown["url"].as_str().expect("a URL");
    let path = url.strip_prefix(index.url().as_str()).expect("a path");
    for path in [format!("/{path}"), format!("/{path}.metadata")] {
        let response = get(&index, &path, &[]);
        assert_eq!(response.status, 404);
        let text = "the seed folder has only the name, the size and the digests of demo-1.0-py3-none-any.whl";
        assert!(response.text().contains(text), "{}", response.text());
        let request = index.requests().pop().expect("a request");
        assert!(request.message.contains(text), "{}", request.message);
    }
    assert_eq!(index.file(&file.filename), None);
    let document = get(&index, "/pypi/demo/1.0/json", &[]).json();
    let digests = &document["urls"][0]["digests"];
    assert_eq!(*digests, json!({"sha256": sha256(&file.bytes)}));
    assert_eq!(get(&index, "/project/demo/1.0/", &[]).status, 200);
}

#[test]
fn what_an_index_serves_can_be_saved() {
    let index = LocalIndex::builder().publishes_any().start();
    let index = index.expect("an index");
    for file in [
        wheel("My.Demo", "1.0"),
        sdist("My.Demo", "1.0"),
        sdist("My.Demo", "2.0"),
    ] {
        index.add_file(&file.filename, file.bytes).expect("a file");
    }
    assert!(index.yank("my-demo", "1.0", Some("broken")));
    let folder = tempfile::tempdir().expect("a folder");
    let accept = [("accept", "application/vnd.pypi.simple.v1+json")];
    let page = get(&index, "/simple/my-demo/", &accept);
    save(&folder, "my-demo/simple.json", page.body);
    let document = get(&index, "/pypi/my-demo/json", &[]);
    save(&folder, "my-demo/pypi.json", document.body);
    let again = LocalIndex::builder().seed_folder(folder.path()).start();
    let again = again.expect("an index");
    assert_eq!(again.files(), index.files());
    assert_eq!(again.project("My_Demo"), index.project("my-demo"));
    assert_eq!(
        again.release("my-demo", "1"),
        index.release("my-demo", "1.0")
    );
}

/// A text that is as long as a page is not part of a message.
#[test]
fn a_message_has_the_beginning_of_a_text() {
    let long = "d".repeat(1 << 20);
    let file = listed(&wheel("demo", "1.0"), TODAY);
    let with = |key: &str| {
        let mut file = file.clone();
        file[key] = json!(long);
        page("demo", &[file])
    };
    let mut status = page("demo", &[]);
    status["project-status"]["status"] = json!(long);
    for saved_page in [with("filename"), with("size"), page(&long, &[]), status] {
        let folder = saved(&[("demo", saved_page)]);
        let error = builder(folder.path()).start().expect_err("an error");
        let cause = std::error::Error::source(&error).map(ToString::to_string);
        let text = format!("{error} {}", cause.unwrap_or_default());
        assert!(text.contains("ddd…") && text.len() < 1000, "{}", text.len());
    }
    let folder = saved(&[("demo", page("demo", &[]))]);
    save(&folder, "scenario.toml", format!("{} = 1", &long[1000..]));
    let (message, _) = error(&folder);
    assert!(
        message.contains("line 1: ") && message.len() < 1000,
        "{}",
        message.len()
    );
}

/// Pages, documents and scenarios with changed bytes: an error or an index, and never a panic.
#[test]
fn damaged_pages_do_not_panic() {
    let (first, second) = (wheel("demo", "1.0"), sdist("demo", "1.0"));
    let good = page(
        "demo",
        &[listed(&first, TODAY), listed(&second, LAST_MONTH)],
    )
    .to_string();
    let entry = documented(&first.filename, "bdist_wheel", TODAY);
    let roles = json!({"roles": [{"role": "Owner", "user": "alice"}]});
    let document = json!({"info": {"name": "demo"}, "ownership": roles, "releases": {"1.0": [entry], "0.1": []}});
    let document = document.to_string();
    let scenario = "file-limit = 1\ndeleted-files = [\"demo-0.1.zip\"]\n[[project]]\nname = \"demo\"\nstored-bytes = 18446744073709551\n";
    let mut random = 7_u64;
    let mut next = move |below: usize| {
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (random >> 33) as usize % below
    };
    let folder = tempfile::tempdir().expect("a folder");
    let pieces = [
        "\"",
        "{",
        "[",
        "null",
        "0",
        "9e99",
        "-1",
        "\u{7f}",
        ",",
        "}",
        "1.0",
        "99999999999999999999",
        "\\u0000",
    ];
    let mut started = 0;
    for round in 0..300 {
        let file = round % 3;
        let (name, text) = [
            ("demo/simple.json", good.as_str()),
            ("demo/pypi.json", document.as_str()),
            ("scenario.toml", scenario),
        ][file];
        let mut bytes = text.as_bytes().to_vec();
        for _ in 0..=next(3) {
            let (at, piece) = (next(bytes.len()), pieces[next(pieces.len())]);
            let end = (at + next(12)).min(bytes.len());
            bytes.splice(at..end, piece.bytes());
        }
        for earlier in ["demo/simple.json", "demo/pypi.json", "scenario.toml"] {
            let _ = fs::remove_file(folder.path().join(earlier));
        }
        save(&folder, name, &bytes);
        let index = LocalIndex::builder().seed_folder(folder.path()).start();
        if let Ok(index) = index {
            started += 1;
            let _ = sent(&index, &Form::of("demo", &wheel("demo", "1.0")));
        }
    }
    assert!((1..300).contains(&started), "{started}");
}

#[test]
fn saved_bytes_are_served_with_their_metadata() {
    let file = wheel("demo", "1.0");
    let folder = saved(&[("demo", page("demo", &[listed(&file, TODAY)]))]);
    save(
        &folder,
        &format!("demo/files/{}", file.filename),
        &file.bytes,
    );
    let index = start(&folder);
    assert_eq!(index.file(&file.filename), Some(file.bytes.clone()));
    index.reset();
    assert_eq!(index.file(&file.filename), Some(file.bytes.clone()));
    let accept = [("accept", "application/vnd.pypi.simple.v1+json")];
    let page = get(&index, "/simple/demo/", &accept).json();
    assert!(page["files"][0]["core-metadata"]["sha256"].is_string());
    // Bytes that change afterwards are not served.
    save(&folder, &format!("demo/files/{}", file.filename), b"other");
    assert_eq!(index.file(&file.filename), None);
}

#[test]
fn the_document_of_the_json_api_has_the_spelling_and_the_other_digests() {
    let file = wheel("my-demo", "1.0");
    let folder = saved(&[("my-demo", page("my-demo", &[listed(&file, TODAY)]))]);
    let (md5, blake2b_256) = ("1".repeat(32), "2".repeat(64));
    let digests = json!({"md5": md5, "sha256": sha256(&file.bytes), "blake2b_256": blake2b_256});
    let mut entry = documented(&file.filename, "bdist_wheel", TODAY);
    entry["size"] = json!(file.bytes.len());
    entry["digests"] = digests.clone();
    let document = json!({"info": {"name": "My.Demo"}, "releases": {"1.0": [entry]}});
    save(&folder, "my-demo/pypi.json", document.to_string());
    let index = start(&folder);
    let shown = get(&index, "/pypi/my-demo/json", &[]).json();
    assert_eq!(shown["info"]["name"], "My.Demo");
    assert_eq!(shown["urls"][0]["digests"], digests);
    assert_eq!(index.files()[0].blake2b_256, blake2b_256);
}

#[test]
fn sizes_of_all_files_count_and_other_names_than_ours_too() {
    let egg = json!({
        "filename": "demo-0.1-py2.5.egg",
        "hashes": {"sha256": "0".repeat(64)},
        "size": 2000,
        "upload-time": LAST_MONTH,
    });
    let pages = page("demo", &[listed(&wheel("demo", "0.9"), LAST_MONTH), egg]);
    let folder = saved(&[("demo", pages)]);
    save(&folder, "scenario.toml", "total-limit = 2500\n");
    let form = Form::of("demo", &wheel("demo", "1.0"));
    let text = "Project size too large. Limit for project 'demo' total size is 0 GB.";
    refused(&start(&folder), &form, text);
    // As on PyPI, a raised limit of the project replaces the general one.
    let raised = "total-limit = 2500\n[[project]]\nname = \"demo\"\ntotal-limit = 100_000\n";
    save(&folder, "scenario.toml", raised);
    assert_eq!(sent(&start(&folder), &form).0, 200);
}

/// A form with the version of its file.
fn form(name: &str, file: &TestDistribution, version: &str) -> Form {
    let mut form = Form::of(name, file);
    form.fields.retain(|(key, _)| key != "version");
    form.field("version", version)
}

/// A file as the JSON API lists it.
fn documented(filename: &str, packagetype: &str, uploaded: &str) -> Value {
    json!({
        "filename": filename,
        "size": 1000,
        "digests": {"md5": "1".repeat(32), "sha256": sha256(filename.as_bytes()), "blake2b_256": "2".repeat(64)},
        "upload_time": uploaded.trim_end_matches('Z'),
        "upload_time_iso_8601": uploaded,
        "packagetype": packagetype,
        "yanked": filename.contains("0.9"),
        "yanked_reason": filename.contains("0.9").then_some("broken"),
        "requires_python": null,
        "comment_text": "",
    })
}

#[test]
fn a_document_alone_has_the_releases_and_the_owners() {
    let folder = tempfile::tempdir().expect("a folder");
    let document = json!({
        "info": {"name": "My.Demo"},
        "ownership": {"organization": null, "roles": [{"role": "Owner", "user": "alice"}]},
        "releases": {
            "0.1": [],
            "0.9": [documented("My.Demo-0.9.zip", "sdist", TODAY)],
            // The name has no version that could be read.
            "1.0": [documented("My.Demo-final.exe", "bdist_wininst", LAST_MONTH)],
            "not PEP 440": [documented("My.Demo-x.zip", "sdist", LAST_MONTH)],
        },
        "urls": [],
    });
    save(&folder, "my-demo/pypi.json", document.to_string());
    save(
        &folder,
        "scenario.toml",
        "total-limit = 3_000\n[[user]]\nname = \"alice\"\n[token.alice]\nuser = \"alice\"\n",
    );
    let index = start(&folder);
    let shown = get(&index, "/pypi/my-demo/0.9/json", &[]).json();
    assert_eq!(shown["info"]["name"], "My.Demo");
    assert_eq!(shown["info"]["yanked_reason"], "broken");
    assert_eq!(shown["urls"][0]["packagetype"], "sdist");
    let text = "Project size too large.";
    refused(
        &index,
        &form("My.Demo", &sdist("my-demo", "2.0"), "2.0"),
        text,
    );
    let raised =
        "total-limit = 1_000_000\n[[user]]\nname = \"alice\"\n[token.alice]\nuser = \"alice\"\n";
    save(&folder, "scenario.toml", raised);
    let index = start(&folder);
    let text = "Only one sdist may be uploaded per release.";
    refused(
        &index,
        &form("My.Demo", &sdist("my-demo", "0.9"), "0.9"),
        text,
    );
    let text = "Uploading new files to releases older than 14 days is not allowed.";
    refused(&index, &Form::of("My.Demo", &wheel("my-demo", "1.0")), text);
    let token = index.token("alice").expect("a token");
    let form = form("My.Demo", &wheel("my-demo", "0.1"), "0.1");
    assert_eq!(
        upload(&index, token.reveal(), &form).status,
        200,
        "an owner"
    );
}

#[test]
fn files_that_no_upload_can_have_close_their_release() {
    let egg = json!({
        "filename": "demo-1.0-py2.5.egg",
        "hashes": {"sha256": "0".repeat(64)},
        "size": 2000,
        "upload-time": LAST_MONTH,
    });
    let folder = saved(&[("demo", page("demo", &[egg]))]);
    let text = "Uploading new files to releases older than 14 days is not allowed.";
    refused(
        &start(&folder),
        &Form::of("demo", &wheel("demo", "1.0")),
        text,
    );
    let mut zip = listed(&sdist("demo", "1.1"), TODAY);
    zip["filename"] = json!("Demo-1.1.zip");
    save(
        &folder,
        "demo/simple.json",
        page("demo", &[zip]).to_string(),
    );
    let text = "Only one sdist may be uploaded per release.";
    let mut other = sdist("demo", "1.1");
    other.bytes.push(0);
    refused(&start(&folder), &form("demo", &other, "1.1"), text);
}

#[test]
fn a_document_adds_what_the_page_lacks_and_contradicts_nothing() {
    let (old, new) = (wheel("demo", "1.0"), wheel("demo", "1.1"));
    let folder = saved(&[("demo", page("demo", &[listed(&old, LAST_MONTH)]))]);
    let entry = |file: &TestDistribution, sha256: String| {
        let mut entry = documented(&file.filename, "bdist_wheel", TODAY);
        entry["size"] = json!(file.bytes.len());
        entry["digests"]["sha256"] = json!(sha256);
        entry
    };
    let document = |old: Value| {
        let releases = json!({"1.0": [old], "1.1": [entry(&new, sha256(&new.bytes))]});
        json!({"info": {"name": "demo"}, "releases": releases}).to_string()
    };
    save(
        &folder,
        "demo/pypi.json",
        document(entry(&old, sha256(&old.bytes))),
    );
    let files = start(&folder).files();
    let names: Vec<&str> = files.iter().map(|file| file.filename.as_str()).collect();
    assert_eq!(names, [old.filename.as_str(), new.filename.as_str()]);
    save(
        &folder,
        "demo/pypi.json",
        document(entry(&old, "0".repeat(64))),
    );
    let text = "has another size or SHA-256 than in simple.json";
    assert!(error(&folder).0.contains(text));
}

#[test]
fn files_are_enough() {
    let (first, second) = (wheel("My.Demo", "1.0"), sdist("other", "2.0"));
    let folder = tempfile::tempdir().expect("a folder");
    save(&folder, &first.filename, &first.bytes);
    save(
        &folder,
        &format!("other/files/{}", second.filename),
        &second.bytes,
    );
    let index = LocalIndex::builder().seed_folder(folder.path()).start();
    let index = index.expect("an index");
    let files = index.files();
    let found: Vec<(&str, &str)> = files
        .iter()
        .map(|file| (file.project.as_str(), file.sha256.as_str()))
        .collect();
    let digests = [sha256(&first.bytes), sha256(&second.bytes)];
    assert_eq!(
        found,
        [
            ("my-demo", digests[0].as_str()),
            ("other", digests[1].as_str())
        ]
    );
    assert!(files.iter().all(|file| file.uploaded > NOW), "{files:?}");
    assert_eq!(index.file(&first.filename), Some(first.bytes));
}

/// The pages of a real Warehouse and of a mirror of PyPI.
#[test]
fn pages_of_pypi_are_accepted() {
    let folder = tempfile::tempdir().expect("a folder");
    let recorded = r#"{"files":[{"core-metadata":{"sha256":"634a1449ba4162a32b85c0daac46a32efcdd3141adfe4385b8ce3d9ffa88e0c1"},"data-dist-info-metadata":{"sha256":"634a1449ba4162a32b85c0daac46a32efcdd3141adfe4385b8ce3d9ffa88e0c1"},"filename":"upload_demo-1.0.0-py3-none-any.whl","hashes":{"sha256":"5e6cc46c736cf2916925790bb36d18753a3fa12a1419bea2bd604f089d8a76fe"},"provenance":null,"requires-python":">=3.8","size":3036,"upload-time":"2026-11-21T10:11:12.131415Z","url":"http://FILES/packages/5a/28/cb07c3ab97eb9ebd40c554bcad7db346f9fe2701a171e92e9ce219f75b8e/upload_demo-1.0.0-py3-none-any.whl","yanked":false},{"core-metadata":false,"data-dist-info-metadata":false,"filename":"upload_demo-1.0.0.tar.gz","hashes":{"sha256":"5a91c04fa6d257a6587de87eee0efc48c1747183c0635c500ebb7b24957c17c5"},"provenance":null,"requires-python":">=3.8","size":2004,"upload-time":"2026-11-21T10:11:13Z","url":"http://FILES/packages/7a/71/9628c356fb7bcc836af67e3a812a196a095e86537975b00b34907ddf888a/upload_demo-1.0.0.tar.gz","yanked":"broken"}],"meta":{"_last-serial":286,"api-version":"1.4"},"name":"upload-demo","project-status":{"status":"active"},"versions":["1.0.0"]}"#;
    save(&folder, "upload-demo/simple.json", recorded);
    let archived = r#"{"files":[],"meta":{"_last-serial":11,"api-version":"1.4"},"name":"oracle-archived","project-status":{"status":"archived","reason":null},"versions":[]}"#;
    save(&folder, "oracle-archived/simple.json", archived);
    let mirrored = r#"{"files": [{"filename": "pyserial-2.3-py2.5.egg", "hashes": {"sha256": "370624e61b6773da2f2fb17cc2a4eaea4bb596c3585d13f75ff193c1c738603e"}, "requires-python": null, "size": 1602552, "upload-time": "2012-12-16T18:22:09.584503Z", "url": "https://files.example/pyserial-2.3-py2.5.egg", "yanked": false}], "meta": {"api-version": "1.1", "_last-serial": "8724153"}, "name": "pyserial", "versions": ["2.3"]}"#;
    save(&folder, "pyserial/simple.json", mirrored);
    let files = start(&folder).files();
    let sizes: Vec<u64> = files.iter().map(|file| file.size).collect();
    assert_eq!(sizes, [3036, 2004]);
    assert_eq!(files[1].yanked.as_deref(), Some("broken"));
}

#[test]
fn an_open_release_has_one_sdist() {
    let mut old = sdist("demo", "1.0");
    old.filename = "Demo-1.0.tar.gz".to_owned();
    let index = start(&saved(&[("demo", page("demo", &[listed(&old, TODAY)]))]));
    let form = Form::of("demo", &sdist("demo", "1.0"));
    let form = match sha256(&old.bytes) == sha256(&form.files[0].bytes) {
        true => Form::of("demo", &{
            let mut other = sdist("demo", "1.0");
            other.bytes.push(0);
            other
        }),
        false => form,
    };
    refused(&index, &form, "Only one sdist may be uploaded per release.");
}

#[test]
fn an_archived_project_stays_archived() {
    let mut archived = page("demo", &[listed(&wheel("demo", "1.0"), TODAY)]);
    archived["project-status"]["status"] = json!("archived");
    let folder = saved(&[("demo", archived)]);
    // A fragment that is about something else leaves it so.
    let fragment = "[[project]]\nname = \"Demo\"\nfile-limit = 200_000_000\n";
    save(&folder, "scenario.toml", fragment);
    let index = start(&folder);
    let (status, reason) = sent(&index, &Form::of("demo", &sdist("demo", "1.0")));
    assert_eq!(status, 403);
    let text = "The user 'local-index' isn't allowed to upload to project 'demo'.";
    assert!(reason.starts_with(text), "{reason}");
}

#[test]
fn only_named_publishers_publish() {
    let folder = saved(&[(
        "demo",
        page("demo", &[listed(&wheel("demo", "1.0"), TODAY)]),
    )]);
    minted(&start(&folder));
    let fragment = "deleted-files = [\"demo-1.1.tar.gz\"]\nprohibited = [\"requests\"]\n\
        [[trust]]\nproject = \"demo\"\n\
        publisher = { kind = \"github\", repository = \"octo-org/demo\", workflow = \"deploy.yml\" }\n";
    save(&folder, "scenario.toml", fragment);
    let index = start(&folder);
    let job = pypi_local_index::Identity::github("octo-org/demo", "release.yml");
    let token = index.id_token(job, "pypi").expect("an ID token");
    let response = mint(&index, token.reveal());
    assert_eq!(response.status, 422);
    assert_eq!(response.json()["errors"][0]["code"], "invalid-publisher");
    let form = |name: &str, version: &str| form(name, &sdist(name, version), version);
    let text = "This filename was previously used by a file that has since been deleted.";
    refused(&index, &form("demo", "1.1"), text);
    let text = "The name 'requests' isn't allowed.";
    refused(&index, &form("requests", "1.0"), text);
    let named = format!(
        "{fragment}[[trust]]\nproject = \"demo\"\n\
         publisher = {{ kind = \"github\", repository = \"octo-org/demo\", workflow = \"release.yml\" }}\n"
    );
    save(&folder, "scenario.toml", named);
    minted(&start(&folder));
}

#[test]
fn a_scenario_names_the_folder() {
    let folder = saved(&[(
        "demo",
        page("demo", &[listed(&wheel("demo", "1.0"), TODAY)]),
    )]);
    let scenario = format!("seed-folder = {:?}\n", folder.path());
    let index = Builder::from_scenario(&scenario)
        .expect("a scenario")
        .start();
    assert_eq!(index.expect("an index").files().len(), 1);
}

#[test]
#[cfg(feature = "persistent")]
fn a_persistent_index_keeps_what_it_was_seeded_with() {
    let (with, without) = (wheel("demo", "1.0"), sdist("demo", "1.0"));
    let files = [listed(&with, TODAY), listed(&without, TODAY)];
    let folder = saved(&[("demo", page("demo", &files))]);
    save(
        &folder,
        &format!("demo/files/{}", with.filename),
        &with.bytes,
    );
    let state = tempfile::tempdir().expect("a folder");
    let open = || builder(folder.path()).folder(state.path()).start();
    let files = open().expect("an index").files();
    fs::remove_dir_all(folder.path().join("demo/files")).expect("removed");
    let index = open().expect("an index");
    assert_eq!(index.files(), files);
    assert_eq!(index.file(&with.filename), Some(with.bytes));
    assert_eq!(index.file(&without.filename), None);
    let url = get(&index, "/pypi/demo/1.0/json", &[]).json()["urls"][1]["url"].clone();
    let path = url
        .as_str()
        .expect("a URL")
        .strip_prefix(index.url().as_str());
    let response = get(&index, &format!("/{}", path.expect("a path")), &[]);
    assert_eq!(response.status, 404);
}

/// The message and the help of the error with which an index does not start.
fn error(folder: &TempDir) -> (String, String) {
    let error: Error = builder(folder.path()).start().expect_err("an error");
    assert_eq!(error.kind(), ErrorKind::Seed, "{error}");
    (
        error.to_string(),
        error.help().expect("a remedy").to_owned(),
    )
}

#[test]
fn a_page_that_is_not_what_it_should_be_is_an_error_that_names_it() {
    let file = wheel("demo", "1.0");
    let good = listed(&file, TODAY);
    let with = |key: &str, value: Value| {
        let mut file = good.clone();
        file[key] = value;
        page("demo", &[file]).to_string()
    };
    let mut version = page("demo", &[]);
    version["meta"]["api-version"] = json!("2.0");
    let mut status = page("demo", &[]);
    status["project-status"]["status"] = json!("gone");
    for (text, expected) in [
        (
            "<!DOCTYPE html>".to_owned(),
            "it is not a page of the simple API in JSON",
        ),
        (
            page("demo", &[]).to_string() + "{",
            "it is not a page of the simple API in JSON",
        ),
        (version.to_string(), "its API version is \"2.0\", not 1.x"),
        (
            status.to_string(),
            "the status \"gone\" of the project is unknown",
        ),
        (
            page("other", &[]).to_string(),
            "it is the page of \"other\"",
        ),
        (
            page("demo", &[good.clone(), good.clone()]).to_string(),
            "twice",
        ),
        (with("size", Value::Null), "has no size"),
        (
            with("hashes", json!({"sha256": "abc"})),
            "has no valid SHA-256",
        ),
        (
            with("upload-time", json!("yesterday")),
            "has no valid upload time",
        ),
        (
            with("filename", json!("../demo-1.0.tar.gz")),
            "has a name that no index gives a file",
        ),
        (
            with("filename", json!("demo-1.0\u{1b}.tar.gz")),
            "has a name that no index gives a file",
        ),
        (
            with("filename", json!("d".repeat(256))),
            "has a name that no index gives a file",
        ),
        (with("size", json!(u64::MAX)), "has a size above 1 TiB"),
        (
            with("size", json!(-1)),
            "it is not a page of the simple API in JSON",
        ),
        (
            "[".repeat(1 << 20),
            "it is not a page of the simple API in JSON",
        ),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        save(&folder, "demo/simple.json", text);
        let (message, help) = error(&folder);
        assert!(message.contains("simple.json"), "{message}");
        assert!(message.contains(expected), "{message}");
        assert!(!help.is_empty());
    }
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "a sparse file needs no time to write"
)]
fn a_page_above_the_limit_is_not_read() {
    let folder = saved(&[("demo", page("demo", &[]))]);
    let path = folder.path().join("demo/simple.json");
    let file = fs::File::create(path).expect("the page");
    file.set_len((64 << 20) + 1).expect("a sparse file");
    assert!(error(&folder).0.contains("it is larger than 64 MiB"));
}

#[test]
fn what_is_not_in_the_layout_is_an_error_that_names_it() {
    let file = wheel("demo", "1.0");
    let pages = || saved(&[("demo", page("demo", &[listed(&file, TODAY)]))]);
    for (path, content, expected) in [
        (
            "senario.toml",
            "",
            "neither the folder of a project nor scenario.toml nor a wheel or sdist",
        ),
        (
            "scenario.toml",
            "prohibited = []\ntls = true",
            "line 2: unknown field `tls`",
        ),
        ("no name/simple.json", "{}", "is not a valid project name"),
        ("DEMO/simple.json", "", "simple.json"),
        (
            "other/pypi.json",
            "{}",
            "it is not a document of the JSON API",
        ),
        (
            "other/files/x",
            "",
            "it is not a wheel or sdist of the project",
        ),
        (
            "other/files/demo-1.0.tar.gz",
            "",
            "it is not a wheel or sdist of the project",
        ),
        (
            "demo-2.0.tar.gz",
            "",
            "the saved page lists no file of this name",
        ),
        (
            "demo/pypi.json",
            "{}",
            "it is not a document of the JSON API",
        ),
        (
            "demo/page.json",
            "{}",
            "it is neither simple.json nor pypi.json",
        ),
        (
            "demo/files/demo-9.tar.gz",
            "",
            "the saved page lists no file of this name",
        ),
        (
            "demo/files/demo-1.0-py3-none-any.whl",
            "short",
            "it has 5 bytes with the SHA-256",
        ),
    ] {
        let folder = pages();
        save(&folder, path, content);
        let (message, help) = error(&folder);
        assert!(message.contains(expected), "{path}: {message}");
        assert!(!help.is_empty());
    }
    let folder = pages();
    fs::create_dir_all(folder.path().join("other/files")).expect("a folder");
    assert!(
        error(&folder)
            .0
            .contains("it has no simple.json, no pypi.json and no files")
    );
    let folder = pages();
    save(&folder, "scenario.toml", " ".repeat((1 << 20) + 1));
    assert!(error(&folder).0.contains("it is larger than 1 MiB"));
    let folder = pages();
    save(&folder, "Demo/simple.json", page("demo", &[]).to_string());
    assert!(error(&folder).0.contains("under another spelling"));
    let folder = pages();
    save(&folder, ".DS_Store", "hidden files are ignored");
    start(&folder);
    assert!(
        error(&tempfile::tempdir().expect("a folder"))
            .0
            .contains("it contains no project")
    );
    let folder = tempfile::tempdir().expect("a folder");
    let missing = LocalIndex::builder().seed_folder(folder.path().join("missing"));
    assert_eq!(
        missing.start().expect_err("an error").kind(),
        ErrorKind::Seed
    );
}

#[test]
#[cfg(unix)]
fn only_regular_files_are_opened() {
    use std::os::unix::fs::symlink;

    let file = wheel("demo", "1.0");
    let pages = || saved(&[("demo", page("demo", &[listed(&file, TODAY)]))]);
    for (path, target) in [
        ("scenario.toml", "/dev/zero"),
        ("other", "/"),
        ("demo/pypi.json", "/dev/zero"),
        ("demo/files", "/"),
    ] {
        let folder = pages();
        symlink(target, folder.path().join(path)).expect("a link");
        assert!(
            error(&folder).0.contains("it is not a regular file"),
            "{path}"
        );
    }
    let folder = pages();
    fs::create_dir(folder.path().join("demo/files")).expect("a folder");
    let link = folder.path().join("demo/files").join(&file.filename);
    symlink("/dev/zero", link).expect("a link");
    assert!(error(&folder).0.contains("it is not a regular file"));
}

#[test]
fn pages_list_at_most_100_000_files() {
    let files: Vec<Value> = (0..50_001)
        .map(|number| {
            json!({
                "filename": format!("a-{number}.tar.gz"),
                "hashes": {"sha256": format!("{number:064}")},
                "size": 1,
                "upload-time": TODAY,
            })
        })
        .collect();
    let folder = saved(&[("a", page("a", &files[..50_000])), ("b", page("b", &[]))]);
    assert_eq!(start(&folder).files().len(), 50_000);
    save(&folder, "b/simple.json", page("b", &files).to_string());
    assert!(
        error(&folder)
            .0
            .contains("the pages list more than 100000 files")
    );
    // Neither a page nor a document with more is read to its end.
    let small = r#"{"filename":"","hashes":{}},"#.repeat(100_001);
    let text = format!(r#"{{"meta":{{"api-version":"1.4"}},"name":"b","files":[{small}"#);
    save(&folder, "b/simple.json", text);
    assert!(causes(&folder).contains("an array of more than 100000 files"));
    let releases: serde_json::Map<String, Value> = (0..100_001)
        .map(|number| (number.to_string(), json!([])))
        .collect();
    let document = json!({"info": {"name": "b"}, "releases": releases});
    save(&folder, "b/simple.json", page("b", &[]).to_string());
    save(&folder, "b/pypi.json", document.to_string());
    assert!(causes(&folder).contains("more than 100000 releases and files"));
}

/// The cause of the error with which an index does not start.
fn causes(folder: &TempDir) -> String {
    let error = builder(folder.path()).start().expect_err("an error");
    let source = std::error::Error::source(&error).expect("a cause");
    source.to_string()
}
