//! `release`: the chain. `.ci/interop.d/release` runs it with real builds and installations, and kills it at every step.

use std::{collections::BTreeSet, process::Command};

use pypi_local_index::{Fault, Route};
use pypi_metadata::testing;
use serde_json::{Value, json};

use crate::{
    command::Ran,
    fake_github::TOKEN,
    job::{HUSH, Job, states},
    version::git,
};

/// The command failed with this exit code, said all of this, and sent nothing.
#[track_caller]
fn assert_stopped(job: &Job, ran: &Ran, exit: i32, said: &[&str]) {
    assert_eq!(ran.exit, exit, "{}", ran.stderr);
    for said in said {
        assert!(ran.stderr.contains(said), "no {said:?} in {}", ran.stderr);
    }
    job.assert_nothing_sent();
}

#[test]
fn a_tag_is_released_and_the_same_again_changes_nothing() {
    let job = Job::of_tag();
    job.github.state().immutable = true;
    let ran = job.release(&["--json"]);
    assert_eq!(ran.exit, 0, "{}", ran.stderr);
    let report = ran.json();
    assert_eq!(
        states(&report),
        [
            "version done",
            "route done",
            "check done",
            "gate not_needed",
            "identity done",
            "draft done",
            "publish done",
            "verify done",
            "github-release done"
        ]
    );
    let keys: BTreeSet<&str> = report
        .as_object()
        .expect("an object")
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!(keys, KEYS.into());
    assert_eq!(
        (&report["success"], &report["error"]),
        (&json!(true), &Value::Null)
    );
    assert_eq!(
        report["projects"],
        json!([{
            "name": "demo", "version": "1.0.0", "index": "pypi", "code": "release-to-pypi",
            "reason": report["projects"][0]["reason"],
        }])
    );
    assert_eq!(report["publication"]["token_burned"], true);
    assert_eq!(
        report["verification"]["files"][0]["verification"],
        "confirmed"
    );
    assert_eq!(report["overrides"][0], "the installation was left out");
    let page = report["github_releases"][0].as_str().expect("a page");
    assert!(page.ends_with("/o/r/releases/tag/v1.0.0"), "{page}");
    {
        let state = job.github.state();
        let release = &state.releases[0];
        let names: Vec<&str> = release
            .assets
            .iter()
            .map(|asset| asset.name.as_str())
            .collect();
        assert_eq!(
            (state.releases.len(), release.draft, names.len()),
            (1, false, 3)
        );
        assert!(names.contains(&"SHA256SUMS"), "{names:?}");
    }

    let before = (job.github.writes(), job.index.files().len());
    let again = job.release(&[]);
    let name = job
        .index
        .upload_url()
        .host_str()
        .expect("a host")
        .to_owned();
    assert_eq!(again.exit, 0, "{}", again.stderr);
    assert!(
        again
            .stdout
            .ends_with(&format!("\nreleased demo 1.0.0 to {name}\n")),
        "{}",
        again.stdout
    );
    assert_eq!(before, (job.github.writes(), job.index.files().len()));
}

/// The keys of the document, whatever happened.
const KEYS: [&str; 11] = [
    "schema_version",
    "success",
    "dry_run",
    "index",
    "projects",
    "steps",
    "overrides",
    "publication",
    "verification",
    "github_releases",
    "error",
];

#[test]
fn a_failure_has_the_same_document() {
    let job = Job::of_tag();
    job.settings("[gate]\ncommands = ['exit 7']\n");
    let failed = job.release(&["--json"]);
    job.settings("[gate]\ncomands = []\n");
    let wrong = job.release(&["--json"]);
    for (ran, kind) in [(failed, "settings"), (wrong, "settings")] {
        let report = ran.json();
        let keys: BTreeSet<&str> = report
            .as_object()
            .expect("an object")
            .keys()
            .map(String::as_str)
            .collect();
        assert_eq!(keys, KEYS.into());
        assert_eq!((ran.exit, &report["success"]), (1, &json!(false)));
        assert_eq!(report["error"]["kind"], kind);
        let message = report["error"]["message"].as_str().expect("a message");
        assert_eq!(
            ran.stderr.lines().last(),
            Some(format!("pypi-release: {message}").as_str())
        );
    }
    job.assert_nothing_sent();
}

#[test]
fn outside_of_ci_the_index_is_named() {
    let mut job = Job::of_tag();
    job.variables
        .retain(|name, _| name.starts_with("GITHUB_TOKEN"));
    assert_stopped(
        &job,
        &job.release(&[]),
        1,
        &["not a CI job", "--skip route and --index"],
    );
    let unnamed = job.run(job.bare(&["--skip", "route", "--skip", "identity"]));
    assert_stopped(&job, &unnamed, 2, &["the index is not known: use --index"]);

    job.set("UPLOAD", &job.index.user_token().reveal().to_owned());
    let ran = job.release(&["--skip", "route", "--token-env", "UPLOAD", "--json"]);
    assert_eq!(ran.exit, 0, "{}", ran.stderr);
    let report = ran.json();
    let overrides = json!(["the installation was left out", "step route was left out"]);
    assert_eq!(report["overrides"], overrides);
    assert_eq!(job.index.files().len(), 2);
    assert_eq!(
        job.github.log(),
        [""; 0],
        "without an event there is no release of GitHub"
    );
}

#[test]
fn other_events_release_nothing() {
    for (event, reference, said) in [
        ("pull_request", "refs/pull/1/merge", "pull request"),
        ("push", "refs/heads/feature", "feature"),
        ("push", "refs/tags/nightly", "nightly"),
    ] {
        let job = Job::of_tag().on(event, reference);
        let ran = job.release(&[]);
        assert_eq!(
            (ran.exit, ran.stdout.as_str()),
            (0, "nothing to release\n"),
            "{event}: {}",
            ran.stderr
        );
        assert!(ran.stderr.contains(said), "{}", ran.stderr);
        job.assert_nothing_sent();
        assert_eq!((job.index.requests().len(), job.github.log().len()), (0, 0));
    }
}

#[test]
fn only_files_of_this_version_are_released() {
    let job = Job::of_tag();
    let cases = [
        (
            vec![
                testing::wheel("demo", "1.0.0"),
                testing::sdist("demo", "0.9"),
            ],
            "demo-0.9.tar.gz is version 0.9, but the version of this commit is 1.0.0",
        ),
        (
            vec![testing::wheel("demo", "1.0.0+local")],
            "is version 1.0.0+local, but the version of this commit is 1.0.0, because indexes reject the local part: \
             set SETUPTOOLS_SCM_PRETEND_VERSION",
        ),
        (
            vec![
                testing::wheel("demo", "1.0.0"),
                testing::wheel("other", "1.0.0"),
            ],
            "other-1.0.0-py3-none-any.whl does not belong to a project that is released",
        ),
        (vec![], "has no distributions: build them, or name them"),
    ];
    for (files, said) in cases {
        job.build(&files);
        assert_stopped(&job, &job.release(&[]), 1, &[said]);
    }
    let both = [
        testing::wheel("demo", "0.8"),
        testing::wheel("other", "1.0.0"),
    ];
    job.build(&both);
    let said = [
        "is version 0.8",
        "other-1.0.0-py3-none-any.whl",
        "; build the distributions of this commit",
    ];
    assert_stopped(&job, &job.release(&[]), 1, &said);
}

#[test]
fn a_file_that_the_index_rejects_stops_before_anything_is_sent() {
    let job = Job::of_tag();
    let name = job.path("dist/demo-1.0.0-py3-none-any.whl");
    std::fs::write(&name, b"not a wheel").expect("written");
    let ran = job.release(&["--json"]);
    assert_stopped(&job, &ran, 1, &["demo-1.0.0-py3-none-any.whl"]);
    assert_eq!(
        states(&ran.json()),
        ["version done", "route done", "check failed"]
    );
}

#[test]
fn a_dry_run_prints_the_plan_and_needs_no_credentials() {
    let mut job = Job::of_tag();
    job.settings("[gate]\nafter = ['ci.yml']\ncommands = ['touch ran']\n");
    job.variables.retain(|name, _| !name.contains("TOKEN"));
    let ran = job.release(&["--dry-run"]);
    assert_eq!(ran.exit, 0, "{}", ran.stderr);
    assert!(
        ran.stdout.starts_with("would release demo 1.0.0 to "),
        "{}",
        ran.stdout
    );
    for line in [
        "version: demo 1.0.0",
        "gate: would wait for ci.yml, run `touch ran`",
        "identity: would request an ID token",
        "draft: would create a draft with the files and SHA256SUMS",
        "publish: would send 2 files",
        "verify: would compare what the index serves, and install it",
        "github-release: would publish the draft",
    ] {
        assert!(
            ran.stderr.lines().any(|said| said == line),
            "no {line:?} in {}",
            ran.stderr
        );
    }
    assert_eq!((job.index.requests().len(), job.github.log().len()), (0, 0));
    assert!(!job.folder.path().join("ran").exists());
}

#[test]
fn each_step_can_be_left_out_and_the_report_says_so() {
    let job = Job::of_tag();
    for step in ["version", "check", "gate", "identity", "verify"] {
        let report = job.release(&["--json", "--skip", step]).json();
        assert_eq!(report["success"], true, "{report:#}");
        assert!(states(&report).contains(&format!("{step} skipped")));
        let overrides = report["overrides"].as_array().expect("overrides");
        assert!(
            overrides.contains(&json!(format!("step {step} was left out"))),
            "{overrides:?}"
        );
    }
    let job = Job::of_tag();
    job.settings("[release]\nskip = ['github-release', 'publish', 'verify']\n");
    let ran = job.release(&[]);
    let said = "nothing was published: the step publish was left out\n";
    assert_eq!((ran.exit, ran.stdout.as_str()), (0, said), "{}", ran.stderr);
    assert!(
        ran.stderr.contains("draft: skipped"),
        "no draft without its release: {}",
        ran.stderr
    );
    job.assert_nothing_sent();
}

#[test]
fn jobs_of_a_pipeline_run_their_steps_only() {
    let job = Job::of_tag();
    job.ran("ci.yml", "push", &["success"]);
    // The job of the gate has no checkout.
    let folder = tempfile::tempdir().expect("a folder");
    let mut gate = job.bare(&["--only", "gate", "--after", "ci.yml"]);
    gate.current_dir(folder.path());
    let gate = job.run(gate);
    assert_eq!(gate.exit, 0, "{}", gate.stderr);
    assert!(
        gate.stderr
            .contains("gate: ci.yml succeeded (https://github.com/o/r/actions/runs/"),
        "{}",
        gate.stderr
    );
    job.assert_nothing_sent();

    let unknown = job.release(&["--only", "draft"]);
    assert_stopped(&job, &unknown, 2, &["add --only route"]);
    let publish = job.release(&["--only", "route", "--only", "publish"]);
    assert_eq!(
        (publish.exit, job.index.files().len()),
        (0, 2),
        "{}",
        publish.stderr
    );
    assert_eq!(job.github.writes(), [""; 0]);
    let rest = [
        "--only",
        "route",
        "--only",
        "verify",
        "--only",
        "github-release",
    ];
    let rest = job.release(&rest);
    assert_eq!(rest.exit, 0, "{}", rest.stderr);
    assert!(
        !job.github.state().releases[0].draft,
        "the draft is made when it is missing"
    );
}

#[test]
fn the_gate_waits_for_the_workflow_of_the_commit() {
    for (event, runs, said) in [
        (
            "push",
            &["failure"][..],
            "workflow ci.yml ended with failure for this commit (https://github.com/o/r/actions/runs/",
        ),
        (
            "push",
            &["in_progress"],
            "workflow ci.yml did not succeed within 1.0 s: the run is in_progress",
        ),
        ("push", &["waiting"], "it waits for an approval: approve it"),
        (
            "push",
            &[],
            "there is no run for this commit yet: check the name of its file",
        ),
        (
            "pull_request",
            &["success"],
            "there is no run for this commit yet",
        ),
    ] {
        let job = Job::of_tag();
        job.settings("[gate]\ntimeout = '1s'\n");
        if !runs.is_empty() {
            job.ran("ci.yml", event, runs);
        }
        let ran = job.release(&["--after", "ci.yml"]);
        assert_stopped(&job, &ran, 1, &[said, "nothing was sent"]);
    }
    let job = Job::of_tag();
    job.settings("[gate]\ntimeout = '1s'\nafter = ['ci.yml']\n");
    job.ran("ci.yml", "push", &["in_progress", "success"]);
    let ran = job.release(&[]);
    assert_eq!(ran.exit, 0, "{}", ran.stderr);
    assert!(
        ran.stderr
            .contains("waiting for ci.yml: the run is in_progress"),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_command_of_the_gate_stops_the_release_and_sees_no_secret() {
    let mut job = Job::of_tag();
    for name in ["HOOK", "UPLOAD", "MY_SECRET"] {
        job.set(name, &format!("{HUSH}-{name}"));
    }
    job.set("KIND", "of the project");
    job.settings("[webhook]\nurl-env = 'HOOK'\n[gate]\ncommands = ['env > seen', 'echo ::error::told; echo why >&2; exit 7']\n");
    let ran = job.release(&["--token-env", "UPLOAD"]);
    let said = [
        "  | ::error::told\n  | why\n",
        "the gate's command `echo ::error::told",
        "exited with code 7: nothing was sent",
    ];
    assert_stopped(&job, &ran, 1, &said);
    let seen = job.read("seen");
    assert!(seen.contains("KIND=of the project"), "{seen}");
    for secret in [HUSH, TOKEN, "ACTIONS_ID_TOKEN"] {
        assert!(!seen.contains(secret), "{secret} in {seen}");
    }
    job.settings("[gate]\ntimeout = '1s'\ncommands = ['sleep 600']\n");
    assert_stopped(
        &job,
        &job.release(&[]),
        1,
        &["`sleep 600` took longer than 1.0 s"],
    );
}

#[test]
fn a_job_without_an_identity_leaves_no_draft() {
    let mut job = Job::of_tag();
    job.variables
        .retain(|name, _| !name.starts_with("ACTIONS_ID_TOKEN"));
    let ran = job.release(&["--json"]);
    assert_stopped(&job, &ran, 1, &["id-token: write"]);
    assert_eq!(
        states(&ran.json()).last().map(String::as_str),
        Some("identity failed")
    );
}

#[test]
fn a_job_without_a_token_for_github_uploads_nothing() {
    let mut job = Job::of_tag();
    job.variables.remove("GITHUB_TOKEN");
    assert_stopped(
        &job,
        &job.release(&[]),
        1,
        &["GITHUB_TOKEN", "contents: write"],
    );
}

#[test]
fn a_refused_upload_leaves_a_draft_that_the_next_run_publishes() {
    let job = Job::of_tag();
    let fault = Fault::on(Route::Upload).respond(400, "text/plain", "400 The name is too similar");
    job.index.add_fault(fault);
    let ran = job.release(&["--json"]);
    assert_eq!(ran.exit, 1, "{}", ran.stderr);
    let report = ran.json();
    assert_eq!(
        states(&report).last().map(String::as_str),
        Some("publish failed")
    );
    assert_eq!(report["publication"]["token_burned"], true);
    assert_eq!(report["github_releases"], json!([]));
    let drafts = || {
        job.github
            .state()
            .releases
            .iter()
            .map(|release| release.draft)
            .collect::<Vec<_>>()
    };
    assert_eq!(drafts(), [true], "the draft was there before the upload");

    job.index.clear_faults();
    let ran = job.release(&[]);
    assert_eq!((ran.exit, drafts()), (0, vec![false]), "{}", ran.stderr);
}

#[test]
fn a_release_that_is_not_verified_stays_a_draft() {
    let job = Job::of_tag();
    let fault = Fault::on(Route::File).path_contains(".whl");
    job.index
        .add_fault(fault.respond(200, "application/octet-stream", "other"));
    let ran = job.release(&["--json"]);
    assert_eq!(ran.exit, 1, "{}", ran.stderr);
    let report = ran.json();
    assert_eq!(
        states(&report).last().map(String::as_str),
        Some("verify failed")
    );
    assert_eq!(
        report["verification"]["files"][0]["verification"],
        "different"
    );
    assert!(job.github.state().releases[0].draft);
}

#[test]
fn a_draft_may_be_left_for_a_person() {
    let job = Job::of_tag();
    job.settings("[github]\ndraft-only = true\n");
    let ran = job.release(&[]);
    assert_eq!(ran.exit, 0, "{}", ran.stderr);
    assert!(
        ran.stderr
            .contains("github-release: not needed, the draft is left for a person"),
        "{}",
        ran.stderr
    );
    assert!(job.github.state().releases[0].draft);
}

#[test]
fn the_release_that_started_the_run_is_not_touched() {
    let job = Job::of_tag().on("release", "refs/tags/v1.0.0");
    job.github.state().add("v1.0.0", false, "By hand.");
    let event = job.path("event.json");
    std::fs::write(
        &event,
        r#"{"action": "published", "release": {"tag_name": "v1.0.0", "prerelease": false}}"#,
    )
    .expect("written");
    let mut command = job.command(&["--json"]);
    command.env("GITHUB_EVENT_PATH", event);
    let ran = job.run(command);
    assert_eq!(ran.exit, 0, "{}", ran.stderr);
    let states = states(&ran.json());
    assert!(
        states.contains(&"draft not_needed".to_owned()),
        "{states:?}"
    );
    assert!(
        states.contains(&"github-release not_needed".to_owned()),
        "{states:?}"
    );
    assert_eq!((job.github.writes(), job.index.files().len()), (vec![], 2));
}

#[test]
fn a_tag_releases_its_project_of_several() {
    let pyproject = |name: &str, more: &str| {
        format!("[project]\nname = '{name}'\ndynamic = ['version']\n{more}")
    };
    let core = pyproject("mono-core", "");
    let app = pyproject("mono-app", "dependencies = ['mono-core']\n");
    let job = Job::new(&[
        ("pypi-release.toml", "projects = ['packages/*']\n"),
        ("packages/app/pyproject.toml", &app),
        ("packages/core/pyproject.toml", &core),
    ]);
    for tag in ["mono-app-v1.0.0", "mono-core-v2.0.0"] {
        job.tag(tag);
    }
    let job = job.on("push", "refs/tags/mono-core-v2.0.0");
    job.build(&[
        testing::wheel("mono_core", "2.0.0"),
        testing::wheel("mono_app", "1.0.0"),
    ]);
    let said = "mono_app-1.0.0-py3-none-any.whl does not belong to a project that is released";
    assert_stopped(&job, &job.release(&[]), 1, &[said]);

    job.build(&[testing::wheel("mono_core", "2.0.0")]);
    let report = job.release(&["--json"]).json();
    assert_eq!(report["success"], true, "{report:#}");
    assert_eq!(report["projects"].as_array().map(Vec::len), Some(1));
    assert_eq!(report["projects"][0]["name"], "mono-core");
    let tags: Vec<String> = job
        .github
        .state()
        .releases
        .iter()
        .map(|release| release.tag.clone())
        .collect();
    assert_eq!(tags, ["mono-core-v2.0.0"]);

    let ran = job.release(&["--project", "mono-ap"]);
    let said = "there is no project \"mono-ap\": expected one of mono-core, mono-app";
    assert_eq!(ran.exit, 2);
    assert!(ran.stderr.contains(said), "{}", ran.stderr);
    let other = job.release(&["--project", "Mono.App"]);
    assert_eq!(
        (other.exit, other.stdout.as_str()),
        (0, "nothing to release\n"),
        "{}",
        other.stderr
    );
}

#[test]
fn results_go_to_later_steps_and_the_summary() {
    let job = Job::of_tag();
    let with_outputs = |job: &Job, arguments: &[&str]| -> Command {
        let mut command = job.command(&[arguments, &["--github-output"]].concat());
        command.env("GITHUB_OUTPUT", job.path("output"));
        command.env("GITHUB_STEP_SUMMARY", job.path("summary"));
        command
    };
    job.settings("[gate]\ncommands = ['exit 1 # | <b>']\n");
    assert_eq!(job.run(with_outputs(&job, &[])).exit, 1);
    let name = job
        .index
        .upload_url()
        .host_str()
        .expect("a host")
        .to_owned();
    let failed = format!("success=false\nindex={name}\nreleased=[]\ngithub_releases=[]\n");
    assert_eq!(job.read("output"), failed);
    let summary = job.read("summary");
    assert!(
        summary.starts_with("### Release failed\n\n| step | | seconds |\n"),
        "{summary}"
    );
    assert!(summary.contains("exit 1 \\# \\| \\<b\\>"), "{summary}");

    job.settings("");
    let ran = job.run(with_outputs(&job, &[]));
    assert_eq!(ran.exit, 0, "{}", ran.stderr);
    let output = job.read("output");
    let output = output.strip_prefix(&failed).expect("appended");
    let start =
        format!("success=true\nindex={name}\nreleased=[\"demo 1.0.0\"]\ngithub_releases=[\"http");
    assert!(output.starts_with(&start), "{output}");
    let ran = job.release(&["--github-output"]);
    assert_eq!(ran.exit, 0, "what was released is released");
    assert!(
        ran.stderr
            .contains("warning: variable GITHUB_OUTPUT is not set"),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_moved_tag_is_not_released() {
    let job = Job::of_tag();
    git(
        job.folder.path(),
        &["commit", "--quiet", "--allow-empty", "--message", "later"],
    );
    assert_stopped(&job, &job.release(&[]), 1, &["demo: not-head: "]);
}
