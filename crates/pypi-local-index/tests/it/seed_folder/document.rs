//! Saved documents of the JSON API.

use pypi_metadata::testing::{TestDistribution, sdist, wheel};
use serde_json::{Value, json};

use super::{
    LAST_MONTH, TODAY, documented, error, form, listed, page, refused, save, saved, sha256, start,
};
use crate::client::{Form, get, upload};

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
