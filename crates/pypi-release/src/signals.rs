//! Signals that ask the process to end.

use std::{
    sync::{Mutex, MutexGuard, PoisonError, mpsc},
    thread,
};

use pypi_trusted_upload::transport::CancelToken;

use crate::{console::Console, failure::Exit};

/// The runs that a signal cancels. Signals belong to the process, and so do they: a run may be part of another one.
static RUNS: Mutex<Runs> = Mutex::new(Runs {
    running: Vec::new(),
    next: 0,
    is_listening: false,
});

struct Runs {
    running: Vec<Run>,
    next: u64,
    is_listening: bool,
}

struct Run {
    id: u64,
    cancel: CancelToken,
    /// Whether a signal has cancelled it.
    is_signalled: bool,
}

/// A run that is not over. A signal without one ends the process.
pub(crate) struct Guard(u64);

impl Drop for Guard {
    fn drop(&mut self) {
        runs().running.retain(|run| run.id != self.0);
    }
}

/// Cancels on the first SIGINT or SIGTERM after it returns; exits on the second.
pub(crate) fn cancel_on_signal(cancel: CancelToken, console: Console) -> Guard {
    let mut runs = runs();
    // The signal may have arrived just before this part of a run began.
    let is_signalled = runs.running.iter().any(|run| run.is_signalled);
    if is_signalled {
        cancel.cancel();
    }
    runs.next += 1;
    let id = runs.next;
    runs.running.push(Run {
        id,
        cancel,
        is_signalled,
    });
    let is_listening = std::mem::replace(&mut runs.is_listening, true);
    drop(runs);
    if !is_listening {
        listen(console);
    }
    Guard(id)
}

fn listen(console: Console) {
    let (is_ready, ready) = mpsc::channel();
    // Without a thread or a runtime signals end the process, as they do by default.
    let _ = thread::Builder::new().spawn(move || {
        let _ = on_each_signal(is_ready, || match cancel_all() {
            true => console.problem(
                "interrupted: the run stops, and burns its token if it has one; interrupt again to exit at once",
            ),
            false => std::process::exit(Exit::Interrupted.code().into()),
        });
    });
    // An error if there is nothing to wait for.
    let _ = ready.recv();
}

/// Cancels what runs; returns whether anything did that was not cancelled before.
fn cancel_all() -> bool {
    let mut is_any = false;
    for run in runs().running.iter_mut().filter(|run| !run.is_signalled) {
        run.is_signalled = true;
        run.cancel.cancel();
        is_any = true;
    }
    is_any
}

fn runs() -> MutexGuard<'static, Runs> {
    RUNS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Waits until the process is asked to end, from its creation on.
pub(crate) struct Waiter {
    runtime: tokio::runtime::Runtime,
    signals: Signals,
}

impl Waiter {
    pub(crate) fn new() -> std::io::Result<Self> {
        let runtime = runtime()?;
        let signals = runtime.block_on(async { Signals::new() })?;
        Ok(Self { runtime, signals })
    }

    pub(crate) fn wait(mut self) {
        self.runtime.block_on(self.signals.next());
    }
}

fn on_each_signal(is_ready: mpsc::Sender<()>, act: impl Fn()) -> std::io::Result<()> {
    runtime()?.block_on(async {
        let mut signals = Signals::new()?;
        drop(is_ready);
        loop {
            signals.next().await;
            act();
        }
    })
}

fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
}

#[cfg(unix)]
struct Signals(tokio::signal::unix::Signal, tokio::signal::unix::Signal);

#[cfg(unix)]
impl Signals {
    fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self(
            signal(SignalKind::interrupt())?,
            signal(SignalKind::terminate())?,
        ))
    }

    async fn next(&mut self) {
        std::future::poll_fn(|context| match self.0.poll_recv(context) {
            std::task::Poll::Pending => self.1.poll_recv(context),
            ready => ready,
        })
        .await;
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> std::io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) {
        // Without a console there is no such signal.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending().await
        }
    }
}
