//! Verifies and converts attestations, for comparison with Python's tools.
//!
//! Reads cases from standard input, one JSON object per line, and prints one JSON object per case:
//!
//! - `{"attestation", "name", "sha256", "identity", "staging"}` is verified: `{"kind": null}`, or the error's `kind` and
//!   `text`. `identity` is a JSON object, the other members are texts, `staging` a boolean.
//! - `{"bundle"}` is converted to `{"attestation"}`, and `{"to_bundle"}`, an attestation, to `{"bundle"}`.
//! - `{"subject": [name, sha256]}` becomes `{"statement"}`.
#![expect(clippy::print_stdout, reason = "a developer's tool")]

use std::{error::Error, io::BufRead as _};

use pypi_attestations::{Attestation, Identity, Statement, Verifier};
use pypi_metadata::Filename;
use serde_json::{Value, json};

fn main() -> Result<(), Box<dyn Error>> {
    let (production, staging) = (Verifier::production()?, Verifier::staging()?);
    for line in std::io::stdin().lock().lines() {
        let case: Value = serde_json::from_str(&line?)?;
        let text = |key: &str| case.get(key).and_then(Value::as_str).unwrap_or_default();
        let is_staging = case.get("staging").and_then(Value::as_bool) == Some(true);
        let verifier = if is_staging { &staging } else { &production };
        let answer = if case.get("attestation").is_some() {
            verdict(verify(verifier, &case))
        } else if case.get("bundle").is_some() {
            match Attestation::from_bundle(text("bundle").as_bytes()) {
                Ok(attestation) => json!({"attestation": attestation.to_json()}),
                Err(error) => verdict(Err(error)),
            }
        } else if case.get("to_bundle").is_some() {
            let attestation = Attestation::parse(text("to_bundle").as_bytes())?;
            json!({"bundle": attestation.to_bundle()})
        } else {
            let subject = |at: &str| case.pointer(at).and_then(Value::as_str).unwrap_or_default();
            let statement = Statement::publish(subject("/subject/0"), subject("/subject/1"))?;
            json!({"statement": String::from_utf8(statement.as_bytes().to_vec())?})
        };
        println!("{answer}");
    }
    Ok(())
}

fn verify(verifier: &Verifier, case: &Value) -> Result<(), pypi_attestations::Error> {
    let text = |key: &str| case.get(key).and_then(Value::as_str).unwrap_or_default();
    let identity = case
        .get("identity")
        .map(Value::to_string)
        .unwrap_or_default();
    let identity = Identity::parse(identity.as_bytes())?;
    let attestation = Attestation::parse(text("attestation").as_bytes())?;
    let is_name = |subject: &str| match (Filename::parse(subject), Filename::parse(text("name"))) {
        (Ok(subject), Ok(name)) => subject.is_same_distribution(&name),
        _ => false,
    };
    let verified = verifier.verify(&attestation, is_name, text("sha256"), &identity);
    verified.map(drop)
}

fn verdict(result: Result<(), pypi_attestations::Error>) -> Value {
    match result {
        Ok(()) => json!({"kind": null}),
        Err(error) => json!({"kind": format!("{:?}", error.kind()), "text": error.to_string()}),
    }
}
