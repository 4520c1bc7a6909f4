//! Google Cloud.

use http::{HeaderValue, Method, header};
use pypi_http::{Body, Reply, RequestError, Secret, authorize, request};
use serde_json::json;
use url::Url;

use super::{
    BoxFlow, Detected, Provider,
    endpoint::{Fetch, Fetched, member, parsed},
    ready,
};
use crate::{Environment, Error, ErrorKind, IdToken};

/// Google Cloud: the service account of the machine, by its metadata server, or with `GOOGLE_SERVICE_ACCOUNT_NAME` another
/// one that it impersonates.
///
/// Jobs of other CI services run on Google's machines too, and a request to a metadata server that does not exist takes
/// seconds. So it is made only when a variable hints at Google Cloud, or when the user chose this provider.
///
/// # Source
///
/// [Google, "Get an ID token"](https://cloud.google.com/docs/authentication/get-id-token), 2026-11; the requests are those
/// of the Python package `id` 1.6.1, and the hints of `google-auth` and Cloud Run.
#[derive(Clone, Copy, Debug)]
pub(super) struct Google {
    is_chosen: bool,
}

impl Google {
    /// Present only when a variable hints at it: `GOOGLE_SERVICE_ACCOUNT_NAME`, `GCE_METADATA_HOST`, `CLOUD_RUN_JOB` or
    /// `K_SERVICE`.
    pub(super) fn hinted() -> Self {
        Self { is_chosen: false }
    }

    /// Present whatever the variables are.
    pub(super) fn chosen() -> Self {
        Self { is_chosen: true }
    }
}

const ACCOUNT: &str = "GOOGLE_SERVICE_ACCOUNT_NAME";
const HOST: &str = "GCE_METADATA_HOST";

impl Provider for Google {
    fn slug(&self) -> &str {
        "google"
    }

    fn detect(&self, environment: &Environment, _: Option<&str>) -> Result<Detected, Error> {
        let is_hinted = [ACCOUNT, HOST, "CLOUD_RUN_JOB", "K_SERVICE"]
            .iter()
            .any(|name| environment.get(name).is_some());
        Ok(match self.is_chosen || is_hinted {
            true => Detected::Perhaps,
            false => Detected::Absent,
        })
    }

    fn id_token(&self, environment: &Environment, audience: &str) -> BoxFlow<IdToken> {
        match flow(environment, audience) {
            Ok(flow) => Box::new(flow),
            Err(error) => ready(Err(error)),
        }
    }
}

const NAME: &str = "the metadata server of Google Cloud";
const ATTACH: &str = "attach a service account to the machine or job, which the trusted publisher names by its email";

fn flow(environment: &Environment, audience: &str) -> Result<Fetch, Error> {
    let host = environment.get(HOST).unwrap_or(METADATA_SERVER);
    let Some(account) = environment.get(ACCOUNT) else {
        let query = [("audience", audience), ("format", "full")];
        let request = metadata(host, "identity", &query)?;
        return Ok(Fetch::new(NAME, ATTACH, request, |reply| {
            let text = str::from_utf8(of_google(&reply)?.body()).unwrap_or_default();
            parsed(NAME, text).map(Fetched::Token)
        }));
    };
    let url = impersonation(account)?;
    let audience = audience.to_owned();
    let scope = [("scopes", "https://www.googleapis.com/auth/cloud-platform")];
    let request = metadata(host, "token", &scope)?;
    Ok(Fetch::new(NAME, ATTACH, request, move |reply| {
        let token = member(NAME, of_google(&reply)?, "access_token")?;
        Ok(Fetched::Next(Box::new(impersonate(
            &url, &token, &audience,
        ))))
    }))
}

/// The request for an ID token of another service account.
fn impersonate(url: &Url, token: &Secret, audience: &str) -> Fetch {
    const NAME: &str = "the IAM of Google Cloud";
    let body = json!({ "audience": audience, "includeEmail": true }).to_string();
    let request = request(Method::POST, url, JSON, Body::from(body)).and_then(|mut request| {
        let bearer = Secret::new(format!("Bearer {}", token.reveal()));
        authorize(&mut request, url, &bearer)?;
        let json = HeaderValue::from_static(JSON);
        request.headers_mut().insert(header::CONTENT_TYPE, json);
        Ok(request)
    });
    let help = "give the machine's service account the role \"Service Account OpenID Connect Identity Token Creator\" on the account that GOOGLE_SERVICE_ACCOUNT_NAME names";
    Fetch::new(NAME, help, request, |reply| {
        parsed(NAME, member(NAME, &reply, "token")?.reveal()).map(Fetched::Token)
    })
}

fn metadata(
    host: &str,
    what: &str,
    query: &[(&str, &str)],
) -> Result<Result<http::Request<Body>, RequestError>, Error> {
    let not_a_host = |error| {
        let message = format!("{HOST} is not a host: expected one like {METADATA_SERVER}");
        Error::new(ErrorKind::IdToken, message).with_source(error)
    };
    let text = format!("http://{host}/computeMetadata/v1/instance/service-accounts/default/{what}");
    let mut url: Url = text.parse().map_err(not_a_host)?;
    url.query_pairs_mut().extend_pairs(query);
    let request = request(Method::GET, &url, "*/*", Body::default());
    Ok(request.map(|mut request| {
        let google = HeaderValue::from_static(GOOGLE);
        request.headers_mut().insert(FLAVOR, google);
        request
    }))
}

/// The URL that issues ID tokens of a service account.
fn impersonation(account: &str) -> Result<Url, Error> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '@' | '.' | '-' | '_');
    let url = format!(
        "https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/{account}:generateIdToken"
    );
    match url.parse() {
        Ok(url) if account.chars().all(is_name) => Ok(url),
        _ => Err(Error::new(
            ErrorKind::IdToken,
            format!("{ACCOUNT} is not a service account: expected its email or its id"),
        )),
    }
}

/// The reply, if it is of Google's metadata server and not of another server in the same place.
fn of_google(reply: &Reply) -> Result<&Reply, Error> {
    let flavor = reply.headers().get(FLAVOR);
    match flavor.is_some_and(|flavor| flavor == GOOGLE) {
        true => Ok(reply),
        false => Err(Error::new(
            ErrorKind::NoIdentity,
            "the server that replied is not the metadata server of Google Cloud: its reply has no header Metadata-Flavor",
        )),
    }
}

/// By its address, so that no name server can redirect the request.
const METADATA_SERVER: &str = "169.254.169.254";
const FLAVOR: &str = "metadata-flavor";
const GOOGLE: &str = "Google";
const JSON: &str = "application/json";
