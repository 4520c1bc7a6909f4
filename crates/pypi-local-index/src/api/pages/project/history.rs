//! The releases of a project, and what happened to it.

use maud::{Markup, html};

use crate::api::pages::View;
use crate::api::pages::format::{count, day, moment};
use crate::api::pages::layout::{Page, Section};
use crate::api::pages::parts::{Tone, badge};
use crate::api::response::Response;
use crate::warehouse::{Project, ProjectEvent, ProjectEventKind, Release};

/// The page with the whole history.
pub(super) fn page(view: &View<'_>, project: &Project) -> Response {
    let name = project.name.normalized();
    let events: Vec<&ProjectEvent> = view
        .state
        .events
        .iter()
        .filter(|event| event.project == name)
        .rev()
        .collect();
    let title = format!("History of {}", project.name.as_str());
    Page {
        title: &title,
        current: Section::Projects,
        hero: html! {
            h1 { "History of " a href=(format!("/project/{name}/")) { (project.name.as_str()) } }
            p.lead {
                (count(project.shown_releases().len(), "release")) ", created " (day(project.created))
            }
        },
        content: html! {
            section aria-labelledby="releases" {
                h2 #releases { "Releases" }
                (releases(project, None))
            }
            section aria-labelledby="events" {
                h2 #events { "Events" }
                @if events.is_empty() {
                    p.empty { "Nothing has happened since the index was started." }
                } @else {
                    ol.events {
                        @for event in &events {
                            li { span.quiet { (moment(event.time)) } " " span { (sentence(&event.kind)) } }
                        }
                    }
                }
            }
        },
    }
    .into_response()
}

fn sentence(kind: &ProjectEventKind) -> Markup {
    html! {
        @match kind {
            ProjectEventKind::FileAdded { filename } => { "File " code { (filename) } " was uploaded" }
            ProjectEventKind::FileRemoved { filename } => { "File " code { (filename) } " was deleted" }
            ProjectEventKind::ProjectCreated => { "The project was created" }
            ProjectEventKind::StatusChanged => { "The status of the project was changed" }
            ProjectEventKind::TokenMinted => { "An API token was minted for a trusted publisher" }
            ProjectEventKind::Yanked => { "A release was yanked or unyanked" }
        }
    }
}

/// The releases, the newest first. `shown` is the one that the page is about.
pub(super) fn releases(project: &Project, shown: Option<&Release>) -> Markup {
    let releases = project.shown_releases();
    let newest = project.newest().map(|release| &release.version);
    let name = project.name.normalized();
    html! {
        @if releases.is_empty() { p.empty { "No files yet." } }
        @else {
            ol.releases {
                @for release in releases.iter().rev() {
                    @let is_shown = shown.is_some_and(|shown| shown.version == release.version);
                    li {
                        a.number href=(format!("/project/{name}/{}/", release.version)) aria-current=[is_shown.then_some("page")] {
                            (release.version)
                        }
                        span.release-marks {
                            @if newest == Some(&release.version) { (badge(Tone::Good, "Latest")) " " }
                            @if release.version.is_prerelease() { (badge(Tone::Warning, "Pre-release")) " " }
                            @if release.yanked.is_some() { (badge(Tone::Bad, "Yanked")) " " }
                        }
                        span.quiet { (day(release.created)) " · " (count(release.files.len(), "file")) }
                        @if let Some(reason) = release.yanked.as_deref().filter(|reason| !reason.is_empty()) {
                            p.reason { "Reason for yanking: " (reason) }
                        }
                    }
                }
            }
        }
    }
}
