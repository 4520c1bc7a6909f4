//! Fields as values.

use pypi_versioning::{SpecifierError, SpecifierSet, Version};

use crate::{Field, Metadata, ProjectName, Requirement, RequirementError, check};

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
    ///
    /// # Examples
    ///
    /// ```
    /// use pypi_metadata::{Field, Metadata};
    ///
    /// let metadata = Metadata::from_fields([(Field::RequiresPython, ">=3.9, <4".to_owned())]);
    /// let specifiers = metadata.requires_python().transpose()?.expect("it is set");
    /// assert_eq!(specifiers.to_string(), ">=3.9,<4");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn requires_python(&self) -> Option<Result<SpecifierSet, SpecifierError>> {
        self.get(Field::RequiresPython).map(SpecifierSet::parse)
    }

    /// The requirements.
    ///
    /// # Examples
    ///
    /// ```
    /// use pypi_metadata::{Field, Metadata};
    ///
    /// let metadata = Metadata::from_fields([(Field::RequiresDist, "requests>=2".to_owned())]);
    /// for requirement in metadata.requires_dist() {
    ///     assert_eq!(requirement?.name(), "requests");
    /// }
    /// # Ok::<(), pypi_metadata::RequirementError>(())
    /// ```
    pub fn requires_dist(&self) -> impl Iterator<Item = Result<Requirement, RequirementError>> {
        self.all(Field::RequiresDist).map(Requirement::parse)
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
