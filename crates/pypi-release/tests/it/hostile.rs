//! Hostile names, metadata and server text: on every output of every verb they stay on their line and change no terminal.

use std::path::Path;

use pypi_local_index::{Fault, LocalIndex, Route};
use pypi_metadata::testing;

use crate::attest::with_subject;
use crate::command::{DIST, Ran, command, publish_to, run, text, write};
use crate::provenance::Served as Provenanced;

/// Text that a terminal or a CI system would act on if it were printed as it is.
const HOSTILE: [&str; 7] = [
    "a\n::error::INJECTED",
    "a\r\n##[error]INJECTED",
    "\u{1b}[31mINJECTED\u{1b}]0;title\u{7}",
    "\u{9b}31mINJECTED",
    "\u{202e}INJECTED\u{2066}",
    "a\u{2028}::warning::INJECTED\u{200b}",
    "::add-mask::INJECTED",
];

/// Everything that one run printed is plain. With `annotations`, lines may begin with the commands of our own.
#[track_caller]
fn assert_plain(ran: &Ran, annotations: bool) {
    for output in [&ran.stdout, &ran.stderr] {
        for c in output.chars().filter(|c| *c != '\n') {
            let hidden = matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
            assert!(!c.is_control() && !hidden, "{c:?} in {output:?}");
        }
        for line in output.lines().map(str::trim_start) {
            let is_command = line.starts_with("::") || line.starts_with("##");
            let is_ours = ["::error ", "::warning ", "::notice "]
                .iter()
                .any(|command| line.starts_with(command));
            assert!(!is_command || (annotations && is_ours), "{line:?}");
        }
    }
}

/// Runs a verb as a person, in a CI job, and for a program.
#[track_caller]
fn assert_all_plain(arguments: &[&str], variables: &[(&str, &str)], folder: &Path) {
    let run_with = |more: &[&str], ci: bool| {
        let mut command = command(arguments);
        command
            .args(more)
            .current_dir(folder)
            .envs(variables.iter().copied());
        if ci {
            command.env("GITHUB_ACTIONS", "true");
        }
        run(command)
    };
    assert_plain(&run_with(&[], false), false);
    assert_plain(&run_with(&["--verbose"], true), true);
    let json = run_with(&["--json"], false);
    assert_plain(&json, false);
    if !json.stdout.is_empty() {
        json.json();
    }
}

#[test]
fn names_and_metadata_in_check_and_publish() {
    let folder = tempfile::tempdir().expect("a folder");
    for (number, hostile) in HOSTILE.iter().enumerate() {
        let fields = [
            "License-File",
            "Summary",
            "Author-email",
            "Requires-Dist",
            "Classifier",
            "Project-URL",
            "Keywords",
        ];
        let fields: String = fields
            .iter()
            .map(|field| format!("{field}: {}\n", hostile.replace('\n', "\n        ")))
            .collect();
        let metadata = format!(
            "Metadata-Version: 2.4\nName: demo\nVersion: {number}.0\n{fields}\n.. {hostile}::\n\n*{hostile}\n"
        );
        let wheel = testing::wheel_with("demo", &format!("{number}.0"), &metadata);
        let wheel = write(&folder, &wheel.filename, &wheel.bytes);
        // A slash cannot be in a file name.
        let odd = write(
            &folder,
            &format!("{number}{hostile}-1.0-py3-none-any.whl"),
            b"PK",
        );
        let other = write(&folder, &format!("{hostile}{number}.txt"), b"");
        let pyproject = format!(
            "[project]\nname = {hostile:?}\nversion = {hostile:?}\nclassifiers = [{hostile:?}]\nunknown-{number} = {hostile:?}\n[project.urls]\n{hostile:?} = \"x\"\n"
        );
        let pyproject = write(&folder, "pyproject.toml", pyproject.as_bytes());
        let files = [text(&wheel), text(&odd), text(&other), text(&pyproject)];
        assert_all_plain(&[&["check"], &files[..]].concat(), &[], folder.path());
        assert_all_plain(
            &[&["check", "--sarif"], &files[..]].concat(),
            &[],
            folder.path(),
        );
        assert_all_plain(&[&["publish"], &files[..]].concat(), &[], folder.path());
        assert_all_plain(
            &[&["publish", "--dry-run"], &files[..]].concat(),
            &[],
            folder.path(),
        );
        assert_all_plain(&["version", "--base", hostile], &[], folder.path());
        assert_all_plain(&["publish", "--index", hostile, "x"], &[], folder.path());
        assert_all_plain(
            &["publish", "--token-env", hostile, DIST[0]],
            &[],
            folder.path(),
        );
    }
}

#[test]
fn subjects_and_publishers_of_attestations() {
    let folder = tempfile::tempdir().expect("a folder");
    for hostile in HOSTILE {
        let attestation = with_subject(hostile);
        let provenance = serde_json::json!({
            "attestation_bundles": [{"publisher": {"kind": hostile}, "attestations": [attestation]}],
        });
        let attestation = write(&folder, "attestation", attestation.to_string().as_bytes());
        let provenance = write(&folder, "provenance", provenance.to_string().as_bytes());
        let [attestation, provenance] = [text(&attestation), text(&provenance)];
        let folder = folder.path();
        let by = ["--repository", "https://github.com/o/r", "--name", hostile];
        assert_all_plain(
            &["attest", "inspect", attestation, provenance, hostile],
            &[],
            folder,
        );
        assert_all_plain(&["attest", "convert", attestation], &[], folder);
        assert_all_plain(
            &["attest", "convert", "--output", ".", provenance],
            &[],
            folder,
        );
        assert_all_plain(
            &[
                &["attest", "verify", "--attestation", attestation, DIST[0]],
                &by[..],
            ]
            .concat(),
            &[],
            folder,
        );
        assert_all_plain(
            &["attest", "verify", "--repository", hostile, DIST[0]],
            &[],
            folder,
        );
    }
}

#[test]
fn provenance_of_an_index() {
    let release = Provenanced::real();
    let (index, path) = (&release.index, release.path.as_str());
    let urls = [index.upload_url().as_str(), index.simple_url().as_str()];
    for hostile in HOSTILE {
        for publisher in [
            serde_json::json!({"kind": hostile}),
            serde_json::json!({"kind": "GitHub", "repository": hostile, "workflow": hostile}),
        ] {
            let provenance = serde_json::json!({
                "attestation_bundles": [{"publisher": publisher, "attestations": [with_subject(hostile)]}],
            });
            index.clear_faults();
            let fault = Fault::on(Route::Provenance);
            index.add_fault(fault.respond(200, "application/json", provenance.to_string()));
            let on = ["verify", "--index", urls[0], "--simple-url", urls[1], path];
            assert_all_plain(&on, &[], release.folder.path());
        }
    }
}

#[test]
fn configuration_and_environment_in_version_bump_and_route() {
    for hostile in HOSTILE {
        let folder = tempfile::tempdir().expect("a folder");
        for pyproject in [
            format!("[project]\nname = \"demo\"\nversion = {hostile:?}\n"),
            format!(
                "[project]\nname = \"demo\"\nversion = \"1.0\"\n[tool.pypi-release.version]\n{hostile:?} = 1\n"
            ),
            format!(
                "[project]\nname = \"demo\"\nversion = \"1.0\"\n[tool.setuptools_scm]\n{hostile:?} = 1\ntag_regex = {hostile:?}\n"
            ),
            format!("[project]\nname = {hostile:?}\n{hostile}\n"),
        ] {
            write(&folder, "pyproject.toml", pyproject.as_bytes());
            assert_all_plain(&["version"], &[], folder.path());
            assert_all_plain(&["bump", "minor", "--dry-run"], &[], folder.path());
        }
        write(&folder, "pyproject.toml", b"[project]\nname = \"demo\"\n");
        write(
            &folder,
            "PKG-INFO",
            format!("Metadata-Version: 2.1\nName: demo\nVersion: {hostile}\n").as_bytes(),
        );
        let pretended = [("SETUPTOOLS_SCM_PRETEND_VERSION", hostile)];
        assert_all_plain(&["version"], &pretended, folder.path());
        assert_all_plain(&["version", "--root", hostile], &[], folder.path());
        assert_all_plain(&["bump", hostile], &[], folder.path());
        assert_all_plain(&["bump", "minor", "--config", hostile], &[], folder.path());
        assert_all_plain(&[hostile], &[], folder.path());
        for name in [
            "GITHUB_REF",
            "GITHUB_EVENT_NAME",
            "GITHUB_REPOSITORY",
            "GITHUB_SHA",
        ] {
            let mut job = vec![
                ("GITHUB_ACTIONS", "true"),
                ("GITHUB_EVENT_NAME", "push"),
                ("GITHUB_REF", "refs/heads/main"),
                ("GITHUB_REPOSITORY", "octo-org/demo"),
                ("GITHUB_SHA", "0123456789abcdef0123456789abcdef01234567"),
            ];
            job.retain(|(other, _)| *other != name);
            job.push((name, hostile));
            assert_all_plain(&["route"], &job, folder.path());
        }
        let scenario = write(
            &folder,
            "scenario.toml",
            format!("{hostile:?} = 1\n").as_bytes(),
        );
        assert_all_plain(
            &["local-index", "--scenario", text(&scenario)],
            &[],
            folder.path(),
        );
    }
}

#[test]
fn text_of_a_server_in_publish() {
    // A reply of 503 is followed by a pause of some seconds, so the texts take turns side by side.
    std::thread::scope(|scope| {
        for hostile in HOSTILE {
            scope.spawn(move || server_texts(hostile));
        }
    });
}

fn server_texts(hostile: &str) {
    let code = serde_json::json!({ "code": format!("400 {hostile}") }).to_string();
    let refusal = serde_json::json!({
        "message": hostile,
        "errors": [{ "code": hostile, "description": hostile }],
    });
    for fault in [
        Fault::on(Route::Upload).respond(400, "application/json", code),
        Fault::on(Route::Upload).respond(400, "text/html", format!("<p>{hostile}</p>")),
        Fault::on(Route::Upload).respond(503, "text/plain", hostile),
        Fault::on(Route::Mint).respond(422, "application/json", refusal.to_string()),
        Fault::on(Route::Mint).respond(500, "text/plain", hostile),
        Fault::on(Route::Audience).respond(200, "application/json", hostile),
        Fault::on(Route::Simple).respond(200, "application/json", hostile),
    ] {
        let index = LocalIndex::builder()
            .publishes_any()
            .fault(fault)
            .start()
            .expect("an index");
        for more in [&["--verbose"][..], &["--json"], &[]] {
            let arguments = [&["--attempts", "1"], more, &[DIST[0]]].concat();
            assert_plain(&publish_to(&index, &arguments), false);
        }
    }
}
