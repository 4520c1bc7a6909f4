//! Signals that ask the process to end.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
};

use pypi_trusted_upload::transport::CancelToken;

use crate::{console::Console, failure::Exit};

/// Whether there is still something to cancel. When it is dropped, the next signal ends the process.
pub(crate) struct Guard(Arc<AtomicBool>);

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Relaxed);
    }
}

/// Cancels on the first SIGINT or SIGTERM after it returns; exits on the second.
pub(crate) fn cancel_on_signal(cancel: CancelToken, console: Console) -> Guard {
    let (is_ready, ready) = mpsc::channel();
    let is_running = Arc::new(AtomicBool::new(true));
    let guard = Guard(is_running.clone());
    // Without a thread or a runtime signals end the process, as they do by default.
    let _ = thread::Builder::new().spawn(move || {
        let _ = on_each_signal(is_ready, |count| match count {
            1 if is_running.load(Ordering::Relaxed) => {
                cancel.cancel();
                console.problem(
                    "interrupted: the run stops, and burns its token if it has one; interrupt again to exit at once",
                );
            }
            _ => std::process::exit(Exit::Interrupted.code().into()),
        });
    });
    // An error if there is nothing to wait for.
    let _ = ready.recv();
    guard
}

/// Waits until the process is asked to end.
pub(crate) fn wait() -> std::io::Result<()> {
    runtime()?.block_on(async {
        Signals::new()?.next().await;
        Ok(())
    })
}

fn on_each_signal(is_ready: mpsc::Sender<()>, mut act: impl FnMut(u32)) -> std::io::Result<()> {
    runtime()?.block_on(async {
        let mut signals = Signals::new()?;
        drop(is_ready);
        for count in 1.. {
            signals.next().await;
            act(count);
        }
        Ok(())
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
