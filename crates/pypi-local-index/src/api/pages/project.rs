//! A project and a release of it.

use pypi_metadata::{ProjectName, Version};
use serde_json::Value;
use url::Url;

use super::Page;
use crate::api::response::{Response, escape_html};
use crate::api::simple::file_url;
use crate::api::time::iso_8601_seconds;
use crate::warehouse::{File, Project, Release, Scope, State};

/// Handles `GET /project/{name}/` and `GET /project/{name}/{version}/`.
pub(super) fn page(state: &State, root: &Url, name: &str, version: Option<&str>) -> Response {
    let Ok(parsed) = ProjectName::parse(name) else {
        return Response::not_found();
    };
    let normalized = parsed.normalized();
    if name != normalized {
        return Response::moved(&format!("/project/{normalized}/"));
    }
    let Some(project) = state.project(normalized) else {
        return Response::not_found();
    };
    let release = match version {
        None => project.shown_releases().last().copied(),
        Some(text) => match Version::parse(text)
            .ok()
            .and_then(|version| project.release(&version))
        {
            None => return Response::not_found(),
            found => found,
        },
    };
    let mut body = String::new();
    if let Some(release) = release {
        body.push_str(&shown_release(root, release));
    }
    body.push_str(&releases(project));
    body.push_str(&publishers(state, normalized));
    let title = match release {
        Some(release) => format!("{} {}", project.name.as_str(), release.version),
        None => project.name.as_str().to_owned(),
    };
    Page {
        title: &title,
        body,
        ..Page::default()
    }
    .into_response()
}

fn shown_release(root: &Url, release: &Release) -> String {
    let summary = release.field("summary").unwrap_or_default();
    let yanked = release.yanked.as_deref().map(|reason| {
        let reason = escape_html(reason);
        format!("<p class=\"refused\">This release is yanked. {reason}</p>\n")
    });
    let files: String = release
        .files
        .iter()
        .map(|file| shown_file(root, file))
        .collect();
    format!(
        "<p>{}</p>\n{}<h2>Files</h2>\n<ul>\n{files}</ul>\n{}",
        escape_html(summary),
        yanked.unwrap_or_default(),
        description(release)
    )
}

fn shown_file(root: &Url, file: &File) -> String {
    let provenance = match &file.provenance {
        Some(provenance) => {
            let publisher = provenance.pointer("/attestation_bundles/0/publisher");
            let text = publisher.map(Value::to_string).unwrap_or_default();
            format!(
                "<dt>Provenance</dt><dd><code>{}</code></dd>",
                escape_html(&text)
            )
        }
        None => String::new(),
    };
    format!(
        "<li><a href=\"{}\">{}</a> <span class=\"quiet\">{} bytes, uploaded {}</span>\n\
         <dl><dt>SHA-256</dt><dd><code>{}</code></dd><dt>BLAKE2b-256</dt><dd><code>{}</code></dd>{provenance}</dl></li>\n",
        escape_html(&file_url(root, file)),
        escape_html(&file.filename),
        file.size,
        iso_8601_seconds(file.uploaded),
        file.digests.sha256,
        file.digests.blake2b_256,
    )
}

fn description(release: &Release) -> String {
    let Some(text) = release
        .field("description")
        .filter(|text| !text.trim().is_empty())
    else {
        return String::new();
    };
    let content_type = release.field("description_content_type");
    let readme = rendered(text, content_type);
    format!("<h2>Description</h2>\n<div class=\"readme\">{readme}</div>\n")
}

/// The description as PyPI renders it. Its HTML has no scripts, and the page forbids them.
#[cfg(feature = "readme")]
fn rendered(text: &str, content_type: Option<&str>) -> String {
    let readme = pypi_metadata::readme::render(text, content_type);
    readme.html().to_owned()
}

/// The source of the description: this build has no renderer.
#[cfg(not(feature = "readme"))]
fn rendered(text: &str, _: Option<&str>) -> String {
    format!("<pre>{}</pre>", escape_html(text))
}

fn releases(project: &Project) -> String {
    let name = project.name.normalized();
    let shown = project.shown_releases();
    if shown.is_empty() {
        return "<p>No files yet.</p>\n".to_owned();
    }
    let items: String = shown
        .iter()
        .rev()
        .map(|release| escape_html(&release.version.to_string()))
        .map(|version| format!("<li><a href=\"/project/{name}/{version}/\">{version}</a></li>\n"))
        .collect();
    format!("<h2>Releases</h2>\n<ul>\n{items}</ul>\n")
}

fn publishers(state: &State, normalized: &str) -> String {
    let is_own = |scope: &Scope| match scope {
        Scope::Any => true,
        Scope::Projects(projects) => projects.contains(normalized),
    };
    let own = state
        .publishers
        .iter()
        .filter(|registered| is_own(&registered.scope));
    let items: String = own
        .map(|registered| escape_html(&registered.publisher.to_string()))
        .map(|publisher| format!("<li>{publisher}</li>\n"))
        .collect();
    if items.is_empty() {
        return "<h2>Trusted publishers</h2>\n<p>This project has no trusted publisher.</p>\n"
            .to_owned();
    }
    format!("<h2>Trusted publishers</h2>\n<ul>\n{items}</ul>\n")
}
