//! No reply to the request for a project page makes the lookup panic: it returns what `Listing::parse` reads, nothing for 404, or an error
//! of one line.
#![no_main]

mod index;

use libfuzzer_sys::fuzz_target;
use pypi_http::RetryPolicy;
use pypi_upload::{Index, Listing, Lookup, ProvenanceLookup};

fuzz_target!(|text: &str| {
    let Some(reply) = index::reply(text) else {
        return;
    };
    let status = reply.status().as_u16();
    let read = Listing::parse(reply.body());
    let pypi = Index::pypi();
    let mut lookup = Lookup::new(&pypi, "demo", RetryPolicy::never()).expect("PyPI has pages");
    match (
        status,
        index::run(&mut lookup, std::slice::from_ref(&reply)),
    ) {
        (200, Ok(listing)) => {
            let read = read.expect("a page");
            assert!(listing.filenames().eq(read.filenames()));
            let page = pypi
                .simple_url()
                .expect("a URL")
                .join("demo/")
                .expect("a URL");
            for name in listing.filenames() {
                assert_eq!(listing.sha256(name), read.sha256(name));
                let provenance = listing.provenance_url(name);
                assert!(provenance.is_none_or(|url| url.scheme() == page.scheme()));
            }
        }
        (200, Err(_)) => assert!(read.is_none()),
        (404, listing) => assert_eq!(listing.expect("an empty page").filenames().next(), None),
        (_, Ok(listing)) => {
            assert!((300..400).contains(&status) && listing.filenames().next().is_none());
        }
        (_, Err(error)) => {
            let text = format!("{error}: {}", error.causes());
            assert!(index::is_line(&text) && text.len() < 2_000, "{text:?}");
        }
    }
    let url = pypi
        .provenance_url("demo", "1.0", "demo-1.0.tar.gz")
        .expect("a URL");
    let mut lookup = ProvenanceLookup::new(&url, RetryPolicy::never());
    match index::run(&mut lookup, std::slice::from_ref(&reply)) {
        Ok(Some(bytes)) => assert_eq!((status, bytes.as_slice()), (200, reply.body())),
        Ok(None) => assert_eq!(status, 404),
        Err(error) => assert!(index::is_line(&error.to_string()), "{error}"),
    }
});
