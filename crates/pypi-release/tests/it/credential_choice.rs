//! Which credentials are used, and which are not sent: conflicts, and values that cannot be right.

use serde_json::Value;

use crate::{
    command::{DIST, command, run, text},
    credentials::{PASSWORD, Setup, USER, assert_silent, home, job, plan},
    guarded_index::GuardedIndex,
    job::Job,
};

#[test]
fn two_sources_that_differ_are_an_error_that_names_both() {
    let (_folder, home_path) = home(
        ".pypirc",
        "[pypi]\nusername = __token__\npassword = pypi-hush-file\n",
    );
    let uv = || Setup::default().variable("UV_PUBLISH_TOKEN", "pypi-hush-one");
    let conflict = |other: &str| format!("UV_PUBLISH_TOKEN and {other} give different credentials");
    for (setup, expected) in [
        (
            uv().variable("TWINE_PASSWORD", "pypi-hush-two"),
            conflict("TWINE_PASSWORD"),
        ),
        (
            uv().variable("HOME", home_path.clone()),
            conflict("[pypi] of ~/.pypirc"),
        ),
        (job(uv()), conflict("trusted publishing (github)")),
        (
            uv().variable("UV_PUBLISH_USERNAME", "__token__")
                .variable("UV_PUBLISH_PASSWORD", "pypi-hush-two"),
            conflict("UV_PUBLISH_PASSWORD"),
        ),
        (
            Setup::default()
                .variable("MINE", "pypi-hush-one")
                .option("--token-env=MINE")
                .option(format!("--config-file={home_path}/.pypirc")),
            format!("MINE and [pypi] of {home_path}/.pypirc give different credentials"),
        ),
    ] {
        let ran = plan(&setup, "pypi");
        assert_eq!(ran.exit, 1, "{}", ran.stderr);
        assert_eq!(ran.json()["problems"][0]["rule"], "credentials-conflict");
        assert_eq!(ran.json()["problems"][0]["message"], expected);
        assert!(
            ran.stderr.contains("choose one with --token-env"),
            "{}",
            ran.stderr
        );
    }
}

#[test]
fn an_option_chooses() {
    let (_folder, home_path) = home(".pypirc", "[pypi]\npassword = pypi-hush-file\n");
    let everything = || {
        job(Setup::default())
            .variable("HOME", home_path.clone())
            .variable("UV_PUBLISH_TOKEN", "pypi-hush-one")
            .variable("TWINE_PASSWORD", "pypi-hush-two")
    };
    for (option, expected) in [
        ("--token-env=TWINE_PASSWORD", "token (TWINE_PASSWORD)"),
        (
            "--password-env=UV_PUBLISH_TOKEN",
            "token (UV_PUBLISH_TOKEN)",
        ),
        ("--provider=github", "github"),
    ] {
        let ran = plan(&everything().option(option), "pypi");
        assert_eq!(ran.exit, 0, "{}", ran.stdout);
        assert_eq!(ran.json()["credentials"], expected);
    }
    let both = everything().option("--provider=github").option("--netrc");
    assert_eq!(plan(&both, "pypi").exit, 2, "clap");
}

#[test]
fn trusted_publishing_is_the_default_in_a_job_with_an_identity() {
    let (_folder, home_path) = home(".pypirc", "[pypi]\npassword = pypi-hush-file\n");
    let setup = job(Setup::default()).variable("HOME", home_path.clone());
    assert_eq!(plan(&setup, "pypi").json()["credentials"], "github");
    // Not even one that cannot be read.
    let (_folder, broken) = home(".pypirc", "[pypi\nhush");
    let setup = job(Setup::default()).variable("HOME", broken.clone());
    assert_eq!(plan(&setup, "pypi").json()["credentials"], "github");
    let setup = Setup::default().variable("HOME", broken);
    let ran = plan(&setup, "pypi");
    assert!(
        ran.stderr
            .contains("~/.pypirc is not a valid .pypirc (line 1"),
        "{}",
        ran.stderr
    );
    // A job without the permission has no identity.
    let setup = Setup::default()
        .variable("GITHUB_ACTIONS", "true")
        .variable("HOME", home_path);
    assert_eq!(
        plan(&setup, "pypi").json()["credentials"],
        "token ([pypi] of ~/.pypirc)"
    );
}

#[test]
fn what_pypi_cannot_accept_is_not_sent() {
    for (index, value, expected) in [
        ("pypi", "hush", "does not begin with pypi-"),
        ("testpypi", "hush", "does not begin with pypi-"),
        (
            "pypi",
            "pypi-hush\n",
            "has a character that does not belong there",
        ),
        (
            "pypi",
            "pypi-hush hush",
            "has a character that does not belong there",
        ),
        (
            "pypi",
            "pypi-AgENdGVzdC5weXBpLm9yZwhush",
            "is for TestPyPI, not PyPI",
        ),
        (
            "testpypi",
            "pypi-AgEIcHlwaS5vcmchush",
            "is for PyPI, not TestPyPI",
        ),
        (
            "https://upload.pypi.org/legacy/",
            "hush",
            "does not begin with pypi-",
        ),
    ] {
        let setup = Setup::default()
            .variable("MINE", value)
            .option("--token-env=MINE");
        let ran = plan(&setup, index);
        let problem = &ran.json()["problems"][0];
        assert_eq!(
            (ran.exit, &problem["rule"]),
            (1, &Value::from("credentials-invalid"))
        );
        let message = problem["message"].as_str().unwrap_or_default();
        assert!(
            message.contains(expected) && message.ends_with("(from MINE)"),
            "{message}"
        );
        assert!(problem["help"].is_string());
    }
    let setup = Setup::default()
        .variable("TWINE_USERNAME", USER)
        .variable("TWINE_PASSWORD", PASSWORD);
    let ran = plan(&setup, "pypi");
    let message = ran.json()["problems"][0]["message"].to_string();
    assert!(
        message.contains("accept no user name and password"),
        "{message}"
    );
}

#[test]
fn what_is_missing_has_a_remedy() {
    let (folder, _) = home("netrc", "machine other.example login me password hush\n");
    let netrc = format!("--netrc={}", text(&folder.path().join("netrc")));
    let (pypirc_folder, _) = home("pypirc", "[pypi]\nusername = me\n");
    let pypirc = format!(
        "--config-file={}",
        text(&pypirc_folder.path().join("pypirc"))
    );
    let option = |option: &str| Setup::default().option(option);
    for (setup, exit, expected) in [
        (
            option("--token-env=MINE"),
            1,
            "the variable MINE contains no API token: set it, or leave out --token-env",
        ),
        (
            option("--token-env=MINE").variable("MINE", ""),
            1,
            "contains no API token",
        ),
        (
            option("--password-env=MINE"),
            1,
            "the variable MINE contains no password",
        ),
        (
            option(&netrc),
            1,
            "has no entry with a password for https://upload.pypi.org/legacy/: add one",
        ),
        (
            option(&pypirc),
            1,
            "has no section with a password for https://upload.pypi.org/legacy/: add one",
        ),
        (
            option("--config-file=/nowhere/pypirc"),
            1,
            "could not be read",
        ),
        (
            option("--netrc"),
            2,
            "--netrc needs a file: set NETRC, or use --netrc=FILE",
        ),
        (option("--username=me"), 2, "--username gives no password"),
        (
            option("--token-env=pypi-AgE.hush"),
            2,
            "takes the name of an environment variable",
        ),
        (
            Setup::default().variable("UV_PUBLISH_TOKEN", ""),
            1,
            "no credentials were found, and UV_PUBLISH_TOKEN is empty",
        ),
    ] {
        let ran = run(setup.command("pypi", &[DIST[0]]));
        assert_eq!(ran.exit, exit, "{expected}: {}", ran.stderr);
        assert!(ran.stderr.contains(expected), "{expected}: {}", ran.stderr);
        assert_silent(&ran, "");
    }
    let setup = Setup::default().variable("TWINE_PASSWORD", "hush");
    let ran = run(setup.command("https://corp.example/", &[DIST[0]]));
    let expected = "TWINE_PASSWORD gives a password without a user name";
    assert!(ran.stderr.contains(expected), "{}", ran.stderr);
    let setup = option("--username=you")
        .variable("MINE", "hush")
        .option("--password-env=MINE");
    let ran = run(setup.command("https://me@corp.example/", &[DIST[0]]));
    assert!(
        ran.stderr.contains("different user names"),
        "{}",
        ran.stderr
    );
}

#[cfg(unix)]
#[test]
fn a_file_that_others_can_read_is_a_warning() {
    let (folder, home_path) = home(".pypirc", "[pypi]\npassword = pypi-hush\n");
    let setup = Setup::default().variable("HOME", home_path);
    let warning = "warning: other users can read ~/.pypirc: run `chmod 600 ~/.pypirc`";
    assert!(!plan(&setup, "pypi").stderr.contains(warning));
    crate::credentials::restrict(&folder.path().join(".pypirc"), 0o644);
    let ran = plan(&setup, "pypi");
    assert_eq!(ran.exit, 0);
    assert!(ran.stderr.contains(warning), "{}", ran.stderr);
    assert!(
        !plan(&setup, "testpypi").stderr.contains(warning),
        "it is not used"
    );
}

/// A server that repeats what it was sent cannot bring it into an output.
#[test]
fn a_reply_that_repeats_the_credentials_is_redacted() {
    let index = GuardedIndex::start(USER, "another");
    let setup = Setup::default()
        .variable("TWINE_USERNAME", USER)
        .variable("TWINE_PASSWORD", PASSWORD);
    for more in ["--json", "--verbose"] {
        let ran = run(setup.command(&format!("{}/", index.root), &["--no-verify", more, DIST[0]]));
        assert_eq!(ran.exit, 1, "{}", ran.stderr);
        let text = format!("{}{}", ran.stdout, ran.stderr);
        assert!(text.contains("wrong credentials"), "{text}");
        assert_silent(&ran, "");
    }
}

#[test]
fn variables_for_another_index_are_not_sent() {
    let index = GuardedIndex::start("__token__", "hush");
    let url = format!("{}/", index.root);
    for (name, value) in [
        ("UV_PUBLISH_URL", "https://corp.example/legacy/"),
        ("UV_PUBLISH_INDEX", "corp"),
    ] {
        let setup = Setup::default()
            .variable("UV_PUBLISH_TOKEN", "hush")
            .variable(name, value);
        let ran = run(setup.command(&url, &["--no-verify", "--verbose", DIST[0]]));
        assert_eq!((ran.exit, index.requests().len()), (1, 0), "{}", ran.stderr);
        let detail = "UV_PUBLISH_TOKEN is not used: it is for another index";
        assert!(ran.stderr.contains(detail), "{}", ran.stderr);
    }
}

#[test]
fn what_a_variable_sends_elsewhere_does_not_get_to_pypi() {
    let publish = |arguments: &[&str]| {
        let mut command = command(["publish", "--dry-run", DIST[0]]);
        command.args(arguments);
        command.env("UV_PUBLISH_URL", "https://me:hush@corp.example/legacy/");
        run(command)
    };
    let ran = publish(&[]);
    assert_eq!((ran.exit, ran.stdout.as_str()), (2, ""));
    assert_eq!(
        ran.stderr,
        "pypi-release: UV_PUBLISH_URL names another index than pypi, the default: add --index with the one to publish to\n"
    );
    assert_eq!(publish(&["--index", "pypi"]).exit, 0);
}

#[test]
fn a_release_uses_them_instead_of_an_identity() {
    let mut job = Job::of_tag();
    let token = job.index.user_token().reveal().to_owned();
    job.set("UV_PUBLISH_TOKEN", &token);
    let ran = job.release(&[]);
    let conflict = "UV_PUBLISH_TOKEN and trusted publishing (github) give different credentials";
    assert!(
        ran.exit == 1 && ran.stderr.contains(conflict),
        "{}",
        ran.stderr
    );
    assert!(!ran.stderr.contains("draft"), "{}", ran.stderr);
    job.variables
        .retain(|name, _| !name.starts_with("ACTIONS_"));
    let ran = job.release(&[]);
    assert_eq!(ran.exit, 0, "{}", ran.stderr);
    let line = "identity: not needed, credentials are given by UV_PUBLISH_TOKEN";
    assert!(ran.stderr.contains(line), "{}", ran.stderr);
    assert!(!ran.stderr.contains(&token));
}
