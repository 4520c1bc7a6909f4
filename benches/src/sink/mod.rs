//! A server on 127.0.0.1 that accepts every upload and counts what it received.
//!
//! | request | reply |
//! | --- | --- |
//! | `GET /_/oidc/audience`, `GET /id-token`, `POST /_/oidc/mint-token`, `POST /_/oidc/burn-token` | trusted publishing |
//! | any other `POST` | 200, after the body was read to its end |
//! | `GET /stats` | the [`Counts`] as JSON |
//! | `POST /ctl?latency_ms=N` | resets the counts; from then on every reply comes N ms after its request |

mod certificate;
mod counts;
mod request;

pub use certificate::Certificate;
pub use counts::Counts;

use std::{
    io::{self, BufRead, BufReader, Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    sync::Arc,
    thread,
    time::Duration,
};

use rustls::{ServerConfig, ServerConnection, StreamOwned};

use counts::State;
use request::Request;

/// A running sink. Its threads serve until the process ends.
#[derive(Debug)]
pub struct Sink {
    address: SocketAddr,
}

impl Sink {
    /// Listens on a free port, with TLS if there is a certificate.
    ///
    /// # Errors
    ///
    /// When no port is free, or rustls rejects the certificate.
    #[expect(clippy::disallowed_methods, reason = "the sink of a bench listens")]
    pub fn start(certificate: Option<&Certificate>) -> io::Result<Self> {
        let tls = certificate.map(Certificate::server).transpose()?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let state = Arc::new(State::default());
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (state, tls) = (Arc::clone(&state), tls.clone());
                // A connection that fails ends; a client that did not finish its upload shows in the counts.
                thread::spawn(move || _ = connection(stream, tls, &state));
            }
        });
        Ok(Self { address })
    }

    /// The address that it listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

fn connection(stream: TcpStream, tls: Option<Arc<ServerConfig>>, state: &State) -> io::Result<()> {
    stream.set_nodelay(true)?;
    match tls {
        None => serve(stream, state),
        Some(config) => {
            let connection = ServerConnection::new(config).map_err(io::Error::other)?;
            serve(StreamOwned::new(connection, stream), state)
        }
    }
}

fn serve(stream: impl Read + Write, state: &State) -> io::Result<()> {
    let mut reader = BufReader::with_capacity(CHUNK, stream);
    let mut is_counted = false;
    while let Some(request) = Request::read(&mut reader)? {
        let reply = match control(&request, state) {
            Some(reply) => reply,
            None => {
                state.count(|counts| counts.connections += u64::from(!is_counted));
                is_counted = true;
                receive(&request, &mut reader, state)?
            }
        };
        reply.write(reader.get_mut())?;
        if request.closes {
            break;
        }
    }
    Ok(())
}

/// Replies to the driver of a measurement.
fn control(request: &Request, state: &State) -> Option<Reply> {
    let (path, query) = request.path_and_query();
    match (request.method.as_str(), path) {
        ("GET", "/stats") => Some(Reply(200, state.counts().to_json())),
        ("POST", "/ctl") => {
            let latency = query.strip_prefix("latency_ms=")?.parse().ok()?;
            state.reset(Duration::from_millis(latency));
            Some(Reply(200, String::new()))
        }
        _ => None,
    }
}

/// Reads the body of a counted request.
fn receive(
    request: &Request,
    reader: &mut BufReader<impl Read + Write>,
    state: &State,
) -> io::Result<Reply> {
    state.count(|counts| counts.requests += 1);
    let reply = trusted_publishing(request);
    let is_upload = reply.is_none() && request.method == "POST";
    let _uploading = is_upload.then(|| state.uploading());
    if request.expects_continue {
        reader
            .get_mut()
            .write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
        reader.get_mut().flush()?;
    }
    skip(reader, request.length)?;
    if is_upload {
        state.count(|counts| {
            counts.uploads += 1;
            counts.bytes += request.length;
        });
    }
    pause(state.latency());
    Ok(reply.unwrap_or_else(|| Reply(if is_upload { 200 } else { 404 }, String::new())))
}

/// Reads `length` bytes without copying them.
fn skip(reader: &mut impl BufRead, length: u64) -> io::Result<()> {
    let mut left = length;
    while left > 0 {
        let count = (reader.fill_buf()?.len() as u64).min(left);
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        reader.consume(count as usize);
        left -= count;
    }
    Ok(())
}

/// What the CI provider and the index reply when a job exchanges its identity for an API token.
fn trusted_publishing(request: &Request) -> Option<Reply> {
    let (path, _) = request.path_and_query();
    let (status, body) = match (request.method.as_str(), path) {
        ("GET", "/_/oidc/audience") => (200, r#"{"audience":"pypi"}"#.to_owned()),
        ("GET", "/id-token") => (200, format!(r#"{{"value":"{ID_TOKEN}"}}"#)),
        ("POST", "/_/oidc/mint-token") => (
            200,
            r#"{"success":true,"token":"pypi-AgEIcHlwaS5vcmc-sink","expires":4102444800}"#
                .to_owned(),
        ),
        ("POST", "/_/oidc/burn-token") => (202, String::new()),
        _ => return None,
    };
    Some(Reply(status, body))
}

/// A status and a JSON body.
struct Reply(u16, String);

impl Reply {
    fn write(&self, stream: &mut impl Write) -> io::Result<()> {
        let Self(status, body) = self;
        let length = body.len();
        let head = format!(
            "HTTP/1.1 {status} Sink\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n"
        );
        stream.write_all((head + body).as_bytes())?;
        stream.flush()
    }
}

#[expect(clippy::disallowed_methods, reason = "the latency of a server")]
fn pause(latency: Duration) {
    if !latency.is_zero() {
        thread::sleep(latency);
    }
}

/// How much of a body is read at a time, in bytes.
const CHUNK: usize = 256 * 1024;
/// An unsigned JWT with the claims `{"aud":"pypi","exp":4102444800}`.
const ID_TOKEN: &str = "eyJhbGciOiJub25lIn0.eyJhdWQiOiJweXBpIiwiZXhwIjo0MTAyNDQ0ODAwfQ.c2ln";
