//! What a webhook is told of a release.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

use pypi_local_index::{Fault, Route};
use serde_json::{Value, json};

use crate::{
    command::{text, write},
    job::{HUSH, Job},
};

/// A service that replies with a status to every request, and remembers the bodies.
struct Service {
    url: String,
    bodies: Arc<Mutex<Vec<Value>>>,
}

impl Service {
    #[expect(clippy::disallowed_methods, reason = "a service on this machine")]
    fn start(status: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a socket");
        let address = listener.local_addr().expect("an address");
        let bodies = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&bodies);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let body = reply(stream.expect("a connection"), status);
                seen.lock().expect("unpoisoned").push(body);
            }
        });
        Self {
            url: format!("http://{address}/services/{HUSH}?key={HUSH}"),
            bodies,
        }
    }

    fn bodies(&self) -> Vec<Value> {
        self.bodies.lock().expect("unpoisoned").clone()
    }
}

/// Reads a request with a JSON body, and replies.
fn reply(stream: TcpStream, status: u16) -> Value {
    let mut reader = BufReader::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).expect("a line");
        let line = line.trim_end().to_ascii_lowercase();
        if let Some(value) = line.strip_prefix("content-length: ") {
            length = value.parse().expect("a number");
        }
        if line.is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).expect("a body");
    let answer = format!("HTTP/1.1 {status} X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    reader.get_mut().write_all(answer.as_bytes()).expect("sent");
    serde_json::from_slice(&body).expect("JSON")
}

/// The job of a tag, which tells the service.
fn job(service: &Service, settings: &str) -> Job {
    let mut job = Job::of_tag();
    job.set("HOOK", &service.url);
    job.settings(&format!("[webhook]\nurl-env = 'HOOK'\n{settings}"));
    job
}

#[test]
fn a_service_is_told_of_success_and_failure() {
    let service = Service::start(200);
    let job = job(&service, "");
    let host = job
        .index
        .upload_url()
        .host_str()
        .expect("a host")
        .to_owned();
    job.index.add_fault(Fault::on(Route::Upload).respond(
        400,
        "text/plain",
        "400 No such \"thing\"",
    ));
    assert_eq!(job.release(&["-v"]).exit, 1);
    job.index.clear_faults();
    assert_eq!(job.release(&["-v"]).exit, 0);
    let bodies = service.bodies();
    let text = bodies[0]["text"].as_str().expect("text");
    assert!(
        text.starts_with("Release of demo 1.0.0 failed at publish: "),
        "{text}"
    );
    assert!(text.contains("No such \"thing\""), "{text}");
    assert_eq!(
        bodies[1..],
        [json!({"text": format!("Released demo 1.0.0 to {host}")})]
    );
}

#[test]
fn nobody_is_told_of_nothing() {
    let service = Service::start(200);
    let job = job(&service, "");
    assert_eq!(job.release(&["--dry-run"]).exit, 0);
    assert_eq!(job.release(&["--only", "version"]).exit, 0);
    let job = job.on("pull_request", "refs/pull/1/merge");
    assert_eq!(job.release(&[]).exit, 0);
    assert_eq!(service.bodies(), [Value::Null; 0]);
}

#[test]
fn only_the_results_that_are_set_are_sent() {
    let service = Service::start(200);
    let job = job(&service, "on = ['failure']\n");
    assert_eq!(job.release(&[]).exit, 0);
    assert_eq!(service.bodies(), [Value::Null; 0]);
    assert_eq!(job.release(&["--skip", "version", "dist/none.whl"]).exit, 1);
    assert_eq!(service.bodies().len(), 1);
}

#[test]
fn a_template_makes_the_body() {
    let service = Service::start(204);
    let template = r#"{"content": {{ text }}, "ok": {{ success }}, "step": {{ step }}, "what": {{ released }}}"#;
    let job = job(&service, &format!("template = '{template}'\n"));
    assert_eq!(job.release(&[]).exit, 0);
    write(
        &job.folder,
        "hook.json",
        br#"{"embeds": [{"url": {{ pages[0] }}, "title": {{ index }}}]}"#,
    );
    job.settings("[webhook]\nurl-env = 'HOOK'\ntemplate = 'hook.json'\n");
    assert_eq!(job.release(&[]).exit, 0);
    let bodies = service.bodies();
    assert_eq!(
        (&bodies[0]["ok"], &bodies[0]["step"], &bodies[0]["what"]),
        (&json!(true), &Value::Null, &json!(["demo 1.0.0"]))
    );
    let url = bodies[1]["embeds"][0]["url"].as_str().expect("a URL");
    assert!(url.ends_with("/o/r/releases/tag/v1.0.0"), "{url}");
}

#[test]
fn a_service_that_fails_changes_nothing() {
    let service = Service::start(404);
    let job = job(&service, "");
    let refused = job.release(&["-v"]);
    assert_eq!(refused.exit, 0);
    let said = "pypi-release: warning: the webhook was not called: its service replied 404";
    assert!(refused.stderr.contains(said), "{}", refused.stderr);

    let mut job = job;
    for (url, said) in [
        // A port that nobody listens on.
        (
            format!("http://127.0.0.1:1/{HUSH}"),
            "its service could not be reached",
        ),
        (
            format!("{HUSH} is not a URL"),
            "variable HOOK does not contain a URL",
        ),
        (
            format!("data:{HUSH}"),
            "variable HOOK does not contain a URL",
        ),
    ] {
        job.set("HOOK", &url);
        let ran = job.release(&["-v", "--json"]);
        assert_eq!((ran.exit, &ran.json()["success"]), (0, &json!(true)));
        assert!(ran.stderr.contains(said), "{}", ran.stderr);
    }
    job.variables.remove("HOOK");
    let unset = job.release(&[]);
    assert!(
        unset.exit == 0 && unset.stderr.contains("variable HOOK is not set"),
        "{}",
        unset.stderr
    );
    job.set("HOOK", &service.url);
    job.settings("[webhook]\nurl-env = 'HOOK'\ntemplate = '{ {{ no_such_value }} }'\n");
    let wrong = job.release(&[]);
    assert!(
        wrong.exit == 0 && wrong.stderr.contains("the webhook was not called"),
        "{}",
        wrong.stderr
    );
}

#[test]
fn a_rehearsal_is_not_news() {
    let service = Service::start(200);
    let job = job(&service, "");
    let saved = tempfile::tempdir().expect("a folder");
    let page = json!({"meta": {"api-version": "1.4"}, "name": "demo", "files": []});
    fs::create_dir(saved.path().join("demo")).expect("a folder");
    write(&saved, "demo/simple.json", page.to_string().as_bytes());
    let mut command = job.bare(&["--no-install", "--index", "local"]);
    command.args(["--seed-folder", text(saved.path())]);
    let ran = job.run(command);
    assert_eq!(ran.exit, 0, "{}", ran.stderr);
    assert_eq!(service.bodies(), [Value::Null; 0]);
    assert_eq!(job.release(&[]).exit, 0);
    assert_eq!(service.bodies().len(), 1, "the release itself is");
}
