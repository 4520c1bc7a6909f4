//! The listener: HTTP/1.1 on loopback, in a thread of its own.

use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use bytes::Bytes;
use futures_util::future::select;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Body as _, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::sync::oneshot;
use url::Url;

use crate::answer::Answer;
use crate::clock::Clock;
use crate::form::{Form, FormError, collect};
use crate::index::{StartError, StartErrorKind};
use crate::oidc::{Key, Runner};
use crate::record::Recorded;
use crate::route::{self, Content};
use crate::state::State;

/// The most bytes of a body that is no form.
const MAX_BODY: usize = 64 * 1024;

/// What the thread and the handle share.
pub(crate) struct Shared {
    state: Mutex<State>,
    requests: Mutex<Vec<Recorded>>,
    pub(crate) key: Key,
    pub(crate) runner: Runner,
    pub(crate) clock: Clock,
    pub(crate) root: Url,
}

impl Shared {
    pub(crate) fn new(state: State, key: Key, runner: Runner, clock: Clock, root: Url) -> Self {
        Self {
            state: Mutex::new(state),
            requests: Mutex::default(),
            key,
            runner,
            clock,
            root,
        }
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn requests(&self) -> MutexGuard<'_, Vec<Recorded>> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A running server; dropping it ends every connection and the thread.
#[derive(Debug)]
pub(crate) struct Server {
    /// Never sent on: the thread ends when it is dropped.
    stop: Option<oneshot::Sender<Infallible>>,
    thread: Option<JoinHandle<()>>,
}

/// A listener on a free port of 127.0.0.1, and its address.
#[expect(
    clippy::disallowed_methods,
    reason = "the only socket that the index opens, on loopback"
)]
pub(crate) fn listen() -> Result<(TcpListener, SocketAddr), StartError> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|listener| {
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        Ok((listener, address))
    });
    listener.map_err(|error| StartError::new(StartErrorKind::Listen, "127.0.0.1").caused_by(error))
}

impl Server {
    pub(crate) fn start(listener: TcpListener, shared: Arc<Shared>) -> Result<Self, StartError> {
        let failed =
            |error| StartError::new(StartErrorKind::Thread, "pypi-local-index").caused_by(error);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_io()
            .build()
            .map_err(failed)?;
        let listener = {
            let _inside = runtime.enter();
            tokio::net::TcpListener::from_std(listener).map_err(failed)?
        };
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::Builder::new()
            .name("pypi-local-index".to_owned())
            .spawn(move || {
                let serve = pin!(serve(listener, shared));
                runtime.block_on(select(serve, stopped));
            })
            .map_err(failed)?;
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

async fn respond(
    shared: &Shared,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (request, body) = request.into_parts();
    let is_empty = body.is_end_stream();
    let body = body.into_data_stream();
    let content = if route::wants_form(&request.method, request.uri.path()) {
        let content_type = route::header(&request, "content-type").unwrap_or_default();
        // A multipart body has an end of its own, which no body at all lacks.
        let content_type = if is_empty { "" } else { content_type };
        let file_limit = shared.state().file_limit;
        let form = Form::read(content_type, body, file_limit).await;
        form.map(Content::Form)
    } else {
        collect(body, MAX_BODY).await.map(Content::Bytes)
    };
    let answer = match &content {
        Ok(content) => route::answer(shared, &request, content),
        Err(FormError::Malformed) => Answer::bad_request("The request body could not be read."),
        Err(FormError::TooLarge) => {
            Answer::refused_in_status(StatusCode::PAYLOAD_TOO_LARGE, "Payload Too Large")
        }
    };
    let no_form = Form::default();
    let form = match &content {
        Ok(Content::Form(form)) => form,
        _ => &no_form,
    };
    let recorded = Recorded::new(&request, form, answer.status.as_u16());
    shared.requests().push(recorded);
    Ok(answer.into_response(route::header(&request, "accept")))
}
