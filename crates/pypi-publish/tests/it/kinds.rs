//! What the plan knows of the kind of the index.

use pypi_http::{
    Secret,
    testing::{Script, reply},
};
use pypi_metadata::testing;
use pypi_publish::{Dists, ErrorKind, Plan, Publisher};
use pypi_trusted_publisher::{ApiToken, Environment};
use pypi_upload::Index;
use tempfile::TempDir;

use crate::{
    attest::attested,
    folder::{folder, release},
};

fn publisher(kind: &str) -> Publisher {
    Publisher::index(Index::named(kind, "http://127.0.0.1:1/legacy/").expect(kind))
}

fn token() -> ApiToken {
    ApiToken::new(Secret::new("glpat-hush"))
}

fn job() -> Environment {
    Environment::from_vars([
        ("GITHUB_ACTIONS", "true"),
        ("ACTIONS_ID_TOKEN_REQUEST_URL", "http://127.0.0.1:1/token"),
        ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "hush"),
    ])
}

fn dists(folder: &TempDir) -> Dists {
    Dists::read_dir(folder.path()).expect("a folder")
}

fn problems(plan: &Plan) -> Vec<String> {
    let line = |problem: &pypi_publish::Problem| {
        let finding = problem.finding();
        format!("{} {} {problem}", finding.severity(), finding.rule().id())
    };
    plan.problems().iter().map(line).collect()
}

#[test]
fn trusted_publishing_where_there_is_none_is_an_error_before_any_request() {
    let folder = release();
    for kind in ["gitlab", "devpi", "azure"] {
        let publisher = publisher(kind).trusted_publishing(job());
        let plan = publisher.plan(dists(&folder));
        let label = Index::named(kind, "http://127.0.0.1:1/").expect(kind);
        let label = label.profile().label;
        assert_eq!(
            problems(&plan),
            [format!(
                "error no-trusted-publishing 127.0.0.1: {label} has no trusted publishing"
            )]
        );
        let script = Script::new([]);
        let error = publisher.publish(dists(&folder), &script);
        let error = error.expect_err("nothing is sent");
        assert_eq!(error.kind(), ErrorKind::Identity);
        assert_eq!(
            error.to_string(),
            "the credentials cannot be used: nothing was sent"
        );
        assert!(script.transcript().is_empty());
    }
    for kind in ["local", "local-private"] {
        let plan = publisher(kind)
            .trusted_publishing(job())
            .plan(dists(&folder));
        assert!(plan.is_publishable(), "{kind}");
    }
}

#[test]
fn a_job_is_not_a_second_source_where_there_is_no_trusted_publishing() {
    let folder = release();
    let chain = || pypi_publish::CredentialChain::new().token("A", &token());
    let conflict = |kind: &str| {
        let publisher = publisher(kind).credentials(chain().trusted_publishing(job()));
        problems(&publisher.plan(dists(&folder)))
    };
    assert_eq!(conflict("gitlab"), [""; 0]);
    assert_eq!(
        conflict("local"),
        [
            "error credentials-conflict 127.0.0.1: A and trusted publishing (github) give different credentials"
        ]
    );
}

#[test]
fn attestations_are_not_sent_where_none_are_stored() {
    let folder = attested();
    let publisher = publisher("pypiserver").token(&token()).verify(None);
    let plan = publisher.plan(dists(&folder));
    let expected = "attestations are not sent: pypiserver stores none";
    assert_eq!(
        problems(&plan),
        [format!(
            "warning attestations-not-sent 127.0.0.1: {expected}"
        )]
    );
    let script = Script::new([reply(404, ""), reply(200, ""), reply(200, "")]).lenient();
    let report = publisher.jobs(1).publish(dists(&folder), &script);
    let report = report.expect("published").to_json();
    assert!(report.contains(expected), "{report}");
    for body in script.bodies() {
        let body = String::from_utf8_lossy(&body).into_owned();
        assert!(!body.contains("name=\"attestations\""), "{body}");
    }
}

#[cfg(feature = "sign")]
#[test]
fn nothing_is_signed_where_no_attestations_are_stored() {
    use pypi_attestations::Sigstore;
    use pypi_publish::Attest;

    let folder = release();
    let sigstore = || Sigstore::production().expect("an instance");
    for (attest, severity) in [
        (Attest::required(sigstore()), "error"),
        (Attest::best_effort(sigstore()), "warning"),
    ] {
        let publisher = publisher("devpi").token(&token()).attest(attest);
        assert_eq!(
            problems(&publisher.plan(dists(&folder))),
            [format!(
                "{severity} attestation-not-signed 127.0.0.1: files are not signed: devpi stores no attestations"
            )]
        );
    }
}

#[test]
fn metadata_is_too_new_only_where_it_is_checked() {
    let text = "Metadata-Version: 2.7\nName: demo\nVersion: 1.0\n\nA test.\n";
    let folder = folder([testing::wheel_with("demo", "1.0", text)]);
    let problems = |kind: &str| {
        let plan = publisher(kind).token(&token()).plan(dists(&folder));
        problems(&plan)
    };
    assert_eq!(problems("gitlab"), [""; 0]);
    let found = problems("local");
    assert!(
        matches!(&*found, [one] if one.starts_with("warning metadata-version")),
        "{found:?}"
    );
}
