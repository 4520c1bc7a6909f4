//! What a real Warehouse answered (source of 2026-08-21).

use pypi_local_index::{Clock, Identity, LocalIndex, Signing};
use pypi_trusted_publisher::{Claims, Diagnosis};
use serde_json::Value;

use crate::{NOW, pypi, snapshot};

const ANSWERS: &str = include_str!("../../../pypi-local-index/tests/recorded/mint.jsonl");

#[test]
fn every_recorded_refusal_has_its_diagnosis() {
    let index = LocalIndex::builder()
        .clock(Clock::fixed(NOW))
        .start()
        .expect("an index");
    let cases = ANSWERS.lines().filter_map(|line| {
        let case: Value = serde_json::from_str(line).expect("JSON");
        let id = case["id"].as_str().expect("an id");
        let body: Value = serde_json::from_str(case["body"].as_str()?).ok()?;
        let error = &body["errors"][0];
        let (code, description) = (error["code"].as_str()?, error["description"].as_str()?);
        let claims = claims(&index, &case, id);
        let context = pypi().project(repository(id), Some(!id.contains("pending")));
        let diagnosis = Diagnosis::new(code, description, claims.as_ref(), &context);
        let name = format!("{id}: {}", case["about"].as_str()?);
        Some((name, diagnosis.to_string()))
    });
    snapshot::compare("recorded.txt", cases);
}

#[test]
fn the_problems_of_the_claims_are_those_of_warehouse() {
    let index = LocalIndex::builder()
        .clock(Clock::fixed(NOW))
        .start()
        .expect("an index");
    for line in ANSWERS.lines() {
        let case: Value = serde_json::from_str(line).expect("JSON");
        let (id, body) = (
            case["id"].as_str().expect("an id"),
            case["body"].to_string(),
        );
        let Some(claims) = claims(&index, &case, id) else {
            continue;
        };
        let problems = claims.problems(NOW, Some("pypi"));
        let is_fatal = problems.iter().any(|problem| problem.is_fatal());
        if body.contains("pypi-TOKEN") {
            assert!(!is_fatal, "{id}: {problems:?}");
        }
        // Only the index knows the keys.
        let is_signed_well = !matches!(id, "mint/bad-kid" | "mint/wrong-key");
        if body.contains("invalid-token") && is_signed_well {
            assert!(is_fatal, "{id}");
        }
    }
}

/// The claims of the token that was sent; `None` if none was.
fn claims(index: &LocalIndex, case: &Value, id: &str) -> Option<Claims> {
    if matches!(id, "mint/not-json" | "mint/empty-token") {
        return None;
    }
    let signing = match id {
        "mint/bad-kid" => Signing::UnknownKeyId,
        "mint/no-kid" => Signing::WithoutKeyId,
        "mint/wrong-key" => Signing::OtherKey,
        _ => Signing::Issuer,
    };
    let repository = match id {
        "mint/repository-case" => "Oracle-Existing",
        _ => repository(id),
    };
    let job = match id {
        "mint/gitlab-ok" => Identity::gitlab("my-group/oracle-gitlab", ".gitlab-ci.yml"),
        "mint/google-ok" => Identity::google("robot@example.iam.gserviceaccount.com"),
        _ => Identity::github(format!("octo-org/{repository}"), "release.yml"),
    };
    let mut job = job.signing(signing);
    for (name, value) in case["claims_changed"].as_object().into_iter().flatten() {
        job = changed(job, repository, name, value.as_str().expect("text"));
    }
    let token = index.id_token(job, "pypi").expect("an ID token");
    Some(Claims::parse(token.reveal()).expect("claims"))
}

fn repository(id: &str) -> &'static str {
    match id {
        "mint/pending-taken" => "oracle-pending-2",
        "mint/env-wrong" => "oracle-env",
        _ => "oracle-existing",
    }
}

/// The recording has Python's `repr` of each value, and for some cases a property of the job instead of a claim.
fn changed(job: Identity, repository: &str, name: &str, value: &str) -> Identity {
    match (name, value) {
        ("owner", owner) => job.claim("repository_owner", owner),
        ("owner_id", number) => job.claim("repository_owner_id", number),
        ("workflow", file) => {
            let path = format!("octo-org/{repository}/.github/workflows/{file}@refs/heads/main");
            job.claim("job_workflow_ref", &path)
                .claim("workflow_ref", path)
        }
        (name, "None") => job.without_claim(name),
        ("aud", _) => job.claim(name, ["pypi"]),
        ("exp" | "iat" | "nbf", seconds) => {
            job.claim(name, seconds.parse::<u64>().expect("a time"))
        }
        (name, value) => job.claim(name, value),
    }
}
