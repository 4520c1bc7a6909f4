//! One connection of a scripted server.

use std::{
    io,
    io::{Read as _, Write as _},
    net::TcpStream,
    sync::Arc,
    time::Duration,
};

use super::shared::{PATIENCE, Received, Shared};

/// A connection that a script reads and writes. Every method returns when the peer is gone, at the latest after
/// [`PATIENCE`].
pub(super) struct Connection {
    stream: Arc<TcpStream>,
    shared: Arc<Shared>,
    /// Bytes after the last head that was read.
    pending: Vec<u8>,
    /// The number of the request that has begun and whose head was not read.
    begun: Option<usize>,
    /// The request whose body is read, and how.
    request: usize,
    framing: Framing,
    /// The last bytes of a chunked body.
    tail: Vec<u8>,
}

#[derive(Clone, Copy)]
enum Framing {
    /// The bytes that are missing.
    Length(u64),
    Chunked,
}

impl Connection {
    pub(super) fn new(stream: Arc<TcpStream>, shared: Arc<Shared>) -> Self {
        // A platform that cannot set them is only less patient.
        let _ = stream.set_read_timeout(Some(PATIENCE));
        let _ = stream.set_write_timeout(Some(PATIENCE));
        let _ = stream.set_nodelay(true);
        Self {
            stream,
            shared,
            pending: Vec::new(),
            begun: None,
            request: 0,
            framing: Framing::Length(0),
            tail: Vec::new(),
        }
    }

    /// Waits for the first byte of a request, without reading it: the number of the request at this server, from 1.
    /// A connection that is closed with unread bytes is reset.
    pub(super) fn arrives(&mut self) -> Option<usize> {
        if self.begun.is_some() {
            return self.begun;
        }
        let mut first = [0];
        if let Some(byte) = self.pending.first() {
            first = [*byte];
        } else {
            self.shared.set_busy(false);
            let count = self.stream.peek(&mut first);
            self.shared.set_busy(true);
            if count.ok()? == 0 {
                return None;
            }
        }
        self.begun = Some(self.shared.update(|seen| {
            seen.first_bytes.extend(first);
            seen.first_bytes.len()
        }));
        self.begun
    }

    /// Reads the head of a request: its number.
    pub(super) fn head(&mut self) -> Option<usize> {
        let number = self.arrives()?;
        let end = loop {
            let end = self
                .pending
                .windows(4)
                .position(|bytes| bytes == b"\r\n\r\n");
            match end {
                Some(end) => break end + 4,
                None if self.pending.len() > LONGEST_HEAD => return None,
                None => self.fill()?,
            }
        };
        let head: Vec<u8> = self.pending.drain(..end).collect();
        let received = parse(&String::from_utf8_lossy(&head));
        self.framing = framing(&received);
        self.tail.clear();
        self.begun = None;
        self.request = self.shared.update(|seen| {
            seen.requests.push(received);
            seen.requests.len() - 1
        });
        self.body_part(0);
        Some(number)
    }

    /// Reads the body of the request: whether all of it arrived.
    pub(super) fn body(&mut self) -> bool {
        self.body_part(u64::MAX)
    }

    /// Reads at least `count` bytes of the body, if it has as many: whether all of it arrived.
    pub(super) fn body_part(&mut self, count: u64) -> bool {
        let mut read = 0;
        loop {
            read += self.take_pending();
            let is_complete = match self.framing {
                Framing::Length(left) => left == 0,
                Framing::Chunked => self.tail.ends_with(LAST_CHUNK),
            };
            if is_complete {
                return self.received(|request| {
                    request.is_complete = true;
                    true
                });
            }
            if read >= count || self.fill().is_none() {
                return false;
            }
        }
    }

    /// Reads the rest of the body of a request that was given up, until nothing arrives for a while.
    pub(super) fn rest(&mut self) {
        // A platform that cannot set it is only more patient.
        let _ = self.stream.set_read_timeout(Some(SILENCE));
        self.body();
    }

    /// Reads the body of a request whose reply was sent. The transport may leave it at that, so the server does not wait
    /// for the end.
    pub(super) fn drain(&mut self) {
        self.shared.set_busy(false);
        self.body();
        self.shared.set_busy(true);
    }

    /// Reads a request: its number, unless it does not arrive as a whole.
    pub(super) fn request(&mut self) -> Option<usize> {
        let number = self.head()?;
        self.body().then_some(number)
    }

    /// The path of the request whose head was read last.
    pub(super) fn path(&self) -> String {
        self.received(|request| request.path.clone())
    }

    /// Writes `text`: whether the peer still accepts bytes.
    pub(super) fn send(&self, text: impl AsRef<[u8]>) -> bool {
        let text = text.as_ref();
        let is_sent = (&*self.stream).write_all(text).is_ok();
        if is_sent {
            self.shared.update(|seen| seen.written += text.len() as u64);
        }
        is_sent
    }

    /// Writes `text` again and again, until the peer accepts no more or `bytes` were written.
    pub(super) fn flood(&self, text: &[u8], bytes: u64) {
        let mut written = 0;
        while written < bytes && self.send(text) {
            written += text.len() as u64;
        }
    }

    /// Sleeps for `duration`, or until the transport has returned.
    pub(super) fn pause(&self, duration: Duration) {
        self.shared.returned.sleep(duration);
    }

    /// Does nothing until the transport has returned.
    pub(super) fn stall(&self) {
        self.pause(PATIENCE);
    }

    /// Moves the bytes of the body from `pending` to the record: how many.
    fn take_pending(&mut self) -> u64 {
        let most = match self.framing {
            Framing::Length(left) => usize::try_from(left).unwrap_or(usize::MAX),
            Framing::Chunked => usize::MAX,
        };
        let count = most.min(self.pending.len());
        let bytes: Vec<u8> = self.pending.drain(..count).collect();
        match &mut self.framing {
            Framing::Length(left) => *left -= count as u64,
            Framing::Chunked => {
                self.tail.extend(&bytes);
                let end = self.tail.len().saturating_sub(LAST_CHUNK.len());
                self.tail.drain(..end);
            }
        }
        self.received(|request| {
            if request.body.len() <= MOST_RECORDED {
                request.body.extend(bytes);
            }
        });
        count as u64
    }

    fn received<T>(&self, change: impl FnOnce(&mut Received) -> T) -> T {
        self.shared.update(|seen| {
            let mut none = Received::default();
            change(seen.requests.get_mut(self.request).unwrap_or(&mut none))
        })
    }

    /// Reads some bytes into `pending`; `None` at the end.
    fn fill(&mut self) -> Option<()> {
        let mut chunk = [0; 64 * 1024];
        loop {
            match (&*self.stream).read(&mut chunk) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Ok(0) | Err(_) => return None,
                Ok(count) => {
                    self.pending.extend(chunk.get(..count)?);
                    return Some(());
                }
            }
        }
    }
}

/// The longest pause of a transport that still sends.
const SILENCE: Duration = Duration::from_millis(200);
const LAST_CHUNK: &[u8] = b"0\r\n\r\n";
const LONGEST_HEAD: usize = 64 * 1024;
/// More than any body that is compared.
const MOST_RECORDED: usize = 2 * 1024 * 1024;

fn parse(head: &str) -> Received {
    let mut lines = head.lines();
    let path = lines.next().and_then(|line| line.split(' ').nth(1));
    let headers = lines.filter_map(|line| line.split_once(':'));
    Received {
        path: path.unwrap_or_default().to_owned(),
        headers: headers
            .map(|(name, value)| (name.to_lowercase(), value.trim().to_owned()))
            .collect(),
        ..Received::default()
    }
}

fn framing(request: &Received) -> Framing {
    if !request.values("transfer-encoding").is_empty() {
        return Framing::Chunked;
    }
    let length = request.values("content-length");
    let length = length.first().and_then(|length| length.parse().ok());
    Framing::Length(length.unwrap_or(0))
}
