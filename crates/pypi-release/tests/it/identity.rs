//! `publish` as a job of each kind.

use std::process::Command;

use pypi_local_index::{Identity, LocalIndex};
use serde_json::Value;

use crate::command::{DIST, Ran, command, run};

fn publish(index: &LocalIndex, arguments: &[&str], variables: &[(String, String)]) -> Ran {
    let mut command: Command =
        command(["publish", "--json", "--index", index.upload_url().as_str()]);
    command.args(["--simple-url", index.simple_url().as_str(), DIST[0]]);
    command.args(arguments).envs(variables.iter().cloned());
    run(command)
}

fn index(job: &Identity) -> LocalIndex {
    LocalIndex::builder()
        .publisher("upload-demo", job.publisher())
        .start()
        .expect("an index")
}

#[test]
fn a_job_of_gitlab_or_google_publishes_and_masks_nothing() {
    for (job, slug, rules) in [
        (
            Identity::gitlab("my-group/demo", ".gitlab-ci.yml"),
            "gitlab",
            &["identity-once"][..],
        ),
        (Identity::google("robot@example.com"), "google", &[]),
    ] {
        let index = index(&job);
        let ran = publish(&index, &[], &index.environment_of(&job));
        assert_eq!(ran.exit, 0, "{}", ran.stdout);
        let report = ran.json();
        assert_eq!(report["credentials"], slug);
        let problems = report["problems"].as_array().expect("a list");
        let found: Vec<&Value> = problems.iter().map(|problem| &problem["rule"]).collect();
        assert_eq!(found, rules);
        assert!(ran.masked.is_empty(), "{:?}", ran.masked);
    }
}

#[test]
fn a_mask_is_printed_for_github_only() {
    let job = Identity::github("octo-org/demo", "release.yml");
    let index = index(&job);
    let mut variables = index.environment_of(&job);
    let ran = publish(&index, &[], &variables);
    assert_eq!((ran.exit, ran.masked.len()), (0, 1), "{}", ran.stdout);
    assert!(ran.masked[0].starts_with("pypi-"));
    assert!(!ran.stdout.contains(&ran.masked[0]), "{}", ran.stdout);

    // A job of Forgejo, whose runner need not set GitHub's name.
    variables.retain(|(name, _)| name != "GITHUB_ACTIONS");
    variables.push(("FORGEJO_ACTIONS".to_owned(), "true".to_owned()));
    let ran = publish(&index, &[], &variables);
    assert_eq!(ran.json()["credentials"], "forgejo");
    assert!(ran.masked.is_empty(), "{:?}", ran.masked);
}

#[test]
fn a_provider_can_be_chosen_and_left_out() {
    let job = Identity::google("robot@example.com");
    let index = index(&job);
    let mut variables = index.environment_of(&job);
    // GitHub wins over the machine, but this job may not request an ID token there.
    variables.push(("GITHUB_ACTIONS".to_owned(), "true".to_owned()));
    let ran = publish(&index, &[], &variables);
    assert_eq!(ran.exit, 1);
    assert_eq!(ran.json()["problems"][0]["rule"], "no-identity");
    for arguments in [["--provider", "google"], ["--no-provider", "github"]] {
        let ran = publish(&index, &arguments, &variables);
        assert_eq!(ran.exit, 0, "{}", ran.stdout);
        assert_eq!(ran.json()["credentials"], "google");
    }
    let ran = publish(&index, &["--provider", "jenkins"], &variables);
    assert_eq!(ran.exit, 2);
}

#[test]
fn an_id_token_can_be_supplied_in_a_variable() {
    let job = Identity::activestate("org", "demo", "7");
    let index = index(&job);
    let token = index.id_token(&job, "pypi").expect("an ID token");
    let variables = [("OUR_ID_TOKEN".to_owned(), token.reveal().to_owned())];
    let ran = publish(&index, &["--id-token-env", "OUR_ID_TOKEN"], &variables);
    assert_eq!(ran.exit, 0, "{}", ran.stdout);
    assert_eq!(ran.json()["credentials"], "supplied");

    let ran = publish(&index, &["--id-token-env", "OTHER"], &variables);
    assert_eq!(ran.exit, 1);
    let ran = publish(&index, &["--id-token-env", token.reveal()], &[]);
    assert_eq!(ran.exit, 2, "{}", ran.stdout);
    assert!(!ran.stdout.contains(token.reveal()) && !ran.stderr.contains(token.reveal()));
}
