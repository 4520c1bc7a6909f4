//! HTTPS, as far as a client without TLS can see it. `.ci/interop.d/local-index-tls` has the others.

use std::io::{Read as _, Write as _};

use pypi_local_index::{ErrorKind, LocalIndex};

use crate::client::{connect, get, send};

fn index() -> LocalIndex {
    let builder = LocalIndex::builder()
        .publishes_any()
        .host_name("pypi.example");
    builder.tls().start().expect("an index")
}

#[test]
fn all_urls_are_https() {
    let index = index();
    for url in [index.url(), index.upload_url(), index.simple_url()] {
        assert_eq!(url.scheme(), "https");
    }
    let environment = index.environment();
    let request_url = environment
        .iter()
        .find(|(name, _)| name == "ACTIONS_ID_TOKEN_REQUEST_URL");
    assert!(request_url.is_some_and(|(_, url)| url.starts_with(index.url().as_str())));
    let plain = LocalIndex::start().expect("an index");
    assert_eq!(plain.ca_certificate(), None);
}

#[test]
fn plain_http_is_refused_as_by_pypi() {
    let index = index();
    for path in ["/simple/", "/legacy/", "/_/local/clock"] {
        for headers in [&[][..], &[("metadata-flavor", "Google")]] {
            let response = get(&index, path, headers);
            assert_eq!(
                (response.status, response.text().as_str()),
                (403, "SSL is required.\n"),
                "{path}"
            );
        }
    }
}

#[test]
fn a_tunnel_ends_at_the_index_if_the_host_is_one_of_its_own() {
    let index = index();
    let refused = send(&index, "CONNECT rebound.example:443", &[], b"");
    assert_eq!(refused.status, 421);

    let mut stream = connect(&index).expect("a connection");
    stream
        .write_all(b"CONNECT pypi.example:443 HTTP/1.1\r\nhost: pypi.example:443\r\n\r\n")
        .expect("a request");
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).expect("a response");
        head.extend(byte);
    }
    assert!(head.starts_with(b"HTTP/1.1 200 OK\r\n"));
    stream.write_all(b"not TLS").expect("bytes");
    let mut alert = Vec::new();
    let _ = stream.read_to_end(&mut alert);
    assert_eq!(alert.first(), Some(&21), "an alert of TLS: {alert:?}");
}

#[test]
fn a_host_name_that_no_certificate_can_have_is_an_error() {
    let builder = LocalIndex::builder().host_name("b\u{fc}cher.example").tls();
    let error = builder.start().expect_err("not ASCII");
    assert_eq!(error.kind(), ErrorKind::Certificate);
    assert_eq!(
        error.to_string(),
        "cannot make the certificate of the index"
    );
}
