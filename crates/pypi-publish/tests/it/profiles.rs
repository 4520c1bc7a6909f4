//! Each kind of index that the local index imitates: a new file, the same again, and other bytes.

use pypi_http::BlockingClient;
use pypi_local_index::{LocalIndex, Profile, RecordedValue};
use pypi_metadata::testing::{self, TestDistribution};
use pypi_publish::{Dists, Event, FileReport, Publisher};
use pypi_trusted_publisher::ApiToken;
use pypi_upload::{Digests, Existing, Index, Outcome, RefusalKind};

use crate::folder::folder;

/// The imitations, and the profiles of the client.
const PROFILES: [(Profile, &str); 11] = [
    (Profile::Artifactory, "artifactory"),
    (Profile::Azure, "azure"),
    (Profile::CodeArtifact, "codeartifact"),
    (Profile::Devpi, "devpi"),
    (Profile::Forgejo, "forgejo"),
    (Profile::Gitea, "gitea"),
    (Profile::GitLab, "gitlab"),
    (Profile::GoogleArtifactRegistry, "google"),
    (Profile::Nexus, "nexus"),
    (Profile::PyPi, "local"),
    (Profile::PypiServer, "pypiserver"),
];

fn file() -> TestDistribution {
    testing::wheel("demo", "1.0")
}

/// A file of the same name with other bytes.
fn changed() -> TestDistribution {
    let metadata = testing::metadata("demo", "1.0").replace("A test\n", "A change\n");
    testing::wheel_with("demo", "1.0", &metadata)
}

struct Server(LocalIndex, &'static str);

impl Server {
    fn start(profile: Profile, name: &'static str) -> Self {
        let local = LocalIndex::builder().profile(profile).start();
        Self(local.expect("a server"), name)
    }

    fn index(&self, is_readable: bool) -> Index {
        let index = Index::named(self.1, self.0.upload_url().as_str()).expect(self.1);
        match is_readable {
            true => index
                .simple_api(self.0.simple_url().as_str())
                .expect("a URL"),
            false => index.without_simple_api(),
        }
    }

    fn publish(&self, is_readable: bool, existing: Existing, file: TestDistribution) -> FileReport {
        let folder = folder([file]);
        let publisher = Publisher::index(self.index(is_readable))
            .token(&ApiToken::new(self.0.user_token().clone()))
            .existing(existing);
        let dists = Dists::read_dir(folder.path()).expect("a folder");
        let client = BlockingClient::new().expect("a client");
        let report = publisher.publish(dists, &client).expect("a report");
        let [file] = report.files() else {
            panic!("one file");
        };
        let is_success = file.outcome().is_present();
        assert_eq!(report.is_success(), is_success, "{}", report.to_json());
        file.clone()
    }
}

/// The outcome, with the evidence or the category of the refusal.
fn outcome(file: &FileReport) -> (&str, &str) {
    let detail = match file.outcome() {
        Outcome::Refused(refusal) => refusal.kind.name(),
        outcome => outcome.evidence().map_or("", |evidence| evidence.name()),
    };
    (file.outcome().name(), detail)
}

#[test]
fn by_hash_every_index_is_alike() {
    let refused = ("refused", RefusalKind::FileExists.name());
    for (profile, name) in PROFILES {
        let server = Server::start(profile, name);
        let publish = |existing, file| server.publish(true, existing, file);
        let first = publish(Existing::Same, file());
        assert_eq!(outcome(&first), ("uploaded", "reply"), "{name}");
        assert_eq!(first.verification().name(), "confirmed", "{name}");
        for (existing, file, expected) in [
            (Existing::Same, file(), ("already_present", "listed")),
            (Existing::Same, changed(), refused),
            (Existing::Never, file(), refused),
            (Existing::Never, changed(), refused),
            (Existing::IndexSays, changed(), ("exists", "")),
        ] {
            let found = publish(existing, file);
            assert_eq!(outcome(&found), expected, "{name} {existing:?}");
        }
    }
}

#[test]
fn without_a_simple_api_the_reply_decides_and_is_not_called_a_comparison() {
    let refused = ("refused", RefusalKind::FileExists.name());
    for (profile, name) in PROFILES {
        let server = Server::start(profile, name);
        let publish = |existing, file| server.publish(false, existing, file);
        let first = publish(Existing::IndexSays, file());
        assert_eq!(outcome(&first), ("uploaded", "reply"), "{name}");
        assert_eq!(first.verification().name(), "not_asked", "{name}");
        let (same, accepted) = match profile {
            // It replies to the same bytes as if they were new.
            Profile::PyPi => (("uploaded", "reply"), ("uploaded", "reply")),
            Profile::Devpi => {
                let identical = ("already_present", "identical_reply");
                (identical, identical)
            }
            _ => (refused, ("exists", "")),
        };
        for (existing, file, expected) in [
            (Existing::Same, file(), same),
            (Existing::Same, changed(), refused),
            (Existing::IndexSays, file(), accepted),
            (Existing::IndexSays, changed(), ("exists", "")),
            (Existing::Never, changed(), refused),
        ] {
            let found = publish(existing, file);
            assert_eq!(outcome(&found), expected, "{name} {existing:?}");
        }
    }
}

#[test]
fn an_index_that_wants_md5_is_sent_it_and_no_other() {
    for (profile, name) in PROFILES {
        let server = Server::start(profile, name);
        let (index, folder) = (server.index(false), folder([file()]));
        let publisher = Publisher::index(index.clone())
            .token(&ApiToken::new(server.0.user_token().clone()))
            .existing(Existing::IndexSays);
        let paths = [folder.path().join(file().filename)];
        let wants_md5 = index.profile().md5;
        let plan = publisher.plan(Dists::read(&paths));
        let hints = plan.problems().iter();
        let hints = hints.filter(|one| one.finding().rule().id() == "md5-missing");
        assert_eq!(hints.count(), usize::from(wants_md5), "{name}");
        // Whoever reads for an index that wants it may publish to another one, too.
        let artifactory = Index::named("artifactory", "http://127.0.0.1:1/").expect("a URL");
        let dists = Dists::read_for(&artifactory, &paths, &|_: &Event<'_>| {});
        let client = BlockingClient::new().expect("a client");
        let report = publisher.publish(dists, &client).expect("a report");
        assert!(
            report.is_success() && report.problems().is_empty(),
            "{name}"
        );
        let digests = Digests::read_with_md5(&*file().bytes).expect("it reads");
        let requests = server.0.requests();
        let fields = requests.iter().flat_map(|request| &request.fields);
        let sent: Vec<_> = fields.filter(|(field, _)| field == "md5_digest").collect();
        let md5 = RecordedValue::Text(digests.md5().expect("computed").to_owned());
        match wants_md5 {
            true => assert_eq!(sent, [&("md5_digest".to_owned(), md5)]),
            false => assert!(sent.is_empty(), "{name}"),
        }
    }
}
