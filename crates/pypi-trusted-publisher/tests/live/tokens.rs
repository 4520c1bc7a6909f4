//! Forged, expired and repeated tokens.

use pypi_http::Secret;
use pypi_local_index::{AdminFlag, Identity as Job, LocalIndex, Signing};

use crate::{
    NOW, activestate, github, gitlab, google, id_token, index_of, jobs, replies, result, started,
};

#[test]
fn each_issuer_mints() {
    for job in jobs() {
        replies(&index_of(&job), &job, "200");
    }
}

#[test]
fn a_signature_that_is_not_the_issuers() {
    const UNKNOWN_KEY: &str = "422 invalid-token: InvalidToken, KeyRotation";
    const TOKEN: &str = "422 invalid-token: InvalidToken, Token";
    let algorithm = |name: &str| Signing::Algorithm(name.to_owned());
    for job in jobs() {
        let index = index_of(&job);
        for (signing, expected) in [
            (Signing::OtherKey, UNKNOWN_KEY),
            (Signing::UnknownKeyId, UNKNOWN_KEY),
            (Signing::WithoutKeyId, TOKEN),
            (algorithm("none"), TOKEN),
            (algorithm("HS256"), TOKEN),
            (algorithm("ES256"), TOKEN),
            (algorithm("rs256"), TOKEN),
        ] {
            replies(&index, &job.clone().signing(signing), expected);
        }
        replies(&index, &job, "200");
    }
}

#[test]
fn a_claim_that_was_changed_after_the_signature() {
    for job in jobs() {
        let index = index_of(&job);
        let [sound, other] = [job.clone(), job.claim("exp", NOW + 9_000)].map(|job| {
            let token = id_token(&index, &job);
            let parts: Vec<String> = token.reveal().split('.').map(str::to_owned).collect();
            parts
        });
        let forged = Secret::new([&*sound[0], &*other[1], &*sound[2]].join("."));
        assert_eq!(
            result(&index, forged, true),
            "422 invalid-token: InvalidToken, KeyRotation"
        );
    }
}

#[test]
fn times_outside_of_the_leeway() {
    const EXPIRED: &str = "422 invalid-token: Expired, Token";
    const AHEAD: &str = "422 invalid-token: NotYetValid, Token";
    for job in jobs() {
        let index = index_of(&job);
        for (name, time, expected) in [
            ("exp", NOW - 29, "200"),
            ("exp", NOW - 30, EXPIRED),
            ("exp", 1, EXPIRED),
            ("nbf", NOW + 30, "200"),
            ("nbf", NOW + 31, AHEAD),
            ("iat", NOW + 30, "200"),
            ("iat", NOW + 31, AHEAD),
        ] {
            replies(&index, &job.clone().claim(name, time), expected);
        }
    }
}

#[test]
fn an_audience_that_is_a_list_or_another() {
    for job in jobs() {
        let index = index_of(&job);
        for list in [vec!["pypi"], vec!["testpypi", "pypi"]] {
            let job = job.clone().claim("aud", list);
            replies(&index, &job, "422 invalid-token: InvalidToken, Token");
        }
        // Not sent: the index could use it elsewhere.
        replies(&index, &job.clone().claim("aud", "testpypi"), "id-token");
        replies(&index, &job.clone().claim("aud", ["testpypi"]), "id-token");
        replies(&index, &job.clone().claim("aud", 7), "id-token");
        replies(&index, &job.without_claim("aud"), "id-token");
    }
}

#[test]
fn a_token_that_was_exchanged_before() {
    for job in [github(), gitlab(), activestate()] {
        let index = index_of(&job);
        let token = id_token(&index, &job);
        assert_eq!(result(&index, token.clone(), true), "200");
        let again = result(&index, token, true);
        assert_eq!(again, "422 invalid-reuse-token: AlreadyUsed, Replay");
        replies(&index, &job, "200");
    }
    // Google's tokens have no id, so PyPI cannot tell.
    let index = index_of(&google());
    let token = id_token(&index, &google());
    assert_eq!(result(&index, token.clone(), true), "200");
    assert_eq!(result(&index, token, true), "200");
}

#[test]
fn a_missing_claim_of_every_token() {
    for job in jobs() {
        let index = index_of(&job);
        for (name, expected) in [
            ("iss", "422 invalid-payload: InvalidPayload, Token"),
            ("iat", "422 invalid-token: InvalidToken, Token"),
            ("exp", "422 invalid-token: InvalidToken, Token"),
            ("nbf", "200"),
        ] {
            replies(&index, &job.clone().without_claim(name), expected);
        }
    }
}

#[test]
fn a_missing_claim_of_an_issuer() {
    let required: [(Job, &[&str]); 4] = [
        (
            github(),
            &[
                "repository",
                "repository_owner",
                "repository_owner_id",
                "job_workflow_ref",
                "jti",
                "event_name",
                "ref",
                "sha",
            ],
        ),
        (
            gitlab(),
            &[
                "sub",
                "project_path",
                "ci_config_ref_uri",
                "jti",
                "ref_path",
                "sha",
            ],
        ),
        (google(), &["email", "email_verified"]),
        (
            activestate(),
            &["sub", "organization", "project", "actor_id", "builder"],
        ),
    ];
    for (job, names) in required {
        let index = index_of(&job);
        for name in names {
            let missing = "422 invalid-publisher: UnknownPublisher, Token";
            replies(&index, &job.clone().without_claim(*name), missing);
            // PyPI's JWT reader requires text, if the claim is there.
            let null = match *name {
                "jti" | "sub" => "422 invalid-token: InvalidToken, Token",
                _ => missing,
            };
            replies(&index, &job.clone().claim(*name, ()), null);
        }
        replies(&index, &job, "200");
    }
}

#[test]
fn an_issuer_that_the_index_does_not_accept() {
    for job in jobs() {
        let index = index_of(&job);
        for issuer in [
            "https://agent.buildkite.com",
            "https://oidc.circleci.com/org/0f1e",
            "https://token.actions.githubusercontent.com/octo-org",
            "https://gitlab.example",
            "https://gitlab.com/",
            "",
        ] {
            let job = job.clone().claim("iss", issuer);
            replies(&index, &job, "422 invalid-payload: UnknownIssuer, Issuer");
        }
    }
}

#[test]
fn an_issuer_that_did_not_sign_the_token() {
    // GitLab's key, and GitHub's name.
    let job = gitlab().claim("iss", "https://token.actions.githubusercontent.com");
    let expected = "422 invalid-token: InvalidToken, Token";
    replies(&index_of(&github()), &job, expected);
}

#[test]
fn an_index_that_has_switched_trusted_publishing_off() {
    for job in jobs() {
        let builder = LocalIndex::builder().publisher("demo", job.publisher());
        let index = started(builder.admin_flag(AdminFlag::DisallowOidc));
        replies(&index, &job, "disabled");
        index.set_admin_flag(AdminFlag::DisallowOidc, false);
        replies(&index, &job, "200");
    }
}

#[test]
fn a_text_that_is_not_a_token_is_not_sent() {
    let index = index_of(&github());
    for text in ["", "pypi-AgEIcHlwaS5vcmc", "W10.e30.c2ln", "e30.e30"] {
        assert_eq!(
            result(&index, Secret::new(text), true),
            "id-token",
            "{text}"
        );
    }
}
