//! PEP 740 attestations: only their shape is looked at.

use serde_json::Value;

use super::Outcome;
use crate::answer::Answer;
use crate::form::Form;
use crate::state::Identity;

/// The most attestations that one file may have.
const MAX: usize = 2;

pub(super) fn check(form: &Form, identity: &Identity) -> Outcome<()> {
    let Some(text) = form.text("attestations") else {
        return Ok(());
    };
    let problem = if matches!(identity, Identity::User) {
        "Attestations are only supported when using Trusted Publishing".to_owned()
    } else {
        match serde_json::from_str::<Value>(text) {
            Err(error) => format!("Malformed attestations: Invalid JSON: {error}"),
            Ok(value) => match problem_of(&value) {
                None => return Ok(()),
                Some(problem) => problem,
            },
        }
    };
    Err(Answer::bad_request(&format!(
        "Invalid attestations supplied during upload: {problem}"
    )))
}

fn problem_of(value: &Value) -> Option<String> {
    let Value::Array(attestations) = value else {
        return Some("Malformed attestations: Input should be a valid array".to_owned());
    };
    for (index, attestation) in attestations.iter().enumerate() {
        if let Some(problem) = shape(attestation) {
            return Some(format!("Malformed attestations: {index}.{problem}"));
        }
    }
    match attestations.len() {
        0 => Some("Malformed attestations: an empty attestation set is not permitted".to_owned()),
        1..=MAX => None,
        _ => Some(format!(
            "A maximum of {MAX} attestations per file are supported"
        )),
    }
}

/// What is wrong with one attestation object.
fn shape(attestation: &Value) -> Option<String> {
    if attestation
        .get("version")
        .is_some_and(|version| version != 1)
    {
        return Some("version: Input should be 1".to_owned());
    }
    let required = [
        ("/version", Value::is_u64 as fn(&Value) -> bool),
        ("/verification_material/certificate", Value::is_string),
        ("/verification_material/transparency_entries", has_members),
        ("/envelope/statement", Value::is_string),
        ("/envelope/signature", Value::is_string),
    ];
    let missing = required
        .into_iter()
        .find(|(path, is_valid)| !attestation.pointer(path).is_some_and(is_valid));
    missing.map(|(path, _)| {
        format!(
            "{}: Field required",
            path.trim_start_matches('/').replace('/', ".")
        )
    })
}

fn has_members(value: &Value) -> bool {
    value.as_array().is_some_and(|entries| !entries.is_empty())
}
