//! Each source of credentials, on an index that accepts exactly these.

use std::{path::Path, process::Command};

use pypi_local_index::LocalIndex;
use serde_json::Value;
use tempfile::TempDir;

use crate::{
    command::{DIST, Ran, command, run, text, write},
    guarded_index::GuardedIndex,
};

pub(crate) const USER: &str = "release-bot";
pub(crate) const PASSWORD: &str = "hush-5:#p%ss w;rd";

/// What a test sets up: options, and variables.
#[derive(Default)]
pub(crate) struct Setup {
    options: Vec<String>,
    variables: Vec<(&'static str, String)>,
}

impl Setup {
    pub(crate) fn option(mut self, option: impl Into<String>) -> Self {
        self.options.push(option.into());
        self
    }

    pub(crate) fn variable(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.variables.push((name, value.into()));
        self
    }

    pub(crate) fn command(&self, index: &str, more: &[&str]) -> Command {
        self.verb(&["publish", "--attempts", "1", "--index", index], more)
    }

    pub(crate) fn verb(&self, verb: &[&str], more: &[&str]) -> Command {
        let mut command = self.verb_without_options(verb, more);
        command.args(&self.options);
        command
    }

    /// A verb that has the variables only.
    pub(crate) fn verb_without_options(&self, verb: &[&str], more: &[&str]) -> Command {
        let mut command = command(verb);
        command.args(more);
        for (name, value) in &self.variables {
            command.env(name, value);
        }
        command
    }
}

pub(crate) fn home(name: &str, content: &str) -> (TempDir, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = write(&folder, name, content.as_bytes());
    restrict(&path, 0o600);
    let home = text(folder.path()).to_owned();
    (folder, home)
}

#[cfg(unix)]
pub(crate) fn restrict(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    let permissions = std::fs::Permissions::from_mode(mode);
    std::fs::set_permissions(path, permissions).expect("its permissions are set");
}

#[cfg(not(unix))]
pub(crate) fn restrict(_: &Path, _: u32) {}

/// No output has a secret, or the header that is made of it.
#[track_caller]
pub(crate) fn assert_silent(ran: &Ran, audit: &str) {
    for text in [&ran.stdout, &ran.stderr, audit] {
        for secret in [
            PASSWORD,
            "hush",
            "aHVz",
            "cmVsZWFzZS1ib3Q6",
            "X190b2tlbl9fO",
        ] {
            assert!(!text.contains(secret), "{secret:?} in {text}");
        }
    }
}

/// Publishes with these credentials, and checks what the report says of them.
#[track_caller]
pub(crate) fn assert_published(
    index: &GuardedIndex,
    upload_url: &str,
    setup: &Setup,
    expected: &str,
) {
    let folder = tempfile::tempdir().expect("a folder");
    let audit = folder.path().join("audit");
    let audit = text(&audit);
    for more in [&["--json", DIST[0]][..], &["--verbose", DIST[1]]] {
        let mut command = setup.command(upload_url, more);
        command.args(["--audit", audit, "--no-verify"]);
        let ran = run(command);
        assert_eq!(ran.exit, 0, "{} {}", ran.stdout, ran.stderr);
        #[expect(clippy::disallowed_methods, reason = "a test's own file")]
        let audit = std::fs::read_to_string(audit).expect("an audit trail");
        assert_silent(&ran, &audit);
        assert!(
            audit.contains(&Value::from(expected).to_string()),
            "{expected}: {audit}"
        );
    }
    assert_eq!(index.stored(), 2);
    for request in index.requests() {
        // The pages of an index like GitLab are private.
        assert!(request.is_authorized, "{request:?}");
        assert!(
            request.method == "GET" || request.status == 200,
            "{request:?}"
        );
    }
}

#[test]
fn a_token_in_a_variable() {
    let password = PASSWORD.replace(' ', "");
    let token = |name: &'static str| Setup::default().variable(name, password.clone());
    for (setup, expected) in [
        (token("MINE").option("--token-env=MINE"), "token (MINE)"),
        (token("UV_PUBLISH_TOKEN"), "token (UV_PUBLISH_TOKEN)"),
        (
            token("TWINE_PASSWORD").variable("TWINE_USERNAME", "__token__"),
            "token (TWINE_PASSWORD)",
        ),
        (
            token("UV_PUBLISH_TOKEN")
                .variable("TWINE_PASSWORD", password.clone())
                .variable("TWINE_USERNAME", "__token__"),
            "token (UV_PUBLISH_TOKEN, TWINE_PASSWORD)",
        ),
    ] {
        let index = GuardedIndex::start("__token__", &password);
        assert_published(&index, &format!("{}/", index.root), &setup, expected);
    }
}

#[test]
fn a_user_name_and_a_password_in_variables() {
    let uv = Setup::default()
        .variable("UV_PUBLISH_USERNAME", USER)
        .variable("UV_PUBLISH_PASSWORD", PASSWORD);
    let twine = Setup::default()
        .variable("TWINE_USERNAME", USER)
        .variable("TWINE_PASSWORD", PASSWORD);
    let options = Setup::default()
        .option("--username=release-bot")
        .option("--password-env=MINE")
        .variable("MINE", PASSWORD)
        .variable("UV_PUBLISH_TOKEN", "pypi-another-that-the-options-replace");
    for (setup, expected) in [
        (uv, "basic (UV_PUBLISH_PASSWORD)"),
        (twine, "basic (TWINE_PASSWORD)"),
        (options, "basic (MINE)"),
    ] {
        let index = GuardedIndex::start(USER, PASSWORD);
        assert_published(&index, &format!("{}/", index.root), &setup, expected);
    }
}

#[test]
fn the_url_of_the_index() {
    let index = GuardedIndex::start(USER, PASSWORD);
    let host = index.root.strip_prefix("http://").expect("a URL");
    let password = "hush-5%3A%23p%25ss%20w%3Brd";
    let url = format!("http://{USER}:{password}@{host}/");
    assert_published(
        &index,
        &url,
        &Setup::default(),
        "basic (the URL of --index)",
    );
    let both = Setup::default().option("--provider=github");
    let ran = plan(&job(both), &url);
    assert_eq!(ran.json()["problems"][0]["rule"], "credentials-conflict");
    let user_only = format!("http://{USER}@{host}/");
    let setup = Setup::default()
        .option("--password-env=MINE")
        .variable("MINE", PASSWORD);
    let ran = run(setup.command(&user_only, &["--no-verify", "--json", DIST[0]]));
    assert_eq!(ran.exit, 0, "{}", ran.stderr);
    assert_eq!(ran.json()["upload_url"], format!("http://{host}/"));
    assert_eq!(ran.json()["credentials"], "basic (MINE)");
    // Verbs that read public pages take no credentials in a URL.
    let ran = run(command(["notes", "--index", &url, "--simple-url", &url]));
    assert_silent(&ran, "");
    assert_ne!(ran.exit, 0);
}

pub(crate) fn pypirc(root: &str) -> String {
    format!(
        "[distutils]\nindex-servers =\n    pypi\n    corp\n\n[pypi]\npassword = pypi-of-pypi\n\n\
         [corp]\nrepository = {root}\nusername = {USER}\npassword = {PASSWORD}\n"
    )
}

#[test]
fn a_pypirc() {
    let index = GuardedIndex::start(USER, PASSWORD);
    let (_folder, home_path) = home(".pypirc", &pypirc(&index.root));
    let setup = Setup::default().variable("HOME", home_path);
    let url = format!("{}/", index.root);
    assert_published(&index, &url, &setup, "basic ([corp] of ~/.pypirc)");

    let index = GuardedIndex::start(USER, PASSWORD);
    let (folder, _) = home("settings", &pypirc(&index.root));
    let path = folder.path().join("settings");
    let setup = Setup::default().option(format!("--config-file={}", text(&path)));
    let expected = format!("basic ([corp] of {})", text(&path));
    assert_published(&index, &format!("{}/", index.root), &setup, &expected);
}

#[cfg(unix)]
#[test]
fn a_netrc() {
    let quoted = PASSWORD.replace(' ', "\\ ");
    let content = format!("machine 127.0.0.1 login {USER} password {quoted}\n");
    let (folder, home_path) = home(".netrc", &content);
    let path = folder.path().join(".netrc");
    let path = text(&path);
    let in_home = Setup::default()
        .variable("HOME", home_path)
        .option("--netrc");
    let in_variable = Setup::default().variable("NETRC", path).option("--netrc");
    let named = Setup::default().option(format!("--netrc={path}"));
    let elsewhere = format!("basic ({path} line 1)");
    for (setup, expected) in [
        (in_home, "basic (~/.netrc line 1)"),
        (in_variable, &elsewhere),
        (named, &elsewhere),
    ] {
        let index = GuardedIndex::start(USER, PASSWORD);
        assert_published(&index, &format!("{}/", index.root), &setup, expected);
    }
    // It is not read without being asked for.
    let index = GuardedIndex::start(USER, PASSWORD);
    let setup = Setup::default().variable("NETRC", path);
    let ran = run(setup.command(&format!("{}/", index.root), &["--no-verify", DIST[0]]));
    assert_eq!((ran.exit, index.requests().len()), (1, 0), "{}", ran.stderr);
}

/// A program named `keyring`, which knows the password of one service, and writes down how it was run.
#[cfg(unix)]
pub(crate) fn keyring(service: &str) -> (TempDir, String) {
    let script = format!(
        "#!/bin/sh\necho \"$@\" >> \"$(dirname \"$0\")/runs\"\nenv >> \"$(dirname \"$0\")/runs\"\n\
         echo a warning of a backend >&2\n\
         [ \"$1 $2 $3\" = \"get {service} {USER}\" ] || exit 1\necho '{PASSWORD}'\n"
    );
    let folder = tempfile::tempdir().expect("a folder");
    restrict(&write(&folder, "keyring", script.as_bytes()), 0o755);
    let path = format!("{}:/usr/bin:/bin", text(folder.path()));
    (folder, path)
}

#[cfg(unix)]
#[test]
fn the_command_keyring() {
    for is_url in [true, false] {
        let index = GuardedIndex::start(USER, PASSWORD);
        let url = format!("{}/", index.root);
        let host = index.root.strip_prefix("http://").expect("a URL");
        let service = if is_url { url.as_str() } else { host };
        let (folder, path) = keyring(service);
        let setup = Setup::default()
            .variable("PATH", path)
            .variable("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "of-the-job")
            .option("--keyring-provider=subprocess")
            .option("--username=release-bot");
        assert_published(
            &index,
            &url,
            &setup,
            &format!("basic (keyring, for {service})"),
        );
        #[expect(clippy::disallowed_methods, reason = "a test's own file")]
        let runs = std::fs::read_to_string(folder.path().join("runs")).expect("it ran");
        assert!(runs.starts_with(&format!("get {url} {USER}\n")), "{runs}");
        assert!(!runs.contains("of-the-job"), "{runs}");
    }
}

#[cfg(unix)]
#[test]
fn a_keyring_without_the_password() {
    let (_folder, path) = keyring("https://other.example/");
    let setup = Setup::default()
        .variable("PATH", path)
        .option("--keyring-provider=subprocess");
    for (options, exit, expected) in [
        (
            &["--username=release-bot"][..],
            1,
            "keyring has no password of release-bot for https://corp.example/",
        ),
        (&[], 2, "needs a user name: add --username NAME"),
    ] {
        let ran = run(setup.command("https://corp.example/", &[options, &[DIST[0]]].concat()));
        assert_eq!(ran.exit, exit, "{}", ran.stderr);
        assert!(ran.stderr.contains(expected), "{}", ran.stderr);
        assert_silent(&ran, "");
    }
    let setup = setup.variable("PATH", "/nowhere").option("--username=me");
    let ran = run(setup.command("https://corp.example/", &[DIST[0]]));
    assert_eq!(ran.exit, 3, "{}", ran.stderr);
    assert!(ran.stderr.contains("pip install keyring"), "{}", ran.stderr);
}

#[test]
fn the_token_of_a_gitlab_job() {
    let index = GuardedIndex::start("gitlab-ci-token", PASSWORD);
    let api = format!("{}/api/v4", index.root);
    let setup = Setup::default()
        .variable("GITLAB_CI", "true")
        .variable("CI_API_V4_URL", api.clone())
        .variable("CI_JOB_TOKEN", PASSWORD)
        // As the documentation of GitLab sets them for twine.
        .variable("TWINE_USERNAME", "gitlab-ci-token")
        .variable("TWINE_PASSWORD", PASSWORD)
        // The job may also publish to PyPI.
        .variable("PYPI_ID_TOKEN", "eyJhbGciOiJSUzI1NiJ9.e30.c2ln");
    let url = format!("{api}/projects/7/packages/pypi");
    assert_published(&index, &url, &setup, "basic (TWINE_PASSWORD, CI_JOB_TOKEN)");
    let requests = index.requests().len();
    let setup = Setup {
        variables: setup.variables.into_iter().take(3).collect(),
        ..Setup::default()
    };
    let ran = run(setup.command(&format!("{}/elsewhere/", index.root), &[DIST[0]]));
    assert_eq!(
        (ran.exit, index.requests().len()),
        (1, requests),
        "it is for GitLab's own registry"
    );
}

/// Runs a dry run, which reads all credentials and sends nothing.
#[track_caller]
pub(crate) fn plan(setup: &Setup, index: &str) -> Ran {
    let ran = run(setup.command(index, &["--dry-run", "--json", DIST[0]]));
    assert_silent(&ran, "");
    ran
}

pub(crate) fn job(setup: Setup) -> Setup {
    setup
        .variable("GITHUB_ACTIONS", "true")
        .variable("ACTIONS_ID_TOKEN_REQUEST_URL", "https://ci.example/")
        .variable("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "hush-of-the-job")
}

/// The local index checks tokens as PyPI does.
#[test]
fn a_token_on_the_local_index() {
    let index = LocalIndex::start().expect("an index");
    let token = index.user_token().reveal().to_owned();
    let setup = Setup::default()
        .variable("UV_PUBLISH_TOKEN", token.clone())
        .variable("UV_PUBLISH_URL", index.upload_url().as_str())
        .option(format!("--simple-url={}", index.simple_url()));
    let ran = run(setup.command(index.upload_url().as_str(), &["--json", DIST[0]]));
    assert_eq!(ran.exit, 0, "{}", ran.stderr);
    assert_eq!(ran.json()["files"][0]["verification"], "confirmed");
    assert!(!format!("{}{}", ran.stdout, ran.stderr).contains(&token));
}
