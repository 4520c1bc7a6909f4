//! Reads of a private index: what is sent to it, and what installers get.

use std::os::unix::fs::PermissionsExt as _;

use serde_json::{Value, json};

use crate::{
    command::{DIST, Ran, run, text, write},
    credentials::{PASSWORD, Setup, USER, assert_silent, home, keyring},
    guarded_index::GuardedIndex,
    job::{Job, states},
};

fn private() -> (GuardedIndex, String) {
    let index = GuardedIndex::private(USER, PASSWORD, &DIST);
    let url = format!("{}/", index.root);
    (index, url)
}

fn verify(setup: &Setup, url: &str, more: &[&str]) -> Ran {
    let options = ["--index", url, "--index-profile", "pypiserver"];
    let verb = [&["verify"], &options[..], &["--timeout", "1s"]].concat();
    let ran = run(setup.verb(&verb, more));
    assert_silent(&ran, "");
    ran
}

fn mine() -> Setup {
    Setup::default()
        .option("--username=release-bot")
        .option("--password-env=MINE")
        .variable("MINE", PASSWORD)
}

#[test]
fn each_source_reads_a_private_index() {
    let quoted = PASSWORD.replace(' ', "\\ ");
    let entry = format!("machine 127.0.0.1 login {USER} password {quoted}\n");
    let (_netrc, netrc) = home(".netrc", &entry);
    for (setup, expected) in [
        (mine(), "MINE"),
        (
            Setup::default().variable("HOME", netrc).option("--netrc"),
            "~/.netrc line 1",
        ),
        (
            Setup::default()
                .variable("TWINE_USERNAME", USER)
                .variable("TWINE_PASSWORD", PASSWORD),
            "TWINE_PASSWORD",
        ),
    ] {
        let (index, url) = private();
        for subjects in [&DIST[..], &["upload-demo==1.0.0"]] {
            let ran = verify(&setup, &url, &[&["--json"], subjects].concat());
            assert_eq!(ran.exit, 0, "{}{}", ran.stdout, ran.stderr);
            assert_eq!(ran.json()["credentials"], expected);
            assert_eq!(ran.json()["files"].as_array().map(Vec::len), Some(2));
        }
        assert_eq!(index.requests().len(), 6);
        assert!(index.requests().iter().all(|one| one.is_authorized));
    }
    // A job that may publish reads with what it has, too.
    let (index, url) = private();
    let (_folder, pypirc) = home(
        ".pypirc",
        &format!(
            "[distutils]\nindex-servers = corp\n[corp]\nrepository = {url}\nusername = {USER}\npassword = {PASSWORD}\n"
        ),
    );
    let setup = crate::credentials::job(Setup::default().variable("HOME", pypirc));
    let ran = verify(&setup, &url, &["--json", DIST[0]]);
    assert_eq!(ran.json()["credentials"], "[corp] of ~/.pypirc");
    let host = index.root.strip_prefix("http://").expect("a URL");
    let in_url = format!("http://{USER}:hush-5%3A%23p%25ss%20w%3Brd@{host}/");
    let ran = verify(&Setup::default(), &in_url, &["--json", DIST[0]]);
    assert_eq!(ran.exit, 0, "{}", ran.stderr);
    assert_eq!(ran.json()["credentials"], "the URL of --index");
}

#[test]
fn credentials_are_for_their_origin_and_agree() {
    let (index, url) = private();
    let ran = verify(&Setup::default(), &url, &["--json", DIST[0]]);
    assert_eq!((ran.exit, &ran.json()["credentials"]), (3, &Value::Null));
    let elsewhere = format!("{}simple/", url.replace("127.0.0.1", "localhost"));
    let ran = verify(&mine(), &url, &["--simple-url", &elsewhere, DIST[0]]);
    assert_eq!(ran.exit, 3);
    assert!(
        ran.stderr
            .starts_with("warning: the credentials are not sent to 127.0.0.1"),
        "{}",
        ran.stderr
    );
    assert!(index.requests().iter().all(|one| !one.is_authorized));
    let requests = index.requests().len();
    let two = Setup::default()
        .variable("TWINE_USERNAME", USER)
        .variable("TWINE_PASSWORD", PASSWORD)
        .variable("UV_PUBLISH_TOKEN", "hush-other");
    let ran = verify(&two, &url, &[DIST[0]]);
    let said = "UV_PUBLISH_TOKEN and TWINE_PASSWORD give different credentials";
    assert!(ran.exit == 1 && ran.stderr.contains(said), "{}", ran.stderr);
    let missing = Setup::default().option("--token-env=MISSING");
    let ran = verify(&missing, &url, &[DIST[0]]);
    assert!(
        ran.exit == 1 && ran.stderr.contains("MISSING"),
        "{}",
        ran.stderr
    );
    assert_eq!(index.requests().len(), requests, "nothing was asked");
    // Nothing is read for an index that is public.
    let ran = run(two.verb(
        &[
            "verify",
            "--timeout=1s",
            "--index",
            &url,
            "--simple-url",
            &elsewhere,
        ],
        &["--json", DIST[0]],
    ));
    assert_eq!((ran.exit, &ran.json()["credentials"]), (3, &Value::Null));
}

/// A `uv` that writes down its arguments and variables and the file that `NETRC` names, and repeats the password.
fn uv() -> (tempfile::TempDir, String) {
    let script = "#!/bin/sh\ncd \"$(dirname \"$0\")\"\n\
        [ \"$1\" = --version ] && exit\n\
        { echo \"call $@\"; env; [ -z \"$NETRC\" ] || { ls -l \"$NETRC\"; cat \"$NETRC\"; }; } >> calls\n\
        case \"$*\" in *install*) [ -z \"$NETRC\" ] || cat \"$NETRC\"; exit 3;; esac\n";
    let folder = tempfile::tempdir().expect("a folder");
    let path = write(&folder, "uv", script.as_bytes());
    let mode = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(path, mode).expect("permissions");
    let path = format!("{}:/usr/bin:/bin", text(folder.path()));
    (folder, path)
}

#[test]
fn an_installer_of_wheels_gets_a_netrc_file_and_a_build_gets_nothing() {
    let (index, url) = private();
    let (folder, path) = uv();
    let setup = mine().variable("PATH", path);
    let ran = verify(
        &setup,
        &url,
        &["--install", "--json", "--verbose", DIST[0], DIST[1]],
    );
    let report = ran.json();
    assert_eq!(ran.exit, 1, "the program fails: {}", ran.stderr);
    let output = report["installations"][0]["steps"][1]["output"].as_str();
    assert!(
        output.is_some_and(|text| text.contains("[redacted]")),
        "{report}"
    );
    #[expect(clippy::disallowed_methods, reason = "a test's own file")]
    let calls = std::fs::read_to_string(folder.path().join("calls")).expect("calls");
    let calls: Vec<&str> = calls.split("call ").skip(1).collect();
    let [_, wheel, _, sdist] = calls.as_slice() else {
        panic!("{calls:?}");
    };
    let (of_process, of_file) = wheel.split_once("-rw-------").expect("for its owner only");
    let host = format!("machine 127.0.0.1 login {USER} password \"{PASSWORD}\"");
    assert!(of_file.contains(&host), "{of_file}");
    assert!(wheel.contains(" --only-binary :all: "), "{wheel}");
    for seen in [of_process, sdist] {
        assert!(!seen.contains("hush") && !seen.contains("MINE"), "{seen}");
    }
    assert!(!sdist.contains("NETRC"), "{sdist}");
    assert!(sdist.contains("upload-demo @ file:///"), "{sdist}");
    assert!(index.requests().iter().all(|one| one.is_authorized));
}

#[test]
fn an_installer_gets_the_network_of_the_options() {
    let (_index, url) = private();
    let (folder, path) = uv();
    let certificate = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]);
    let certificate = certificate.expect("a certificate");
    let pem = certificate.cert.pem();
    let key = certificate.signing_key.serialize_pem();
    let [ca, own, own_key] = [("ca.pem", &pem), ("own.pem", &pem), ("own.key", &key)]
        .map(|(name, content)| write(&folder, name, content.as_bytes()));
    let setup = mine()
        .variable("PATH", path)
        .variable("https_proxy", "http://other.example:1")
        .option(format!("--ca-cert={}", text(&ca)))
        .option(format!("--client-cert={}", text(&own)))
        .option(format!("--client-key={}", text(&own_key)))
        .option("--proxy=http://127.0.0.1:9");
    let ran = verify(&setup, &url, &["--install", "--json", DIST[0]]);
    assert_eq!(ran.exit, 1, "the program fails: {}", ran.stderr);
    #[expect(clippy::disallowed_methods, reason = "a test's own file")]
    let calls = std::fs::read_to_string(folder.path().join("calls")).expect("calls");
    let install = calls.split("call ").nth(2).expect("an installation");
    for line in [
        "https_proxy=http://127.0.0.1:9",
        "HTTPS_PROXY=http://127.0.0.1:9",
        "NO_PROXY=localhost,127.0.0.0/8,::1",
        "SSL_CERT_FILE=/",
        "REQUESTS_CA_BUNDLE=/",
        "SSL_CLIENT_CERT=/",
    ] {
        assert!(
            install.lines().any(|one| one.starts_with(line)),
            "{line}: {install}"
        );
    }
}

/// A keyring may ask its user each time.
#[test]
fn a_release_asks_the_keyring_once_and_reads_with_what_it_gave() {
    let mut job = Job::of_tag();
    let index = GuardedIndex::private(USER, PASSWORD, &[]);
    let url = format!("{}/", index.root);
    let (folder, path) = keyring(&url);
    job.set("PATH", &path);
    job.variables
        .retain(|name, _| !name.starts_with("ACTIONS_"));
    let ran = job.run(job.bare(&[
        "--no-install",
        "--json",
        "--index",
        &url,
        "--index-profile=pypiserver",
        "--keyring-provider=subprocess",
        "--username=release-bot",
        "--skip=github-release",
    ]));
    assert_silent(&ran, "");
    assert_eq!(ran.exit, 0, "{}", ran.stderr);
    let report = ran.json();
    assert!(
        states(&report).contains(&"verify done".to_owned()),
        "{report}"
    );
    let source = json!(format!("keyring, for {url}"));
    assert_eq!(report["verification"]["credentials"], source);
    assert!(
        index.requests().iter().all(|one| one.is_authorized),
        "{:?}",
        index.requests()
    );
    #[expect(clippy::disallowed_methods, reason = "a test's own file")]
    let runs = std::fs::read_to_string(folder.path().join("runs")).expect("it ran");
    assert_eq!(
        runs.matches(&format!("get {url} {USER}\n")).count(),
        1,
        "{runs}"
    );
}
