//! The simple API (PEP 503, 592, 629, 658, 691, 700, 714, 740 and 792).

use http::StatusCode;
use http::header::{CACHE_CONTROL, HeaderName};
use serde_json::{Value, json};
use url::Url;

use super::accept;
use super::normal::requires_python;
use super::response::{Response, escape_html};
use super::time::iso_8601;
use crate::config::Status;
use crate::warehouse::{File, Project, Release, State};

/// The headers of a page request, and how faults change the page.
#[derive(Clone, Debug, Default)]
pub(crate) struct PageRequest<'r> {
    pub(crate) accept: Option<&'r str>,
    /// The names of files that are left out.
    pub(crate) hidden: Vec<String>,
    /// The serial to show instead of the real one.
    pub(crate) serial: Option<u64>,
}

const API_VERSION: &str = "1.4";

const HTML: &str = "text/html";
const HTML_V1: &str = "application/vnd.pypi.simple.v1+html";
const JSON_V1: &str = "application/vnd.pypi.simple.v1+json";

pub(super) const LAST_SERIAL: HeaderName = HeaderName::from_static("x-pypi-last-serial");

/// Handles `GET /simple/{name}/`.
pub(crate) fn project_page(
    state: &State,
    root: &Url,
    name: &str,
    query: &str,
    request: &PageRequest<'_>,
) -> Response {
    let Some(project) = state.project_called(name) else {
        return Response::not_found();
    };
    let normalized = project.name.normalized();
    if name != normalized {
        let response = Response::moved(&format!("/simple/{normalized}/{query}"));
        return cached(response.cors());
    }
    detail(project, root, request)
}

/// Handles `GET /simple/`. Quarantined projects are hidden.
pub(crate) fn project_list(state: &State, request: &PageRequest<'_>) -> Response {
    let shown = || {
        state
            .projects()
            .filter(|project| project.status != Status::Quarantined)
    };
    let content_type = negotiate(request);
    let serial = request.serial.unwrap_or(state.serial);
    let text = if content_type == JSON_V1 {
        let entry = |project: &Project| json!({"name": project.name.as_str(), "_last-serial": project.last_serial});
        let projects: Vec<Value> = shown().map(entry).collect();
        format!("{}\n", json!({"meta": meta(serial), "projects": projects}))
    } else {
        let links: Vec<String> = shown()
            .map(|project| (project.name.normalized(), project.name.as_str()))
            .map(|(name, shown)| format!("<a href=\"/simple/{name}/\">{shown}</a>\n"))
            .collect();
        html("", "Simple index", "", &links)
    };
    response(content_type, text, serial)
}

fn detail(project: &Project, root: &Url, request: &PageRequest<'_>) -> Response {
    let is_hidden = project.status == Status::Quarantined;
    let releases = if is_hidden {
        Vec::new()
    } else {
        project.shown_releases()
    };
    let mut files: Vec<(&Release, &File)> = Vec::new();
    for release in &releases {
        let mut own: Vec<&File> = release.files.iter().collect();
        own.retain(|file| !request.hidden.contains(&file.filename));
        own.sort_by(|a, b| a.filename.cmp(&b.filename));
        files.extend(own.into_iter().map(|file| (*release, file)));
    }
    let name = project.name.normalized();
    let serial = request.serial.unwrap_or(project.last_serial);
    let content_type = negotiate(request);
    let text = if content_type == JSON_V1 {
        let versions: Vec<String> = releases
            .iter()
            .map(|release| release.version.to_string())
            .collect();
        let files: Vec<Value> = files
            .iter()
            .map(|(release, file)| entry(root, name, release, file))
            .collect();
        let body = json!({
            "meta": meta(serial),
            "name": name,
            "project-status": {"status": project.status.as_str()},
            "versions": versions,
            "files": files,
        });
        format!("{body}\n")
    } else {
        let links: Vec<String> = files
            .iter()
            .map(|(release, file)| link(root, name, release, file))
            .collect();
        let title = format!("Links for {name}");
        let heading = format!("    <h1>{title}</h1>\n");
        let status = project.status.as_str();
        let status = format!("<meta name=\"pypi:project-status\" content=\"{status}\">");
        let page = html(&status, &title, &heading, &links);
        format!("{page}\n<!--SERIAL {serial}-->")
    };
    response(content_type, text, serial)
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
        "hashes": {"sha256": file.digests.sha256},
        "requires-python": requires_python(release),
        "size": file.size,
        "upload-time": iso_8601(file.uploaded),
        "yanked": yanked,
        "core-metadata": metadata_digest(file),
        "data-dist-info-metadata": metadata_digest(file),
        "provenance": provenance_url(root, project, release, file),
    })
}

/// The digest of a wheel's `METADATA`, or `false` (PEP 714).
pub(super) fn metadata_digest(file: &File) -> Value {
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

/// A link as Warehouse's template writes it, with its spaces.
fn link(root: &Url, project: &str, release: &Release, file: &File) -> String {
    let mut attributes = String::new();
    if let Some(text) = requires_python(release) {
        attributes.push_str(&attribute("data-requires-python", &text));
    }
    if let Some(reason) = &release.yanked {
        attributes.push_str(&attribute("data-yanked", reason));
    }
    if let Some(digest) = &file.metadata_sha256 {
        let digest = format!("sha256={digest}");
        attributes.push_str(&attribute("data-dist-info-metadata", &digest));
        attributes.push_str(attribute("data-core-metadata", &digest).trim_end());
    }
    if let Some(url) = provenance_url(root, project, release, file) {
        attributes.push_str(&format!(
            " {}",
            attribute("data-provenance", &url).trim_end()
        ));
    }
    let (url, sha256) = (file_url(root, file), &file.digests.sha256);
    let filename = escape_html(&file.filename);
    format!("<a href=\"{url}#sha256={sha256}\" {attributes}>{filename}</a><br />\n")
}

fn attribute(name: &str, value: &str) -> String {
    // The template engine and Python's `html.escape` write quotation marks differently.
    let value = escape_html(value)
        .replace("&quot;", "&#34;")
        .replace("&#x27;", "&#39;");
    format!("{name}=\"{value}\" ")
}

fn html(status: &str, title: &str, heading: &str, links: &[String]) -> String {
    let (title, links) = (escape_html(title), links.concat());
    let status = match status {
        "" => "    ".to_owned(),
        status => format!("{status}    "),
    };
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n  <head>\n    <meta name=\"pypi:repository-version\" content=\"{API_VERSION}\">\n\
         {status}<title>{title}</title>\n  </head>\n  <body>\n{heading}{links}</body>\n</html>"
    )
}

/// PyPI never responds with 406 here: HTML is the default, whatever the client accepts.
fn negotiate(request: &PageRequest<'_>) -> &'static str {
    accept::best(request.accept, &[HTML, HTML_V1, JSON_V1]).unwrap_or(HTML)
}

fn response(content_type: &'static str, text: String, serial: u64) -> Response {
    let content_type = match content_type {
        HTML => "text/html; charset=UTF-8",
        other => other,
    };
    let response = Response::bytes(StatusCode::OK, content_type, text).cors();
    cached(response).header(LAST_SERIAL, serial.to_string())
}

fn cached(response: Response) -> Response {
    response
        .vary("Accept")
        .header(CACHE_CONTROL, "max-age=600, public")
}

/// The URL of a file.
pub(super) fn file_url(root: &Url, file: &File) -> String {
    let mut url = root.clone();
    if let Ok(mut segments) = url.path_segments_mut() {
        segments
            .clear()
            .push("files")
            .extend(file.path().split('/'));
    }
    url.into()
}
