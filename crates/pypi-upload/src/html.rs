//! Project pages in HTML, which is all that some indexes have.

/// A file of a project page.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct Anchor {
    pub(crate) filename: String,
    /// Without the fragment.
    pub(crate) url: String,
    /// As it is written.
    pub(crate) sha256: Option<String>,
    pub(crate) provenance: Option<String>,
    pub(crate) yanked: Option<String>,
}

/// The files of a project page; `None` for a page without any, such as that of a login.
///
/// # Source
///
/// [PyPA, "Simple repository API"](https://packaging.python.org/en/latest/specifications/simple-repository-api/), base HTML
/// API (PEP 503, 592 and 740, frozen by PEP 833, read 2026-11-21).
pub(crate) fn files(page: &str) -> Option<Vec<Anchor>> {
    let mut files = Vec::new();
    let mut rest = page;
    while let Some(start) = rest.find('<') {
        rest = rest.get(start + 1..).unwrap_or_default();
        if let Some(comment) = rest.strip_prefix("!--") {
            rest = comment.split_once("-->").map_or("", |(_, after)| after);
            continue;
        }
        let Some(tag) = rest.strip_prefix(['a', 'A']) else {
            continue;
        };
        if !tag.starts_with(|c: char| c.is_ascii_whitespace()) {
            continue;
        }
        let (attributes, after) = attributes(tag);
        let (text, _) = after.split_once('<').unwrap_or((after, ""));
        files.extend(file(&unescaped(text), attributes));
        rest = after;
    }
    (!files.is_empty()).then_some(files)
}

fn file(text: &str, attributes: Vec<(String, String)>) -> Option<Anchor> {
    let filename = text.trim();
    if !EXTENSIONS.iter().any(|end| filename.ends_with(end)) {
        return None;
    }
    let attribute = |name: &str| {
        let found = attributes.iter().find(|(found, _)| found == name);
        found.map(|(_, value)| unescaped(value))
    };
    let href = attribute("href")?;
    let (url, fragment) = href.split_once('#').unwrap_or((&href, ""));
    Some(Anchor {
        filename: filename.to_owned(),
        url: url.to_owned(),
        sha256: fragment
            .split('&')
            .find_map(|part| Some(part.strip_prefix("sha256=")?.to_owned())),
        provenance: attribute("data-provenance"),
        yanked: attribute("data-yanked"),
    })
}

/// The ends of the names of distributions, now and in the past.
const EXTENSIONS: [&str; 6] = [".whl", ".tar.gz", ".zip", ".egg", ".tar.bz2", ".tgz"];

/// The attributes of a tag with their raw values, and what follows it.
fn attributes(tag: &str) -> (Vec<(String, String)>, &str) {
    let mut attributes = Vec::new();
    let mut rest = tag.trim_start();
    loop {
        let end = rest.find(|c: char| c == '=' || c == '>' || c.is_ascii_whitespace());
        let Some((name, after)) = end.and_then(|end| rest.split_at_checked(end)) else {
            return (attributes, "");
        };
        let name = name.trim_matches('/').to_ascii_lowercase();
        let after = after.trim_start();
        if let Some(after) = after.strip_prefix('=') {
            let (value, after) = value(after.trim_start());
            attributes.push((name, value.to_owned()));
            rest = after.trim_start();
        } else {
            if !name.is_empty() {
                attributes.push((name, String::new()));
            }
            rest = after;
        }
        if let Some(after) = rest.strip_prefix('>') {
            return (attributes, after);
        }
    }
}

/// The value of an attribute, and what follows it.
fn value(text: &str) -> (&str, &str) {
    for quote in ['"', '\''] {
        if let Some(quoted) = text.strip_prefix(quote) {
            return quoted.split_once(quote).unwrap_or((quoted, ""));
        }
    }
    let end = text.find(|c: char| c == '>' || c.is_ascii_whitespace());
    text.split_at_checked(end.unwrap_or(text.len()))
        .unwrap_or((text, ""))
}

/// Text with the character references that names, URLs and hashes need.
pub(crate) fn unescaped(text: &str) -> String {
    let mut plain = text.to_owned();
    for (reference, character) in [
        ("&quot;", "\""),
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&#039;", "'"),
        ("&#x27;", "'"),
        ("&#43;", "+"),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&amp;", "&"),
    ] {
        if plain.contains('&') {
            plain = plain.replace(reference, character);
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_page_lists_its_files() {
        let page = r#"<!DOCTYPE html>
<html><head><title>Links for demo</title></head><body><!-- <a href="x">old-1.0.tar.gz</a> -->
<a href="/simple/">all</a><A HREF='../../packages/demo-1.0.tar.gz?a=1&amp;b=2#md5=00&sha256=AB' data-yanked="it&#x27;s broken" data-provenance=/integrity/x>demo-1.0.tar.gz</A><br>
<a data-yanked href=demo-1.0+a-py3-none-any.whl rel=internal> demo-1.0&#43;a-py3-none-any.whl </a>
<abbr>demo-2.0.tar.gz</abbr><a href="unfinished-1.0.zip">unfinished-1.0.zip"#;
        let anchor =
            |filename: &str, url: &str, sha256: Option<&str>, yanked: Option<&str>| Anchor {
                filename: filename.to_owned(),
                url: url.to_owned(),
                sha256: sha256.map(str::to_owned),
                provenance: sha256.map(|_| "/integrity/x".to_owned()),
                yanked: yanked.map(str::to_owned),
            };
        let expected = [
            anchor(
                "demo-1.0.tar.gz",
                "../../packages/demo-1.0.tar.gz?a=1&b=2",
                Some("AB"),
                Some("it's broken"),
            ),
            anchor(
                "demo-1.0+a-py3-none-any.whl",
                "demo-1.0+a-py3-none-any.whl",
                None,
                Some(""),
            ),
        ];
        let found = files(page).expect("files");
        assert_eq!(found.get(..2), Some(&expected[..]));
    }

    #[test]
    fn a_page_without_files_is_not_an_empty_project() {
        for page in [
            "",
            "<html>",
            r#"<a href="/login">Log in</a>"#,
            "<a",
            "<a href",
        ] {
            assert_eq!(files(page), None, "{page}");
        }
    }

    proptest! {
        #[test]
        fn any_page_is_read(page in "(<a |href=|\"|'|>|</a>|#sha256=|<!--|-->|demo-1.0.zip|&amp;|[ -~é]){0,40}") {
            let _ = files(&page);
        }
    }
}
