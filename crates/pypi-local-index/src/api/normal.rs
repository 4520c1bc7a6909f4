//! Metadata as Warehouse stores it: as Python's `packaging` writes what it has parsed.

use pypi_metadata::versioning::SpecifierSet;
use pypi_metadata::{LicenseExpression, ProjectName, Requirement};

use crate::warehouse::Release;

/// The range of Python versions of a release.
pub(super) fn requires_python(release: &Release) -> Option<String> {
    let text = release.field("requires_python")?;
    let set = SpecifierSet::parse(text).map(|set| specifiers(&set));
    Some(set.unwrap_or_else(|_| text.to_owned())).filter(|text| !text.is_empty())
}

/// A dependency.
pub(super) fn requirement(text: &str) -> String {
    let Ok(parsed) = Requirement::parse(text) else {
        return text.to_owned();
    };
    let mut extras: Vec<&str> = parsed.extras().collect();
    extras.sort_unstable();
    let extras = match extras.is_empty() {
        true => String::new(),
        false => format!("[{}]", extras.join(",")),
    };
    let url = parsed.url().map(|url| format!(" @ {url}"));
    let before = if url.is_some() { " " } else { "" };
    let marker = parsed.marker();
    let marker = marker.map(|text| format!("{before}; {}", self::marker(text)));
    let (name, set) = (parsed.name(), specifiers(parsed.specifiers()));
    let (url, marker) = (url.unwrap_or_default(), marker.unwrap_or_default());
    format!("{name}{extras}{set}{url}{marker}")
}

/// An environment marker, with a blank around each operator and the other quotation marks.
fn marker(text: &str) -> String {
    let mut written = String::new();
    let mut rest = text.trim();
    while let Some(first) = rest.chars().next() {
        let is_operator = |c: char| "<>=!~".contains(c);
        let end = match first {
            '(' | ')' => 1,
            '\'' | '"' => rest
                .get(1..)
                .and_then(|rest| rest.find(first))
                .map_or(rest.len(), |end| end + 2),
            _ if is_operator(first) => rest.find(|c| !is_operator(c)).unwrap_or(rest.len()),
            _ => {
                let ends = |c: char| c.is_whitespace() || is_operator(c) || "()'\"".contains(c);
                rest.find(ends).unwrap_or(rest.len())
            }
        };
        let (token, others) = rest.split_at_checked(end.max(1)).unwrap_or((rest, ""));
        if !(written.is_empty() || written.ends_with('(') || token == ")") {
            written.push(' ');
        }
        match token
            .strip_prefix('\'')
            .and_then(|text| text.strip_suffix('\''))
        {
            Some(value) if !value.contains('"') => written.push_str(&format!("\"{value}\"")),
            _ => written.push_str(token),
        }
        rest = others.trim_start();
    }
    written
}

fn specifiers(set: &SpecifierSet) -> String {
    let mut parts: Vec<String> = set.iter().map(ToString::to_string).collect();
    parts.sort_unstable();
    parts.dedup();
    parts.join(",")
}

/// The keywords, which core metadata separates by commas.
pub(super) fn keywords(text: &str) -> String {
    let keywords: Vec<&str> = text.split(',').map(str::trim).collect();
    keywords.join(", ")
}

/// The order of classifiers: numbers count as such.
pub(crate) fn natural(text: &str) -> Vec<(&str, Option<u64>)> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let (words, number) = rest.split_at_checked(start).unwrap_or((rest, ""));
        let end = number.find(|c: char| !c.is_ascii_digit());
        let (number, others) = number
            .split_at_checked(end.unwrap_or(number.len()))
            .unwrap_or((number, ""));
        parts.push((words, Some(number.parse().unwrap_or(u64::MAX))));
        rest = others;
    }
    parts.push((rest, None));
    parts
}

/// The name of an extra.
pub(super) fn extra(text: &str) -> String {
    ProjectName::parse(text).map_or_else(|_| text.to_owned(), |name| name.normalized().to_owned())
}

/// A license expression in the spelling of the SPDX list.
pub(super) fn license_expression(text: &str) -> String {
    let expression = LicenseExpression::parse(text);
    expression.map_or_else(|_| text.to_owned(), |parsed| parsed.as_str().to_owned())
}

/// `str.title`, for the names of headers.
pub(super) fn title_case(text: &str) -> String {
    let mut is_inside = false;
    text.chars()
        .map(|c| {
            let was_inside = std::mem::replace(&mut is_inside, c.is_ascii_alphabetic());
            match was_inside {
                true => c.to_ascii_lowercase(),
                false => c.to_ascii_uppercase(),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    // The results of `packaging` 26.2.
    #[test]
    fn a_requirement_is_written_as_packaging_writes_it() {
        for (text, written) in [
            ("a (>=1, <2)", "a<2,>=1"),
            ("a[y,x] ~= 1.0", "a[x,y]~=1.0"),
            ("a ; extra == 'x'", "a; extra == \"x\""),
            (
                "a @ https://example.org/a.whl ; python_version<'3'",
                "a @ https://example.org/a.whl ; python_version < \"3\"",
            ),
            (
                "a; (os_name=='nt' or extra == \"x\") and python_version not in '3.8'",
                "a; (os_name == \"nt\" or extra == \"x\") and python_version not in \"3.8\"",
            ),
            ("not a requirement", "not a requirement"),
        ] {
            assert_eq!(requirement(text), written);
        }
    }

    #[test]
    fn lists_are_written_as_python_writes_them() {
        assert_eq!(keywords("moon,release , x"), "moon, release, x");
        assert_eq!(title_case("requires-DIST"), "Requires-Dist");
        assert_eq!(
            license_expression("mit or (apache-2.0)"),
            "MIT OR (Apache-2.0)"
        );
        assert_eq!(extra("My_Extra"), "my-extra");
        let mut versions = ["CUDA :: 10.0", "CUDA :: 2.0", "CUDA", "CUDA :: 2"];
        versions.sort_by_key(|text| natural(text));
        assert_eq!(
            versions,
            ["CUDA", "CUDA :: 2", "CUDA :: 2.0", "CUDA :: 10.0"]
        );
    }
}
