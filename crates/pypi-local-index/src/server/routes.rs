//! The routes of Warehouse: which view handles a path.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// What handles a request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum View {
    Audience,
    Browse,
    Burn,
    Classifiers,
    Display,
    Doap,
    DocUpload,
    Feed,
    FileUpload,
    Files,
    Json,
    Mint,
    /// An upload to the path of the API before 2018.
    Moved,
    /// A page of the web site.
    Page,
    Project,
    Provenance,
    Redirect(&'static str),
    Search,
    SimpleDetail,
    SimpleIndex,
    Submit,
    /// An upload without the slash at the end of the path.
    Unslashed,
    User,
    XmlRpc,
}

const READ: &str = "GET, HEAD, OPTIONS";

impl View {
    /// The methods that the view allows.
    pub(super) fn allowed(self) -> &'static str {
        match self {
            Self::Audience | Self::Provenance => "GET",
            Self::Burn
            | Self::DocUpload
            | Self::FileUpload
            | Self::Mint
            | Self::Moved
            | Self::Submit
            | Self::Unslashed
            | Self::XmlRpc => "POST",
            _ => READ,
        }
    }

    /// The request headers on which every response of the view depends.
    pub(super) fn vary(self) -> Option<&'static str> {
        match self {
            Self::FileUpload => Some("Cookie, PyPI-Locale"),
            Self::Page | Self::Project | Self::User => Some("PyPI-Locale"),
            _ => None,
        }
    }
}

/// What a route requires besides its path.
#[derive(Clone, Copy, Debug)]
enum If {
    Always,
    /// The parameter `:action`.
    Action(&'static str),
    /// A content type of XML.
    Xml,
}

/// The routes in the order in which they are tried, with `{}` for any segment of a path, and `{*}` for any rest.
const ROUTES: [(&str, If, View); 56] = [
    ("/", If::Always, View::Page),
    ("/sitemap/", If::Always, View::Page),
    ("/help/", If::Always, View::Page),
    ("/security/", If::Always, View::Page),
    ("/sponsor/", If::Always, View::Redirect("/sponsors/")),
    ("/sponsors/", If::Always, View::Page),
    ("/trademarks/", If::Always, View::Page),
    ("/classifiers/", If::Always, View::Page),
    ("/search/", If::Always, View::Page),
    ("/stats/", If::Always, View::Page),
    ("/u/{}/", If::Always, View::Redirect("/user/{}/")),
    ("/user/{}/", If::Always, View::User),
    (
        "/2fa/",
        If::Always,
        View::Redirect("/manage/account/two-factor/"),
    ),
    ("/p/{}/", If::Always, View::Redirect("/project/{}/")),
    ("/p/{}/{}/", If::Always, View::Redirect("/project/{}/{}/")),
    ("/project/{}/", If::Always, View::Project),
    ("/project/{}/{}/", If::Always, View::Project),
    ("/rss/updates.xml", If::Always, View::Feed),
    ("/rss/packages.xml", If::Always, View::Feed),
    ("/rss/project/{}/releases.xml", If::Always, View::Feed),
    ("/_/oidc/audience", If::Always, View::Audience),
    ("/_/oidc/mint-token", If::Always, View::Mint),
    ("/_/oidc/github/mint-token", If::Always, View::Mint),
    ("/_/oidc/burn-token", If::Always, View::Burn),
    ("/simple/", If::Always, View::SimpleIndex),
    ("/simple/{}/", If::Always, View::SimpleDetail),
    (
        "/integrity/{}/{}/{}/provenance",
        If::Always,
        View::Provenance,
    ),
    ("/pypi/{}/json", If::Always, View::Json),
    ("/pypi/{}/json/", If::Always, View::Json),
    ("/pypi/{}/{}/json", If::Always, View::Json),
    ("/pypi/{}/{}/json/", If::Always, View::Json),
    ("/pypi", If::Action("file_upload"), View::Moved),
    ("/pypi", If::Action("submit"), View::Moved),
    ("/pypi", If::Action("submit_pkg_info"), View::Moved),
    ("/pypi", If::Action("doc_upload"), View::Moved),
    ("/pypi", If::Action("doap"), View::Doap),
    ("/pypi", If::Action("list_classifiers"), View::Classifiers),
    ("/pypi", If::Action("search"), View::Search),
    ("/pypi", If::Action("browse"), View::Browse),
    ("/pypi", If::Action("files"), View::Files),
    ("/pypi", If::Action("display"), View::Display),
    ("/pypi", If::Xml, View::XmlRpc),
    ("/pypi/", If::Xml, View::XmlRpc),
    ("/RPC2", If::Xml, View::XmlRpc),
    ("/pypi/{}/", If::Always, View::Redirect("/project/{}/")),
    (
        "/pypi/{}/{}/",
        If::Always,
        View::Redirect("/project/{}/{}/"),
    ),
    ("/pypi/", If::Always, View::Redirect("/")),
    ("/packages/{*}", If::Always, View::Redirect("/files/{}")),
    (
        "/pypi",
        If::Action("rss"),
        View::Redirect("/rss/updates.xml"),
    ),
    (
        "/pypi",
        If::Action("packages_rss"),
        View::Redirect("/rss/packages.xml"),
    ),
    ("/legacy/", If::Action("file_upload"), View::FileUpload),
    ("/legacy/", If::Action("submit"), View::Submit),
    ("/legacy/", If::Action("submit_pkg_info"), View::Submit),
    ("/legacy/", If::Action("doc_upload"), View::DocUpload),
    ("/legacy", If::Always, View::Unslashed),
    ("/legacy/", If::Always, View::Page),
];

/// The path and the parameters of a request, decoded.
#[derive(Debug)]
pub(super) struct Target<'r> {
    path: Cow<'r, str>,
    /// As the client sent it.
    pub(super) query: &'r str,
    parameters: Vec<(String, String)>,
}

/// Why the path or the query of a request has no text.
#[derive(Debug)]
pub(super) struct Junk(pub(super) &'static str);

/// A route that fits a request.
#[derive(Debug)]
pub(super) struct Match<'t> {
    pub(super) view: View,
    /// The segments of the path for which the route has `{}`.
    pub(super) names: Vec<&'t str>,
}

impl<'r> Target<'r> {
    pub(super) fn new(uri: &'r http::Uri) -> Result<Self, Junk> {
        let query = uri.query().unwrap_or_default();
        // Both separators count. A part without a name counts too, but an empty one does not.
        let parameters = query.split(['&', ';']).filter(|part| !part.is_empty());
        let parameters: Option<Vec<_>> = parameters
            .map(|part| {
                let (name, value) = part.split_once('=').unwrap_or((part, ""));
                Some((unquoted(name)?, unquoted(value)?))
            })
            .collect();
        let path = percent_decode_str(uri.path()).decode_utf8();
        Ok(Self {
            query,
            parameters: parameters.ok_or(Junk("Invalid bytes in query string."))?,
            path: path.map_err(|_| Junk("Invalid bytes in URL."))?,
        })
    }

    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// The last value of a parameter of the query.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        let mut parameters = self.parameters.iter().rev();
        let (_, value) = parameters.find(|(key, _)| key == name)?;
        Some(value)
    }

    /// The query as Pyramid writes it into another URL, with its question mark.
    pub(super) fn canonical_query(&self) -> String {
        let pairs = self.parameters.iter();
        let pairs: Vec<String> = pairs
            .map(|(name, value)| format!("{}={}", quoted(name), quoted(value)))
            .collect();
        match pairs.is_empty() {
            true => String::new(),
            false => format!("?{}", pairs.join("&")),
        }
    }

    /// The first route that fits.
    pub(super) fn find(&self, action: Option<&str>, is_xml: bool) -> Option<Match<'_>> {
        ROUTES.iter().find_map(|(pattern, condition, view)| {
            let is_met = match condition {
                If::Always => true,
                If::Action(required) => action == Some(required),
                If::Xml => is_xml,
            };
            let names = names(pattern, &self.path).filter(|_| is_met)?;
            Some(Match { view: *view, names })
        })
    }

    /// Whether a route has the path with a slash at its end.
    pub(super) fn lacks_slash(&self) -> bool {
        let path = format!("{}/", self.path);
        let mut routes = ROUTES.iter();
        !self.path.ends_with('/') && routes.any(|(pattern, ..)| names(pattern, &path).is_some())
    }
}

/// The segments of a path for which the pattern has `{}`. `None` if the path does not fit.
fn names<'p>(pattern: &str, path: &'p str) -> Option<Vec<&'p str>> {
    let (mut expected, mut segments) = (pattern.split('/'), path.split('/'));
    let mut names = Vec::new();
    if let Some(rest) = pattern
        .strip_suffix("{*}")
        .and_then(|start| path.strip_prefix(start))
    {
        return Some(vec![rest]);
    }
    loop {
        match (expected.next(), segments.next()) {
            (None, None) => return Some(names),
            (Some("{}"), Some(segment)) if !segment.is_empty() => names.push(segment),
            (Some(expected), Some(segment)) if expected == segment => {}
            _ => return None,
        }
    }
}

/// The text of a name or a value in a query. `None` if it is not UTF-8.
fn unquoted(text: &str) -> Option<String> {
    let text = text.replace('+', " ");
    let text = percent_decode_str(&text).decode_utf8().ok()?;
    Some(text.into_owned())
}

/// The same, encoded.
pub(super) fn quoted(text: &str) -> String {
    utf8_percent_encode(text, QUERY)
        .to_string()
        .replace("%20", "+")
}

/// The characters that Python's `quote_plus` encodes.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'_')
    .remove(b'.')
    .remove(b'-')
    .remove(b'~');

#[cfg(test)]
mod tests {
    use super::*;

    fn view(path: &str, action: Option<&str>) -> Option<View> {
        let uri = path.parse().expect("a path");
        let target = Target::new(&uri).expect("a target");
        target.find(action, false).map(|found| found.view)
    }

    #[test]
    fn a_route_is_chosen_by_path_and_action() {
        assert_eq!(view("/simple/a/", None), Some(View::SimpleDetail));
        assert_eq!(view("/simple/%61/", None), Some(View::SimpleDetail));
        assert_eq!(view("/simple//", None), None);
        assert_eq!(view("/simple/a%2Fb/", None), None);
        assert_eq!(view("/pypi", None), None);
        assert_eq!(view("/pypi", Some("submit")), Some(View::Moved));
        assert_eq!(view("/pypi/a/json/", None), Some(View::Json));
        assert_eq!(
            view("/pypi/a/1/", None),
            Some(View::Redirect("/project/{}/{}/"))
        );
        assert_eq!(view("/legacy/", Some("other")), Some(View::Page));
        assert_eq!(view("/legacy//", None), None);
    }

    #[test]
    fn the_last_value_of_a_parameter_counts() {
        let uri = "/pypi?a=1;b=x+y&a=%C3%BC&c".parse().expect("a path");
        let target = Target::new(&uri).expect("a target");
        assert_eq!(target.parameter("a"), Some("\u{fc}"));
        assert_eq!(target.parameter("c"), Some(""));
        assert_eq!(target.canonical_query(), "?a=1&b=x+y&a=%C3%BC&c=");
        assert!(Target::new(&"/?a=%ff".parse().expect("a path")).is_err());
        assert!(Target::new(&"/%ff".parse().expect("a path")).is_err());
    }
}
