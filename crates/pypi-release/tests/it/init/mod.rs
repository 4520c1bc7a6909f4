//! `init`.

mod projects;
mod rejected;

use std::path::Path;

use tempfile::TempDir;

use crate::command::{Ran, pypi_release, text};
use crate::version::{git, read, write};

const WORKFLOW: &str = ".github/workflows/release.yml";

/// A checkout of a project whose remote is on GitHub.
fn checkout(branch: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    git(
        folder.path(),
        &["init", "--quiet", "--initial-branch", branch],
    );
    let remote = "git@github.com:octo-org/demo.git";
    git(folder.path(), &["remote", "add", "origin", remote]);
    let project = "[project]\nname = 'demo'\ndynamic = ['version']\n";
    write(folder.path(), "pyproject.toml", project);
    folder
}

fn init(folder: &Path, arguments: &[&str]) -> Ran {
    let (service, options) = arguments.split_first().expect("a service");
    pypi_release(&[&["init", service, "--root", text(folder)], options].concat())
}

fn workflow(folder: &Path, arguments: &[&str]) -> String {
    let ran = init(folder, arguments);
    assert_eq!(ran.exit, 0, "{}", ran.stderr);
    read(folder, WORKFLOW)
}

#[expect(clippy::disallowed_methods, reason = "a test's own folder")]
fn write_workflow(folder: &Path, name: &str, content: &str) {
    let path = folder.join(".github/workflows");
    std::fs::create_dir_all(&path).expect("a folder");
    std::fs::write(path.join(name), content).expect("written");
}

#[test]
fn attestations_are_signed_by_a_job_of_their_own() {
    let folder = checkout("main");
    let plain = workflow(folder.path(), &["github"]);
    assert!(!plain.contains("attest"), "{plain}");
    let text = workflow(folder.path(), &["github", "--attest", "--force"]);
    let job = text.split("\n  attest:\n").nth(1).expect("a job");
    let job = job.split("\n\n").next().expect("an end");
    assert!(
        job.contains("    permissions:\n      id-token: write #"),
        "{job}"
    );
    let command = "        run: pypi-release attest sign --output-dir attestations dist/*\n";
    assert!(job.contains(command), "{job}");
    for index in ["testpypi", "pypi"] {
        let command = format!("run: pypi-release publish --attest --index {index} --sums");
        assert_eq!(text.matches(&command).count(), 1, "{text}");
    }
    // Those of the two indexes, of the draft and of the release.
    let received = "artifact-ids: ${{ needs.attest.outputs.artifact }}\n          path: dist\n";
    assert_eq!(text.matches(received).count(), 4, "{text}");
    let check = init(folder.path(), &["github", "--attest", "--check"]);
    assert_eq!(check.exit, 0, "the head of the file names the option");
}

#[test]
fn it_writes_once_and_reports_drift() {
    let folder = checkout("trunk");
    assert_eq!(init(folder.path(), &["github", "--check"]).exit, 1);
    let ran = init(folder.path(), &["github"]);
    assert_eq!(ran.exit, 0, "{}", ran.stderr);
    assert!(ran.stdout.starts_with(&format!("{WORKFLOW}: written\n")));
    let link = "https://pypi.org/manage/project/demo/settings/publishing/?provider=github&owner=octo-org&repository=demo&workflow_filename=release.yml&environment=pypi\n";
    assert!(ran.stdout.contains(link), "{}", ran.stdout);
    assert_eq!(
        init(folder.path(), &["github"]).stdout.lines().next(),
        Some(".github/workflows/release.yml: unchanged")
    );
    assert_eq!(init(folder.path(), &["github", "--check"]).exit, 0);

    let wanted = read(folder.path(), WORKFLOW);
    let changed = wanted.replace("timeout-minutes: 30", "timeout-minutes: 31");
    write_workflow(folder.path(), "release.yml", &changed);
    let drift = init(folder.path(), &["github", "--check"]);
    assert_eq!(
        (drift.exit, drift.stdout.as_str()),
        (
            1,
            ".github/workflows/release.yml: different\n  -    timeout-minutes: 31\n  +    timeout-minutes: 30\n"
        )
    );
    let refused = init(folder.path(), &["github"]);
    assert_eq!(refused.exit, 1);
    assert!(
        refused.stderr.contains("replace it with --force"),
        "{}",
        refused.stderr
    );
    assert_eq!(read(folder.path(), WORKFLOW), changed);
    assert_eq!(init(folder.path(), &["github", "--force"]).exit, 0);
    assert_eq!(read(folder.path(), WORKFLOW), wanted);
}

#[test]
fn the_default_branch_is_what_git_says() {
    let folder = checkout("master");
    assert!(workflow(folder.path(), &["github"]).contains("branches: [\"master\"]"));
    let of_origin = [
        "symbolic-ref",
        "refs/remotes/origin/HEAD",
        "refs/remotes/origin/release/2.x",
    ];
    git(folder.path(), &of_origin);
    let text = workflow(folder.path(), &["github", "--force"]);
    assert!(text.contains("branches: [\"release/2.x\"]"), "{text}");
    let text = workflow(
        folder.path(),
        &["github", "--force", "--default-branch", "a+b"],
    );
    assert!(text.contains("branches: [\"a\\\\+b\"]"), "{text}");
    assert!(
        text.contains("--default-branch a+b --github-output"),
        "{text}"
    );
}

#[test]
fn only_publishing_jobs_have_the_id_token() {
    let folder = checkout("main");
    for on in ["push", "release", "dispatch"] {
        let text = workflow(folder.path(), &["github", "--force", "--on", on]);
        assert_eq!(text.matches("id-token: write").count(), 2, "{on}");
        let jobs: Vec<&str> = text.split("\n\n  ").collect();
        for job in jobs.iter().filter(|job| job.contains("id-token")) {
            let name = job.trim_start().lines().next().unwrap_or_default();
            assert!(matches!(name, "testpypi:" | "pypi:"), "{name}");
            assert!(
                !job.contains("actions/checkout") && job.contains("environment:"),
                "{job}"
            );
        }
        assert!(text.contains("\npermissions: {}\n") && !text.contains("cancel-in-progress: true"));
        assert!(!text.contains("secrets."), "no secret is needed: {text}");
    }
    let push = workflow(folder.path(), &["github", "--force"]);
    assert!(push.contains("needs: [route, build, verify-testpypi, draft]"));
    assert_eq!(push.matches("contents: write").count(), 2);
    let release = workflow(folder.path(), &["github", "--force", "--on", "release"]);
    assert_eq!(release.matches("contents: write").count(), 1);
    assert!(release.contains("--append-install"), "{release}");
    assert!(!release.contains("--draft-only"), "{release}");
    assert!(
        release.contains(
            "if: needs.route.outputs.index == 'pypi' && !github.event.release.prerelease\n"
        )
    );
    assert!(release.contains("--prereleases testpypi"));
}

#[test]
fn tests_are_called_or_waited_for() {
    let folder = checkout("main");
    let none = init(folder.path(), &["github"]);
    assert!(
        none.stderr.contains("no tests were found"),
        "{}",
        none.stderr
    );
    let jobs = "jobs:\n  test:\n    runs-on: ubuntu-latest\n    steps: [{run: tox}]\n";
    write_workflow(folder.path(), "ci.yml", &format!("on: push\n{jobs}"));
    let text = workflow(folder.path(), &["github", "--force"]);
    assert!(
        text.contains("--after ci.yml") && text.contains("needs: [build, check, gate]"),
        "{text}"
    );
    write_workflow(
        folder.path(),
        "ci.yml",
        &format!("on: [push, workflow_call]\n{jobs}"),
    );
    let text = workflow(folder.path(), &["github", "--force"]);
    assert!(
        text.contains("uses: \"./.github/workflows/ci.yml\""),
        "{text}"
    );
    assert!(
        text.contains("needs: [build, check, tests]") && !text.contains("gate"),
        "{text}"
    );
}

#[test]
fn gitlab_has_a_pipeline_of_its_own_or_a_part_of_one() {
    let folder = checkout("main");
    let remote = "https://gitlab.com/group/sub/demo.git";
    git(folder.path(), &["remote", "set-url", "origin", remote]);
    let ran = init(folder.path(), &["gitlab"]);
    assert_eq!(ran.exit, 0, "{}", ran.stderr);
    assert!(
        ran.stdout.contains("namespace=group%2Fsub&project=demo"),
        "{}",
        ran.stdout
    );
    let text = read(folder.path(), ".gitlab-ci.yml");
    assert!(
        text.contains("stages: [deploy]") && text.contains("aud: testpypi"),
        "{text}"
    );
    assert_eq!(init(folder.path(), &["gitlab", "--check"]).exit, 0);

    write(folder.path(), ".gitlab-ci.yml", "test:\n  script: tox\n");
    let ran = init(folder.path(), &["gitlab"]);
    assert!(
        ran.stderr
            .contains("add `- local: .gitlab/pypi-release.yml`"),
        "{}",
        ran.stderr
    );
    let part = read(folder.path(), ".gitlab/pypi-release.yml");
    assert!(
        part.contains("  stage: .post\n") && !part.contains("stages:"),
        "{part}"
    );
    assert!(
        ran.stdout.contains("workflow_filepath=.gitlab-ci.yml"),
        "{}",
        ran.stdout
    );
}
