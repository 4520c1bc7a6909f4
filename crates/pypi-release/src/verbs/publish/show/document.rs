//! The JSON document of a publication.

use pypi_trusted_upload::{Report, publish::SCHEMA_VERSION};
use serde_json::{Value, json};

use crate::failure::{Exit, error};

/// The document of a publication, with what the index had before if it was a rehearsal.
pub(crate) fn document(report: &Report, rehearsal: Option<Value>) -> Value {
    let mut document = json!(report);
    if let (Some(document), Some(rehearsal)) = (document.as_object_mut(), rehearsal) {
        document.insert("rehearsal".to_owned(), rehearsal);
    }
    document
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
