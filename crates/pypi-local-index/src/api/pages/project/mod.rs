//! A project: its releases, one of them in full, and its history.

mod files;
mod history;
mod links;
mod publishers;
mod sidebar;

use maud::{Markup, html};
use pypi_metadata::{ProjectName, Version};

use super::format::{count, day};
use super::layout::{self, Page, Section};
use super::parts::{Tone, badge, copied, icon};
use super::{View, readme};
use crate::api::response::Response;
use crate::config::Status;
use crate::warehouse::{Project, Release};

/// Handles `GET /project/{name}/`: the newest release.
pub(super) fn newest(view: &View<'_>, name: &str) -> Response {
    with_project(view, name, |project| match project.newest() {
        Some(release) => release_page(view, project, release),
        None => empty_page(view, project),
    })
}

/// Handles `GET /project/{name}/{version}/`.
pub(super) fn release(view: &View<'_>, name: &str, version: &str) -> Response {
    with_project(view, name, |project| {
        let version = Version::parse(version).ok();
        match version.and_then(|version| project.release(&version)) {
            Some(release) => release_page(view, project, release),
            None => layout::not_found(),
        }
    })
}

/// Handles `GET /project/{name}/history/`.
pub(super) fn history(view: &View<'_>, name: &str) -> Response {
    with_project(view, name, |project| history::page(view, project))
}

fn with_project(view: &View<'_>, name: &str, page: impl Fn(&Project) -> Response) -> Response {
    let Ok(parsed) = ProjectName::parse(name) else {
        return layout::not_found();
    };
    let normalized = parsed.normalized();
    if name != normalized {
        return Response::moved(&format!("/project/{normalized}/"));
    }
    view.state
        .project(normalized)
        .map_or_else(layout::not_found, page)
}

fn release_page(view: &View<'_>, project: &Project, release: &Release) -> Response {
    let title = format!("{} {}", project.name.as_str(), release.version);
    let description = readme::description(release);
    let publishers = publishers::of(view.state, project);
    Page {
        title: &title,
        current: Section::Projects,
        hero: hero(view, project, release),
        content: html! {
            (status_note(project))
            div.columns {
                div {
                    nav.sections aria-label="Release" {
                        ul {
                            li { a href="#description" { "Description" } }
                            li { a href="#files" { "Files" span.tally { (release.files.len()) } } }
                            li { a href="#history" { "History" span.tally { (project.shown_releases().len()) } } }
                            li { a href="#publishers" { "Publishers" span.tally { (publishers.len()) } } }
                            li { a href="#metadata" { "Metadata" } }
                        }
                    }
                    section aria-labelledby="description" {
                        h2.visually-hidden #description { "Project description" }
                        @match description {
                            Some(description) => (description),
                            None => p.empty { "The author has not written a description." },
                        }
                    }
                    section aria-labelledby="files" {
                        h2 #files { "Files" }
                        (files::list(view.root, project, release))
                    }
                    section aria-labelledby="history" {
                        h2 #history { "Release history" }
                        (history::releases(project, Some(release)))
                        p { a href=(format!("/project/{}/history/", project.name.normalized())) { "Everything that happened to this project" } }
                    }
                    section aria-labelledby="publishers" {
                        h2 #publishers { "Trusted publishers" }
                        (publishers::list(&publishers))
                    }
                }
                aside aria-labelledby="metadata" { (sidebar::metadata(view, project, release)) }
            }
        },
    }
    .into_response()
}

fn hero(view: &View<'_>, project: &Project, release: &Release) -> Markup {
    let name = project.name.normalized();
    let is_newest = project
        .newest()
        .is_some_and(|newest| newest.version == release.version);
    let simple = format!("{}simple/", view.root);
    let pinned = if is_newest {
        String::new()
    } else {
        format!("=={}", release.version)
    };
    let command = format!("pip install --index-url {simple} {name}{pinned}");
    html! {
        div.release-head {
            div {
                h1 { (project.name.as_str()) " " span.version { (release.version) } }
                @if let Some(summary) = release.field("summary") { p.lead { (summary) } }
            }
            div.marks { (marks(project, release)) p.released { "Released " (day(release.created)) } }
        }
        (copied(&command, "the install command"))
    }
}

fn marks(project: &Project, release: &Release) -> Markup {
    let newest = project
        .newest()
        .filter(|newest| newest.version != release.version);
    let path = format!("/project/{}/", project.name.normalized());
    html! {
        p {
            @if release.yanked.is_some() {
                (badge(Tone::Bad, "Yanked"))
            }
            @if release.version.is_prerelease() {
                " " (badge(Tone::Warning, "Pre-release"))
            }
            @match newest {
                None => { " " span.badge.good { (icon("check")) "Latest version" } }
                Some(newest) => { " " a.badge.neutral href=(path) { "Latest version: " (newest.version) } }
            }
        }
        @if let Some(reason) = release.yanked.as_deref().filter(|reason| !reason.is_empty()) {
            p.reason { "Reason for yanking: " (reason) }
        }
    }
}

fn status_note(project: &Project) -> Markup {
    html! {
        @match project.status {
            Status::Active => {}
            Status::Archived => p.note.warning { "This project is archived: nobody can upload to it." },
            Status::Quarantined => p.note.bad { "This project is in quarantine: its files are hidden from installers." },
        }
    }
}

fn empty_page(view: &View<'_>, project: &Project) -> Response {
    let publishers = publishers::of(view.state, project);
    Page {
        title: project.name.as_str(),
        current: Section::Projects,
        hero: html! {
            h1 { (project.name.as_str()) }
            p.lead { "No files yet. " (count(publishers.len(), "trusted publisher")) "." }
        },
        content: html! {
            (status_note(project))
            section aria-labelledby="publishers" {
                h2 #publishers { "Trusted publishers" }
                (publishers::list(&publishers))
            }
            p { a href=(format!("/project/{}/history/", project.name.normalized())) { "Everything that happened to this project" } }
        },
    }
    .into_response()
}
