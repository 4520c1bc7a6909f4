//! Identities, as JSON and as text.

use pypi_attestations::{ErrorKind, Identity};

#[test]
fn each_kind_is_read_and_printed() {
    for (json, identity, text) in [
        (
            r#"{"kind": "GitHub", "repository": "o/r", "workflow": "w.yml", "environment": "pypi"}"#,
            Identity::github("o/r", "w.yml"),
            "workflow w.yml of https://github.com/o/r",
        ),
        (
            r#"{"kind": "GitLab", "repository": "o/g/r", "workflow_filepath": ".gitlab-ci.yml"}"#,
            Identity::gitlab("o/g/r", ".gitlab-ci.yml"),
            "pipeline .gitlab-ci.yml of https://gitlab.com/o/g/r",
        ),
        (
            r#"{"kind": "Google", "email": "a@example.com"}"#,
            Identity::google("a@example.com"),
            "Google account a@example.com",
        ),
        (
            r#"{"kind": "CircleCI", "project_id": "p", "pipeline_definition_id": "d", "vcs_ref": null}"#,
            Identity::circleci("p", "d"),
            "pipeline definition d of CircleCI project p",
        ),
        (
            r#"{"san": "a@example.com", "issuer": "https://example.com"}"#,
            Identity::certificate("a@example.com", "https://example.com"),
            "a@example.com of https://example.com",
        ),
    ] {
        assert_eq!(
            Identity::parse(json.as_bytes()),
            Ok(identity.clone()),
            "{json}"
        );
        assert_eq!(identity.to_string(), text);
    }
}

#[test]
fn what_is_missing_is_named() {
    for (json, why) in [
        (r#"{"repository": "o/r"}"#, "`kind` is missing"),
        (r#"{"san": "x"}"#, "`issuer` is missing"),
        (
            r#"{"kind": "GitHub", "repository": "o/r"}"#,
            "`workflow` is missing",
        ),
        (
            r#"{"kind": "CircleCI", "project_id": "p", "pipeline_definition_id": "d", "vcs_ref": 1}"#,
            "`vcs_ref` must be a string",
        ),
        (
            r#"{"kind": "github"}"#,
            "`kind` is \"github\", expected \"CircleCI\", \"GitHub\", \"GitLab\" or \"Google\"",
        ),
    ] {
        let error = Identity::parse(json.as_bytes()).expect_err(json);
        assert_eq!(error.kind(), ErrorKind::Malformed);
        assert_eq!(
            error.to_string(),
            format!("not an identity that signs attestations: {why}")
        );
    }
}

#[test]
fn a_repository_is_named_by_its_url() {
    for url in [
        "https://github.com/o/r",
        "https://github.com/o/r/",
        "https://gitlab.com/o/g/r",
    ] {
        assert!(Identity::repository(url).is_ok(), "{url}");
    }
    for url in [
        "o/r",
        "http://github.com/o/r",
        "https://github.com/o",
        "https://github.com/o/r/tree",
        "https://github.com//r",
        "https://gitlab.com/o//r",
        "https://example.com/o/r",
    ] {
        assert!(Identity::repository(url).is_err(), "{url}");
    }
}
