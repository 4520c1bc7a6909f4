//! The transport of the example `own_client` keeps the contract.

#[path = "../examples/own_client/transport.rs"]
mod transport;

use pypi_http::testing::{Rule, transport_conformance};
use transport::Ureq;

#[test]
fn the_transport_over_ureq_conforms() {
    transport_conformance(&Ureq::new())
        .except(Rule::TlsFailure) // see the file of the transport
        .assert();
}
