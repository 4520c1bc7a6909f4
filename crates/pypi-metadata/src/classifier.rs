//! The classifiers that PyPI knows.

use crate::classifier_table::{CLASSIFIERS, DEPRECATED};

/// What PyPI knows about a classifier.
///
/// # Examples
///
/// ```
/// use pypi_metadata::Classifier;
///
/// assert_eq!(Classifier::look_up("Programming Language :: Rust"), Classifier::Known);
/// assert_eq!(Classifier::look_up("Private :: Do Not Upload"), Classifier::Unknown);
/// ```
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Classifier {
    /// It is deprecated, so PyPI rejects the file; these replace it.
    Deprecated(&'static [&'static str]),
    /// It is on the list.
    Known,
    /// It is not on the list, so PyPI rejects the file.
    Unknown,
}

impl Classifier {
    /// Looks up a classifier; spelling and case matter. Does not allocate.
    ///
    /// # Source
    ///
    /// `trove-classifiers` on PyPI, version [`CLASSIFIERS_VERSION`](crate::CLASSIFIERS_VERSION).
    pub fn look_up(classifier: &str) -> Self {
        if CLASSIFIERS.binary_search(&classifier).is_ok() {
            return Self::Known;
        }
        match DEPRECATED.binary_search_by_key(&classifier, |(name, _)| name) {
            Ok(place) => Self::Deprecated(DEPRECATED.get(place).map_or(&[], |(_, others)| others)),
            Err(_) => Self::Unknown,
        }
    }

    /// Every classifier that PyPI accepts, in alphabetical order.
    ///
    /// # Source
    ///
    /// As [`look_up`](Self::look_up).
    pub fn all() -> impl ExactSizeIterator<Item = &'static str> {
        CLASSIFIERS.iter().copied()
    }
}

/// The known classifier that differs from `classifier` only in case or spaces.
pub(crate) fn similar(classifier: &str) -> Option<&'static str> {
    let folded = |text: &str| -> String {
        let letters = text.chars().filter(|c| !c.is_whitespace());
        letters.flat_map(char::to_lowercase).collect()
    };
    let wanted = folded(classifier);
    CLASSIFIERS
        .iter()
        .copied()
        .find(|known| folded(known) == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_sorted_for_binary_search() {
        assert!(CLASSIFIERS.is_sorted() && DEPRECATED.is_sorted());
        assert!(CLASSIFIERS.len() > 800, "{}", CLASSIFIERS.len());
    }

    #[test]
    fn replacements_of_deprecated_classifiers_are_known() {
        for (name, others) in DEPRECATED {
            assert_eq!(Classifier::look_up(name), Classifier::Deprecated(others));
            assert!(
                others
                    .iter()
                    .all(|other| Classifier::look_up(other) == Classifier::Known)
            );
        }
    }

    #[test]
    fn differences_in_case_and_space_are_recognised() {
        assert_eq!(
            similar("programming language::rust"),
            Some("Programming Language :: Rust")
        );
        assert_eq!(similar("Private :: Mine"), None);
    }
}
