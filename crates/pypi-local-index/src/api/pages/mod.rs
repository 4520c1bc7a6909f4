//! Pages for people: what the index holds, and what it answered.
//!
//! They are made on the server, work without scripts, and forbid them: what a README brings cannot run.

mod log;
mod project;

use http::StatusCode;
use http::header::{CACHE_CONTROL, HeaderName};
use url::Url;

use crate::api::response::{Answer, escape_html};
use crate::server::Shared;
use crate::server::dispatch::moved;
use crate::warehouse::Status;

const POLICY: HeaderName = HeaderName::from_static("content-security-policy");

/// Answers `GET /`, `/project/{name}/`, `/project/{name}/{version}/`, `/log` and `/log/tokens`.
pub(crate) fn answer(shared: &Shared, root: &Url, path: &str, query: &str) -> Answer {
    let parts: Vec<&str> = path.split('/').collect();
    match parts.as_slice() {
        ["", ""] => page("Projects", "", &projects(shared, root)),
        ["", "log"] => log::page(shared, query),
        ["", "log", "tokens"] => log::tokens(shared),
        ["", "log", "style.css"] => Answer::bytes(StatusCode::OK, "text/css", STYLE),
        ["", "project", name] => moved(&format!("/project/{name}/")),
        ["", "project", name, ""] => project::page(&shared.state(), root, name, None),
        ["", "project", name, version, ""] => {
            project::page(&shared.state(), root, name, Some(version))
        }
        _ => Answer::not_found(),
    }
}

/// A whole page; `head` and `body` are HTML, the title is text.
fn page(title: &str, head: &str, body: &str) -> Answer {
    let title = escape_html(title);
    let html = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n{head}<title>{title} - local index</title>\n\
         <link rel=\"icon\" href=\"data:,\">\n<link rel=\"stylesheet\" href=\"/log/style.css\">\n</head>\n<body>\n\
         <a class=\"skip\" href=\"#main\">Skip to content</a>\n\
         <header><nav aria-label=\"Main\"><a href=\"/\">Projects</a> <a href=\"/log\">Live log</a> <a href=\"/log/tokens\">Tokens</a> \
         <a href=\"/simple/\">Simple API</a></nav></header>\n\
         <main id=\"main\">\n<h1>{title}</h1>\n{body}</main>\n</body>\n</html>\n"
    );
    Answer::bytes(StatusCode::OK, "text/html; charset=UTF-8", html)
        .with(CACHE_CONTROL, "no-store")
        .with(
            POLICY,
            "default-src 'none'; style-src 'self'; img-src https: http: data:; form-action 'none'; base-uri 'none'",
        )
}

fn projects(shared: &Shared, root: &Url) -> String {
    let state = shared.state();
    let rows: String = state
        .projects()
        .map(|project| {
            let (name, shown) = (project.name.normalized(), escape_html(project.name.as_str()));
            let latest = project.shown_releases().last().map(|release| release.version.to_string());
            let files: usize = project.releases.iter().map(|release| release.files.len()).sum();
            let status = match project.status {
                Status::Active => "active",
                Status::Archived => "archived",
                Status::Quarantined => "quarantined",
            };
            format!(
                "<tr><th scope=\"row\"><a href=\"/project/{name}/\">{shown}</a></th><td>{}</td><td>{files}</td>\
                 <td>{status}</td></tr>\n",
                escape_html(&latest.unwrap_or_else(|| "none".to_owned()))
            )
        })
        .collect();
    let root = escape_html(root.as_str());
    let table = if rows.is_empty() {
        "<p>There is no project yet.</p>\n".to_owned()
    } else {
        format!(
            "<table>\n<thead><tr><th scope=\"col\">Project</th><th scope=\"col\">Newest version</th>\
             <th scope=\"col\">Files</th><th scope=\"col\">Status</th></tr></thead>\n<tbody>\n{rows}</tbody>\n</table>\n"
        )
    };
    format!(
        "{table}<h2>Addresses</h2>\n<dl>\n<dt>Upload to</dt><dd><code>{root}legacy/</code></dd>\n\
         <dt>Install from</dt><dd><code>{root}simple/</code></dd>\n</dl>\n"
    )
}

const STYLE: &str = "\
:root { color-scheme: light dark; --line: #8888; --quiet: #595959; --bad: #a40000; --good: #00602b; }
@media (prefers-color-scheme: dark) { :root { --quiet: #b0b0b0; --bad: #ff9a9a; --good: #7fd6a0; } }
body { font: 1rem/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 70rem; padding: 1rem; }
nav a { margin-right: 1rem; }
a:focus-visible { outline: 3px solid; outline-offset: 2px; }
.skip { left: -100rem; position: absolute; }
.skip:focus { position: static; }
table { border-collapse: collapse; display: block; overflow-x: auto; }
th, td { border-bottom: 1px solid var(--line); padding: .25rem .75rem .25rem 0; text-align: left; vertical-align: top; }
code, pre { font-family: ui-monospace, monospace; font-size: .875rem; overflow-wrap: anywhere; }
pre { overflow-x: auto; white-space: pre-wrap; }
dt { font-weight: bold; }
dd { margin: 0 0 .5rem; }
.quiet { color: var(--quiet); }
.refused { color: var(--bad); }
.good { color: var(--good); }
.readme { border: 1px solid var(--line); padding: 0 1rem; overflow-x: auto; }
.readme img { max-width: 100%; }
";
