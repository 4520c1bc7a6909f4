//! A request as a step of a publication.

use std::time::Duration;

use maud::{Markup, html};
use pypi_metadata::Rule;

use super::group::{filename, project};
use crate::api::pages::format::duration;
use crate::api::pages::parts::{explanation, is_refused, status};
use crate::api::record::RecordedRequest;
use crate::config::Route;

/// The routes that the log shows, in the order of a publication.
pub(crate) const ROUTES: [Route; 16] = [
    Route::Simple,
    Route::SimpleIndex,
    Route::Json,
    Route::Audience,
    Route::Runner,
    Route::Certificate,
    Route::LogEntry,
    Route::TrustRoot,
    Route::Mint,
    Route::Upload,
    Route::Burn,
    Route::File,
    Route::Metadata,
    Route::Provenance,
    Route::Issuer,
    Route::Other,
];

/// What a request is for.
pub(crate) fn name(route: Route) -> &'static str {
    match route {
        Route::Audience => "Audience",
        Route::Burn => "Burn",
        Route::Certificate => "Certificate",
        Route::File => "Download",
        Route::Issuer => "Issuer",
        Route::Json => "JSON API",
        Route::LogEntry => "Log entry",
        Route::Metadata => "Metadata",
        Route::Mint => "Mint",
        Route::Other => "Other",
        Route::Page => "Page",
        Route::Provenance => "Provenance",
        Route::Runner => "ID token",
        Route::Simple => "Lookup",
        Route::SimpleIndex => "List of projects",
        Route::TrustRoot => "Trust root",
        Route::Upload => "Upload",
    }
}

/// The value of a route in a query.
pub(crate) fn slug(route: Route) -> String {
    name(route).to_lowercase().replace(' ', "-")
}

/// A request in the list of its group, which began at `start` and took `whole`.
pub(crate) fn step(request: &RecordedRequest, start: Duration, whole: Duration) -> Markup {
    let is_bad = is_refused(request);
    let target = filename(request)
        .map(str::to_owned)
        .or_else(|| project(request));
    let path = request.path.split('?').next().unwrap_or_default();
    html! {
        li.step.bad[is_bad] id={ "request-" (request.number) } {
            div.step-name {
                a href={ "/log/requests/" (request.number) } {
                    strong { (name(request.route)) }
                    @if let Some(target) = target { " " span.target { (target) } }
                }
                code.quiet { (request.method) " " (path) }
            }
            div.step-status { (status(request)) }
            (bar(request, start, whole, is_bad))
            span.step-time { (duration(request.duration)) }
            @if is_bad { div.step-why { (why(request)) } }
        }
    }
}

/// Why a request was refused: the message of the index, and the rule.
pub(crate) fn why(request: &RecordedRequest) -> Markup {
    html! {
        @if request.status == 0 { p.message { "The connection was closed without a response." } }
        @else { p.message { (request.message) } }
        @if let Some(rule) = request.rule.and_then(Rule::find) { (explanation(rule)) }
    }
}

/// The width of a timeline in its own units.
const WIDTH: f64 = 1000.0;

/// When a request happened, and how long it took.
fn bar(request: &RecordedRequest, start: Duration, whole: Duration, is_bad: bool) -> Markup {
    const MIN: f64 = 8.0;
    let part = |time: Duration| time.as_secs_f64() / whole.as_secs_f64().max(1e-6) * WIDTH;
    let width = part(request.duration).clamp(MIN, WIDTH);
    let x = part(request.started.saturating_sub(start)).clamp(0.0, WIDTH - width);
    html! {
        svg.bar.bad[is_bad] viewBox="0 0 1000 8" preserveAspectRatio="none" aria-hidden="true" focusable="false" {
            rect.track x="0" y="3" width="1000" height="2" {}
            rect.time x=(format!("{x:.1}")) y="0" width=(format!("{width:.1}")) height="8" {}
        }
    }
}
