//! The web UI of an application.

use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use http::request::Parts;
use url::Url;

use super::events::events;
use super::pace::Paced;
use super::{Application, lock};
use crate::api::{RecordedRequest, Response, View, page};

impl Application {
    /// A page of the web UI, for a client that sees the index at `root`.
    pub(super) fn web_ui(&self, request: &Parts, root: &Url) -> Response {
        let state = self.state();
        let log = lock(&self.log);
        let requests: Vec<&RecordedRequest> = log.oldest_first().collect();
        let view = View {
            state: &state,
            root,
            requests: &requests,
            query: request.uri.query().unwrap_or_default(),
            now: self.clock.now(),
        };
        page(&view, request.uri.path())
    }

    /// The stream that tells the live log of new requests.
    pub(super) fn event_stream(&self) -> http::Response<Paced> {
        let newest = lock(&self.log).subscribe();
        let mut response = http::Response::new(Paced::events(events(newest)));
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }
}
