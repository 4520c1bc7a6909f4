//! `local-index`: a process of its own, its folder and its end.

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
};

use serde_json::Value;

use crate::command::{DIST, command, pypi_release, run, text, write};

struct Served {
    process: Child,
    told: Value,
}

impl Served {
    fn start(arguments: &[&str]) -> Self {
        let mut command = command(["local-index", "--json"]);
        command.args(arguments);
        Self::of(command)
    }

    fn of(mut command: Command) -> Self {
        let mut process = command.stdout(Stdio::piped()).spawn().expect("it runs");
        let mut document = String::new();
        for line in BufReader::new(process.stdout.take().expect("standard output")).lines() {
            let line = line.expect("text");
            document.push_str(&line);
            if line == "}" {
                break;
            }
        }
        let told = serde_json::from_str(&document).expect("JSON");
        Self { process, told }
    }

    fn publish(&self) -> Value {
        let url = |key: &str| self.told[key].as_str().expect("a URL").to_owned();
        let mut command = command(["publish", DIST[0], "--json", "--index", &url("upload_url")]);
        command.args(["--simple-url", &url("simple_url")]);
        for (name, value) in self.told["environment"].as_object().expect("variables") {
            command.env(name, value.as_str().expect("text"));
        }
        let ran = run(command);
        assert_eq!(ran.exit, 0, "{}", ran.stderr);
        ran.json()["files"][0]["outcome"].clone()
    }

    /// Ends the process as a service manager does, and gives its exit code.
    #[cfg(unix)]
    #[expect(clippy::disallowed_methods, reason = "the signal of a service manager")]
    fn terminate(&mut self) -> Option<i32> {
        let id = self.process.id().to_string();
        let sent = Command::new("kill")
            .args(["-TERM", &id])
            .status()
            .expect("kill runs");
        assert!(sent.success());
        self.process.wait().expect("it ends").code()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
#[cfg(unix)]
fn a_folder_has_the_state_when_the_process_is_ended_and_started_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let arguments = ["--dir", text(folder.path())];
    let mut first = Served::start(&arguments);
    let token = first.told["token"].clone();
    let uploaded = first.publish();
    assert_eq!(first.terminate(), Some(0));
    let second = Served::start(&arguments);
    assert_eq!(second.told["token"], token);
    let again = second.publish();
    assert_ne!(again, uploaded, "the file is there already");
}

#[test]
fn a_scenario_that_cannot_be_read_says_where() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = write(&folder, "scenario.toml", b"seed = 1\nnonsense = true\n");
    let ran = pypi_release(&["local-index", "--scenario", text(&path)]);
    assert_eq!(ran.exit, 1);
    assert!(
        ran.stderr.contains(
            "scenario.toml: the scenario cannot be read: line 2: unknown field `nonsense`"
        ),
        "{}",
        ran.stderr
    );
    let ran = pypi_release(&["local-index", "--scenario", "no-such-file.toml"]);
    assert!(
        ran.stderr
            .contains("file \"no-such-file.toml\" could not be read"),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_folder_is_of_one_process() {
    let folder = tempfile::tempdir().expect("a folder");
    let _first = Served::start(&["--dir", text(folder.path())]);
    let ran = pypi_release(&["local-index", "--dir", text(folder.path())]);
    assert_eq!(ran.exit, 3);
    assert!(
        ran.stderr.contains("that no other process uses"),
        "{}",
        ran.stderr
    );
}

#[test]
fn with_tls_a_client_publishes_with_the_printed_variables() {
    let folder = tempfile::tempdir().expect("a folder");
    let index = Served::start(&["--tls", "--dir", text(folder.path())]);
    let upload_url = index.told["upload_url"].as_str().expect("a URL");
    assert!(upload_url.starts_with("https://127.0.0.1:"), "{upload_url}");
    let ca = index.told["ca_file"].as_str().expect("a path");
    assert!(ca.ends_with("ca.pem") && std::path::Path::new(ca).is_absolute());
    for (variables, name) in [
        ("environment", "SSL_CERT_FILE"),
        ("client_environment", "PIP_CERT"),
        ("client_environment", "REQUESTS_CA_BUNDLE"),
    ] {
        assert_eq!(index.told[variables][name], ca);
    }
    assert_eq!(index.publish(), "uploaded");
}

#[test]
fn a_request_for_another_host_is_misdirected() {
    let index = Served::start(&["--host-name", "index.example"]);
    let url = index.told["url"].as_str().expect("a URL");
    let address = url.trim_start_matches("http://").trim_end_matches('/');
    let fetch = |host: &str| fetch_from(address, host, "/simple/");
    assert!(fetch("index.example:80").starts_with("HTTP/1.1 200 OK"));
    let refused = fetch("rebound.example");
    assert!(refused.starts_with("HTTP/1.1 421 "), "{refused}");
    let sentence = format!(
        "\"rebound.example\" is not a host of this local index: use {url}, or start the index with --host-name\n"
    );
    assert!(refused.ends_with(&sentence), "{refused}");
}

/// 120 connections to a process that may open 64 files: it waits, without using the processor, and continues.
#[test]
#[cfg(target_os = "linux")]
#[expect(
    clippy::disallowed_methods,
    reason = "the test is the client and measures"
)]
fn at_the_limit_of_open_files_the_index_waits() {
    use std::{net::TcpStream, thread::sleep, time::Duration};

    let mut command = Command::new("sh");
    let program = env!("CARGO_BIN_EXE_pypi-release");
    command.args([
        "-c",
        "ulimit -n 64; exec \"$0\" local-index --json",
        program,
    ]);
    let index = Served::of(command);
    let url = index.told["url"].as_str().expect("a URL");
    let address = url.trim_start_matches("http://").trim_end_matches('/');
    let mut connections: Vec<TcpStream> = Vec::new();
    connections.resize_with(120, || TcpStream::connect(address).expect("a connection"));
    sleep(Duration::from_millis(200));
    let before = processor_time(index.process.id());
    sleep(Duration::from_secs(1));
    let used = processor_time(index.process.id()) - before;
    assert!(used < 10, "{used} hundredths of a second");
    drop(connections);
    assert!(fetch_from(address, address, "/simple/").starts_with("HTTP/1.1 200 OK"));
}

/// A description that takes minutes to render, and those that need the most memory.
#[test]
#[cfg(target_os = "linux")]
#[expect(clippy::disallowed_methods, reason = "the test measures")]
fn a_hostile_description_costs_little_time_and_memory() {
    use std::time::{Duration, Instant};

    let index = Served::start(&[]);
    let url = index.told["url"].as_str().expect("a URL").to_owned();
    let address = url.trim_start_matches("http://").trim_end_matches('/');
    let token = index.told["token"].as_str().expect("a token");
    let before = peak_memory(index.process.id());
    let hostile = [
        ("slow", "> ".repeat(100_000)),
        ("deep", "<div>".repeat(40_000)),
        ("long", "# a\n".repeat(60_000)),
        ("large", "a\n\n".repeat(400_000)),
    ];
    for (name, description) in &hostile {
        let uploaded = upload(address, token, name, description);
        assert!(uploaded.starts_with("HTTP/1.1 200 OK"), "{uploaded}");
    }
    for (name, description) in &hostile {
        let start = Instant::now();
        let path = format!("/project/{name}/");
        let page = std::thread::scope(|scope| {
            let page = scope.spawn(|| fetch(address, &path));
            std::thread::sleep(Duration::from_millis(100));
            let other = Instant::now();
            fetch(address, "/simple/");
            assert!(
                other.elapsed() < Duration::from_secs(1),
                "{name}: others wait"
            );
            page.join().expect("a page")
        });
        assert!(start.elapsed() < Duration::from_secs(5), "{name}");
        let source = description[..30].replace('<', "&lt;").replace('>', "&gt;");
        assert!(
            page.contains(&format!("<pre>{source}")),
            "{name}: the source"
        );
    }
    let used = peak_memory(index.process.id()) - before;
    assert!(used < 300_000, "{used} kB");
}

/// In kB.
#[cfg(target_os = "linux")]
fn peak_memory(process: u32) -> u64 {
    #[expect(clippy::disallowed_methods, reason = "the test measures")]
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).expect("a process");
    let mut lines = status.lines();
    let peak = lines.find_map(|line| line.strip_prefix("VmHWM:"));
    let number = peak
        .and_then(|peak| peak.split_whitespace().next())
        .expect("a number");
    number.parse().expect("a number")
}

/// Uploads a wheel with this description in Markdown, and gives the response.
#[cfg(target_os = "linux")]
#[expect(clippy::disallowed_methods, reason = "the test is the client")]
fn upload(address: &str, token: &str, name: &str, description: &str) -> String {
    use std::io::{Read as _, Write as _};

    use sha2::{Digest as _, Sha256};

    let wheel = pypi_metadata::testing::wheel(name, "1.0");
    let digest = Sha256::digest(&wheel.bytes);
    let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    let mut body = Vec::new();
    for (key, value) in [
        (":action", "file_upload"),
        ("metadata_version", "2.1"),
        ("name", name),
        ("version", "1.0"),
        ("filetype", "bdist_wheel"),
        ("pyversion", "py3"),
        ("sha256_digest", &digest),
        ("description_content_type", "text/markdown"),
        ("description", description),
    ] {
        let part =
            format!("--bound\r\nContent-Disposition: form-data; name=\"{key}\"\r\n\r\n{value}\r\n");
        body.extend(part.into_bytes());
    }
    let head = format!(
        "--bound\r\nContent-Disposition: form-data; name=\"content\"; filename=\"{}\"\r\n\r\n",
        wheel.filename
    );
    body.extend(head.into_bytes());
    body.extend(&wheel.bytes);
    body.extend(b"\r\n--bound--\r\n");
    let head = format!(
        "POST /legacy/ HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {token}\r\nconnection: close\r\n\
         content-type: multipart/form-data; boundary=bound\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    let mut stream = std::net::TcpStream::connect(address).expect("a connection");
    stream.write_all(head.as_bytes()).expect("sent");
    stream.write_all(&body).expect("sent");
    let mut response = String::new();
    stream.read_to_string(&mut response).expect("a response");
    response
}

/// In clock ticks, 100 per second.
#[cfg(target_os = "linux")]
#[expect(clippy::disallowed_methods, reason = "the test measures")]
fn processor_time(process: u32) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).expect("a process");
    let (_, fields) = stat.rsplit_once(')').expect("a name");
    let fields: Vec<&str> = fields.split_whitespace().collect();
    let ticks = |field: usize| -> u64 { fields[field].parse().expect("a number") };
    ticks(11) + ticks(12)
}

#[test]
fn the_index_runs_a_sigstore_instance() {
    let index = Served::start(&[]);
    let url = index.told["url"].as_str().expect("a URL");
    let sigstore = &index.told["sigstore"];
    assert_eq!(sigstore["fulcio"], format!("{url}sigstore/fulcio"));
    assert_eq!(sigstore["rekor"], format!("{url}sigstore/rekor"));
    let path = sigstore["trust_config"].as_str().expect("a URL");
    let address = url.trim_start_matches("http://").trim_end_matches('/');
    let path = path
        .trim_start_matches("http://")
        .trim_start_matches(address);
    let config: Value = serde_json::from_str(&fetch(address, path)).expect("JSON");
    assert_eq!(
        config["signingConfig"]["caUrls"][0]["url"],
        sigstore["fulcio"]
    );
    assert_eq!(
        config["signingConfig"]["rekorTlogUrls"][0]["url"],
        sigstore["rekor"]
    );
}

/// The body of a page.
fn fetch(address: &str, path: &str) -> String {
    let response = fetch_from(address, address, path);
    let (_, body) = response.split_once("\r\n\r\n").expect("a body");
    body.to_owned()
}

/// The response to a request for this host.
#[expect(clippy::disallowed_methods, reason = "the test is the client")]
fn fetch_from(address: &str, host: &str, path: &str) -> String {
    use std::io::{Read as _, Write as _};

    let mut stream = std::net::TcpStream::connect(address).expect("a connection");
    let request = format!("GET {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).expect("sent");
    let mut response = String::new();
    stream.read_to_string(&mut response).expect("a response");
    response
}
