//! Which of the files are published: one version of a project, and none that is private.
#![expect(clippy::disallowed_methods, reason = "a test's own files")]

use std::fs;

use pypi_local_index::LocalIndex;
use pypi_metadata::testing::{self, TestDistribution};
use tempfile::TempDir;

use crate::{
    command::{command, publish_to, run, text, write},
    job::Job,
};

fn folder(files: &[TestDistribution]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join("dist")).expect("made");
    for file in files {
        write(&folder, &format!("dist/{}", file.filename), &file.bytes);
    }
    folder
}

fn private(name: &str) -> TestDistribution {
    let metadata = testing::metadata(name, "1.0");
    let metadata = metadata.replace("Summary:", "Classifier: Private :: Do Not Upload\nSummary:");
    testing::wheel_with(name, "1.0", &metadata)
}

fn stored(index: &LocalIndex) -> usize {
    index.files().len()
}

#[test]
fn two_versions_are_an_error_before_anything_is_sent() {
    let folder = folder(&[testing::wheel("demo", "1.0"), testing::wheel("demo", "1.1")]);
    let index = LocalIndex::start().expect("an index");
    let root = folder.path();
    let dist = root.join("dist");
    let arguments = ["--root", text(root), text(&dist)];
    let ran = publish_to(&index, &arguments);
    assert_eq!(
        (ran.exit, ran.stderr.as_str()),
        (
            1,
            "pypi-release: (the files together): the files of demo are of 2 versions: 1.0 (demo-1.0-py3-none-any.whl), 1.1 (demo-1.1-py3-none-any.whl); empty the folder before the build, or allow several versions (--all-versions)\n"
        )
    );
    assert!(index.requests().is_empty());
    let ran = publish_to(&index, &[&arguments[..], &["--all-versions"]].concat());
    assert_eq!((ran.exit, stored(&index)), (0, 2), "{}", ran.stderr);

    let index = LocalIndex::start().expect("an index");
    write(
        &folder,
        "pyproject.toml",
        b"[tool.pypi-release.publish]\nall-versions = true\n",
    );
    let ran = publish_to(&index, &arguments);
    assert_eq!((ran.exit, stored(&index)), (0, 2), "{}", ran.stderr);
}

#[test]
fn private_files_are_left_out_and_named() {
    let folder = folder(&[private("secret"), testing::wheel("demo", "1.0")]);
    let index = LocalIndex::start().expect("an index");
    let dist = folder.path().join("dist");
    let secret = dist.join("secret-1.0-py3-none-any.whl");
    let ran = publish_to(&index, &[text(&dist)]);
    assert_eq!((ran.exit, stored(&index)), (1, 0), "PyPI rejects it");
    let line = format!(
        "{}: it is left out: it has the classifier \"Private :: Do Not Upload\"",
        secret.display()
    );
    let ran = publish_to(&index, &["--skip-private", text(&dist)]);
    assert_eq!((ran.exit, stored(&index)), (0, 1), "{}", ran.stderr);
    assert!(ran.stderr.lines().any(|at| at == line), "{}", ran.stderr);
    let ran = publish_to(&index, &["--skip-private", "--json", text(&dist)]);
    let report = ran.json();
    let problem = &report["problems"][0];
    assert_eq!(problem["rule"], "private-skipped");
    assert_eq!(problem["path"], text(&secret));

    let sums = folder.path().join("SHA256SUMS");
    assert_eq!(
        publish_to(
            &index,
            &["--skip-private", "--write-sums", text(&sums), text(&dist)]
        )
        .exit,
        0
    );
    let written = fs::read_to_string(&sums).expect("digests");
    assert!(
        written.contains("demo") && !written.contains("secret"),
        "{written}"
    );
    let all = run(command(["check", "--write-sums", text(&sums), text(&dist)]));
    assert_eq!(all.exit, 1, "{}", all.stdout);
    let ran = publish_to(
        &index,
        &["--skip-private", "--sums", text(&sums), text(&dist)],
    );
    assert_eq!(ran.exit, 0, "it may list what is left out: {}", ran.stderr);
}

#[test]
fn a_run_of_private_files_succeeds_and_says_that_nothing_was_sent() {
    let folder = folder(&[private("secret")]);
    write(
        &folder,
        "pyproject.toml",
        b"[tool.pypi-release.publish]\nskip-private = true\n",
    );
    for dry_run in [&[][..], &["--dry-run"]] {
        // Outside of any job, without credentials.
        let mut command = command(["publish"]);
        command.args(dry_run).current_dir(folder.path());
        let ran = run(command);
        assert_eq!(
            (ran.exit, ran.stdout.as_str()),
            (
                0,
                "nothing was sent: every file is left out, because it is private\n"
            ),
            "{}",
            ran.stderr
        );
        assert!(
            ran.stderr.contains("Private :: Do Not Upload"),
            "{}",
            ran.stderr
        );
    }
}

#[test]
fn a_project_whose_files_are_private_is_not_released() {
    let private = |version| {
        let metadata = testing::metadata("demo", version);
        let metadata = metadata.replace("Summary:", "Classifier: Private :: Mine\nSummary:");
        testing::wheel_with("demo", version, &metadata)
    };
    let job = Job::of_tag();
    job.build(&[private("1.0.0")]);
    assert_eq!(job.release(&[]).exit, 1, "PyPI rejects it");
    let ran = job.release(&["--json", "--skip-private"]);
    assert_eq!(ran.exit, 0, "{}{}", ran.stdout, ran.stderr);
    let report = ran.json();
    let ended = "every distribution is private: nothing is sent";
    assert!(report["steps"].to_string().contains(ended), "{report}");
    job.assert_nothing_sent();
    assert!(
        ran.stderr.contains("it is left out: it is private"),
        "{}",
        ran.stderr
    );

    // The rest of a release is published without it.
    job.build(&[private("1.0.0"), testing::sdist("demo", "1.0.0")]);
    job.settings("[publish]\nskip-private = true\n");
    let ran = job.release(&["--json"]);
    assert_eq!(ran.exit, 0, "{}{}", ran.stdout, ran.stderr);
    assert_eq!(stored(&job.index), 1);
    assert_eq!(
        ran.json()["verification"]["files"][0]["verification"],
        "confirmed"
    );
}
