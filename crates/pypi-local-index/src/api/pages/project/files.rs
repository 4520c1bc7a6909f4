//! The files of a release.

use maud::{Markup, html};
use pypi_metadata::Filename;
use serde_json::Value;
use url::Url;

use crate::api::pages::format::{moment, size};
use crate::api::pages::parts::{Tone, badge, client, copied, facts, icon, json_text};
use crate::api::simple::file_url;
use crate::warehouse::{File, Project, Release};

pub(super) fn list(root: &Url, project: &Project, release: &Release) -> Markup {
    let (sources, built): (Vec<&File>, Vec<&File>) =
        release.files.iter().partition(|file| file.is_sdist);
    html! {
        @for (heading, none, files) in [
            ("Source distribution", "There is no source distribution of this release.", sources),
            ("Built distributions", "There is no built distribution of this release.", built),
        ] {
            h3 { (heading) }
            @if files.is_empty() { p.empty { (none) } }
            @else {
                ul.files { @for file in files { li { (item(root, project, release, file)) } } }
            }
        }
    }
}

fn item(root: &Url, project: &Project, release: &Release, file: &File) -> Markup {
    html! {
        p.file-name {
            a href=(file_url(root, file)) { (file.filename) }
            @if release.yanked.is_some() { " " (badge(Tone::Bad, "Yanked")) }
            @if file.provenance.is_some() { " " span.badge.good { (icon("check")) "Provenance" } }
        }
        p.quiet {
            (size(file.size)) " · uploaded " (moment(file.uploaded))
            @if file.is_without_bytes { " · without its bytes" }
            @if let Some(publisher) = &file.publisher { " · by the trusted publisher " (publisher) }
            @if let Some(agent) = &file.uploaded_with { " · with " (client(agent)) }
        }
        @if let Some(tags) = tags(file) {
            ul.tags aria-label="Tags" { @for tag in tags { li { code { (tag) } } } }
        }
        details {
            summary { "Hashes" span.visually-hidden { " of " (file.filename) } }
            (facts(&hashes(file)))
        }
        @if let Some(provenance) = &file.provenance {
            details {
                summary { "Provenance" span.visually-hidden { " of " (file.filename) } }
                (attested(project, release, file, provenance))
            }
        }
    }
}

/// The digests that are known: of a file without bytes, it may be the SHA-256 only.
fn hashes(file: &File) -> Vec<(&'static str, Markup)> {
    let digests = &file.digests;
    let named = [
        ("SHA-256", &digests.sha256, "the SHA-256"),
        ("BLAKE2b-256", &digests.blake2b_256, "the BLAKE2b-256"),
        ("MD5", &digests.md5, "the MD5"),
    ];
    let known = named
        .into_iter()
        .filter(|(_, digest, _)| !digest.is_empty());
    known
        .map(|(name, digest, what)| (name, copied(digest, what)))
        .collect()
}

/// The compatibility tags of a wheel.
fn tags(file: &File) -> Option<Vec<String>> {
    if file.is_sdist {
        return None;
    }
    let parsed = Filename::parse(&file.filename).ok()?;
    Some(parsed.tags().collect())
}

fn attested(project: &Project, release: &Release, file: &File, provenance: &Value) -> Markup {
    let bundles = provenance
        .get("attestation_bundles")
        .and_then(Value::as_array);
    let name = project.name.normalized();
    let path = format!(
        "/integrity/{name}/{}/{}/provenance",
        release.version, file.filename
    );
    html! {
        @for bundle in bundles.into_iter().flatten() {
            @let publisher = bundle.get("publisher").and_then(Value::as_object);
            @let attestations = bundle.get("attestations").and_then(Value::as_array);
            dl.facts {
                @for (key, value) in publisher.into_iter().flatten() {
                    @if !value.is_null() {
                        div { dt { (key) } dd { (json_text(value)) } }
                    }
                }
                div { dt { "attestations" } dd { (attestations.map_or(0, Vec::len)) } }
            }
        }
        p { a href=(path) { "Provenance object" span.visually-hidden { " of " (file.filename) } } }
    }
}
