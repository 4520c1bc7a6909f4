//! Which of the files are published: one version of a project, and none that is private.

use pypi_http::{Secret, testing::Script};
use pypi_local_index::LocalIndex;
use pypi_metadata::testing::{self, TestDistribution};
use pypi_publish::{DistSource, Dists, ErrorKind, Publisher};
use pypi_trusted_publisher::ApiToken;
use pypi_upload::Index;

#[cfg(unix)]
use crate::folder::release;

fn publisher() -> Publisher {
    Publisher::pypi().token(&ApiToken::new(Secret::new("pypi-x")))
}

fn dists(files: impl IntoIterator<Item = TestDistribution>) -> Dists {
    let sources = files.into_iter();
    Dists::read(sources.map(|file| DistSource::bytes(file.filename, file.bytes)))
}

fn private(name: &str) -> TestDistribution {
    let metadata = testing::metadata(name, "1.0");
    let metadata = metadata.replace("Summary:", "Classifier: Private :: Do Not Upload\nSummary:");
    testing::wheel_with(name, "1.0", &metadata)
}

#[test]
fn two_versions_are_an_error_unless_they_are_allowed() {
    let files = || {
        dists([
            testing::wheel("demo", "1.0"),
            testing::wheel("demo", "1.1"),
            testing::wheel("other", "2.0"),
        ])
    };
    let script = Script::new([]);
    let error = publisher()
        .publish(files(), &script)
        .expect_err("two versions");
    assert_eq!(error.kind(), ErrorKind::Plan);
    let problems: Vec<_> = error.problems().iter().map(ToString::to_string).collect();
    assert_eq!(
        problems,
        [
            "(the files together): the files of demo are of 2 versions: 1.0 (demo-1.0-py3-none-any.whl), \
          1.1 (demo-1.1-py3-none-any.whl)"
        ]
    );
    assert!(script.transcript().is_empty());

    let plan = publisher().all_versions(true).plan(files());
    assert!(plan.is_publishable());
    assert_eq!(
        plan.problems()[0].finding().severity().to_string(),
        "warning"
    );
    assert_eq!(plan.problems()[0].finding().help(), None, "it is given");
    assert_eq!(plan.files().len(), 3);
}

#[test]
fn private_files_are_errors_or_left_out() {
    let files = || dists([private("secret"), testing::wheel("demo", "1.0")]);
    let plan = publisher().plan(files());
    assert!(!plan.is_publishable(), "PyPI rejects the classifier");
    assert_eq!(plan.skipped().len(), 0);

    let local = LocalIndex::builder().start_in_memory().expect("an index");
    let index = Index::custom(local.upload_url().as_str()).expect("a URL");
    let publisher = Publisher::index(index)
        .token(&ApiToken::new(local.user_token().clone()))
        .verify(None)
        .skip_private(true);
    let plan = publisher.plan(files());
    let skipped: Vec<_> = plan.skipped().map(|file| file.filename()).collect();
    assert_eq!(skipped, ["secret-1.0-py3-none-any.whl"]);
    let report = publisher.publish(files(), &local).expect("published");
    assert!(report.is_success(), "{}", report.to_json());
    let names: Vec<_> = report.files().iter().map(|file| file.filename()).collect();
    assert_eq!(names, ["demo-1.0-py3-none-any.whl"]);
    let problems: Vec<_> = report.problems().iter().map(ToString::to_string).collect();
    assert_eq!(
        problems,
        [
            "secret-1.0-py3-none-any.whl: it is left out: it has the classifier \"Private :: Do Not Upload\""
        ]
    );
    let stored: Vec<_> = local
        .files()
        .into_iter()
        .map(|file| file.filename)
        .collect();
    assert_eq!(stored, names);
}

#[test]
fn a_run_of_private_files_only_is_a_success_without_credentials() {
    let script = Script::new([]);
    let publisher = Publisher::pypi().skip_private(true);
    let report = publisher
        .publish(dists([private("secret")]), &script)
        .expect("nothing to send");
    assert!(report.is_success());
    assert!(report.files().is_empty() && script.transcript().is_empty());
    assert!(report.to_json().contains("\"private-skipped\""));
    let plan = publisher.plan(dists([private("secret")]));
    assert!(plan.dry_run().is_success());

    let mut broken = private("secret");
    broken.bytes.truncate(100);
    let plan = publisher.plan(dists([private("other"), broken]));
    assert!(!plan.is_publishable(), "a file that cannot be read");
}

#[cfg(unix)]
#[test]
fn a_link_to_nothing_in_a_folder_is_not_left_out() {
    let folder = release();
    let link = folder.path().join("demo-1.0-py3-none-any.whl");
    std::fs::remove_file(&link).expect("removed");
    std::os::unix::fs::symlink("nowhere", &link).expect("linked");
    let plan = Publisher::pypi().plan(Dists::read_dir(folder.path()).expect("a folder"));
    assert!(!plan.is_publishable());
    assert_eq!(plan.problems()[0].path(), Some(link.as_path()));
}
