//! The live log: the newest requests, those of a publication together.

mod filter;
pub(super) mod group;
pub(super) mod step;

use std::collections::BTreeSet;

use maud::{Markup, html};

use self::filter::Filter;
use self::group::{Group, Outcome, grouped, version};
use self::step::step;
use super::View;
use super::format::{count, duration, moment};
use super::layout::{Page, Section};
use super::parts::{Tone, badge, client, is_refused};
use crate::api::record::RecordedRequest;
use crate::api::response::Response;
use crate::warehouse::Exchange;

/// How many groups the page shows at most, and how many requests of each.
const SHOWN: usize = 50;
const SHOWN_REQUESTS: usize = 200;

/// Handles `GET /log`.
pub(super) fn page(view: &View<'_>) -> Response {
    let exchanges: Vec<&Exchange> = view.state.exchanges.iter().collect();
    let groups = grouped(view.requests.iter().copied(), &exchanges);
    let filter = Filter::parse(view.query);
    let shown: Vec<(&Group<'_>, Vec<&RecordedRequest>)> = groups
        .iter()
        .rev()
        .filter(|group| filter.shows_group(group))
        .map(|group| (group, filter.requests(group)))
        .filter(|(_, requests)| !requests.is_empty())
        .take(SHOWN)
        .collect();
    let projects: BTreeSet<&String> = groups.iter().flat_map(Group::projects).collect();
    let reload = if view.query.is_empty() {
        "/log".to_owned()
    } else {
        format!("/log?{}", view.query)
    };
    Page {
        title: "Live log",
        current: Section::Log,
        hero: html! {
            h1 { "Live log" }
            p.lead { "What clients asked, and what the index responded. The newest is at the top." }
            (filter.form(&projects))
        },
        content: html! {
            div.live-bar {
                a.button #reload href=(reload) { "Reload" }
                button #pause type="button" aria-pressed="false" hidden { "Pause" }
                p #live-status role="status" {}
            }
            div #live data-live="/log/events" {
                p.quiet { (summary(&shown)) }
                @if shown.is_empty() {
                    p.empty {
                        @if filter.is_empty() { "No requests yet." } @else { "No request passes this filter." }
                    }
                }
                @for (group, requests) in &shown { (section(view, group, requests)) }
            }
        },
    }
    .into_response()
}

fn summary(shown: &[(&Group<'_>, Vec<&RecordedRequest>)]) -> String {
    let publications = shown
        .iter()
        .filter(|(group, _)| group.is_publication)
        .count();
    let requests = || shown.iter().flat_map(|(_, requests)| requests);
    let refused = requests().filter(|request| is_refused(request)).count();
    format!(
        "{}, {}, {refused} refused",
        count(publications, "publication"),
        count(requests().count(), "request")
    )
}

fn section(view: &View<'_>, group: &Group<'_>, requests: &[&RecordedRequest]) -> Markup {
    let first = group.requests.first();
    let id = format!("group-{}", first.map_or(0, |request| request.number));
    let (start, whole) = group.span();
    let newest = requests.len().saturating_sub(SHOWN_REQUESTS);
    let requests = requests.get(newest..).unwrap_or_default();
    html! {
        section.group aria-labelledby=(id) {
            div.group-head {
                h2 id=(id) { (title(group)) " " (outcome(group)) }
                p.quiet {
                    @if let Some(publisher) = publisher(view, group) { (publisher) " · " }
                    @if !group.agent.is_empty() { (client(group.agent)) " · " }
                    @if let Some(first) = first { (moment(first.time)) " · " }
                    (count(group.requests.len(), "request")) " in " (duration(whole))
                    @if requests.len() < group.requests.len() { ", " (requests.len()) " shown" }
                }
            }
            ol.steps { @for request in requests { (step(request, start, whole)) } }
        }
    }
}

/// What a group is about: the releases that are uploaded, else the projects.
pub(super) fn title(group: &Group<'_>) -> String {
    let uploads = group.requests.iter();
    let releases: BTreeSet<String> = uploads
        .filter_map(|request| {
            Some(format!(
                "{} {}",
                group::project(request)?,
                version(request)?
            ))
        })
        .collect();
    let names = if releases.is_empty() {
        group.projects()
    } else {
        &releases
    };
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let shown = match names.as_slice() {
        [] => String::new(),
        [.., last] if names.len() > 3 => format!("{} and {} more", last, names.len() - 1),
        _ => names.join(", "),
    };
    match (group.is_publication, shown.as_str()) {
        (true, "") => "Publication".to_owned(),
        (false, "") => "Other requests".to_owned(),
        (true, _) => shown,
        (false, _) => format!("Reading {shown}"),
    }
}

fn outcome(group: &Group<'_>) -> Markup {
    if !group.is_publication {
        return html! {};
    }
    match group.outcome() {
        Outcome::Nothing => badge(Tone::Neutral, "No upload"),
        Outcome::Partly => badge(Tone::Warning, "Partly published"),
        Outcome::Published => badge(Tone::Good, "Published"),
        Outcome::Refused => badge(Tone::Bad, "Refused"),
    }
}

/// The trusted publisher whose ID token was exchanged, with a link to its claims.
fn publisher(view: &View<'_>, group: &Group<'_>) -> Option<Markup> {
    let tokens: Vec<&str> = group
        .requests
        .iter()
        .filter_map(|request| request.token.as_deref())
        .collect();
    let mut exchanges = view.state.exchanges.iter().rev();
    let exchange = exchanges.find(|exchange| tokens.contains(&exchange.id_token.as_str()))?;
    let name = match &exchange.outcome {
        Ok(granted) => granted.publisher.publisher.to_string(),
        Err(_) => "ID token refused".to_owned(),
    };
    Some(html! { a href={ "/log/tokens#token-" (exchange.id_token) } { (name) } })
}
