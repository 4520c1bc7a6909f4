//! Which files are sent at a time, and in which order.

use pypi_http::testing::{broken, reply};
use pypi_http::{RetryPolicy, Secret};
use pypi_metadata::testing::{self, TestDistribution};
use pypi_publish::{Order, Publisher, Report};
use pypi_trusted_publisher::ApiToken;
use pypi_upload::Index;

use crate::{
    folder::{requiring, wheel_for},
    hand::{Hand, Time},
};

pub(crate) const LOOK: &str = "GET /simple/demo/";

pub(crate) fn publisher(time: &Time) -> Publisher {
    let index = Index::custom("http://127.0.0.1:1/legacy/").expect("a URL");
    let index = index.simple_api("http://127.0.0.1:1/simple/");
    Publisher::index(index.expect("a URL"))
        .token(&ApiToken::new(Secret::new("pypi-AgEIcHlwaS5vcmcCJDU3")))
        .retry(RetryPolicy::default().seed(1))
        .clock(time.clock())
}

fn hand(publisher: &Publisher, files: impl IntoIterator<Item = TestDistribution>) -> Hand {
    Hand::new(publisher, files, &Time::start())
}

/// A project page that lists these files with a sha256 of nothing.
fn listing(files: &[&str]) -> String {
    let entry = |name: &&str| {
        format!(
            r#"{{"filename":"{name}","hashes":{{"sha256":"{}"}}}}"#,
            "0".repeat(64)
        )
    };
    let files: Vec<String> = files.iter().map(entry).collect();
    format!(r#"{{"files":[{}]}}"#, files.join(","))
}

pub(crate) fn outcomes(report: &Report) -> Vec<(&str, &str)> {
    report
        .files()
        .iter()
        .map(|file| (file.filename(), file.outcome().name()))
        .collect()
}

const MAC: &str = "demo-1.0-py3-none-macosx_11_0_arm64.whl";
const LINUX: &str = "demo-1.0-py3-none-manylinux_2_28_x86_64.whl";
const WINDOWS: &str = "demo-1.0-py3-none-win_amd64.whl";
const SDIST: &str = "demo-1.0.tar.gz";

fn demo() -> [TestDistribution; 4] {
    [
        wheel_for("macosx_11_0_arm64"),
        wheel_for("manylinux_2_28_x86_64"),
        wheel_for("win_amd64"),
        testing::sdist("demo", "1.0"),
    ]
}

#[test]
fn the_first_file_of_a_new_release_goes_alone_and_the_sdist_last() {
    let mut hand = hand(&publisher(&Time::start()), demo());
    assert_eq!(hand.flying(), [LOOK]);
    hand.answer(LOOK, reply(404, ""));
    assert_eq!(hand.flying(), [MAC]);
    hand.answer(MAC, reply(200, ""));
    assert_eq!(
        hand.flying(),
        [LINUX, WINDOWS],
        "the sdist waits for the wheels"
    );
    hand.answer(WINDOWS, reply(200, ""));
    assert_eq!(hand.flying(), [LINUX]);
    hand.answer(LINUX, reply(200, ""));
    assert_eq!(hand.flying(), [SDIST]);
    hand.answer(SDIST, reply(200, ""));
    assert_eq!(hand.flying(), [LOOK], "verification");
}

#[test]
fn a_release_that_is_listed_goes_at_once() {
    let mut hand = hand(&publisher(&Time::start()).jobs(2), demo());
    hand.answer(LOOK, reply(200, listing(&["demo-1.0-py2-none-any.whl"])));
    assert_eq!(hand.flying(), [MAC, LINUX], "as many as jobs");
    hand.answer(MAC, reply(200, ""));
    assert_eq!(hand.flying(), [LINUX, WINDOWS]);
}

#[test]
fn while_none_is_stored_the_next_one_goes_alone() {
    let mut hand = hand(&publisher(&Time::start()), demo());
    hand.answer(LOOK, reply(200, listing(&["demo-0.9-py3-none-any.whl"])));
    assert_eq!(hand.flying(), [MAC], "0.9 is another release");
    hand.answer(MAC, reply(400, "no"));
    assert_eq!(hand.flying(), [LINUX]);
    hand.answer(LINUX, reply(200, ""));
    assert_eq!(hand.flying(), [WINDOWS]);
}

#[test]
fn releases_of_a_project_run_side_by_side_once_it_exists() {
    let files = || [testing::wheel("demo", "1.0"), testing::wheel("demo", "2.0")];
    let (one, two) = ("demo-1.0-py3-none-any.whl", "demo-2.0-py3-none-any.whl");
    let publisher = publisher(&Time::start()).all_versions(true);
    let mut existing = hand(&publisher, files());
    existing.answer(LOOK, reply(200, listing(&["demo-0.9-py3-none-any.whl"])));
    assert_eq!(existing.flying(), [one, two]);

    let mut new = hand(&publisher, files());
    new.answer(LOOK, reply(404, ""));
    assert_eq!(new.flying(), [one], "the first file creates the project");
}

#[test]
fn projects_run_side_by_side() {
    let files = [testing::wheel("a", "1.0"), testing::wheel("b", "1.0")];
    let mut hand = hand(&publisher(&Time::start()), files);
    assert_eq!(hand.flying(), ["GET /simple/a/", "GET /simple/b/"]);
    hand.answer("GET /simple/b/", reply(404, ""));
    assert_eq!(hand.flying(), ["GET /simple/a/"], "all lookups come first");
    hand.answer("GET /simple/a/", reply(404, ""));
    assert_eq!(
        hand.flying(),
        ["a-1.0-py3-none-any.whl", "b-1.0-py3-none-any.whl"]
    );
}

#[test]
fn a_project_that_cannot_be_looked_up_does_not_stop_the_others() {
    let files = [testing::wheel("a", "1.0"), testing::wheel("b", "1.0")];
    let publisher = publisher(&Time::start()).verify(None);
    let mut hand = hand(&publisher, files);
    hand.answer("GET /simple/a/", reply(403, ""));
    hand.answer("GET /simple/b/", reply(404, ""));
    let wheel = "b-1.0-py3-none-any.whl";
    let report = hand.answer(wheel, reply(200, "")).expect("over");
    assert_eq!(
        outcomes(&report),
        [("a-1.0-py3-none-any.whl", "failed"), (wheel, "uploaded")]
    );
    assert!(report.error().is_none(), "a file failed, not the run");
    let detail = report.files()[0].outcome().to_string();
    assert!(detail.ends_with("/simple/a/ replied 403"), "{detail}");
}

#[test]
fn a_project_that_accepts_no_files_is_refused_unsent() {
    for (status, is_refused) in [
        ("archived", true),
        ("quarantined", true),
        ("deprecated", false),
    ] {
        let page = format!(r#"{{"files":[],"project-status":{{"status":"{status}"}}}}"#);
        let mut hand = hand(&publisher(&Time::start()), [testing::wheel("demo", "1.0")]);
        let report = hand.answer(LOOK, reply(200, page));
        assert_eq!(report.is_some(), is_refused, "{status}");
        if let Some(report) = report {
            let detail = report.files()[0].outcome().to_string();
            assert!(detail.contains(status), "{detail}");
        }
    }
}

#[test]
fn a_refusal_of_the_credentials_ends_its_project_only() {
    let files = [
        testing::wheel("a", "1.0"),
        testing::sdist("a", "1.0"),
        testing::wheel("b", "1.0"),
    ];
    let publisher = publisher(&Time::start()).verify(None);
    let mut hand = hand(&publisher, files);
    hand.answer("GET /simple/a/", reply(404, ""));
    hand.answer("GET /simple/b/", reply(404, ""));
    hand.answer("a-1.0-py3-none-any.whl", reply(403, "not allowed"));
    let report = hand
        .answer("b-1.0-py3-none-any.whl", reply(200, ""))
        .expect("over");
    assert_eq!(
        outcomes(&report),
        [
            ("a-1.0-py3-none-any.whl", "refused"),
            ("b-1.0-py3-none-any.whl", "uploaded"),
            ("a-1.0.tar.gz", "failed"),
        ]
    );
}

#[test]
fn dependencies_are_sent_and_shown_first() {
    let files = || {
        [
            requiring("app", &["Lib_X >= 1", "requests"]),
            requiring("lib-x", &[]),
        ]
    };
    let (app, lib) = ("app-1.0-py3-none-any.whl", "lib_x-1.0-py3-none-any.whl");
    let publisher = publisher(&Time::start()).order(Order::Dependencies);
    let start = || {
        let mut hand = hand(&publisher, files());
        hand.answer("GET /simple/app/", reply(404, ""));
        hand.answer("GET /simple/lib-x/", reply(404, ""));
        assert_eq!(hand.flying(), [lib]);
        hand
    };
    let mut shown = start();
    shown.answer(lib, reply(200, ""));
    let page = shown.page(&[lib]);
    shown.answer("GET /simple/lib-x/", reply(200, page));
    assert_eq!(shown.flying(), [app]);

    let mut refused = start();
    let report = refused.answer(lib, reply(400, "no")).expect("over");
    assert_eq!(outcomes(&report), [(app, "failed"), (lib, "refused")]);
    let detail = report.files()[0].outcome().to_string();
    assert_eq!(
        detail,
        format!("not uploaded: the index does not show {lib}, which goes before it")
    );
}

#[test]
fn projects_that_require_each_other_are_sent_side_by_side() {
    let files = [
        requiring("a", &["b"]),
        requiring("b", &["a"]),
        requiring("c", &["a"]),
    ];
    let publisher = publisher(&Time::start()).order(Order::Dependencies);
    let mut hand = hand(&publisher, files);
    for name in ["a", "b", "c"] {
        hand.answer(&format!("GET /simple/{name}/"), reply(404, ""));
    }
    assert_eq!(hand.flying().len(), 3);
}

#[test]
fn a_connection_that_cannot_be_made_ends_the_run() {
    let publisher = publisher(&Time::start()).retry(RetryPolicy::never());
    let mut hand = hand(&publisher, demo());
    hand.answer(LOOK, reply(404, ""));
    let tls = pypi_http::TransportError::new(pypi_http::TransportErrorKind::Tls);
    let report = hand.answer(MAC, Err(tls)).expect("over");
    assert!(
        outcomes(&report)
            .iter()
            .all(|(_, outcome)| *outcome == "failed")
    );
    let detail = report.files()[3].outcome().to_string();
    assert!(
        detail.contains("not tried after")
            && detail.contains("certificate was rejected (http://127.0.0.1:1)"),
        "{detail}"
    );
    let mut broken_lookup = crate::schedule::hand(&publisher, demo());
    let report = broken_lookup.answer(LOOK, broken()).expect("over");
    let error = report.error().expect("nothing could be sent");
    assert_eq!(
        error.to_string(),
        "the index is not available: 4 of 4 files were not uploaded"
    );
}
