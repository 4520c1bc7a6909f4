//! `release`: the chain. `.ci/interop.d/release` runs it with real builds and installations, and kills it at every step.

use std::{collections::BTreeSet, process::Command};

use pypi_metadata::testing;
use serde_json::{Value, json};

use crate::job::{Job, assert_stopped, states};

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
