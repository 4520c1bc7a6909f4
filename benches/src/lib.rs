//! Runs two things in turn and prints how they compare; a server and a client for benches of uploads.
//!
//! A bench prints ratios against a peer or a floor that ran in between, so that a slow or busy machine does not change
//! the verdict. Times are printed and not asserted.

pub mod floor;
pub mod sink;

use std::time::{Duration, Instant};

/// Runs `ours` and `theirs` in turn, `rounds` times each after one that does not count, and prints the median times and
/// the median of the ratios of each round.
#[expect(clippy::print_stdout, reason = "the result of a bench")]
pub fn compare(
    what: &str,
    rounds: usize,
    mut ours: impl FnMut(),
    (peer, mut theirs): (&str, impl FnMut()),
) {
    ours();
    theirs();
    let pairs: Vec<(Duration, Duration)> = (0..rounds)
        .map(|_| (time(&mut ours), time(&mut theirs)))
        .collect();
    let median_of = |part: fn(&(Duration, Duration)) -> f64| {
        let mut values: Vec<f64> = pairs.iter().map(part).collect();
        values.sort_by(f64::total_cmp);
        values.get(rounds / 2).copied().unwrap_or_default()
    };
    println!(
        "{what}: {:.3} ms, {peer} {:.3} ms, ratio {:.2}",
        median_of(|pair| pair.0.as_secs_f64() * 1e3),
        median_of(|pair| pair.1.as_secs_f64() * 1e3),
        median_of(|pair| pair.0.as_secs_f64() / pair.1.as_secs_f64()),
    );
}

/// 5,000 versions that end in these suffixes in turn.
pub fn versions<const N: usize>(suffixes: [&str; N]) -> Vec<String> {
    let suffixes = suffixes.iter().cycle();
    (0..5_000_u32)
        .zip(suffixes)
        .map(|(n, suffix)| format!("{}.{}.{}{suffix}", n % 7, n % 31, n % 101))
        .collect()
}

#[expect(clippy::disallowed_methods, reason = "a bench measures time")]
fn time(run: &mut impl FnMut()) -> Duration {
    let start = Instant::now();
    run();
    start.elapsed()
}
