//! A small HTTP/1.1 client over `TcpStream` that conforms, and its defects.

mod budget;
mod process;
mod reader;

use std::{
    io::{self, Read, Write as _},
    net::{SocketAddr, TcpStream},
    sync::Mutex,
    time::Duration,
};

use budget::{Budget, failed};
use http::{Method, header, request};
use pypi_http::{
    Body, CancelToken, Command, CommandOutput, Deadline, Reply, ReplyLimit, Transport,
    TransportError, TransportErrorKind as Kind,
};
use reader::Reader;

use crate::defect::Defect;

/// A client without TLS that keeps one connection open.
#[derive(Debug, Default)]
pub(crate) struct Plain {
    pub(crate) defect: Option<Defect>,
    idle: Mutex<Option<(String, TcpStream)>>,
}

impl Plain {
    pub(crate) fn with(defect: Defect) -> Self {
        Self {
            defect: Some(defect),
            idle: Mutex::default(),
        }
    }

    fn has(&self, defect: Defect) -> bool {
        self.defect == Some(defect)
    }
}

impl Transport for Plain {
    fn send(&self, request: http::Request<Body>) -> Result<Reply, TransportError> {
        let again = request.clone();
        let result = self.send_once(request);
        match &result {
            Ok(reply) if self.has(Defect::FollowsRedirects) && reply.status().is_redirection() => {
                let Some(location) = reply.header(&header::LOCATION) else {
                    return result;
                };
                let (mut parts, body) = again.into_parts();
                let host = parts.uri.authority().expect("a host");
                parts.uri = format!("http://{host}{location}").parse().expect("a URL");
                self.send_once(http::Request::from_parts(parts, body))
            }
            Ok(reply) if self.has(Defect::RetriesStatus) && reply.status() == 503 => {
                self.send_once(again)
            }
            Ok(reply) if self.has(Defect::StatusIsError) && reply.status().is_server_error() => {
                failed(Kind::Reply)
            }
            Err(error) if error.kind() == Kind::Interrupted => match self.defect {
                Some(Defect::RetriesClosed) => self.send_once(again),
                Some(Defect::ConnectForClosed) => failed(Kind::Connect),
                _ => result,
            },
            Err(error)
                if error.kind() == Kind::Connect && self.has(Defect::InterruptedForRefused) =>
            {
                failed(Kind::Interrupted)
            }
            _ => result,
        }
    }

    fn run(&self, command: Command) -> Result<CommandOutput, TransportError> {
        process::run(&command, self.defect)
    }

    fn wait(&self, duration: Duration, cancel: &CancelToken) {
        match self.defect {
            Some(Defect::IgnoresCancel) => CancelToken::new().sleep(duration),
            Some(Defect::DoesNotWait) => {}
            _ => cancel.sleep(duration),
        }
    }
}

impl Plain {
    fn send_once(&self, mut request: http::Request<Body>) -> Result<Reply, TransportError> {
        if self.has(Defect::IgnoresDeadline) {
            request.extensions_mut().remove::<Deadline>();
        }
        if self.has(Defect::IgnoresCancel) {
            request.extensions_mut().remove::<CancelToken>();
        }
        let mut limit = ReplyLimit::of(&request);
        if self.has(Defect::IgnoresLimit) {
            limit = usize::MAX;
        }
        let mut budget = Budget::of(&request, self.defect);
        budget.check()?;
        let (parts, body) = request.into_parts();
        let is_plain = parts.uri.scheme_str() == Some("http");
        if !is_plain && !self.has(Defect::HttpsInTheClear) {
            return failed(Kind::Unusable);
        }
        let authority = parts.uri.authority().expect("a host").to_string();
        let idle = self.idle.lock().expect("a lock").take();
        let stream = match idle {
            Some((host, stream)) if host == authority => stream,
            _ => connect(&authority, &budget)?,
        };
        stream.set_nonblocking(true).expect("a socket");
        let mut reusable = false;
        let result = self
            .write(&stream, &parts, body, &mut budget)
            .and_then(|()| {
                let mut reader = Reader::new(&stream, &budget, self.defect);
                let reply = reader.reply(limit)?;
                reusable = reader.is_reusable && reply.header(&header::CONNECTION).is_none();
                Ok(reply)
            });
        if let Err(error) = &result {
            reusable = self.has(Defect::ReusesConnection) && error.kind() == Kind::Timeout;
        }
        if reusable {
            *self.idle.lock().expect("a lock") = Some((authority, stream));
        }
        result
    }

    fn write(
        &self,
        stream: &TcpStream,
        parts: &request::Parts,
        body: Body,
        budget: &mut Budget,
    ) -> Result<(), TransportError> {
        let mut length = body.content_length();
        let mut reader: Box<dyn Read> = Box::new(body.into_reader());
        if self.has(Defect::ShortensBody) {
            let mut bytes = Vec::new();
            // Whatever could be read is the body.
            let _ = reader.read_to_end(&mut bytes);
            length = bytes.len() as u64;
            reader = Box::new(io::Cursor::new(bytes));
        }
        write_all(stream, self.head(parts, length).as_bytes(), budget)?;
        let mut chunk = vec![0; 64 * 1024];
        let mut is_begun = false;
        loop {
            let count = reader.read(&mut chunk).or_else(|_| failed(Kind::Body))?;
            if count == 0 {
                break;
            }
            length -= count as u64;
            let mut bytes = chunk[..count].to_vec();
            if self.has(Defect::SendsChunks) {
                bytes = [format!("{count:x}\r\n").as_bytes(), &bytes, b"\r\n"].concat();
            }
            let written = write_all(stream, &bytes, budget);
            let is_begun = std::mem::replace(&mut is_begun, true);
            if let Err(error) = written {
                let is_broken = error.kind() == Kind::Interrupted && is_begun;
                if self.has(Defect::ConnectForBroken) && is_broken {
                    return failed(Kind::Connect);
                }
                if self.has(Defect::UploadsOn) {
                    upload_on(stream, length);
                }
                return Err(error);
            }
        }
        if self.has(Defect::SendsChunks) {
            write_all(stream, b"0\r\n\r\n", budget)?;
        }
        budget.all_sent();
        Ok(())
    }

    fn head(&self, parts: &request::Parts, length: u64) -> String {
        let uri = &parts.uri;
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        let host = uri.authority().expect("a host");
        let mut head = format!("{} {path} HTTP/1.1\r\nHost: {host}\r\n", parts.method);
        for (name, value) in &parts.headers {
            let value = value.to_str().expect("text");
            match self.defect {
                Some(Defect::OwnUserAgent) if name == header::USER_AGENT => {
                    head.push_str("User-Agent: plain/1.0\r\n");
                }
                _ => head.push_str(&format!("{name}: {value}\r\n")),
            }
        }
        if self.has(Defect::AddsHeader) {
            head.push_str("Cookie: a=b\r\n");
        }
        if self.has(Defect::SendsChunks) {
            head.push_str("Transfer-Encoding: chunked\r\n");
        } else if length > 0 || parts.method != Method::GET && !self.has(Defect::NoLengthOfNothing)
        {
            head.push_str(&format!("Content-Length: {length}\r\n"));
        }
        head + "\r\n"
    }
}

fn connect(authority: &str, budget: &Budget) -> Result<TcpStream, TransportError> {
    let address: SocketAddr = authority.parse().or_else(|_| failed(Kind::Connect))?;
    loop {
        match TcpStream::connect_timeout(&address, Duration::from_millis(50)) {
            Ok(stream) => return Ok(stream),
            Err(error) if error.kind() == io::ErrorKind::TimedOut => budget.check()?,
            Err(_) => return failed(Kind::Connect),
        }
    }
}

fn write_all(stream: &TcpStream, mut bytes: &[u8], budget: &Budget) -> Result<(), TransportError> {
    while !bytes.is_empty() {
        let count = budget.wait_for(|| (&*stream).write(bytes))?;
        bytes = &bytes[count..];
        budget.check()?;
    }
    Ok(())
}

fn upload_on(stream: &TcpStream, length: u64) {
    let stream = stream.try_clone().expect("a socket");
    stream.set_nonblocking(false).expect("a socket");
    std::thread::spawn(move || {
        io::copy(&mut io::repeat(b'x').take(length + 64 * 1024), &mut &stream)
    });
}
