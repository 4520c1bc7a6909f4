//! Bounds of what is read, and damaged input.

use std::fs;

use pypi_local_index::LocalIndex;
use pypi_metadata::testing::{sdist, wheel};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{
    LAST_MONTH, TODAY, builder, documented, error, listed, page, save, saved, sent, start,
};
use crate::client::Form;

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
