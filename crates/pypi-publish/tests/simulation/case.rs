//! What a seed decides before anything runs.

use std::time::Duration;

use pypi_attestations::Sigstore;
use pypi_http::{RetryPolicy, Secret};
use pypi_local_index::{Clock, LocalIndex, Verification};
use pypi_publish::{Attest, Dists, Order, Publisher};
use pypi_trusted_publisher::{ApiToken, Environment};
use pypi_upload::{Existing, Index};

use crate::{
    files::{Pool, PoolFile},
    random::Random,
};

/// One case: an index, files, and how much goes wrong.
pub(crate) struct Case<'a> {
    pub(crate) index: LocalIndex,
    pub(crate) files: Vec<&'a PoolFile>,
    pub(crate) settings: Settings,
    pub(crate) world: Weather,
}

pub(crate) struct Settings {
    pub(crate) is_trusted: bool,
    /// Whether the pages of the index are private.
    pub(crate) is_private: bool,
    pub(crate) knows_simple: bool,
    pub(crate) jobs: usize,
    pub(crate) attempts: u32,
    pub(crate) by_dependencies: bool,
    pub(crate) verifies: bool,
    pub(crate) signs: Option<Signs>,
    pub(crate) existing: Existing,
    pub(crate) deadline: Option<Duration>,
    pub(crate) seed: u64,
}

/// Whether every file must be signed.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(crate) enum Signs {
    BestEffort,
    Required,
}

/// How often something goes wrong, per mille of the requests, and how long they take in milliseconds.
#[derive(Clone, Copy)]
pub(crate) struct Weather {
    pub(crate) faults: u64,
    pub(crate) rivals: u64,
    pub(crate) stale_pages: u64,
    pub(crate) dropped_tasks: u64,
    pub(crate) latency: u64,
    /// The same of uploads.
    pub(crate) upload_latency: u64,
    /// When the run is cancelled, or killed, in milliseconds.
    pub(crate) cancel: Option<u64>,
    pub(crate) kill: Option<u64>,
}

/// 2025-10-09 08:53:20 UTC.
const START: u64 = 1_760_000_000;

/// Any number that is not that of another generator.
const PRIVATE: u64 = 0x7072_6976_6174_6521;

impl<'a> Case<'a> {
    pub(crate) fn new(seed: u64, pool: &'a Pool) -> Self {
        let mut random = Random::new(seed);
        let most = random.between(1, 8) as usize;
        let share = random.between(100, 900);
        let mut files: Vec<&PoolFile> = pool.files.iter().collect();
        files.retain(|_| random.chance(share));
        files.truncate(most);
        if files.is_empty() {
            files.push(random.pick(&pool.files));
        }
        // Drawn apart, so that the other cases of a seed stay what they were.
        let is_private = Random::new(seed ^ PRIVATE).chance(250);
        let index = match is_private {
            true => LocalIndex::builder().private_reads(),
            false => LocalIndex::builder(),
        };
        let index = index
            .publishes_any()
            .clock(Clock::fixed(START))
            .verification(Verification::sigstore())
            .seed(seed)
            .start_in_memory()
            .expect("an index");
        for file in &files {
            if random.chance(60) {
                let bytes = match random.chance(700) {
                    true => &file.bytes,
                    false => &file.other_bytes,
                };
                index
                    .add_file(&file.filename, bytes.clone())
                    .expect("a file");
            }
        }
        let world = weather(&mut random);
        Self {
            index,
            files,
            settings: Settings {
                is_private,
                ..settings(&mut random)
            },
            world,
        }
    }

    /// A publisher of this case, which tells `observer` what it does.
    pub(crate) fn publisher(&self, observer: impl Fn(String) + Send + Sync + 'static) -> Publisher {
        let settings = &self.settings;
        let upload_url = self.index.upload_url();
        let index = match settings.is_private {
            true => Index::named("local-private", upload_url.as_str()),
            false => Index::custom(upload_url.as_str()),
        };
        let index = index.expect("a URL");
        let index = match settings.knows_simple {
            true => index
                .simple_api(self.index.simple_url().as_str())
                .expect("a URL"),
            false => index.without_simple_api(),
        };
        let clock = pypi_http::Clock::from(self.index.clock().clone());
        let policy = RetryPolicy::default()
            .attempts(settings.attempts)
            .seed(settings.seed)
            .clock(clock.clone());
        let publisher = Publisher::index(index)
            .retry(policy)
            .clock(clock)
            .jobs(settings.jobs)
            .all_versions(true)
            .order(match settings.by_dependencies {
                true => Order::Dependencies,
                false => Order::Any,
            })
            .existing(settings.existing)
            .verify(settings.verifies.then_some(Duration::from_secs(60)))
            .observer(move |event: &pypi_publish::Event<'_>| {
                observer(serde_json::to_string(event).expect("JSON"));
            });
        let publisher = match settings.deadline {
            Some(deadline) => publisher.deadline(deadline),
            None => publisher,
        };
        let sigstore = || {
            let config = self.index.sigstore_trust_config();
            Sigstore::from_trust_config(&config).expect("an instance")
        };
        let publisher = match settings.signs {
            Some(Signs::Required) => publisher.attest(Attest::required(sigstore())),
            Some(Signs::BestEffort) => publisher.attest(Attest::best_effort(sigstore())),
            None => publisher,
        };
        match settings.is_trusted {
            true => {
                let environment = Environment::from_vars(self.index.environment());
                publisher.trusted_publishing(environment)
            }
            false => {
                let token = Secret::new(self.index.user_token().reveal());
                publisher.token(&ApiToken::new(token))
            }
        }
    }

    pub(crate) fn dists(&self) -> Dists {
        Dists::read(self.files.iter().map(|file| &file.path))
    }
}

fn weather(random: &mut Random) -> Weather {
    let is_interrupted = random.chance(250);
    let latency = *random.pick(&[20, 200, 2_000, 20_000, 200_000]);
    let end = random.between(0, latency * 30);
    let kills = random.chance(300);
    Weather {
        faults: *random.pick(&[0, 20, 100, 300, 600]),
        rivals: *random.pick(&[0, 0, 0, 50]),
        stale_pages: *random.pick(&[0, 0, 200, 800]),
        dropped_tasks: *random.pick(&[0, 0, 0, 20]),
        latency,
        upload_latency: *random.pick(&[latency, latency, 300_000]),
        cancel: (is_interrupted && !kills).then_some(end),
        kill: (is_interrupted && kills).then_some(end),
    }
}

fn settings(random: &mut Random) -> Settings {
    let is_trusted = random.chance(750);
    Settings {
        is_trusted,
        is_private: false,
        knows_simple: random.chance(900),
        jobs: random.between(1, 8) as usize,
        attempts: random.between(1, 5) as u32,
        by_dependencies: random.chance(250),
        verifies: random.chance(800),
        deadline: random
            .chance(100)
            .then(|| Duration::from_secs(random.between(1, 600))),
        seed: random.between(0, u64::MAX - 1),
        // Drawn last, so that the other cases of a seed stay what they were.
        signs: match random.between(0, 5) {
            0 => is_trusted.then_some(Signs::BestEffort),
            1 | 2 => is_trusted.then_some(Signs::Required),
            _ => None,
        },
        existing: *random.pick(&[
            Existing::Same,
            Existing::Same,
            Existing::Never,
            Existing::IndexSays,
        ]),
    }
}
