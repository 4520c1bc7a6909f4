//! The errors with which an index does not start.

use std::fs;

use pypi_local_index::{ErrorKind, LocalIndex};
use pypi_metadata::testing::wheel;
use serde_json::{Value, json};

use super::{TODAY, builder, error, listed, page, save, saved, start};

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
