//! The JSON document of a rehearsal.

use std::fs;

use serde_json::{Value, json};

use super::{file_name, rehearse, saved};
use crate::command::DIST;

#[test]
fn the_document_has_the_refusal_and_is_that_of_the_schema() {
    let folder = saved(&[], "");
    let document = json!({
        "info": {"name": "Upload.Demo"},
        "ownership": {"organization": null, "roles": [{"role": "Owner", "user": "alice"}]},
        "releases": {"1.0.0": []},
    });
    let path = "upload-demo/pypi.json";
    crate::command::write(&folder, path, document.to_string().as_bytes());
    let deleted = format!("deleted-files = [{:?}]", file_name(DIST[1]));
    crate::command::write(&folder, "scenario.toml", deleted.as_bytes());
    let ran = rehearse(&folder, &["--json"]);
    assert_eq!(ran.exit, 1, "{}", ran.stderr);
    let document = ran.json();
    let outcomes = [&document["files"][0], &document["files"][1]].map(|file| &file["outcome"]);
    assert_eq!(outcomes, ["uploaded", "refused"]);
    let schema = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/report.schema.json");
    #[expect(clippy::disallowed_methods, reason = "a test's own file")]
    let schema = fs::read_to_string(schema).expect("the schema");
    let schema: Value = serde_json::from_str(&schema).expect("JSON");
    let rehearsal = &document["rehearsal"];
    assert_shape(rehearsal, &schema["$defs"]["Rehearsal"], &schema);
    assert_eq!(
        *rehearsal,
        json!({
            "projects": [{
                "name": "upload-demo", "exists": true, "status": "active", "members": ["alice"], "releases": 0,
                "files": 0, "bytes": 0, "file_limit": 104_857_600, "total_limit": 10_737_418_240_u64,
            }],
            "releases": [{
                "project": "upload-demo", "version": "1.0.0", "exists": true, "files": 0, "sdist": null,
                "since": null, "yanked": null, "closed": false,
            }],
            "files": [
                {"filename": file_name(DIST[0]), "state": "new", "sha256_on_index": null, "same_bytes_as": null},
                {"filename": file_name(DIST[1]), "state": "deleted", "sha256_on_index": null, "same_bytes_as": null},
            ],
        })
    );
}

/// Compares the members of objects and the words of an enumeration with those of a schema.
fn assert_shape(value: &Value, schema: &Value, root: &Value) {
    let reference = schema["$ref"].as_str();
    if let Some(name) = reference.and_then(|path| path.strip_prefix("#/$defs/")) {
        return assert_shape(value, &root["$defs"][name], root);
    }
    if let Some(words) = schema["enum"].as_array() {
        assert!(words.contains(value), "{value} {schema}");
    }
    for item in value.as_array().into_iter().flatten() {
        assert_shape(item, &schema["items"], root);
    }
    if let Some(object) = value.as_object() {
        let properties = schema["properties"].as_object().expect("properties");
        let keys: Vec<&String> = object.keys().collect();
        assert_eq!(keys, properties.keys().collect::<Vec<_>>());
        for (key, property) in properties {
            assert_shape(&object[key], property, root);
        }
    }
}
