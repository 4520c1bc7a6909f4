//! No reply of a certificate authority or a transparency log makes a signer panic, leak the ID token, or return a signature that nobody can
//! verify. An input is `c` or `l` for the two services, a status of three digits, a line for `Location`, and a body.
#![no_main]

#[path = "../../crates/pypi-attestations/tests/it/sign/certificate.rs"]
mod certificate;

use std::io::Read as _;
use std::sync::LazyLock;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use libfuzzer_sys::fuzz_target;
use pypi_attestations::{Certify, Error, SigningCertificate, Sigstore, Statement};
use pypi_http::{Body, Flow, Reply, RetryPolicy, Secret, Step};
use serde_json::{Value, json};

/// A piece of it in a text is a leak.
const TOKEN: &str = "Zx9-qVt3kUwB7_yHs2LdNfPcGmRjTe4A";

static SIGSTORE: LazyLock<Sigstore> = LazyLock::new(|| {
    let service =
        |name: &str| json!([{"url": format!("http://127.0.0.1:1/{name}"), "majorApiVersion": 1}]);
    let config = json!({
        "trustedRoot": {
            "mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
            "tlogs": [], "certificateAuthorities": [], "ctlogs": [], "timestampAuthorities": [],
        },
        "signingConfig": {"caUrls": service("fulcio"), "rekorTlogUrls": service("rekor")},
    });
    Sigstore::from_trust_config(&config.to_string()).expect("an instance")
});

static CERTIFICATE: LazyLock<SigningCertificate> = LazyLock::new(|| {
    let body =
        r#"{"signedCertificateEmbeddedSct": {"chain": {"certificates": ["{CERTIFICATE}"]}}}"#;
    answered(certify(), 200, None, body).expect("a certificate")
});

fn certify() -> Certify {
    let certify = Certify::new(&SIGSTORE, &Secret::new(TOKEN), "repo:octo-org/demo");
    certify.expect("a key").retry(RetryPolicy::never())
}

/// Gives the flow the same reply to each request. Marks in it stand for what only the request knows.
fn answered<F: Flow<Error = Error>>(
    mut flow: F,
    status: u16,
    location: Option<&HeaderValue>,
    body: &str,
) -> Result<F::Output, Error> {
    for _ in 0..100 {
        match flow.step()? {
            Step::Send(request) => {
                let status = StatusCode::from_u16(status).expect("three digits");
                let headers = location.map(|value| (header::LOCATION, value.clone()));
                let headers = HeaderMap::from_iter(headers);
                let body = marked(body, *request);
                flow.received(Ok(Reply::new(status, headers, body.into_bytes())));
            }
            Step::Done(output) => return Ok(output),
            _ => {}
        }
    }
    panic!("the flow never ends");
}

fn marked(body: &str, request: http::Request<Body>) -> String {
    let mut sent = Vec::new();
    let mut reader = request.into_body().into_reader();
    reader.read_to_end(&mut sent).expect("a body");
    let sent: Value = serde_json::from_slice(&sent).unwrap_or_default();
    if sent.get("publicKeyRequest").is_some() {
        let key = certificate::requested_key(&sent);
        let pem = certificate::pem(
            &key,
            Some("https://ci.example"),
            Some("https://issuer.example"),
        );
        return body
            .replace("{TOKEN}", TOKEN)
            .replace("{CERTIFICATE}", &pem.replace('\n', "\\n"));
    }
    let Some(envelope) = sent["spec"]["proposedContent"]["envelope"].as_str() else {
        return body.to_owned();
    };
    let envelope: Value = serde_json::from_str(envelope).expect("JSON");
    let signature = envelope["signatures"][0]["sig"]
        .as_str()
        .expect("a signature");
    let Ok(mut reply) = serde_json::from_str::<Value>(body) else {
        return body.to_owned();
    };
    // The body of an entry is JSON in base64, which no mutation would hit.
    for entry in reply
        .as_object_mut()
        .into_iter()
        .flat_map(|members| members.values_mut())
    {
        if let Some(recorded @ Value::Object(_)) = entry.get_mut("body") {
            let text = recorded.to_string().replace("{SIGNATURE}", signature);
            *recorded = STANDARD.encode(text).into();
        }
    }
    reply.to_string()
}

fuzz_target!(|text: &str| {
    let (Some(service), Some(status), Some(rest)) = (text.get(..1), text.get(1..4), text.get(4..))
    else {
        return;
    };
    let Some(status) = status
        .parse()
        .ok()
        .filter(|status| StatusCode::from_u16(*status).is_ok())
    else {
        return;
    };
    let (location, body) = rest.split_once('\n').unwrap_or(("", rest));
    let location = HeaderValue::from_str(location).ok();
    if leaks(rest) {
        return;
    }
    let error = match service {
        "c" => match answered(certify(), status, location.as_ref(), body) {
            Ok(certificate) => {
                assert!(certificate.claims().identity().is_some());
                return;
            }
            Err(error) => error,
        },
        "l" => {
            let statement = Statement::publish("demo-1.0.tar.gz", &"0".repeat(64));
            let sign = CERTIFICATE.sign(&SIGSTORE, statement.expect("a statement"));
            let sign = sign.expect("a signature").retry(RetryPolicy::never());
            answered(sign, status, location.as_ref(), body).expect_err("nobody signed it")
        }
        _ => return,
    };
    let text = format!("{error} {error:?}");
    assert!(text.len() < 20_000 && !leaks(&text), "{text}");
});

/// Whether `text` has a piece of the token. An input that has one itself proves nothing.
fn leaks(text: &str) -> bool {
    let mut starts = (0..=TOKEN.len() - 8).step_by(4);
    starts.any(|start| text.contains(&TOKEN[start..start + 8]))
}
