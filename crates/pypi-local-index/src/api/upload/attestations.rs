//! PEP 740 attestations: shape, number, predicates, subject, and then the verification that the test author chose.

use pypi_attestations::{Attestation, ErrorKind, MAX_ATTESTATIONS, PredicateType};
use pypi_metadata::Filename;
use serde_json::{Value, json};

use crate::api::form::{FilePart, Form};
use crate::api::oidc::{Issuer, TrustedPublisher};
use crate::api::pydantic::{Problem, report};
use crate::api::response::Answer;
use crate::api::upload::Outcome;
use crate::config::settings::AdminFlag;
use crate::warehouse::{Principal, State};

/// The provenance of the file: none when no attestations were sent.
pub(crate) fn check(
    state: &State,
    form: &Form,
    principal: &Principal,
    file: &FilePart,
) -> Outcome<Option<Value>> {
    let Some(text) = form
        .text("attestations")
        .filter(|_| !state.settings.has(AdminFlag::DisablePep740))
    else {
        return Ok(None);
    };
    let refuse = |problem: String| {
        let text = format!("Invalid attestations supplied during upload: {problem}");
        Answer::bad_request(&text).rule("attestations")
    };
    let Principal::Publisher { publisher, .. } = principal else {
        let problem = "Attestations are only supported when using Trusted Publishing";
        return Err(refuse(problem.to_owned()));
    };
    if publisher.issuer() == Issuer::ActiveState {
        let problem = "Attestations are not currently supported with ActiveState publishers";
        return Err(refuse(problem.to_owned()));
    }
    let objects = objects(text).map_err(refuse)?;
    for object in &objects {
        verify(state, object, publisher, file).map_err(refuse)?;
    }
    check_predicates(&objects).map_err(refuse)?;
    Ok(Some(json!({
        "version": 1,
        "attestation_bundles": [{"publisher": publisher.provenance(), "attestations": objects}],
    })))
}

fn objects(text: &str) -> Result<Vec<Value>, String> {
    let malformed = |problems: &[Problem]| {
        let report = report("list[Attestation]", problems);
        format!("Malformed attestations: {report}")
    };
    let value: Value = serde_json::from_str(text).map_err(|error| {
        malformed(&[Problem::json(
            &error,
            pypi_metadata::python_repr(text),
            "str",
        )])
    })?;
    let Value::Array(objects) = value else {
        return Err(malformed(&[Problem::new(
            "",
            "Input should be a valid array",
            "list_type",
            &value,
        )]));
    };
    let problems: Vec<Problem> = objects
        .iter()
        .enumerate()
        .flat_map(|(at, object)| shape(&at.to_string(), object))
        .collect();
    if !problems.is_empty() {
        return Err(malformed(&problems));
    }
    match objects.len() {
        0 => Err("Malformed attestations: an empty attestation set is not permitted".to_owned()),
        1..=MAX_ATTESTATIONS => Ok(objects),
        _ => Err(format!(
            "A maximum of {MAX_ATTESTATIONS} attestations per file are supported"
        )),
    }
}

/// What is wrong with the object at `at`, in the order in which the validator looks.
fn shape(at: &str, object: &Value) -> Vec<Problem> {
    if !object.is_object() {
        return vec![not_an_object(at, object)];
    }
    let mut problems = Vec::new();
    match object.get("version") {
        None => problems.push(Problem::missing(at, "version", object)),
        Some(version) if *version == 1 => {}
        Some(version) => {
            let at = format!("{at}.version");
            problems.push(Problem::new(
                at,
                "Input should be 1",
                "literal_error",
                version,
            ));
        }
    }
    problems.extend(part(at, object, "verification_material", &["certificate"]));
    if let Some(material) = object
        .get("verification_material")
        .filter(|part| part.is_object())
    {
        problems.extend(entries(&format!("{at}.verification_material"), material));
    }
    problems.extend(part(at, object, "envelope", &["statement", "signature"]));
    problems
}

fn part(at: &str, object: &Value, key: &str, texts: &[&str]) -> Vec<Problem> {
    let Some(part) = object.get(key) else {
        return vec![Problem::missing(at, key, object)];
    };
    let at = format!("{at}.{key}");
    if !part.is_object() {
        return vec![not_an_object(&at, part)];
    }
    let problems = texts.iter().filter_map(|name| match part.get(name) {
        None => Some(Problem::missing(&at, name, part)),
        Some(Value::String(_)) => None,
        Some(other) => {
            let at = format!("{at}.{name}");
            Some(Problem::new(
                at,
                "Input should be a valid bytes",
                "bytes_type",
                other,
            ))
        }
    });
    problems.collect()
}

fn entries(at: &str, material: &Value) -> Option<Problem> {
    let Some(entries) = material.get("transparency_entries") else {
        return Some(Problem::missing(at, "transparency_entries", material));
    };
    let at = format!("{at}.transparency_entries");
    match entries {
        Value::Array(list) if list.is_empty() => {
            let text = "List should have at least 1 item after validation, not 0";
            Some(Problem::new(at, text, "too_short", entries))
        }
        Value::Array(_) => None,
        _ => Some(Problem::new(
            at,
            "Input should be a valid array",
            "list_type",
            entries,
        )),
    }
}

fn not_an_object(at: &str, value: &Value) -> Problem {
    Problem::new(at, "Input should be an object", "model_type", value)
}

/// What the library that PyPI uses says of one attestation; the last word has the verification that was chosen.
fn verify(
    state: &State,
    object: &Value,
    publisher: &TrustedPublisher,
    file: &FilePart,
) -> Result<(), String> {
    let failed = |why: String| {
        format!(
            "Could not verify the uploaded artifact using the included attestation: Verification failed: {why}"
        )
    };
    let attestation =
        Attestation::parse(object.to_string().as_bytes()).map_err(|error| match error.kind() {
            ErrorKind::PredicateType => {
                let uri = predicate_uri(object);
                format!("Attestation with unsupported predicate type: {uri}")
            }
            ErrorKind::Subject => {
                failed("too many subjects in statement (must be exactly one)".to_owned())
            }
            _ => failed(error.to_string()),
        })?;
    let is_name = |name: &str| match (Filename::parse(name), Filename::parse(&file.filename)) {
        (Ok(subject), Ok(own)) => {
            subject.kind() == own.kind()
                && subject.name().normalized() == own.name().normalized()
                && subject.version() == own.version()
                && tags(name) == tags(&file.filename)
        }
        _ => false,
    };
    attestation
        .check(is_name, &file.sha256)
        .map_err(|error| match error.kind() {
            ErrorKind::Name => failed(format!(
                "subject does not match distribution name: {} != {}",
                attestation.subject_name(),
                file.filename
            )),
            _ => failed("subject does not match distribution digest".to_owned()),
        })?;
    state
        .settings
        .verification
        .judge(&attestation, publisher)
        .map_err(failed)
}

/// The build number and the tags of a wheel, the tags of each kind in order.
fn tags(filename: &str) -> Vec<Vec<String>> {
    let parts = filename.trim_end_matches(".whl").split('-').skip(2);
    let sorted = parts.map(|part| {
        let mut tags: Vec<String> = part.split('.').map(str::to_ascii_lowercase).collect();
        tags.sort();
        tags
    });
    if filename.ends_with(".whl") {
        sorted.collect()
    } else {
        Vec::new()
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

/// The predicate type in the statement of an attestation whose shape is right.
fn predicate_uri(object: &Value) -> String {
    use base64::Engine as _;
    let statement = object
        .pointer("/envelope/statement")
        .and_then(Value::as_str);
    let decoded = statement.and_then(|text| {
        let text: String = text.split_whitespace().collect();
        base64::engine::general_purpose::STANDARD.decode(text).ok()
    });
    let statement: Option<Value> = decoded.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    let uri = statement
        .as_ref()
        .and_then(|statement| statement.get("predicateType"));
    uri.and_then(Value::as_str).unwrap_or_default().to_owned()
}
