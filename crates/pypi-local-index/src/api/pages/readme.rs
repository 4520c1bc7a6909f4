//! Descriptions, made safe for a page that loads nothing and has landmarks and headings of its own.

use maud::{Markup, html};

use crate::warehouse::Release;

/// The description of a release; `None` if it is empty.
pub(super) fn description(release: &Release) -> Option<Markup> {
    let text = release
        .field("description")
        .filter(|text| !text.trim().is_empty())?;
    Some(rendered(release, text))
}

/// The description as PyPI renders it, as far as this build can and has rendered it, else its source.
fn rendered(release: &Release, source: &str) -> Markup {
    #[cfg(feature = "readme")]
    if let Some(readme) = release.readme.rendered() {
        return html! {
            @if readme.is_source() {
                p.note { "reStructuredText, shown as its source. PyPI shows it rendered." }
            }
            div.readme { (maud::PreEscaped(embedded(readme.html()))) }
        };
    }
    #[cfg(not(feature = "readme"))]
    let _ = release;
    html! {
        p.note { "Shown as its source, because it is long, takes long to render, or this build has no renderer." }
        div.readme { pre { (source) } }
    }
}

/// A tag of HTML that a sanitizer wrote: attributes are quoted, and characters in them are escaped.
struct Tag<'h> {
    name: &'h str,
    is_end: bool,
    attributes: Vec<(&'h str, &'h str)>,
}

/// The heading level above the description, that of "Project description".
const LEVEL_ABOVE: usize = 2;

/// The prefix of ids, so that the description cannot take an id of the page.
const ID_PREFIX: &str = "readme-";

/// Rewrites sanitized HTML: headings continue the levels of the page without gaps, ids have a prefix, images become links,
/// so that nothing is loaded from another host, and only attributes that this file names remain.
#[cfg_attr(
    all(not(feature = "readme"), not(test)),
    expect(dead_code, reason = "there is no HTML then")
)]
fn embedded(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let (mut level, mut is_in_link, mut is_empty_link) = (LEVEL_ABOVE, false, false);
    let mut rest = html;
    while let Some((text, after)) = rest.split_once('<') {
        out.push_str(text);
        let Some((tag, after)) = tag(after) else {
            out.push_str("&lt;");
            rest = after;
            continue;
        };
        rest = after;
        match (tag.name, tag.is_end) {
            ("h1" | "h2" | "h3" | "h4" | "h5" | "h6", is_end) => {
                if !is_end {
                    let own: usize = tag.name.trim_start_matches('h').parse().unwrap_or(1);
                    level = (own + LEVEL_ABOVE).min(level + 1).min(6);
                }
                write(&mut out, &format!("h{level}"), &tag);
            }
            // The anchor of a heading: a link without a text, which nobody can follow.
            ("a", false) if after.starts_with("</a>") => is_empty_link = true,
            ("a", true) if is_empty_link => is_empty_link = false,
            ("a", is_end) => {
                is_in_link = !is_end;
                write(&mut out, "a", &tag);
            }
            ("img", _) => out.push_str(&image(&tag, is_in_link)),
            // Landmarks of the page are its own.
            ("aside" | "nav" | "section", _) => write(&mut out, "div", &tag),
            ("picture", _) => {}
            (name, _) => write(&mut out, name, &tag),
        }
    }
    out.push_str(rest);
    out
}

/// The tag at the beginning of `html`, after its `<`, and what follows it.
fn tag(html: &str) -> Option<(Tag<'_>, &str)> {
    let (is_end, html) = match html.strip_prefix('/') {
        Some(html) => (true, html),
        None => (false, html),
    };
    let end = html.find(|c: char| !c.is_ascii_alphanumeric())?;
    let (name, mut rest) = html.split_at_checked(end)?;
    let mut attributes = Vec::new();
    loop {
        rest = rest.trim_start();
        if let Some(rest) = rest.strip_prefix('>') {
            let tag = Tag {
                name,
                is_end,
                attributes,
            };
            return (!name.is_empty()).then_some((tag, rest));
        }
        let (attribute, after) = rest.split_once("=\"")?;
        let (value, after) = after.split_once('"')?;
        attributes.push((attribute, value));
        rest = after;
    }
}

fn write(out: &mut String, name: &str, tag: &Tag<'_>) {
    out.push_str(if tag.is_end { "</" } else { "<" });
    out.push_str(name);
    for (attribute, value) in &tag.attributes {
        let value = match (*attribute, value.strip_prefix('#')) {
            ("id", _) => format!("{ID_PREFIX}{value}"),
            ("href", Some(id)) => format!("#{ID_PREFIX}{id}"),
            ("class", _) if value.starts_with("markdown-alert") => (*value).to_owned(),
            (
                "align" | "checked" | "colspan" | "disabled" | "href" | "rel" | "rowspan" | "start"
                | "title" | "type",
                _,
            ) => (*value).to_owned(),
            _ => continue,
        };
        out.push_str(&format!(" {attribute}=\"{value}\""));
    }
    if name == "input" {
        out.push_str(" aria-label=\"Task\"");
    }
    out.push('>');
}

/// What stands for an image: its text, which links to it unless it is part of a link.
fn image(tag: &Tag<'_>, is_in_link: bool) -> String {
    let find = |name: &str| {
        let found = tag
            .attributes
            .iter()
            .find(|(attribute, _)| *attribute == name);
        found.map(|(_, value)| value.trim())
    };
    let text = match find("alt") {
        None | Some("") => "Image",
        Some(text) => text,
    };
    match find("src") {
        Some(url) if !is_in_link && (url.starts_with("https://") || url.starts_with("http://")) => {
            format!("<a class=\"image\" href=\"{url}\" rel=\"nofollow noreferrer\">{text}</a>")
        }
        _ => format!("<span class=\"image\">{text}</span>"),
    }
}

#[cfg(test)]
mod tests {
    use super::embedded;

    #[test]
    fn headings_continue_those_of_the_page_without_gaps() {
        assert_eq!(
            embedded("<h1 id=\"a\">A</h1><h4>B</h4><h2>C</h2><h6>D</h6>"),
            "<h3 id=\"readme-a\">A</h3><h4>B</h4><h4>C</h4><h5>D</h5>"
        );
        assert_eq!(embedded("<h2>A</h2>"), "<h3>A</h3>");
    }

    #[test]
    fn nothing_is_loaded_and_no_id_of_the_page_is_taken() {
        for (html, expected) in [
            (
                "<img src=\"https://a/b.svg\" alt=\"build > ok\">",
                "<a class=\"image\" href=\"https://a/b.svg\" rel=\"nofollow noreferrer\">build > ok</a>",
            ),
            (
                "<a href=\"/x\" rel=\"nofollow\"><img src=\"y.png\"></a>",
                "<a href=\"/x\" rel=\"nofollow\"><span class=\"image\">Image</span></a>",
            ),
            (
                "<p id=\"main\" class=\"skip\">x <a href=\"#main\">y</a></p>",
                "<p id=\"readme-main\">x <a href=\"#readme-main\">y</a></p>",
            ),
            (
                "<h2>x<a href=\"#x\" rel=\"nofollow\"></a></h2>",
                "<h3>x</h3>",
            ),
            (
                "<pre lang=\"python\"><code>1 &lt; 2</code></pre>",
                "<pre><code>1 &lt; 2</code></pre>",
            ),
            (
                "<nav><input type=\"checkbox\" disabled=\"\"></nav>",
                "<div><input type=\"checkbox\" disabled=\"\" aria-label=\"Task\"></div>",
            ),
            ("a < b", "a &lt; b"),
            ("<p onclick=\"x\">", "<p>"),
            ("<p title=\"x", "&lt;p title=\"x"),
        ] {
            assert_eq!(embedded(html), expected);
        }
    }

    /// Hostile fragments, each before each other one, through the renderer.
    #[cfg(feature = "readme")]
    #[test]
    fn what_a_sanitizer_lets_through_stays_harmless() {
        const HOSTILE: [&str; 16] = [
            "<script>x</script>",
            "<img src=x onerror=alert(1)>",
            "<a href=\"javascript:x\" id=main>",
            "![x\"><script>](https://a/\"onload=x)",
            "<svg onload=x><style>",
            "<p style=\"position:fixed\" class=\"skip hero\" title='\"><img src=x>'>",
            "<input type=image src=https://a/x autofocus onfocus=x>",
            "<picture><source srcset=https://a/x></picture>",
            "<details open ontoggle=x><summary>",
            "<iframe src=https://a></iframe><!-- -->",
            "</div></main><main id=main>",
            "<h1><h6></h1>",
            "<form action=https://a><button>",
            "<a href=#main><a href=x><img src=//a/b alt='<'>",
            "```<x\n\"'`",
            "<math><mi//xlink:href=\"data:x,<script>\">",
        ];
        for (first, second) in HOSTILE
            .iter()
            .flat_map(|first| HOSTILE.map(|second| (first, second)))
        {
            let text = format!("{first}\n{second}\n\n{first}");
            for content_type in [
                "text/markdown",
                "text/markdown; variant=CommonMark",
                "text/plain",
                "text/x-rst",
            ] {
                let html =
                    embedded(pypi_metadata::readme::render(&text, Some(content_type)).html());
                let tags = html.split('<').skip(1);
                for written in tags.filter_map(|rest| super::tag(rest).map(|(tag, _)| tag)) {
                    let is_allowed = |(name, value): &(&str, &str)| match *name {
                        "href" => ["#readme-", "https://", "x"]
                            .iter()
                            .any(|start| value.starts_with(start)),
                        "id" => value.starts_with("readme-"),
                        "class" => value.starts_with("markdown-alert") || *value == "image",
                        name => {
                            !name.starts_with("on")
                                && !matches!(name, "src" | "srcset" | "style" | "action")
                        }
                    };
                    assert!(written.attributes.iter().all(is_allowed), "{text}: {html}");
                    let forbidden = [
                        "button", "form", "iframe", "img", "main", "math", "script", "source",
                        "style", "svg",
                    ];
                    assert!(!forbidden.contains(&written.name), "{text}: {html}");
                }
                let count = |part: &str| html.matches(part).count();
                assert_eq!(count("<div"), count("</div>"), "{text}: {html}");
            }
        }
    }
}
