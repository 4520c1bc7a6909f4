//! A request body for hyper: read on a blocking thread, of exact length.

use std::{
    io,
    io::Read,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use tokio::{
    sync::{Notify, mpsc},
    time::Instant,
};

use crate::Body;

/// Shared between the sender of a body and its watchdog.
#[derive(Debug)]
pub(super) struct Meter {
    start: Instant,
    /// When the last bytes left for the network, in milliseconds after the start.
    moved: AtomicU64,
    taken: AtomicU64,
    failed: AtomicBool,
    /// Notified when the last byte has left.
    sent: Notify,
}

impl Meter {
    pub(super) fn start() -> Self {
        Self {
            start: Instant::now(),
            moved: AtomicU64::new(0),
            taken: AtomicU64::new(0),
            failed: AtomicBool::new(false),
            sent: Notify::new(),
        }
    }

    fn take(&self, count: u64) {
        let elapsed = u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.moved.store(elapsed, Ordering::Relaxed);
        self.taken.fetch_add(count, Ordering::Relaxed);
    }

    /// The number of bytes that have left for the network.
    pub(super) fn taken(&self) -> u64 {
        self.taken.load(Ordering::Relaxed)
    }

    pub(super) fn started(&self) -> Instant {
        self.start
    }

    pub(super) fn last_moved(&self) -> Instant {
        self.start + Duration::from_millis(self.moved.load(Ordering::Relaxed))
    }

    /// Completes when the last byte has left for the network; once per request.
    pub(super) async fn sent(&self) {
        self.sent.notified().await;
    }

    /// Whether reading the body failed.
    pub(super) fn failed(&self) -> bool {
        self.failed.load(Ordering::Relaxed)
    }
}

pub(super) struct StreamedBody {
    chunks: mpsc::Receiver<io::Result<Bytes>>,
    left: u64,
    meter: Arc<Meter>,
}

impl StreamedBody {
    /// Starts reading `body` on the runtime's blocking threads, [`DEPTH`] chunks ahead.
    pub(super) fn start(body: Body, meter: Arc<Meter>) -> Self {
        let left = body.content_length();
        let (sender, chunks) = mpsc::channel(DEPTH);
        tokio::task::spawn_blocking(move || read_into(body, &sender));
        Self {
            chunks,
            left,
            meter,
        }
    }
}

impl http_body::Body for StreamedBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        self.chunks.poll_recv(context).map(|chunk| match chunk {
            // The caller's reader panicked.
            None if self.left > 0 => {
                self.meter.failed.store(true, Ordering::Relaxed);
                Some(Err(io::Error::other("reading it ended early")))
            }
            None => None,
            Some(Ok(bytes)) => {
                let count = bytes.len() as u64;
                self.left = self.left.saturating_sub(count);
                self.meter.take(count);
                if self.left == 0 {
                    self.meter.sent.notify_one();
                }
                Some(Ok(Frame::data(bytes)))
            }
            Some(Err(error)) => {
                self.meter.failed.store(true, Ordering::Relaxed);
                Some(Err(error))
            }
        })
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}

/// Chunks below 64 KiB cost up to twice the CPU time for a large body, larger ones than this gain nothing.
const CHUNK: usize = 256 * 1024;
/// How many chunks are read ahead of the socket.
const DEPTH: usize = 4;

fn read_into(body: Body, sender: &mpsc::Sender<io::Result<Bytes>>) {
    let mut left = body.content_length();
    let mut reader = body.into_reader();
    // Reading goes on past the last byte, so that a file that grew is noticed before that byte is sent.
    while left > 0 {
        let mut chunk = vec![0; CHUNK.min(usize::try_from(left).unwrap_or(CHUNK))];
        let read = fill(&mut reader, &mut chunk).and_then(|()| {
            left -= chunk.len() as u64;
            if left == 0 {
                at_end(&mut reader)
            } else {
                Ok(())
            }
        });
        let item = read.map(|()| Bytes::from(chunk));
        let failed = item.is_err();
        if sender.blocking_send(item).is_err() || failed {
            return;
        }
    }
}

fn fill(reader: &mut impl Read, chunk: &mut [u8]) -> io::Result<()> {
    reader.read_exact(chunk)
}

fn at_end(reader: &mut impl Read) -> io::Result<()> {
    match reader.read(&mut [0]) {
        Ok(0) => Ok(()),
        Ok(_) => Err(io::ErrorKind::InvalidData.into()),
        Err(error) => Err(error),
    }
}
