//! The strict form of transparency log entries.

use pypi_attestations::{Attestation, ErrorKind};
use serde_json::{Value, json};

use super::gitlab;

/// The kind of error that an entry has; `None` if it is read.
fn problem(entry: &Value) -> Option<(ErrorKind, String)> {
    let mut object = gitlab();
    object["verification_material"]["transparency_entries"] = json!([entry]);
    let attestation = Attestation::parse(object.to_string().as_bytes()).expect("an object");
    let error = attestation.log_entry().err()?;
    Some((error.kind(), error.to_string()))
}

fn entry() -> Value {
    gitlab()["verification_material"]["transparency_entries"][0].clone()
}

/// The JSON pointers of all members, at any depth.
fn members(value: &Value, pointer: &str, found: &mut Vec<String>) {
    let Some(object) = value.as_object() else {
        return;
    };
    for (key, member) in object {
        let pointer = format!("{pointer}/{key}");
        members(member, &pointer, found);
        found.push(pointer);
    }
}

#[test]
fn each_member_is_needed_and_has_its_type() {
    let mut pointers = Vec::new();
    members(&entry(), "", &mut pointers);
    assert_eq!(pointers.len(), 17, "{pointers:?}");
    for pointer in &pointers {
        let (parent, key) = pointer.rsplit_once('/').expect("a pointer");
        let mut without = entry();
        let parent = without.pointer_mut(parent).and_then(Value::as_object_mut);
        parent.expect("an object").remove(key);
        assert_eq!(
            problem(&without).map(|(kind, _)| kind),
            Some(ErrorKind::Entry),
            "{pointer}"
        );
        for value in [
            json!(7),
            json!([7]),
            json!({"x": 1}),
            json!(" "),
            Value::Null,
        ] {
            let mut other = entry();
            *other.pointer_mut(pointer).expect("a member") = value.clone();
            assert_eq!(
                problem(&other).map(|(kind, _)| kind),
                Some(ErrorKind::Entry).filter(|_| !is_text(pointer, &value)),
                "{pointer} {value}"
            );
        }
    }
}

/// A checkpoint may be any text; the verifier reads it.
fn is_text(pointer: &str, value: &Value) -> bool {
    pointer.ends_with("/envelope") && value.is_string()
}

#[test]
fn unknown_members_are_rejected_at_any_depth() {
    for object in [
        "",
        "/inclusionPromise",
        "/inclusionProof",
        "/inclusionProof/checkpoint",
        "/kindVersion",
        "/logId",
    ] {
        let mut entry = entry();
        entry.pointer_mut(object).expect(object)["log_index"] = json!("1");
        let expected =
            "PyPI cannot read the transparency log entry: unknown member \"log_index\"".to_owned();
        assert_eq!(problem(&entry), Some((ErrorKind::Entry, expected)));
    }
}

#[test]
fn numbers_are_digits_within_range() {
    for number in [
        "",
        "-1",
        "+1",
        " 1",
        "1_0",
        "0x1",
        "1.0",
        "18446744073709551616",
        "９",
    ] {
        for pointer in ["/logIndex", "/integratedTime", "/inclusionProof/treeSize"] {
            let mut entry = entry();
            *entry.pointer_mut(pointer).expect(pointer) = json!(number);
            assert!(problem(&entry).is_some(), "{pointer} {number:?}");
        }
    }
    let mut last = entry();
    last["integratedTime"] = json!("253402300799");
    assert_eq!(problem(&last), None);
    last["integratedTime"] = json!("253402300800");
    assert!(problem(&last).is_some());
}

#[test]
fn other_logs_are_named() {
    let mut v2 = entry();
    v2["kindVersion"] = json!({"kind": "hashedrekord", "version": "0.0.2"});
    let expected = "PyPI cannot read the transparency log entry: it has kind \"hashedrekord\" \"0.0.2\", expected \"dsse\" \"0.0.1\"";
    assert_eq!(problem(&v2), Some((ErrorKind::Entry, expected.to_owned())));
}
