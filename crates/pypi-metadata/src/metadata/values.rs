//! Fields as values.

use pypi_versioning::{SpecifierError, SpecifierSet, Version};

use super::Metadata;
use crate::{
    ContentType, Field, ProjectName, Requirement, RequirementError,
    accept::{address_list, email, import_name, page_url},
};

/// Fields as values. Without a `Result`, an invalid value is `None` or left out; [`check`](Metadata::check) says what is
/// wrong with it, and [`get`](Metadata::get) returns its text.
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

    /// The keywords. The older form, with blanks between them, counts as one keyword.
    pub fn keywords(&self) -> impl Iterator<Item = &str> {
        let text = self.get(Field::Keywords).unwrap_or_default();
        text.split(',')
            .map(str::trim)
            .filter(|keyword| !keyword.is_empty())
    }

    /// The pages of the project, each with its label and URL.
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
        let pairs = self.all(Field::ProjectUrl).map(page_url::split);
        pairs.filter(|(label, url)| !label.is_empty() && page_url::is_url(url))
    }

    /// The modules and packages that only this project installs, each as a dotted name and whether it is private.
    ///
    /// # Examples
    ///
    /// ```
    /// use pypi_metadata::Metadata;
    ///
    /// let text = "Metadata-Version: 2.5\nName: demo\nVersion: 1.0\nImport-Name: demo\nImport-Name: _demo; private\n";
    /// let metadata: Metadata = text.parse()?;
    /// assert_eq!(metadata.import_names().collect::<Vec<_>>(), [("demo", false), ("_demo", true)]);
    /// # Ok::<(), pypi_metadata::MetadataError>(())
    /// ```
    ///
    /// # Source
    ///
    /// [PEP 794](https://peps.python.org/pep-0794/), final; metadata 2.5.
    pub fn import_names(&self) -> impl Iterator<Item = (&str, bool)> {
        let values = self.all(Field::ImportName);
        values.filter_map(|value| import_name::parse(value).ok())
    }

    /// The namespace packages that this project installs into, each as a dotted name and whether it is private.
    pub fn import_namespaces(&self) -> impl Iterator<Item = (&str, bool)> {
        let values = self.all(Field::ImportNamespace);
        values.filter_map(|value| import_name::parse(value).ok())
    }

    /// The address in `Author-email` or `Maintainer-email`, if there is exactly one; PyPI does not check several.
    pub fn email(&self, field: Field) -> Option<String> {
        let address = address_list::single_address(self.get(field)?);
        (!address.is_empty() && email::problem(&address).is_none()).then_some(address)
    }

    /// The content type of the description; without the field it is reStructuredText.
    pub fn content_type(&self) -> Option<ContentType> {
        match self.get(Field::DescriptionContentType) {
            Some(text) => ContentType::parse(text).ok(),
            None => Some(ContentType::DEFAULT),
        }
    }
}
