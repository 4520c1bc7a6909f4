//! Fields as values.

use std::str::FromStr;

use pep440_rs::VersionSpecifiers;
use pypi_versioning::Version;

use crate::{Field, Metadata, ProjectName, check};

/// How a description is written.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Markup {
    /// Markdown as GitHub has it.
    Gfm,
    /// Markdown as CommonMark defines it.
    CommonMark,
    /// Plain text.
    Plain,
    /// reStructuredText.
    Rst,
}

/// A `Description-Content-Type` that indexes take.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct ContentType {
    /// The markup; the character set is always UTF-8.
    pub markup: Markup,
}

/// Fields as values: each is `None`, or left out, where the text is absent or not valid; [`check`](Metadata::check) says
/// why, and [`get`](Metadata::get) has the text.
impl Metadata {
    /// The project.
    pub fn name(&self) -> Option<ProjectName> {
        ProjectName::parse(self.get(Field::Name)?).ok()
    }

    /// The version.
    pub fn version(&self) -> Option<Version> {
        Version::parse(self.get(Field::Version)?).ok()
    }

    /// The versions of Python that it runs on.
    pub fn requires_python(&self) -> Option<VersionSpecifiers> {
        VersionSpecifiers::from_str(self.get(Field::RequiresPython)?).ok()
    }

    /// The requirements, each as its text and, where `pep508_rs` reads it, its value.
    ///
    /// `pep508_rs` reads a little less than indexes take: `===` with a text that is no version, a trailing comma.
    #[cfg(feature = "requirements")]
    pub fn requires_dist(
        &self,
    ) -> impl Iterator<Item = (&str, Option<pep508_rs::Requirement<url::Url>>)> {
        self.all(Field::RequiresDist)
            .map(|text| (text, requirement(text)))
    }

    /// The license expression, in the spelling of the SPDX list.
    #[cfg(feature = "licenses")]
    pub fn license_expression(&self) -> Option<crate::LicenseExpression> {
        crate::LicenseExpression::parse(self.get(Field::LicenseExpression)?).ok()
    }

    /// The keywords; the older form with blanks between them counts as one.
    pub fn keywords(&self) -> impl Iterator<Item = &str> {
        let text = self.get(Field::Keywords).unwrap_or_default();
        text.split(',')
            .map(str::trim)
            .filter(|keyword| !keyword.is_empty())
    }

    /// The pages of the project, each as its label and its URL.
    ///
    /// # Examples
    ///
    /// ```
    /// use pypi_metadata::{Field, Metadata};
    ///
    /// let metadata = Metadata::from_fields([(Field::ProjectUrl, "Docs, https://example.org".to_owned())]);
    /// assert_eq!(metadata.project_urls().collect::<Vec<_>>(), [("Docs", "https://example.org")]);
    /// ```
    pub fn project_urls(&self) -> impl Iterator<Item = (&str, &str)> {
        let pairs = self.all(Field::ProjectUrl).map(check::url::split);
        pairs.filter(|(label, url)| !label.is_empty() && check::url::is_url(url))
    }

    /// The first address in `Author-email` or `Maintainer-email`, which is the one that indexes look at.
    pub fn email(&self, field: Field) -> Option<String> {
        let address = check::email::first_address(self.get(field)?);
        (!address.is_empty() && check::email::problem(&address).is_none()).then_some(address)
    }

    /// The content type of the description; without the field, indexes take it for reStructuredText.
    pub fn content_type(&self) -> Option<ContentType> {
        let Some(text) = self.get(Field::DescriptionContentType) else {
            return Some(ContentType {
                markup: Markup::Rst,
            });
        };
        if check::content_type::check(self).is_some() {
            return None;
        }
        let lower = text.to_ascii_lowercase();
        let markup = match lower.split(';').next()?.trim() {
            "text/markdown" if lower.contains("variant=commonmark") => Markup::CommonMark,
            "text/markdown" => Markup::Gfm,
            "text/plain" => Markup::Plain,
            _ => Markup::Rst,
        };
        Some(ContentType { markup })
    }
}

/// Indexes take less of some texts than `pep508_rs` panics on, so both are asked.
#[cfg(feature = "requirements")]
fn requirement(text: &str) -> Option<pep508_rs::Requirement<url::Url>> {
    let text = text.trim();
    if check::requirement::read(text).is_err() || !has_sound_names(text) {
        return None;
    }
    pep508_rs::Requirement::from_str(text).ok()
}

/// Whether the name and the extras end in a letter or digit: `pep508_rs` 0.9.2 panics otherwise.
#[cfg(feature = "requirements")]
fn has_sound_names(text: &str) -> bool {
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    let is_sound = |name: &str| name.ends_with(|c: char| c.is_ascii_alphanumeric());
    let (name, rest) = text.split_at(text.find(|c| !is_name(c)).unwrap_or(text.len()));
    let extras = rest.trim_start().strip_prefix('[').unwrap_or_default();
    let extras = extras.split(']').next().unwrap_or_default();
    let mut names = extras
        .split(|c| !is_name(c))
        .filter(|extra| !extra.is_empty());
    is_sound(name) && names.all(is_sound)
}

#[cfg(all(test, feature = "requirements"))]
mod tests {
    use super::*;

    #[test]
    fn what_makes_the_parser_panic_does_not_reach_it() {
        for text in ["x_", "x[a_]", "x[a, b_]>1", "x [a_] ; extra == 'y'"] {
            assert!(check::requirement::read(text).is_ok(), "{text}");
            assert_eq!(requirement(text), None, "{text}");
        }
        assert!(requirement("x[a]>=1").is_some());
    }
}
