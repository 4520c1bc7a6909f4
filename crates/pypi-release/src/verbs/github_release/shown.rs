//! A transport that shows what it does.

use std::time::Duration;

use pypi_trusted_upload::{
    BlockingClient, Transport, http,
    transport::{Body, CancelToken, Reply, TransportError},
};

use crate::{console::Console, context::Context, duration, failure::Failure};

/// A pause that a person would wonder about.
const LONG: Duration = Duration::from_secs(5);

/// The client, with a line for each request if verbose, and for each long pause.
pub(super) struct Shown {
    client: BlockingClient,
    console: Console,
}

impl Shown {
    pub(super) fn new(context: &Context) -> Result<Self, Failure> {
        Ok(Self {
            client: context.client()?,
            console: context.console.clone(),
        })
    }
}

impl Transport for Shown {
    fn send(&self, request: http::Request<Body>) -> Result<Reply, TransportError> {
        // Without the query and the headers, which may contain a token.
        let what = format!("{} {}", request.method(), request.uri().path());
        let answer = self.client.send(request);
        match &answer {
            Ok(reply) => self
                .console
                .detail(format_args!("{what}: {}", reply.status())),
            Err(error) => self.console.detail(format_args!("{what}: {error}")),
        }
        answer
    }

    fn wait(&self, pause: Duration, cancel: &CancelToken) {
        let text = duration::text(pause);
        if pause >= LONG {
            self.console
                .note(format_args!("waiting {text} before the next attempt"));
        } else {
            self.console
                .detail(format_args!("waiting {text} before the next attempt"));
        }
        self.client.wait(pause, cancel);
    }
}
