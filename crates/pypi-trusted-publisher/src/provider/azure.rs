//! Azure Pipelines.

use http::{HeaderValue, Method, header};
use pypi_http::{Body, Secret, authorize, request};
use url::Url;

use super::{
    BoxFlow, Detected, Provider,
    endpoint::{fetch, member, parsed},
    github::secure,
    is_true, ready,
};
use crate::{Environment, Error, ErrorKind, IdToken};

/// Azure Pipelines, of Azure DevOps.
///
/// Its ID tokens are for the audience `api://AzureADTokenExchange`, whatever the index expects.
///
/// # Source
///
/// [Azure DevOps, "Oidctoken – Create"](https://learn.microsoft.com/rest/api/azure/devops/distributedtask/oidctoken/create),
/// version 7.1, and the request of azure-identity 1.25, 2026-11.
#[derive(Clone, Copy, Debug)]
pub(super) struct Azure;

impl Provider for Azure {
    fn slug(&self) -> &str {
        "azure"
    }

    fn detect(&self, environment: &Environment, _: Option<&str>) -> Result<Detected, Error> {
        if !is_true(environment, "TF_BUILD") {
            return Ok(Detected::Absent);
        }
        of(environment).map(|_| Detected::Present { renewable: true })
    }

    fn id_token(&self, environment: &Environment, audience: &str) -> BoxFlow<IdToken> {
        let (url, token) = match of(environment) {
            Ok(found) => found,
            Err(error) => return ready(Err(error)),
        };
        let body = Body::default();
        let request = request(Method::POST, &url, JSON, body).and_then(|mut request| {
            let bearer = Secret::new(format!("Bearer {}", token.reveal()));
            authorize(&mut request, &url, &bearer)?;
            let headers = request.headers_mut();
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(JSON));
            // A token that has expired would otherwise be answered by a redirect to a login page.
            headers.insert(
                "x-tfs-fedauthredirect",
                HeaderValue::from_static("Suppress"),
            );
            Ok(request)
        });
        let audience = audience.to_owned();
        fetch(
            NAME,
            "allow scripts to access the OAuth token",
            request,
            move |reply| {
                let token = parsed(NAME, member(NAME, &reply, "oidcToken")?.reveal())?;
                match token.claims().text("aud") {
                Some(aud) if aud == audience => Ok(token),
                aud => Err(Error::other_audience(aud, &audience).with_help(
                    "Azure DevOps issues ID tokens for its own audience only: use an API token for this index",
                )),
            }
            },
        )
    }
}

const NAME: &str = "Azure Pipelines";
const JSON: &str = "application/json";
const URI: &str = "SYSTEM_OIDCREQUESTURI";
const TOKEN: &str = "SYSTEM_ACCESSTOKEN";

/// The URL that issues ID tokens, and what authorizes to ask it.
fn of(environment: &Environment) -> Result<(Url, Secret), Error> {
    let missing = |what: &str, help: &str| {
        let message = format!("this Azure Pipelines job may not request an ID token: {what}");
        Error::new(ErrorKind::MissingPermission, message).with_help(help)
    };
    let Some(token) = environment.get(TOKEN) else {
        let help = match is_true(environment, "SYSTEM_PULLREQUEST_ISFORK") {
            true => "a pull request from a fork gets no secrets: publish from a branch or a tag",
            false => "add `env: {SYSTEM_ACCESSTOKEN: $(System.AccessToken)}` to the step",
        };
        return Err(missing("SYSTEM_ACCESSTOKEN is missing", help));
    };
    let Some(uri) = environment.get(URI) else {
        let help = "update the agent; Azure DevOps Server does not issue ID tokens";
        return Err(missing("SYSTEM_OIDCREQUESTURI is missing", help));
    };
    let mut url = secure(URI, uri)?;
    url.query_pairs_mut().append_pair("api-version", "7.1");
    Ok((url, Secret::new(token)))
}
