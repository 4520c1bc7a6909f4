//! An index that accepts one user name and password only: for uploads, and if it is private for pages and files too.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex, PoisonError},
    thread,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::json;
use sha2::{Digest as _, Sha256};

pub(crate) struct GuardedIndex {
    /// `http://127.0.0.1:…`, without a slash at its end.
    pub(crate) root: String,
    state: Arc<State>,
}

struct State {
    authorization: String,
    requests: Mutex<Vec<Recorded>>,
    files: Mutex<Vec<Stored>>,
    is_private: bool,
}

struct Stored {
    name: String,
    sha256: String,
    content: Vec<u8>,
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
        Self::new(user, password, false)
    }

    /// One whose pages and files need the credentials, with `files`.
    pub(crate) fn private(user: &str, password: &str, files: &[&str]) -> Self {
        let index = Self::new(user, password, true);
        for path in files {
            #[expect(clippy::disallowed_methods, reason = "a test's own file")]
            let content = std::fs::read(path).expect("a file");
            let name = path.rsplit('/').next().unwrap_or(path);
            lock(&index.state.files).push(Stored {
                name: name.to_owned(),
                sha256: hex(&Sha256::digest(&content)),
                content,
            });
        }
        index
    }

    fn new(user: &str, password: &str, is_private: bool) -> Self {
        #[expect(clippy::disallowed_methods, reason = "a test's own server")]
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let root = format!("http://{}", listener.local_addr().expect("an address"));
        let pair = STANDARD.encode(format!("{user}:{password}"));
        let state = Arc::new(State {
            authorization: format!("Basic {pair}"),
            requests: Mutex::default(),
            files: Mutex::default(),
            is_private,
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
        stream.write_all(&reply).ok()
    }

    fn reply(&self, method: &str, path: &str, sent: Option<&str>, body: &[u8]) -> (u16, Vec<u8>) {
        let is_allowed = sent == Some(&self.authorization);
        match method {
            "POST" if is_allowed => {
                let text = String::from_utf8_lossy(body);
                lock(&self.files).push(Stored {
                    name: between(&text, "filename=\"", "\""),
                    sha256: between(&text, "name=\"sha256_digest\"\r\n\r\n", "\r\n"),
                    content: content(body).unwrap_or_default().to_owned(),
                });
                (200, Vec::new())
            }
            "GET" if is_allowed || !self.is_private => {
                let files = lock(&self.files);
                let last = path.trim_end_matches('/').rsplit('/').next();
                if let Some(file) = files.iter().find(|file| Some(file.name.as_str()) == last) {
                    return (200, file.content.clone());
                }
                let file = |file: &Stored| json!({ "filename": file.name, "url": file.name, "hashes": { "sha256": file.sha256 } });
                let list: Vec<_> = files.iter().map(file).collect();
                let page = json!({ "meta": { "api-version": "1.0" }, "name": last, "files": list });
                match files.is_empty() {
                    true => (404, Vec::new()),
                    false => (200, page.to_string().into_bytes()),
                }
            }
            // As some servers do: the reply repeats what it was sent.
            _ => {
                let status = if method == "GET" { 401 } else { 403 };
                let sent = sent.unwrap_or("none");
                (status, format!("wrong credentials: {sent}").into_bytes())
            }
        }
    }
}

/// The bytes of the file in the form of an upload.
fn content(form: &[u8]) -> Option<&[u8]> {
    let find = |from: usize, text: &[u8]| {
        let mut windows = form.get(from..)?.windows(text.len());
        windows
            .position(|window| window == text)
            .map(|at| from + at)
    };
    let boundary = form.get(..find(0, b"\r\n")?)?;
    let start = find(find(0, b"filename=\"")?, b"\r\n\r\n")? + 4;
    form.get(start..find(start, &[b"\r\n", boundary].concat())?)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
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
