//! Forgejo Actions, such as on Codeberg.

use super::{BoxFlow, Detected, Provider, github, is_true};
use crate::{Environment, Error, ErrorKind, IdToken};

/// Forgejo Actions, of Codeberg or another instance.
///
/// Its runner sets the variables of GitHub Actions too.
///
/// # Source
///
/// [Forgejo, "Security OpenID Connect"](https://forgejo.org/docs/next/user/actions/security-openid-connect/), 2026-11.
#[derive(Clone, Copy, Debug)]
pub(super) struct Forgejo;

impl Provider for Forgejo {
    fn slug(&self) -> &str {
        "forgejo"
    }

    fn detect(&self, environment: &Environment, _: Option<&str>) -> Result<Detected, Error> {
        if !is_true(environment, "FORGEJO_ACTIONS") && !is_true(environment, "GITEA_ACTIONS") {
            return Ok(Detected::Absent);
        }
        github::detect(environment, || {
            let help = match environment.get("GITHUB_EVENT_NAME") {
                Some("pull_request") => github::FORK,
                _ => ENABLE,
            };
            let message = "this Forgejo Actions job may not request an ID token";
            Error::new(ErrorKind::MissingPermission, message).with_help(help)
        })
    }

    fn id_token(&self, environment: &Environment, audience: &str) -> BoxFlow<IdToken> {
        github::id_token("Forgejo Actions", ENABLE, environment, audience)
    }
}

const ENABLE: &str = "add `enable-openid-connect: true` to the job; it needs Forgejo 15 and a runner of version 12.5 or later";
