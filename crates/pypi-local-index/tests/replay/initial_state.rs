//! The state in which the responses were recorded.

use std::time::Duration;

use pypi_local_index::{Clock, Identity, LocalIndex, Project, Token, TrustedPublisher, User};
use pypi_metadata::testing::sdist;

/// The time of the recording, which some of its claims contain.
pub(crate) const NOW: u64 = 1_795_230_677;

const DAY: u64 = 86_400;
const GIB: u64 = 1024 * 1024 * 1024;

pub(crate) fn job(repository: &str) -> Identity {
    Identity::github(format!("octo-org/{repository}"), "release.yml")
}

pub(crate) fn gitlab() -> Identity {
    Identity::gitlab("my-group/oracle-gitlab", ".gitlab-ci.yml")
}

pub(crate) fn google() -> Identity {
    Identity::google("robot@example.iam.gserviceaccount.com")
}

pub(crate) fn activestate() -> Identity {
    Identity::activestate(
        "octo-as",
        "oracle-activestate",
        "00000000-1000-8000-0000-000000000003",
    )
}

pub(crate) fn start() -> LocalIndex {
    let clock = Clock::fixed(NOW - 30 * DAY);
    let builder = LocalIndex::builder()
        .clock(clock.clone())
        .user(User::new("alice"))
        .user(User::new("bob"))
        .user(User::new("carol-no-email").unverified())
        .user(User::new("dave-no-2fa").without_2fa())
        .user(User::new("erin-disabled").disabled())
        .token(
            "alice-only-oracle-other",
            Token::of("alice").only(["oracle-other"]),
        )
        .token("alice-expired", Token::of("alice").expired())
        .token("alice-revoked", Token::of("alice").revoked())
        .prohibited_name("oracle-prohibited")
        .deleted_file("oracle_existing-0.0.9.tar.gz");
    let users = [
        "alice",
        "bob",
        "carol-no-email",
        "dave-no-2fa",
        "erin-disabled",
    ];
    let builder = users.into_iter().fold(builder, |builder, user| {
        builder.token(user, Token::of(user))
    });
    let index = publishers(projects(builder)).start().expect("an index");
    let old = sdist("oracle-existing", "0.0.1");
    index
        .add_file(&old.filename, old.bytes)
        .expect("an old release");
    clock.advance(Duration::from_secs(30 * DAY));
    index
}

fn projects(builder: pypi_local_index::Builder) -> pypi_local_index::Builder {
    let alice = |name: &str| Project::new(name).member("alice");
    let plain = [
        "oracle-existing",
        "oracle-other",
        "oracle-env",
        "oracle-gitlab",
        "oracle-google",
        "oracle-activestate",
        "oracle-tp-b",
        "Oracle.Mixed_Case",
        "oracle-maintained",
    ];
    plain
        .into_iter()
        .fold(builder, |builder, name| builder.project(alice(name)))
        .project("oracle-tp-only")
        .project(Project::new("bobs-project").member("bob"))
        .project(Project::new("carols-project").member("carol-no-email"))
        .project(Project::new("daves-project").member("dave-no-2fa"))
        .project(alice("oracle-archived").archived())
        .project(alice("oracle-quarantined").quarantined())
        .project(alice("oracle-full").stored_bytes(10 * GIB - 100))
        .project(alice("oracle-org-inactive").organization_inactive())
}

fn publishers(builder: pypi_local_index::Builder) -> pypi_local_index::Builder {
    let github = |repository: &str| -> TrustedPublisher { job(repository).publisher() };
    let builder = builder
        .publisher("oracle-existing", github("oracle-existing"))
        .publisher("oracle-env", github("oracle-env").environment("pypi"))
        .publisher("oracle-tp-only", github("monorepo"))
        .publisher("oracle-tp-b", github("monorepo"))
        .publisher("oracle-gitlab", gitlab().publisher())
        .publisher("oracle-google", google().publisher())
        .publisher("oracle-activestate", activestate().publisher());
    (1..=40).fold(builder, |builder, number| {
        let name = format!("oracle-pending-{number}");
        let publisher = github(&name);
        builder.pending_publisher_of("alice", name, publisher)
    })
}
