//! Each problem, and the tokens that have none.

use serde_json::json;

use super::*;

const NOW: u64 = 1_760_000_000;

/// Claims of a job of GitHub, with some of them changed; null removes one.
fn github(changes: Value) -> Claims {
    with(
        json!({
            "iss": "https://token.actions.githubusercontent.com",
            "aud": "pypi", "iat": NOW, "nbf": NOW - 5, "exp": NOW + 300, "jti": "1",
            "sub": "repo:octo-org@4242/demo@99:ref:refs/heads/main",
            "repository": "octo-org/demo", "repository_owner": "octo-org", "repository_owner_id": "4242",
            "job_workflow_ref": "octo-org/demo/.github/workflows/release.yml@refs/heads/main",
            "workflow_ref": "octo-org/demo/.github/workflows/release.yml@refs/heads/main",
            "event_name": "push", "ref": "refs/heads/main", "sha": "0123456789abcdef",
        }),
        changes,
    )
}

fn gitlab(changes: Value) -> Claims {
    with(
        json!({
            "iss": "https://gitlab.com",
            "aud": "pypi", "iat": NOW, "nbf": NOW - 5, "exp": NOW + 300, "jti": "1",
            "sub": "project_path:group/demo:ref_type:branch:ref:main", "project_path": "group/demo",
            "ci_config_ref_uri": "gitlab.com/group/demo//.gitlab-ci.yml@refs/heads/main",
            "ref_path": "refs/heads/main", "sha": "0123456789abcdef", "pipeline_source": "push",
        }),
        changes,
    )
}

/// Claims of a token that only names its issuer.
fn other(issuer: &str, changes: Value) -> Claims {
    let claims = json!({ "iss": issuer, "aud": "pypi", "iat": NOW, "exp": NOW + 300 });
    with(claims, changes)
}

fn with(mut claims: Value, changes: Value) -> Claims {
    for (name, value) in changes.as_object().expect("changes") {
        claims[name] = value.clone();
    }
    Claims::of(claims)
}

/// The problems as `kind!`, with `!` for those that are fatal.
fn kinds(claims: &Claims) -> Vec<String> {
    let problems = claims.problems(NOW, Some("pypi"));
    let kind = |problem: &ClaimProblem| {
        let end = if problem.is_fatal() { "!" } else { "" };
        format!("{:?}{end}", problem.kind())
    };
    problems.iter().map(kind).collect()
}

#[track_caller]
fn finds(claims: Claims, expected: &[&str]) {
    assert_eq!(kinds(&claims), expected);
}

#[test]
fn a_good_token_has_no_problem() {
    finds(github(json!({})), &[]);
    finds(
        github(json!({ "sub": "repo:octo-org/demo:ref:refs/heads/main" })),
        &[],
    );
    finds(
        github(
            json!({ "ref": "", "job_workflow_ref": "octo-org/demo/.github/workflows/release.yml@0123456789abcdef", "workflow_ref": null }),
        ),
        &[],
    );
    finds(gitlab(json!({})), &[]);
    finds(
        other(
            "https://accounts.google.com",
            json!({ "email": "r@example.org", "email_verified": true }),
        ),
        &[],
    );
    finds(
        other(
            "https://platform.activestate.com/api/v1/oauth/oidc",
            json!({ "sub": "org:o:project:p", "organization": "o", "project": "p", "actor_id": "1", "builder": "pypi-publisher" }),
        ),
        &[],
    );
}

#[test]
fn the_signature_must_be_rs256_by_a_named_key() {
    for algorithm in ["none", "HS256", "ES256", "rs256"] {
        finds(
            github(json!({})).with_header("alg", algorithm),
            &["Algorithm!"],
        );
    }
    finds(
        github(json!({})).with_header("kid", Value::Null),
        &["KeyId!"],
    );
    finds(github(json!({})).with_header("kid", ""), &["KeyId!"]);
}

#[test]
fn times_have_the_leeway_of_pypi() {
    finds(github(json!({ "exp": NOW - 29 })), &[]);
    finds(github(json!({ "exp": NOW - 30 })), &["Expired!"]);
    finds(github(json!({ "nbf": NOW + 30, "iat": NOW + 30 })), &[]);
    finds(github(json!({ "nbf": NOW + 31 })), &["NotYetValid!"]);
    finds(github(json!({ "iat": NOW + 31 })), &["NotYetValid!"]);
    finds(github(json!({ "nbf": null })), &[]);
    finds(
        github(json!({ "iat": null, "exp": null })),
        &["MissingClaim!", "MissingClaim!"],
    );
    finds(github(json!({ "exp": "soon" })), &["InvalidClaim!"]);
    finds(
        github(json!({ "exp": (NOW + 300).to_string(), "iat": 1.5 })),
        &[],
    );
    finds(
        github(json!({ "exp": -1e300, "iat": u64::MAX })),
        &["NotYetValid!", "Expired!"],
    );
    let claims = github(json!({ "exp": 1 }));
    assert!(problems(&claims, None, None).is_empty(), "without a clock");
}

#[test]
fn the_audience_is_one_string() {
    finds(github(json!({ "aud": ["pypi"] })), &["Audience!"]);
    finds(github(json!({ "aud": "testpypi" })), &["Audience!"]);
    finds(github(json!({ "aud": 1 })), &["Audience!"]);
    finds(github(json!({ "aud": null })), &["MissingClaim!"]);
    let claims = github(json!({ "aud": "other" }));
    assert!(claims.problems(NOW, None).is_empty(), "an unknown audience");
}

#[test]
fn required_claims_are_missed_in_the_order_of_pypi() {
    let claims = github(json!({ "sha": null, "repository": null, "jti": null }));
    let problems = claims.problems(NOW, Some("pypi"));
    let messages: Vec<&str> = problems.iter().map(ClaimProblem::message).collect();
    assert_eq!(
        messages,
        ["repository", "jti", "sha"]
            .map(|name| format!("the ID token has no claim `{name}`, which PyPI requires"))
    );
}

#[test]
fn other_issuers_are_named() {
    finds(github(json!({ "iss": null })), &["MissingClaim!"]);
    for issuer in [
        "https://token.actions.githubusercontent.com/acme",
        "https://github.acme.example/_services/token",
        "https://codeberg.org/api/actions",
        "https://vstoken.dev.azure.com/0ca3",
        "https://ci.example",
    ] {
        finds(other(issuer, json!({})), &["Issuer!"]);
    }
    let config = "gitlab.example/group/demo//.gitlab-ci.yml@refs/heads/main";
    finds(
        gitlab(json!({ "iss": "https://gitlab.example", "ci_config_ref_uri": config })),
        &["Issuer"],
    );
    finds(
        other("https://agent.buildkite.com", json!({ "pipeline_id": "1" })),
        &["Issuer!", "MissingClaim"],
    );
    finds(
        other(
            "https://oidc.circleci.com/org/1",
            json!({ "oidc.circleci.com/ssh-rerun": true }),
        ),
        &["Issuer!", "SshRerun!"],
    );
}

#[test]
fn the_path_of_an_enterprise_is_said() {
    let issuer = "https://token.actions.githubusercontent.com/acme";
    let problems = other(issuer, json!({})).problems(NOW, None);
    assert_eq!(
        problems[0].message(),
        "the issuer https://token.actions.githubusercontent.com/acme has the path /acme of an enterprise, and PyPI \
         accepts only https://token.actions.githubusercontent.com"
    );
}

#[test]
fn reusable_workflows_are_told_by_where_they_are() {
    let called = |file: &str| json!({ "job_workflow_ref": file });
    finds(
        github(called(
            "octo-org/demo/.github/workflows/publish.yml@refs/heads/main",
        )),
        &["ReusableWorkflow"],
    );
    finds(
        github(called(
            "octo-org/demo/.github/workflows/publish.yml@refs/tags/v1",
        )),
        &["ReusableWorkflow!"],
    );
    finds(
        github(called(
            "other/tools/.github/workflows/release.yml@refs/heads/main",
        )),
        &["ReusableWorkflow!"],
    );
    finds(github(called("octo-org/demo/action@main")), &["Workflow!"]);
}

#[test]
fn events_of_pull_requests_are_said() {
    finds(
        github(json!({ "event_name": "pull_request_target" })),
        &["Event!"],
    );
    finds(github(json!({ "event_name": "pull_request" })), &["Event"]);
    finds(
        gitlab(json!({ "pipeline_source": "merge_request_event" })),
        &["Event"],
    );
}

#[test]
fn a_pipeline_is_in_its_project_at_its_commit() {
    let config = |uri: &str| gitlab(json!({ "ci_config_ref_uri": uri }));
    finds(
        config("gitlab.com/group/demo//.gitlab-ci.yml@0123456789abcdef"),
        &[],
    );
    finds(
        config("gitlab.com/group/demo//.gitlab-ci.yml@refs/heads/other"),
        &["Workflow!"],
    );
    finds(
        config("gitlab.com/other/ci//.gitlab-ci.yml@refs/heads/main"),
        &["Workflow!"],
    );
    finds(
        config("gitlab.com/group/demo//Jenkinsfile@refs/heads/main"),
        &["Workflow!"],
    );
    finds(gitlab(json!({ "sha": "" })), &["InvalidClaim!"]);
}

#[test]
fn claims_with_one_possible_value_have_it() {
    let google = |verified: Value| {
        let claims = json!({ "email": "r@example.org", "email_verified": verified });
        other("https://accounts.google.com", claims)
    };
    finds(google(json!(false)), &["InvalidClaim!"]);
    finds(google(json!("true")), &["InvalidClaim!"]);
    finds(google(Value::Null), &["MissingClaim!"]);
    finds(
        other(
            "https://platform.activestate.com/api/v1/oauth/oidc",
            json!({ "sub": "org:o:project:q", "organization": "o", "project": "p", "actor_id": "1", "builder": "mine" }),
        ),
        &["InvalidClaim!", "InvalidClaim!"],
    );
}

#[test]
fn claims_that_identify_the_job_are_not_empty() {
    finds(
        github(json!({ "repository_owner_id": "", "jti": "", "event_name": "" })),
        &["InvalidClaim!"],
    );
    finds(
        github(json!({ "sub": null, "jti": 1 })),
        &["InvalidClaim!", "InvalidClaim!"],
    );
    finds(github(json!({ "ref": "", "sha": "" })), &["InvalidClaim!"]);
    finds(
        github(json!({ "repository_owner": "Octo-Org" })),
        &["InvalidClaim!"],
    );
    finds(gitlab(json!({ "sub": null })), &["MissingClaim!"]);
    finds(gitlab(json!({ "sub": "" })), &["InvalidClaim!"]);
    finds(
        gitlab(json!({ "sub": "project_path:other/demo:ref:main" })),
        &["InvalidClaim!"],
    );
    finds(gitlab(json!({ "sub": "project_path:Group/Demo" })), &[]);
}

#[test]
fn one_letter_case_is_used_for_a_repository() {
    let called = "octo-org/Demo/.github/workflows/release.yml@refs/heads/main";
    finds(
        github(json!({ "job_workflow_ref": called, "workflow_ref": called })),
        &["Workflow!"],
    );
}
