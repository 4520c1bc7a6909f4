//! Sigstore instances: where to sign, and the root that verifies it.

use std::fmt;
use std::sync::Arc;

use pypi_http::is_secure;
use serde_json::Value;
use url::Url;

use crate::json::{self, list, member, text};
use crate::{Error, ErrorKind, Verifier};

/// A Sigstore instance: its certificate authority, its transparency log, and the root that verifies both.
///
/// The log is always one of version 1, the only one that PyPI reads.
///
/// # Examples
///
/// ```
/// use pypi_attestations::{ErrorKind, Sigstore};
///
/// let sigstore = Sigstore::production()?;
/// assert_eq!(sigstore.rekor_url().scheme(), "https");
/// assert!(sigstore.is_public());
///
/// let error = Sigstore::from_trust_config(r#"{"trustedRoot": {}}"#).unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Instance);
/// # Ok::<(), pypi_attestations::Error>(())
/// ```
///
/// # Source
///
/// `ClientTrustConfig` and `SigningConfig` of [protobuf-specs](https://github.com/sigstore/protobuf-specs); the URLs are those
/// of the signing configurations in sigstore-python 4.5.1 and sigstore-trust-root 0.15.1.
#[derive(Clone)]
pub struct Sigstore(Arc<Instance>);

struct Instance {
    fulcio: Url,
    rekor: Url,
    verifier: Verifier,
}

impl Sigstore {
    /// The audience of the ID token that an instance expects.
    pub const AUDIENCE: &str = "sigstore";

    /// The public instance, the one that PyPI verifies with.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Root`] and [`ErrorKind::Instance`], which a test excludes.
    pub fn production() -> Result<Self, Error> {
        Self::new(PRODUCTION, Verifier::production()?)
    }

    /// The public instance for tests.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Root`] and [`ErrorKind::Instance`], which a test excludes.
    pub fn staging() -> Result<Self, Error> {
        Self::new(STAGING, Verifier::staging()?)
    }

    /// Reads the JSON of a `ClientTrustConfig` 0.1: `trustedRoot` and `signingConfig`, as `sigstore --trust-config` of Python takes
    /// it. The first of `caUrls`, and the first of `rekorTlogUrls` with major version 1 are used.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Instance`] when it is longer than 1 MiB, not such an object, has no log of version 1, or a URL is neither https nor
    /// on this machine; [`ErrorKind::Root`] when the root cannot be read.
    pub fn from_trust_config(json: &str) -> Result<Self, Error> {
        if json.len() > MAX_CONFIG {
            return Err(unusable(format!("longer than {MAX_CONFIG} bytes")));
        }
        let config: Value = json::parse(json.as_bytes()).map_err(unusable)?;
        let root = member(&config, "trustedRoot").map_err(unusable)?;
        let urls = urls(&config).map_err(unusable)?;
        Self::new(urls, Verifier::with_root(&root.to_string())?)
    }

    fn new([fulcio, rekor]: [&str; 2], verifier: Verifier) -> Result<Self, Error> {
        Ok(Self(Arc::new(Instance {
            fulcio: base(fulcio).map_err(unusable)?,
            rekor: base(rekor).map_err(unusable)?,
            verifier,
        })))
    }

    /// The base URL of the certificate authority, Fulcio.
    pub fn fulcio_url(&self) -> &Url {
        &self.0.fulcio
    }

    /// The base URL of the transparency log, Rekor.
    pub fn rekor_url(&self) -> &Url {
        &self.0.rekor
    }

    /// The verifier of what the instance signs.
    pub fn verifier(&self) -> &Verifier {
        &self.0.verifier
    }

    /// Whether the log or the certificate authority is one of the public instances: everyone can read what is written
    /// there, for ever. The authority writes each certificate to a log of its own.
    pub fn is_public(&self) -> bool {
        [&self.0.fulcio, &self.0.rekor].into_iter().any(is_public)
    }
}

fn is_public(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let host = host.strip_suffix('.').unwrap_or(host);
    PUBLIC_DOMAINS.iter().any(|domain| {
        host.strip_suffix(domain)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    })
}

/// Fulcio and Rekor v1 of the public instance.
const PRODUCTION: [&str; 2] = ["https://fulcio.sigstore.dev", "https://rekor.sigstore.dev"];
/// The same of the staging instance.
const STAGING: [&str; 2] = ["https://fulcio.sigstage.dev", "https://rekor.sigstage.dev"];
/// Where the public instances are.
const PUBLIC_DOMAINS: [&str; 2] = ["sigstage.dev", "sigstore.dev"];

/// The longest configuration that is read, in bytes; the public one has 10,000.
const MAX_CONFIG: usize = 1024 * 1024;

/// The URLs of a certificate authority and of a log of version 1.
fn urls(config: &Value) -> Result<[&str; 2], String> {
    let signing = member(config, "signingConfig")?;
    let authority = list(signing, "caUrls")?
        .first()
        .ok_or("`caUrls` is empty")?;
    let logs = list(signing, "rekorTlogUrls")?;
    let version = |log: &Value| log.get("majorApiVersion").and_then(Value::as_u64);
    let Some(log) = logs.iter().find(|log| version(log) == Some(1)) else {
        return Err(match logs.is_empty() {
            true => "`rekorTlogUrls` is empty".to_owned(),
            false => "its transparency logs have other versions than 1 (Rekor v1), the only one that PyPI reads"
                .to_owned(),
        });
    };
    Ok([text(authority, "url")?, text(log, "url")?])
}

/// A URL to which a secret may be sent, without anything that would not survive a path added to it.
fn base(text: &str) -> Result<Url, String> {
    let url: Url = text
        .parse()
        .map_err(|error| format!("{text:?} is not a URL: {error}"))?;
    if !is_secure(&url) {
        return Err(format!("{text:?} is neither https nor on this machine"));
    }
    let is_plain = url.username().is_empty() && url.password().is_none();
    if !is_plain || url.query().is_some() || url.fragment().is_some() {
        return Err("a URL must not have a user, a query or a fragment".to_owned());
    }
    Ok(url)
}

/// `path` below a base URL, which keeps the path that it has.
pub(super) fn below(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    url.set_path(&format!("{}{path}", base.path().trim_end_matches('/')));
    url
}

fn unusable(why: impl fmt::Display) -> Error {
    Error::new(
        ErrorKind::Instance,
        format!("cannot sign with this Sigstore instance: {why}"),
    )
}

impl fmt::Debug for Sigstore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sigstore")
            .field("fulcio", &self.0.fulcio.as_str())
            .field("rekor", &self.0.rekor.as_str())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_public_instances_can_be_used() {
        for instance in [Sigstore::production(), Sigstore::staging()] {
            assert!(instance.expect("an instance").is_public());
        }
    }

    #[test]
    fn an_instance_is_public_if_a_part_of_it_is() {
        let (log, other) = ("https://rekor.example", "https://fulcio.example");
        for (urls, expected) in [
            ([other, log], false),
            (["https://fulcio.sigstore.dev", log], true),
            ([other, "https://rekor.sigstage.dev./"], true),
            ([other, "https://rekor.notsigstore.dev"], false),
        ] {
            let verifier = Verifier::staging().expect("a root");
            let instance = Sigstore::new(urls, verifier).expect("an instance");
            assert_eq!(instance.is_public(), expected, "{urls:?}");
        }
    }

    #[test]
    fn a_path_below_a_base_keeps_its_prefix() {
        for (base, expected) in [
            (
                "http://127.0.0.1:8000/sigstore/rekor",
                "http://127.0.0.1:8000/sigstore/rekor/api",
            ),
            (
                "http://127.0.0.1:8000/sigstore/rekor/",
                "http://127.0.0.1:8000/sigstore/rekor/api",
            ),
            ("https://rekor.example", "https://rekor.example/api"),
        ] {
            let base = base.parse().expect("a URL");
            assert_eq!(below(&base, "/api").as_str(), expected);
        }
    }
}
