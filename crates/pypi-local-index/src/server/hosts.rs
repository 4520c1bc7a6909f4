//! The hosts by which clients may address the index.

use std::net::IpAddr;

use http::uri::Authority;

/// The hosts by which clients may address the index.
///
/// A web site whose name resolves to this machine (DNS rebinding) sends its own name, so the name must be known. An address
/// in a request is always that of the connection.
#[derive(Debug)]
pub(crate) struct Hosts {
    address: IpAddr,
    names: Vec<String>,
}

impl Hosts {
    /// The hosts of an index that listens on `address`, and those with these names.
    pub(crate) fn new(address: IpAddr, names: &[String]) -> Self {
        let names = names.iter().map(|name| name.to_ascii_lowercase());
        Self {
            address,
            names: names.collect(),
        }
    }

    /// Whether a request for this authority is for the index.
    pub(super) fn allow(&self, authority: &str) -> bool {
        let Some(host) = host(authority) else {
            return false;
        };
        if is_loopback(&host) {
            return true;
        }
        match host.parse::<IpAddr>() {
            Ok(address) => address == self.address || self.address.is_unspecified(),
            Err(_) => self.names.contains(&host),
        }
    }

    /// Whether a request for this authority is for loopback.
    pub(super) fn is_loopback(authority: &str) -> bool {
        host(authority).is_some_and(|host| is_loopback(&host))
    }

    /// The names and addresses that a certificate is for.
    #[cfg(feature = "tls")]
    pub(crate) fn for_certificate(&self) -> Vec<String> {
        let mut all: Vec<String> = ["localhost", "127.0.0.1", "::1"]
            .map(str::to_owned)
            .to_vec();
        if !self.address.is_unspecified() {
            all.push(self.address.to_string());
        }
        all.extend_from_slice(&self.names);
        all.sort_unstable();
        all.dedup();
        all
    }
}

fn is_loopback(host: &str) -> bool {
    let is_name = host == "localhost" || host.ends_with(".localhost");
    is_name
        || host
            .parse()
            .is_ok_and(|address: IpAddr| address.is_loopback())
}

/// The host of an authority, without a port and brackets, in lower case. `None` if it is not an authority.
fn host(authority: &str) -> Option<String> {
    let authority: Authority = authority.parse().ok()?;
    let host = authority.host().trim_matches(['[', ']']);
    Some(host.trim_end_matches('.').to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_the_own_address_and_given_names_are_allowed() {
        let hosts = Hosts::new(IpAddr::from([127, 0, 0, 1]), &["Index.example".to_owned()]);
        for allowed in [
            "127.0.0.1",
            "127.0.0.1:8080",
            "[::1]:8080",
            "LOCALHOST:1",
            "localhost.",
            "a.localhost",
            "index.example:443",
        ] {
            assert!(hosts.allow(allowed), "{allowed}");
        }
        for other in [
            "",
            "rebound.example",
            "localhost.example",
            "192.0.2.1",
            "index.example.org",
            "127.0.0.1.nip.example",
            "a b",
        ] {
            assert!(!hosts.allow(other), "{other}");
        }
    }

    #[test]
    fn on_all_addresses_every_address_is_allowed_and_no_other_name() {
        let hosts = Hosts::new(IpAddr::from([0, 0, 0, 0]), &[]);
        assert!(hosts.allow("192.0.2.1:80") && hosts.allow("[2001:db8::1]"));
        assert!(!hosts.allow("rebound.example"));
    }
}
