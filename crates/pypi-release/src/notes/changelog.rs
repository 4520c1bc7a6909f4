//! The sections of a changelog in the format of Keep a Changelog.

use parse_changelog::{Parser, Release};
use pypi_trusted_upload::versioning::Version;

use crate::failure::{Exit, Failure};

/// The versions of PEP 440 in their usual spellings, and the section of what follows.
const VERSIONS: &str = r"(?i)^(?:[0-9]+!)?[0-9]+(?:\.[0-9]+)*(?:[-_.]?(?:a|b|c|rc|alpha|beta|pre|preview|post|rev|r|dev)[-_.]?[0-9]*)*(?:\+[a-z0-9.]+)?$|^unreleased$";

/// What belongs into a new changelog.
const HEADER: &str = "# Changelog\n\nThe format is based on [Keep a Changelog](https://keepachangelog.com/en/1.1.0/).\n";

/// A section to write.
pub(super) struct Section<'a> {
    pub(super) version: &'a Version,
    /// As `2026-11-21`.
    pub(super) date: &'a str,
    /// The changes, if the changelog has none by hand.
    pub(super) body: &'a str,
    /// The link of the version, and that of what follows.
    pub(super) links: Option<(String, String)>,
}

/// The text of the section of a version.
pub(super) fn section<'a>(text: &'a str, version: &Version) -> Result<Option<&'a str>, Failure> {
    let releases = releases(text)?;
    let found = releases
        .into_iter()
        .find(|release| is_version(release, version));
    Ok(found.map(|release| release.notes))
}

/// The changelog with a section of the version; `None` if it has one. What was written under "Unreleased" becomes the
/// section; only if there is nothing, the generated changes do. Everything else stays byte for byte.
///
/// Fails if the section would be part of a comment or a code block that does not end: every run would add it again.
pub(super) fn updated(text: &str, section: &Section<'_>) -> Result<Option<String>, Failure> {
    let releases = releases(text)?;
    if releases
        .iter()
        .any(|release| is_version(release, section.version))
    {
        return Ok(None);
    }
    let break_ = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let unreleased = releases.iter().find(|release| is_unreleased(release));
    let first = releases.iter().find(|release| !is_unreleased(release));
    let heading = first
        .or(unreleased)
        .and_then(|release| Heading::of(text, release))
        .unwrap_or_default();
    let heading = heading.text(section.version, section.date);
    let body = section.body.trim();
    let updated = match (unreleased, first) {
        (Some(release), _) => {
            let at = end_of_line(text, offset(text, release.title) + release.title.len());
            let (before, after) = text.split_at(at);
            let has_break = before.ends_with('\n');
            let gap = if has_break { "" } else { break_ };
            match is_empty(release.notes) {
                false => format!("{before}{gap}{break_}{heading}{break_}{after}"),
                true => {
                    let body = lines(body, break_);
                    let rest = after.trim_start_matches(['\r', '\n']);
                    let end = if rest.is_empty() { "" } else { break_ };
                    format!(
                        "{before}{gap}{break_}{heading}{break_}{break_}{body}{break_}{end}{rest}"
                    )
                }
            }
        }
        (None, Some(release)) => {
            let (before, after) = text.split_at(start_of_line(text, offset(text, release.title)));
            let body = lines(body, break_);
            format!("{before}{heading}{break_}{break_}{body}{break_}{break_}{after}")
        }
        (None, None) => {
            let before = if text.trim().is_empty() {
                HEADER
            } else {
                text.trim_end()
            };
            let body = lines(body, break_);
            format!(
                "{}{break_}{break_}{heading}{break_}{break_}{body}{break_}",
                before.trim_end()
            )
        }
    };
    let updated = with_links(updated, section, break_);
    if self::section(&updated, section.version)?.is_none() {
        let message = "the changelog has a code block or a comment that does not end: end it";
        return Err(Failure::new(Exit::Refused, message));
    }
    Ok(Some(updated))
}

fn releases(text: &str) -> Result<Vec<Release<'_>>, Failure> {
    let mut parser = Parser::new();
    parser.version_format(VERSIONS)?;
    Ok(parser.parse_iter(text).collect())
}

/// The definitions of links at the end of a changelog that a section uses.
pub(super) fn links_of(text: &str, section: &str) -> String {
    let used = section.to_lowercase();
    let mut links: Vec<&str> = text
        .lines()
        .filter(|line| {
            let label = link_label(line).map(str::to_lowercase);
            label.is_some_and(|label| used.contains(&label) && !section.contains(line))
        })
        .collect();
    links.dedup();
    links.join("\n")
}

/// `[label]` of the definition of a link.
fn link_label(line: &str) -> Option<&str> {
    let end = line.find("]: ")?;
    let label = line.get(..=end)?;
    (label.starts_with('[') && label.len() > 2 && !label.starts_with("[^")).then_some(label)
}

/// Whether notes say nothing. The last section of a changelog also contains the definitions of its links.
fn is_empty(notes: &str) -> bool {
    notes
        .lines()
        .all(|line| line.trim().is_empty() || link_label(line).is_some())
}

fn is_unreleased(release: &Release<'_>) -> bool {
    release.version.eq_ignore_ascii_case("unreleased")
}

fn is_version(release: &Release<'_>, version: &Version) -> bool {
    Version::parse(release.version).is_ok_and(|found| found == *version)
}

/// How the changelog writes its headings.
struct Heading {
    marks: String,
    has_brackets: bool,
    prefix: &'static str,
    has_parentheses: bool,
}

impl Default for Heading {
    fn default() -> Self {
        Self {
            marks: "##".to_owned(),
            has_brackets: true,
            prefix: "",
            has_parentheses: false,
        }
    }
}

impl Heading {
    fn of(text: &str, release: &Release<'_>) -> Option<Self> {
        let start = start_of_line(text, offset(text, release.title));
        let line = text.get(start..offset(text, release.title))?;
        let marks = line.trim();
        let title = release.title;
        (!marks.is_empty() && marks.chars().all(|c| c == '#')).then(|| Self {
            marks: marks.to_owned(),
            has_brackets: title.starts_with('['),
            prefix: if title.trim_start_matches('[').starts_with('v') {
                "v"
            } else {
                ""
            },
            has_parentheses: title.ends_with(')') && !title.contains("]("),
        })
    }

    fn text(&self, version: &Version, date: &str) -> String {
        let Self { marks, prefix, .. } = self;
        let version = match self.has_brackets {
            true => format!("[{prefix}{version}]"),
            false => format!("{prefix}{version}"),
        };
        match self.has_parentheses {
            true => format!("{marks} {version} ({date})"),
            false => format!("{marks} {version} - {date}"),
        }
    }
}

/// The changelog with links of its headings, if it has such links.
fn with_links(text: String, section: &Section<'_>, break_: &str) -> String {
    let Some((own, next)) = &section.links else {
        return text;
    };
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let is_link = line
            .get(..13)
            .is_some_and(|start| start.eq_ignore_ascii_case("[unreleased]:"));
        if is_link {
            let label = line.get(..13).unwrap_or_default();
            let (before, after) = (
                text.get(..at).unwrap_or_default(),
                text.get(at + line.len()..).unwrap_or_default(),
            );
            let version = section.version;
            return format!("{before}{label} {next}{break_}[{version}]: {own}{break_}{after}");
        }
        at += line.len();
    }
    text
}

fn lines(text: &str, break_: &str) -> String {
    text.lines().collect::<Vec<_>>().join(break_)
}

/// Where a part of `text` begins.
fn offset(text: &str, part: &str) -> usize {
    (part.as_ptr() as usize)
        .saturating_sub(text.as_ptr() as usize)
        .min(text.len())
}

fn start_of_line(text: &str, at: usize) -> usize {
    text.get(..at)
        .and_then(|before| before.rfind('\n'))
        .map_or(0, |found| found + 1)
}

fn end_of_line(text: &str, at: usize) -> usize {
    let rest = text.get(at..).and_then(|after| after.find('\n'));
    rest.map_or(text.len(), |found| at + found + 1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn update(text: &str) -> Option<String> {
        try_update(text).unwrap()
    }

    fn try_update(text: &str) -> Result<Option<String>, Failure> {
        let version = Version::parse("1.1.0").unwrap();
        let link = |to: &str| format!("https://h/compare/{to}");
        let section = Section {
            version: &version,
            date: "2026-11-21",
            body: "### Added\n\n- It\n",
            links: Some((link("v1.0.0...v1.1.0"), link("v1.1.0...HEAD"))),
        };
        updated(text, &section)
    }

    #[test]
    fn what_was_unreleased_becomes_the_version() {
        let text = "# Changelog\n\n## [Unreleased]\n\n### Fixed\n\n- by hand\n\n## [1.0.0] - 2026-01-01\n\n- first\n\n[Unreleased]: https://h/compare/v1.0.0...HEAD\n[1.0.0]: https://h/releases/v1.0.0\n";
        let expected = "# Changelog\n\n## [Unreleased]\n\n## [1.1.0] - 2026-11-21\n\n### Fixed\n\n- by hand\n\n## [1.0.0] - 2026-01-01\n\n- first\n\n[Unreleased]: https://h/compare/v1.1.0...HEAD\n[1.1.0]: https://h/compare/v1.0.0...v1.1.0\n[1.0.0]: https://h/releases/v1.0.0\n";
        let found = update(text).unwrap();
        assert_eq!(found, expected);
        assert_eq!(update(&found), None, "a second time changes nothing");
        let crlf = text.replace('\n', "\r\n");
        assert_eq!(update(&crlf).unwrap(), expected.replace('\n', "\r\n"));
    }

    #[test]
    fn without_a_text_the_changes_are_generated() {
        for (text, expected) in [
            (
                "",
                "# Changelog\n\nThe format is based on [Keep a Changelog](https://keepachangelog.com/en/1.1.0/).\n\n## [1.1.0] - 2026-11-21\n\n### Added\n\n- It\n",
            ),
            (
                "# Changes\n\n## Unreleased\n\n## v1.0.0 (2026-01-01)\n\n- first\n",
                "# Changes\n\n## Unreleased\n\n## v1.1.0 (2026-11-21)\n\n### Added\n\n- It\n\n## v1.0.0 (2026-01-01)\n\n- first\n",
            ),
            (
                "# Changes\n\n## 1.0.0 - 2026-01-01\n- first",
                "# Changes\n\n## 1.1.0 - 2026-11-21\n\n### Added\n\n- It\n\n## 1.0.0 - 2026-01-01\n- first",
            ),
            (
                "## [Unreleased]",
                "## [Unreleased]\n\n## [1.1.0] - 2026-11-21\n\n### Added\n\n- It\n",
            ),
        ] {
            assert_eq!(update(text).as_deref(), Some(expected), "{text:?}");
            assert_eq!(update(expected), None);
        }
    }

    #[test]
    fn definitions_of_links_are_no_changes() {
        let text = "## [Unreleased]\n\n[unreleased]: https://h/compare/v1.0.0...HEAD\n";
        let updated = update(text).unwrap();
        assert!(
            updated.contains("## [1.1.0] - 2026-11-21\n\n### Added\n\n- It\n"),
            "{updated}"
        );
        assert!(updated.ends_with("[unreleased]: https://h/compare/v1.1.0...HEAD\n[1.1.0]: https://h/compare/v1.0.0...v1.1.0\n"), "{updated}");
        let section = "- see [#12] and [x][Docs]";
        let links = links_of(
            "[#12]: https://h/12\n[#13]: https://h/13\n[docs]: https://h/d\n",
            section,
        );
        assert_eq!(links, "[#12]: https://h/12\n[docs]: https://h/d");
    }

    #[test]
    fn a_section_is_found_by_its_version() {
        let text =
            "# C\n\n```\n## 1.1.0\n```\n\n## [v1.1rc1] - 2026-01-01\n\n- rc\n\n## 1.0\n\n- one\n";
        let find = |version: &str| section(text, &Version::parse(version).unwrap()).unwrap();
        assert_eq!(find("1.1.0rc1").map(str::trim), Some("- rc"));
        assert_eq!(find("1.0.0").map(str::trim), Some("- one"));
        assert_eq!(find("1.1.0"), None);
    }

    #[test]
    fn a_code_block_or_comment_that_does_not_end_is_an_error() {
        for text in [
            "# Changelog\n\n## [Unreleased]\n\n```\n- x\n",
            "# Changelog\n```\n## 1.0\n",
            "# Changelog\n<!--\n## 1.0\n",
        ] {
            match try_update(text) {
                Err(failure) => assert!(failure.message().contains("does not end")),
                Ok(updated) => assert_eq!(update(&updated.unwrap()), None, "{text}"),
            }
        }
        assert!(try_update("# Changelog\n```\n## 1.0\n").is_err());
    }

    proptest! {
        #[test]
        fn nothing_is_lost(lines in prop::collection::vec(prop::sample::select(vec!["## [Unreleased]", "## [1.0.0]", "## 0.9", "- change", "", "text", "```", "<!--", "-->", "[unreleased]: x"]), 0..12), crlf: bool) {
            let text = lines.join(if crlf { "\r\n" } else { "\n" });
            let Ok(updated) = try_update(&text) else {
                prop_assert!(text.contains("```") || text.contains("<!--"), "{text:?}");
                return Ok(());
            };
            if let Some(updated) = updated {
                prop_assert_eq!(update(&updated), None);
                let mut rest = updated.lines().filter(|line| !line.is_empty());
                for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with("[unreleased]")) {
                    prop_assert!(rest.any(|found| found == line), "{line:?} of {text:?} is not in {updated:?}");
                }
            }
        }
    }
}
