//! The conformance kit: our clients pass it, and each defect of a transport fails it under its own rule.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

#[cfg(feature = "reqwest")]
mod clients;
mod defect;
mod plain;

use std::{collections::BTreeSet, sync::Mutex, thread};

use defect::DEFECTS;
use plain::Plain;
use pypi_http::{Body, Reply, Transport, TransportError, testing::transport_conformance};

#[test]
fn a_plain_client_conforms() {
    transport_conformance(&Plain::default()).assert();
}

/// A transport that runs no programs.
struct SendsOnly(Plain);

impl Transport for SendsOnly {
    fn send(&self, request: http::Request<Body>) -> Result<Reply, TransportError> {
        self.0.send(request)
    }
}

#[test]
fn a_client_that_runs_no_programs_conforms() {
    transport_conformance(&SendsOnly(Plain::default())).assert();
}

#[test]
fn each_defect_breaks_its_own_rules() {
    let left = Mutex::new(DEFECTS.iter());
    let wrong = Mutex::new(Vec::new());
    // They mostly wait, so many of them run at once.
    thread::scope(|scope| {
        for _ in 0..12 {
            scope.spawn(|| {
                loop {
                    let Some((defect, rules)) = left.lock().expect("a lock").next() else {
                        return;
                    };
                    let conformance = transport_conformance(&Plain::with(*defect));
                    let failures = conformance.failures().iter();
                    let broken: BTreeSet<_> =
                        failures.map(|failure| failure.rule().to_string()).collect();
                    let expected = rules.iter().map(ToString::to_string).collect();
                    if broken != expected {
                        let text = format!("{defect:?}: expected {expected:?}\n{conformance}");
                        wrong.lock().expect("a lock").push(text);
                    }
                }
            });
        }
    });
    let wrong = wrong.into_inner().expect("a lock");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
