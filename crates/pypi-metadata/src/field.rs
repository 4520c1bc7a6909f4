//! The fields of core metadata.

use std::fmt;

/// A version of the core metadata format.
///
/// # Examples
///
/// ```
/// use pypi_metadata::{Field, MetadataVersion};
///
/// assert_eq!(MetadataVersion::find("2.4"), Some(MetadataVersion::V2_4));
/// assert_eq!(MetadataVersion::find("2.0"), None);
/// assert!(Field::LicenseFile.since() > MetadataVersion::V2_1);
/// ```
///
/// # Source
///
/// [Core metadata specifications](https://packaging.python.org/en/latest/specifications/core-metadata/), 2026-08; PEP 808,
/// accepted on 2026-05-19, for version 2.6, which has no new fields. Version 2.0 was never published, and indexes reject it.
#[expect(missing_docs, reason = "the names say it all")]
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum MetadataVersion {
    V1_0,
    V1_1,
    V1_2,
    V2_1,
    V2_2,
    V2_3,
    V2_4,
    V2_5,
    V2_6,
}

impl MetadataVersion {
    /// Every version, oldest first.
    pub const ALL: [Self; 9] = [
        Self::V1_0,
        Self::V1_1,
        Self::V1_2,
        Self::V2_1,
        Self::V2_2,
        Self::V2_3,
        Self::V2_4,
        Self::V2_5,
        Self::V2_6,
    ];

    /// The version that is written exactly like `text`.
    pub fn find(text: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|version| version.as_str() == text)
    }

    /// The text, such as `2.4`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::V1_0 => "1.0",
            Self::V1_1 => "1.1",
            Self::V1_2 => "1.2",
            Self::V2_1 => "2.1",
            Self::V2_2 => "2.2",
            Self::V2_3 => "2.3",
            Self::V2_4 => "2.4",
            Self::V2_5 => "2.5",
            Self::V2_6 => "2.6",
        }
    }
}

impl fmt::Display for MetadataVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

macro_rules! fields {
    ($count:literal: $($variant:ident $header:literal $key:literal $since:ident $multiple:literal;)+) => {
        /// A field of core metadata. Prints its header.
        ///
        /// # Examples
        ///
        /// ```
        /// use pypi_metadata::Field;
        ///
        /// assert_eq!(Field::ProjectUrl.header(), "Project-URL");
        /// assert_eq!(Field::ProjectUrl.form_key(), "project_urls");
        /// assert!(Field::ProjectUrl.is_multiple());
        /// ```
        ///
        /// # Source
        ///
        /// [Core metadata specifications](https://packaging.python.org/en/latest/specifications/core-metadata/), 2026-08;
        /// form keys: Warehouse, 2026-08-21, `forklift/forms.py`. The keys are irregular, and the index silently ignores
        /// an unknown key such as `license_files`.
        #[expect(missing_docs, reason = "the specification describes each field")]
        #[non_exhaustive]
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        pub enum Field { $($variant,)+ }

        impl Field {
            /// Every field, in the order in which an upload sends them.
            pub const ALL: [Self; $count] = [$(Self::$variant,)+];

            /// The header's name in `METADATA`, such as `Requires-Dist`.
            pub fn header(self) -> &'static str {
                match self { $(Self::$variant => $header,)+ }
            }

            /// The key in the upload form, such as `requires_dist`.
            pub fn form_key(self) -> &'static str {
                match self { $(Self::$variant => $key,)+ }
            }

            /// The first version of the format with this field.
            pub fn since(self) -> MetadataVersion {
                match self { $(Self::$variant => MetadataVersion::$since,)+ }
            }

            /// Whether the field may appear more than once.
            pub fn is_multiple(self) -> bool {
                match self { $(Self::$variant => $multiple,)+ }
            }
        }
    };
}

fields! { 32:
    MetadataVersion "Metadata-Version" "metadata_version" V1_0 false;
    Name "Name" "name" V1_0 false;
    Version "Version" "version" V1_0 false;
    Dynamic "Dynamic" "dynamic" V2_2 true;
    Platform "Platform" "platform" V1_0 true;
    SupportedPlatform "Supported-Platform" "supported_platform" V1_1 true;
    Summary "Summary" "summary" V1_0 false;
    Description "Description" "description" V1_0 false;
    DescriptionContentType "Description-Content-Type" "description_content_type" V2_1 false;
    Keywords "Keywords" "keywords" V1_0 false;
    HomePage "Home-page" "home_page" V1_0 false;
    DownloadUrl "Download-URL" "download_url" V1_1 false;
    Author "Author" "author" V1_0 false;
    AuthorEmail "Author-email" "author_email" V1_0 false;
    Maintainer "Maintainer" "maintainer" V1_2 false;
    MaintainerEmail "Maintainer-email" "maintainer_email" V1_2 false;
    License "License" "license" V1_0 false;
    LicenseExpression "License-Expression" "license_expression" V2_4 false;
    LicenseFile "License-File" "license_file" V2_4 true;
    Classifier "Classifier" "classifiers" V1_1 true;
    RequiresDist "Requires-Dist" "requires_dist" V1_2 true;
    RequiresPython "Requires-Python" "requires_python" V1_2 false;
    RequiresExternal "Requires-External" "requires_external" V1_2 true;
    ProjectUrl "Project-URL" "project_urls" V1_2 true;
    ProvidesExtra "Provides-Extra" "provides_extra" V2_1 true;
    ProvidesDist "Provides-Dist" "provides_dist" V1_2 true;
    ObsoletesDist "Obsoletes-Dist" "obsoletes_dist" V1_2 true;
    ImportName "Import-Name" "import_name" V2_5 true;
    ImportNamespace "Import-Namespace" "import_namespace" V2_5 true;
    Requires "Requires" "requires" V1_1 true;
    Provides "Provides" "provides" V1_1 true;
    Obsoletes "Obsoletes" "obsoletes" V1_1 true;
}

impl Field {
    /// The field of a header, ignoring case.
    ///
    /// # Examples
    ///
    /// ```
    /// use pypi_metadata::Field;
    ///
    /// assert_eq!(Field::from_header("project-url"), Some(Field::ProjectUrl));
    /// assert_eq!(Field::from_header("X-Mine"), None);
    /// ```
    pub fn from_header(header: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|field| field.header().eq_ignore_ascii_case(header))
    }

    /// The field of a form key, spelled exactly as on the index.
    pub fn from_form_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.form_key() == key)
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.header())
    }
}
