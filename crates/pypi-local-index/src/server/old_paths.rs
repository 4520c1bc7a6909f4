//! Paths of the index before 2018, most of which redirect.

use http::StatusCode;
use pypi_metadata::Classifier;
use url::Url;

use super::routes::{Target, View, quoted};
use crate::api::{Form, Response, escape_html, natural, page_not_found};

/// Handles a request to a view that needs nothing of the state.
pub(super) fn respond(
    view: View,
    target: &Target<'_>,
    names: &[&str],
    form: &Form,
    root: &Url,
) -> Response {
    let parameter = |name| target.parameter(name).or_else(|| form.text(name));
    let name = parameter("name").filter(|name| !name.is_empty());
    let version = parameter("version").filter(|version| !version.is_empty());
    match (view, name, version) {
        (View::Display, Some(name), None) => {
            Response::moved(&format!("/project/{}/", segment(name)))
        }
        (View::Display | View::Files, Some(name), Some(version)) => {
            let anchor = if view == View::Files { "#files" } else { "" };
            let (name, version) = (segment(name), segment(version));
            Response::moved(&format!("/project/{name}/{version}/{anchor}"))
        }
        (View::Search, ..) => {
            let term = quoted(parameter("term").unwrap_or_default());
            Response::moved(&format!("/search/?q={term}"))
        }
        (View::Doap, ..) => Response::refused(StatusCode::GONE, "DOAP is no longer supported."),
        (View::Classifiers, ..) => {
            let text = "text/plain; charset=utf-8";
            let mut all: Vec<&str> = Classifier::all().collect();
            all.sort_by_key(|classifier| natural(classifier));
            Response::bytes(StatusCode::OK, text, all.join("\n"))
        }
        (View::Submit, ..) => Response::refused(
            StatusCode::GONE,
            "Project pre-registration is no longer required or supported, upload your files instead.",
        ),
        (View::DocUpload, ..) => Response::refused(
            StatusCode::GONE,
            "Uploading documentation is no longer supported, we recommend using https://readthedocs.org/.",
        ),
        (View::Moved, ..) => {
            let host = root.host_str().unwrap_or_default();
            let port = root.port().map(|port| format!(":{port}"));
            let host = format!("{host}{}", port.unwrap_or_default());
            let text = format!(
                "This API has moved to https://{host}/legacy/. See TODO for more information."
            );
            Response::refused(StatusCode::GONE, &text)
        }
        (View::Unslashed, ..) => Response::redirect(
            StatusCode::PERMANENT_REDIRECT,
            "An upload was attempted to /legacy but the expected upload URL is /legacy/ (with a trailing slash)",
            "/legacy/",
        ),
        (View::XmlRpc, ..) => fault(),
        (View::Redirect(pattern), ..) => redirect(pattern, names),
        // The classifiers have no numbers here.
        _ => page_not_found(),
    }
}

/// The redirect to a path with the names of the request.
fn redirect(pattern: &str, names: &[&str]) -> Response {
    let mut names = names.iter();
    let mut location = String::new();
    for (position, part) in pattern.split("{}").enumerate() {
        if position > 0 {
            location.push_str(names.next().copied().unwrap_or_default());
        }
        location.push_str(part);
    }
    let problem = if location.contains(['\n', '\r']) {
        "URL may not contain control characters"
    } else if location.contains('\\') {
        "URL may not contain backslashes"
    } else if location.is_ascii() {
        return Response::moved(&location);
    } else {
        let parts: Vec<String> = location.split('/').map(quoted).collect();
        return Response::moved(&parts.join("/"));
    };
    Response::refused_in_body(StatusCode::BAD_REQUEST, problem)
}

/// A segment of a path, with the characters encoded that end it.
fn segment(text: &str) -> String {
    quoted(text).replace('+', "%20")
}

/// The response to every call by XML-RPC, whose methods PyPI has retired for clients that install or publish.
fn fault() -> Response {
    let text = escape_html(
        "RuntimeError: the local index has no XML-RPC. Use the simple API or the JSON API instead.",
    );
    let body = format!(
        "<?xml version='1.0'?>\n<methodResponse>\n<fault>\n<value><struct>\n<member>\n<name>faultCode</name>\n\
         <value><int>-32500</int></value>\n</member>\n<member>\n<name>faultString</name>\n\
         <value><string>{text}</string></value>\n</member>\n</struct></value>\n</fault>\n</methodResponse>\n"
    );
    Response::bytes(StatusCode::OK, "text/xml; charset=UTF-8", body)
}
