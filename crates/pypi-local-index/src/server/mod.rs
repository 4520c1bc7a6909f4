//! The listener: HTTP/1.1 on loopback, in a thread of its own.

pub(crate) mod change;
pub(crate) mod dispatch;
pub(crate) mod pace;

use std::convert::Infallible;
use std::net::{SocketAddr, TcpListener};
use std::pin::pin;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::{pending, select};
use futures_util::stream::{BoxStream, StreamExt as _};
use http::header::{CONNECTION, HeaderName, HeaderValue};
use http::request::Parts;
use http::{Request, Response, StatusCode};
use http_body_util::BodyExt as _;
use hyper::body::{Body as _, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::sync::oneshot;

use crate::api::form::{Form, FormError, collect};
use crate::api::record::RecordedRequest;
use crate::api::response::Answer;
use crate::api::simple::Asked;
use crate::config::fault::{Effect, Effects, Moment, Replacement};
use crate::error::Error;
use crate::server::dispatch::{Content, Route};
use crate::server::pace::{Cut, Paced};

pub(crate) use crate::server::change::Shared;

/// The most bytes of a body that is no form.
const MAX_BODY: usize = 64 * 1024;

/// A running server; dropping it ends every connection and the thread.
#[derive(Debug)]
pub(crate) struct Server {
    /// Never sent on: the thread ends when it is dropped.
    stop: Option<oneshot::Sender<Infallible>>,
    thread: Option<JoinHandle<()>>,
}

/// A listener, and its address.
#[expect(
    clippy::disallowed_methods,
    reason = "the only socket that the index opens, on loopback unless told otherwise"
)]
pub(crate) fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), Error> {
    let listener = TcpListener::bind(address).and_then(|listener| {
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        Ok((listener, address))
    });
    listener.map_err(|error| Error::listen(address, error))
}

impl Server {
    pub(crate) fn start(listener: TcpListener, shared: Arc<Shared>) -> Result<Self, Error> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_io()
            .enable_time()
            .build()
            .map_err(Error::thread)?;
        let listener = {
            let _inside = runtime.enter();
            tokio::net::TcpListener::from_std(listener).map_err(Error::thread)?
        };
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::Builder::new()
            .name("pypi-local-index".to_owned())
            .spawn(move || {
                let serve = pin!(serve(listener, shared));
                runtime.block_on(select(serve, stopped));
            })
            .map_err(Error::thread)?;
        Ok(Self {
            stop: Some(stop),
            thread: Some(thread),
        })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic of the thread has been printed by its own hook; a drop has nothing to add.
            let _ = thread.join();
        }
    }
}

/// Accepts connections, each in a task of its own, for as long as it is polled.
async fn serve(listener: tokio::net::TcpListener, shared: Arc<Shared>) {
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            // Such as too many open files: a connection in progress may end first.
            tokio::task::yield_now().await;
            continue;
        };
        let shared = Arc::clone(&shared);
        tokio::spawn(async move {
            let service = service_fn(|request| respond(&shared, request));
            // What a connection ends with is the client's affair: the index keeps serving.
            let _ = http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}

/// Answers one request, and keeps what it was; an error ends the connection without an answer.
async fn respond(shared: &Shared, request: Request<Incoming>) -> Result<Response<Paced>, Cut> {
    let (request, body) = request.into_parts();
    let path = request.uri.path();
    let route = Route::of(path);
    let effects = shared.faults.at(route, path);
    let mut form = Form::default();
    let answer = match before_body(&effects) {
        Some(answer) => answer,
        None => {
            let content = read(shared, &request, body, &effects).await;
            let answer = after_body(shared, &request, &content, &effects);
            if let Ok(Content::Form(read)) = content {
                form = read;
            }
            answer
        }
    };
    let answer = with_headers(answer, &effects);
    shared.record(RecordedRequest::new(
        shared.clock.now(),
        route,
        &request,
        &form,
        &answer,
    ));
    if answer.is_cut {
        return Err(Cut);
    }
    let response = answer.into_response(dispatch::header(&request, "accept"));
    Ok(response_of(response, &effects))
}

fn before_body(effects: &Effects) -> Option<Answer> {
    if effects.cuts(Moment::BeforeBody) {
        return Some(Answer::cut());
    }
    // The rest of the body is not read, so the connection cannot go on.
    let answer = replaced(effects.replacement(Moment::BeforeBody)?);
    Some(answer.with(CONNECTION, "close"))
}

async fn read(
    shared: &Shared,
    request: &Parts,
    body: Incoming,
    effects: &Effects,
) -> Result<Content, FormError> {
    let is_empty = body.is_end_stream();
    let body = paced(body.into_data_stream(), effects);
    if dispatch::wants_form(&request.method, request.uri.path()) {
        let content_type = dispatch::header(request, "content-type").unwrap_or_default();
        // A multipart body has an end of its own, which no body at all lacks.
        let content_type = if is_empty { "" } else { content_type };
        let file_limit = shared.state().largest_file();
        let form = Form::read(content_type, body, file_limit).await;
        form.map(Content::Form)
    } else {
        collect(body, MAX_BODY).await.map(Content::Bytes)
    }
}

/// The body as fast as the faults let it come.
fn paced(
    body: http_body_util::BodyDataStream<Incoming>,
    effects: &Effects,
) -> BoxStream<'static, Result<Bytes, hyper::Error>> {
    let rate = effects.find(|effect| match effect {
        Effect::SlowBody(rate) => Some(*rate),
        _ => None,
    });
    let stall = effects.find(|effect| match effect {
        Effect::StallBody(after) => Some(*after),
        _ => None,
    });
    if rate.is_none() && stall.is_none() {
        return body.boxed();
    }
    let mut seen = 0;
    let chunks = body.then(move |chunk| {
        let size = chunk.as_ref().map_or(0, |chunk: &Bytes| chunk.len() as u64);
        seen += size;
        let is_over = stall.is_some_and(|after| seen > after);
        async move {
            if is_over {
                pending::<()>().await;
            }
            if let Some(rate) = rate {
                tokio::time::sleep(Duration::from_millis(size * 1000 / rate.max(1))).await;
            }
            chunk
        }
    });
    chunks.boxed()
}

fn after_body(
    shared: &Shared,
    request: &Parts,
    content: &Result<Content, FormError>,
    effects: &Effects,
) -> Answer {
    if effects.cuts(Moment::AfterBody) {
        return Answer::cut();
    }
    let form = match content {
        Ok(Content::Form(form)) => Some(form),
        _ => None,
    };
    for effect in &effects.0 {
        if let Effect::Do(change) = effect {
            shared.apply(change, form);
        }
    }
    if let Some(replacement) = effects.replacement(Moment::AfterBody) {
        return replaced(replacement);
    }
    let answer = match content {
        Ok(content) => fresh_or_stale(shared, request, content, effects),
        Err(FormError::Malformed) => {
            Answer::bad_request("The request body could not be read.").rule("body")
        }
        Err(FormError::TooLarge) => {
            Answer::refused_in_status(StatusCode::PAYLOAD_TOO_LARGE, "Payload Too Large")
                .rule("body")
        }
    };
    if effects.cuts(Moment::AfterCommit) {
        return Answer::cut();
    }
    effects
        .replacement(Moment::AfterCommit)
        .map_or(answer, replaced)
}

fn fresh_or_stale(
    shared: &Shared,
    request: &Parts,
    content: &Content,
    effects: &Effects,
) -> Answer {
    let path = request.uri.path();
    let is_cached = matches!(
        Route::of(path),
        Route::Simple | Route::SimpleIndex | Route::Json
    );
    let key = (
        path.to_owned(),
        dispatch::header(request, "accept")
            .unwrap_or_default()
            .to_owned(),
    );
    if effects
        .find(|effect| matches!(effect, Effect::Stale).then_some(()))
        .is_some()
    {
        return shared.served(&key).unwrap_or_else(Answer::not_found);
    }
    let hidden = effects.0.iter().filter_map(|effect| match effect {
        Effect::Hide(filename) => Some(filename.clone()),
        _ => None,
    });
    let asked = Asked {
        accept: dispatch::header(request, "accept"),
        if_none_match: dispatch::header(request, "if-none-match"),
        hidden: hidden.collect(),
        serial: effects.find(|effect| match effect {
            Effect::Serial(number) => Some(*number),
            _ => None,
        }),
    };
    let answer = dispatch::answer(shared, request, content, &asked);
    if is_cached && answer.status != StatusCode::NOT_MODIFIED {
        shared.keep_served(key, &answer);
    }
    answer
}

fn replaced(replacement: &Replacement) -> Answer {
    let status =
        StatusCode::from_u16(replacement.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let answer = Answer::bytes(status, "", replacement.body.clone()).rule("fault");
    match replacement.content_type.as_str() {
        "" => answer,
        content_type => answer.with(http::header::CONTENT_TYPE, content_type),
    }
}

fn with_headers(mut answer: Answer, effects: &Effects) -> Answer {
    for effect in &effects.0 {
        answer = match effect {
            Effect::CloseConnection => answer.with(CONNECTION, "close"),
            Effect::Header(name, value) => match HeaderName::try_from(name.as_str()) {
                Ok(name) => answer.with(name, value.as_str()),
                Err(_) => answer,
            },
            _ => answer,
        };
    }
    answer
}

/// The response with the body as far as the faults let it go.
fn response_of(response: Response<Bytes>, effects: &Effects) -> Response<Paced> {
    let (mut head, bytes) = response.into_parts();
    let stop = effects.find(|effect| match effect {
        Effect::Truncate(after) => Some((*after, pace::Stop::End)),
        Effect::StallAnswer(after) => Some((*after, pace::Stop::Stall)),
        _ => None,
    });
    if stop.is_some() {
        let size = HeaderValue::from(bytes.len());
        head.headers.insert(http::header::CONTENT_LENGTH, size);
    }
    Response::from_parts(head, Paced::new(bytes, stop))
}
