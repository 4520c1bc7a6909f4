//! What every page has around its content.

use http::StatusCode;
use http::header::{CACHE_CONTROL, HeaderName, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS};
use maud::{DOCTYPE, Markup, html};

use super::parts::icon;
use crate::api::response::Response;

const POLICY: HeaderName = HeaderName::from_static("content-security-policy");

/// A page of the web UI.
pub(super) struct Page<'p> {
    pub(super) title: &'p str,
    pub(super) current: Section,
    /// The band at the top, with the heading of the page.
    pub(super) hero: Markup,
    pub(super) content: Markup,
}

/// The part of the web UI that a page belongs to.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(super) enum Section {
    Log,
    Projects,
    Tokens,
}

impl Page<'_> {
    pub(super) fn into_response(self) -> Response {
        let response = self.with_status(StatusCode::OK);
        response.header(CACHE_CONTROL, "no-store")
    }

    fn with_status(self, status: StatusCode) -> Response {
        let html = self.html().into_string();
        Response::bytes(status, "text/html; charset=UTF-8", html)
            .header(REFERRER_POLICY, "no-referrer")
            .header(X_CONTENT_TYPE_OPTIONS, "nosniff")
            .header(
                POLICY,
                "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; \
                 base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
            )
    }

    fn html(self) -> Markup {
        html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    title { (self.title) " – local index" }
                    link rel="icon" href="/log/icon.svg" type="image/svg+xml";
                    link rel="stylesheet" href="/log/style.css";
                    script src="/log/script.js" defer {}
                }
                body {
                    a.skip href="#main" { "Skip to content" }
                    header.top { (top(self.current)) }
                    main #main tabindex="-1" {
                        div.hero { div.wrap { (self.hero) } }
                        div.wrap { (self.content) }
                    }
                    footer.bottom {
                        div.wrap {
                            p { "A local index for tests. What is published here stays on this machine." }
                        }
                    }
                }
            }
        }
    }
}

fn top(current: Section) -> Markup {
    let sections = [
        (Section::Projects, "/", "Projects"),
        (Section::Log, "/log", "Live log"),
        (Section::Tokens, "/log/tokens", "Tokens"),
    ];
    html! {
        div.wrap {
            a.brand href="/" { (icon("box")) "Local index" }
            nav aria-label="Main" {
                ul {
                    @for (section, path, name) in sections {
                        li { a href=(path) aria-current=[(section == current).then_some("true")] { (name) } }
                    }
                    li { a href="/simple/" { "Simple API" } }
                }
            }
        }
    }
}

/// 404 for a page that does not exist.
pub(super) fn not_found() -> Response {
    let page = Page {
        title: "Not found",
        current: Section::Projects,
        hero: html! { h1 { "Not found" } },
        content: html! { p { "This page does not exist. " a href="/" { "Show all projects" } } },
    };
    page.with_status(StatusCode::NOT_FOUND)
}
