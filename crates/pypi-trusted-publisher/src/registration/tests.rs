use serde_json::{Value, json};

use super::*;

fn github(called: &str, calling: &str) -> Option<Registration> {
    Registration::of(&Claims::of(json!({
        "iss": "https://token.actions.githubusercontent.com",
        "repository": "Octo-Org/Demo",
        "job_workflow_ref": called,
        "workflow_ref": calling,
    })))
}

fn gitlab(issuer: &str) -> Registration {
    Registration::of(&Claims::of(json!({
        "iss": issuer,
        "project_path": "group/sub group/demo",
        "ci_config_ref_uri": "gitlab.example/group/sub group/demo//ci/release.yml@refs/heads/main",
        "environment": "Prod & more",
    })))
    .expect("a registration")
}

fn link(registration: &Registration, root: &str, project: &str, exists: bool) -> String {
    let root = root.parse().expect("a URL");
    let link = registration.link(&root, project, exists);
    link.map(String::from).unwrap_or_default()
}

#[test]
fn a_job_of_github_keeps_its_letter_case() {
    let own = "Octo-Org/Demo/.github/workflows/Release.yml@refs/tags/v1";
    let registration = github(own, own).expect("a registration");
    let fields: Vec<_> = registration.fields().collect();
    assert_eq!(
        fields,
        [
            ("owner", "Octo-Org"),
            ("repository", "Demo"),
            ("workflow_filename", "Release.yml"),
            ("environment", "")
        ]
    );
    assert_eq!(
        serde_json::to_value(&registration).expect("JSON"),
        json!({
            "provider": "github", "owner": "Octo-Org", "repository": "Demo",
            "workflow_filename": "Release.yml", "environment": Value::Null,
        })
    );
}

#[test]
fn a_reusable_workflow_is_registered_where_it_can_match() {
    let file = |called, calling| {
        let registration = github(called, calling)?;
        let mut fields = registration.fields();
        fields.nth(2).map(|(_, file)| file.to_owned())
    };
    let calling = "Octo-Org/Demo/.github/workflows/release.yml@main";
    let own = "Octo-Org/Demo/.github/workflows/publish.yml@main";
    let foreign = "other/tools/.github/workflows/publish.yml@main";
    assert_eq!(file(own, calling).as_deref(), Some("publish.yml"));
    assert_eq!(file(foreign, calling).as_deref(), Some("release.yml"));
    assert_eq!(
        file("Octo-Org/Demo/action@main", calling).as_deref(),
        Some("release.yml")
    );
    assert_eq!(file(own, "").as_deref(), Some("publish.yml"));
    assert_eq!(file("nothing", "nothing"), None);
}

#[test]
fn a_link_is_percent_encoded() {
    let registration = gitlab("https://gitlab.com");
    assert_eq!(
        link(&registration, "https://index.example", "demo", true),
        "https://index.example/manage/project/demo/settings/publishing/?provider=gitlab&namespace=group%2Fsub+group\
         &project=demo&workflow_filepath=ci%2Frelease.yml&environment=Prod+%26+more"
    );
    assert_eq!(
        link(
            &registration,
            "https://a:b@index.example/root/?q#f",
            "Demo.Pkg",
            false
        ),
        "https://index.example/root/manage/account/publishing/?provider=gitlab&project_name=Demo.Pkg\
         &namespace=group%2Fsub+group&project=demo&workflow_filepath=ci%2Frelease.yml&environment=Prod+%26+more"
    );
}

#[test]
fn no_link_leads_elsewhere() {
    let registration = gitlab("https://gitlab.com");
    for project in ["", ".", "..", "a/b", "-a", "a?", "ä"] {
        assert_eq!(
            link(&registration, "https://index.example", project, true),
            "",
            "{project}"
        );
    }
    assert_eq!(
        link(&registration, "mailto:a@index.example", "demo", true),
        ""
    );
    let own = gitlab("https://gitlab.example");
    assert_eq!(link(&own, "https://index.example", "demo", false), "");
    let of_project = link(&own, "https://index.example", "demo", true);
    assert!(
        of_project.ends_with("&issuer_url=https%3A%2F%2Fgitlab.example"),
        "{of_project}"
    );
}

#[test]
fn other_issuers_have_no_registration() {
    for issuer in [
        "https://agent.buildkite.com",
        "https://token.actions.githubusercontent.com/acme",
        "",
    ] {
        let claims = json!({
            "iss": issuer, "repository": "o/r", "job_workflow_ref": "o/r/.github/workflows/r.yml@main",
        });
        assert_eq!(Registration::of(&Claims::of(claims)), None, "{issuer}");
    }
    assert_eq!(
        Registration::of(&Claims::of(json!({ "iss": "https://gitlab.com" }))),
        None
    );
}
