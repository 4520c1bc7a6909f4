//! Long replies of an index, and long files of what it replies.

use std::{
    fmt::Write as _,
    io::{BufRead as _, BufReader, Write as _},
    net::{TcpListener, TcpStream},
    path::Path,
    sync::Arc,
    thread,
};

use crate::{
    Arguments,
    archive::{METADATA, check_wheel, write},
};

/// The number of files of a long page.
const FILES: usize = 200_000;
const WHEEL: &str = "demo-1.0-py3-none-any.whl";

pub(crate) fn json_page(folder: &Path) -> Arguments {
    verify(folder, json(), "")
}

pub(crate) fn html_page(folder: &Path) -> Arguments {
    verify(folder, html(), "")
}

/// The page is a lookup before an upload.
pub(crate) fn json_page_of_publish(folder: &Path) -> Arguments {
    publish(folder, json(), "")
}

/// A page of so many files that it is not read.
pub(crate) fn page_of_too_many_files(folder: &Path) -> Arguments {
    let file = r#"{"filename":"","hashes":{}},"#.repeat(1_000_000);
    let page = format!("{{\"files\":[{}]}}", file.trim_end_matches(','));
    publish(folder, page, "")
}

/// A page of one string, which is escaped.
pub(crate) fn page_of_one_string(folder: &Path) -> Arguments {
    let reason = "\\n".repeat(10 << 20);
    let page =
        format!(r#"{{"files":[{{"filename":"{WHEEL}","hashes":{{}},"yanked":"{reason}"}}]}}"#);
    publish(folder, page, "")
}

/// A page of one tag.
pub(crate) fn page_of_attributes(folder: &Path) -> Arguments {
    publish(folder, format!("<a {}", "x ".repeat(15 << 20)), "")
}

/// A rejection with a long text.
pub(crate) fn rejection(folder: &Path) -> Arguments {
    publish(folder, r#"{"files":[]}"#.to_owned(), &values(1 << 20))
}

pub(crate) fn values_as_attestation(folder: &Path) -> Arguments {
    inspect(folder, &values(4 << 20))
}

pub(crate) fn values_as_provenance(folder: &Path) -> Arguments {
    let provenance = format!(r#"{{"attestation_bundles":{}}}"#, values(4 << 20));
    inspect(folder, provenance.get(..4 << 20).expect("so long"))
}

pub(crate) fn values_as_bundle(folder: &Path) -> Arguments {
    let bundle = format!(r#"{{"mediaType":{}}}"#, values((1 << 20) - 20));
    inspect(folder, &bundle)
}

pub(crate) fn nested_attestation(folder: &Path) -> Arguments {
    inspect(folder, &"[".repeat(4 << 20))
}

/// JSON of this many bytes, of as many values as possible.
fn values(length: usize) -> String {
    let value = r#"{"":0},"#;
    let values = value.repeat((length - 2) / value.len());
    format!("[{}]", values.trim_end_matches(','))
}

fn inspect(folder: &Path, json: &str) -> Arguments {
    write(&folder.join("x.attestation"), json.as_bytes());
    ["attest", "inspect", "x.attestation"]
        .map(str::to_owned)
        .into()
}

fn verify(folder: &Path, page: String, reply: &str) -> Arguments {
    let index = serve(page, reply.to_owned());
    check_wheel(folder, &[]);
    let mut arguments = vec!["verify".to_owned(), WHEEL.to_owned()];
    arguments.extend(index);
    arguments.extend(["--timeout", "1s", "--no-provenance"].map(str::to_owned));
    arguments
}

fn publish(folder: &Path, page: String, reply: &str) -> Arguments {
    let index = serve(page, reply.to_owned());
    check_wheel(
        folder,
        &[("demo-1.0.dist-info/METADATA", METADATA.as_bytes())],
    );
    let mut arguments = vec!["publish".to_owned(), WHEEL.to_owned()];
    arguments.extend(index);
    arguments.extend(["--token-env", "TOKEN", "--no-verify"].map(str::to_owned));
    arguments
}

fn json() -> String {
    let mut page = r#"{"files":["#.to_owned();
    for number in 0..FILES {
        let name = format!("demo-1.{number}.tar.gz");
        let comma = if number == 0 { "" } else { "," };
        write!(
            page,
            r#"{comma}{{"filename":"{name}","hashes":{{"sha256":"{number:064x}"}},"url":"/f/{number:08x}/{name}"}}"#
        )
        .expect("text");
    }
    let other = "0".repeat(64);
    write!(
        page,
        r#",{{"filename":"{WHEEL}","hashes":{{"sha256":"{other}"}}}}]}}"#
    )
    .expect("text");
    page
}

fn html() -> String {
    let mut page = "<!DOCTYPE html>\n".to_owned();
    for number in 0..FILES {
        let name = format!("demo-1.{number}.tar.gz");
        writeln!(
            page,
            r#"<a href="/f/{number:016x}/{name}#sha256={number:064x}">{name}</a>"#
        )
        .expect("text");
    }
    let other = "0".repeat(64);
    writeln!(page, r#"<a href="/f/{WHEEL}#sha256={other}">{WHEEL}</a>"#).expect("text");
    page
}

/// The arguments for an index that replies `page` to every GET and 400 with `reply` to every POST, until the test ends.
#[expect(clippy::disallowed_methods, reason = "the test is the index")]
fn serve(page: String, reply: String) -> Arguments {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let replies = Arc::new((page, reply));
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let replies = Arc::clone(&replies);
            thread::spawn(move || answer(stream, &replies));
        }
    });
    let (upload, simple) = (
        format!("http://{address}/legacy/"),
        format!("http://{address}/simple/"),
    );
    ["--index", &upload, "--simple-url", &simple]
        .map(str::to_owned)
        .into()
}

/// Replies to one request, and closes the connection. A client that has read enough closes it before.
fn answer(mut stream: TcpStream, (page, reply): &(String, String)) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head).ok()? == 0 {
            return None;
        }
    }
    let (status, body) = match head.starts_with("POST") {
        true => ("400 Bad Request", reply),
        false => ("200 OK", page),
    };
    if let Some(length) = head.to_lowercase().split("content-length: ").nth(1) {
        let length = length.split_whitespace().next()?.parse().ok()?;
        std::io::copy(
            &mut std::io::Read::take(reader, length),
            &mut std::io::sink(),
        )
        .ok()?;
    }
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/vnd.pypi.simple.v1+json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).ok()?;
    stream.write_all(body.as_bytes()).ok()
}
