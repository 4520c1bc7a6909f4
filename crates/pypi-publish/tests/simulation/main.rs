//! Whole publications on an index in memory, in virtual time, with faults, by seed.
//!
//! `SIMULATION_SEEDS` is how many seeds run, and `SIMULATION_FIRST` the first of them. A seed that fails prints what
//! happened.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod case;
mod faults;
mod files;
mod random;
mod signatures;
mod truth;
mod world;

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::atomic::{AtomicU64, Ordering},
    thread,
};

use case::Case;
use files::Pool;
use random::Random;
use truth::Truth;
use world::{Ended, World};

#[test]
fn reports_are_true_whatever_goes_wrong() {
    let first = variable("SIMULATION_FIRST").unwrap_or(0);
    let end = first + variable("SIMULATION_SEEDS").unwrap_or(300);
    let (pool, next) = (Pool::new(), AtomicU64::new(first));
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, |threads| threads.get()) {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= end {
                        return;
                    }
                    run(seed, &pool);
                }
            });
        }
    });
}

fn run(seed: u64, pool: &Pool) {
    let case = Case::new(seed, pool);
    let mut truth = Truth::new(&case);
    let result = catch_unwind(AssertUnwindSafe(|| play(seed, &case, &mut truth)));
    if result.is_err() {
        panic!("seed {seed}:\n{}", truth.transcript());
    }
}

fn play(seed: u64, case: &Case<'_>, truth: &mut Truth) {
    let mut random = Random::new(!seed);
    let mut weather = case.world;
    loop {
        match World::new(case, weather, &mut random, truth).run() {
            Ended::Killed => {
                truth.begin_again();
                weather.kill = None;
            }
            Ended::Reported(report) => {
                truth.check(case, &report);
                truth.check_calm(case, &report);
                return;
            }
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "how long the test runs")]
fn variable(name: &str) -> Option<u64> {
    let value = std::env::var(name).ok()?;
    Some(value.parse().expect("a number"))
}
