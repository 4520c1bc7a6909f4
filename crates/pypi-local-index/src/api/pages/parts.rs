//! What several pages have.

use maud::{Markup, html};
use pypi_metadata::Rule;
use serde_json::Value;
use url::Url;

use crate::api::record::RecordedRequest;
use crate::config::{Issuer, Route, TrustedPublisher};
use crate::warehouse::Scope;

/// How good or bad something is. Its text says so too: nobody has to see colours.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Tone {
    Bad,
    Good,
    Neutral,
    Warning,
}

impl Tone {
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Bad => "bad",
            Self::Good => "good",
            Self::Neutral => "neutral",
            Self::Warning => "warning",
        }
    }
}

/// A short text that marks something.
pub(super) fn badge(tone: Tone, text: &str) -> Markup {
    html! { span class={ "badge " (tone.class()) } { (text) } }
}

/// A picture that the text beside it makes superfluous.
pub(super) fn icon(name: &str) -> Markup {
    let path = match name {
        "box" => "M3 7.5 12 3l9 4.5v9L12 21l-9-4.5zM3 7.5l9 4.5 9-4.5M12 12v9",
        "check" => "m5 12.5 5 5L19.5 7",
        "cross" => "M6 6l12 12M18 6 6 18",
        "link" => {
            "M9 15l6-6M10 6l1.5-1.5a4.2 4.2 0 0 1 6 6L16 12M14 18l-1.5 1.5a4.2 4.2 0 0 1-6-6L8 12"
        }
        _ => "M12 8v5M12 16.5v.5",
    };
    html! {
        svg.icon viewBox="0 0 24 24" aria-hidden="true" focusable="false" {
            path d=(path) fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round" {}
        }
    }
}

/// A command or an address, with a button that copies it. Without scripts, the button is not shown.
pub(super) fn copied(text: &str, what: &str) -> Markup {
    html! {
        div.copied {
            code { (text) }
            button.copy type="button" data-copy=(text) hidden { span aria-live="polite" { "Copy" } span.visually-hidden { " " (what) } }
        }
    }
}

/// Names with values, as `dl`.
pub(super) fn facts(facts: &[(&str, Markup)]) -> Markup {
    html! {
        dl.facts {
            @for (name, value) in facts {
                div { dt { (name) } dd { (value) } }
            }
        }
    }
}

/// A rule with its explanation.
pub(super) fn explanation(rule: &Rule) -> Markup {
    html! {
        p.rule {
            code { (rule.id()) } " – " (rule.summary()) ". "
            a href=(rule.page()) rel="noreferrer" { "About this rule" span.visually-hidden { " " (rule.id()) } }
        }
    }
}

/// The status of a response.
pub(super) fn status(request: &RecordedRequest) -> Markup {
    let tone = match request.status {
        _ if is_refused(request) => Tone::Bad,
        200..=299 => Tone::Good,
        _ => Tone::Neutral,
    };
    badge(tone, &status_text(request))
}

pub(super) fn status_text(request: &RecordedRequest) -> String {
    match request.status {
        0 => "No response".to_owned(),
        status => {
            let reason = http::StatusCode::from_u16(status)
                .ok()
                .and_then(|status| status.canonical_reason());
            format!("{status} {}", reason.unwrap_or_default())
        }
    }
}

/// Whether something went wrong with a request. A lookup of something that does not exist is not a refusal.
pub(super) fn is_refused(request: &RecordedRequest) -> bool {
    let is_lookup = matches!(
        request.route,
        Route::Simple
            | Route::SimpleIndex
            | Route::Json
            | Route::Provenance
            | Route::Metadata
            | Route::File
    );
    match request.status {
        404 if is_lookup && request.rule.is_none() => false,
        0 | 400.. => true,
        _ => request.rule.is_some(),
    }
}

/// The projects of a publisher, in words.
pub(super) fn scope(scope: &Scope) -> String {
    match scope {
        Scope::Any => "every project, new ones included".to_owned(),
        Scope::Projects(projects) => {
            let names: Vec<&str> = projects.iter().map(String::as_str).collect();
            names.join(", ")
        }
    }
}

/// A link to another site, or the text if it is not the URL of a web page.
pub(super) fn outward(url: &str, text: &str) -> Markup {
    let is_web = Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
    html! {
        @if is_web { a href=(url) rel="nofollow noreferrer" { (text) } }
        @else { span { (text) } " " code { (url) } }
    }
}

/// The client that a `User-Agent` names, without the JSON that pip and uv add.
pub(super) fn client(agent: &str) -> &str {
    const MAX: usize = 80;
    let name = agent.split(" {").next().unwrap_or(agent);
    let end = name.char_indices().nth(MAX).map(|(at, _)| at);
    end.and_then(|end| name.get(..end)).unwrap_or(name)
}

/// The provider of a publisher.
pub(super) fn provider(publisher: &TrustedPublisher) -> &'static str {
    match publisher.issuer() {
        Issuer::ActiveState => "ActiveState",
        Issuer::GitHub => "GitHub",
        Issuer::GitLab => "GitLab",
        Issuer::Google => "Google",
    }
}

/// A value of JSON, a text without its quotes.
pub(super) fn json_text(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}
