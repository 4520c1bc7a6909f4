//! Indexes by name, their kinds, and files whose names they already have.

use pypi_local_index::{LocalIndex, Profile};
use serde_json::json;
use tempfile::TempDir;

use crate::{
    command::{DIST, Ran, command, run, text, write},
    credentials::{PASSWORD, Setup, USER, assert_published, assert_silent, home, pypirc},
    guarded_index::GuardedIndex,
};

/// `publish` with an API token, in a folder with this `pyproject.toml`.
fn publish(server: &LocalIndex, pyproject: &str, arguments: &[&str]) -> Ran {
    let folder = tempfile::tempdir().expect("a folder");
    write(&folder, "pyproject.toml", pyproject.as_bytes());
    publish_in(&folder, server, arguments)
}

fn publish_in(folder: &TempDir, server: &LocalIndex, arguments: &[&str]) -> Ran {
    let mut command = command(["publish", "--json", "--token-env", "TOKEN", DIST[0]]);
    command.args(arguments).current_dir(folder.path());
    command.env("TOKEN", server.user_token().reveal());
    run(command)
}

/// `[tool.pypi-release.index.corp]` and `[[tool.uv.index]]` for this index.
fn tables(server: &LocalIndex) -> [String; 2] {
    let (upload, simple) = (server.upload_url(), server.simple_url());
    [
        format!("[tool.pypi-release.index.corp]\nurl = '{upload}'\nsimple-url = '{simple}'\n"),
        format!("[[tool.uv.index]]\nname = 'corp'\nurl = '{simple}'\npublish-url = '{upload}'\n"),
    ]
}

#[test]
fn an_index_is_found_by_its_name() {
    for at in [0, 1] {
        let server = LocalIndex::start().expect("an index");
        let ran = publish(&server, &tables(&server)[at], &["--index", "corp"]);
        assert_eq!(ran.exit, 0, "{}", ran.stderr);
        let report = ran.json();
        assert_eq!(report["upload_url"], server.upload_url().as_str());
        assert_eq!(report["files"][0]["verification"], "confirmed");
        let both = tables(&server).concat();
        let ran = publish(&server, &both, &["--index", "corp"]);
        assert_eq!(ran.json()["files"][0]["outcome"], "already_present");
    }
}

#[test]
fn a_name_that_is_not_clear_is_an_error() {
    let server = LocalIndex::start().expect("an index");
    let [own, uv] = tables(&server);
    let other = uv.replace("/legacy/", "/other/");
    let mirror = uv.replace("'corp'", "'pypi'");
    let unpublished = "[[tool.uv.index]]\nname = 'corp'\nurl = 'https://corp.example/simple'\n";
    for (pyproject, index, message) in [
        (own.as_str(), "crop", "did you mean corp?"),
        (
            own.as_str(),
            "elsewhere",
            "expected pypi, testpypi, local, corp, a name in",
        ),
        (
            &(own.clone() + &other),
            "corp",
            "one URL in [tool.pypi-release.index] and another one in [[tool.uv.index]]",
        ),
        (&mirror, "pypi", "[[tool.uv.index]] gives the name pypi to"),
        (unpublished, "corp", "has no publish-url"),
        (
            "[tool.pypi-release.index.local]\nurl = 'https://corp.example/'\n",
            "corp",
            "names an index local",
        ),
    ] {
        let ran = publish(&server, pyproject, &["--index", index]);
        let report = ran.json();
        let found = report["error"]["message"].as_str().unwrap_or_default();
        assert!(found.contains(message), "{found}");
        assert!(matches!(ran.exit, 1 | 2), "{}", ran.exit);
    }
    assert!(server.files().is_empty());
}

#[test]
fn the_kind_of_an_index_may_be_given() {
    let server = LocalIndex::builder().profile(Profile::Devpi).start();
    let server = server.expect("an index");
    let index = ["--index", server.upload_url().as_str()];
    let kind = |kind| [&index[..], &["--index-profile", kind]].concat();
    let wrong = publish(&server, "", &kind("depvi"));
    assert_eq!(wrong.exit, 2);
    let reserved = publish(&server, "", &["--index-profile", "devpi"]);
    assert_eq!(reserved.exit, 2, "not for PyPI");

    // Its simple API is at /+simple/, which this server has not: the page of a project that does not exist.
    let ran = publish(
        &server,
        "",
        &[&kind("devpi")[..], &["--no-verify"]].concat(),
    );
    assert_eq!(ran.exit, 0, "{}", ran.stderr);
    let ran = publish(
        &server,
        "",
        &[&kind("devpi")[..], &["--no-verify"]].concat(),
    );
    let file = &ran.json()["files"][0];
    assert_eq!(
        (&file["outcome"], &file["evidence"]),
        (&json!("already_present"), &json!("identical_reply"))
    );
}

#[test]
fn what_exists_counts_as_the_option_says() {
    let server = LocalIndex::builder().profile(Profile::GitLab).start();
    let server = server.expect("an index");
    let upload = server.upload_url().as_str();
    let simple = server.simple_url().as_str();
    let blind = ["--index", upload];
    let seeing = ["--index", upload, "--simple-url", simple];
    assert_eq!(publish(&server, "", &blind).exit, 0);
    for (index, option, exit, outcome) in [
        (&blind[..], &["--existing", "same"][..], 1, "refused"),
        (&blind, &["--existing", "index-says"], 0, "exists"),
        (&blind, &["--skip-existing"], 0, "exists"),
        (&seeing, &[], 0, "already_present"),
        (&seeing, &["--existing", "never"], 1, "refused"),
        (&seeing, &["--skip-existing"], 0, "already_present"),
    ] {
        let ran = publish(&server, "", &[index, option].concat());
        let report = ran.json();
        let found = report["files"][0]["outcome"].as_str();
        assert_eq!((ran.exit, found), (exit, Some(outcome)), "{option:?}");
    }
    let both = [&blind[..], &["--skip-existing", "--existing", "same"]].concat();
    assert_eq!(publish(&server, "", &both).exit, 2);

    let mut said = command([
        "publish",
        "--token-env",
        "TOKEN",
        "--index",
        upload,
        DIST[0],
    ]);
    said.env("TOKEN", server.user_token().reveal());
    let refused = run(said);
    assert!(
        refused
            .stderr
            .contains("the content was not compared: name the simple API"),
        "{}",
        refused.stderr
    );
}

/// As in `twine upload -r corp`.
#[test]
fn the_name_of_a_section_is_its_repository() {
    let index = GuardedIndex::start(USER, PASSWORD);
    let (folder, home_path) = home(".pypirc", &pypirc(&index.root));
    let in_home = Setup::default().variable("HOME", home_path.clone());
    assert_published(&index, "corp", &in_home, "basic ([corp] of ~/.pypirc)");

    let index = GuardedIndex::start(USER, PASSWORD);
    let (other, _) = home("settings", &pypirc(&index.root));
    let path = other.path().join("settings");
    let named = Setup::default()
        .variable("HOME", home_path)
        .option(format!("--config-file={}", text(&path)));
    let expected = format!("basic ([corp] of {})", text(&path));
    assert_published(&index, "corp", &named, &expected);
    let unknown = run(in_home.command("crop", &[DIST[0]]));
    assert_eq!(unknown.exit, 2, "{}", unknown.stderr);

    // The settings of the project count first, and may not mean another index.
    let url = format!("{}/", index.root);
    let project = |settings: String| {
        write(&folder, "pyproject.toml", settings.as_bytes());
        let mut command = named.command("corp", &["--dry-run", "--json", DIST[0]]);
        command.current_dir(folder.path());
        run(command)
    };
    let uv = |url: &str| {
        format!("[[tool.uv.index]]\nname = 'corp'\nurl = '{url}simple/'\npublish-url = '{url}'\n")
    };
    let own = |url: &str| format!("[tool.pypi-release.index.corp]\nurl = '{url}'\n");
    for settings in [uv(&url), own(&url), own(&index.root)] {
        let ran = project(settings);
        assert_eq!(ran.exit, 0, "{}", ran.stderr);
    }
    for (settings, place) in [
        (uv("https://other.example/"), "[[tool.uv.index]]"),
        (own("https://other.example/"), "[tool.pypi-release.index]"),
    ] {
        let ran = project(settings);
        let section = format!("[corp] of {}", text(&path));
        let said = format!(
            "the index \"corp\" has one URL in {place} and another one in {section}: make them the same"
        );
        assert_eq!(ran.exit, 2, "{}", ran.stderr);
        assert!(ran.stderr.contains(&said), "{}", ran.stderr);
        assert_silent(&ran, "");
    }
    // uv may know where to read what twine publishes.
    let reads = format!("[[tool.uv.index]]\nname = 'corp'\nurl = '{url}simple/'\n");
    let ran = project(reads);
    assert_eq!(ran.exit, 0, "{}", ran.stderr);
    assert_eq!(ran.json()["upload_url"], url);
}
