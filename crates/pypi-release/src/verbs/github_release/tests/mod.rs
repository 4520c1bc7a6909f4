//! The steps of a release against the fake of GitHub, without sockets and without time.

mod files;
mod rules;

use std::{
    cell::{Cell, RefCell},
    io::Read as _,
    sync::Arc,
    time::Duration,
};

use pypi_trusted_upload::{
    Environment, Transport, http,
    transport::{Body, CancelToken, Clock, Reply, TransportError, TransportErrorKind},
    versioning::{TagFilter, Version},
};
use serde_json::{Value, json};

use super::{
    File, Report,
    release::{self, Wanted},
};
use crate::{
    failure::Failure,
    fake_github::{COMMIT, Outcome, Shared, State, TOKEN, server::request_of},
    github::{Access, GitHub, Repository},
};

/// The fake as a transport, which ends like a killed process after some requests.
struct Memory {
    shared: Arc<Shared>,
    left: Cell<usize>,
    /// Whether the last request arrives.
    arrives: bool,
    waited: RefCell<Vec<Duration>>,
}

impl Memory {
    fn new(shared: &Arc<Shared>) -> Self {
        Self {
            shared: Arc::clone(shared),
            left: Cell::new(usize::MAX),
            arrives: false,
            waited: RefCell::default(),
        }
    }
}

impl Transport for Memory {
    fn send(&self, request: http::Request<Body>) -> Result<Reply, TransportError> {
        let killed = || Err(TransportError::new(TransportErrorKind::Cancelled));
        if self.left.get() == 0 && !self.arrives {
            return killed();
        }
        let (mut head, body) = request.into_parts();
        head.headers
            .insert("content-length", body.content_length().into());
        let mut bytes = Vec::new();
        body.into_reader().read_to_end(&mut bytes).expect("a body");
        if self.left.get() == 0 {
            if self.waited.borrow().last() != Some(&Duration::MAX) {
                self.waited.borrow_mut().push(Duration::MAX);
                self.shared.respond(&request_of(&head, bytes));
            }
            return killed();
        }
        self.left.set(self.left.get() - 1);
        match self.shared.respond(&request_of(&head, bytes)) {
            Outcome::Reply(reply) => {
                let headers = reply.headers.iter().map(|(name, value)| {
                    let name = http::HeaderName::from_static(name);
                    (name, value.parse().expect("a header"))
                });
                let status = http::StatusCode::from_u16(reply.status).expect("a status");
                Ok(Reply::new(status, headers.collect(), reply.body))
            }
            Outcome::Lost | Outcome::Hang => {
                Err(TransportError::new(TransportErrorKind::Interrupted))
            }
        }
    }

    fn wait(&self, duration: Duration, _: &CancelToken) {
        self.waited.borrow_mut().push(duration);
    }
}

fn github(transport: &Memory) -> GitHub<'_, Memory> {
    let environment = Environment::from_vars([
        ("GITHUB_API_URL", "http://127.0.0.1:1"),
        ("GITHUB_TOKEN", TOKEN),
    ]);
    let access = Access::of(&environment, None).expect("an API");
    let repository = Repository::parse("o/r").expect("a repository");
    GitHub::new(
        access,
        repository,
        transport,
        Clock::new(|| std::time::UNIX_EPOCH),
    )
}

fn wanted(files: &[&str]) -> Wanted {
    let files = files
        .iter()
        .map(|name| File::text(name, format!("content of {name}")).expect("a file"));
    Wanted {
        tag: "v1.0.0".to_owned(),
        commit: COMMIT.to_owned(),
        version: Version::parse("1.0.0").expect("a version"),
        tags: TagFilter::new(),
        title: "v1.0.0".to_owned(),
        notes: "The notes.\n".to_owned(),
        files: files.collect(),
        replace: false,
        allow_other_assets: false,
        add_to_published: false,
    }
}

const FILES: [&str; 3] = [
    "demo-1.0.0-py3-none-any.whl",
    "demo-1.0.0.tar.gz",
    "SHA256SUMS",
];

/// A draft, then its publication.
fn release(memory: &Memory, wanted: &Wanted) -> Result<Report, Failure> {
    let github = github(memory);
    let draft = release::draft(&github, wanted)?;
    match draft.is_draft {
        true => Ok(release::publish(&github, wanted)?.after(draft)),
        false => Ok(draft),
    }
}

fn run(shared: &Arc<Shared>, wanted: &Wanted) -> Result<Report, Failure> {
    release(&Memory::new(shared), wanted)
}

#[track_caller]
fn fails(shared: &Arc<Shared>, wanted: &Wanted) -> String {
    let failure = run(shared, wanted).expect_err("a failure");
    let text = format!("{failure:?}");
    assert!(!text.contains(TOKEN), "{text}");
    text
}

fn writes(state: &State) -> usize {
    state
        .log
        .iter()
        .filter(|line| !line.starts_with("GET "))
        .count()
}

/// One published release with exactly these files.
#[track_caller]
fn is_complete(state: &State, wanted: &Wanted) {
    let [release] = state.releases.as_slice() else {
        panic!("{} releases", state.releases.len());
    };
    assert!(!release.draft, "it is published");
    let mut names: Vec<&str> = release
        .assets
        .iter()
        .map(|asset| asset.name.as_str())
        .collect();
    names.sort_unstable();
    let mut expected: Vec<&str> = wanted.files.iter().map(|file| file.name.as_str()).collect();
    expected.sort_unstable();
    assert_eq!(names, expected);
    for asset in &release.assets {
        let file = wanted
            .files
            .iter()
            .find(|file| file.name == asset.name)
            .expect("a file");
        assert_eq!(
            (asset.state, asset.sha256.as_deref()),
            ("uploaded", Some(file.sha256.as_str()))
        );
    }
    assert_eq!(state.tags.len(), 1, "no tag was made");
}

fn fault(shared: &Arc<Shared>, fault: Value) {
    shared.state().add_fault(&fault);
}
