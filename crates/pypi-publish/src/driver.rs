//! The loops that run a publication over a transport.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    sync::mpsc,
    thread,
    time::Duration,
};

use futures_util::{
    FutureExt as _, StreamExt as _,
    future::{Either, select},
    stream::FuturesUnordered,
};
use pypi_http::{AsyncTransport, Transport, drive_async_until, drive_until};

use crate::{
    Next, Publication, Report,
    task::{Finished, Task},
};

impl Publication {
    /// Runs it to its end over a blocking transport, each task on a thread of its own. A task that panics counts as
    /// abandoned.
    pub fn run<T: Transport + Sync>(&mut self, transport: &T) -> Report {
        thread::scope(|scope| {
            let (send, finished) = mpsc::channel();
            loop {
                match self.advance() {
                    Next::Start(task) => {
                        let send = send.clone();
                        let job = move || {
                            // The receiver lives until every task is finished.
                            let _ = send.send(run_task(task, transport));
                        };
                        // A thread that cannot be started drops its task, which `advance` notices.
                        let _ = thread::Builder::new().spawn_scoped(scope, job);
                    }
                    Next::Wait => {
                        // A request for a token does not end by a cancellation, which `advance` must notice meanwhile.
                        if let Ok(finished) = finished.recv_timeout(LOOK) {
                            self.finish(finished);
                        }
                    }
                    Next::Done(report) => return *report,
                }
            }
        })
    }

    /// Runs it to its end over an async transport, on any executor. A task that panics counts as abandoned.
    ///
    /// When the future is dropped, so are its tasks: call [`cancel`](Self::cancel) and run the publication again, so that
    /// it burns its tokens and determines what is on the index.
    pub async fn run_async(&mut self, transport: &impl AsyncTransport) -> Report {
        let mut tasks = FuturesUnordered::new();
        loop {
            match self.advance() {
                Next::Start(mut task) => tasks.push(async move {
                    let cancel = task.cancel_token().clone();
                    let run = drive_async_until(&mut task, transport, &cancel);
                    match AssertUnwindSafe(run).catch_unwind().await {
                        Ok(Ok(finished)) => finished,
                        Err(_) => task.abandon(),
                    }
                }),
                Next::Wait if self.is_stopping() => {
                    if let Some(finished) = tasks.next().await {
                        self.finish(finished);
                    }
                }
                Next::Wait => {
                    let cancelled = pin!(self.cancel_token().cancelled());
                    if let Either::Left((Some(finished), _)) = select(tasks.next(), cancelled).await
                    {
                        self.finish(finished);
                    }
                }
                Next::Done(report) => return *report,
            }
        }
    }
}

/// How often a blocking run looks for a cancellation while its tasks run.
const LOOK: Duration = Duration::from_millis(100);

fn run_task(mut task: Task, transport: &impl Transport) -> Finished {
    let cancel = task.cancel_token().clone();
    let run = AssertUnwindSafe(|| drive_until(&mut task, transport, &cancel));
    match catch_unwind(run) {
        Ok(Ok(finished)) => finished,
        Err(_) => task.abandon(),
    }
}
