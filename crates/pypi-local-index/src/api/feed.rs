//! The RSS feeds of the web site.

use http::StatusCode;
use url::Url;

use super::response::{Response, escape_html};
use crate::warehouse::{Project, Release, State};

/// The largest number of items.
const MAX_ITEMS: usize = 100;

/// The same for the newest projects and for the releases of a project.
const MAX_SHORT: usize = 40;

struct Item {
    /// The time in seconds since 1970.
    created: u64,
    title: String,
    link: String,
    description: String,
}

/// Handles `GET /rss/updates.xml`, `/rss/packages.xml` and `/rss/project/{name}/releases.xml`.
pub(crate) fn feed(state: &State, root: &Url, path: &str, names: &[&str]) -> Response {
    let (title, mut items, limit): (_, Vec<Item>, _) = match names {
        [name] => {
            let releases = state.project_called(name).into_iter().flat_map(|project| {
                let releases = project.releases.iter();
                releases.map(|release| of_release(root, project, release, ""))
            });
            let title = format!("PyPI recent updates for {name}");
            (title, releases.collect(), MAX_SHORT)
        }
        _ if path.ends_with("/updates.xml") => {
            let releases = state.projects().flat_map(|project| {
                let title = format!("{} ", project.name.as_str());
                let releases = project.releases.iter();
                releases.map(move |release| of_release(root, project, release, &title))
            });
            let title = "PyPI recent updates".to_owned();
            (title, releases.collect(), MAX_ITEMS)
        }
        _ => {
            let projects = state.projects().map(|project| of_project(root, project));
            let title = "PyPI newest packages".to_owned();
            (title, projects.collect(), MAX_SHORT)
        }
    };
    items.sort_by_key(|item| std::cmp::Reverse(item.created));
    items.truncate(limit);
    Response::bytes(
        StatusCode::OK,
        "text/xml; charset=UTF-8",
        xml(&title, root, &items),
    )
    .cors()
}

fn of_release(root: &Url, project: &Project, release: &Release, before: &str) -> Item {
    let (name, version) = (project.name.normalized(), release.version.to_string());
    Item {
        created: release.created,
        title: format!("{before}{version}"),
        link: format!("{root}project/{name}/{version}/"),
        description: release.field("summary").unwrap_or_default().to_owned(),
    }
}

fn of_project(root: &Url, project: &Project) -> Item {
    Item {
        created: project.created,
        title: format!("{} added to PyPI", project.name.as_str()),
        link: format!("{root}project/{}/", project.name.normalized()),
        description: String::new(),
    }
}

fn xml(title: &str, root: &Url, items: &[Item]) -> String {
    let items: String = items
        .iter()
        .map(|item| {
            let [title, link, description] =
                [&item.title, &item.link, &item.description].map(|text| escape_html(text));
            format!(
                "    <item>\n      <title>{title}</title>\n      <link>{link}</link>\n      \
                 <description>{description}</description>\n    </item>\n"
            )
        })
        .collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\">\n  <channel>\n    <title>{}</title>\n    \
         <link>{root}</link>\n    <description>{}</description>\n    <language>en</language>\n{items}  </channel>\n</rss>\n",
        escape_html(title),
        escape_html(title)
    )
}
