//! Which requests the log shows, by its query.

use std::collections::BTreeSet;

use maud::{Markup, html};

use super::group::Group;
use super::step;
use crate::api::pages::parts::is_refused;
use crate::api::record::RecordedRequest;
use crate::config::Route;

/// The query of the log. An unknown value shows everything.
#[derive(Debug, Default, Eq, PartialEq)]
pub(super) struct Filter {
    project: String,
    /// The first digit of the status; 0 is no response.
    class: Option<u16>,
    route: Option<Route>,
    is_refused_only: bool,
}

/// The classes of a status, with their values in the query.
const CLASSES: [(u16, &str, &str); 5] = [
    (2, "2xx", "2xx: success"),
    (3, "3xx", "3xx: elsewhere"),
    (4, "4xx", "4xx: refused"),
    (5, "5xx", "5xx: failed"),
    (0, "none", "No response"),
];

impl Filter {
    pub(super) fn parse(query: &str) -> Self {
        let mut filter = Self::default();
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "project" => filter.project = value.trim().to_owned(),
                "status" => {
                    let class = CLASSES.into_iter().find(|(_, known, _)| *known == value);
                    filter.class = class.map(|(class, ..)| class);
                }
                "route" => {
                    filter.route = step::ROUTES
                        .into_iter()
                        .find(|route| step::slug(*route) == value)
                }
                "refused" => filter.is_refused_only = !value.is_empty(),
                _ => {}
            }
        }
        filter
    }

    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether the log shows a group, if it shows any of its requests.
    pub(super) fn shows_group(&self, group: &Group<'_>) -> bool {
        self.project.is_empty() || group.projects().contains(&self.project)
    }

    /// The requests of a group that the log shows.
    pub(super) fn requests<'r>(&self, group: &Group<'r>) -> Vec<&'r RecordedRequest> {
        let all = group.requests.iter().copied();
        all.filter(|request| self.shows(request)).collect()
    }

    fn shows(&self, request: &RecordedRequest) -> bool {
        self.class.is_none_or(|class| request.status / 100 == class)
            && self.route.is_none_or(|route| request.route == route)
            && (!self.is_refused_only || is_refused(request))
    }

    /// The form that sets the filter. `projects` are those that can be chosen.
    pub(super) fn form(&self, projects: &BTreeSet<&String>) -> Markup {
        html! {
            form.filters action="/log" method="get" role="search" aria-label="Filter the log" {
                div {
                    label for="filter-project" { "Project" }
                    select #filter-project name="project" {
                        option value="" { "All projects" }
                        @if !self.project.is_empty() && !projects.contains(&&self.project) {
                            option value=(self.project) selected { (self.project) }
                        }
                        @for project in projects {
                            option value=(project) selected[**project == self.project] { (project) }
                        }
                    }
                }
                div {
                    label for="filter-status" { "Status" }
                    select #filter-status name="status" {
                        option value="" { "Every status" }
                        @for (class, value, name) in CLASSES {
                            option value=(value) selected[self.class == Some(class)] { (name) }
                        }
                    }
                }
                div {
                    label for="filter-route" { "Request" }
                    select #filter-route name="route" {
                        option value="" { "Every request" }
                        @for route in step::ROUTES {
                            option value=(step::slug(route)) selected[self.route == Some(route)] { (step::name(route)) }
                        }
                    }
                }
                div.check {
                    input #filter-refused type="checkbox" name="refused" value="on" checked[self.is_refused_only];
                    label for="filter-refused" { "Refused only" }
                }
                div.buttons {
                    button type="submit" { "Apply" }
                    @if !self.is_empty() { a.button href="/log" { "Clear" } }
                }
            }
        }
    }
}
