//! The clients of this crate.

use pypi_http::{
    AsyncClient, BlockingClient,
    testing::{async_transport_conformance, transport_conformance},
};

#[test]
fn the_blocking_client_conforms() {
    let client = BlockingClient::new().expect("a client");
    transport_conformance(&client).assert();
}

#[test]
#[cfg(feature = "tracing")]
fn a_traced_client_conforms() {
    let client = pypi_http::Traced::new(BlockingClient::new().expect("a client"));
    transport_conformance(&client).assert();
}

#[test]
fn the_async_client_conforms() {
    let client = AsyncClient::new().expect("a client");
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on(async_transport_conformance(&client))
        .assert();
}
