//! An index that accepts one user name and password only for uploads.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex, PoisonError},
    thread,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::json;

pub(crate) struct GuardedIndex {
    /// `http://127.0.0.1:…`, without a slash at its end.
    pub(crate) root: String,
    state: Arc<State>,
}

struct State {
    authorization: String,
    requests: Mutex<Vec<Recorded>>,
    /// File names and their sha256.
    files: Mutex<Vec<(String, String)>>,
}

/// A request.
#[derive(Clone, Debug)]
pub(crate) struct Recorded {
    pub(crate) method: String,
    /// Whether it had the credentials.
    pub(crate) is_authorized: bool,
    pub(crate) status: u16,
}

impl GuardedIndex {
    pub(crate) fn start(user: &str, password: &str) -> Self {
        #[expect(clippy::disallowed_methods, reason = "a test's own server")]
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let root = format!("http://{}", listener.local_addr().expect("an address"));
        let pair = STANDARD.encode(format!("{user}:{password}"));
        let state = Arc::new(State {
            authorization: format!("Basic {pair}"),
            requests: Mutex::default(),
            files: Mutex::default(),
        });
        let serving = Arc::clone(&state);
        // It ends with the test.
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let serving = Arc::clone(&serving);
                thread::spawn(move || serving.serve(&stream));
            }
        });
        Self { root, state }
    }

    pub(crate) fn requests(&self) -> Vec<Recorded> {
        lock(&self.state.requests).clone()
    }

    /// How many uploads it accepted.
    pub(crate) fn stored(&self) -> usize {
        lock(&self.state.files).len()
    }
}

impl State {
    fn serve(&self, stream: &TcpStream) -> Option<()> {
        let mut reader = BufReader::new(stream);
        let mut head = Vec::new();
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).ok()?;
            match line.trim_end() {
                "" => break,
                line => head.push(line.to_owned()),
            }
        }
        let header = |name: &str| {
            let mut fields = head.iter().filter_map(|line| line.split_once(": "));
            let value = fields.find(|(field, _)| field.eq_ignore_ascii_case(name));
            value.map(|(_, value)| value.to_owned())
        };
        let length = header("content-length").and_then(|length| length.parse().ok());
        let mut body = vec![0; length.unwrap_or(0)];
        reader.read_exact(&mut body).ok()?;
        let mut words = head.first()?.split(' ').map(str::to_owned);
        let (method, path) = (words.next()?, words.next()?);
        let authorization = header("authorization");
        let (status, reply) = self.reply(&method, &path, authorization.as_deref(), &body);
        lock(&self.requests).push(Recorded {
            method,
            is_authorized: authorization.as_deref() == Some(&self.authorization),
            status,
        });
        let length = reply.len();
        let kind = "application/vnd.pypi.simple.v1+json";
        let head = format!(
            "HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
        );
        let mut stream = stream;
        stream.write_all(head.as_bytes()).ok()?;
        stream.write_all(reply.as_bytes()).ok()
    }

    fn reply(&self, method: &str, path: &str, sent: Option<&str>, body: &[u8]) -> (u16, String) {
        let is_allowed = sent == Some(&self.authorization);
        match method {
            "POST" if is_allowed => {
                let text = String::from_utf8_lossy(body);
                lock(&self.files).push((
                    between(&text, "filename=\"", "\""),
                    between(&text, "name=\"sha256_digest\"\r\n\r\n", "\r\n"),
                ));
                (200, String::new())
            }
            "GET" => {
                let files = lock(&self.files);
                let file = |(name, sha256): &(String, String)| json!({ "filename": name, "url": name, "hashes": { "sha256": sha256 } });
                let files: Vec<_> = files.iter().map(file).collect();
                let name = path.trim_end_matches('/').rsplit('/').next();
                let page =
                    json!({ "meta": { "api-version": "1.0" }, "name": name, "files": files });
                match files.is_empty() {
                    true => (404, String::new()),
                    false => (200, page.to_string()),
                }
            }
            // As some servers do: the reply repeats what it was sent.
            _ => (
                403,
                format!("wrong credentials: {}", sent.unwrap_or("none")),
            ),
        }
    }
}

fn between(text: &str, start: &str, end: &str) -> String {
    let rest = text.split_once(start).map_or("", |(_, rest)| rest);
    rest.split_once(end)
        .map_or("", |(found, _)| found)
        .to_owned()
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
