//! `publish --index local --seed-folder` and `local-index --seed-folder`: would PyPI accept this release?

use std::{fs, path::Path};

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

use crate::{
    command::{DIST, Ran, pypi_release, run, text},
    job::{Job, states},
};

const LONG_AGO: &str = "2020-01-02T03:04:05.678901Z";
/// A release that is never too old.
const JUST_NOW: &str = "2999-01-02T03:04:05.678901Z";
const OTHER: &str = "00000000000000000000000000000000000000000000000000000000000000aa";

#[expect(clippy::disallowed_methods, reason = "a test's own file")]
fn sha256(path: &str) -> String {
    let digest = Sha256::digest(fs::read(path).expect("bytes"));
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn file_name(path: &str) -> &str {
    let name = Path::new(path).file_name().expect("a name");
    name.to_str().expect("a name of text")
}

fn listed(filename: &str, sha256: &str, uploaded: &str) -> Value {
    json!({
        "filename": filename,
        "hashes": {"sha256": sha256},
        "size": 1000,
        "upload-time": uploaded,
        "yanked": false,
    })
}

/// The folder with the page of `upload-demo` and a part of a scenario.
fn saved(files: &[Value], fragment: &str) -> TempDir {
    let page = json!({
        "meta": {"api-version": "1.4"},
        "name": "upload-demo",
        "files": files,
    });
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join("upload-demo")).expect("a folder");
    crate::command::write(
        &folder,
        "upload-demo/simple.json",
        page.to_string().as_bytes(),
    );
    crate::command::write(&folder, "scenario.toml", fragment.as_bytes());
    folder
}

fn rehearse(folder: &TempDir, arguments: &[&str]) -> Ran {
    let folder = text(folder.path());
    let command = ["publish", "--index", "local", "--seed-folder", folder];
    pypi_release(&[&command, &DIST[..], arguments].concat())
}

#[test]
fn a_new_release_of_an_existing_project_succeeds() {
    let old = listed("upload_demo-0.9.tar.gz", OTHER, LONG_AGO);
    let folder = saved(&[old], "");
    let ran = rehearse(&folder, &[]);
    assert_eq!(ran.exit, 0, "{}", ran.stderr);
    for line in [
        "project upload-demo: exists, with 1 release and 1 file (1000 B of 10.00 GiB)\n",
        "release upload-demo 1.0.0: new\n",
        ".whl: new\n",
        "a saved page shows no names of deleted files",
    ] {
        assert!(ran.stderr.contains(line), "{line}: {}", ran.stderr);
    }
}

#[test]
fn the_plan_shows_what_differs_from_a_first_upload() {
    let [wheel, sdist] = DIST;
    let mut other = listed(file_name(sdist), OTHER, LONG_AGO);
    other["yanked"] = json!("broken");
    let same = listed(file_name(wheel), &sha256(wheel), LONG_AGO);
    let folder = saved(&[same, other], "");
    let ran = rehearse(&folder, &["--dry-run"]);
    assert_eq!(ran.exit, 0, "{}", ran.stderr);
    for line in [
        "project upload-demo: exists, with 1 release and 2 files (1.95 KiB of 10.00 GiB)\n",
        "release upload-demo 1.0.0: exists, with 2 files, since 2020-01-02T03:04:05Z; \
         its sdist is upload_demo-1.0.0.tar.gz; it is yanked: broken; it is too old for new files\n",
        &format!("file {wheel}: exists, with the same bytes\n"),
        &format!("file {sdist}: exists, with other bytes (sha256 {OTHER})\n"),
    ] {
        assert!(ran.stdout.contains(line), "{line}: {}", ran.stdout);
    }
    let document = rehearse(&folder, &["--dry-run", "--json"]).json();
    let rehearsal = &document["rehearsal"];
    assert_eq!(
        rehearsal["projects"],
        json!([{
            "name": "upload-demo", "exists": true, "status": "active", "members": [], "releases": 1, "files": 2,
            "bytes": 2000, "file_limit": 104_857_600, "total_limit": 10_737_418_240_u64,
        }])
    );
    assert_eq!(
        rehearsal["releases"],
        json!([{
            "project": "upload-demo", "version": "1.0.0", "exists": true, "files": 2,
            "sdist": file_name(sdist), "since": "2020-01-02T03:04:05Z", "yanked": "broken", "closed": true,
        }])
    );
    let files = rehearsal["files"].as_array().expect("files");
    let states: Vec<&Value> = files.iter().map(|file| &file["state"]).collect();
    assert_eq!(states, ["same", "different"]);
    assert_eq!(files[1]["sha256_on_index"], OTHER);
    // Without a seed folder the document has no such key.
    let ran = pypi_release(&["publish", "--index", "local", "--dry-run", "--json", wheel]);
    assert_eq!(ran.json().get("rehearsal"), None);
}

/// A rehearsal and its answer.
struct Case<'a> {
    what: &'a str,
    files: Vec<Value>,
    fragment: &'a str,
    /// The rest of the line of the project, the release or a file.
    plan: &'a str,
    /// `None` if all files are accepted.
    refusal: Option<&'a str>,
}

const PUBLISHER: &str =
    "publisher = { kind = \"github\", repository = \"o/r\", workflow = \"release.yml\" }\n";

#[test]
fn each_answer_of_pypi_is_given_in_its_words() {
    let [wheel, sdist] = DIST;
    let (wheel_name, sdist_name) = (file_name(wheel), file_name(sdist));
    let old = |name: &str| vec![listed(name, OTHER, LONG_AGO)];
    let new = |name: &str| vec![listed(name, OTHER, JUST_NOW)];
    let trust = format!("[[trust]]\nproject = \"upload-demo\"\n{PUBLISHER}");
    let own = format!("identity = {{ repository = \"o/r\", workflow = \"release.yml\" }}\n{trust}");
    let pending = own.clone() + "pending = true\nuser = \"alice\"\n";
    let deleted = format!("deleted-files = [{sdist_name:?}]");
    let case = |what, files, fragment, plan, refusal| Case {
        what,
        files,
        fragment,
        plan,
        refusal,
    };
    for case in [
        case(
            "a name with other bytes",
            new(wheel_name),
            "",
            "exists, with other bytes",
            Some("the index lists a file of this name with other content"),
        ),
        case(
            "bytes with another name",
            vec![listed(
                "upload_demo-1.0.0-1-py3-none-any.whl",
                &sha256(wheel),
                JUST_NOW,
            )],
            "",
            "its bytes exist as upload_demo-1.0.0-1-py3-none-any.whl",
            Some("refused with 400: File already exists ("),
        ),
        case(
            "another file of a new release",
            new("upload_demo-1.0.0-py2-none-any.whl"),
            "",
            "release upload-demo 1.0.0: exists, with 1 file, since 2999-01-02T03:04:05Z\n",
            None,
        ),
        case(
            "another file of an old release",
            old("upload_demo-1.0.0-py2-none-any.whl"),
            "",
            "since 2020-01-02T03:04:05Z; it is too old for new files\n",
            Some(
                "refused with 400: Uploading new files to releases older than 14 days is not allowed.",
            ),
        ),
        case(
            "an old release with an egg only",
            old("upload_demo-1.0-py2.7.egg"),
            "",
            "release upload-demo 1.0.0: exists, without wheels and sdists; it is too old for new files\n",
            Some(
                "refused with 400: Uploading new files to releases older than 14 days is not allowed.",
            ),
        ),
        case(
            "a second sdist",
            new("Upload-Demo-1.0.tar.gz"),
            "",
            "; its sdist is Upload-Demo-1.0.tar.gz\n",
            Some("refused with 400: Only one sdist may be uploaded per release."),
        ),
        case(
            "an sdist after a zip",
            new("upload-demo-1.0.0.zip"),
            "",
            "; its sdist is upload-demo-1.0.0.zip\n",
            Some("refused with 400: Only one sdist may be uploaded per release."),
        ),
        case(
            "the size of a file",
            Vec::new(),
            "file-limit = 1500",
            "project upload-demo: exists, without files\n",
            Some("refused with 400: File too large. Limit for project 'upload-demo' is 0 MB."),
        ),
        case(
            "the size of the project",
            old("upload_demo-0.9.tar.gz"),
            "total-limit = 1500",
            "with 1 release and 1 file (1000 B of 1.46 KiB)\n",
            Some(
                "refused with 400: Project size too large. Limit for project 'upload-demo' total size is 0 GB.",
            ),
        ),
        case(
            "a raised limit",
            old("upload_demo-0.9.tar.gz"),
            "total-limit = 1500\n[[project]]\nname = \"upload-demo\"\ntotal-limit = 1_000_000",
            "with 1 release and 1 file (1000 B of 976.56 KiB)\n",
            None,
        ),
        case(
            "a deleted file",
            old("upload_demo-0.9.tar.gz"),
            &deleted,
            "a file with this name was deleted\n",
            Some(
                "refused with 400: This filename was previously used by a file that has since been deleted.",
            ),
        ),
        case(
            "an inactive organization",
            Vec::new(),
            "[[project]]\nname = \"upload-demo\"\norganization-inactive = true",
            "project upload-demo: exists, without files\n",
            Some("refused with 400: Organization account owning this project is inactive."),
        ),
        case(
            "a taken name",
            old("upload_demo-0.9.tar.gz"),
            "publishes-any = false",
            "project upload-demo: exists, with 1 release",
            Some("invalid-publisher: valid token, but no corresponding publisher"),
        ),
        case(
            "a taken name for a pending publisher",
            old("upload_demo-0.9.tar.gz"),
            &pending,
            "project upload-demo: exists, with 1 release",
            Some("invalid-pending-publisher: valid token, but project already exists"),
        ),
        case(
            "the publisher of another job",
            Vec::new(),
            &trust,
            "project upload-demo: exists, without files\n",
            Some("invalid-publisher: valid token, but no corresponding publisher"),
        ),
        case(
            "the job's own publisher",
            Vec::new(),
            &own,
            "release upload-demo 1.0.0: new\n",
            None,
        ),
    ] {
        let ran = rehearse(&saved(&case.files, case.fragment), &[]);
        let printed = ran.stdout + &ran.stderr;
        let (what, exit) = (case.what, i32::from(case.refusal.is_some()));
        assert_eq!(ran.exit, exit, "{what}: {printed}");
        assert!(printed.contains(case.plan), "{what}: {printed}");
        let verdict =
            "the rehearsal succeeded: as far as the seed folder shows, PyPI accepts these files\n";
        let answer = case.refusal.unwrap_or(verdict);
        assert!(printed.contains(answer), "{what}: {printed}");
        assert_eq!(printed.contains(verdict), exit == 0, "{what}: {printed}");
    }
}

#[test]
fn a_closed_project_is_refused() {
    for (status, plan, refusal) in [
        ("active", "without files\n", None),
        ("deprecated", "without files\n", None),
        (
            "archived",
            "; it is archived\n",
            Some("refused: the project is archived, so the index accepts no file: unarchive it"),
        ),
        (
            "quarantined",
            "; it is quarantined, so that its page hides its files\n",
            Some("refused: the project is quarantined, so the index accepts no file"),
        ),
    ] {
        let folder = saved(&[], "");
        let page = json!({
            "meta": {"_last-serial": 11, "api-version": "1.4"},
            "name": "upload-demo",
            "project-status": {"status": status},
            "files": [],
            "versions": [],
        });
        let path = "upload-demo/simple.json";
        crate::command::write(&folder, path, page.to_string().as_bytes());
        let ran = rehearse(&folder, &[]);
        let printed = ran.stdout + &ran.stderr;
        assert_eq!(ran.exit, i32::from(refusal.is_some()), "{printed}");
        assert!(printed.contains(plan), "{printed}");
        assert!(printed.contains(refusal.unwrap_or_default()), "{printed}");
    }
}

#[test]
fn the_document_has_the_refusal_and_is_that_of_the_schema() {
    let folder = saved(&[], "");
    let document = json!({
        "info": {"name": "Upload.Demo"},
        "ownership": {"organization": null, "roles": [{"role": "Owner", "user": "alice"}]},
        "releases": {"1.0.0": []},
    });
    let path = "upload-demo/pypi.json";
    crate::command::write(&folder, path, document.to_string().as_bytes());
    let deleted = format!("deleted-files = [{:?}]", file_name(DIST[1]));
    crate::command::write(&folder, "scenario.toml", deleted.as_bytes());
    let ran = rehearse(&folder, &["--json"]);
    assert_eq!(ran.exit, 1, "{}", ran.stderr);
    let document = ran.json();
    let outcomes = [&document["files"][0], &document["files"][1]].map(|file| &file["outcome"]);
    assert_eq!(outcomes, ["uploaded", "refused"]);
    let schema = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/report.schema.json");
    #[expect(clippy::disallowed_methods, reason = "a test's own file")]
    let schema = fs::read_to_string(schema).expect("the schema");
    let schema: Value = serde_json::from_str(&schema).expect("JSON");
    let rehearsal = &document["rehearsal"];
    assert_shape(rehearsal, &schema["$defs"]["Rehearsal"], &schema);
    assert_eq!(
        *rehearsal,
        json!({
            "projects": [{
                "name": "upload-demo", "exists": true, "status": "active", "members": ["alice"], "releases": 0,
                "files": 0, "bytes": 0, "file_limit": 104_857_600, "total_limit": 10_737_418_240_u64,
            }],
            "releases": [{
                "project": "upload-demo", "version": "1.0.0", "exists": true, "files": 0, "sdist": null,
                "since": null, "yanked": null, "closed": false,
            }],
            "files": [
                {"filename": file_name(DIST[0]), "state": "new", "sha256_on_index": null, "same_bytes_as": null},
                {"filename": file_name(DIST[1]), "state": "deleted", "sha256_on_index": null, "same_bytes_as": null},
            ],
        })
    );
}

/// Compares the members of objects and the words of an enumeration with those of a schema.
fn assert_shape(value: &Value, schema: &Value, root: &Value) {
    let reference = schema["$ref"].as_str();
    if let Some(name) = reference.and_then(|path| path.strip_prefix("#/$defs/")) {
        return assert_shape(value, &root["$defs"][name], root);
    }
    if let Some(words) = schema["enum"].as_array() {
        assert!(words.contains(value), "{value} {schema}");
    }
    for item in value.as_array().into_iter().flatten() {
        assert_shape(item, &schema["items"], root);
    }
    if let Some(object) = value.as_object() {
        let properties = schema["properties"].as_object().expect("properties");
        let keys: Vec<&String> = object.keys().collect();
        assert_eq!(keys, properties.keys().collect::<Vec<_>>());
        for (key, property) in properties {
            assert_shape(&object[key], property, root);
        }
    }
}

#[test]
fn a_name_like_that_of_a_saved_project_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join("up1oad.demo")).expect("a folder");
    let page = json!({"meta": {"api-version": "1.4"}, "name": "up1oad-demo", "files": []});
    crate::command::write(
        &folder,
        "up1oad.demo/simple.json",
        page.to_string().as_bytes(),
    );
    let ran = rehearse(&folder, &[]);
    assert_eq!(ran.exit, 1, "{}", ran.stderr);
    let expected = "The name 'upload-demo' is too similar to an existing project.";
    assert!(ran.stdout.contains(expected), "{}", ran.stdout);
    assert!(
        ran.stderr.contains("project upload-demo: new\n"),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_seed_folder_that_cannot_be_used_is_named_with_the_remedy() {
    let folder = saved(&[], "");
    crate::command::write(&folder, "upload-demo/simple.json", b"<html>");
    let ran = rehearse(&folder, &[]);
    assert_eq!(ran.exit, 1, "{}", ran.stderr);
    for expected in [
        "simple.json",
        "it is not a page of the simple API in JSON",
        "save the page again",
    ] {
        assert!(ran.stderr.contains(expected), "{expected}: {}", ran.stderr);
    }
    let served = pypi_release(&["local-index", "--seed-folder", text(folder.path())]);
    assert_eq!(served.exit, 1, "{}", served.stderr);
    assert!(served.stderr.contains("simple.json"), "{}", served.stderr);
    let ran = pypi_release(&["publish", "--seed-folder", text(folder.path()), DIST[0]]);
    assert_eq!(ran.exit, 2, "{}", ran.stderr);
    assert!(
        ran.stderr.contains("--seed-folder is for --index local"),
        "{}",
        ran.stderr
    );
}

/// The page of the project `demo` of a CI job.
fn saved_demo(files: &[Value]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join("demo")).expect("a folder");
    let page = json!({"meta": {"api-version": "1.4"}, "name": "demo", "files": files});
    let path = "demo/simple.json";
    crate::command::write(&folder, path, page.to_string().as_bytes());
    folder
}

fn rehearse_release(job: &Job, folder: &TempDir, arguments: &[&str]) -> Ran {
    let mut command = job.bare(&["--no-install", "--index", "local"]);
    command.args(["--seed-folder", text(folder.path())]);
    command.args(arguments);
    run(command)
}

#[test]
fn a_release_is_rehearsed_without_a_github_release() {
    let job = Job::of_tag();
    let folder = saved_demo(&[listed("demo-0.9.tar.gz", OTHER, LONG_AGO)]);
    let ran = rehearse_release(&job, &folder, &["--json"]);
    assert_eq!(ran.exit, 0, "{}", ran.stderr);
    let report = ran.json();
    let expected = [
        "version done",
        "route done",
        "check done",
        "gate not_needed",
        "identity done",
        "draft not_needed",
        "publish done",
        "verify done",
        "github-release not_needed",
    ];
    assert_eq!(states(&report), expected);
    let detail = &report["steps"][5]["detail"];
    assert_eq!(detail, "a rehearsal creates no GitHub release");
    let rehearsal = &report["publication"]["rehearsal"];
    assert_eq!(rehearsal["projects"][0]["files"], 1);
    assert_eq!(job.github.writes(), [""; 0]);
    assert!(job.index.requests().is_empty(), "only the local index");

    let ran = rehearse_release(&job, &folder, &[]);
    for line in [
        "project demo: exists, with 1 release and 1 file (1000 B of 10.00 GiB)\n",
        "release demo 1.0.0: new\n",
    ] {
        assert!(ran.stderr.contains(line), "{line}: {}", ran.stderr);
    }
    assert!(
        ran.stdout.ends_with(
            "rehearsed demo 1.0.0: PyPI accepts the release, as far as the seed folder shows\n"
        ),
        "{}",
        ran.stdout
    );
}

#[test]
fn a_release_that_pypi_refuses_fails_its_rehearsal() {
    let job = Job::of_tag();
    let folder = saved_demo(&[listed("demo-1.0.0-py2-none-any.whl", OTHER, LONG_AGO)]);
    let ran = rehearse_release(&job, &folder, &["--json"]);
    assert_eq!(ran.exit, 1, "{}", ran.stderr);
    let report = ran.json();
    assert_eq!(
        states(&report).last().map(String::as_str),
        Some("publish failed")
    );
    let message = report["error"]["message"].as_str().expect("a message");
    let text = "Uploading new files to releases older than 14 days is not allowed.";
    assert!(message.contains(text), "{message}");
    assert_eq!(
        report["publication"]["rehearsal"]["releases"][0]["closed"],
        true
    );
    assert_eq!(job.github.writes(), [""; 0]);

    let ran = rehearse_release(&job, &folder, &["--dry-run"]);
    assert_eq!(ran.exit, 0, "{}", ran.stderr);
    let line = "; it is too old for new files\n";
    assert!(ran.stdout.contains(line), "{}", ran.stdout);
    let folder = crate::command::text(folder.path());
    let ran = run(job.command(&["--seed-folder", folder]));
    assert_eq!(ran.exit, 2, "{}", ran.stderr);
    let expected = "--seed-folder is for --index local";
    assert!(ran.stderr.contains(expected), "{}", ran.stderr);
}
