//! No scenario makes the local index panic; it starts, or the error says what is wrong, and an index that started serves its list of projects.
#![no_main]

mod warehouse;

use http::Request;
use libfuzzer_sys::fuzz_target;
use pypi_local_index::Builder;

fuzz_target!(|text: &str| {
    let started = Builder::from_scenario(text).and_then(Builder::start_in_memory);
    let index = match started {
        Ok(index) => index,
        Err(error) => {
            assert!(!error.to_string().is_empty());
            return;
        }
    };
    let request = Request::get(index.simple_url().as_str());
    if let Some(reply) = warehouse::send(&index, request, Vec::new()) {
        assert!(
            reply.status() == 200 || text.contains("fault") || text.contains("private-reads"),
            "{}",
            reply.status()
        );
    }
    index.reset();
});
