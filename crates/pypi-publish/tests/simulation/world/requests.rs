//! Requests on their way to the index and back.

use std::{io::Read as _, time::Duration};

use http::{HeaderMap, Method, Request, header};
use pypi_http::{Body, Deadline, Flow as _, Reply, Transport, TransportError, TransportErrorKind};

use super::{Happening, Sent, World};
use crate::faults::{self, Fault};

impl World<'_> {
    pub(super) fn send(&mut self, id: u64, request: Request<Body>) {
        let deadline = Deadline::of(&request);
        let (head, body) = request.into_parts();
        let fault = match self.random.chance(self.weather.faults) {
            true => faults::fault(self.random, &head.method),
            false => Fault::None,
        };
        let task = &self.flights[&id].task;
        self.truth.sending(self.now, id, task, &head, &fault);
        let latency = self.latency_of(&head);
        let event = match &fault {
            Fault::Connect(kind) => Happening::Reply(id, Err(TransportError::new(*kind))),
            _ => Happening::Left(id),
        };
        self.at(self.now + latency, event);
        if let Some(whole) = deadline.whole() {
            self.expire(id, self.now, whole);
        }
        self.flights.get_mut(&id).expect("a flight").request = Some(Sent {
            head,
            body: Some(body),
            bytes: None,
            fault,
            has_arrived: false,
            started: self.now,
            deadline,
        });
    }

    /// The deadline of a request.
    fn expire(&mut self, id: u64, since: u64, after: Duration) {
        let after = u64::try_from(after.as_millis()).expect("a deadline");
        let error = TransportError::new(TransportErrorKind::Timeout);
        self.at(since + after, Happening::Reply(id, Err(error)));
    }

    /// What becomes of a request whose client has gone.
    pub(super) fn leave_behind(&mut self, mut sent: Sent, later: u64) {
        if sent.has_arrived {
            return;
        }
        match (sent.body.take(), sent.bytes.take()) {
            (Some(body), _) => {
                let most = self.random.between(0, body.content_length());
                read(body, most);
            }
            (None, Some(bytes)) if self.random.chance(500) => {
                let request = Request::from_parts(sent.head, Body::from(bytes));
                self.at(self.now + later, Happening::ArriveLate(request));
            }
            _ => {}
        }
    }

    /// The body leaves.
    pub(super) fn leave(&mut self, id: u64) {
        let Some(sent) = self
            .flights
            .get_mut(&id)
            .and_then(|flight| flight.request.as_mut())
        else {
            return;
        };
        let body = sent.body.take().expect("a body");
        let length = body.content_length();
        if matches!(sent.fault, Fault::CutBody) && length > 0 {
            let most = self.random.between(0, length - 1);
            read(body, most);
            let error = TransportError::new(TransportErrorKind::Interrupted);
            return self.at(self.now + 1, Happening::Reply(id, Err(error)));
        }
        sent.bytes = Some(read(body, length));
        self.truth.body_left(id);
        let (fault, deadline, head) = (sent.fault.clone(), sent.deadline, sent.head.clone());
        if let Some(reply) = deadline.reply() {
            self.expire(id, self.now, reply);
        }
        let latency = self.latency_of(&head);
        let broken = Happening::Reply(
            id,
            Err(TransportError::new(TransportErrorKind::Interrupted)),
        );
        match fault {
            Fault::CutBody | Fault::LostBefore => self.at(self.now + latency, broken),
            // The deadline ends it.
            Fault::Late(false) => {}
            _ => self.at(self.now + latency, Happening::Arrive(id)),
        }
    }

    pub(super) fn arrive(&mut self, id: u64) {
        let Some(sent) = self
            .flights
            .get_mut(&id)
            .and_then(|flight| flight.request.as_mut())
        else {
            return;
        };
        sent.has_arrived = true;
        let head = sent.head.clone();
        let (fault, bytes) = (sent.fault.clone(), sent.bytes.take().unwrap_or_default());
        let authorization = head.headers.get(header::AUTHORIZATION);
        let authorization = authorization
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned);
        let mut instead = |status| faults::reply(self.random, status, authorization.as_deref());
        let replacement = match fault {
            Fault::Instead(status) | Fault::After(status) => Some(instead(status)),
            _ => None,
        };
        let is_handled = !matches!(fault, Fault::Instead(_));
        let reply = match is_handled {
            true => {
                self.rival(id);
                let request = Request::from_parts(head.clone(), Body::from(bytes));
                self.handle(request, Some(id))
            }
            false => Err(TransportError::new(TransportErrorKind::Interrupted)),
        };
        let reply = match fault {
            Fault::LostAfter => Err(TransportError::new(TransportErrorKind::Interrupted)),
            Fault::CutReply => Err(TransportError::new(TransportErrorKind::Reply)),
            Fault::Late(_) => return,
            // Nothing in front of the index makes a success of a refusal.
            Fault::After(..300) if !is_success(&reply) => reply,
            _ => replacement.map_or(reply, Ok),
        };
        let reply = self.through_cache(&head, reply);
        let latency = self.latency_of(&head);
        self.at(self.now + latency, Happening::Reply(id, reply));
    }

    /// Somebody else uploads the file just before.
    fn rival(&mut self, id: u64) {
        let Some(filename) = self.flights[&id].task.file().map(str::to_owned) else {
            return;
        };
        if self.random.chance(self.weather.rivals) {
            let is_file = |file: &&&crate::files::PoolFile| file.filename == filename;
            let file = self.case.files.iter().find(is_file).expect("a file");
            let bytes = match self.random.chance(500) {
                true => &file.bytes,
                false => &file.other_bytes,
            };
            self.truth
                .note(self.now, format!("a rival uploads {filename}"));
            // It may be there already.
            let _ = self.case.index.add_file(&filename, bytes.clone());
        }
    }

    /// The index handles a request.
    pub(super) fn handle(
        &mut self,
        request: Request<Body>,
        id: Option<u64>,
    ) -> Result<Reply, TransportError> {
        let index = &self.case.index;
        let before = index.files();
        let head = request.clone_head();
        let body = read(request.body().clone(), u64::MAX);
        let reply = Transport::send(index, request);
        let stored = index
            .files()
            .into_iter()
            .filter(|file| !before.contains(file));
        for file in stored {
            self.truth.stored(self.now, file);
        }
        self.truth.handled(id, &head, &body, &reply);
        self.truth
            .signatures
            .handled(self.case, &head, &body, &reply);
        reply
    }

    /// A cache in front of the pages, which may lag.
    fn through_cache(
        &mut self,
        head: &http::request::Parts,
        reply: Result<Reply, TransportError>,
    ) -> Result<Reply, TransportError> {
        let path = head.uri.path().to_owned();
        if head.method != Method::GET || !path.starts_with("/simple/") {
            return reply;
        }
        let reply = reply?;
        let pages = self.pages.entry(path).or_default();
        pages.push((self.now, copy(&reply)));
        if !self.random.chance(self.weather.stale_pages) {
            return Ok(reply);
        }
        let (time, page) = self.random.pick(pages);
        let mut headers = page.headers().clone();
        headers.insert(header::AGE, ((self.now - time) / 1000).into());
        self.truth.note(self.now, format!("a page from {time} ms"));
        Ok(Reply::new(page.status(), headers, page.body().to_vec()))
    }

    pub(super) fn reply(&mut self, id: u64, reply: Result<Reply, TransportError>) {
        let Some(sent) = self
            .flights
            .get_mut(&id)
            .and_then(|flight| flight.request.take())
        else {
            return;
        };
        self.forget(id);
        self.truth.replied(id, &sent.head, &reply);
        let took = self.now - sent.started;
        let text = match &reply {
            Ok(reply) => reply.status().to_string(),
            Err(error) => error.to_string(),
        };
        self.truth.note(
            self.now,
            format!("task {id} is told after {took} ms: {text}"),
        );
        if reply.is_err() {
            // What is in front of the index may pass on what it has received, though its client has lost the connection.
            let later = self.random.between(1, 2_000);
            self.leave_behind(sent, later);
        }
        let flight = self.flights.get_mut(&id).expect("a flight");
        flight.task.received(reply);
        self.step(id);
    }
}

trait CloneHead {
    fn clone_head(&self) -> http::request::Parts;
}

impl CloneHead for Request<Body> {
    fn clone_head(&self) -> http::request::Parts {
        self.clone().into_parts().0
    }
}

fn is_success(reply: &Result<Reply, TransportError>) -> bool {
    reply
        .as_ref()
        .is_ok_and(|reply| reply.status().is_success())
}

fn copy(reply: &Reply) -> Reply {
    let headers: HeaderMap = reply.headers().clone();
    Reply::new(reply.status(), headers, reply.body().to_vec())
}

/// The first bytes of a body, as a transport reads them.
fn read(body: Body, most: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    let reader = body.into_reader();
    reader.take(most).read_to_end(&mut bytes).expect("a body");
    bytes
}
