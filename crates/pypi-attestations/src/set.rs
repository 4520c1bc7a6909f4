//! The attestations of one file.

use serde_json::Value;

use crate::{Attestation, Error, ErrorKind};

/// The value of the form field `attestations`: a JSON list of the objects, unchanged.
///
/// # Errors
///
/// [`ErrorKind::Set`] when the list is empty, longer than [`MAX_ATTESTATIONS`], or two of one predicate type: PyPI
/// rejects the whole file then (Warehouse, 2026-08-21).
pub fn form_value(attestations: &[Attestation]) -> Result<String, Error> {
    if attestations.is_empty() || attestations.len() > MAX_ATTESTATIONS {
        return Err(Error::new(
            ErrorKind::Set,
            format!(
                "the file has {} attestations, expected 1 to {MAX_ATTESTATIONS}",
                attestations.len()
            ),
        ));
    }
    if let [first, second] = attestations
        && first.predicate_type() == second.predicate_type()
    {
        return Err(Error::new(
            ErrorKind::Set,
            format!(
                "two attestations have predicate type {:?}, expected one of each",
                first.predicate_type().uri()
            ),
        ));
    }
    let objects: Vec<Value> = attestations
        .iter()
        .map(|one| one.object().clone())
        .collect();
    Ok(Value::Array(objects).to_string())
}

/// The most attestations that PyPI accepts for one file.
pub const MAX_ATTESTATIONS: usize = 2;
