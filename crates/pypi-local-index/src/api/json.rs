//! The JSON API: `/pypi/{name}/json` and `/pypi/{name}/{version}/json`.

use http::StatusCode;
use http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL};
use pypi_metadata::{ProjectName, Version};
use serde_json::{Map, Value, json};
use url::Url;

use crate::api::response::Answer;
use crate::api::simple::{LAST_SERIAL, file_url, metadata_digest};
use crate::config::account::User;
use crate::config::clock::{iso_8601, iso_8601_seconds};
use crate::server::dispatch::moved;
use crate::warehouse::{File, Project, Release, State, Status};

/// Answers `GET /pypi/{rest}`.
pub(crate) fn answer(state: &State, root: &Url, rest: &str) -> Answer {
    let parts: Vec<&str> = rest.strip_suffix('/').unwrap_or(rest).split('/').collect();
    let (name, version) = match parts.as_slice() {
        [name, "json"] => (*name, None),
        [name, version, "json"] => (*name, Some(*version)),
        _ => return Answer::not_found(),
    };
    let Ok(parsed) = ProjectName::parse(name) else {
        return not_found();
    };
    let normalized = parsed.normalized();
    if name != normalized {
        let version = version
            .map(|version| format!("/{version}"))
            .unwrap_or_default();
        return moved(&format!("/pypi/{normalized}{version}/json"));
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
    Answer::json(StatusCode::OK, &body)
        .with(CACHE_CONTROL, "max-age=900, public")
        .with(ACCESS_CONTROL_ALLOW_ORIGIN, "*")
        .with(LAST_SERIAL, project.last_serial.to_string())
}

fn not_found() -> Answer {
    Answer::json(StatusCode::NOT_FOUND, &json!({"message": "Not Found"}))
}

/// The newest version that is neither yanked nor a pre-release; failing that, what comes next to it.
fn latest(project: &Project) -> Option<&Release> {
    let is_final = |release: &Release| !is_prerelease(&release.version);
    project.releases.iter().max_by(|a, b| {
        let order = |release: &Release| (release.yanked.is_none(), is_final(release));
        order(a)
            .cmp(&order(b))
            .then_with(|| a.version.cmp(&b.version))
    })
}

/// A canonical version has a letter in its public part for pre-releases and for `.post`.
fn is_prerelease(version: &Version) -> bool {
    let text = version.to_string();
    let public = text
        .split('+')
        .next()
        .unwrap_or_default()
        .replace(".post", "");
    public.contains(|c: char| c.is_ascii_alphabetic())
}

/// The fields of core metadata that are texts, by their form keys.
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

/// Those that are lists, and their names here.
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
    let own = [User::OWN.to_owned()];
    let members = if project.members.is_empty() {
        own.iter().collect()
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
        "digests": {"blake2b_256": file.blake2b_256, "md5": file.md5, "sha256": file.sha256},
        "downloads": -1,
        "filename": file.filename,
        "has_sig": false,
        "md5_digest": file.md5,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_post_release_is_final_and_a_development_release_is_not() {
        let is_pre = |text| is_prerelease(&Version::parse(text).expect("a version"));
        assert_eq!(["1.0", "1.0.post1", "1!2"].map(is_pre), [false; 3]);
        assert_eq!(
            ["1.0a1", "1.0.dev2", "1.0.post1.dev3"].map(is_pre),
            [true; 3]
        );
    }
}
