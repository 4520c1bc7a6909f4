//! What the providers' checks have in common.

use pypi_metadata::python_repr;
use serde_json::Value;

use crate::config::Claims;

pub(super) const NOT_FOUND: &str = "Publisher with matching claims was not found";

/// Checks that all of the claims are there, and names the first that is not.
pub(super) fn require(claims: &Claims, names: &[&str]) -> Result<(), String> {
    let missing = names
        .iter()
        .find(|name| matches!(claims.get(**name), None | Some(Value::Null)));
    match missing {
        Some(name) => Err(format!("Missing claim '{name}'")),
        None => Ok(()),
    }
}

pub(super) fn failed(name: &str) -> String {
    format!("Check failed for required claim '{name}'")
}

/// A claim that names the workflow and the commit that it was taken from.
pub(super) struct WorkflowClaim<'c> {
    /// The name of the claim.
    pub(super) name: &'c str,
    /// The publisher's workflow.
    pub(super) path: String,
    /// The name of the claim with the Git reference.
    pub(super) reference: &'c str,
    /// The name of the claim with the commit.
    pub(super) sha: &'c str,
}

impl WorkflowClaim<'_> {
    /// Checks that the claim is the publisher's workflow at the reference or the commit of the job.
    pub(super) fn check(&self, claims: &Claims) -> Result<(), String> {
        let Self {
            name,
            path,
            reference,
            sha,
        } = self;
        let found = text(claims, name);
        let mut expected: Vec<String> = [reference, sha]
            .into_iter()
            .map(|name| text(claims, name))
            .filter(|revision| !revision.is_empty())
            .map(|revision| format!("{path}@{revision}"))
            .collect();
        if expected.is_empty() {
            return Err(format!("The {reference} and {sha} claims are empty"));
        }
        if expected.iter().any(|expected| expected == found) {
            return Ok(());
        }
        expected.sort();
        let expected: Vec<String> = expected.iter().map(|text| python_repr(text)).collect();
        Err(format!(
            "The {name} claim does not match, expecting one of [{}], got {}",
            expected.join(", "),
            python_repr(found)
        ))
    }
}

/// The environment of the job.
pub(super) fn environment(claims: &Claims) -> Option<&str> {
    let name = claims.get("environment").and_then(Value::as_str);
    name.filter(|name| !name.is_empty())
}

/// The text of a claim; empty if it has no such text.
pub(super) fn text<'c>(claims: &'c Claims, name: &str) -> &'c str {
    claims.get(name).and_then(Value::as_str).unwrap_or_default()
}
