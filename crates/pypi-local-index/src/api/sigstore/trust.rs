//! The documents that make a client use the instance.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use url::Url;

use super::Sigstore;
use super::key::Key;

impl Sigstore {
    /// What verifies the instance's signatures: Sigstore's `TrustedRoot` 0.1. `root` is the URL of the index.
    pub(crate) fn trusted_root(&self, root: &Url) -> Value {
        let certificates = self.authority.chain();
        let certificates = certificates.map(|der| json!({"rawBytes": STANDARD.encode(der)}));
        json!({
            "mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
            "tlogs": [log(&rekor_url(root), &self.log)],
            "certificateAuthorities": [{
                "subject": {"organization": "pypi-local-index", "commonName": "sigstore"},
                "uri": fulcio_url(root),
                "certChain": {"certificates": certificates},
                "validFor": {"start": ALWAYS},
            }],
            "ctlogs": [log(&format!("{root}sigstore/ctfe"), &self.certificate_log)],
            "timestampAuthorities": [],
        })
    }

    /// What signs and verifies with the instance: Sigstore's `ClientTrustConfig` 0.1.
    pub(crate) fn trust_config(&self, root: &Url) -> Value {
        let service = |url: String| {
            json!({
                "url": url,
                "majorApiVersion": 1,
                "validFor": {"start": ALWAYS},
                "operator": "pypi-local-index",
            })
        };
        json!({
            "mediaType": "application/vnd.dev.sigstore.clienttrustconfig.v0.1+json",
            "trustedRoot": self.trusted_root(root),
            "signingConfig": {
                "mediaType": "application/vnd.dev.sigstore.signingconfig.v0.2+json",
                "caUrls": [service(fulcio_url(root))],
                "oidcUrls": [service(format!("{root}issuer/github"))],
                "rekorTlogUrls": [service(rekor_url(root))],
                "rekorTlogConfig": {"selector": "ANY"},
                "tsaUrls": [],
            },
        })
    }
}

/// The begin of every period: whatever the clock of the index says, it is later.
const ALWAYS: &str = "1970-01-01T00:00:00Z";

fn fulcio_url(root: &Url) -> String {
    format!("{root}sigstore/fulcio")
}

fn rekor_url(root: &Url) -> String {
    format!("{root}sigstore/rekor")
}

fn log(url: &str, key: &Key) -> Value {
    json!({
        "baseUrl": url,
        "hashAlgorithm": "SHA2_256",
        "publicKey": {
            "rawBytes": STANDARD.encode(key.public_der()),
            "keyDetails": "PKIX_ECDSA_P256_SHA_256",
            "validFor": {"start": ALWAYS},
        },
        "logId": {"keyId": STANDARD.encode(key.id())},
    })
}
