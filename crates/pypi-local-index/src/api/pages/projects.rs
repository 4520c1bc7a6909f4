//! The list of projects.

use url::Url;

use super::Page;
use crate::api::response::{Response, escape_html};
use crate::warehouse::{Project, State};

/// Handles `GET /`.
pub(super) fn page(state: &State, root: &Url) -> Response {
    let rows: String = state.projects().map(row).collect();
    let table = if rows.is_empty() {
        "<p>No projects yet.</p>\n".to_owned()
    } else {
        format!(
            "<table>\n<thead><tr><th scope=\"col\">Project</th><th scope=\"col\">Newest version</th>\
             <th scope=\"col\">Files</th><th scope=\"col\">Status</th></tr></thead>\n<tbody>\n{rows}</tbody>\n</table>\n"
        )
    };
    let root = escape_html(root.as_str());
    let addresses = format!(
        "<h2>Addresses</h2>\n<dl>\n<dt>Upload to</dt><dd><code>{root}legacy/</code></dd>\n\
         <dt>Install from</dt><dd><code>{root}simple/</code></dd>\n</dl>\n"
    );
    Page {
        title: "Projects",
        body: table + &addresses,
        ..Page::default()
    }
    .into_response()
}

fn row(project: &Project) -> String {
    let name = project.name.normalized();
    let shown = escape_html(project.name.as_str());
    let newest = project.shown_releases().last().map_or_else(
        || "none".to_owned(),
        |release| escape_html(&release.version.to_string()),
    );
    let releases = project.releases.iter();
    let files: usize = releases.map(|release| release.files.len()).sum();
    let status = project.status.as_str();
    format!(
        "<tr><th scope=\"row\"><a href=\"/project/{name}/\">{shown}</a></th><td>{newest}</td><td>{files}</td>\
         <td>{status}</td></tr>\n"
    )
}
