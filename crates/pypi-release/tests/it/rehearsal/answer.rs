//! Each answer of PyPI in a rehearsal.

use std::fs;

use serde_json::{Value, json};

use super::{LONG_AGO, OTHER, file_name, listed, rehearse, saved, sha256};
use crate::command::DIST;

/// A release that is never too old.
const JUST_NOW: &str = "2999-01-02T03:04:05.678901Z";

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
