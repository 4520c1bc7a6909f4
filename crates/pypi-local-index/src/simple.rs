//! The simple API (PEP 503, 691 and 700) and the files it links to.

use http::StatusCode;
use http::header::{CACHE_CONTROL, ETAG, HeaderName, VARY};
use pypi_metadata::ProjectName;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use url::Url;

use crate::accept;
use crate::answer::{Answer, escape_html};
use crate::clock::iso_8601;
use crate::form::hex;
use crate::state::{File, Project, Release, State};

/// What a client asked for, of what this API looks at.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked<'r> {
    pub(crate) accept: Option<&'r str>,
    pub(crate) if_none_match: Option<&'r str>,
}

const API_VERSION: &str = "1.4";

const HTML: &str = "text/html";
const HTML_V1: &str = "application/vnd.pypi.simple.v1+html";
const JSON_V1: &str = "application/vnd.pypi.simple.v1+json";

const LAST_SERIAL: HeaderName = HeaderName::from_static("x-pypi-last-serial");

/// Answers `GET /simple/{rest}`.
pub(crate) fn page(state: &State, root: &Url, rest: &str, asked: Asked<'_>) -> Answer {
    if rest.is_empty() {
        return projects(state, asked);
    }
    let Ok(name) = ProjectName::parse(rest.strip_suffix('/').unwrap_or(rest)) else {
        return Answer::not_found();
    };
    let canonical = format!("{}/", name.normalized());
    if rest != canonical {
        let location = format!("/simple/{canonical}");
        return Answer::moved(
            StatusCode::MOVED_PERMANENTLY,
            "Moved Permanently",
            &location,
        );
    }
    match state.project(name.normalized()) {
        Some(project) => detail(project, root, asked),
        None => Answer::not_found(),
    }
}

/// Answers `GET /files/{rest}`.
pub(crate) fn file(state: &State, rest: &str) -> Answer {
    // A client may escape more characters of the name than the link does.
    let plus_is_plus = format!("path={}", rest.replace('+', "%2B").replace('&', "%26"));
    let decoded = url::form_urlencoded::parse(plus_is_plus.as_bytes()).next();
    let path = decoded.map(|(_, path)| path).unwrap_or_default();
    match state
        .files()
        .map(|(_, _, file)| file)
        .find(|file| file_path(file) == *path)
    {
        Some(file) => Answer::bytes(
            StatusCode::OK,
            "application/octet-stream",
            file.bytes.clone(),
        )
        .with(CACHE_CONTROL, "max-age=365000000, immutable, public"),
        None => Answer::not_found(),
    }
}

fn projects(state: &State, asked: Asked<'_>) -> Answer {
    let names = || state.projects().map(|project| project.name.normalized());
    let content_type = negotiate(asked);
    let text = if content_type == JSON_V1 {
        let serial = |project: &Project| json!({"name": project.name.normalized(), "_last-serial": project.last_serial});
        let projects: Vec<Value> = state.projects().map(serial).collect();
        json!({"meta": meta(state.serial), "projects": projects}).to_string()
    } else {
        let links: Vec<String> = names()
            .map(|name| format!("<a href=\"/simple/{name}/\">{name}</a><br />"))
            .collect();
        html("Simple index", "", &links, state.serial)
    };
    answer(content_type, text, state.serial, asked)
}

fn detail(project: &Project, root: &Url, asked: Asked<'_>) -> Answer {
    let mut releases: Vec<&Release> = project.releases.iter().collect();
    releases.sort_by(|a, b| a.version.cmp(&b.version));
    let mut files: Vec<(&Release, &File)> = Vec::new();
    for release in &releases {
        let mut own: Vec<&File> = release.files.iter().collect();
        own.sort_by(|a, b| a.filename.cmp(&b.filename));
        files.extend(own.into_iter().map(|file| (*release, file)));
    }
    let name = project.name.normalized();
    let content_type = negotiate(asked);
    let text = if content_type == JSON_V1 {
        let versions: Vec<String> = releases
            .iter()
            .map(|release| release.version.to_string())
            .collect();
        let files: Vec<Value> = files
            .iter()
            .map(|(release, file)| entry(root, release, file))
            .collect();
        json!({
            "meta": meta(project.last_serial),
            "name": name,
            "project-status": {"status": "active"},
            "versions": versions,
            "files": files,
        })
        .to_string()
    } else {
        let links: Vec<String> = files
            .iter()
            .map(|(release, file)| link(root, release, file))
            .collect();
        let title = format!("Links for {name}");
        let heading = format!("    <h1>{title}</h1>\n");
        html(&title, &heading, &links, project.last_serial)
    };
    answer(content_type, text, project.last_serial, asked)
}

fn meta(serial: u64) -> Value {
    json!({"api-version": API_VERSION, "_last-serial": serial})
}

fn entry(root: &Url, release: &Release, file: &File) -> Value {
    json!({
        "filename": file.filename,
        "url": file_url(root, file),
        "hashes": {"sha256": file.sha256},
        "requires-python": release.requires_python,
        "size": file.bytes.len(),
        "upload-time": iso_8601(file.uploaded),
        "yanked": false,
        "core-metadata": false,
        "data-dist-info-metadata": false,
        "provenance": null,
    })
}

fn link(root: &Url, release: &Release, file: &File) -> String {
    let requires_python = match &release.requires_python {
        Some(text) => format!(" data-requires-python=\"{}\"", escape_html(text)),
        None => String::new(),
    };
    let (url, sha256) = (file_url(root, file), &file.sha256);
    let filename = escape_html(&file.filename);
    format!("<a href=\"{url}#sha256={sha256}\"{requires_python}>{filename}</a><br />")
}

fn html(title: &str, heading: &str, links: &[String], serial: u64) -> String {
    let links: String = links.iter().map(|link| format!("    {link}\n")).collect();
    format!(
        "<!DOCTYPE html>\n<html>\n  <head>\n    <meta name=\"pypi:repository-version\" content=\"{API_VERSION}\">\n    \
         <title>{title}</title>\n  </head>\n  <body>\n{heading}{links}  </body>\n</html>\n<!--SERIAL {serial}-->"
    )
}

/// PyPI never answers 406 here: what no client asked for is HTML.
fn negotiate(asked: Asked<'_>) -> &'static str {
    accept::best(asked.accept.unwrap_or_default(), &[HTML, HTML_V1, JSON_V1]).unwrap_or(HTML)
}

fn answer(content_type: &'static str, text: String, serial: u64, asked: Asked<'_>) -> Answer {
    let digest = hex(&Sha256::digest(format!("{content_type}\n{text}")));
    let etag = format!("\"{digest}\"");
    let is_known = asked.if_none_match.is_some_and(|known| {
        known
            .split(',')
            .any(|known| known.trim().trim_start_matches("W/") == etag)
    });
    let answer = if is_known {
        Answer::bytes(StatusCode::NOT_MODIFIED, content_type, "")
    } else {
        Answer::bytes(StatusCode::OK, content_type, text)
    };
    answer
        .with(VARY, "Accept")
        .with(ETAG, etag)
        .with(CACHE_CONTROL, "public, max-age=600")
        .with(LAST_SERIAL, serial.to_string())
}

/// The link to a file: PyPI names a folder by the digest, so that a link never leads to other bytes.
fn file_url(root: &Url, file: &File) -> String {
    let mut url = root.clone();
    if let Ok(mut segments) = url.path_segments_mut() {
        segments
            .clear()
            .push("files")
            .extend(file_path(file).split('/'));
    }
    url.into()
}

fn file_path(file: &File) -> String {
    let digest = &file.blake2b_256;
    let part = |range| digest.get(range).unwrap_or_default();
    format!(
        "{}/{}/{}/{}",
        part(0..2),
        part(2..4),
        part(4..64),
        file.filename
    )
}
