//! The parts that the scripts of these tests share.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use pypi_http::{
    Reply, TransportError,
    testing::{Script, reply},
};
use pypi_trusted_publisher::{Endpoints, Environment, Identity};

/// A transport with these replies, into which no secret of a run may leak.
pub(crate) fn script(answers: impl IntoIterator<Item = Result<Reply, TransportError>>) -> Script {
    Script::new(answers).secrets([REQUEST_TOKEN, "pypi-minted", "eyJ"])
}

pub(crate) const REQUEST_TOKEN: &str = "token-of-the-job";

pub(crate) fn github() -> Environment {
    Environment::from_vars([
        ("GITHUB_ACTIONS", "true"),
        (
            "ACTIONS_ID_TOKEN_REQUEST_URL",
            "http://127.0.0.1:1/id-token?api-version=2",
        ),
        ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", REQUEST_TOKEN),
    ])
}

pub(crate) fn identity() -> Identity {
    Identity::detect(&github(), Some("pypi"))
        .expect("a sound environment")
        .expect("GitHub")
}

pub(crate) fn endpoints() -> Endpoints {
    Endpoints::at(&"http://localhost:2/legacy/".parse().expect("a URL")).expect("a host")
}

pub(crate) fn audience() -> Result<Reply, TransportError> {
    reply(200, r#"{"audience":"pypi"}"#)
}

/// A token for `audience`, numbered so that two can be told apart.
pub(crate) fn id_token(audience: &str, number: u32) -> String {
    let claims = format!(
        r#"{{"aud":"{audience}","jti":"{number}","repository":"octo-org/demo","job_workflow_ref":"octo-org/demo/.github/workflows/release.yml@refs/heads/main"}}"#
    );
    format!(
        "eyJhbGciOiJSUzI1NiIsImtpZCI6IjEifQ.{}.c2ln",
        URL_SAFE_NO_PAD.encode(claims)
    )
}

pub(crate) fn issued(number: u32) -> Result<Reply, TransportError> {
    reply(
        200,
        format!(r#"{{"value":"{}"}}"#, id_token("pypi", number)),
    )
}
