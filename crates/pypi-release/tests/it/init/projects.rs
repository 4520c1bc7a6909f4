//! The workflows of a repository with several projects.

use std::path::Path;

use super::{checkout, init};
use crate::version::{read, write};

fn make_folder(path: &Path) {
    std::fs::create_dir_all(path).expect("a folder");
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
