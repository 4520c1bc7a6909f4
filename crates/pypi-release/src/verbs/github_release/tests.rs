//! The steps of a release against the fake of GitHub, without sockets and without time.

use std::{
    cell::{Cell, RefCell},
    io::Read as _,
    sync::Arc,
    time::Duration,
};

use pypi_trusted_upload::{
    Environment, Transport, http,
    transport::{Body, CancelToken, Clock, Reply, TransportError, TransportErrorKind},
    versioning::{TagFilter, Version},
};
use serde_json::{Value, json};

use super::{
    File, Report, append,
    release::{self, Wanted},
};
use crate::{
    failure::Failure,
    fake_github::{COMMIT, Outcome, Shared, State, TOKEN, server::request_of},
    github::{Access, GitHub, Repository},
};

/// The fake as a transport, which ends like a killed process after some requests.
struct Memory {
    shared: Arc<Shared>,
    left: Cell<usize>,
    /// Whether the last request arrives.
    arrives: bool,
    waited: RefCell<Vec<Duration>>,
}

impl Memory {
    fn new(shared: &Arc<Shared>) -> Self {
        Self {
            shared: Arc::clone(shared),
            left: Cell::new(usize::MAX),
            arrives: false,
            waited: RefCell::default(),
        }
    }
}

impl Transport for Memory {
    fn send(&self, request: http::Request<Body>) -> Result<Reply, TransportError> {
        let killed = || Err(TransportError::new(TransportErrorKind::Cancelled));
        if self.left.get() == 0 && !self.arrives {
            return killed();
        }
        let (mut head, body) = request.into_parts();
        head.headers
            .insert("content-length", body.content_length().into());
        let mut bytes = Vec::new();
        body.into_reader().read_to_end(&mut bytes).expect("a body");
        if self.left.get() == 0 {
            if self.waited.borrow().last() != Some(&Duration::MAX) {
                self.waited.borrow_mut().push(Duration::MAX);
                self.shared.respond(&request_of(&head, bytes));
            }
            return killed();
        }
        self.left.set(self.left.get() - 1);
        match self.shared.respond(&request_of(&head, bytes)) {
            Outcome::Reply(reply) => {
                let headers = reply.headers.iter().map(|(name, value)| {
                    let name = http::HeaderName::from_static(name);
                    (name, value.parse().expect("a header"))
                });
                let status = http::StatusCode::from_u16(reply.status).expect("a status");
                Ok(Reply::new(status, headers.collect(), reply.body))
            }
            Outcome::Lost | Outcome::Hang => {
                Err(TransportError::new(TransportErrorKind::Interrupted))
            }
        }
    }

    fn wait(&self, duration: Duration, _: &CancelToken) {
        self.waited.borrow_mut().push(duration);
    }
}

fn github(transport: &Memory) -> GitHub<'_, Memory> {
    let environment = Environment::from_vars([
        ("GITHUB_API_URL", "http://127.0.0.1:1"),
        ("GITHUB_TOKEN", TOKEN),
    ]);
    let access = Access::of(&environment, None).expect("an API");
    let repository = Repository::parse("o/r").expect("a repository");
    GitHub::new(
        access,
        repository,
        transport,
        Clock::new(|| std::time::UNIX_EPOCH),
    )
}

fn wanted(files: &[&str]) -> Wanted {
    let files = files
        .iter()
        .map(|name| File::text(name, format!("content of {name}")).expect("a file"));
    Wanted {
        tag: "v1.0.0".to_owned(),
        commit: COMMIT.to_owned(),
        version: Version::parse("1.0.0").expect("a version"),
        tags: TagFilter::new(),
        title: "v1.0.0".to_owned(),
        notes: "The notes.\n".to_owned(),
        files: files.collect(),
        replace: false,
        allow_other_assets: false,
        add_to_published: false,
    }
}

const FILES: [&str; 3] = [
    "demo-1.0.0-py3-none-any.whl",
    "demo-1.0.0.tar.gz",
    "SHA256SUMS",
];

/// A draft, then its publication.
fn release(memory: &Memory, wanted: &Wanted) -> Result<Report, Failure> {
    let github = github(memory);
    let draft = release::draft(&github, wanted)?;
    match draft.is_draft {
        true => Ok(release::publish(&github, wanted)?.after(draft)),
        false => Ok(draft),
    }
}

fn run(shared: &Arc<Shared>, wanted: &Wanted) -> Result<Report, Failure> {
    release(&Memory::new(shared), wanted)
}

#[track_caller]
fn fails(shared: &Arc<Shared>, wanted: &Wanted) -> String {
    let failure = run(shared, wanted).expect_err("a failure");
    let text = format!("{failure:?}");
    assert!(!text.contains(TOKEN), "{text}");
    text
}

fn writes(state: &State) -> usize {
    state
        .log
        .iter()
        .filter(|line| !line.starts_with("GET "))
        .count()
}

/// One published release with exactly these files.
#[track_caller]
fn is_complete(state: &State, wanted: &Wanted) {
    let [release] = state.releases.as_slice() else {
        panic!("{} releases", state.releases.len());
    };
    assert!(!release.draft, "it is published");
    let mut names: Vec<&str> = release
        .assets
        .iter()
        .map(|asset| asset.name.as_str())
        .collect();
    names.sort_unstable();
    let mut expected: Vec<&str> = wanted.files.iter().map(|file| file.name.as_str()).collect();
    expected.sort_unstable();
    assert_eq!(names, expected);
    for asset in &release.assets {
        let file = wanted
            .files
            .iter()
            .find(|file| file.name == asset.name)
            .expect("a file");
        assert_eq!(
            (asset.state, asset.sha256.as_deref()),
            ("uploaded", Some(file.sha256.as_str()))
        );
    }
    assert_eq!(state.tags.len(), 1, "no tag was made");
}

fn fault(shared: &Arc<Shared>, fault: Value) {
    shared.state().add_fault(&fault);
}

#[test]
fn a_draft_gets_its_files_before_it_is_published() {
    let shared = Shared::new();
    shared.state().immutable = true;
    shared.state().annotated.insert("v1.0.0".to_owned());
    let report = run(&shared, &wanted(&FILES)).expect("a release");
    assert!(!report.is_draft && report.is_immutable && report.changed);
    assert_eq!(report.latest, Some(true));
    assert!(
        report.url.ends_with("/o/r/releases/tag/v1.0.0"),
        "{}",
        report.url
    );
    let state = shared.state();
    is_complete(&state, &wanted(&FILES));
    assert_eq!(state.releases[0].body, "The notes.\n");
    let writes: Vec<&String> = state
        .log
        .iter()
        .filter(|line| !line.starts_with("GET "))
        .collect();
    assert_eq!(writes.len(), 5);
    assert!(writes[4].starts_with("PATCH "), "{writes:?}");
}

#[test]
fn a_second_run_changes_nothing() {
    let shared = Shared::new();
    shared.state().immutable = true;
    run(&shared, &wanted(&FILES)).expect("a release");
    let before = writes(&shared.state());
    let report = run(&shared, &wanted(&FILES)).expect("a release");
    assert!(!report.changed && !report.is_draft);
    assert_eq!(writes(&shared.state()), before);
}

#[test]
fn a_run_that_was_killed_anywhere_is_continued() {
    let shared = Shared::new();
    run(&shared, &wanted(&FILES)).expect("a release");
    let requests = shared.state().log.len();
    assert!(requests > 12, "{requests}");
    for left in 0..requests {
        for arrives in [false, true] {
            let shared = Shared::new();
            shared.state().immutable = true;
            let mut memory = Memory::new(&shared);
            memory.left = Cell::new(left);
            memory.arrives = arrives;
            assert!(
                release(&memory, &wanted(&FILES)).is_err(),
                "killed after {left}"
            );
            run(&shared, &wanted(&FILES))
                .unwrap_or_else(|failure| panic!("{left} {arrives}: {failure:?}"));
            is_complete(&shared.state(), &wanted(&FILES));
        }
    }
}

#[test]
fn a_failed_request_is_not_repeated_blindly() {
    for (method, path) in [
        ("POST", "/releases"),
        ("POST", "/assets"),
        ("PATCH", ""),
        ("GET", "/assets"),
        ("GET", "/releases"),
    ] {
        for kind in ["bad-gateway", "lost"] {
            for done in [false, true] {
                let shared = Shared::new();
                shared.state().immutable = true;
                fault(
                    &shared,
                    json!({ "method": method, "path": path, "kind": kind, "done": done }),
                );
                let memory = Memory::new(&shared);
                let result = release(&memory, &wanted(&FILES));
                result
                    .unwrap_or_else(|failure| panic!("{method} {path} {kind} {done}: {failure:?}"));
                is_complete(&shared.state(), &wanted(&FILES));
                assert_eq!(
                    memory.waited.borrow().len(),
                    1,
                    "{method} {path} {kind} {done}"
                );
            }
        }
    }
}

#[test]
fn an_unfinished_asset_is_deleted_and_sent_again() {
    let shared = Shared::new();
    let draft = shared.state().add("v1.0.0", true, "by hand");
    shared.state().add_asset(draft, FILES[1], None);
    run(&shared, &wanted(&FILES)).expect("a release");
    is_complete(&shared.state(), &wanted(&FILES));
    assert_eq!(
        shared.state().releases[0].body,
        "by hand",
        "the notes of a draft stay"
    );
}

#[test]
fn an_asset_with_other_bytes_stops_the_run() {
    let shared = Shared::new();
    let draft = shared.state().add("v1.0.0", true, "");
    shared.state().add_asset(draft, FILES[0], Some(b"other"));
    let failure = fails(&shared, &wanted(&FILES));
    assert!(
        failure.contains("other bytes") && failure.contains("--replace"),
        "{failure}"
    );
    assert!(shared.state().releases[0].draft);

    let replace = Wanted {
        replace: true,
        ..wanted(&FILES)
    };
    run(&shared, &replace).expect("a release");
    is_complete(&shared.state(), &wanted(&FILES));
}

#[test]
fn bytes_that_github_stores_wrong_are_sent_again() {
    let shared = Shared::new();
    fault(
        &shared,
        json!({ "method": "POST", "path": "/assets", "kind": "corrupt" }),
    );
    run(&shared, &wanted(&FILES)).expect("a release");
    is_complete(&shared.state(), &wanted(&FILES));

    let shared = Shared::new();
    fault(
        &shared,
        json!({ "method": "POST", "path": "/assets", "kind": "corrupt", "times": 9 }),
    );
    let failure = fails(&shared, &wanted(&FILES));
    assert!(failure.contains("sent 4 times"), "{failure}");
    assert!(shared.state().releases[0].draft);
}

#[test]
fn an_asset_without_a_digest_is_a_warning() {
    let shared = Shared::new();
    fault(
        &shared,
        json!({ "method": "POST", "path": "/assets", "kind": "no-digest" }),
    );
    let report = run(&shared, &wanted(&FILES)).expect("a release");
    assert!(
        report
            .warnings
            .iter()
            .any(|text| text.contains("no digest")),
        "{:?}",
        report.warnings
    );
}

#[test]
fn other_assets_are_not_published_unless_asked_for() {
    let shared = Shared::new();
    let draft = shared.state().add("v1.0.0", true, "");
    shared.state().add_asset(draft, "installer.exe", Some(b"x"));
    let failure = fails(&shared, &wanted(&FILES));
    assert!(
        failure.contains("installer.exe") && failure.contains("--allow-other-assets"),
        "{failure}"
    );
    let allowed = Wanted {
        allow_other_assets: true,
        ..wanted(&FILES)
    };
    assert!(!run(&shared, &allowed).expect("a release").is_draft);
}

#[test]
fn a_published_release_is_left_alone() {
    for immutable in [true, false] {
        let shared = Shared::new();
        shared.state().immutable = immutable;
        let published = shared.state().add("v1.0.0", false, "");
        shared
            .state()
            .add_asset(published, FILES[0], Some(b"other"));
        let failure = fails(&shared, &wanted(&FILES));
        let remedy = if immutable {
            "new version"
        } else {
            "--add-to-published"
        };
        assert!(
            failure.contains(remedy) && failure.contains(FILES[1]),
            "{failure}"
        );
        assert_eq!(writes(&shared.state()), 0);
    }
    let shared = Shared::new();
    shared.state().add("v1.0.0", false, "");
    let add = Wanted {
        add_to_published: true,
        ..wanted(&FILES)
    };
    let report = run(&shared, &add).expect("a release");
    assert!(report.changed);
    is_complete(&shared.state(), &wanted(&FILES));
}

#[test]
fn of_several_drafts_the_first_is_used() {
    let shared = Shared::new();
    let first = shared.state().add("v1.0.0", true, "");
    let second = shared.state().add("v1.0.0", true, "");
    for _ in 0..250 {
        shared.state().add("v0.9.0", true, "");
    }
    let report = run(&shared, &wanted(&FILES)).expect("a release");
    assert_eq!(report.id, first);
    assert!(
        report.warnings[0].contains(&format!("delete {second}")),
        "{:?}",
        report.warnings
    );
}

#[test]
fn a_new_draft_that_is_not_listed_yet_is_used_later() {
    let shared = Shared::new();
    shared.state().lag = 1;
    release::draft(&github(&Memory::new(&shared)), &wanted(&FILES)).expect("a draft");
    let failure =
        release::publish(&github(&Memory::new(&shared)), &wanted(&FILES)).expect_err("not listed");
    assert!(format!("{failure:?}").contains("has no draft"));
    release::publish(&github(&Memory::new(&shared)), &wanted(&FILES)).expect("a release");
    is_complete(&shared.state(), &wanted(&FILES));
}

#[test]
fn limits_are_waited_for_up_to_five_minutes() {
    let shared = Shared::new();
    fault(
        &shared,
        json!({ "method": "POST", "path": "/assets", "kind": "rate-limit", "seconds": 7 }),
    );
    fault(
        &shared,
        json!({ "method": "POST", "path": "/releases", "kind": "secondary-limit" }),
    );
    let memory = Memory::new(&shared);
    release(&memory, &wanted(&FILES)).expect("a release");
    let seconds: Vec<u64> = memory
        .waited
        .borrow()
        .iter()
        .map(Duration::as_secs)
        .collect();
    assert_eq!(seconds, [60, 7]);

    let shared = Shared::new();
    fault(
        &shared,
        json!({ "method": "POST", "path": "/releases", "kind": "rate-limit", "seconds": 3600 }),
    );
    let failure = fails(&shared, &wanted(&FILES));
    assert!(
        failure.contains("Unavailable") && failure.contains("run again in 60 min"),
        "{failure}"
    );
}

#[test]
fn a_token_that_may_not_write_is_told_what_it_needs() {
    let shared = Shared::new();
    fault(&shared, json!({ "method": "POST", "kind": "forbidden" }));
    let failure = fails(&shared, &wanted(&FILES));
    assert!(
        failure.contains("contents=write") && failure.contains("permissions of the job"),
        "{failure}"
    );
    fault(&shared, json!({ "kind": "unauthorized" }));
    assert!(fails(&shared, &wanted(&FILES)).contains("GITHUB_TOKEN is not valid"));
}

#[test]
fn the_tag_must_name_the_commit() {
    let shared = Shared::new();
    let other = Wanted {
        commit: "a".repeat(40),
        ..wanted(&FILES)
    };
    assert!(fails(&shared, &other).contains("release the commit of the tag"));
    let missing = Wanted {
        tag: "v2.0.0".to_owned(),
        ..wanted(&FILES)
    };
    assert!(fails(&shared, &missing).contains("git push origin v2.0.0"));
    assert_eq!(writes(&shared.state()), 0);
}

#[test]
fn renamed_assets_are_recognised() {
    let files = ["demo-1!2.0-py3-none-any.whl", "demo-1!2.0+local.tar.gz"];
    let shared = Shared::new();
    run(&shared, &wanted(&files)).expect("a release");
    is_complete(&shared.state(), &wanted(&files));
    let names: Vec<(String, Option<String>)> = shared.state().releases[0]
        .assets
        .iter()
        .map(|asset| (asset.name.clone(), asset.label.clone()))
        .collect();
    assert_eq!(
        names[0],
        (
            "demo-1.2.0-py3-none-any.whl".to_owned(),
            Some(files[0].to_owned())
        )
    );
    let before = writes(&shared.state());
    assert!(!run(&shared, &wanted(&files)).expect("a release").changed);
    assert_eq!(writes(&shared.state()), before);
}

#[test]
fn a_prerelease_and_an_older_version_are_not_the_latest() {
    for (tag, version, published, expected) in [
        ("v1.0.0", "1.0.0rc1", None, "false"),
        ("v1.0.0", "1.0.0", Some("v1.1.0"), "false"),
        ("v1.0.0", "1.0.0", Some("v0.9.0"), "true"),
        ("v1.0.0", "1.0.0", Some("other-v2.0.0"), "true"),
    ] {
        let shared = Shared::new();
        if let Some(tag) = published {
            shared.state().add(tag, false, "");
        }
        let version = Version::parse(version).expect("a version");
        let wanted = Wanted {
            tag: tag.to_owned(),
            version: version.clone(),
            ..wanted(&FILES)
        };
        run(&shared, &wanted).expect("a release");
        let state = shared.state();
        let release = state.releases.last().expect("a release");
        assert_eq!(
            (release.make_latest.as_str(), release.prerelease),
            (expected, version.is_prerelease())
        );
    }
}

#[test]
fn instructions_are_appended_to_any_release_once() {
    for (draft, immutable) in [(true, false), (false, false), (false, true)] {
        for fault_of in [None, Some(false), Some(true)] {
            let shared = Shared::new();
            shared.state().immutable = immutable;
            shared.state().add("v1.0.0", draft, "By hand.");
            if let Some(done) = fault_of {
                fault(
                    &shared,
                    json!({ "method": "PATCH", "kind": "lost", "done": done }),
                );
            }
            let memory = Memory::new(&shared);
            let install =
                || append::install(&github(&memory), &wanted(&[]), "pip install demo==1.0.0");
            assert!(install().expect("a release").changed);
            let once = shared.state().releases[0].body.clone();
            assert!(
                once.starts_with("By hand.\n\n<!-- pypi-release") && once.contains("pip install"),
                "{once}"
            );
            assert!(!install().expect("a release").changed);
            assert_eq!(shared.state().releases[0].body, once);
        }
    }
    let memory = Memory::new(&Shared::new());
    assert!(append::install(&github(&memory), &wanted(&[]), "x").is_err());
}

#[test]
fn runs_of_a_workflow_are_those_of_the_commit() {
    let shared = Shared::new();
    let run = |event: &str, sha: &str, states: &[&str]| {
        shared.state().add_run(
            &json!({ "workflow": "ci.yml", "head_sha": sha, "event": event, "states": states }),
        );
    };
    run("push", COMMIT, &["queued", "in_progress", "success"]);
    run("pull_request", COMMIT, &["success"]);
    run("push", &"a".repeat(40), &["failure"]);
    let memory = Memory::new(&shared);
    let github = github(&memory);
    let push = || github.runs("ci.yml", COMMIT, Some("push")).expect("runs");
    assert_eq!(push().len(), 1);
    assert_eq!(push()[0].status.as_deref(), Some("in_progress"));
    assert!(push()[0].is_success());
    assert!(push()[0].is_completed());
    assert!(
        github.runs("ci.yml", "0123456", None).is_err(),
        "a shortened commit finds nothing"
    );
    assert!(
        github
            .runs("other.yml", COMMIT, None)
            .expect("none")
            .is_empty()
    );
}
