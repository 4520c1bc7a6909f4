//! The requests for the Sigstore instance.

use bytes::Bytes;
use http::request::Parts;
use http::{Method, StatusCode};

use super::Application;
use super::dispatch::header;
use crate::api::{
    CertificateRequest, ProposedEntry, Response, add_entry, certificate, find_entry, log_entry,
};
use crate::config::{LOG_ENTRIES, Route, TRUST_CONFIG};

impl Application {
    pub(super) fn sigstore(&self, request: &Parts, body: &Bytes) -> Response {
        let path = request.uri.path();
        let now = self.clock.now();
        let is_get = matches!(request.method, Method::GET | Method::HEAD);
        match Route::of(path) {
            Route::Certificate => {
                let request = CertificateRequest {
                    method: &request.method,
                    body,
                    authorization: header(request, "authorization"),
                    now,
                };
                certificate(&self.sigstore, &self.keys, &request)
            }
            Route::LogEntry if path == LOG_ENTRIES && request.method == Method::POST => {
                let proposed = ProposedEntry {
                    path,
                    content_type: header(request, "content-type"),
                    body,
                    now,
                };
                self.change_state(|state| add_entry(state, &self.sigstore, &proposed))
            }
            Route::LogEntry if path == LOG_ENTRIES && is_get => {
                let query = request.uri.query().unwrap_or_default();
                find_entry(&self.state(), &self.sigstore, query)
            }
            Route::LogEntry if is_get => {
                let id = path.rsplit('/').next().unwrap_or_default();
                log_entry(&self.state(), &self.sigstore, id)
            }
            Route::TrustRoot if is_get => {
                let root = self.root.seen_from(header(request, "host"));
                let document = match path {
                    TRUST_CONFIG => self.sigstore.trust_config(&root),
                    _ => self.sigstore.trusted_root(&root),
                };
                Response::json(StatusCode::OK, &document)
            }
            _ => Response::method_not_allowed(request.method.as_str(), "GET, HEAD, POST"),
        }
    }

    /// The `ClientTrustConfig` of the instance.
    pub(crate) fn trust_config(&self) -> String {
        self.sigstore.trust_config(&self.root.url).to_string()
    }
}
