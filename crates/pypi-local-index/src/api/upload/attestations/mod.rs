//! PEP 740 attestations: their shape, number, predicates and subject, then the verification that the caller chose.

mod shape;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pypi_attestations::{Attestation, ErrorKind, PredicateType};
use pypi_metadata::{Filename, rules};
use serde_json::{Value, json};

use super::{Outcome, Upload};
use crate::api::form::FilePart;
use crate::api::response::Response;
use crate::config::{AdminFlag, Issuer, PublisherKind, TrustedPublisher, Verification};
use crate::warehouse::{Principal, State};

/// The provenance of the file; `None` if no attestations were sent.
pub(super) fn check(
    state: &State,
    upload: &Upload<'_>,
    principal: &Principal,
    part: &FilePart,
) -> Outcome<Option<Value>> {
    if state.settings.has(AdminFlag::DisablePep740) {
        return Ok(None);
    }
    let Some(text) = upload.form.text("attestations") else {
        return Ok(None);
    };
    let provenance = provenance(text, upload.verification, principal, part);
    provenance.map(Some).map_err(|problem| {
        let text = format!("Invalid attestations supplied during upload: {problem}");
        Response::bad_request(&text).rule(&rules::ATTESTATION)
    })
}

fn provenance(
    text: &str,
    verification: &Verification,
    principal: &Principal,
    part: &FilePart,
) -> Result<Value, String> {
    let Principal::Publisher { publisher, .. } = principal else {
        return Err("Attestations are only supported when using Trusted Publishing".to_owned());
    };
    if publisher.issuer() == Issuer::ActiveState {
        return Err(
            "Attestations are not currently supported with ActiveState publishers".to_owned(),
        );
    }
    let objects = shape::objects(text)?;
    for object in &objects {
        let attestation = parse(object)?;
        check_subject(&attestation, part).map_err(failed)?;
        verification
            .verify(&attestation, publisher)
            .map_err(failed)?;
    }
    check_predicates(&objects)?;
    Ok(json!({
        "version": 1,
        "attestation_bundles": [{"publisher": bundle_publisher(publisher), "attestations": objects}],
    }))
}

fn failed(reason: String) -> String {
    format!(
        "Could not verify the uploaded artifact using the included attestation: Verification failed: {reason}"
    )
}

/// Reads an attestation, with the messages of the library that PyPI uses.
fn parse(object: &Value) -> Result<Attestation, String> {
    Attestation::parse(object.to_string().as_bytes()).map_err(|error| match error.kind() {
        ErrorKind::PredicateType => {
            let uri = predicate_uri(object);
            format!("Attestation with unsupported predicate type: {uri}")
        }
        ErrorKind::Subject => {
            failed("too many subjects in statement (must be exactly one)".to_owned())
        }
        _ => failed(error.to_string()),
    })
}

fn check_subject(attestation: &Attestation, part: &FilePart) -> Result<(), String> {
    let is_same = |name: &str| is_same_file(name, &part.filename);
    attestation
        .check(is_same, &part.digests.sha256)
        .map_err(|error| match error.kind() {
            ErrorKind::Name => format!(
                "subject does not match distribution name: {} != {}",
                attestation.subject_name(),
                part.filename
            ),
            _ => "subject does not match distribution digest".to_owned(),
        })
}

/// Whether two file names are spellings of the same one.
fn is_same_file(a: &str, b: &str) -> bool {
    match (Filename::parse(a), Filename::parse(b)) {
        (Ok(a), Ok(b)) => a.is_same_distribution(&b),
        _ => false,
    }
}

fn check_predicates(objects: &[Value]) -> Result<(), String> {
    let uris: Vec<String> = objects.iter().map(predicate_uri).collect();
    for uri in PredicateType::ALL.map(PredicateType::uri) {
        if uris.iter().filter(|found| *found == uri).count() > 1 {
            return Err(format!(
                "Multiple attestations for the same file with the same predicate type ({uri}) are not supported"
            ));
        }
    }
    Ok(())
}

/// The predicate type in the statement of an attestation; empty if it cannot be read.
fn predicate_uri(object: &Value) -> String {
    let statement = object
        .pointer("/envelope/statement")
        .and_then(Value::as_str);
    let decoded = statement.and_then(|text| {
        let text: String = text.split_whitespace().collect();
        STANDARD.decode(text).ok()
    });
    let statement: Option<Value> = decoded.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    let uri = statement
        .as_ref()
        .and_then(|statement| statement.get("predicateType"));
    uri.and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// The publisher in a provenance object.
fn bundle_publisher(publisher: &TrustedPublisher) -> Value {
    match publisher.kind() {
        PublisherKind::ActiveState(_) => json!({"kind": "ActiveState"}),
        PublisherKind::GitHub(github) => json!({
            "kind": "GitHub",
            "repository": github.repository,
            "workflow": github.workflow,
            "environment": github.environment,
        }),
        PublisherKind::GitLab(gitlab) => json!({
            "kind": "GitLab",
            "repository": gitlab.project_path,
            "workflow_filepath": gitlab.config,
            "environment": gitlab.environment,
        }),
        PublisherKind::Google(google) => json!({"kind": "Google", "email": google.email}),
    }
}
