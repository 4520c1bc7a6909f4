//! The JSON document of a publication.

use pypi_trusted_upload::{Report, publish::SCHEMA_VERSION};
use serde_json::{Value, json};

use super::super::rehearsal::Rehearsal;
use crate::failure::{Exit, error};

pub(super) fn pretty(report: &Report, rehearsal: Option<&Rehearsal>) -> String {
    let mut document: Value = serde_json::from_str(&report.to_json()).unwrap_or_default();
    if let (Some(document), Some(rehearsal)) = (document.as_object_mut(), rehearsal) {
        document.insert("rehearsal".to_owned(), rehearsal.json());
    }
    format!("{document:#}")
}

/// The document of a failure before there is a report.
pub(crate) fn failure(message: &str, exit: Exit) -> Value {
    json!({
        "schema_version": SCHEMA_VERSION,
        "success": false,
        "dry_run": false,
        "index": null,
        "upload_url": null,
        "credentials": null,
        "token_expires": null,
        "token_burned": null,
        "files": [],
        "problems": [],
        "error": error(message, exit),
    })
}
