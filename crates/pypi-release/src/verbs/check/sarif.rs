//! Findings for code scanning.

use std::collections::BTreeMap;

use pypi_trusted_upload::{Severity, metadata::Finding};
use serde_json::{Value, json};

use super::Checked;

/// The findings as one run.
///
/// # Source
///
/// SARIF 2.1.0, with what GitHub's code scanning asks for.
pub(super) fn document(files: &[Checked]) -> Value {
    let mut rules: BTreeMap<&str, String> = BTreeMap::new();
    let mut results = Vec::new();
    for file in files {
        for finding in &file.findings {
            rules
                .entry(finding.rule().id())
                .or_insert_with(|| finding.link());
            results.push(result(file, finding));
        }
        for (rule, message) in file.others() {
            rules.entry(rule).or_default();
            results.push(json!({
                "ruleId": rule,
                "level": "error",
                "message": { "text": message },
                "locations": [location(file, None)],
            }));
        }
    }
    let rules: Vec<Value> = rules
        .into_iter()
        .map(|(id, link)| match link.is_empty() {
            true => json!({ "id": id }),
            false => json!({ "id": id, "helpUri": link }),
        })
        .collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": "pypi-release", "version": env!("CARGO_PKG_VERSION"), "rules": rules } },
            "results": results,
        }],
    })
}

fn result(file: &Checked, finding: &Finding) -> Value {
    let level = match finding.severity() {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Hint => "note",
    };
    let text = match finding.help() {
        Some(help) => format!("{finding}. {help}"),
        None => finding.to_string(),
    };
    json!({
        "ruleId": finding.rule().id(),
        "level": level,
        "message": { "text": text },
        "locations": [location(file, Some(finding))],
    })
}

fn location(file: &Checked, finding: Option<&Finding>) -> Value {
    let path = file.path.to_string_lossy().replace('\\', "/");
    let uri = if path.is_empty() { "." } else { &path };
    let at = finding
        .and_then(Finding::position)
        .filter(|_| file.has_lines());
    let region = at.map_or_else(
        || json!({ "startLine": 1 }),
        |at| json!({ "startLine": at.line, "startColumn": at.column }),
    );
    json!({ "physicalLocation": { "artifactLocation": { "uri": uri }, "region": region } })
}
