//! The simple API (PEP 503, 592, 629, 658, 691, 700, 714, 740 and 792).

use http::StatusCode;
use http::header::{CACHE_CONTROL, ETAG, HeaderName, VARY};
use pypi_metadata::ProjectName;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use url::Url;

use crate::api::accept;
use crate::api::form::hex;
use crate::api::response::{Answer, escape_html};
use crate::config::clock::iso_8601;
use crate::server::dispatch::moved;
use crate::warehouse::{File, Project, Release, State, Status};

/// What a client asked for, of what this API looks at, and what it gets to see of it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Asked<'r> {
    pub(crate) accept: Option<&'r str>,
    pub(crate) if_none_match: Option<&'r str>,
    /// Files that are not shown.
    pub(crate) hidden: Vec<String>,
    /// The serial that is shown, when it is another than the true one.
    pub(crate) serial: Option<u64>,
}

const API_VERSION: &str = "1.4";

const HTML: &str = "text/html";
const HTML_V1: &str = "application/vnd.pypi.simple.v1+html";
const JSON_V1: &str = "application/vnd.pypi.simple.v1+json";

pub(crate) const LAST_SERIAL: HeaderName = HeaderName::from_static("x-pypi-last-serial");

/// Answers `GET /simple/{rest}`.
pub(crate) fn page(state: &State, root: &Url, rest: &str, asked: &Asked<'_>) -> Answer {
    let Ok(name) = ProjectName::parse(rest.strip_suffix('/').unwrap_or(rest)) else {
        return Answer::not_found();
    };
    let canonical = format!("{}/", name.normalized());
    if rest != canonical {
        return moved(&format!("/simple/{canonical}"));
    }
    match state.project(name.normalized()) {
        Some(project) => detail(project, root, asked),
        None => Answer::not_found(),
    }
}

/// Answers `GET /simple/`; quarantined projects are hidden.
pub(crate) fn projects(state: &State, asked: &Asked<'_>) -> Answer {
    let shown = || {
        state
            .projects()
            .filter(|project| project.status != Status::Quarantined)
    };
    let content_type = negotiate(asked);
    let serial = asked.serial.unwrap_or(state.serial);
    let text = if content_type == JSON_V1 {
        let entry = |project: &Project| json!({"name": project.name.as_str(), "_last-serial": project.last_serial});
        let projects: Vec<Value> = shown().map(entry).collect();
        json!({"meta": meta(serial), "projects": projects}).to_string()
    } else {
        let links: Vec<String> = shown()
            .map(|project| (project.name.normalized(), project.name.as_str()))
            .map(|(name, shown)| format!("<a href=\"/simple/{name}/\">{shown}</a><br />"))
            .collect();
        html("Simple index", "", &links, serial)
    };
    answer(content_type, text, serial, asked)
}

fn detail(project: &Project, root: &Url, asked: &Asked<'_>) -> Answer {
    let is_hidden = project.status == Status::Quarantined;
    let releases = if is_hidden {
        Vec::new()
    } else {
        project.shown_releases()
    };
    let mut files: Vec<(&Release, &File)> = Vec::new();
    for release in &releases {
        let mut own: Vec<&File> = release.files.iter().collect();
        own.retain(|file| !asked.hidden.contains(&file.filename));
        own.sort_by(|a, b| a.filename.cmp(&b.filename));
        files.extend(own.into_iter().map(|file| (*release, file)));
    }
    let name = project.name.normalized();
    let serial = asked.serial.unwrap_or(project.last_serial);
    let content_type = negotiate(asked);
    let text = if content_type == JSON_V1 {
        let versions: Vec<String> = releases
            .iter()
            .map(|release| release.version.to_string())
            .collect();
        let files: Vec<Value> = files
            .iter()
            .map(|(release, file)| entry(root, name, release, file))
            .collect();
        json!({
            "meta": meta(serial),
            "name": name,
            "project-status": {"status": status(project)},
            "versions": versions,
            "files": files,
        })
        .to_string()
    } else {
        let links: Vec<String> = files
            .iter()
            .map(|(release, file)| link(root, name, release, file))
            .collect();
        let title = format!("Links for {name}");
        let heading = format!("    <h1>{title}</h1>\n");
        let page = html(&title, &heading, &links, serial);
        let status = format!(
            "    <meta name=\"pypi:project-status\" content=\"{}\">\n    <title>",
            status(project)
        );
        page.replacen("    <title>", &status, 1)
    };
    answer(content_type, text, serial, asked)
}

/// The status of a project (PEP 792).
fn status(project: &Project) -> &'static str {
    match project.status {
        Status::Active => "active",
        Status::Archived => "archived",
        Status::Quarantined => "quarantined",
    }
}

fn meta(serial: u64) -> Value {
    json!({"api-version": API_VERSION, "_last-serial": serial})
}

fn entry(root: &Url, project: &str, release: &Release, file: &File) -> Value {
    let yanked = match release.yanked.as_deref() {
        None => false.into(),
        Some("") => true.into(),
        Some(reason) => Value::from(reason),
    };
    json!({
        "filename": file.filename,
        "url": file_url(root, file),
        "hashes": {"sha256": file.sha256},
        "requires-python": release.field("requires_python"),
        "size": file.size,
        "upload-time": iso_8601(file.uploaded),
        "yanked": yanked,
        "core-metadata": metadata_digest(file),
        "data-dist-info-metadata": metadata_digest(file),
        "provenance": provenance_url(root, project, release, file),
    })
}

/// The hash of the metadata beside a wheel, or `false` (PEP 714).
pub(crate) fn metadata_digest(file: &File) -> Value {
    match &file.metadata_sha256 {
        Some(digest) => json!({"sha256": digest}),
        None => false.into(),
    }
}

fn provenance_url(root: &Url, project: &str, release: &Release, file: &File) -> Option<String> {
    let name = &file.filename;
    file.provenance.as_ref()?;
    Some(format!(
        "{root}integrity/{project}/{}/{name}/provenance",
        release.version
    ))
}

fn link(root: &Url, project: &str, release: &Release, file: &File) -> String {
    let mut attributes = String::new();
    let mut add = |name: &str, value: &str| {
        attributes.push_str(&format!(" {name}=\"{}\"", escape_html(value)));
    };
    if let Some(text) = release.field("requires_python") {
        add("data-requires-python", text);
    }
    if let Some(reason) = &release.yanked {
        add("data-yanked", reason);
    }
    if let Some(digest) = &file.metadata_sha256 {
        add("data-dist-info-metadata", &format!("sha256={digest}"));
        add("data-core-metadata", &format!("sha256={digest}"));
    }
    if let Some(url) = provenance_url(root, project, release, file) {
        add("data-provenance", &url);
    }
    let (url, sha256) = (file_url(root, file), &file.sha256);
    let filename = escape_html(&file.filename);
    format!("<a href=\"{url}#sha256={sha256}\"{attributes}>{filename}</a><br />")
}

fn html(title: &str, heading: &str, links: &[String], serial: u64) -> String {
    let links: String = links.iter().map(|link| format!("    {link}\n")).collect();
    format!(
        "<!DOCTYPE html>\n<html>\n  <head>\n    <meta name=\"pypi:repository-version\" content=\"{API_VERSION}\">\n    \
         <title>{title}</title>\n  </head>\n  <body>\n{heading}{links}  </body>\n</html>\n<!--SERIAL {serial}-->"
    )
}

/// PyPI never answers 406 here: what no client asked for is HTML.
fn negotiate(asked: &Asked<'_>) -> &'static str {
    accept::best(asked.accept.unwrap_or_default(), &[HTML, HTML_V1, JSON_V1]).unwrap_or(HTML)
}

fn answer(content_type: &'static str, text: String, serial: u64, asked: &Asked<'_>) -> Answer {
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

/// The link to a file.
pub(crate) fn file_url(root: &Url, file: &File) -> String {
    let mut url = root.clone();
    if let Ok(mut segments) = url.path_segments_mut() {
        segments
            .clear()
            .push("files")
            .extend(file.path().split('/'));
    }
    url.into()
}
