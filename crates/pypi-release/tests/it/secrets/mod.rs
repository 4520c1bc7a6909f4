//! The search for secrets: each source of credentials in each verb, in success, refusal and failure of the network, and
//! nothing that was printed, written or passed to a program contains its secret in any form.

mod sources;

use std::{fs, path::Path, process::Output};

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE},
};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use tempfile::TempDir;

use crate::{
    command::{DIST, text, write},
    credentials::restrict,
    guarded_index::GuardedIndex,
    job::Job,
};
use sources::{CORE, END, PASSWORD, Place, SOURCES, Source, USER};

/// How the index behaves.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Situation {
    /// It accepts the secret.
    Success,
    /// It rejects the secret, and its reply repeats it.
    Refusal,
    /// Nothing listens at its port.
    NoNetwork,
}

/// All forms of a secret that could be written down.
fn forms(user: &str, secret: &str) -> Vec<String> {
    let percent = utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string();
    let mut forms = vec![
        CORE.to_owned(),
        END.to_owned(),
        END.replace('\\', "\\\\").replace('"', "\\\""),
        secret.to_owned(),
        percent.replace("%20", "+"),
        percent.to_lowercase(),
        percent,
        Value::from(secret).to_string().trim_matches('"').to_owned(),
        format!("{secret:?}").trim_matches('"').to_owned(),
    ];
    for engine in [&STANDARD, &URL_SAFE] {
        let header = engine.encode(format!("{user}:{secret}"));
        forms.extend([engine.encode(secret), header]);
        // In the middle of other bytes, at each of the three alignments, without the characters that depend on these.
        for (before, cut) in [("", 0), ("x", 2), ("xx", 3)] {
            let encoded = engine.encode(format!("{before}{CORE}"));
            forms.push(encoded[cut..encoded.len() - 4].to_owned());
        }
    }
    forms
}

#[track_caller]
fn assert_clean(forms: &[String], content: &[u8], what: &str) {
    let content = String::from_utf8_lossy(content);
    let found = forms.iter().find(|form| content.contains(form.as_str()));
    assert!(found.is_none(), "{found:?} in {what}: {content}");
}

/// Every file below a folder.
#[expect(clippy::disallowed_methods, reason = "a test reads its files")]
fn assert_folder_clean(forms: &[String], folder: &Path, what: &str) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let what = format!("{what}: {}", path.display());
        assert_clean(forms, text(&path).as_bytes(), &what);
        match path.is_dir() {
            true => assert_folder_clean(forms, &path, &what),
            false => assert_clean(forms, &read(&path), &what),
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "a test reads its files")]
fn read(path: &Path) -> Vec<u8> {
    fs::read(path).expect("a file")
}

/// Programs that write down their arguments: a `keyring`, a `git`, and a `uv` that also writes down its variables, fails,
/// and repeats the file that `NETRC` names and the header that is made of it.
fn programs(folder: &TempDir, sources: &Path) -> String {
    let (log, home) = (folder.path().join("programs.log"), text(sources));
    let log = format!("echo \"$0\" \"$@\" >> {}\n", text(&log));
    let variables = format!("env >> {}/variables.log\n", text(folder.path()));
    let netrc = format!("[ -z \"$NETRC\" ] || cat \"$NETRC\" {home}/header; ");
    let bin = folder.path().join("bin");
    fs::create_dir(&bin).expect("a folder");
    for (name, script) in [
        ("keyring", format!("{log}cat {home}/of-the-keyring\n")),
        ("git", format!("{log}exec /usr/bin/git \"$@\"\n")),
        (
            "uv",
            format!("{log}{variables}case \"$*\" in *install*) {{ {netrc} exit 3; }};; esac\n"),
        ),
    ] {
        let script = format!("#!/bin/sh\n{script}");
        let path = write(folder, &format!("bin/{name}"), script.as_bytes());
        restrict(&path, 0o755);
    }
    format!("{}:/usr/bin:/bin", text(&bin))
}

/// The verbs, with what they need besides the index. `identity` knows no options of credentials.
const VERBS: [&[&str]; 5] = [
    &[
        "publish",
        "--json",
        "--attempts=1",
        "--verify-timeout=1s",
        "--audit=audit",
        "--github-output",
        "--dotenv=dotenv",
        DIST[0],
        DIST[1],
    ],
    &[
        "publish",
        "--verbose",
        "--attempts=1",
        "--verify-timeout=1s",
        "--audit=audit",
        "--github-output",
        DIST[1],
    ],
    &[
        "verify",
        "--json",
        "--verbose",
        "--timeout=1s",
        "--install",
        "--installer=uv",
        "--github-output",
        DIST[0],
        DIST[1],
    ],
    &[
        "release",
        "--verbose",
        "--attempts=1",
        "--verify-timeout=1s",
        "--audit=audit",
        "--github-output",
        "--only=publish",
        "--only=verify",
    ],
    &["identity", "--verbose", "--github-output"],
];

fn search(situation: Situation) {
    let mut job = Job::of_tag();
    let is_of_job = |name: &str| name.starts_with("ACTIONS_") || name == "GITHUB_ACTIONS";
    job.variables.retain(|name, _| !is_of_job(name));
    job.settings("[verify]\ntimeout = '1s'\n");
    for source in &SOURCES {
        search_source(source, situation, &job);
    }
}

fn search_source(source: &Source, situation: Situation, job: &Job) {
    let secret = match situation {
        Situation::Refusal => "another",
        _ => source.secret,
    };
    let index = GuardedIndex::private(source.user, secret, &[]);
    let root = match situation {
        // Only the kernel listens there, for nobody.
        Situation::NoNetwork => "http://127.0.0.1:1".to_owned(),
        _ => index.root.clone(),
    };
    let url = format!("{root}{}", source.path);
    let [sources, written] = [(); 2].map(|()| tempfile::tempdir().expect("a folder"));
    let place = Place {
        sources: &sources,
        url: &url,
        source,
    };
    let setup = (source.setup)(&place);
    let header = format!("{}:{}", source.user, source.secret);
    place.write(
        "header",
        &format!("\nAuthorization: Basic {}", STANDARD.encode(header)),
    );
    let path = programs(&written, sources.path());
    let temporary = written.path().join("tmp");
    fs::create_dir(&temporary).expect("a folder");
    let forms = forms(source.user, source.secret);
    let index_name = (source.index)(&place);
    for verb in VERBS {
        let what = format!("{} by {}", verb[0], source.name);
        let options = ["--index", &index_name, "--index-profile", "pypiserver"];
        let mut command = match verb[0] {
            "identity" => setup.verb_without_options(verb, &options),
            _ => setup.verb(verb, &options),
        };
        if verb[0] == "release" {
            command.envs(&job.variables);
            command.arg(format!("--root={}", text(job.folder.path())));
        }
        command.current_dir(written.path()).env("PATH", &path);
        command
            .env("HOME", sources.path())
            .env("TMPDIR", &temporary);
        for (name, file) in [
            ("GITHUB_OUTPUT", "output"),
            ("GITHUB_STEP_SUMMARY", "summary"),
        ] {
            command.env(name, written.path().join(file));
        }
        let Output {
            status,
            stdout,
            stderr,
        } = command.output().expect("it runs");
        let said = String::from_utf8_lossy(&stderr);
        assert!(!stdout.is_empty() || !stderr.is_empty(), "{what}");
        assert_clean(&forms, &stdout, &what);
        assert_clean(&forms, &stderr, &what);
        assert_folder_clean(&forms, written.path(), &what);
        // Wrong usage would find nothing, and the index tells whether the secret was sent.
        let is_success = situation == Situation::Success && verb[0] == "publish";
        assert_eq!(status.success(), is_success, "{what}: {said}");
        assert_ne!(status.code(), Some(2), "{what}: {said}");
    }
    assert_folder_clean(&forms, job.folder.path(), source.name);
    let requests = index.requests();
    assert_eq!(requests.is_empty(), situation == Situation::NoNetwork);
    if situation == Situation::Success {
        let logged = String::from_utf8(read(&written.path().join("programs.log"))).expect("text");
        assert!(logged.contains(" install "), "{logged}");
        let reads = requests.iter().filter(|one| one.is_authorized);
        assert!(reads.count() > 10, "{}: {requests:?}", source.name);
    }
}

#[test]
fn nothing_shows_a_secret_that_is_accepted() {
    search(Situation::Success);
}

#[test]
fn nothing_shows_a_secret_that_is_rejected() {
    search(Situation::Refusal);
}

#[test]
fn nothing_shows_a_secret_that_cannot_be_sent() {
    search(Situation::NoNetwork);
}

#[test]
fn the_search_finds_a_secret_in_each_form() {
    let forms = forms(USER, PASSWORD);
    let percent = utf8_percent_encode(PASSWORD, NON_ALPHANUMERIC);
    for text in [
        PASSWORD.to_owned(),
        STANDARD.encode(PASSWORD),
        STANDARD.encode(format!("{USER}:{PASSWORD}")),
        URL_SAFE.encode(format!("other:{PASSWORD}")),
        URL_SAFE.encode(format!("ot:{PASSWORD} and")),
        percent.to_string(),
        Value::from(PASSWORD).to_string(),
    ] {
        assert!(forms.iter().any(|form| text.contains(form)), "{text}");
    }
}
