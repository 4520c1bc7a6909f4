//! A request in full.

use maud::{Markup, html};

use super::View;
use super::format::{duration, moment, size};
use super::layout::{self, Page, Section};
use super::log::group::{Group, filename, grouped};
use super::log::{step, title};
use super::parts::{Tone, badge, copied, facts, is_refused, status, status_text};
use crate::api::record::{RecordedRequest, RecordedValue};
use crate::api::response::Response;
use crate::config::Route;
use crate::warehouse::Exchange;

/// The longest text of a field that is shown in full, in characters.
const MAX_SHOWN: usize = 4000;

/// How many requests of the same publication are linked, before and after this one.
const NEAR: usize = 12;

/// Handles `GET /log/requests/{number}`.
pub(super) fn page(view: &View<'_>, number: &str) -> Response {
    let number: Option<u64> = number.parse().ok();
    let mut requests = view.requests.iter().copied();
    let Some(request) = requests.find(|request| Some(request.number) == number) else {
        return layout::not_found();
    };
    let name = step::name(request.route);
    let heading = format!("{name}: {} {}", request.method, request.path);
    Page {
        title: &heading,
        current: Section::Log,
        hero: html! {
            p.crumbs { a href={ "/log#request-" (request.number) } { "Live log" } " / Request " (request.number) }
            h1 { (name) " " (status(request)) }
            p.lead { code { (request.method) " " (request.path) } }
        },
        content: html! {
            @if is_refused(request) { div.note.bad { (step::why(request)) } }
            div.columns {
                div {
                    (form(request))
                    @if let Some(body) = &request.body {
                        section aria-labelledby="body" {
                            h2 #body { "Body" }
                            (shortened(body))
                        }
                    }
                    section aria-labelledby="headers" {
                        h2 #headers { "Headers" }
                        (table("The headers of the request, in order", request.headers.iter().map(|(name, value)| {
                            (name.as_str(), html! { code { (value) } })
                        })))
                    }
                }
                aside aria-label="Response" {
                    section.panel aria-labelledby="response" {
                        h2 #response { "Response" }
                        (facts(&[
                            ("Status", html! { (status_text(request)) }),
                            ("Rule", html! { @match request.rule { Some(rule) => code { (rule) }, None => "None was violated" } }),
                            ("Time", moment(request.time)),
                            ("Duration", html! { (duration(request.duration)) }),
                            ("Token", token(view, request)),
                        ]))
                    }
                    (siblings(view, request))
                }
            }
        },
    }
    .into_response()
}

/// The token that the request carried, without revealing it.
fn token(view: &View<'_>, request: &RecordedRequest) -> Markup {
    let Some(token) = &request.token else {
        return html! { "None" };
    };
    let exchange = view.state.exchanges.iter().rev().find(|exchange| {
        let granted = exchange.outcome.as_ref().ok();
        exchange.id_token == *token || granted.is_some_and(|granted| granted.token == *token)
    });
    html! {
        @if request.route == Route::Mint { "ID token " } @else { "API token " }
        @match exchange {
            Some(exchange) => a href={ "/log/tokens#token-" (exchange.id_token) } { code { (token) } },
            None => code { (token) },
        }
        span.quiet { " (the beginning of its SHA-256)" }
    }
}

fn form(request: &RecordedRequest) -> Markup {
    if request.fields.is_empty() {
        return html! {};
    }
    let ignored: Vec<&str> = request.ignored_fields().collect();
    html! {
        @for (name, value) in &request.fields {
            @if let RecordedValue::File { filename, size: bytes, sha256 } = value {
                section.panel aria-label={ "File " (filename) } {
                    h2 { "File" }
                    (facts(&[
                        ("Name", html! { code { (filename) } }),
                        ("Field", html! { code { (name) } }),
                        ("Size", html! { (size(*bytes)) @if *bytes >= 1000 { " (" (bytes) " bytes)" } }),
                        ("SHA-256", copied(sha256, "the SHA-256")),
                    ]))
                }
            }
        }
        section aria-labelledby="form" {
            h2 #form { "Form fields" }
            @if !ignored.is_empty() {
                p.note.warning { "PyPI does not read every field of this form, and says nothing: " (ignored.join(", ")) "." }
            }
            (table("The fields of the form, in the order in which they were sent", request.fields.iter().map(|(name, value)| {
                (name.as_str(), field(name, value, &ignored))
            })))
        }
    }
}

fn field(name: &str, value: &RecordedValue, ignored: &[&str]) -> Markup {
    html! {
        @match value {
            RecordedValue::File { filename, size: bytes, .. } => { (filename) ", " (size(*bytes)) }
            RecordedValue::Text(text) => { (shortened(text)) }
        }
        @if ignored.contains(&name) { " " (badge(Tone::Warning, "Not read by PyPI")) }
    }
}

fn shortened(text: &str) -> Markup {
    let cut = text.char_indices().nth(MAX_SHOWN).map(|(at, _)| at);
    let shown = cut.and_then(|at| text.get(..at)).unwrap_or(text);
    html! {
        @if text.is_empty() { span.quiet { "Empty" } }
        @else if text.contains('\n') || cut.is_some() { pre { (shown) } }
        @else { code { (shown) } }
        @if let Some(at) = cut { p.quiet { "… and " (text.len() - at) " more bytes" } }
    }
}

fn table<'t>(caption: &str, rows: impl Iterator<Item = (&'t str, Markup)>) -> Markup {
    html! {
        table.pairs role="table" {
            caption.visually-hidden { (caption) }
            thead.visually-hidden role="rowgroup" {
                tr role="row" {
                    th scope="col" role="columnheader" { "Name" }
                    th scope="col" role="columnheader" { "Value" }
                }
            }
            tbody role="rowgroup" {
                @for (name, value) in rows {
                    tr role="row" {
                        th scope="row" role="rowheader" { (name) }
                        td role="cell" { (value) }
                    }
                }
            }
        }
    }
}

/// The requests of the same publication, near this one.
fn siblings(view: &View<'_>, request: &RecordedRequest) -> Markup {
    let exchanges: Vec<&Exchange> = view.state.exchanges.iter().collect();
    let groups = grouped(view.requests.iter().copied(), &exchanges);
    let position = |group: &Group<'_>| {
        let mut requests = group.requests.iter();
        requests.position(|other| other.number == request.number)
    };
    let found = groups
        .iter()
        .find_map(|group| Some((group, position(group)?)));
    let Some((group, position)) = found else {
        return html! {};
    };
    let near = group.requests.iter().skip(position.saturating_sub(NEAR));
    html! {
        nav.panel aria-labelledby="siblings" {
            h2 #siblings { (title(group)) }
            ol.plain {
                @for other in near.take(2 * NEAR + 1) {
                    li {
                        a href={ "/log/requests/" (other.number) } aria-current=[(other.number == request.number).then_some("page")] {
                            (step::name(other.route))
                        }
                        " " (status(other))
                        @if let Some(filename) = filename(other) { span.quiet.file { (filename) } }
                    }
                }
            }
        }
    }
}
