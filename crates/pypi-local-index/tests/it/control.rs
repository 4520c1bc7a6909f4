//! What a test can configure, change and read in the process.

use std::error::Error as _;
use std::time::Duration;

use pypi_local_index::{
    AdminFlag, Change, Clock, ErrorKind, Identity, LocalIndex, Project, ProjectEventKind, Signing,
    Token, TrustedPublisher, User,
};
use pypi_metadata::testing::{sdist, wheel, wheel_with, zip};

use crate::client::{Form, get, upload};
use crate::trusted::mint;

fn token(index: &LocalIndex, name: &str) -> String {
    index.token(name).expect("a token").reveal().to_owned()
}

fn reason(index: &LocalIndex, token: &str, name: &str) -> String {
    upload(index, token, &Form::of(name, &wheel(name, "1.0"))).reason
}

#[test]
fn accounts_and_tokens_have_their_permissions() {
    let index = LocalIndex::builder()
        .user(User::new("alice"))
        .user(User::new("bob"))
        .user(User::new("erin").disabled())
        .project(Project::new("demo").member("alice"))
        .token("alice", Token::of("alice"))
        .token("bob", Token::of("bob"))
        .token("erin", Token::of("erin"))
        .token("revoked", Token::of("alice").revoked())
        .token("expired", Token::of("alice").expired())
        .token("other", Token::of("alice").only(["other"]))
        .start()
        .expect("an index");
    let unknown = "Invalid or non-existent authentication information. \
                   See https://pypi.org/help/#invalid-auth for more information.";
    for (name, expected) in [
        ("erin", unknown),
        ("revoked", unknown),
        (
            "expired",
            "Invalid API Token: token is expired, token is expired",
        ),
        (
            "other",
            "Invalid API Token: project-scoped token is not valid for project: 'demo', \
             project-scoped token is not valid for project: 'demo'",
        ),
        (
            "bob",
            "The user 'bob' isn't allowed to upload to project 'demo'. \
             See https://pypi.org/help/#project-name for more information.",
        ),
        ("alice", "OK"),
    ] {
        assert_eq!(
            reason(&index, &token(&index, name), "demo"),
            expected,
            "{name}"
        );
    }
    assert_eq!(reason(&index, &token(&index, "bob"), "bobs-own"), "OK");
    assert_eq!(
        reason(&index, &token(&index, "alice"), "bobs-own"),
        "The user 'alice' isn't allowed to upload to \
        project 'bobs-own'. See https://pypi.org/help/#project-name for more information."
    );
}

#[test]
fn a_release_accepts_files_for_fourteen_days() {
    let clock = Clock::fixed(1_760_000_000);
    let index = LocalIndex::builder()
        .clock(clock.clone())
        .start()
        .expect("an index");
    let own = index.user_token().reveal();
    assert_eq!(reason(&index, own, "demo"), "OK");
    clock.advance(Duration::from_secs(14 * 86_400));
    assert_eq!(
        upload(&index, own, &Form::of("demo", &sdist("demo", "1.0"))).status,
        200
    );
    clock.advance(Duration::from_secs(1));
    let late = wheel_with(
        "demo",
        "1.0",
        "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n",
    );
    let mut late = Form::of("demo", &late);
    late.files[0].filename = "demo-1.0-1-py3-none-any.whl".to_owned();
    let response = upload(&index, own, &late);
    assert_eq!(
        response.reason,
        "Uploading new files to releases older than 14 days is not allowed."
    );
    // Uploading the same file again still succeeds.
    assert_eq!(reason(&index, own, "demo"), "OK");
}

#[test]
fn the_name_of_a_deleted_file_stays_taken() {
    let index = LocalIndex::start().expect("an index");
    let own = index.user_token().reveal();
    assert_eq!(reason(&index, own, "demo"), "OK");
    assert!(index.delete_file("demo-1.0-py3-none-any.whl"));
    assert!(!index.delete_file("demo-1.0-py3-none-any.whl"));
    let text = "This filename was previously used by a file that has since been deleted. Use a different version. \
                See https://pypi.org/help/#file-name-reuse for more information.";
    assert_eq!(reason(&index, own, "demo"), text);
    let events: Vec<ProjectEventKind> =
        index.events().into_iter().map(|event| event.kind).collect();
    let filename = "demo-1.0-py3-none-any.whl".to_owned();
    assert_eq!(events.len(), 3);
    assert_eq!(events[0], ProjectEventKind::ProjectCreated);
    assert!(
        matches!(&events[2], ProjectEventKind::FileRemoved { filename: removed, .. } if *removed == filename)
    );
}

#[test]
fn limits_and_admin_flags_are_enforced() {
    let index = LocalIndex::builder()
        .total_limit(5000)
        .new_projects_per_hour(1)
        .prohibited_name("Bad.Name")
        .project(Project::new("full").stored_bytes(4999))
        .project(
            Project::new("large")
                .stored_bytes(4999)
                .total_limit(1 << 40),
        )
        .start()
        .expect("an index");
    let own = index.user_token().reveal();
    assert!(
        reason(&index, own, "full")
            .starts_with("Project size too large. Limit for project 'full' total size is 0 GB.")
    );
    assert_eq!(reason(&index, own, "large"), "OK");
    let (prohibited, similar) = (
        reason(&index, own, "bad-name"),
        reason(&index, own, "1arge"),
    );
    assert!(
        prohibited.starts_with("The name 'bad-name' isn't allowed."),
        "{prohibited}"
    );
    assert!(
        similar.starts_with("The name '1arge' is too similar to an existing project."),
        "{similar}"
    );
    assert_eq!(reason(&index, own, "first"), "OK");
    assert_eq!(
        reason(&index, own, "second"),
        "Too many new projects created"
    );
    for (flag, begin) in [
        (
            AdminFlag::DisallowNewUpload,
            "New uploads are temporarily disabled.",
        ),
        (
            AdminFlag::ReadOnly,
            "Read-only mode: Uploads are temporarily disabled.",
        ),
    ] {
        index.set_admin_flag(flag, true);
        let refused = reason(&index, own, "first");
        assert!(refused.starts_with(begin), "{refused}");
        index.set_admin_flag(flag, false);
    }
    index.archive("first");
    assert!(
        reason(&index, own, "first").starts_with("The user 'local-index' isn't allowed to upload")
    );
    index.reactivate("first");
    assert_eq!(reason(&index, own, "first"), "OK");
}

#[test]
fn the_first_file_sets_the_metadata_of_its_release() {
    let index = LocalIndex::start().expect("an index");
    let own = index.user_token().reveal();
    let summary = |text: &str, form: Form| form.field("summary", text);
    let first = summary("first", Form::of("demo", &wheel("demo", "1.0")));
    let second = summary("second", Form::of("demo", &sdist("demo", "1.0")));
    assert_eq!(upload(&index, own, &first).status, 200);
    assert_eq!(upload(&index, own, &second).status, 200);
    assert_eq!(
        get(&index, "/pypi/demo/json", &[]).json()["info"]["summary"],
        "first"
    );
}

#[test]
fn a_seed_makes_every_run_the_same() {
    let tokens = |seed| {
        let index = LocalIndex::builder()
            .seed(seed)
            .publishes_any()
            .clock(Clock::fixed(1_760_000_000))
            .start();
        let index = index.expect("an index");
        let job = Identity::github("octo-org/demo", "release.yml");
        let id_token = index
            .id_token(job, "pypi")
            .expect("an ID token")
            .reveal()
            .to_owned();
        let minted = mint(&index, &id_token).text();
        (index.user_token().reveal().to_owned(), id_token, minted)
    };
    assert_eq!(tokens(1), tokens(1));
    assert_ne!(tokens(1), tokens(2));
}

#[test]
fn members_get_the_emails_that_pypi_sends() {
    let job = Identity::github("octo-org/demo", "release.yml").environment("pypi");
    let index = LocalIndex::builder()
        .user(User::new("alice"))
        .token("alice", Token::of("alice"))
        .project(Project::new("demo").member("alice"))
        .publisher(
            "demo",
            TrustedPublisher::github("octo-org/demo", "release.yml"),
        )
        .start()
        .expect("an index");
    let id_token = index.id_token(job, "pypi").expect("an ID token");
    assert_eq!(mint(&index, id_token.reveal()).status, 200);
    let record = "demo-1.0.dist-info/RECORD";
    let members = [
        (
            "demo-1.0.dist-info/METADATA",
            "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n",
        ),
        ("demo-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\n"),
        (record, "demo-1.0.dist-info/RECORD,,\nnot/there.py,,\n"),
    ];
    let mut file = wheel("demo", "1.0");
    file.bytes = zip(&members.map(|(name, text)| (name.to_owned(), text.to_owned())));
    let alice = token(&index, "alice");
    assert_eq!(upload(&index, &alice, &Form::of("demo", &file)).status, 200);
    let emails = index.emails();
    let subjects: Vec<&str> = emails.iter().map(|email| email.subject.as_str()).collect();
    assert!(emails.iter().all(|email| email.to == "alice"));
    assert_eq!(subjects.len(), 3, "{subjects:?}");
    assert_eq!(
        subjects[0],
        "Trusted publisher of demo could be constrained to an environment"
    );
    assert!(
        subjects[1].ends_with("does not list its files"),
        "{subjects:?}"
    );
    assert!(
        subjects[2].starts_with("API token used for demo"),
        "{subjects:?}"
    );
}

#[test]
fn every_provider_has_a_job_that_can_publish() {
    for job in [
        Identity::github("octo-org/demo", "release.yml"),
        Identity::gitlab("my-group/demo", ".gitlab-ci.yml"),
        Identity::google("robot@example.iam.gserviceaccount.com"),
        Identity::activestate("org", "demo", "7"),
    ] {
        let index = LocalIndex::builder()
            .publisher("demo", job.publisher())
            .start()
            .expect("an index");
        let id_token = index.id_token(&job, "pypi").expect("an ID token");
        let first = mint(&index, id_token.reveal());
        let minted = first.json()["token"].as_str().expect("a token").to_owned();
        assert_eq!(reason(&index, &minted, "demo"), "OK");
        // Google's tokens have no id that could be used up.
        let again = mint(&index, id_token.reveal()).status;
        let is_google = job.publisher().to_string().contains('@');
        assert_eq!(again, if is_google { 200 } else { 422 });
        for signing in [
            Signing::OtherKey,
            Signing::WithoutKeyId,
            Signing::UnknownKeyId,
        ] {
            let forged = index
                .id_token(job.clone().signing(signing), "pypi")
                .expect("an ID token");
            assert_eq!(
                mint(&index, forged.reveal()).json()["errors"][0]["code"],
                "invalid-token"
            );
        }
    }
}

#[test]
fn the_variables_of_each_provider_yield_a_token() {
    let index = LocalIndex::start().expect("an index");
    let gitlab = index.environment_of(Identity::gitlab("my-group/demo", ".gitlab-ci.yml"));
    assert!(
        gitlab
            .iter()
            .any(|(name, value)| name == "PYPI_ID_TOKEN" && value.split('.').count() == 3)
    );
    let google = index.environment_of(Identity::google("robot@example.com"));
    let (name, host) = &google[0];
    assert_eq!(
        (name.as_str(), format!("http://{host}/")),
        ("GCE_METADATA_HOST", index.url().to_string())
    );
    let path = "/computeMetadata/v1/instance/service-accounts/default/identity?audience=pypi";
    let response = get(&index, path, &[("metadata-flavor", "Google")]);
    assert_eq!(
        (response.status, response.header("metadata-flavor")),
        (200, Some("Google"))
    );
    assert_eq!(response.text().split('.').count(), 3);
    assert_eq!(get(&index, path, &[]).status, 403);
    index.reset();
    let response = get(&index, path, &[("metadata-flavor", "Google")]);
    assert_eq!(response.status, 400, "no workload at the start");
    let path = "/issuer/gitlab/.well-known/openid-configuration";
    assert_eq!(
        get(&index, path, &[]).json()["issuer"],
        "https://gitlab.com"
    );
}

#[test]
fn an_invalid_initial_state_is_an_error() {
    let invalid = LocalIndex::builder()
        .file("demo-1.0-py3-none-any.whl", b"no wheel".to_vec())
        .start();
    assert_eq!(invalid.expect_err("not a wheel").kind(), ErrorKind::File);
    let index = LocalIndex::start().expect("an index");
    let file = wheel("demo", "1.0");
    index
        .add_file(&file.filename, file.bytes.clone())
        .expect("a wheel");
    let again = index
        .add_file(&file.filename, file.bytes)
        .expect_err("taken");
    assert_eq!(again.kind(), ErrorKind::File);
    let cause = again.source().expect("a cause").to_string();
    assert!(
        cause.contains("a file with this name is stored, or was deleted"),
        "{cause}"
    );
    assert!(index.add_project("-").is_err());
    index.change(&Change::ProjectAppears("rival".to_owned()));
    assert!(index.add_publisher("rival", TrustedPublisher::google("a@example.com")));
    assert!(!index.add_publisher("nothing", TrustedPublisher::google("a@example.com")));
}

#[test]
#[cfg(all(feature = "scenario", feature = "sigstore"))]
fn the_documented_scenario_starts() {
    let page = include_str!("../../../../docs/local-index.md");
    let (_, scenario) = page.split_once("```toml\n").expect("a scenario");
    let (scenario, _) = scenario.split_once("```").expect("its end");
    let saved = tempfile::tempdir().expect("a folder");
    let file = wheel("saved", "1.0");
    #[expect(clippy::disallowed_methods, reason = "the test saves a file")]
    std::fs::write(saved.path().join(&file.filename), &file.bytes).expect("a file");
    let folder = format!("seed-folder = {:?}", saved.path());
    let scenario = scenario.replace("seed-folder = \"saved\"", &folder);
    let index = pypi_local_index::Builder::from_scenario(&scenario)
        .expect("a scenario")
        .start()
        .expect("an index");
    assert!(index.token("only-demo").is_some());
    assert_eq!(index.files().len(), 1, "that of the seed folder");
    let error = pypi_local_index::Builder::from_scenario("seed = 1\nnonsense = true\n")
        .expect_err("an unknown key");
    assert_eq!(error.kind(), ErrorKind::Scenario);
    assert!(
        error
            .to_string()
            .starts_with("the scenario cannot be read: line 2: unknown field `nonsense`"),
        "{error}"
    );
}
