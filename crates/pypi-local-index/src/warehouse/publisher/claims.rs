//! What the providers' checks have in common.

use pypi_metadata::python_repr;
use serde_json::Value;

use super::{Mismatch, Token};
use crate::config::Claims;
use crate::python::formatted;

pub(super) const NOT_FOUND: &str = "Publisher with matching claims was not found";

/// Checks that all of the claims are there, and names the first that is not. Which one Warehouse names if several are
/// missing depends on the seed of Python's hashes.
pub(super) fn require(claims: &Claims, names: &[&str]) -> Result<(), Mismatch> {
    let missing = names
        .iter()
        .find(|name| matches!(claims.get(**name), None | Some(Value::Null)));
    match missing {
        Some(name) => Err(format!("Missing claim '{name}'").into()),
        None => Ok(()),
    }
}

pub(super) fn failed(name: &str) -> Mismatch {
    format!("Check failed for required claim '{name}'").into()
}

/// Checks that the claim is this text.
pub(super) fn check_equal(claims: &Claims, name: &str, own: &str) -> Result<(), Mismatch> {
    if claims.get(name).is_some_and(|claim| claim == own) {
        Ok(())
    } else {
        Err(failed(name))
    }
}

/// Checks that the id of the token has not been used.
pub(super) fn check_jti(token: &Token<'_>) -> Result<(), Mismatch> {
    if (token.is_used)(text(token.claims, "jti")) {
        Err(Mismatch::Reused)
    } else {
        Ok(())
    }
}

/// A claim that names the workflow and the commit that it was taken from.
pub(super) struct WorkflowClaim<'c> {
    /// The name of the claim.
    pub(super) name: &'c str,
    /// The publisher's workflow.
    pub(super) path: &'c str,
    /// The Git reference and the commit of the job, as in the token.
    pub(super) revisions: [Option<&'c Value>; 2],
}

impl WorkflowClaim<'_> {
    /// Checks that the claim is the publisher's workflow at the reference or the commit of the job.
    pub(super) fn check(&self, claims: &Claims) -> Result<(), Mismatch> {
        let Self {
            name,
            path,
            revisions,
        } = self;
        let found = text(claims, name);
        let revisions = revisions.iter().filter_map(|revision| {
            let revision = revision.filter(|revision| is_truthy(revision))?;
            Some(format!("{path}@{}", formatted(revision)))
        });
        let mut expected: Vec<String> = revisions.collect();
        if expected.iter().any(|expected| expected == found) {
            return Ok(());
        }
        expected.sort();
        expected.dedup();
        let expected: Vec<String> = expected.iter().map(|text| python_repr(text)).collect();
        let text = format!(
            "The {name} claim does not match, expecting one of [{}], got {}",
            expected.join(", "),
            python_repr(found)
        );
        Err(text.into())
    }
}

/// The text of a claim; empty if it has no such text.
pub(super) fn text<'c>(claims: &'c Claims, name: &str) -> &'c str {
    claims.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// Whether Python takes the value for true.
pub(super) fn is_truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(is_true) => *is_true,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(members) => !members.is_empty(),
    }
}

/// The longest beginning of `text` that ends with `.yml` or `.yaml` before an `@` and has a stem that `is_stem` accepts.
pub(super) fn before_revision(text: &str, is_stem: impl Fn(&str) -> bool) -> Option<&str> {
    let ends = text.rmatch_indices('@').map(|(end, _)| end);
    let mut files = ends.filter_map(|end| text.get(..end));
    files.find(|file| {
        let stem = file
            .strip_suffix(".yml")
            .or_else(|| file.strip_suffix(".yaml"));
        stem.is_some_and(&is_stem)
    })
}
