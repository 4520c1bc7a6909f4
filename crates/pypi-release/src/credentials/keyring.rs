//! The command `keyring` of the Python package of that name, as pip and uv run it.

use std::time::Duration;

use pypi_trusted_upload::{Index, transport::CancelToken};

use super::found::Found;
use crate::{
    context::Context,
    failure::{Exit, Failure},
    process::{Command, End},
};

/// How long it may take: it may ask its user to unlock the keyring.
const DEADLINE: Duration = Duration::from_secs(60);

/// The password of `user` for the upload URL, or else for its host.
pub(super) fn found(index: &Index, user: &str, context: &Context) -> Result<Found, Failure> {
    let url = index.upload_url();
    let host = match (url.host_str(), url.port()) {
        (Some(host), Some(port)) => format!("{host}:{port}"),
        (host, _) => host.unwrap_or_default().to_owned(),
    };
    for service in [url.as_str(), &host] {
        if let Some(password) = password(service, user, context)? {
            let source = format!("keyring, for {service}");
            return Ok(Found::basic(source, user, &password));
        }
    }
    Err(Failure::new(
        Exit::Refused,
        format!(
            "keyring has no password of {user} for {url}: set it with `keyring set {url} {user}`"
        ),
    ))
}

fn password(service: &str, user: &str, context: &Context) -> Result<Option<String>, Failure> {
    let command = Command::helper("keyring", &context.environment)
        .arguments(["get", service, user])
        .deadline(DEADLINE);
    let mut ended = command.run(&CancelToken::new());
    match ended.end {
        End::Exited(0) => {
            let length = ended.output.trim_end_matches(['\r', '\n']).len();
            ended.output.truncate(length);
            Ok(Some(ended.output).filter(|password| !password.is_empty()))
        }
        // Nothing is stored, or no backend is configured: the command says which to its user, not by its code.
        End::Exited(1) => Ok(None),
        end => Err(Failure::new(
            Exit::Unavailable,
            format!(
                "`{command}` {end}: run it to see why, or install it with `pip install keyring`"
            ),
        )),
    }
}
