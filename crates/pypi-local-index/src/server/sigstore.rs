//! The requests for the Sigstore instance.

use bytes::Bytes;
use http::request::Parts;
use http::{Method, StatusCode};

use super::Application;
use super::dispatch::header;
use crate::api::{
    CertificateRequest, ProposedEntry, Response, Sigstore, add_entry, certificate, find_entry,
    log_entry,
};
use crate::config::{LOG_ENTRIES, Route, TRUST_CONFIG};

impl Application {
    pub(super) fn respond_as_sigstore(&self, request: &Parts, body: &Bytes) -> Response {
        let Some(sigstore) = self.sigstore() else {
            return Response::bytes(StatusCode::INTERNAL_SERVER_ERROR, "", "")
                .reason("the system provides no random numbers");
        };
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
                certificate(sigstore, &self.keys, &request)
            }
            Route::LogEntry if path == LOG_ENTRIES && request.method == Method::POST => {
                let proposed = ProposedEntry {
                    path,
                    content_type: header(request, "content-type"),
                    body,
                    now,
                };
                self.change_state(|state| add_entry(state, sigstore, &proposed))
            }
            Route::LogEntry if path == LOG_ENTRIES && is_get => {
                let query = request.uri.query().unwrap_or_default();
                find_entry(&self.state(), sigstore, query)
            }
            Route::LogEntry if is_get => {
                let id = path.rsplit('/').next().unwrap_or_default();
                log_entry(&self.state(), sigstore, id)
            }
            Route::TrustRoot if is_get => {
                let root = self.root.seen_from(header(request, "host"));
                let document = match path {
                    TRUST_CONFIG => sigstore.trust_config(&root),
                    _ => sigstore.trusted_root(&root),
                };
                Response::json(StatusCode::OK, &document)
            }
            _ => Response::method_not_allowed(request.method.as_str(), "GET, HEAD, POST"),
        }
    }

    /// The `ClientTrustConfig` of the instance. Empty if the system provides no random numbers.
    pub(crate) fn trust_config(&self) -> String {
        let config = self
            .sigstore()
            .map(|sigstore| sigstore.trust_config(&self.root.url));
        config.unwrap_or_default().to_string()
    }

    fn sigstore(&self) -> Option<&Sigstore> {
        self.sigstore.get_or_init(Sigstore::generate).as_ref()
    }
}
