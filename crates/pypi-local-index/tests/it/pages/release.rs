//! Projects and releases.

use pypi_local_index::{LocalIndex, Project, User};
use pypi_metadata::testing::{sdist, wheel, wheel_with};

use super::{assert_has, job, minted, page};
use crate::client::{Form, get, upload};

const METADATA: &str = "Metadata-Version: 2.4\nName: demo\nVersion: 1.0\nSummary: <b>Demo</b>\nRequires-Python: >=3.9\n\
    License-Expression: MIT\nClassifier: Programming Language :: Python :: 3\nDescription-Content-Type: text/markdown\n\
    Project-URL: Source, https://github.com/octo-org/demo\nProject-URL: Evil, javascript:alert(1)\n\
    Project-URL: Chat, https://chat.example.org\n\n# Title\n\n<script>alert(2)</script>\n[x](javascript:alert(3))\n\
    <img src=x onerror=alert(4)> ![Build](https://img.example.org/b.svg)\n";

#[test]
fn a_release_page_has_what_people_look_for() {
    let index = LocalIndex::builder()
        .user(User::new("alice"))
        .project(Project::new("demo").member("alice"))
        .publisher("demo", job().publisher())
        .start()
        .expect("an index");
    let token = minted(&index);
    let form = Form::of("demo", &wheel("demo", "1.0"))
        .field("summary", "<b>Demo</b>")
        .field("project_urls", "Source, https://github.com/octo-org/demo")
        .field("project_urls", "Chat, https://chat.example.org")
        .field("classifiers", "Programming Language :: Python :: 3");
    assert_eq!(upload(&index, &token, &form).status, 200);
    let page = page(&index, "/project/demo/");
    let install = format!("pip install --index-url {} demo", index.simple_url());
    assert_has(
        &page,
        &[
            "<title>demo 1.0 – local index</title>",
            "<html lang=\"en\">",
            "<a class=\"skip\" href=\"#main\">",
            "<main id=\"main\"",
            &format!("<code>{install}</code>"),
            &format!("data-copy=\"{install}\" hidden>"),
            "Latest version</span>",
            "&lt;b&gt;Demo&lt;/b&gt;",
            "demo-1.0-py3-none-any.whl</a>",
            "<code>py3-none-any</code>",
            "SHA-256",
            "by the trusted publisher octo-org/demo, release.yml, environment pypi",
            "There is no source distribution of this release.",
            "<dt>Programming Language</dt><dd>Python :: 3</dd>",
            "<p class=\"value\">&gt;=3.8</p>",
            "<li>alice</li>",
            "<h3>GitHub: octo-org/demo, release.yml, environment pypi</h3>",
            "<code>job_workflow_ref</code>",
            "<code>octo-org/demo/.github/workflows/release.yml@(ref or sha of the job)</code>",
        ],
    );
    let (verified, unverified) = page.split_once("Unverified details").expect("two panels");
    assert_has(
        verified,
        &["<a href=\"https://github.com/octo-org/demo\" rel=\"nofollow noreferrer\">Source</a>"],
    );
    assert_has(
        unverified,
        &["<a href=\"https://chat.example.org\" rel=\"nofollow noreferrer\">Chat</a>"],
    );
}

#[test]
fn a_release_says_whether_installers_choose_it() {
    let index = LocalIndex::start().expect("an index");
    for version in ["1.0", "1.1", "1.2", "2.0rc1"] {
        let file = sdist("demo", version);
        index.add_file(&file.filename, file.bytes).expect("a file");
    }
    index.yank("demo", "1.2", Some("<i>broken</i>"));
    for (path, has, lacks) in [
        (
            "/project/demo/",
            &[
                "<span class=\"version\">1.1</span>",
                "Latest version</span>",
            ][..],
            "Pre-release</span> <a",
        ),
        (
            "/project/demo/1.0/",
            &["Latest version: 1.1</a>", "demo==1.0</code>"],
            "Latest version</span>",
        ),
        (
            "/project/demo/1.2/",
            &[
                "Yanked</span>",
                "Reason for yanking: &lt;i&gt;broken",
                "demo==1.2</code>",
            ],
            "Latest version</span>",
        ),
        (
            "/project/demo/2.0rc1/",
            &["Pre-release</span>", "Latest version: 1.1</a>"],
            "Latest version</span>",
        ),
        (
            "/project/demo/history/",
            &[
                "was uploaded",
                "A release was yanked",
                "/project/demo/2.0rc1/",
                "The project was created",
            ],
            "<i>",
        ),
    ] {
        let page = page(&index, path);
        assert_has(&page, has);
        assert!(!page.contains(lacks), "{lacks} is in {page}");
    }
    index.archive("demo");
    assert_has(
        &page(&index, "/project/demo/"),
        &["This project is archived"],
    );
    assert_has(
        &page(&index, "/"),
        &["Archived</span>", "<span class=\"number\">1.1</span>"],
    );
}

#[test]
fn pages_that_do_not_exist_say_so() {
    let index = LocalIndex::builder()
        .project("demo")
        .start()
        .expect("an index");
    for path in [
        "/project/nothing/",
        "/project/demo/9.9/",
        "/project/demo/x/",
        "/log/requests/7",
        "/log/requests/x",
        "/log/x.css",
    ] {
        let response = get(&index, path, &[]);
        assert_eq!(response.status, 404, "{path}");
        assert_has(&response.text(), &["This page does not exist."]);
    }
    for path in ["/project/Demo", "/project/Demo/"] {
        assert_eq!(get(&index, path, &[]).status, 301, "{path}");
    }
    assert_has(
        &page(&index, "/project/demo/"),
        &["No files yet.", "This project has no trusted publisher."],
    );
    assert_has(
        &page(&LocalIndex::start().expect("an index"), "/"),
        &["No projects yet."],
    );
}

#[test]
fn a_readme_runs_nothing_and_loads_nothing() {
    let index = LocalIndex::start().expect("an index");
    let file = wheel_with("demo", "1.0", METADATA);
    index.add_file(&file.filename, file.bytes).expect("a file");
    let page = page(&index, "/project/demo/");
    assert_has(
        &page,
        &[
            "&lt;b&gt;Demo",
            "<span>Evil</span> <code>javascript:alert(1)</code>",
        ],
    );
    #[cfg(feature = "readme")]
    assert_has(
        &page,
        &[
            ">Title</h3>",
            "<a class=\"image\" href=\"https://img.example.org/b.svg\" rel=\"nofollow noreferrer\">Build</a>",
        ],
    );
}

#[test]
fn the_pages_load_only_what_the_index_has() {
    let index = LocalIndex::start().expect("an index");
    for (path, content_type) in [
        ("/log/style.css", "text/css"),
        ("/log/script.js", "text/javascript; charset=UTF-8"),
        ("/log/icon.svg", "image/svg+xml"),
    ] {
        let response = get(&index, path, &[]);
        assert_eq!(response.header("content-type"), Some(content_type));
        assert_eq!(response.header("x-content-type-options"), Some("nosniff"));
        let text = response.text();
        let has_host = text
            .replace("http://www.w3.org/2000/svg", "")
            .contains("://");
        assert!(!has_host, "{path} names another host");
        assert!(page(&index, "/").contains(&format!("\"{path}\"")));
    }
    assert!(
        index
            .requests()
            .iter()
            .all(|request| !request.path.starts_with("/log")),
        "the log does not log itself"
    );
}

#[test]
fn a_long_description_is_shown_as_its_source() {
    let index = LocalIndex::start().expect("an index");
    let metadata = METADATA.replace("# Title", &"> <b>long</b>\n".repeat(30_000));
    let (metadata, _) = metadata.split_once("\n\n<script>").expect("a description");
    let file = wheel_with("demo", "1.0", metadata);
    index.add_file(&file.filename, file.bytes).expect("a file");
    let page = page(&index, "/project/demo/");
    assert_has(
        &page,
        &["Shown as its source", "&gt; &lt;b&gt;long&lt;/b&gt;"],
    );
}
