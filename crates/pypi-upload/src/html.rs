//! Project pages in HTML, which is all that some indexes have.

use std::borrow::Cow;

use crate::files::{Builder, Entry};

/// Adds the files of a project page; `None` for a page without any, such as that of a login.
///
/// # Source
///
/// [PyPA, "Simple repository API"](https://packaging.python.org/en/latest/specifications/simple-repository-api/), base HTML
/// API (PEP 503, 592 and 740, frozen by PEP 833, read 2026-11-21).
pub(crate) fn read<'a>(page: &'a str, files: &mut Builder<'a>) -> Option<()> {
    let mut has_files = false;
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
        if let Some(file) = file(text, attributes) {
            files.add(file)?;
            has_files = true;
        }
        rest = after;
    }
    has_files.then_some(())
}

fn file<'a>(text: &'a str, attributes: [Option<&'a str>; 3]) -> Option<Entry<'a>> {
    let filename = part(unescaped(text), str::trim);
    if !EXTENSIONS.iter().any(|end| filename.ends_with(end)) {
        return None;
    }
    let [href, provenance, yanked] = attributes.map(|value| value.map(unescaped));
    let href = href?;
    let sha256 = match &href {
        Cow::Borrowed(href) => sha256(href).map(Cow::Borrowed),
        Cow::Owned(href) => sha256(href).map(|hex| Cow::Owned(hex.to_owned())),
    };
    Some(Entry {
        filename,
        url: Some(part(href, |href| {
            href.split_once('#').map_or(href, |(url, _)| url)
        })),
        sha256,
        provenance,
        yanked,
        size: None,
    })
}

fn sha256(href: &str) -> Option<&str> {
    let (_, fragment) = href.split_once('#')?;
    let mut parts = fragment.split('&');
    parts.find_map(|part| part.strip_prefix("sha256="))
}

/// A part of a text, borrowed if the text is.
fn part(text: Cow<'_, str>, of: impl FnOnce(&str) -> &str) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(of(text)),
        Cow::Owned(text) => Cow::Owned(of(&text).to_owned()),
    }
}

/// The ends of the names of distributions, now and in the past.
const EXTENSIONS: [&str; 6] = [".whl", ".tar.gz", ".zip", ".egg", ".tar.bz2", ".tgz"];

/// The attributes of files.
const ATTRIBUTES: [&str; 3] = ["href", "data-provenance", "data-yanked"];

/// The first of each of the [`ATTRIBUTES`] of a tag with its raw value, and what follows the tag.
fn attributes(tag: &str) -> ([Option<&str>; 3], &str) {
    let mut attributes = [None; 3];
    let mut rest = tag.trim_start();
    loop {
        let end = rest.find(|c: char| c == '=' || c == '>' || c.is_ascii_whitespace());
        let Some((name, after)) = end.and_then(|end| rest.split_at_checked(end)) else {
            return (attributes, "");
        };
        let name = name.trim_matches('/');
        let place = ATTRIBUTES
            .iter()
            .position(|known| known.eq_ignore_ascii_case(name));
        let attribute = place.and_then(|place| attributes.get_mut(place));
        let after = after.trim_start();
        if let Some(after) = after.strip_prefix('=') {
            let (value, after) = value(after.trim_start());
            if let Some(attribute) = attribute {
                attribute.get_or_insert(value);
            }
            rest = after.trim_start();
        } else {
            if let Some(attribute) = attribute {
                attribute.get_or_insert("");
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
pub(crate) fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains('&') || text.len() > MAX_ESCAPED {
        return text.into();
    }
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
        plain = plain.replace(reference, character);
    }
    plain.into()
}

/// The longest text whose references are replaced, in bytes.
pub(crate) const MAX_ESCAPED: usize = 64 * 1024;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::files::{Files, Row};

    fn files(page: &str) -> Option<Files> {
        let read = Files::read(page.to_owned(), read);
        read.ok().map(|(files, ())| files)
    }

    #[test]
    fn a_page_lists_its_files() {
        let page = r#"<!DOCTYPE html>
<html><head><title>Links for demo</title></head><body><!-- <a href="x">old-1.0.tar.gz</a> -->
<a href="/simple/">all</a><A HREF='../../packages/demo-1.0.tar.gz?a=1&amp;b=2#md5=00&sha256=AB' data-yanked="it&#x27;s broken" data-provenance=/integrity/x>demo-1.0.tar.gz</A><br>
<a data-yanked href=demo-1.0+a-py3-none-any.whl rel=internal> demo-1.0&#43;a-py3-none-any.whl </a>
<abbr>demo-2.0.tar.gz</abbr><a href="unfinished-1.0.zip">unfinished-1.0.zip"#;
        let anchor = |filename, url, sha256: Option<_>, yanked| Row {
            filename,
            url: Some(url),
            sha256,
            provenance: sha256.map(|_| "/integrity/x"),
            yanked,
            size: None,
        };
        let expected = [
            anchor(
                "demo-1.0.tar.gz",
                "../../packages/demo-1.0.tar.gz?a=1&b=2",
                Some("ab"),
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
        let found: Vec<_> = found.rows().take(2).collect();
        assert_eq!(found, [expected[1], expected[0]], "by name");
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
