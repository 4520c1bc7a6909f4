//! The trusted publishers of a project, and what each expects of an ID token.

use maud::{Markup, html};

use crate::api::pages::parts::{Tone, badge, provider};
use crate::warehouse::{Project, RegisteredPublisher, Scope, State, expected_claims};

/// The publishers that may upload to the project.
pub(super) fn of<'s>(state: &'s State, project: &Project) -> Vec<&'s RegisteredPublisher> {
    let is_own = |scope: &Scope| match scope {
        Scope::Any => true,
        Scope::Projects(projects) => projects.contains(project.name.normalized()),
    };
    let publishers = state.publishers.iter();
    publishers
        .filter(|registered| is_own(&registered.scope))
        .collect()
}

pub(super) fn list(publishers: &[&RegisteredPublisher]) -> Markup {
    html! {
        @if publishers.is_empty() { p.empty { "This project has no trusted publisher." } }
        @for registered in publishers {
            div.card {
                h3 {
                    (provider(&registered.publisher)) ": " (registered.publisher)
                    @if matches!(registered.scope, Scope::Any) { " " (badge(Tone::Neutral, "Every project")) }
                }
                table.stack role="table" {
                    caption.quiet { "An ID token gets an API token if its claims match" }
                    thead role="rowgroup" {
                        tr role="row" {
                            th scope="col" role="columnheader" { "Claim" }
                            th scope="col" role="columnheader" { "Expected" }
                        }
                    }
                    tbody role="rowgroup" {
                        @for claim in expected_claims(&registered.publisher) {
                            tr role="row" {
                                th scope="row" role="rowheader" { code { (claim.name) } }
                                td role="cell" data-label="Expected" { code { (claim.expected) } }
                            }
                        }
                    }
                }
            }
        }
    }
}
