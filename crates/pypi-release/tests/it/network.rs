//! Proxies, private certificate authorities and client certificates, of options and of variables.

use std::{net::SocketAddr, path::PathBuf, process::Command};

use pypi_local_index::LocalIndex;
use tempfile::TempDir;

use crate::{
    command::{DIST, Ran, command, run, text, write},
    loopback::{Authority, Forwarder, PASSWORD, Proxy, with_credentials},
};

/// A local index behind TLS, with a certificate of a private authority for 127.0.0.1 and `index.test`.
struct Network {
    index: LocalIndex,
    authority: Authority,
    folder: TempDir,
    ca: PathBuf,
}

impl Network {
    fn start() -> Self {
        let authority = Authority::new("demo authority");
        let folder = tempfile::tempdir().expect("a folder");
        Self {
            index: LocalIndex::builder()
                .publishes_any()
                .host_name("index.test")
                .start()
                .expect("an index"),
            ca: write(&folder, "ca.pem", authority.pem().as_bytes()),
            authority,
            folder,
        }
    }

    fn address(&self) -> SocketAddr {
        let addresses = self.index.upload_url().socket_addrs(|| None);
        addresses.expect("an address")[0]
    }

    fn forwarder(&self) -> Forwarder {
        Forwarder::start(&self.authority, self.address())
    }

    /// `publish` of a wheel to `https://HOST`, as a CI job that the index knows.
    fn publish(&self, host: &str, arguments: &[&str]) -> Command {
        let mut command = command(["publish", "--attempts", "2", "--index"]);
        command.arg(format!("https://{host}/legacy/"));
        command.args(["--simple-url", &format!("https://{host}/simple/"), DIST[0]]);
        command.args(arguments).envs(self.index.environment());
        command
    }

    fn ca(&self) -> &str {
        text(&self.ca)
    }
}

fn assert_published(ran: &Ran) {
    assert_eq!(ran.exit, 0, "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stdout.contains("  uploaded"), "{}", ran.stdout);
}

fn assert_no_password(ran: &Ran) {
    for secret in PASSWORD {
        assert!(!ran.stdout.contains(secret), "{}", ran.stdout);
        assert!(!ran.stderr.contains(secret), "{}", ran.stderr);
    }
}

#[test]
fn everything_goes_through_an_authenticating_proxy() {
    let network = Network::start();
    let proxy = Proxy::authenticating(network.forwarder().address());
    for variable in ["HTTPS_PROXY", "all_proxy"] {
        let audit = network.folder.path().join(variable);
        let arguments = ["--ca-cert", network.ca(), "-v", "--audit", text(&audit)];
        let mut command = network.publish("index.test", &arguments);
        command.env(variable, with_credentials(&proxy));
        let ran = run(command);
        assert_eq!(ran.exit, 0, "{}{}", ran.stdout, ran.stderr);
        assert_no_password(&ran);
        #[expect(clippy::disallowed_methods, reason = "a test's own file")]
        let audit = std::fs::read_to_string(audit).expect("an audit");
        assert!(PASSWORD.iter().all(|secret| !audit.contains(secret)));
    }
    let requests = proxy.requests();
    assert!(!requests.is_empty());
    for request in requests {
        assert_eq!(request, "CONNECT index.test:443 HTTP/1.1");
    }
}

#[test]
fn a_proxy_that_wants_another_password_is_named_with_the_remedy() {
    let network = Network::start();
    let proxy = Proxy::authenticating(network.forwarder().address());
    let with_wrong = with_credentials(&proxy).replace("release", "stranger");
    for json in [false, true] {
        let mut command = network.publish("index.test", &["--ca-cert", network.ca()]);
        if json {
            command.arg("--json");
        }
        command.env("https_proxy", &with_wrong);
        let ran = run(command);
        assert_eq!(ran.exit, 3, "{}{}", ran.stdout, ran.stderr);
        let said = format!("{}{}", ran.stdout, ran.stderr);
        assert!(
            said.contains("the proxy did not accept its user and password"),
            "{said}"
        );
        assert!(
            said.contains("give its user and password in the URL of the proxy"),
            "{said}"
        );
        assert_no_password(&ran);
    }
    let count = proxy.requests().len();
    assert_eq!(count, 2, "it is not tried again");
}

#[test]
fn an_option_replaces_the_variable_and_no_proxy_is_respected() {
    let network = Network::start();
    let (used, unused) = (
        Proxy::open(network.forwarder().address()),
        Proxy::open(network.forwarder().address()),
    );
    let url = format!("http://{}", used.address());
    let other = format!("http://{}", unused.address());
    let arguments = ["--ca-cert", network.ca(), "--proxy", &url];
    let mut command = network.publish("index.test", &arguments);
    command.env("HTTPS_PROXY", &other);
    let ran = run(command);
    assert_published(&ran);
    assert!(!used.requests().is_empty());

    for (arguments, no_proxy) in [
        (vec!["--no-proxy", "index.test"], None),
        (vec!["--no-proxy", "*"], Some("other.test")),
        (vec![], Some("other.test, .test")),
        (vec!["--proxy", ""], None),
    ] {
        let mut command = network.publish("index.test", &["--ca-cert", network.ca()]);
        command.args(&arguments).env("HTTPS_PROXY", &other);
        if let Some(hosts) = no_proxy {
            command.env("no_proxy", hosts);
        }
        let ran = run(command);
        assert_eq!(
            ran.exit, 3,
            "there is no index.test: {arguments:?} {}",
            ran.stderr
        );
    }
    assert!(unused.requests().is_empty());
}

#[test]
fn a_client_certificate_opens_an_index() {
    let network = Network::start();
    let staff = Authority::new("staff");
    let server = Forwarder::for_clients(&network.authority, &staff, network.address());
    let host = server.address().to_string();
    let pem = staff.issue(&["release"]);
    let both = write(
        &network.folder,
        "both.pem",
        format!("{}{}", pem.certificate, pem.key).as_bytes(),
    );
    let certificate = write(&network.folder, "client.pem", pem.certificate.as_bytes());
    let key = write(&network.folder, "client.key", pem.key.as_bytes());

    let ran = run(network.publish(&host, &["--ca-cert", network.ca()]));
    assert_eq!(ran.exit, 3, "{}", ran.stderr);
    let said = format!("{}{}", ran.stdout, ran.stderr);
    assert!(
        said.contains("the server rejected the client certificate or requires one"),
        "{said}"
    );

    let arguments = [
        "--ca-cert",
        network.ca(),
        "--client-cert",
        text(&certificate),
    ];
    let mut command = network.publish(&host, &arguments);
    command.args(["--client-key", text(&key)]);
    assert_published(&run(command));
    let ran = run(network.publish(
        &host,
        &["--ca-cert", network.ca(), "--client-cert", text(&both)],
    ));
    assert_eq!(ran.exit, 0, "{}", ran.stderr);
    assert!(server.clients().iter().all(|client| client.has_certificate));
}

#[test]
fn an_authority_is_trusted_by_option_or_variable_only() {
    let network = Network::start();
    let server = network.forwarder();
    let host = server.address().to_string();
    let ran = run(network.publish(&host, &[]));
    assert_eq!(ran.exit, 3, "{}", ran.stderr);
    let said = format!("{}{}", ran.stdout, ran.stderr);
    assert!(
        said.contains("the server's certificate was rejected"),
        "{said}"
    );

    let other = Authority::new("another").pem();
    let other = write(&network.folder, "other.pem", other.as_bytes());
    write(&network.folder, "README", b"not a certificate");
    let folder = text(network.folder.path());
    let other = text(&other);
    for (arguments, variables) in [
        (vec!["--ca-cert", other, "--ca-cert", network.ca()], vec![]),
        (vec![], vec![("SSL_CERT_FILE", network.ca())]),
        (vec![], vec![("SSL_CERT_DIR", folder)]),
        (
            vec!["--ca-cert", network.ca()],
            vec![("SSL_CERT_FILE", other)],
        ),
    ] {
        let mut command = network.publish(&host, &arguments);
        command.envs(variables.iter().copied());
        let ran = run(command);
        assert_eq!(ran.exit, 0, "{arguments:?} {variables:?}: {}", ran.stderr);
    }
}

#[test]
fn what_cannot_be_used_is_named_before_anything_is_sent() {
    let network = Network::start();
    let server = network.forwarder();
    let host = server.address().to_string();
    let pem = network.authority.issue(&["release"]);
    let other = network.authority.issue(&["release"]);
    let certificate = write(&network.folder, "client.pem", pem.certificate.as_bytes());
    let other = write(&network.folder, "other.key", other.key.as_bytes());
    let empty = tempfile::tempdir().expect("a folder");
    let (certificate, other) = (text(&certificate), text(&other));
    let url = "http://release:hush%3Ap%40ss@proxy.test";
    let socks = "socks5://release:hush%3Ap%40ss@proxy.test";
    for (arguments, variables, expected) in [
        (
            vec!["--ca-cert", "no.pem"],
            vec![],
            "--ca-cert \"no.pem\": No such file",
        ),
        (
            vec!["--ca-cert", DIST[1]],
            vec![],
            "there is no certificate in PEM form: give certificates",
        ),
        (
            vec![],
            vec![("SSL_CERT_FILE", "no.pem")],
            "SSL_CERT_FILE \"no.pem\": No such file",
        ),
        (
            vec![],
            vec![("SSL_CERT_DIR", text(empty.path()))],
            "SSL_CERT_DIR",
        ),
        (
            vec!["--client-cert", certificate],
            vec![],
            "there is no private key in PEM form",
        ),
        (
            vec!["--client-cert", certificate, "--client-key", other],
            vec![],
            "the client certificate cannot be used",
        ),
        (
            vec!["--client-key", other],
            vec![],
            "--client-key needs --client-cert FILE",
        ),
        (
            vec!["--proxy", "ftp://proxy.test"],
            vec![],
            "--proxy: the proxy cannot be used: the scheme is `ftp`",
        ),
        (
            vec!["--proxy", url],
            vec![],
            "set the variable HTTPS_PROXY to this URL instead",
        ),
        (
            vec![],
            vec![("HTTPS_PROXY", socks)],
            "the variable HTTPS_PROXY: the proxy cannot be used",
        ),
        (
            vec![],
            vec![("HTTP_PROXY", socks)],
            "the variable HTTP_PROXY: the proxy cannot be used",
        ),
    ] {
        let mut command = network.publish(&host, &arguments);
        command.envs(variables.iter().copied());
        let ran = run(command);
        assert_eq!(ran.exit, 2, "{expected}: {}{}", ran.stdout, ran.stderr);
        assert!(ran.stderr.contains(expected), "{expected}: {}", ran.stderr);
        assert_no_password(&ran);
    }
    assert!(server.clients().is_empty());
}

#[test]
fn a_cgi_program_does_not_take_its_proxy_from_a_header() {
    let network = Network::start();
    let server = network.forwarder();
    let host = server.address().to_string();
    let mut command = network.publish(&host, &["--ca-cert", network.ca()]);
    command
        .env("REQUEST_METHOD", "GET")
        .env("HTTP_PROXY", "socks5://proxy.test");
    assert_published(&run(command));
}
