//! Serves a fake of GitHub's releases API on loopback until it is interrupted, and prints its URL and token.
//!
//! `cargo run -p pypi-release --example fake_github`; `tests/fake_github/admin.rs` says how to set it up.
#![allow(clippy::print_stdout, reason = "an example")]

#[path = "../tests/fake_github/mod.rs"]
mod fake_github;

fn main() {
    let fake = fake_github::FakeGitHub::start();
    println!("GITHUB_API_URL={}", fake.url());
    println!("GITHUB_TOKEN={}", fake_github::TOKEN);
    println!("GITHUB_REPOSITORY=o/r");
    loop {
        std::thread::park();
    }
}
