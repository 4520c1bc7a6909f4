//! Statements, as they are signed.

use proptest::prelude::*;
use pypi_attestations::{ErrorKind, Statement};

use super::{NAME, SHA256};

#[test]
fn the_bytes_are_those_of_the_python_client() {
    let statement = Statement::publish(NAME, SHA256).expect("sound");
    let expected = format!(
        r#"{{"_type":"https://in-toto.io/Statement/v1","subject":[{{"name":"{NAME}","digest":{{"sha256":"{SHA256}"}}}}],"predicateType":"https://docs.pypi.org/attestations/publish/v1","predicate":null}}"#
    );
    assert_eq!(statement.as_bytes(), expected.as_bytes());
    let pae = format!(
        "DSSEv1 28 application/vnd.in-toto+json {} {expected}",
        expected.len()
    );
    assert_eq!(statement.pae(), pae.as_bytes());
}

#[test]
fn a_subject_has_a_name_and_a_sha256_in_lower_case() {
    for (name, sha256) in [
        ("", SHA256),
        (NAME, ""),
        (NAME, &SHA256.to_uppercase()),
        (NAME, &SHA256[1..]),
        (NAME, &SHA256.replace('9', "g")),
    ] {
        let error = Statement::publish(name, sha256).expect_err("rejected");
        assert_eq!(error.kind(), ErrorKind::Subject);
    }
}

proptest! {
    #[test]
    fn a_statement_is_read_as_it_was_made(name in ".{1,40}", sha256 in "[0-9a-f]{64}") {
        let statement = Statement::publish(&name, &sha256).expect("sound");
        prop_assert_eq!(statement.subject_name(), &name);
        prop_assert_eq!(statement.subject_sha256(), &sha256);
        prop_assert_eq!(Statement::parse(statement.as_bytes()), Ok(statement));
    }
}
