//! No reply of a CI provider with an ID token, and no output of its command, makes the request for one panic or loop; the error is one line, and has
//! no piece of the token. An input is the name of a provider on a line, a status of three digits, and the reply or the output.
#![no_main]

mod exchange;

use http::{HeaderMap, StatusCode};
use libfuzzer_sys::fuzz_target;
use pypi_http::{CommandOutput, Flow, Reply, Secret, Step};
use pypi_trusted_publisher::{Environment, Identity};

fuzz_target!(|input: &str| {
    let (provider, rest) = input.split_once('\n').unwrap_or_default();
    let (Some(identity), Some((status, body))) = (identity(provider), rest.split_at_checked(3))
    else {
        return;
    };
    let Ok(status) = StatusCode::from_bytes(status.as_bytes()) else {
        return;
    };
    if exchange::leaks(body) {
        return;
    }
    let body = body.replace("{TOKEN}", &exchange::id_token());
    let mut flow = identity.id_token("pypi");
    for _ in 0..50 {
        match flow.step() {
            Ok(Step::Send(_)) => {
                flow.received(Ok(Reply::new(
                    status,
                    HeaderMap::new(),
                    body.clone().into_bytes(),
                )));
            }
            Ok(Step::Run(_)) => {
                let code = i32::from(status.as_u16() != 200);
                flow.ran(Ok(CommandOutput::new(Some(code), Secret::new(&body), "")));
            }
            Ok(Step::Done(token)) => {
                assert!(!exchange::leaks(&format!("{token:?}")), "{token:?}");
                assert!(body.contains(token.secret().reveal()) || body.contains('\\'));
                return;
            }
            Ok(_) => {}
            Err(error) => {
                let text = format!("{error} {error:?}");
                assert!(text.len() < 20_000 && !exchange::leaks(&text), "{text}");
                assert!(!error.to_string().contains('\n'), "{error}");
                return;
            }
        }
    }
    panic!("the flow never ends");
});

fn identity(provider: &str) -> Option<Identity> {
    let variables: &[(&str, &str)] = match provider {
        "github" => &[
            ("GITHUB_ACTIONS", "true"),
            (
                "ACTIONS_ID_TOKEN_REQUEST_URL",
                "http://127.0.0.1:1/token?job=1",
            ),
            ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "a request token"),
        ],
        "buildkite" => &[
            ("BUILDKITE", "true"),
            ("BUILDKITE_AGENT_ACCESS_TOKEN", "x"),
            ("BUILDKITE_JOB_ID", "x"),
        ],
        "circleci" => &[("CIRCLECI", "true"), ("CIRCLE_OIDC_TOKEN", "x")],
        "google" => &[
            ("GCE_METADATA_HOST", "127.0.0.1:1"),
            ("BUILD_ID", "x"),
            ("PROJECT_ID", "x"),
        ],
        "azure" => &[
            ("TF_BUILD", "True"),
            ("SYSTEM_OIDCREQUESTURI", "https://127.0.0.1/oidc"),
            ("SYSTEM_ACCESSTOKEN", "x"),
        ],
        _ => return None,
    };
    let environment = Environment::from_vars(variables.iter().copied());
    Identity::detect(&environment, Some("pypi")).ok()?
}
