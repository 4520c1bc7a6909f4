//! The list of projects.

use maud::{Markup, html};

use super::View;
use super::format::{count, day};
use super::layout::{Page, Section};
use super::parts::{Tone, badge, copied};
use crate::api::response::Response;
use crate::config::Status;
use crate::warehouse::Project;

/// Handles `GET /`.
pub(super) fn page(view: &View<'_>) -> Response {
    let projects: Vec<&Project> = view.state.projects().collect();
    let root = view.root.as_str();
    Page {
        title: "Projects",
        current: Section::Projects,
        hero: html! {
            h1 { "Projects" }
            p.lead { (count(projects.len(), "project")) ", " (count(view.state.files().count(), "file")) }
            dl.addresses {
                div { dt { "Upload to" } dd { (copied(&format!("{root}legacy/"), "the upload address")) } }
                div { dt { "Install from" } dd { (copied(&format!("{root}simple/"), "the address to install from")) } }
            }
        },
        content: html! {
            @if projects.is_empty() {
                p.empty { "No projects yet. The first upload creates one." }
            } @else {
                table.stack role="table" {
                    caption.visually-hidden { "All projects, in alphabetical order" }
                    thead role="rowgroup" {
                        tr role="row" {
                            @for column in ["Project", "Newest version", "Releases", "Files", "Last upload"] {
                                th scope="col" role="columnheader" { (column) }
                            }
                        }
                    }
                    tbody role="rowgroup" { @for project in &projects { (row(project)) } }
                }
            }
        },
    }
    .into_response()
}

fn row(project: &Project) -> Markup {
    let path = format!("/project/{}/", project.name.normalized());
    let newest = project.newest();
    let files = || project.releases.iter().flat_map(|release| &release.files);
    let summary = newest.and_then(|release| release.field("summary"));
    html! {
        tr role="row" {
            th scope="row" role="rowheader" {
                a href=(path) { (project.name.as_str()) }
                @match project.status {
                    Status::Active => {}
                    Status::Archived => { " " (badge(Tone::Warning, "Archived")) }
                    Status::Quarantined => { " " (badge(Tone::Bad, "Quarantined")) }
                }
                @if let Some(summary) = summary { span.summary { (summary) } }
            }
            td role="cell" data-label="Newest version" {
                @if let Some(release) = newest {
                    span.number { (release.version) }
                    @if release.yanked.is_some() { " " (badge(Tone::Bad, "Yanked")) }
                    @if release.version.is_prerelease() { " " (badge(Tone::Warning, "Pre-release")) }
                } @else { "None" }
            }
            td.number role="cell" data-label="Releases" { (project.shown_releases().len()) }
            td.number role="cell" data-label="Files" { (files().count()) }
            td role="cell" data-label="Last upload" {
                @match files().map(|file| file.uploaded).max() {
                    Some(time) => (day(time)),
                    None => "None",
                }
            }
        }
    }
}
