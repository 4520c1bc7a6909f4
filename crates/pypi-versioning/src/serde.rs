//! Versions and specifiers as strings.

use std::fmt;

use serde::{
    de::{Deserialize, Deserializer, Error, Visitor},
    ser::{Serialize, Serializer},
};

use crate::{SpecifierSet, Version};

impl Serialize for Version {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Version {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Text("a PEP 440 version", Self::parse))
    }
}

impl Serialize for SpecifierSet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for SpecifierSet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Text("PEP 440 version specifiers", Self::parse))
    }
}

/// A visitor of text: what is expected, and how it is parsed.
struct Text<F>(&'static str, F);

impl<T, E: fmt::Display, F: Fn(&str) -> Result<T, E>> Visitor<'_> for Text<F> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }

    fn visit_str<X: Error>(self, text: &str) -> Result<T, X> {
        (self.1)(text).map_err(X::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_strings() {
        let version: Version = serde_json::from_str("\"v1.0-rc.1\"").unwrap();
        assert_eq!(serde_json::to_string(&version).unwrap(), "\"1.0rc1\"");
        let set: SpecifierSet = serde_json::from_str("\">= 1.0, <2\"").unwrap();
        assert_eq!(serde_json::to_string(&set).unwrap(), "\">=1.0,<2\"");
    }

    #[test]
    fn invalid_values_are_errors() {
        let error = serde_json::from_str::<Version>("\"one\"").unwrap_err();
        assert!(
            error.to_string().contains("is not a PEP 440 version"),
            "{error}"
        );
        let error = serde_json::from_str::<Version>("1.0").unwrap_err();
        assert!(
            error.to_string().contains("expected a PEP 440 version"),
            "{error}"
        );
    }
}
