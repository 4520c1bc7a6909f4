//! The JSON API, ranges of files, and yanked and hidden releases.

#[cfg(feature = "scenario")]
use pypi_local_index::{Builder, Fault, Route};
use pypi_local_index::{Clock, LocalIndex};
use pypi_metadata::testing::{TestDistribution, sdist, wheel};
use serde_json::json;

use crate::client::get;

const JSON: (&str, &str) = ("accept", "application/vnd.pypi.simple.v1+json");

fn index(files: &[TestDistribution]) -> LocalIndex {
    let index = LocalIndex::builder()
        .clock(Clock::fixed(1_760_000_000))
        .start()
        .expect("an index");
    for file in files {
        index
            .add_file(&file.filename, file.bytes.clone())
            .expect("a file");
    }
    index
}

#[test]
fn the_json_api_shows_projects_and_releases() {
    let index = index(&[
        wheel("my-demo", "1.0"),
        sdist("my-demo", "1.0"),
        wheel("my-demo", "2.0a1"),
    ]);
    let moved = get(&index, "/pypi/My.Demo/json", &[]);
    assert_eq!(
        (moved.status, moved.header("location")),
        (
            301,
            Some(format!("{}pypi/my-demo/json", index.url()).as_str())
        )
    );
    let project = get(&index, "/pypi/my-demo/json", &[]).json();
    assert_eq!(
        project["info"]["version"], "1.0",
        "a pre-release is not the latest"
    );
    let sizes: Vec<_> = index
        .files()
        .iter()
        .map(|file| (file.filename.clone(), file.size))
        .collect();
    let urls = project["urls"].as_array().expect("files");
    assert_eq!(urls.len(), 2);
    for url in urls {
        let filename = url["filename"].as_str().expect("a name").to_owned();
        assert!(sizes.contains(&(filename, url["size"].as_u64().expect("a size"))));
    }
    assert_eq!(urls[1]["packagetype"], "sdist");
    assert_eq!(
        urls[0]["upload_time_iso_8601"],
        "2025-10-09T08:53:20.000000Z"
    );
    assert_eq!(project["releases"].as_object().expect("releases").len(), 2);
    let release = get(&index, "/pypi/my-demo/2.0a1/json/", &[]).json();
    assert_eq!(
        (&release["info"]["version"], release.get("releases")),
        (&json!("2.0a1"), None)
    );
    for none in ["/pypi/none/json", "/pypi/my-demo/3.0/json"] {
        assert_eq!(
            get(&index, none, &[]).json(),
            json!({"message": "Not Found"})
        );
    }
}

#[test]
fn parts_of_a_file_can_be_requested() {
    let file = wheel("demo", "1.0");
    let index = index(std::slice::from_ref(&file));
    let url = get(&index, "/simple/demo/", &[JSON]).json()["files"][0]["url"].clone();
    let url = url.as_str().expect("a URL");
    let path = url
        .strip_prefix(&index.url()[..url::Position::BeforePath])
        .expect("our address");
    let part = get(&index, path, &[("range", "bytes=-22")]);
    let size = file.bytes.len();
    let range = format!("bytes {}-{}/{size}", size - 22, size - 1);
    assert_eq!(
        (part.status, part.header("content-range")),
        (206, Some(range.as_str()))
    );
    assert_eq!(part.body, file.bytes[size - 22..]);
    let beyond = get(&index, path, &[("range", "bytes=999999-")]);
    assert_eq!(
        (beyond.status, beyond.header("content-range")),
        (416, Some(format!("bytes */{size}").as_str()))
    );
    let whole = get(&index, path, &[]);
    assert_eq!(
        (whole.status, whole.header("accept-ranges")),
        (200, Some("bytes"))
    );
    assert_eq!(whole.body, file.bytes);
    assert_eq!(
        get(&index, "/files/aa/bb/cc/demo-1.0-py3-none-any.whl", &[]).status,
        404
    );
    assert_eq!(
        get(&index, &format!("{path}.metadata.metadata"), &[]).status,
        404
    );
}

#[test]
fn yanked_archived_and_quarantined_are_shown() {
    let index = index(&[wheel("demo", "1.0"), wheel("demo", "2.0")]);
    let page = || get(&index, "/simple/demo/", &[JSON]).json();
    assert!(index.yank("demo", "2.0.0", Some("broken \"x\"")));
    assert!(!index.yank("demo", "3.0", None));
    assert_eq!(page()["files"][1]["yanked"], "broken \"x\"");
    let html = get(&index, "/simple/demo/", &[]).text();
    assert!(
        html.contains(" data-yanked=\"broken &#34;x&#34;\""),
        "{html}"
    );
    assert_eq!(
        get(&index, "/pypi/demo/json", &[]).json()["info"]["version"],
        "1.0"
    );
    assert!(index.yank("demo", "2.0", Some("")));
    assert_eq!(page()["files"][1]["yanked"], true);
    assert!(index.yank("demo", "2.0", None));
    assert_eq!(page()["files"][1]["yanked"], false);

    index.archive("demo");
    assert_eq!(
        (
            &page()["project-status"]["status"],
            page()["files"].as_array().map(Vec::len)
        ),
        (&json!("archived"), Some(2))
    );
    index.quarantine("Demo");
    assert_eq!(
        (&page()["project-status"]["status"], &page()["files"]),
        (&json!("quarantined"), &json!([]))
    );
    assert_eq!(get(&index, "/pypi/demo/json", &[]).status, 404);
    assert!(!get(&index, "/simple/", &[]).text().contains("demo"));
}

#[test]
fn only_the_simple_api_shows_a_project_without_files() {
    let index = LocalIndex::builder()
        .project("demo")
        .start()
        .expect("an index");
    let page = get(&index, "/simple/demo/", &[JSON]).json();
    assert_eq!(
        (&page["versions"], &page["files"]),
        (&json!([]), &json!([]))
    );
    assert_eq!(get(&index, "/pypi/demo/json", &[]).status, 404);
}

#[cfg(feature = "scenario")]
#[test]
fn a_private_index_is_read_with_a_token() {
    let scenario = "private-reads = true\nclock = 1760000000\n[token.old]\nuser = \"alice\"\nexpired = true\n[[user]]\nname = \"alice\"\n";
    let index = Builder::from_scenario(scenario).expect("a scenario");
    let index = index.start().expect("an index");
    let file = wheel("demo", "1.0");
    index.add_file(&file.filename, file.bytes).expect("a file");
    let header = |token: &str| format!("Bearer {token}");
    let valid = header(index.user_token().reveal());
    let old = header(index.token("old").expect("a token").reveal());
    let page = get(&index, "/simple/demo/", &[JSON, ("authorization", &valid)]);
    let url: url::Url = page.json()["files"][0]["url"]
        .as_str()
        .and_then(|url| url.parse().ok())
        .expect("a URL");
    let metadata = format!("{}.metadata", url.path());
    for path in [
        "/simple/",
        "/simple/demo/",
        "/pypi/demo/json",
        "/%73imple/demo/",
        "/py%70i/demo/json",
        "/rss/packages.xml",
        "/rss/project/demo/releases.xml",
        url.path(),
        &metadata,
    ] {
        let page = get(&index, path, &[("authorization", &valid)]);
        assert_eq!(page.status, 200, "{path}");
        for headers in [&[][..], &[("authorization", old.as_str())]] {
            let refused = get(&index, path, headers);
            assert_eq!(refused.status, 401, "{path}");
            assert!(refused.header("www-authenticate").is_some());
        }
    }
}

#[cfg(feature = "scenario")]
#[test]
fn a_stale_page_of_a_private_index_needs_a_token() {
    let index = Builder::from_scenario("private-reads = true").expect("a scenario");
    let stale = Fault::on(Route::SimpleIndex).from(3).stale();
    let index = index.fault(stale).start().expect("an index");
    let valid = format!("Bearer {}", index.user_token().reveal());
    let status = |headers: &[(&str, &str)]| get(&index, "/simple/", headers).status;
    assert_eq!(status(&[]), 401);
    assert_eq!(status(&[("authorization", &valid)]), 200);
    assert_eq!(status(&[]), 401);
    assert_eq!(status(&[("authorization", &valid)]), 200);
}
