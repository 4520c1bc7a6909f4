//! The attestations beside the files: which are sent, and the refusals that are known before.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use pypi_attestations::{Attestation, Statement};
use pypi_http::{
    Reply, Secret, TransportError,
    testing::{Script, reply},
};
use pypi_local_index::{Clock, Identity, LocalIndex};
use pypi_metadata::testing;
use pypi_publish::{DistSource, Dists, Error, ErrorKind, Publisher, Report};
use pypi_trusted_publisher::{ApiToken, Environment, provider::Supplied};
use pypi_upload::{Digests, Index};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::folder::{read, release, write};

const MINTED: &str = r#"{"success":true,"token":"pypi-minted","expires":1760000900}"#;
const POST: &str = "POST /legacy/ (authorized)";
const BURN: &str = "POST /_/oidc/burn-token";

/// A real attestation of the job [`signer`].
const REAL: &[u8] = include_bytes!(
    "../../../pypi-attestations/tests/data/gitlab_oidc_project-0.0.3.tar.gz.publish.attestation"
);

fn signer() -> Identity {
    Identity::gitlab("facutuesca/gitlab-oidc-project", ".gitlab-ci.yml")
}

/// A folder with a wheel and an sdist, of which the sdist has an attestation with the certificate of [`REAL`].
#[expect(clippy::disallowed_methods, reason = "a test's own files")]
pub(crate) fn attested() -> TempDir {
    let (folder, name) = (release(), "demo-1.0.tar.gz");
    let file = std::fs::File::open(folder.path().join(name)).expect("a file");
    let digests = Digests::read(file).expect("it reads");
    let statement = Statement::publish(name, digests.sha256()).expect("a statement");
    let mut object: Value = serde_json::from_slice(REAL).expect("JSON");
    object["envelope"]["statement"] = json!(STANDARD.encode(statement.as_bytes()));
    let sidecar = format!("{name}.publish.attestation");
    write(&folder, &sidecar, object.to_string().as_bytes());
    folder
}

fn dists(folder: &TempDir) -> Dists {
    Dists::read_dir(folder.path()).expect("a folder")
}

fn custom() -> Publisher {
    Publisher::index(Index::custom("http://127.0.0.1:1/legacy/").expect("a URL"))
}

/// The replies of an index that answers uploads like this, after a lookup if it is PyPI.
fn index(is_pypi: bool, uploads: [Result<Reply, TransportError>; 2]) -> Script {
    let lookup = is_pypi.then(|| reply(404, ""));
    let exchange = [reply(200, r#"{"audience":"pypi"}"#), reply(200, MINTED)];
    let replies = lookup.into_iter().chain(exchange).chain(uploads);
    Script::new(replies.chain([reply(202, "")])).lenient()
}

/// The result of a publication as this job.
fn publish(publisher: Publisher, job: &Identity, script: &Script) -> Result<Report, Error> {
    let local = LocalIndex::builder().clock(Clock::fixed(1_760_000_000));
    let local = local.start_in_memory().expect("an index");
    let token = local.id_token(job, "pypi").expect("an ID token");
    let folder = attested();
    publisher
        .provider(Supplied::value(Secret::new(token.reveal())))
        .clock(script.clock())
        .verify(None)
        .jobs(1)
        .publish(dists(&folder), script)
}

fn sent(script: &Script) -> usize {
    let bodies = script.bodies();
    let has = |body: &&Vec<u8>| String::from_utf8_lossy(body).contains("name=\"attestations\"");
    bodies.iter().filter(has).count()
}

/// The findings about attestations.
fn found(report: &Report) -> Vec<String> {
    let problems = report.problems().iter();
    problems
        .filter(|problem| problem.finding().rule().id().starts_with("attestation"))
        .map(|problem| {
            format!(
                "{} {}: {}",
                problem.finding().severity(),
                problem.file(),
                problem.finding()
            )
        })
        .collect()
}

fn accepted() -> [Result<Reply, TransportError>; 2] {
    [reply(200, ""), reply(200, "")]
}

#[test]
fn the_report_names_the_attestations_that_were_sent() {
    let script = index(true, accepted());
    let report = publish(Publisher::pypi(), &signer(), &script).expect("published");
    assert_eq!(found(&report), [""; 0]);
    assert_eq!(sent(&script), 1);
    let report: Value = serde_json::from_str(&report.to_json()).expect("JSON");
    let real = Attestation::parse(REAL).expect("an attestation");
    assert_eq!(
        report["files"][1]["attestations"],
        json!([{
            "predicate": real.predicate_type().uri(),
            "log_index": 149_945_774,
            "integrated_time": 1_732_037_820,
            "source": "sidecar",
        }])
    );
    assert_eq!(report["files"][0]["attestations"], json!([]));
}

#[test]
fn an_attestation_is_given_with_bytes_in_memory() {
    let folder = attested();
    let name = "demo-1.0.tar.gz";
    let file = testing::sdist("demo", "1.0");
    let json = read(&folder, &format!("{name}.publish.attestation"));
    let source = || DistSource::bytes(name, file.bytes.clone());
    let token = ApiToken::new(Secret::new("pypi-x"));
    let job = Environment::from_vars([("GITLAB_CI", "true"), ("PYPI_ID_TOKEN", "e30.e30.c2ln")]);
    let plan = custom()
        .trusted_publishing(job)
        .plan(Dists::read([source().attestation(json.clone())]));
    let report: Value = serde_json::from_str(&plan.dry_run().to_json()).expect("JSON");
    assert_eq!(report["files"][0]["attestations"][0]["source"], "given");

    let rules = |source: DistSource| {
        let plan = custom().token(&token).plan(Dists::read([source]));
        let problems = plan.problems().iter();
        let found = problems.map(|problem| problem.finding().to_string());
        found.collect::<Vec<_>>()
    };
    let invalid = rules(source().attestation("{}"));
    assert!(invalid[0].starts_with("the attestation: "), "{invalid:?}");
    let twice = rules(source().attestation(json.clone()).attestation(json.clone()));
    assert!(twice[0].starts_with("two attestations have"), "{twice:?}");
    let beside = DistSource::path(folder.path().join(name)).attestation(json);
    assert_eq!(rules(beside), twice, "one beside the file and one given");
}

#[cfg(unix)]
#[test]
#[expect(clippy::disallowed_methods, reason = "std makes no named pipes")]
fn a_named_pipe_is_not_waited_for() {
    let folder = release();
    let pipes = ["demo-1.0.tar.gz.publish.attestation", "other-1.0.tar.gz"];
    let paths = pipes.map(|name| folder.path().join(name));
    let made = std::process::Command::new("mkfifo").args(&paths).status();
    assert!(made.expect("mkfifo runs").success());
    let names = ["demo-1.0.tar.gz", "other-1.0.tar.gz"];
    let plan = custom().plan(Dists::read(names.map(|name| folder.path().join(name))));
    let problems: Vec<_> = plan.problems().iter().map(ToString::to_string).collect();
    let found = |text: &str| problems.iter().any(|problem| problem == text);
    assert!(
        found(&format!(
            "{}: {}: it is a named pipe, expected a regular file",
            folder.path().join(names[0]).display(),
            pipes[0]
        )) && found(&format!(
            "{}: the file cannot be read: it is a named pipe, expected a regular file",
            folder.path().join(names[1]).display()
        )),
        "{problems:#?}"
    );
}

#[cfg(feature = "sign")]
#[test]
fn an_attestation_of_another_job_is_not_sent_to_pypi() {
    let job = Identity::github("octo-org/demo", "release.yml");
    let script = index(true, [reply(202, ""), reply(202, "")]);
    let error = publish(Publisher::pypi(), &job, &script).expect_err("nothing was sent");
    assert_eq!(error.kind(), ErrorKind::Attestation);
    assert_eq!(
        error.causes(),
        "the index would reject an attestation: 2 of 2 files were not uploaded: the index rejects the attestation, which \
         this job has not signed: the attestation was signed by a job of \"https://gitlab.com\", expected \
         \"https://token.actions.githubusercontent.com\""
    );
    assert_eq!(
        error.help(),
        Some("delete the attestation, or sign the file again in the job that publishes it")
    );
    let transcript = script.transcript();
    assert!(!transcript.contains(&POST.to_owned()), "{transcript:?}");
    assert!(transcript.contains(&BURN.to_owned()), "{transcript:?}");
}

#[cfg(feature = "sign")]
#[test]
fn an_attestation_of_another_workflow_is_a_warning_where_the_rules_are_not_known() {
    let job = Identity::gitlab("facutuesca/gitlab-oidc-project", "ci/release.yml");
    let script = index(false, accepted());
    let report = publish(custom(), &job, &script).expect("published");
    let [warning] = found(&report).try_into().expect("one warning");
    let start = "warning demo-1.0.tar.gz: the index rejects the attestation, which this job has not signed: the attestation was signed by workflow";
    assert!(warning.starts_with(start), "{warning}");
    assert_eq!(sent(&script), 1);
}

#[test]
fn a_reusable_workflow_is_reported_before_the_first_upload() {
    let job = Identity::github("octo-org/demo", "release.yml").claim(
        "job_workflow_ref",
        "octo-org/demo/.github/workflows/publish.yml@refs/heads/main",
    );
    for publisher in [Publisher::pypi(), custom()] {
        let is_pypi = format!("{publisher:?}").contains("upload.pypi.org");
        let script = index(is_pypi, accepted());
        let report = publish(publisher, &job, &script).expect("published");
        let [warning] = found(&report).try_into().expect("one warning");
        assert!(
            warning.ends_with(
                ": the job is in the reusable workflow octo-org/demo/.github/workflows/publish.yml, called by \
                 octo-org/demo/.github/workflows/release.yml: PyPI matches the publisher with the called file and \
                 attestations with the calling one, so it rejects them"
            ),
            "{warning}"
        );
    }
}

#[test]
fn attestations_of_other_providers_are_not_sent_to_pypi() {
    let folder = attested();
    let job = Environment::from_vars([("CIRCLECI", "true")]);
    let of_circleci = "attestations are not sent: PyPI accepts those of GitHub, GitLab.com and Google, not of jobs of CircleCI";
    let publisher = Publisher::pypi().trusted_publishing(job.clone());
    let plan = publisher.plan(dists(&folder));
    let problems: Vec<_> = plan.problems().iter().map(ToString::to_string).collect();
    assert_eq!(problems, [format!("pypi: {of_circleci}")]);
    assert!(
        plan.dry_run()
            .files()
            .iter()
            .all(|file| file.attestations().is_empty())
    );
    let elsewhere = custom().trusted_publishing(job).plan(dists(&folder));
    assert!(elsewhere.problems().is_empty());

    // What issued a supplied token is known once there is one.
    let job = signer().claim("iss", "https://gitlab.example");
    let script = index(true, accepted());
    let report = publish(Publisher::pypi(), &job, &script).expect("published");
    assert_eq!(
        found(&report),
        [
            "warning pypi: attestations are not sent: PyPI accepts those of GitHub, GitLab.com and Google, not of jobs of self-managed GitLab"
        ]
    );
    assert_eq!(sent(&script), 0);
}

#[cfg(feature = "sign")]
#[test]
fn a_rejected_signature_of_the_job_may_be_a_matter_of_letter_case() {
    let text = "400 Invalid attestations supplied during upload: Could not verify the uploaded artifact using the included attestation: Verification failed: provenance";
    let script = index(true, [reply(200, ""), reply(400, text)]);
    let report = publish(Publisher::pypi(), &signer(), &script).expect("published in part");
    let [warning] = found(&report).try_into().expect("one warning");
    assert_eq!(
        warning,
        "warning demo-1.0.tar.gz: the index rejected an attestation that the job has signed: its trusted publisher may \
         spell facutuesca/gitlab-oidc-project in another letter case, which counts for attestations only"
    );
    let other = index(true, [reply(200, ""), reply(400, "400 Invalid classifier")]);
    let report = publish(Publisher::pypi(), &signer(), &other).expect("published in part");
    assert_eq!(found(&report), [""; 0]);
}
