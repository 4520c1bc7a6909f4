//! The issuers' discovery documents and key sets.

use http::StatusCode;
use serde_json::json;
use url::Url;

use super::keys::Keys;
use crate::api::response::Response;
use crate::config::Issuer;

/// Handles `GET /issuer/{slug}/.well-known/openid-configuration` (OpenID Connect Discovery 1.0, section 3).
pub(crate) fn discovery(root: &Url, issuer: Issuer) -> Response {
    Response::json(
        StatusCode::OK,
        &json!({
            "issuer": issuer.url(),
            "jwks_uri": format!("{root}issuer/{}/jwks", issuer.slug()),
            "id_token_signing_alg_values_supported": ["RS256"],
            "response_types_supported": ["id_token"],
            "subject_types_supported": ["public"],
        }),
    )
}

/// Handles `GET /issuer/{slug}/jwks`.
pub(crate) fn key_set(keys: &Keys, issuer: Issuer) -> Response {
    match keys.of(issuer) {
        Some(key) => Response::json(StatusCode::OK, &key.jwks()),
        None => Response::not_found(),
    }
}
