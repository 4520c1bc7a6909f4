//! From files on disk to files on an index, over real sockets.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use pypi_attestations::PredicateType;
use pypi_http::{AsyncClient, BlockingClient};
use pypi_local_index::{Identity, LocalIndex, RecordedValue};
use pypi_metadata::testing;
use pypi_publish::{Dists, Publisher, Report};
use pypi_trusted_publisher::{ApiToken, Environment};
use pypi_upload::Index;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::folder::{folder, release, write};

pub(crate) fn publisher(local: &LocalIndex) -> Publisher {
    let index = Index::custom(local.upload_url().as_str()).expect("a URL");
    let index = index
        .simple_api(local.simple_url().as_str())
        .expect("a URL");
    Publisher::index(index).trusted_publishing(Environment::from_vars(local.environment()))
}

fn dists(folder: &TempDir) -> Dists {
    Dists::read_dir(folder.path()).expect("a folder")
}

#[track_caller]
pub(crate) fn assert_published(report: &Report, local: &LocalIndex) {
    assert!(report.is_success(), "{}", report.to_json());
    let stored: Vec<_> = local
        .files()
        .into_iter()
        .map(|file| (file.filename, file.sha256))
        .collect();
    for file in report.files() {
        assert_eq!(file.verification().name(), "confirmed");
        assert!(stored.contains(&(file.filename().to_owned(), file.sha256().to_owned())));
    }
    assert_eq!(stored.len(), 2);
}

#[test]
fn a_release_is_published_blocking() {
    let (local, folder) = (LocalIndex::start().expect("a server"), release());
    let transport = BlockingClient::new().expect("a client");
    let report = publisher(&local)
        .publish(dists(&folder), &transport)
        .expect("published");
    assert_published(&report, &local);
    let again = publisher(&local)
        .publish(dists(&folder), &transport)
        .expect("nothing to do");
    assert!(
        again
            .files()
            .iter()
            .all(|file| file.outcome().name() == "already_present")
    );
}

#[test]
fn a_release_is_published_on_a_runtime() {
    let (local, folder) = (LocalIndex::start().expect("a server"), release());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let transport = AsyncClient::new().expect("a client");
    let publisher = publisher(&local);
    let report = runtime.block_on(publisher.publish_async(dists(&folder), &transport));
    assert_published(&report.expect("published"), &local);
}

#[test]
fn a_token_of_ones_own_is_neither_exchanged_nor_burned() {
    let (local, folder) = (LocalIndex::start().expect("a server"), release());
    let publisher = publisher(&local).token(&ApiToken::new(local.user_token().clone()));
    let transport = BlockingClient::new().expect("a client");
    let report = publisher
        .publish(dists(&folder), &transport)
        .expect("published");
    assert_published(&report, &local);
    let asked = format!("{:?}", local.requests());
    assert!(!asked.contains("oidc"), "{asked}");
    assert!(
        !asked.contains(local.user_token().reveal()),
        "a log holds no token"
    );
}

#[test]
fn an_attestation_beside_a_file_is_sent_with_it() {
    let (local, folder) = (LocalIndex::start().expect("a server"), release());
    let name = "demo-1.0.tar.gz";
    let plan = publisher(&local).plan(dists(&folder));
    let file = plan
        .files()
        .find(|file| file.filename() == name)
        .expect("the sdist");
    let statement = json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": name, "digest": {"sha256": file.sha256()}}],
        "predicateType": PredicateType::Publish.uri(),
        "predicate": null,
    });
    let attestation = json!({
        "version": 1,
        "verification_material": {
            "certificate": STANDARD.encode("DER"),
            "transparency_entries": [{"logIndex": "7"}],
        },
        "envelope": {
            "statement": STANDARD.encode(statement.to_string()),
            "signature": STANDARD.encode("signature"),
        },
    });
    let sidecar = format!("{name}{}", PredicateType::Publish.sidecar_suffix());
    write(&folder, &sidecar, attestation.to_string().as_bytes());

    let transport = BlockingClient::new().expect("a client");
    let published = publisher(&local)
        .publish(dists(&folder), &transport)
        .expect("published");
    assert_published(&published, &local);
    let sent: Vec<_> = local
        .requests()
        .into_iter()
        .flat_map(|request| request.fields)
        .filter(|(name, _)| name == "attestations")
        .collect();
    let [(_, RecordedValue::Text(sent))] = sent.as_slice() else {
        panic!("one file of two has attestations: {sent:?}");
    };
    let sent: Value = serde_json::from_str(sent).expect("JSON");
    assert_eq!(sent, json!([attestation]));
}

/// Each exchange creates the project of one pending publisher.
#[test]
fn several_new_projects_are_created_one_exchange_each() {
    let job = Identity::github("octo-org/demo", "release.yml");
    let mut builder = LocalIndex::builder().identity(job.clone());
    for project in ["alpha", "beta", "gamma"] {
        builder = builder.pending_publisher(project, job.publisher());
    }
    let local = builder.start().expect("a server");
    let names = ["alpha", "beta", "gamma"];
    let folder = folder(names.map(|name| testing::wheel(name, "1.0")));
    let transport = BlockingClient::new().expect("a client");
    let report = publisher(&local)
        .publish(dists(&folder), &transport)
        .expect("published");
    assert!(report.is_success(), "{}", report.to_json());
    assert_eq!(report.token_burned(), Some(true));
    assert!(report.problems().is_empty());
}

#[test]
fn a_project_without_a_publisher_does_not_keep_the_others_back() {
    let job = Identity::github("octo-org/demo", "release.yml");
    let local = LocalIndex::builder()
        .identity(job.clone())
        .publisher("alpha", job.publisher())
        .start()
        .expect("a server");
    let folder = folder(["alpha", "beta"].map(|name| testing::wheel(name, "1.0")));
    let transport = BlockingClient::new().expect("a client");
    let report = publisher(&local)
        .publish(dists(&folder), &transport)
        .expect("published in part");
    let names: Vec<&str> = report
        .files()
        .iter()
        .map(|file| file.outcome().name())
        .collect();
    assert_eq!(names, ["uploaded", "refused"]);
    let rules: Vec<&str> = report
        .problems()
        .iter()
        .map(|problem| problem.finding().rule().id())
        .collect();
    assert!(rules.contains(&"project-new"), "{rules:?}");
    assert_eq!(report.token_burned(), Some(true));
}
