//! `init`.

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

fn make_folder(path: &Path) {
    std::fs::create_dir_all(path).expect("a folder");
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
fn each_project_of_a_repository_has_a_workflow() {
    let folder = checkout("main");
    for (project, version) in [
        ("core", "dynamic = ['version']"),
        ("cli", "version = '1.0'"),
    ] {
        let path = folder.path().join("packages").join(project);
        make_folder(&path);
        write(
            &path,
            "pyproject.toml",
            &format!("[project]\nname = 'demo-{project}'\n{version}\n"),
        );
    }
    let projects = [
        "github",
        "--project",
        "packages/core",
        "--project",
        "./packages/cli/",
    ];
    let ran = init(folder.path(), &projects);
    assert_eq!(ran.exit, 0, "{}", ran.stderr);
    let text = read(folder.path(), ".github/workflows/release-demo-cli.yml");
    for wanted in [
        "tags: [\"demo-cli-v*\"]",
        "paths: [\"packages/cli/**\", \".github/workflows/release-demo-cli.yml\"]",
        "route --root packages/cli --tag-prefix demo-cli- --repository octo-org/demo",
        "--install --index pypi --root packages/cli dist/*",
        "pypi-release bump \"$VERSION\" --root packages/cli\n",
        "python -m build --outdir dist packages/cli\n",
        "group: pypi-release-demo-cli-",
    ] {
        assert!(text.contains(wanted), "{wanted}: {text}");
    }
    let text = read(folder.path(), ".github/workflows/release-demo-core.yml");
    assert!(text.contains("SETUPTOOLS_SCM_PRETEND_VERSION: ${{ needs.route.outputs.version }}"));
    let json = init(folder.path(), &[projects.as_slice(), &["--json"]].concat()).json();
    assert_eq!(json["publishers"].as_array().map(Vec::len), Some(4));
    assert_eq!(
        json["publishers"][3]["registration"]["workflow_filename"],
        "release-demo-cli.yml"
    );
    assert_eq!(json["files"][0]["status"], "unchanged");

    let twice = [
        "github",
        "--project",
        "packages/core",
        "--project",
        "packages/core",
    ];
    assert_eq!(init(folder.path(), &twice).exit, 2);
    assert_eq!(
        init(folder.path(), &["github", "--project", "../other"]).exit,
        2
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

#[test]
fn settings_name_the_projects_the_branch_and_the_tests() {
    let folder = checkout("main");
    for project in ["core", "cli"] {
        make_folder(&folder.path().join("packages").join(project));
        let text = format!("[project]\nname = 'Demo.{project}'\nversion = '1'\n");
        let path = folder.path().join("packages").join(project);
        write(&path, "pyproject.toml", &text);
    }
    let settings = "projects = ['packages/*']\n[route]\ndefault-branch = 'dev'\nrepository = 'o/r'\n[gate]\nafter = ['all.yml']\n";
    write(folder.path(), "pypi-release.toml", settings);
    let ran = init(folder.path(), &["github"]);
    assert_eq!(ran.exit, 0, "{}", ran.stderr);
    let text = read(folder.path(), ".github/workflows/release-demo-core.yml");
    for wanted in [
        "branches: [\"dev\"]",
        "tags: [\"demo-core-v*\"]",
        "route --root packages/core --repository o/r --default-branch dev",
        "--after all.yml",
    ] {
        assert!(text.contains(wanted), "{wanted}: {text}");
    }
    let ran = init(folder.path(), &["gitlab"]);
    assert_eq!(ran.exit, 0, "{}", ran.stderr);
    let text = read(folder.path(), ".gitlab/pypi-release-demo-cli.yml");
    assert!(
        text.contains("pypi-release-demo-cli-build:\n") && text.contains("=~ /^demo-cli-v.*$/"),
        "{text}"
    );
}

#[test]
fn what_is_missing_is_named_with_its_remedy() {
    let folder = tempfile::tempdir().expect("a folder");
    let says = |arguments: &[&str], text: &str| {
        let ran = init(folder.path(), arguments);
        assert!(
            ran.exit != 0 && ran.stderr.contains(text),
            "{text}: {}",
            ran.stderr
        );
    };
    says(&["github"], "is not in a git checkout");
    git(folder.path(), &["init", "--quiet"]);
    says(&["github"], "pyproject.toml");
    write(folder.path(), "pyproject.toml", "[project]\n");
    says(&["github"], "has no project.name");
    write(
        folder.path(),
        "pyproject.toml",
        "[project]\nname = 'demo'\nversion = '1.0'\n",
    );
    says(&["github"], "or give --repository");
    says(&["github", "--repository", "demo"], "expected OWNER/NAME");
    says(
        &["github", "--repository", "o/r", "--file", "../x.yml"],
        "expected a name such as release.yml",
    );
}

#[test]
fn names_of_others_are_not_run() {
    let folder = checkout("main");
    let branch = "a';id${{github.token}}";
    let ran = init(folder.path(), &["github", "--default-branch", branch]);
    assert_eq!(ran.exit, 1);
    assert!(
        ran.stderr.contains("cannot be written to a workflow"),
        "{}",
        ran.stderr
    );
    let text = workflow(
        folder.path(),
        &["github", "--default-branch", "a';id;\"$(id)"],
    );
    assert!(
        text.contains(r#"--default-branch 'a'\\'';id;\"$(id)' --github-output"#),
        "{text}"
    );
    write(
        folder.path(),
        "pyproject.toml",
        "[project]\nname = 'x\"; id'\nversion = '1'\n",
    );
    assert_eq!(init(folder.path(), &["github", "--force"]).exit, 1);
}

#[test]
#[cfg(unix)]
#[expect(clippy::disallowed_methods, reason = "a test's own folder")]
fn nothing_is_written_through_a_link() {
    let folder = checkout("main");
    let outside = tempfile::tempdir().expect("a folder");
    std::os::unix::fs::symlink(outside.path(), folder.path().join(".github")).expect("a link");
    let ran = init(folder.path(), &["github"]);
    assert_eq!(ran.exit, 1);
    assert!(ran.stderr.contains("symbolic link"), "{}", ran.stderr);
    assert_eq!(
        std::fs::read_dir(outside.path()).expect("a folder").count(),
        0
    );
}

#[test]
fn a_remote_that_names_no_repository_is_not_written() {
    for url in [
        "https://github.com/../..",
        "https://github.com/o/r?x#y",
        "https://github.com/o/\"; rm",
        "https://github.com/o//r",
        "https://github.com/g/o/r",
    ] {
        let folder = checkout("main");
        git(folder.path(), &["remote", "set-url", "origin", url]);
        let ran = init(folder.path(), &["github", "--json"]);
        assert_eq!(ran.exit, 2, "{url}");
        assert!(ran.stderr.contains("expected OWNER/NAME"), "{}", ran.stderr);
        assert!(!folder.path().join(WORKFLOW).exists(), "{url}");
        for key in ["files", "actions", "publishers", "notes"] {
            assert!(ran.json().get(key).is_some(), "{key}");
        }
    }
}
