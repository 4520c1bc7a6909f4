//! Server-sent events for the live log: the number of the newest request, whenever there is one.

use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::{BoxStream, StreamExt as _, unfold};
use tokio::runtime::Handle;
use tokio::sync::watch;

/// How often a comment shows that the connection is open.
const HEARTBEAT: Duration = Duration::from_secs(15);

pub(super) fn events(newest: watch::Receiver<u64>) -> BoxStream<'static, Bytes> {
    let first = (newest, true);
    unfold(first, |(mut newest, is_first)| async move {
        if !is_first {
            // In memory there is no timer, and nobody to wait for.
            Handle::try_current().ok()?;
            match tokio::time::timeout(HEARTBEAT, newest.changed()).await {
                Err(_) => return Some((Bytes::from_static(b":\n\n"), (newest, false))),
                Ok(Err(_)) => return None,
                Ok(Ok(())) => {}
            }
        }
        let event = format!("data: {}\n\n", *newest.borrow_and_update());
        Some((Bytes::from(event), (newest, false)))
    })
    .boxed()
}
