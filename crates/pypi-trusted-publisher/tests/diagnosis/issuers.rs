//! Every kind of diagnosis, for every issuer.

use pypi_local_index::{Clock, Identity, LocalIndex};
use pypi_trusted_publisher::{Claims, Context, Diagnosis};
use serde_json::{Value, json};

use crate::{NOW, pypi, snapshot};

const NOT_FOUND: &str =
    "valid token, but no corresponding publisher (Publisher with matching claims was not found)";
const INVALID: &str = "malformed or invalid token";
const UNKNOWN_ISSUER: &str = "unknown trusted publishing issuer";
const USED: &str = "invalid token: already used";

#[test]
fn unknown_publisher() {
    let github = || Identity::github("octo-org/demo", "release.yml");
    let called = "octo-org/demo/.github/workflows/publish.yml@refs/heads/main";
    let gitlab = || Identity::gitlab("group/demo", ".gitlab-ci.yml");
    let self_managed = gitlab().claim("iss", "https://gitlab.example").claim(
        "ci_config_ref_uri",
        "gitlab.example/group/demo//.gitlab-ci.yml@refs/heads/main",
    );
    let existing = || pypi().project("demo", Some(true));
    let new = || pypi().project("demo", Some(false));
    let cases = [
        ("GitHub, an existing project", github(), existing()),
        ("GitHub, a new project", github(), new()),
        (
            "GitHub, in an environment",
            github().environment("pypi"),
            existing(),
        ),
        (
            "GitHub, a subject with ids",
            github().claim("sub", "repo:octo-org@4242/demo@99:ref:refs/heads/main"),
            existing(),
        ),
        (
            "GitHub, a reusable workflow",
            github().claim("job_workflow_ref", called),
            existing(),
        ),
        (
            "GitHub, a pull request",
            github().claim("event_name", "pull_request"),
            existing(),
        ),
        (
            "GitHub, projects of a monorepo",
            github(),
            existing()
                .project("demo-core", Some(false))
                .project("demo-cli", Some(false)),
        ),
        (
            "GitHub, it is not known whether the project exists",
            github(),
            pypi().project("demo", None),
        ),
        ("GitHub, no project", github(), pypi()),
        (
            "GitHub, no web site",
            github(),
            Context::new("index.example"),
        ),
        ("GitLab, an existing project", gitlab(), existing()),
        (
            "GitLab, in an environment",
            gitlab().environment("Prod"),
            new(),
        ),
        (
            "GitLab, a merge request",
            gitlab().claim("pipeline_source", "merge_request_event"),
            existing(),
        ),
        ("self-managed GitLab", self_managed, new()),
        (
            "Google",
            Identity::google("robot@example.iam.gserviceaccount.com"),
            existing(),
        ),
        (
            "ActiveState",
            Identity::activestate("octo-as", "demo", "00000000-1000-8000-0000-000000000003"),
            existing(),
        ),
    ];
    snapshot::compare(
        "unknown-publisher.txt",
        cases.map(|(name, job, context)| {
            (
                name.to_owned(),
                diagnosis(("invalid-publisher", NOT_FOUND), job, &context),
            )
        }),
    );
}

#[test]
fn other_rejections() {
    let github = || Identity::github("octo-org/demo", "release.yml");
    let gitlab = || Identity::gitlab("group/demo", ".gitlab-ci.yml");
    let google = || Identity::google("robot@example.iam.gserviceaccount.com");
    let other = |issuer: &str| google().claim("iss", issuer);
    let used = ("invalid-reuse-token", USED);
    let invalid = ("invalid-token", INVALID);
    let issuer = ("invalid-payload", UNKNOWN_ISSUER);
    let rejected = |reason: &str| format!("valid token, but no corresponding publisher ({reason})");
    let name = |reason: &str| {
        format!(
            "The name 'demo' {reason} See https://index.example/help/#project-name for more information."
        )
    };
    let (email, environment, target) = (
        rejected("Check failed for required claim 'email_verified'"),
        rejected("Check failed for optional claim 'environment'"),
        rejected("Publishing from a workflow invoked via 'pull_request_target' is not supported."),
    );
    let (similar, prohibited, stdlib, conflict) = (
        name("is too similar to an existing project."),
        name("isn't allowed."),
        name("isn't allowed (conflict with Python Standard Library module name)."),
        name("conflicts with an existing project."),
    );
    let off = "New project registration temporarily disabled. See https://index.example/help/#admin-intervention for more information.";
    let cases: Vec<(&str, (&str, &str), Identity)> = vec![
        ("already used, GitHub", used, github()),
        ("already used, GitLab", used, gitlab()),
        (
            "switched off, GitLab",
            (
                "not-enabled",
                "gitlab trusted publishing functionality not enabled",
            ),
            gitlab(),
        ),
        ("invalid, GitHub", invalid, github()),
        (
            "expired, GitLab",
            invalid,
            gitlab().claim("exp", NOW - 3600),
        ),
        (
            "not valid yet, ActiveState",
            invalid,
            Identity::activestate("o", "p", "a").claim("nbf", NOW + 60),
        ),
        (
            "two audiences, Google",
            invalid,
            google().claim("aud", ["pypi", "testpypi"]),
        ),
        (
            "the other index's audience, GitHub",
            invalid,
            github().claim("aud", "testpypi"),
        ),
        (
            "an enterprise, GitHub",
            issuer,
            github().claim("iss", "https://token.actions.githubusercontent.com/acme"),
        ),
        (
            "GitHub Enterprise Server",
            issuer,
            github().claim("iss", "https://github.acme.example/_services/token"),
        ),
        (
            "self-managed GitLab",
            issuer,
            gitlab().claim("iss", "https://gitlab.example"),
        ),
        (
            "Forgejo",
            issuer,
            github().claim("iss", "https://codeberg.org/api/actions"),
        ),
        ("Buildkite", issuer, other("https://agent.buildkite.com")),
        (
            "CircleCI",
            issuer,
            other("https://oidc.circleci.com/org/0f1e").claim("oidc.circleci.com/ssh-rerun", true),
        ),
        (
            "Azure DevOps",
            issuer,
            other("https://vstoken.dev.azure.com/0ca3ddd9"),
        ),
        ("another issuer", issuer, other("https://ci.example")),
        ("GitHub, which this index does not accept", issuer, github()),
        (
            "an unverified address, Google",
            ("invalid-publisher", &email),
            google().claim("email_verified", false),
        ),
        (
            "an environment that differs, GitHub",
            ("invalid-publisher", &environment),
            github(),
        ),
        (
            "pull_request_target, GitHub",
            ("invalid-publisher", &target),
            github().claim("event_name", "pull_request_target"),
        ),
        (
            "the project exists",
            (
                "invalid-pending-publisher",
                "valid token, but project already exists",
            ),
            github(),
        ),
        (
            "the name is similar",
            ("invalid-payload", &similar),
            github(),
        ),
        (
            "the name is prohibited",
            ("invalid-payload", &prohibited),
            github(),
        ),
        (
            "the name is a module's",
            ("invalid-payload", &stdlib),
            github(),
        ),
        (
            "the name was taken meanwhile",
            ("invalid-payload", &conflict),
            github(),
        ),
        ("no new projects", ("invalid-payload", off), gitlab()),
        (
            "a code from the future, GitHub",
            ("invalid-moon-phase", "the moon\n::error::is full"),
            github(),
        ),
        (
            "a code from the future, an expired token",
            ("invalid-moon-phase", "the moon is full"),
            github().claim("exp", 1),
        ),
    ];
    let context = pypi().project("demo", Some(false));
    let cases = cases
        .into_iter()
        .map(|(name, answer, job)| (name.to_owned(), diagnosis(answer, job, &context)));
    snapshot::compare("other-rejections.txt", cases);
}

#[test]
fn the_form_for_programs() {
    let claims = claims(Identity::github("octo-org/demo", "release.yml").environment("pypi"));
    let context = pypi().project("demo", Some(true));
    let diagnosis = Diagnosis::new("invalid-publisher", NOT_FOUND, Some(&claims), &context);
    let json: Value = serde_json::to_value(&diagnosis).expect("JSON");
    assert_eq!(json["kind"], "unknown-publisher");
    assert_eq!(json["code"], "invalid-publisher");
    assert_eq!(json["description"], NOT_FOUND);
    assert_eq!(
        json["registration"],
        json!({
            "provider": "github", "owner": "octo-org", "repository": "demo",
            "workflow_filename": "release.yml", "environment": "pypi",
        })
    );
    assert_eq!(
        json["causes"][0],
        json!({
            "kind": "not-registered",
            "explanation": "demo: no publisher is registered, or only for other jobs",
            "on_index": "register these values",
            "in_job": "run the job in the repository, workflow file and environment that are registered",
        })
    );
    assert_eq!(
        json["links"],
        json!([{
            "project": "demo",
            "is_pending": false,
            "url": "https://index.example/manage/project/demo/settings/publishing/?provider=github&owner=octo-org\
                    &repository=demo&workflow_filename=release.yml&environment=pypi",
        }])
    );
}

fn diagnosis((code, description): (&str, &str), job: Identity, context: &Context) -> String {
    Diagnosis::new(code, description, Some(&claims(job)), context).to_string()
}

fn claims(job: Identity) -> Claims {
    let index = LocalIndex::builder()
        .clock(Clock::fixed(NOW))
        .start()
        .expect("an index");
    let token = index.id_token(job, "pypi").expect("an ID token");
    Claims::parse(token.reveal()).expect("claims")
}
