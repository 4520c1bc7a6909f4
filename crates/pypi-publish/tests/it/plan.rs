//! Every problem of every file, before the network.

use std::error::Error as _;

use pypi_attestations::{Attestation, PredicateType};
use pypi_http::Secret;
use pypi_http::testing::Script;
use pypi_metadata::Severity;
use pypi_metadata::testing;
use pypi_publish::{CredentialChain, Dists, Error, ErrorKind, Problem, Publisher};
use pypi_trusted_publisher::{ApiToken, Environment};
use pypi_upload::Index;

use crate::folder::{folder, release, write};

fn publisher() -> Publisher {
    Publisher::pypi().token(&ApiToken::new(Secret::new("pypi-x")))
}

fn rules(problems: &[Problem]) -> Vec<(&str, &str)> {
    problems
        .iter()
        .map(|problem| (problem.file(), problem.finding().rule().id()))
        .collect()
}

#[test]
fn wheels_come_before_sdists() {
    let folder = release();
    let plan = publisher().plan(Dists::read_dir(folder.path()).expect("a folder"));
    let files: Vec<_> = plan.files().map(|file| file.filename()).collect();
    assert_eq!(files, ["demo-1.0-py3-none-any.whl", "demo-1.0.tar.gz"]);
    assert_eq!(rules(plan.problems()), []);
}

#[test]
fn metadata_newer_than_pypi_is_a_warning_and_is_sent() {
    for version in ["2.6", "2.7"] {
        let text = format!("Metadata-Version: {version}\nName: demo\nVersion: 1.0\n\nA test.\n");
        let folder = folder([testing::wheel_with("demo", "1.0", &text)]);
        let plan = publisher().plan(Dists::read_dir(folder.path()).expect("a folder"));
        let found: Vec<_> = plan.problems().iter().map(ToString::to_string).collect();
        let path = folder.path().join("demo-1.0-py3-none-any.whl");
        let path = path.display();
        assert_eq!(
            found,
            [format!(
                "{path}: Metadata-Version {version:?} is newer than 2.5, \
                 the newest that PyPI accepted on 2026-08-21"
            )]
        );
        assert!(plan.is_publishable());
    }
}

/// What the index accepts, but an installer that trusts the sdist would miss.
#[test]
fn a_wheel_without_the_static_values_of_its_sdist_is_a_warning() {
    let text = "Metadata-Version: 2.4\nName: demo\nVersion: 1.0\nSummary: A test\nRequires-Dist: late\n\nA test.\n";
    let folder = folder([
        testing::wheel_with("demo", "1.0", text),
        testing::sdist("demo", "1.0"),
    ]);
    let plan = publisher().plan(Dists::read_dir(folder.path()).expect("a folder"));
    assert_eq!(
        rules(plan.problems()),
        [("demo-1.0-py3-none-any.whl", "release-static")]
    );
    let message = plan.problems()[0].finding().message();
    assert!(
        message.contains("is missing") && message.contains("is \"late\""),
        "both values: {message}"
    );
    assert!(plan.is_publishable());
}

#[test]
fn a_variant_wheel_is_not_sent_to_pypi() {
    for (tags, rule) in [
        ("py3-none-any-x86_64_v3", "wheel-variant"),
        ("py3-none-linux_x86_64", "tag-platform"),
    ] {
        let folder = folder([]);
        let bytes = testing::wheel("demo", "1.0").bytes;
        write(&folder, &format!("demo-1.0-{tags}.whl"), &bytes);
        let dists = || Dists::read_dir(folder.path()).expect("a folder");
        let plan = publisher().plan(dists());
        assert_eq!(rules(plan.problems())[0].1, rule);
        assert!(!plan.is_publishable());

        let devpi = Index::named("devpi", "https://devpi.example/me/dev/").expect("an index");
        let plan = Publisher::index(devpi)
            .basic("me", &Secret::new("x"))
            .plan(dists());
        assert_eq!(rules(plan.problems())[0].1, rule);
        assert!(plan.is_publishable(), "{:?}", plan.problems());
    }
}

#[test]
fn every_bad_file_is_told_at_once_and_nothing_is_sent() {
    let folder = folder([
        testing::wheel("demo", "1.0+local"),
        testing::sdist("demo", "1.0"),
    ]);
    let paths = [
        write(&folder, "README.md", b"# hello"),
        write(&folder, "demo-1.1-py3-none-any.whl", b""),
        write(
            &folder,
            "demo-1.2-py3-none-any.whl",
            &testing::wheel("demo", "1.2").bytes[..300],
        ),
        write(
            &folder,
            "other-1.0.tar.gz",
            &testing::sdist("demo", "1.0").bytes,
        ),
        folder.path().join("demo-1.0+local-py3-none-any.whl"),
    ];
    let script = Script::new([]);
    let error: Error = publisher()
        .publish(Dists::read(paths), &script)
        .expect_err("unfit");
    assert_eq!(error.kind(), ErrorKind::Plan);
    assert_eq!(
        rules(error.problems()),
        [
            ("README.md", "unreadable"),
            ("demo-1.1-py3-none-any.whl", "unreadable"),
            ("demo-1.2-py3-none-any.whl", "unreadable"),
            ("demo-1.0+local-py3-none-any.whl", "version-local"),
            ("other-1.0.tar.gz", "filename-name"),
        ]
    );
    let causes = error.source().expect("the problems").to_string();
    for problem in error.problems() {
        assert!(!problem.to_string().contains('\n'), "one line: {problem}");
        assert!(causes.contains(&problem.to_string()), "{causes}");
    }
    assert!(script.transcript().is_empty());
}

#[test]
fn settings_are_part_of_the_plan() {
    let folder = release();
    let dists = || Dists::read_dir(folder.path()).expect("a folder");
    assert_eq!(
        rules(Publisher::pypi().plan(dists()).problems()),
        [("pypi", "no-authentication")]
    );
    let nowhere = Publisher::pypi().trusted_publishing(Environment::from_vars([("CI", "true")]));
    assert_eq!(
        rules(nowhere.plan(dists()).problems()),
        [("pypi", "no-identity")]
    );
    assert_eq!(
        rules(publisher().plan(Dists::default()).problems()),
        [("(no file)", "nothing-to-publish")]
    );
}

#[test]
fn a_file_given_twice_is_told() {
    let (first, second) = (release(), release());
    let name = "demo-1.0.tar.gz";
    let plan = publisher().plan(Dists::read([
        first.path().join(name),
        second.path().join(name),
    ]));
    assert_eq!(rules(plan.problems()), [(name, "file-twice")]);
}

#[test]
fn a_release_is_checked_as_a_whole() {
    let folder = release();
    let metadata = testing::metadata("demo", "1.0");
    let members = [("demo-1.0.0/PKG-INFO".to_owned(), metadata)];
    write(&folder, "demo-1.0.0.tar.gz", &testing::tar_gz(&members));
    let plan = publisher().plan(Dists::read_dir(folder.path()).expect("a folder"));
    assert_eq!(
        rules(plan.problems()),
        [
            ("demo-1.0.0.tar.gz", "filename-not-normalized"),
            ("demo-1.0.tar.gz", "release-two-sdists"),
        ]
    );
    let path = folder.path().join("demo-1.0.tar.gz");
    assert_eq!(plan.problems()[1].path(), Some(path.as_path()));
    assert_eq!(
        plan.problems()[1].to_string(),
        format!(
            "{}: the release has two sdists: demo-1.0.0.tar.gz and demo-1.0.tar.gz",
            path.display()
        )
    );
}

#[test]
fn an_attestation_must_fit_its_file() {
    let folder = release();
    let name = "demo-1.0.tar.gz";
    let suffix = PredicateType::ALL[0].sidecar_suffix();
    write(&folder, &format!("{name}{suffix}"), b"{}");
    assert!(Attestation::parse(b"{}").is_err());
    let plan = publisher().plan(Dists::read([folder.path().join(name)]));
    assert_eq!(rules(plan.problems()), [(name, "attestation")]);
    assert_eq!(plan.problems()[0].finding().severity(), Severity::Error);
}

#[test]
fn missing_credentials_are_not_an_error_of_the_distributions() {
    let folder = release();
    let dists = || Dists::read_dir(folder.path()).expect("a folder");
    for publisher in [
        Publisher::pypi(),
        Publisher::pypi().trusted_publishing(Environment::default()),
    ] {
        let error = publisher
            .publish(dists(), &Script::new([]))
            .expect_err("no credentials");
        assert_eq!(error.kind(), ErrorKind::Identity);
        assert!(error.source().is_some());
    }
}

#[test]
fn credentials_that_disagree_or_cannot_be_right_are_not_sent() {
    let folder = release();
    let dists = || Dists::read_dir(folder.path()).expect("a folder");
    let token = |text: &str| ApiToken::new(Secret::new(text));
    let job = Environment::from_vars([
        ("GITHUB_ACTIONS", "true"),
        ("ACTIONS_ID_TOKEN_REQUEST_URL", "https://ci.example/"),
        ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "hush"),
    ]);
    let one = || CredentialChain::new().token("A", &token("pypi-hush"));
    for (chain, expected) in [
        (
            one().token("B", &token("pypi-other")),
            "pypi: A and B give different credentials",
        ),
        (
            one().trusted_publishing(job.clone()),
            "pypi: A and trusted publishing (github) give different credentials",
        ),
        (
            CredentialChain::new().basic("C", "me", &Secret::new("hush")),
            "pypi: PyPI and TestPyPI accept no user name and password (from C)",
        ),
    ] {
        let publisher = Publisher::pypi().credentials(chain);
        let plan = publisher.plan(dists());
        let problems: Vec<_> = plan.problems().iter().map(ToString::to_string).collect();
        assert_eq!(problems, [expected]);
        let error = publisher
            .publish(dists(), &Script::new([]))
            .expect_err("nothing is sent");
        assert_eq!(error.kind(), ErrorKind::Identity);
        let shown = format!(
            "{publisher:?} {plan:?} {error:?} {}",
            plan.dry_run().to_json()
        );
        assert!(!shown.contains("hush"), "{shown}");
    }
    let agreed = one().token("B", &token("pypi-hush"));
    for chain in [
        agreed.clone(),
        agreed.trusted_publishing(Environment::from_vars([("GITHUB_ACTIONS", "true")])),
    ] {
        let plan = Publisher::pypi().credentials(chain).plan(dists());
        assert_eq!(
            rules(plan.problems()),
            [],
            "a job without permission is not a source"
        );
        let report = plan.dry_run().to_json();
        assert!(report.contains("\"token (A, B)\""), "{report}");
    }
    let trusted = CredentialChain::new().trusted_publishing(job);
    let plan = Publisher::pypi().credentials(trusted).plan(dists());
    assert!(plan.is_publishable());
    assert!(plan.dry_run().to_json().contains("\"github\""));
}
