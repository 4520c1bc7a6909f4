//! What holds for every token and every job.

use std::sync::LazyLock;

use proptest::prelude::*;
use pypi_http::Redactor;
use pypi_local_index::{Clock, Identity, LocalIndex, TrustedPublisher};
use pypi_trusted_publisher::{Claims, Diagnosis, IdToken, Issuer, Registration};
use serde_json::{Map, Value, json};

use crate::{NOW, pypi};

static INDEX: LazyLock<LocalIndex> = LazyLock::new(|| {
    let builder = LocalIndex::builder().clock(Clock::fixed(NOW));
    builder.start().expect("an index")
});

fn claims(job: &Identity) -> Claims {
    let token = INDEX.id_token(job, "pypi").expect("an ID token");
    let token = IdToken::parse(token.reveal()).expect("a JWT");
    token.claims().clone()
}

/// The publisher's fields, as the local index stores them.
fn stored(publisher: &TrustedPublisher) -> Value {
    serde_json::to_value(publisher).expect("JSON")
}

/// The publisher that the registration makes, as the local index stores it.
fn registered(claims: &Claims) -> Value {
    let registration = Registration::of(claims).expect("a registration");
    let fields: Map<String, Value> = registration
        .fields()
        .map(|(name, value)| {
            let value = (!value.is_empty()).then_some(value);
            (name.to_owned(), json!(value))
        })
        .collect();
    let text = |name: &str| fields[name].as_str().expect("a field");
    match registration.provider() {
        "github" => json!({
            "kind": "github",
            "repository": format!("{}/{}", text("owner"), text("repository")),
            "owner-id": claims.text("repository_owner_id"),
            "workflow": fields["workflow_filename"],
            "environment": fields["environment"],
        }),
        "gitlab" => json!({
            "kind": "gitlab",
            "project-path": format!("{}/{}", text("namespace"), text("project")),
            "config": fields["workflow_filepath"],
            "environment": fields["environment"],
        }),
        "google" => json!({"kind": "google", "email": fields["email"], "subject": fields["sub"]}),
        provider => json!({
            "kind": provider,
            "organization": fields["organization"],
            "project": fields["project"],
            "actor-id": claims.text("actor_id"),
        }),
    }
}

fn job() -> impl Strategy<Value = (Issuer, Identity)> {
    let name = "[A-Za-z0-9][A-Za-z0-9_.-]{0,8}";
    let environment = prop::option::of("[A-Za-z0-9][A-Za-z0-9 /_-]{0,8}");
    let github = (name, name, "[a-z@.]{1,8}[.]ya?ml", "[0-9]{1,9}").prop_map(
        |(owner, repository, file, id)| {
            let job = Identity::github(format!("{owner}/{repository}"), file);
            (Issuer::GitHub, job.owner_id(id))
        },
    );
    let gitlab = (
        "[a-z]{1,5}(/[a-z]{1,5}){0,2}",
        name,
        "([a-z]{1,4}/){0,2}[.a-z-]{0,5}[a-z][.]ya?ml",
    )
        .prop_map(|(group, project, path)| {
            (
                Issuer::GitLab,
                Identity::gitlab(format!("{group}/{project}"), path),
            )
        });
    let google = "[a-z]{1,8}@[a-z]{1,8}[.]iam[.]gserviceaccount[.]com"
        .prop_map(|email| (Issuer::Google, Identity::google(email)));
    let activestate = (name, name, "[0-9a-f-]{1,36}").prop_map(|(organization, project, actor)| {
        (
            Issuer::ActiveState,
            Identity::activestate(organization, project, actor),
        )
    });
    let job = prop_oneof![github, gitlab, google, activestate];
    (job, environment).prop_map(|((issuer, job), environment)| match environment {
        Some(environment) if matches!(issuer, Issuer::GitHub | Issuer::GitLab) => {
            (issuer, job.environment(environment))
        }
        _ => (issuer, job),
    })
}

/// A claim name that something reads, or another.
fn claim_name() -> impl Strategy<Value = String> {
    let known = [
        "iss",
        "aud",
        "exp",
        "iat",
        "nbf",
        "sub",
        "repository",
        "job_workflow_ref",
        "workflow_ref",
        "environment",
        "project_path",
        "ci_config_ref_uri",
        "ref_path",
        "ref",
        "sha",
        "email",
        "event_name",
        "actor",
        "builder",
    ];
    prop_oneof![
        prop::sample::select(known.to_vec()).prop_map(str::to_owned),
        "[a-z]{0,4}"
    ]
}

fn claim_value() -> impl Strategy<Value = Value> {
    let text = prop_oneof![
        "\\PC{0,20}",
        "[\\PC\\pC]{0,400}",
        "[a-z/@.:]{0,20}[.]ya?ml@[a-z/]{0,6}",
        "(https://(gitlab[.]com|accounts[.]google[.]com|token[.]actions[.]githubusercontent[.]com)(/[a-z]{0,3})?)",
    ];
    prop_oneof![
        text.prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        Just(Value::Null),
        prop::collection::vec("[a-z]{0,3}", 0..3).prop_map(Value::from),
    ]
}

proptest! {
    #[test]
    fn no_text_makes_a_parser_panic(text in "[\\PC\\pC]{0,200}|[A-Za-z0-9_.-]{0,200}|[.eyJ0={}-]{0,20}") {
        if let Ok(claims) = Claims::parse(&text) {
            let _ = claims.problems(NOW, None);
        }
    }

    #[test]
    fn a_token_of_the_local_index_has_the_claims_of_its_job((issuer, job) in job()) {
        let claims = claims(&job);
        prop_assert_eq!(claims.kind(), issuer);
        prop_assert_eq!(claims.header("alg"), Some("RS256"));
        prop_assert_eq!(claims.problems(NOW, Some("pypi")), []);
    }

    #[test]
    fn a_registration_is_the_publisher_of_the_job((issuer, job) in job()) {
        let claims = claims(&job);
        let publisher = match issuer {
            Issuer::Google => job.publisher().subject(claims.text("sub").expect("a subject")),
            _ => job.publisher(),
        };
        prop_assert_eq!(registered(&claims), stored(&publisher));
    }

    #[test]
    fn a_diagnosis_is_bounded_and_plain(
        (_, job) in job(),
        changes in prop::collection::vec((claim_name(), claim_value()), 0..6),
        code in "invalid-(payload|publisher|token|reuse-token|pending-publisher)|not-enabled|[\\PC\\pC]{0,400}",
        description in "[\\PC\\pC]{0,800}|.*Publisher with matching claims was not found.*",
    ) {
        let job = changes.into_iter().fold(job, |job, (name, value)| job.claim(name, value));
        let claims = claims(&job);
        let context = pypi().project("demo", None).project("demo\n::error::", Some(true));
        let diagnosis = Diagnosis::new(&code, &description, Some(&claims), &context);
        let text = diagnosis.to_string();
        prop_assert!(text.len() < 100_000, "{} bytes", text.len());
        prop_assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "{text:?}");
        for line in text.lines().skip(1) {
            let is_ours = ["  ", "the publisher", "possible causes", "probable cause", "register"].iter().any(|start| line.starts_with(start));
            prop_assert!(is_ours, "{line:?}");
        }
        for cause in diagnosis.causes() {
            prop_assert!(cause.on_index().is_some() || cause.in_job().is_some(), "{cause:?}");
        }
        prop_assert_eq!(Diagnosis::new(&code, &description, Some(&claims), &context), diagnosis);
    }
}

#[test]
fn no_piece_of_a_token_is_in_a_text() {
    let token = INDEX
        .id_token(Identity::default(), "pypi")
        .expect("an ID token");
    let claims = Claims::parse(token.reveal()).expect("claims");
    let diagnosis = Diagnosis::new("invalid-publisher", "", Some(&claims), &pypi());
    let cut = token.reveal().rsplit_once('.').expect("a JWT").0;
    let error = Claims::parse(cut).expect_err("two parts");
    let redactor = Redactor::new([&token]);
    for text in [
        diagnosis.to_string(),
        format!("{diagnosis:?} {claims:?} {error} {error:?}"),
        serde_json::to_string(&(&diagnosis, &claims)).expect("JSON"),
    ] {
        assert_eq!(redactor.redact(&text), text);
    }
}
