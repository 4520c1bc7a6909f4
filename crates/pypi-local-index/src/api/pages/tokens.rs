//! The newest exchanges of ID tokens, with their claims.

use maud::{Markup, html};
use serde_json::Value;

use super::View;
use super::format::{count, moment};
use super::layout::{Page, Section};
use super::parts::{Tone, badge, explanation, facts, icon, json_text, provider, scope};
use crate::api::record::RecordedRequest;
use crate::api::response::Response;
use crate::config::{Claims, Route};
use crate::warehouse::{
    Exchange, ExpectedClaim, Granted, RegisteredPublisher, Rejected, expected_claims,
};

/// Handles `GET /log/tokens`. The tokens themselves are not shown.
pub(super) fn page(view: &View<'_>) -> Response {
    let exchanges = &view.state.exchanges;
    Page {
        title: "Tokens",
        current: Section::Tokens,
        hero: html! {
            h1 { "Tokens" }
            p.lead { "ID tokens of CI jobs, exchanged for API tokens or refused. The newest is at the top." }
        },
        content: html! {
            @if exchanges.is_empty() { p.empty { "No ID token has been exchanged yet." } }
            @for exchange in exchanges.iter().rev() { (section(view, exchange)) }
        },
    }
    .into_response()
}

fn section(view: &View<'_>, exchange: &Exchange) -> Markup {
    let request = view.requests.iter().rev().find(|request| {
        request.route == Route::Mint && request.token.as_deref() == Some(&exchange.id_token)
    });
    let id = format!("token-{}", exchange.id_token);
    html! {
        section.group.token aria-labelledby=(id) {
            div.group-head {
                h2 id=(id) {
                    @match &exchange.outcome {
                        Ok(granted) => { (granted.publisher.publisher) " " (state(view, granted)) }
                        Err(_) => { (subject(&exchange.claims)) " " (badge(Tone::Bad, "Refused")) }
                    }
                }
                p.quiet {
                    (moment(exchange.time)) " · ID token " code { (exchange.id_token) }
                    @if let Ok(granted) = &exchange.outcome { " · API token " code { (granted.token) } }
                    @if let Some(request) = request {
                        " · " a href={ "/log/requests/" (request.number) } { "Request " (request.number) }
                    }
                }
            }
            @match &exchange.outcome {
                Ok(granted) => { (granted_facts(granted)) (claims(exchange, Some(&granted.publisher))) }
                Err(rejected) => { (refusal(exchange, rejected)) (claims(exchange, rejected.nearest.as_ref())) }
            }
        }
    }
}

/// What became of the API token.
fn state(view: &View<'_>, granted: &Granted) -> Markup {
    let burns = |request: &&&RecordedRequest| {
        request.route == Route::Burn && request.token.as_deref() == Some(&granted.token)
    };
    match view.requests.iter().find(burns) {
        Some(_) => badge(Tone::Neutral, "Burned"),
        None if view.now > granted.expires => badge(Tone::Neutral, "Expired"),
        None => badge(Tone::Good, "Active"),
    }
}

fn granted_facts(granted: &Granted) -> Markup {
    let RegisteredPublisher {
        publisher,
        scope: projects,
    } = &granted.publisher;
    facts(&[
        (
            "Publisher",
            html! { (provider(publisher)) ": " (publisher) },
        ),
        ("May upload to", html! { (scope(projects)) }),
        ("Expires", moment(granted.expires)),
    ])
}

fn refusal(exchange: &Exchange, rejected: &Rejected) -> Markup {
    html! {
        div.note.bad {
            p.message { (rejected.description) }
            (explanation(rejected.rule))
        }
        @match &rejected.nearest {
            Some(nearest) => p { (nearest_miss(exchange, nearest)) },
            None => p { "No trusted publisher of this provider is registered." },
        }
    }
}

fn nearest_miss(exchange: &Exchange, nearest: &RegisteredPublisher) -> Markup {
    let expected = expected_claims(&nearest.publisher);
    let unmet: Vec<&ExpectedClaim> = expected
        .iter()
        .filter(|claim| !claim.is_met(&exchange.claims))
        .collect();
    html! {
        strong { "Nearest publisher: " (nearest.publisher) } " (for " (scope(&nearest.scope)) "). "
        @if unmet.is_empty() { "All its claims match; the token was refused for another reason." }
        @else {
            (count(unmet.len(), "claim")) " of " (expected.len()) " differ" @if unmet.len() == 1 { "s" } ": "
            @for (position, claim) in unmet.iter().enumerate() {
                @if position > 0 { "; " }
                code { (claim.name) } " is "
                @match exchange.claims.get(claim.name) {
                    Some(value) => code { (json_text(value)) },
                    None => "missing",
                }
                ", not " code { (claim.expected) }
            }
            "."
        }
    }
}

/// The claims that the publisher checks, then the others.
fn claims(exchange: &Exchange, publisher: Option<&RegisteredPublisher>) -> Markup {
    let expected = publisher.map_or_else(Vec::new, |registered| {
        expected_claims(&registered.publisher)
    });
    let others = exchange
        .claims
        .iter()
        .filter(|(name, _)| expected.iter().all(|claim| claim.name != *name));
    let others: Vec<(&String, &Value)> = others.collect();
    html! {
        @if !expected.is_empty() {
            table.stack role="table" {
                caption { "Claims that the publisher checks" }
                thead role="rowgroup" {
                    tr role="row" {
                        @for column in ["Claim", "In the token", "Expected", "Result"] {
                            th scope="col" role="columnheader" { (column) }
                        }
                    }
                }
                tbody role="rowgroup" { @for claim in &expected { (checked(claim, &exchange.claims)) } }
            }
        }
        @if !others.is_empty() {
            details {
                summary { (count(others.len(), "other claim")) span.visually-hidden { " of the ID token " (exchange.id_token) } }
                table.pairs role="table" {
                    caption.visually-hidden { "Claims that the publisher does not check" }
                    tbody role="rowgroup" {
                        @for (name, value) in &others {
                            tr role="row" {
                                th scope="row" role="rowheader" { (name) }
                                td role="cell" { code { (json_text(value)) } @if let Some(time) = time(name, value) { " " span.quiet { (time) } } }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn checked(claim: &ExpectedClaim, claims: &Claims) -> Markup {
    let is_met = claim.is_met(claims);
    html! {
        tr.bad[!is_met] role="row" {
            th scope="row" role="rowheader" { code { (claim.name) } }
            td role="cell" data-label="In the token" {
                @match claims.get(claim.name) {
                    Some(value) => code { (json_text(value)) },
                    None => span.quiet { "None" },
                }
            }
            td role="cell" data-label="Expected" { code { (claim.expected) } }
            td role="cell" data-label="Result" {
                @if is_met { span.verdict.good { (icon("check")) "Matches" } }
                @else { span.verdict.bad { (icon("cross")) "Differs" } }
            }
        }
    }
}

/// Who a token says it is for.
fn subject(claims: &Claims) -> String {
    let subject = ["sub", "email"]
        .into_iter()
        .find_map(|name| claims.get(name)?.as_str());
    subject.unwrap_or("An unreadable ID token").to_owned()
}

/// The time of a claim that is one.
fn time(name: &str, value: &Value) -> Option<Markup> {
    matches!(name, "exp" | "iat" | "nbf" | "auth_time").then(|| value.as_u64().map(moment))?
}
