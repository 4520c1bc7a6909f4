//! Cancellation of requests and pauses.

use std::{
    future::Future,
    pin::Pin,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
    time::Duration,
};

use crate::Body;

/// Ends requests and pauses early, from any thread. Clones share one state.
///
/// A request carries a token as an extension; a transport answers a cancelled request with an error of kind
/// [`Cancelled`](crate::TransportErrorKind::Cancelled).
///
/// # Examples
///
/// ```
/// use pypi_http::{Body, CancelToken};
///
/// let token = CancelToken::new();
/// let mut request = http::Request::get("http://127.0.0.1/").body(Body::default())?;
/// request.extensions_mut().insert(token.clone());
/// token.cancel();
/// assert!(CancelToken::of(&request).is_cancelled());
/// # Ok::<(), http::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct CancelToken(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    is_cancelled: bool,
    wakers: Vec<Waker>,
}

impl CancelToken {
    /// A token that is not cancelled.
    pub fn new() -> Self {
        Self::default()
    }

    /// The token of a request; one that is never cancelled when it carries none.
    pub fn of(request: &http::Request<Body>) -> Self {
        request.extensions().get().cloned().unwrap_or_default()
    }

    /// Cancels, for good.
    pub fn cancel(&self) {
        let wakers = {
            let mut state = self.state();
            state.is_cancelled = true;
            std::mem::take(&mut state.wakers)
        };
        self.0.changed.notify_all();
        wakers.into_iter().for_each(Waker::wake);
    }

    /// Whether [`cancel`](Self::cancel) was called.
    pub fn is_cancelled(&self) -> bool {
        self.state().is_cancelled
    }

    /// Blocks the thread for `duration`, or until the token is cancelled.
    pub fn sleep(&self, duration: Duration) {
        let running = |state: &mut State| !state.is_cancelled;
        let slept = self
            .0
            .changed
            .wait_timeout_while(self.state(), duration, running);
        drop(slept.unwrap_or_else(PoisonError::into_inner));
    }

    /// Completes when the token is cancelled.
    pub fn cancelled(&self) -> impl Future<Output = ()> + Send + use<> {
        Cancelled(self.clone())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Cancelled(CancelToken);

impl Future for Cancelled {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut state = self.0.state();
        if state.is_cancelled {
            return Poll::Ready(());
        }
        if !state
            .wakers
            .iter()
            .any(|waker| waker.will_wake(context.waker()))
        {
            state.wakers.push(context.waker().clone());
        }
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::atomic::{AtomicU32, Ordering},
        task::Wake,
    };

    use super::*;

    #[derive(Default)]
    struct Count(AtomicU32);

    impl Wake for Count {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    #[test]
    fn a_future_is_woken_once() {
        let (token, count) = (CancelToken::new(), Arc::new(Count::default()));
        let waker = Waker::from(Arc::clone(&count));
        let mut context = Context::from_waker(&waker);
        let mut future = std::pin::pin!(token.cancelled());
        assert!(future.as_mut().poll(&mut context).is_pending());
        assert!(future.as_mut().poll(&mut context).is_pending());
        token.cancel();
        assert_eq!(count.0.load(Ordering::Relaxed), 1);
        assert!(future.as_mut().poll(&mut context).is_ready());
    }

    #[test]
    fn a_sleep_ends_with_the_token() {
        let token = CancelToken::new();
        std::thread::scope(|scope| {
            let sleeper = scope.spawn(|| token.sleep(Duration::from_secs(3600)));
            token.cancel();
            sleeper.join().expect("it wakes up");
        });
        token.sleep(Duration::from_secs(3600));
        assert!(token.is_cancelled());
    }
}
