//! What `python-pkginfo` reads, as our fields.

use super::Metadata;
use crate::Field;

impl Metadata {
    pub(super) fn from_pkginfo(read: python_pkginfo::Metadata) -> Self {
        let one = |field, value: Option<String>| value.map(|value| (field, value));
        let each = |field, values: Vec<String>| values.into_iter().map(move |value| (field, value));
        let single = [
            one(Field::MetadataVersion, Some(read.metadata_version)),
            one(Field::Name, Some(read.name)),
            one(Field::Version, Some(read.version)),
            one(Field::Summary, read.summary),
            one(Field::Description, read.description),
            one(Field::DescriptionContentType, read.description_content_type),
            one(Field::Keywords, read.keywords),
            one(Field::HomePage, read.home_page),
            one(Field::DownloadUrl, read.download_url),
            one(Field::Author, read.author),
            one(Field::AuthorEmail, read.author_email),
            one(Field::Maintainer, read.maintainer),
            one(Field::MaintainerEmail, read.maintainer_email),
            one(Field::License, read.license),
            one(Field::LicenseExpression, read.license_expression),
            one(Field::RequiresPython, read.requires_python),
        ];
        let multiple = [
            each(Field::Dynamic, read.dynamic),
            each(Field::Platform, read.platforms),
            each(Field::SupportedPlatform, read.supported_platforms),
            each(Field::LicenseFile, read.license_files),
            each(Field::Classifier, read.classifiers),
            each(Field::RequiresDist, read.requires_dist),
            each(Field::RequiresExternal, read.requires_external),
            each(Field::ProjectUrl, read.project_urls),
            each(Field::ProvidesExtra, read.provides_extras),
            each(Field::ProvidesDist, read.provides_dist),
            each(Field::ObsoletesDist, read.obsoletes_dist),
        ];
        Self::from_fields(
            single
                .into_iter()
                .flatten()
                .chain(multiple.into_iter().flatten()),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_of_python_pkginfo_is_converted() {
        let text = b"Metadata-Version: 2.3\nName: demo\nVersion: 1.0\nClassifier: Typing :: Typed\nRequires-Dist: a>1\n\nBody\n";
        let theirs = python_pkginfo::Metadata::parse(text).expect("metadata");
        assert_eq!(
            Metadata::from_pkginfo(theirs),
            Metadata::parse(text).expect("metadata")
        );
    }
}
