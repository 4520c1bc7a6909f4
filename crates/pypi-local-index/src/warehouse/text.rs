//! How names and versions are stored.

pub(super) mod name {
    use pypi_metadata::ProjectName;
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    pub(in crate::warehouse) fn serialize<S: Serializer>(
        name: &ProjectName,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(name.as_str())
    }

    pub(in crate::warehouse) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<ProjectName, D::Error> {
        let text = String::deserialize(deserializer)?;
        ProjectName::parse(&text).map_err(D::Error::custom)
    }
}

pub(super) mod version {
    use pypi_metadata::Version;
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    pub(in crate::warehouse) fn serialize<S: Serializer>(
        version: &Version,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_str(version)
    }

    pub(in crate::warehouse) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Version, D::Error> {
        let text = String::deserialize(deserializer)?;
        Version::parse(&text).map_err(D::Error::custom)
    }
}
