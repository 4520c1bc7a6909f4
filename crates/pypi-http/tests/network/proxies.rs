//! Proxies, and requests that do not go through one.

use std::{error::Error as _, time::Duration};

use pypi_http::{
    ClientOptions, Proxy, Timeouts, TransportError, TransportErrorKind, USER_AGENT,
    testing::transport_conformance,
};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::{
    client::{client, get},
    support::{
        Authority, Forwarder, PASSWORD, Proxy as Server, Recorder, closed, serve, with_credentials,
    },
};

/// An index behind TLS, and the options of a client that trusts it.
struct Index {
    recorder: Recorder,
    server: Forwarder,
    options: ClientOptions,
}

impl Index {
    fn start() -> Self {
        let authority = Authority::new("ours");
        let recorder = Recorder::start();
        Self {
            server: Forwarder::start(&authority, recorder.address()),
            recorder,
            options: ClientOptions::default()
                .ca_certificates(authority.pem().as_bytes())
                .expect("certificates"),
        }
    }

    fn through(&self, proxy: Proxy) -> ClientOptions {
        self.options.clone().proxy(proxy)
    }
}

fn proxy(url: &str) -> Proxy {
    Proxy::all(url).expect("a proxy")
}

/// Every text of an error.
fn texts(error: &TransportError) -> String {
    let mut text = format!("{error} {error:?} {}", error.causes(None));
    let mut cause = error.source();
    while let Some(current) = cause {
        text.push_str(&format!(" {current} {current:?}"));
        cause = current.source();
    }
    text
}

#[test]
fn https_goes_through_a_tunnel() {
    let index = Index::start();
    let server = Server::open(index.server.address());
    let url = format!("http://{}", server.address());
    for proxy in [proxy(&url), Proxy::https(&url).expect("a proxy")] {
        let client = client(index.through(proxy));
        let reply = get(&client, "https://index.test/simple/demo/").expect("a reply");
        assert_eq!(reply.body(), b"hello");
    }
    assert_eq!(server.requests(), ["CONNECT index.test:443 HTTP/1.1"; 2]);
    let heads = index.recorder.heads();
    assert!(
        heads
            .iter()
            .all(|head| head.starts_with("GET /simple/demo/ HTTP/1.1\r\n"))
    );
}

#[test]
fn a_proxy_is_asked_for_its_scheme_only() {
    let index = Index::start();
    let server = Server::open(index.server.address());
    let url = format!("http://{}", server.address());
    let client = client(index.through(Proxy::http(&url).expect("a proxy")));
    let error = get(&client, "https://index.test/").expect_err("no such host");
    assert_eq!(error.kind(), TransportErrorKind::Connect);
    assert!(server.requests().is_empty());
    let reply = get(&client, "http://index.test/simple/").expect("a reply");
    assert_eq!(reply.body(), b"via proxy");
    assert_eq!(
        server.requests(),
        ["GET http://index.test/simple/ HTTP/1.1"]
    );
}

#[test]
fn credentials_open_an_authenticating_proxy_and_reach_nobody_else() {
    let index = Index::start();
    let server = Server::authenticating(index.server.address());
    let client = client(index.through(proxy(&with_credentials(&server))));
    assert!(get(&client, "https://index.test/").is_ok());
    let reply = get(&client, "http://index.test/").expect("a reply");
    assert_eq!(reply.body(), b"via proxy");
    let heads = index.recorder.heads().concat().to_ascii_lowercase();
    assert!(!heads.contains("proxy-authorization"), "{heads}");
    for secret in PASSWORD {
        assert!(!format!("{client:?}").contains(secret));
    }
}

#[test]
fn rejected_credentials_are_an_error_with_a_remedy() {
    let index = Index::start();
    let server = Server::authenticating(index.server.address());
    for url in [
        format!("http://{}", server.address()),
        with_credentials(&server).replace("release", "stranger"),
    ] {
        let client = client(index.through(proxy(&url)));
        for target in ["https://index.test/", "http://index.test/"] {
            let error = get(&client, target).expect_err("407");
            let texts = texts(&error);
            assert_eq!(error.kind(), TransportErrorKind::Proxy, "{texts}");
            assert!(!error.kind().is_transient() && !error.kind().may_have_arrived());
            assert!(texts.contains("407 Proxy Authentication Required: give its user"));
            for secret in PASSWORD {
                assert!(!texts.contains(secret), "{texts}");
            }
        }
    }
    assert!(index.recorder.heads().is_empty());
}

#[test]
fn a_proxy_out_of_reach_is_a_failed_connection() {
    let index = Index::start();
    let url = format!("http://release:hush@{}", closed());
    let error = get(&client(index.through(proxy(&url))), "https://index.test/");
    let error = error.expect_err("no proxy");
    assert_eq!(error.kind(), TransportErrorKind::Connect);
    assert!(!texts(&error).contains("hush"));
}

#[test]
fn a_proxy_that_opens_no_tunnel_is_a_failed_connection() {
    let index = Index::start();
    let timeouts = Timeouts::default().connect(Duration::from_millis(200));
    for reply in ["HTTP/1.1 403 Forbidden\r\n\r\n", "what?\r\n\r\n", ""] {
        let server = serve(move |mut stream| async move {
            // The client closes the connection.
            let _ = stream.write_all(reply.as_bytes()).await;
            let _ = stream.read_to_end(&mut Vec::new()).await;
        });
        let proxy = proxy(&format!("http://{server}"));
        let client = client(index.through(proxy).timeouts(timeouts));
        let error = get(&client, "https://index.test/").expect_err("no tunnel");
        let texts = texts(&error);
        assert_eq!(error.kind(), TransportErrorKind::Connect, "{texts}");
        assert!(!error.kind().may_have_arrived());
    }
    assert!(index.recorder.heads().is_empty());
}

#[test]
fn hosts_of_no_proxy_are_asked_directly() {
    let index = Index::start();
    let server = Server::open(index.server.address());
    let url = format!("http://{}", server.address());
    for hosts in ["index.test", "other.test, .test", "*"] {
        let client = client(index.through(proxy(&url).no_proxy(hosts)));
        let error = get(&client, "https://index.test/").expect_err("no such host");
        assert_eq!(error.kind(), TransportErrorKind::Connect, "{hosts}");
    }
    assert!(server.requests().is_empty());
    let client = client(index.through(proxy(&url).no_proxy("other.test")));
    assert!(get(&client, "https://index.test/").is_ok());
}

#[test]
fn this_machine_and_its_link_are_asked_directly() {
    let index = Index::start();
    let server = Server::open(index.server.address());
    let url = format!("http://{}", server.address());
    let timeouts = Timeouts::default().connect(Duration::from_millis(50));
    let client = client(index.through(proxy(&url)).timeouts(timeouts));
    let port = index.recorder.address().port();
    for host in ["127.0.0.1", "localhost"] {
        assert!(
            get(&client, &format!("http://{host}:{port}/")).is_ok(),
            "{host}"
        );
    }
    // Nobody is there; what counts is that the proxy is not asked.
    let _ = get(&client, "http://169.254.169.254/latest/");
    assert!(server.requests().is_empty());
}

#[test]
fn the_user_agent_is_replaced_unless_a_request_has_its_own() {
    let recorder = Recorder::start();
    let url = format!("http://{}/", recorder.address());
    let options = ClientOptions::default()
        .user_agent(&format!("release-tool/2.1 {USER_AGENT}"))
        .expect("a user agent");
    assert!(get(&client(options), &url).is_ok());
    assert!(get(&client(ClientOptions::default()), &url).is_ok());
    let heads = recorder.heads();
    let agents = heads.iter().map(|head| {
        let line = head.lines().find(|line| line.starts_with("user-agent: "));
        line.map_or("", |line| line.trim_start_matches("user-agent: "))
    });
    let agents: Vec<&str> = agents.collect();
    assert_eq!(
        agents,
        [&format!("release-tool/2.1 {USER_AGENT}"), USER_AGENT]
    );
    assert!(ClientOptions::default().user_agent("two\r\nlines").is_err());
}

#[test]
fn a_client_with_a_proxy_conforms() {
    let index = Index::start();
    let server = Server::authenticating(index.server.address());
    let options = index
        .through(proxy(&with_credentials(&server)))
        .user_agent("release-tool/2.1")
        .expect("a user agent");
    transport_conformance(&client(options)).assert();
    assert!(server.requests().is_empty());
}
