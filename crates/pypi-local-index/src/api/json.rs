//! The JSON API: `/pypi/{name}/json` and `/pypi/{name}/{version}/json`.

use http::StatusCode;
use http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL};
use pypi_metadata::{ProjectName, Version};
use serde_json::{Map, Value, json};
use url::Url;

use super::response::Response;
use super::simple::{LAST_SERIAL, file_url, metadata_digest};
use super::time::{iso_8601, iso_8601_seconds};
use crate::config::{Status, User};
use crate::warehouse::{File, Project, Release, State};

/// Handles `GET /pypi/{rest}`.
pub(crate) fn project_json(state: &State, root: &Url, rest: &str) -> Response {
    let parts: Vec<&str> = rest.strip_suffix('/').unwrap_or(rest).split('/').collect();
    let (name, version) = match parts.as_slice() {
        [name, "json"] => (*name, None),
        [name, version, "json"] => (*name, Some(*version)),
        _ => return Response::not_found(),
    };
    let Ok(parsed) = ProjectName::parse(name) else {
        return not_found();
    };
    let normalized = parsed.normalized();
    if name != normalized {
        let version = version
            .map(|version| format!("/{version}"))
            .unwrap_or_default();
        return Response::moved(&format!("/pypi/{normalized}{version}/json"));
    }
    let project = state
        .project(normalized)
        .filter(|project| project.status != Status::Quarantined);
    let release = project.and_then(|project| match version {
        Some(version) => project.release(&Version::parse(version).ok()?),
        None => latest(project),
    });
    let (Some(project), Some(release)) = (project, release) else {
        return not_found();
    };
    let mut body = json!({
        "info": info(project, release, root),
        "last_serial": project.last_serial,
        "ownership": ownership(project),
        "urls": files(root, release),
        "vulnerabilities": [],
    });
    if let (None, Some(body)) = (version, body.as_object_mut()) {
        let releases: Map<String, Value> = project
            .shown_releases()
            .into_iter()
            .map(|release| (release.version.to_string(), files(root, release)))
            .collect();
        body.insert("releases".to_owned(), releases.into());
    }
    Response::json(StatusCode::OK, &body)
        .header(CACHE_CONTROL, "max-age=900, public")
        .header(ACCESS_CONTROL_ALLOW_ORIGIN, "*")
        .header(LAST_SERIAL, project.last_serial.to_string())
}

fn not_found() -> Response {
    Response::json(StatusCode::NOT_FOUND, &json!({"message": "Not Found"}))
}

/// The newest version, preferring those that are not yanked, then those that are not pre-releases.
fn latest(project: &Project) -> Option<&Release> {
    let is_final = |release: &Release| !release.version.is_prerelease();
    project.releases.iter().max_by(|a, b| {
        let order = |release: &Release| (release.yanked.is_none(), is_final(release));
        order(a)
            .cmp(&order(b))
            .then_with(|| a.version.cmp(&b.version))
    })
}

/// The form keys of the metadata fields that are texts.
const TEXTS: [&str; 14] = [
    "author",
    "author_email",
    "description",
    "description_content_type",
    "download_url",
    "home_page",
    "keywords",
    "license",
    "license_expression",
    "maintainer",
    "maintainer_email",
    "platform",
    "requires_python",
    "summary",
];

/// The form keys of the metadata fields that are lists, and their keys here.
const LISTS: [(&str, &str); 5] = [
    ("dynamic", "dynamic"),
    ("license_file", "license_files"),
    ("provides_extra", "provides_extra"),
    ("requires_dist", "requires_dist"),
    ("classifiers", "classifiers"),
];

fn info(project: &Project, release: &Release, root: &Url) -> Value {
    let (name, version) = (project.name.as_str(), release.version.to_string());
    let page = format!("{root}project/{}/", project.name.normalized());
    let mut info = Map::new();
    let mut set = |key: &str, value: Value| info.insert(key.to_owned(), value);
    for key in TEXTS {
        let text = release.field(key);
        let or_empty = !matches!(
            key,
            "license_expression" | "requires_python" | "description_content_type"
        );
        set(
            key,
            text.map_or_else(
                || if or_empty { "".into() } else { Value::Null },
                Value::from,
            ),
        );
    }
    for (key, shown) in LISTS {
        let items: Vec<&str> = release.fields(key).collect();
        let none = if key == "classifiers" {
            json!([])
        } else {
            Value::Null
        };
        set(shown, if items.is_empty() { none } else { items.into() });
    }
    let urls: Map<String, Value> = release
        .fields("project_urls")
        .filter_map(|item| item.split_once(','))
        .map(|(label, url)| (label.trim().to_owned(), url.trim().into()))
        .collect();
    set(
        "project_urls",
        if urls.is_empty() {
            Value::Null
        } else {
            urls.into()
        },
    );
    set("name", name.into());
    set("version", version.as_str().into());
    set("package_url", page.as_str().into());
    set("project_url", page.as_str().into());
    set("release_url", format!("{page}{version}/").into());
    set("yanked", release.yanked.is_some().into());
    let reason = release
        .yanked
        .as_deref()
        .filter(|reason| !reason.is_empty());
    set("yanked_reason", reason.map_or(Value::Null, Value::from));
    info.into()
}

fn ownership(project: &Project) -> Value {
    let built_in = [User::BUILT_IN.to_owned()];
    let members = if project.members.is_empty() {
        built_in.iter().collect()
    } else {
        project.members.iter().collect::<Vec<_>>()
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
        "comment_text": "",
        "core-metadata": metadata_digest(file),
        "digests": file.digests,
        "downloads": -1,
        "filename": file.filename,
        "has_sig": false,
        "md5_digest": file.digests.md5,
        "packagetype": if file.is_sdist { "sdist" } else { "bdist_wheel" },
        "python_version": if file.is_sdist { "source" } else { &file.python_version },
        "requires_python": release.field("requires_python"),
        "size": file.size,
        "upload_time": iso_8601_seconds(file.uploaded),
        "upload_time_iso_8601": iso_8601(file.uploaded),
        "url": file_url(root, file),
        "yanked": release.yanked.is_some(),
        "yanked_reason": release.yanked.as_deref().filter(|reason| !reason.is_empty()),
    })
}
