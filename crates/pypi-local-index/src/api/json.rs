//! The JSON API: `/pypi/{name}/json` and `/pypi/{name}/{version}/json`.

use http::StatusCode;
use http::header::CACHE_CONTROL;
use serde_json::{Map, Value, json};
use url::Url;

use super::normal::{
    extra, keywords, license_expression, natural, requirement, requires_python, title_case,
};
use super::response::Response;
use super::simple::{LAST_SERIAL, file_url, metadata_digest};
use super::time::{iso_8601, iso_8601_seconds};
use crate::config::User;
use crate::warehouse::{File, Project, Release, State};

/// Handles `GET /pypi/{name}/json` and `/pypi/{name}/{version}/json`. `tail` is what follows in the URL.
pub(crate) fn project_json(state: &State, root: &Url, names: &[&str], tail: &str) -> Response {
    let Some((project, release)) = state.release_called(names) else {
        return Response::not_found();
    };
    let version = names.get(1);
    let normalized = project.name.normalized();
    if names.first() != Some(&normalized) {
        let version = version.map(|version| format!("/{version}"));
        let version = version.unwrap_or_default();
        let response = Response::moved(&format!("/pypi/{normalized}{version}/json{tail}"));
        return cached(response);
    }
    let mut body = json!({
        "info": info(project, release, root),
        "last_serial": project.last_serial,
        "ownership": ownership(project),
        "urls": files(root, release),
        "vulnerabilities": [],
    });
    if let (None, Some(body)) = (version, body.as_object_mut()) {
        let releases: Map<String, Value> = project
            .releases
            .iter()
            .map(|release| (release.version.to_string(), files(root, release)))
            .collect();
        body.insert("releases".to_owned(), releases.into());
    }
    let body = format!("{body}\n");
    cached(Response::bytes(StatusCode::OK, "application/json", body))
        .header(LAST_SERIAL, project.last_serial.to_string())
}

fn cached(response: Response) -> Response {
    response.cors().header(CACHE_CONTROL, "max-age=900, public")
}

/// The form keys of the metadata fields that are texts.
const TEXTS: [&str; 11] = [
    "author",
    "author_email",
    "description_content_type",
    "download_url",
    "home_page",
    "license",
    "maintainer",
    "maintainer_email",
    "platform",
    "summary",
    "version",
];

fn info(project: &Project, release: &Release, root: &Url) -> Value {
    let (name, version) = (project.name.as_str(), release.version.to_string());
    let page = format!("{root}project/{name}/");
    let mut info: Map<String, Value> = TEXTS
        .iter()
        .map(|key| ((*key).to_owned(), release.field(key).into()))
        .collect();
    let list = |key: &str, normal: fn(&str) -> String| {
        let items: Vec<String> = release.fields(key).map(normal).collect();
        (!items.is_empty()).then_some(items)
    };
    let mut classifiers: Vec<&str> = release.fields("classifiers").collect();
    classifiers.sort_by_key(|classifier| natural(classifier));
    classifiers.dedup();
    let urls: Map<String, Value> = release
        .fields("project_urls")
        .filter_map(|item| item.split_once(','))
        .map(|(label, url)| (label.trim().to_owned(), url.trim().into()))
        .collect();
    let reason = release.yanked.as_deref();
    let rest = json!({
        "bugtrack_url": null,
        "classifiers": classifiers,
        "description": release.field("description").unwrap_or_default(),
        "docs_url": null,
        "downloads": {"last_day": -1, "last_month": -1, "last_week": -1},
        "dynamic": list("dynamic", title_case),
        "keywords": release.field("keywords").map(keywords),
        "license_expression": release.field("license_expression").map(license_expression),
        "license_files": list("license_file", str::to_owned),
        "name": name,
        "package_url": page,
        "project_url": page,
        "project_urls": (!urls.is_empty()).then_some(urls),
        "provides_extra": list("provides_extra", extra),
        "release_url": format!("{page}{version}/"),
        "requires_dist": list("requires_dist", requirement),
        "requires_python": requires_python(release),
        "version": version,
        "yanked": reason.is_some(),
        "yanked_reason": reason.filter(|reason| !reason.is_empty()),
    });
    if let Value::Object(rest) = rest {
        info.extend(rest);
    }
    info.into()
}

fn ownership(project: &Project) -> Value {
    let built_in = [User::BUILT_IN.to_owned()];
    let members = match project.members.is_empty() {
        true => built_in.iter().collect(),
        false => project.members.iter().collect::<Vec<_>>(),
    };
    let roles: Vec<Value> = members
        .into_iter()
        .map(|user| json!({"role": "Owner", "user": user}))
        .collect();
    json!({"organization": null, "roles": roles})
}

fn files(root: &Url, release: &Release) -> Value {
    let mut files: Vec<&File> = release.files.iter().collect();
    files.sort_by(|a, b| a.filename.cmp(&b.filename));
    files
        .into_iter()
        .map(|file| entry(root, release, file))
        .collect()
}

fn entry(root: &Url, release: &Release, file: &File) -> Value {
    json!({
        "comment_text": file.comment,
        "core-metadata": metadata_digest(file),
        "digests": file.digests,
        "downloads": -1,
        "filename": file.filename,
        "has_sig": false,
        "md5_digest": file.digests.md5,
        "packagetype": if file.is_sdist { "sdist" } else { "bdist_wheel" },
        "python_version": if file.is_sdist { "source" } else { &file.python_version },
        "requires_python": requires_python(release),
        "size": file.size,
        "upload_time": iso_8601_seconds(file.uploaded),
        "upload_time_iso_8601": iso_8601(file.uploaded),
        "url": file_url(root, file),
        "yanked": release.yanked.is_some(),
        "yanked_reason": release.yanked.as_deref().filter(|reason| !reason.is_empty()),
    })
}
