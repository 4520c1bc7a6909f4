//! Which configurations of Sigstore can be used.

use pypi_attestations::{ErrorKind, Sigstore};
use serde_json::{Value, json};

use super::{config, sigstore};

#[track_caller]
fn refused(change: impl FnOnce(&mut Value), kind: ErrorKind, text: &str) {
    let mut config = config();
    change(&mut config);
    let error = Sigstore::from_trust_config(&config.to_string()).expect_err(text);
    assert_eq!((error.kind(), error.to_string().as_str()), (kind, text));
}

#[test]
fn the_first_log_of_version_1_is_used() {
    let sigstore = sigstore();
    assert_eq!(
        sigstore.fulcio_url().as_str(),
        "http://127.0.0.1:8000/sigstore/fulcio/"
    );
    assert_eq!(
        sigstore.rekor_url().as_str(),
        "http://127.0.0.1:8000/sigstore/rekor"
    );
    assert!(!sigstore.is_public());
    assert_eq!(
        format!("{sigstore:?}"),
        "Sigstore { fulcio: \"http://127.0.0.1:8000/sigstore/fulcio/\", rekor: \"http://127.0.0.1:8000/sigstore/rekor\", .. }"
    );
}

#[test]
fn a_log_of_version_2_alone_is_an_error_that_says_so() {
    refused(
        |config| {
            drop(
                config["signingConfig"]["rekorTlogUrls"]
                    .as_array_mut()
                    .expect("a list")
                    .pop(),
            )
        },
        ErrorKind::Instance,
        "cannot sign with this Sigstore instance: its transparency logs have other versions than 1 (Rekor v1), the only one that PyPI reads",
    );
    refused(
        |config| config["signingConfig"]["rekorTlogUrls"] = json!([]),
        ErrorKind::Instance,
        "cannot sign with this Sigstore instance: `rekorTlogUrls` is empty",
    );
}

#[test]
fn a_token_goes_over_https_or_to_this_machine_only() {
    for (url, why) in [
        (
            "http://fulcio.example/",
            "\"http://fulcio.example/\" is neither https nor on this machine",
        ),
        (
            "ftp://127.0.0.1/",
            "\"ftp://127.0.0.1/\" is neither https nor on this machine",
        ),
        (
            "fulcio",
            "\"fulcio\" is not a URL: relative URL without a base",
        ),
        (
            "https://user@fulcio.example",
            "a URL must not have a user, a query or a fragment",
        ),
        (
            "https://fulcio.example?a=b",
            "a URL must not have a user, a query or a fragment",
        ),
    ] {
        for service in ["caUrls", "rekorTlogUrls"] {
            refused(
                |config| {
                    config["signingConfig"][service] = json!([{"url": url, "majorApiVersion": 1}]);
                },
                ErrorKind::Instance,
                &format!("cannot sign with this Sigstore instance: {why}"),
            );
        }
    }
}

#[test]
fn each_part_is_needed() {
    for pointer in [
        "/trustedRoot",
        "/signingConfig",
        "/signingConfig/caUrls",
        "/signingConfig/rekorTlogUrls",
    ] {
        let mut config = config();
        *config.pointer_mut(pointer).expect("a part") = Value::Null;
        let error = Sigstore::from_trust_config(&config.to_string()).expect_err(pointer);
        let kind = if pointer == "/trustedRoot" {
            ErrorKind::Root
        } else {
            ErrorKind::Instance
        };
        assert_eq!(error.kind(), kind, "{pointer}");
        assert!(error.help().is_some() || kind == ErrorKind::Root);
    }
    for text in ["", "[]", "{}"] {
        let error = Sigstore::from_trust_config(text).expect_err(text);
        assert_eq!(error.kind(), ErrorKind::Instance, "{text:?}");
    }
}

#[test]
fn the_public_instances_are_recognized_in_a_configuration() {
    for (rekor, is_public) in [
        ("https://rekor.sigstore.dev", true),
        ("https://log2025-1.rekor.sigstore.dev", true),
        ("https://rekor.notsigstore.dev", false),
        ("https://sigstore.dev.example", false),
    ] {
        let mut config = config();
        config["signingConfig"]["rekorTlogUrls"] = json!([{"url": rekor, "majorApiVersion": 1}]);
        let sigstore = Sigstore::from_trust_config(&config.to_string()).expect("an instance");
        assert_eq!(sigstore.is_public(), is_public, "{rekor}");
    }
}
