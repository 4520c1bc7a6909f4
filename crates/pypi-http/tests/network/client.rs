//! One request through a client.

use http::Method;
use pypi_http::{
    BlockingClient, Body, ClientOptions, Reply, Transport as _, TransportError, request,
};

pub(crate) fn client(options: ClientOptions) -> BlockingClient {
    BlockingClient::with_options(options).expect("a client")
}

pub(crate) fn get(client: &BlockingClient, url: &str) -> Result<Reply, TransportError> {
    let url = url.parse().expect("a URL");
    let request = request(Method::GET, &url, "*/*", Body::default()).expect("a request");
    client.send(request)
}
