//! `identity`: who a job is, and whether it could publish.

use std::fs;

use pypi_local_index::{Identity, LocalIndex, Route};
use serde_json::{Value, json};

use crate::command::{Ran, command, run};

fn identity(index: &LocalIndex, arguments: &[&str], variables: &[(String, String)]) -> Ran {
    let mut command = command(["identity", "--index", index.upload_url().as_str()]);
    command.args(arguments).envs(variables.iter().cloned());
    run(command)
}

fn github() -> Identity {
    Identity::github("octo-org/demo", "release.yml").environment("pypi")
}

fn index() -> LocalIndex {
    let builder = LocalIndex::builder().publisher("demo", github().publisher());
    builder.start().expect("an index")
}

#[test]
fn a_job_sees_itself_as_the_index_does() {
    let index = index();
    let ran = identity(&index, &["--json"], &index.environment_of(github()));
    let found = ran.json();
    assert_eq!(
        (ran.exit, &found["success"]),
        (0, &json!(true)),
        "{found:#}"
    );
    assert_eq!(found["provider"], "github");
    assert_eq!(found["claims"]["repository"], "octo-org/demo");
    assert_eq!(
        found["registration"],
        json!({
            "provider": "github", "owner": "octo-org", "repository": "demo",
            "workflow_filename": "release.yml", "environment": "pypi",
        })
    );
    assert_eq!(
        (&found["minted"], &found["problems"]),
        (&Value::Null, &json!([]))
    );
    let minted = |request: &pypi_local_index::RecordedRequest| request.route == Route::Mint;
    assert!(
        !index.requests().iter().any(minted),
        "nothing is minted unasked"
    );
}

#[test]
fn every_provider_that_pypi_accepts_has_a_registration() {
    for (job, slug) in [
        (
            Identity::gitlab("my-group/demo", ".gitlab-ci.yml"),
            "gitlab",
        ),
        (Identity::google("robot@example.com"), "google"),
    ] {
        let index = LocalIndex::start().expect("an index");
        let ran = identity(&index, &["--json"], &index.environment_of(job));
        let found = ran.json();
        assert_eq!(
            (ran.exit, &found["provider"]),
            (0, &json!(slug)),
            "{found:#}"
        );
        assert_eq!(found["registration"]["provider"], slug);
    }
}

#[test]
fn a_minted_token_is_burned_and_never_printed() {
    let index = index();
    for json in [&["--mint", "--json"][..], &["--mint"]] {
        let ran = identity(&index, json, &index.environment_of(github()));
        assert_eq!(ran.exit, 0, "{}{}", ran.stdout, ran.stderr);
        for secret in ["pypi-", "eyJ"] {
            assert!(!format!("{}{}", ran.stdout, ran.stderr).contains(secret));
        }
        if json.contains(&"--json") {
            let found = ran.json();
            assert_eq!(
                (&found["minted"], &found["token_burned"]),
                (&json!(true), &json!(true))
            );
        }
    }
    let burned = |request: &&pypi_local_index::RecordedRequest| request.route == Route::Burn;
    assert_eq!(index.requests().iter().filter(burned).count(), 2);
}

#[test]
fn a_token_that_is_not_sent_has_one_problem() {
    let index = index();
    let token = index.id_token(github(), "testpypi").expect("an ID token");
    let variables = [("OUR_ID_TOKEN".to_owned(), token.reveal().to_owned())];
    let arguments = ["--mint", "--json", "--id-token-env", "OUR_ID_TOKEN"];
    let ran = identity(&index, &arguments, &variables);
    let found = ran.json();
    assert_eq!(
        (ran.exit, &found["minted"], &found["diagnosis"]),
        (1, &json!(false), &Value::Null),
        "{found:#}"
    );
    let problems = found["problems"].as_array().expect("a list");
    let kinds: Vec<&Value> = problems.iter().map(|problem| &problem["kind"]).collect();
    assert_eq!(kinds, ["audience"]);
    let minted = |request: &pypi_local_index::RecordedRequest| request.route == Route::Mint;
    assert!(!index.requests().iter().any(minted), "it was not sent");
}

#[test]
fn a_rejected_job_learns_what_to_change() {
    let index = index();
    let other = Identity::github("octo-org/demo", "Release.yml").environment("pypi");
    let variables = index.environment_of(other);
    let ran = identity(
        &index,
        &["--mint", "--json", "--project", "demo"],
        &variables,
    );
    let found = ran.json();
    assert_eq!(
        (ran.exit, &found["minted"]),
        (1, &json!(false)),
        "{found:#}"
    );
    assert_eq!(found["problems"][0]["kind"], "unknown-publisher");
    assert_eq!(found["diagnosis"]["code"], "invalid-publisher");
    let ran = identity(&index, &["--mint", "--project", "demo"], &variables);
    assert!(
        ran.stderr.contains("Workflow name: Release.yml"),
        "{}",
        ran.stderr
    );
    assert!(
        ran.stderr.contains("the most likely first"),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_job_without_permission_is_told_the_line_to_add() {
    let index = index();
    let variables = [("GITHUB_ACTIONS".to_owned(), "true".to_owned())];
    let ran = identity(&index, &[], &variables);
    assert_eq!(ran.exit, 1);
    assert!(ran.stderr.contains("id-token: write"), "{}", ran.stderr);
}

#[test]
fn outside_of_ci_there_is_no_provider() {
    let index = index();
    let ran = identity(&index, &["--json"], &[]);
    let found = ran.json();
    assert_eq!((ran.exit, &found["provider"]), (1, &Value::Null));
    assert_eq!(found["problems"][0]["kind"], "no-identity");
}

#[test]
fn an_index_that_is_down_exits_3() {
    let index = index();
    let variables = index.environment_of(github());
    index.add_fault(pypi_local_index::Fault::on(Route::Audience).respond(404, "text/plain", ""));
    assert_eq!(
        identity(&index, &[], &variables).exit,
        1,
        "no trusted publishing"
    );
    let url = index.upload_url().clone();
    drop(index);
    let mut command = command(["identity", "--index", url.as_str(), "--json"]);
    command.envs(variables);
    assert_eq!(run(command).exit, 3);
}

#[test]
#[expect(clippy::disallowed_methods, reason = "what the command wrote")]
fn a_step_gets_a_summary() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    let index = index();
    let mut variables = index.environment_of(github());
    for (name, file) in [
        ("GITHUB_OUTPUT", "output"),
        ("GITHUB_STEP_SUMMARY", "summary"),
    ] {
        variables.push((name.to_owned(), path(file).display().to_string()));
    }
    let ran = identity(&index, &["--github-output"], &variables);
    assert_eq!(ran.exit, 0, "{}", ran.stderr);
    let read = |name: &str| fs::read_to_string(path(name)).expect(name);
    assert!(
        read("output").contains("provider=github\n"),
        "{}",
        read("output")
    );
    assert!(
        read("summary").contains("| Owner | octo-org |"),
        "{}",
        read("summary")
    );
}
