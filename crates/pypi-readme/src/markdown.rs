//! Descriptions as PyPI renders them.

use std::collections::{HashMap, HashSet};

use ammonia::Builder;
use comrak::Options;

use crate::complexity::{is_complex_html, is_complex_text};

/// The prefix of heading ids, so that they cannot clash with those of the surrounding page.
const ID_PREFIX: &str = "user-content-";

/// The most bytes of a description that are rendered; the rest is cut off.
pub const MAX_RENDERED: usize = 8 * 1024 * 1024;

/// The most bytes of HTML for a text that is not rendered.
const MAX_ESCAPED: usize = 12 * 1024 * 1024;

/// A description as HTML that is safe to embed in a page.
///
/// # Examples
///
/// ```
/// let readme = pypi_readme::render("Demo\n====\n", Some("text/x-rst"));
/// assert!(readme.is_source());
/// assert_eq!(readme.html(), "<pre>Demo\n====\n</pre>\n");
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Rendered {
    html: String,
    is_source: bool,
}

impl Rendered {
    /// The HTML, with the elements and attributes that PyPI keeps and no others.
    pub fn html(&self) -> &str {
        &self.html
    }

    /// Whether the HTML shows the source: reStructuredText is not rendered, and neither is Markdown that is too complex.
    pub fn is_source(&self) -> bool {
        self.is_source
    }
}

/// Renders a description as PyPI shows it on a project page, without syntax highlighting.
///
/// Markdown that is longer than 1 MiB, has more than 40,000 characters of markup, or nests too deeply is returned as its
/// source: PyPI renders it, but its time and memory have no useful bound.
///
/// # Examples
///
/// ```
/// let readme = pypi_readme::render("*Demo* <b onclick='x'>b</b>", Some("text/markdown"));
/// assert_eq!(readme.html(), "<p><em>Demo</em> <b>b</b></p>\n");
/// ```
///
/// # Source
///
/// `readme_renderer` 46.0, which PyPI runs: `comrak` and the element set of `clean.py`.
pub fn render(text: &str, content_type: Option<&str>) -> Rendered {
    let (kind, variant) = parts(content_type.unwrap_or("text/x-rst"));
    let end = (0..=text.len().min(MAX_RENDERED))
        .rev()
        .find(|end| text.is_char_boundary(*end));
    let text = text.get(..end.unwrap_or(0)).unwrap_or_default();
    match kind.as_str() {
        "text/markdown" => {
            let is_common = variant.is_some_and(|variant| variant == "CommonMark");
            match markdown(text, is_common) {
                Some(html) => Rendered {
                    html,
                    is_source: false,
                },
                None => source(text),
            }
        }
        "text/plain" => Rendered {
            html: escape(text, "<br>\n"),
            is_source: false,
        },
        _ => source(text),
    }
}

fn source(text: &str) -> Rendered {
    Rendered {
        html: format!("<pre>{}</pre>\n", escape(text, "\n")),
        is_source: true,
    }
}

fn parts(content_type: &str) -> (String, Option<&str>) {
    let mut parts = content_type.split(';').map(str::trim);
    let kind = parts.next().unwrap_or_default().to_ascii_lowercase();
    (kind, parts.find_map(|part| part.strip_prefix("variant=")))
}

/// None if the text is too complex.
fn markdown(text: &str, is_common: bool) -> Option<String> {
    if is_complex_text(text) {
        return None;
    }
    let mut options = Options::default();
    options.render.r#unsafe = true; // `clean` removes what is unsafe
    options.render.alert_style = comrak::options::AlertStyleType::Semantic;
    if !is_common {
        let extension = &mut options.extension;
        extension.alerts = true;
        extension.autolink = true;
        extension.footnotes = true;
        extension.header_id_prefix = Some(ID_PREFIX.to_owned());
        extension.shortcodes = true;
        extension.strikethrough = true;
        extension.table = true;
        extension.tasklist = true;
    }
    let html = comrak::markdown_to_html(text, &options);
    let html = if is_common {
        html
    } else {
        prefixed(&filtered(&html))
    };
    (!is_complex_html(&html)).then(|| clean(&html))
}

/// Escapes the tags that GitHub Flavored Markdown filters; comrak dropped its option for this.
fn filtered(html: &str) -> String {
    const FILTERED: [&str; 9] = [
        "title",
        "textarea",
        "style",
        "xmp",
        "iframe",
        "noembed",
        "noframes",
        "script",
        "plaintext",
    ];
    let mut out = String::with_capacity(html.len());
    let mut pieces = html.split('<');
    out.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        let tag = piece.strip_prefix('/').unwrap_or(piece);
        let end = tag
            .find(|c: char| !c.is_ascii_alphanumeric())
            .unwrap_or(tag.len());
        let name = tag.get(..end).unwrap_or_default();
        let is_filtered = FILTERED
            .iter()
            .any(|filtered| filtered.eq_ignore_ascii_case(name));
        out.push_str(if is_filtered { "&lt;" } else { "<" });
        out.push_str(piece);
    }
    out
}

/// Adds the prefix of heading ids to links within the page. Footnotes have no prefix.
fn prefixed(html: &str) -> String {
    const LINK: &str = "href=\"#";
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, after)) = rest.split_once(LINK) {
        out.push_str(before);
        out.push_str(LINK);
        let is_plain =
            after.starts_with("fn-") || after.starts_with("fnref-") || after.starts_with('"');
        if !is_plain {
            out.push_str(ID_PREFIX);
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

const TAGS: [&str; 53] = [
    "a",
    "abbr",
    "acronym",
    "aside",
    "b",
    "blockquote",
    "br",
    "caption",
    "cite",
    "code",
    "col",
    "colgroup",
    "dd",
    "del",
    "details",
    "div",
    "dl",
    "dt",
    "em",
    "figcaption",
    "figure",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "img",
    "input",
    "kbd",
    "li",
    "nav",
    "ol",
    "p",
    "picture",
    "pre",
    "section",
    "span",
    "strong",
    "sub",
    "summary",
    "sup",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "tt",
    "ul",
    "var",
];

const ATTRIBUTES: [(&str, &[&str]); 27] = [
    ("a", &["href", "title"]),
    ("abbr", &["title"]),
    ("acronym", &["title"]),
    ("aside", &["class"]),
    ("code", &["class"]),
    ("dd", &["class"]),
    ("div", &["align", "class"]),
    ("dl", &["class"]),
    ("dt", &["class"]),
    ("figure", &["class"]),
    ("h1", &["align"]),
    ("h2", &["align"]),
    ("h3", &["align"]),
    ("h4", &["align"]),
    ("h5", &["align"]),
    ("h6", &["align"]),
    ("hr", &["class"]),
    ("img", &["src", "width", "height", "alt", "align", "class"]),
    ("input", &["type", "checked", "disabled"]),
    ("nav", &["class"]),
    ("ol", &["start"]),
    ("p", &["align", "class"]),
    ("pre", &["class", "lang"]),
    ("span", &["class"]),
    ("td", &["align", "colspan", "rowspan"]),
    ("th", &["align", "class"]),
    ("ul", &["class"]),
];

fn clean(html: &str) -> String {
    let attributes = ATTRIBUTES
        .into_iter()
        .map(|(tag, names)| (tag, names.iter().copied().collect()));
    let values = HashMap::from([("input", HashMap::from([("disabled", "")]))]);
    Builder::empty()
        .tags(TAGS.into_iter().collect())
        .clean_content_tags(["script", "style"].into_iter().collect())
        .generic_attributes(HashSet::from(["id"]))
        .tag_attributes(attributes.collect())
        .set_tag_attribute_values(values)
        .link_rel(Some("nofollow"))
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .url_relative(ammonia::UrlRelative::PassThrough)
        .clean(html)
        .to_string()
}

/// The text with its special characters escaped, cut off when it is too long.
fn escape(text: &str, line_end: &str) -> String {
    let mut html = String::with_capacity(text.len() + text.len() / 8);
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#x27;"),
            '\n' => html.push_str(line_end),
            c => html.push(c),
        }
        if html.len() > MAX_ESCAPED {
            break;
        }
    }
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    // What `readme_renderer` 46.0 gives.
    #[test]
    fn markdown_is_what_pypi_shows() {
        let readme = render(
            "## a b\n\n[x](#a-b) <script>y</script>\n\n- [ ] t\n",
            Some("text/markdown"),
        );
        let html = "<h2 id=\"user-content-a-b\">a b<a href=\"#user-content-a-b\" rel=\"nofollow\"></a></h2>\n<p><a href=\"#user-content-a-b\" rel=\"nofollow\">x</a> &lt;script&gt;y&lt;/script&gt;</p>\n<ul>\n<li><input type=\"checkbox\" disabled=\"\"> t</li>\n</ul>\n";
        assert_eq!(readme.html(), html);
    }

    #[test]
    fn scripts_and_handlers_do_not_pass() {
        let readme = render(
            "<img src=x onerror=alert(1)><a href=\"javascript:x\">y</a><iframe></iframe>",
            Some("text/markdown"),
        );
        for word in ["onerror", "javascript", "iframe"] {
            assert!(
                !readme.html().contains(&format!("<{word}"))
                    && !readme.html().contains(&format!("{word}=")),
                "{}",
                readme.html()
            );
        }
        assert!(!readme.html().contains("javascript:"), "{}", readme.html());
    }

    #[test]
    fn plain_text_and_restructuredtext_are_escaped() {
        assert_eq!(
            render("a <b>\nc", Some("text/plain")).html(),
            "a &lt;b&gt;<br>\nc"
        );
        let source = render("<b>", None);
        assert!(source.is_source() && source.html().contains("&lt;b&gt;"));
    }

    #[test]
    fn tables_are_of_one_variant_only() {
        let table = "| a |\n| - |\n| b |\n";
        assert!(
            render(table, Some("text/markdown"))
                .html()
                .contains("<table>")
        );
        assert!(
            !render(table, Some("text/markdown; variant=CommonMark"))
                .html()
                .contains("<table>")
        );
    }

    #[test]
    fn complex_markdown_is_shown_as_its_source() {
        let formats: String = (0..300).map(|at| format!("<b id={at}>")).collect();
        for text in [
            "> ".repeat(100_000),
            "- ".repeat(1_000),
            "1. ".repeat(1_000),
            "*a **b ".repeat(20_000),
            "<div>".repeat(5_000),
            format!("<p {}>", "a ".repeat(5_000)),
            format!(
                "|{}\n|{}\n{}",
                "a|".repeat(500),
                "-|".repeat(500),
                "b\n".repeat(500)
            ),
            format!("{formats}\n\n"),
        ] {
            let readme = render(&text, Some("text/markdown"));
            let start: String = text.chars().take(10).collect();
            assert!(readme.is_source(), "{start:?}");
        }
        let ordinary = "- a\n  - b\n\n> c *d* `e`\n\n".repeat(500);
        assert!(!render(&ordinary, Some("text/markdown")).is_source());
    }
}
