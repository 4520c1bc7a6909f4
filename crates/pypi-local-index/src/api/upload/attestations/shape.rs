//! The shape of attestations, and pydantic's report of what is wrong with it.

use pypi_attestations::MAX_ATTESTATIONS;
use serde_json::Value;

use crate::api::pydantic::{Problem, report};

/// The attestation objects in `text`.
///
/// # Errors
///
/// Warehouse's text if `text` is not a list of them.
pub(super) fn objects(text: &str) -> Result<Vec<Value>, String> {
    let malformed = |problems: &[Problem]| {
        let report = report("list[Attestation]", problems);
        format!("Malformed attestations: {report}")
    };
    let value: Value = serde_json::from_str(text)
        .map_err(|error| malformed(&[Problem::json(&error.to_string(), text.into())]))?;
    let Value::Array(objects) = value else {
        return Err(malformed(&[not_a_list("", &value)]));
    };
    let problems: Vec<Problem> = objects
        .iter()
        .enumerate()
        .flat_map(|(position, object)| attestation(&position.to_string(), object))
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

/// What is wrong with the object at `location`, in pydantic's order.
fn attestation(location: &str, object: &Value) -> Vec<Problem> {
    if !object.is_object() {
        return vec![not_an_object(location, object)];
    }
    let mut problems = Vec::new();
    match object.get("version") {
        None => problems.push(Problem::missing(location, "version", object)),
        Some(version) if *version == 1 => {}
        Some(version) => problems.push(Problem::new(
            format!("{location}.version"),
            "Input should be 1",
            "literal_error",
            version,
        )),
    }
    problems.extend(part(
        location,
        object,
        "verification_material",
        &["certificate"],
    ));
    if let Some(material) = object
        .get("verification_material")
        .filter(|part| part.is_object())
    {
        problems.extend(entries(
            &format!("{location}.verification_material"),
            material,
        ));
    }
    problems.extend(part(
        location,
        object,
        "envelope",
        &["statement", "signature"],
    ));
    problems
}

/// What is wrong with the member `key`, an object with these texts.
fn part(location: &str, object: &Value, key: &str, texts: &[&str]) -> Vec<Problem> {
    let Some(part) = object.get(key) else {
        return vec![Problem::missing(location, key, object)];
    };
    let location = format!("{location}.{key}");
    if !part.is_object() {
        return vec![not_an_object(&location, part)];
    }
    let problems = texts.iter().filter_map(|name| match part.get(name) {
        None => Some(Problem::missing(&location, name, part)),
        Some(Value::String(_)) => None,
        Some(other) => Some(Problem::new(
            format!("{location}.{name}"),
            "Input should be a valid bytes",
            "bytes_type",
            other,
        )),
    });
    problems.collect()
}

fn entries(location: &str, material: &Value) -> Option<Problem> {
    let Some(entries) = material.get("transparency_entries") else {
        return Some(Problem::missing(location, "transparency_entries", material));
    };
    let location = format!("{location}.transparency_entries");
    match entries {
        Value::Array(list) if list.is_empty() => {
            let text = "List should have at least 1 item after validation, not 0";
            Some(Problem::new(location, text, "too_short", entries))
        }
        Value::Array(_) => None,
        _ => Some(not_a_list(&location, entries)),
    }
}

fn not_a_list(location: &str, value: &Value) -> Problem {
    Problem::new(
        location,
        "Input should be a valid array",
        "list_type",
        value,
    )
}

fn not_an_object(location: &str, value: &Value) -> Problem {
    Problem::new(location, "Input should be an object", "model_type", value)
}
