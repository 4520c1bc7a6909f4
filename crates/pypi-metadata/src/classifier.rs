//! The classifiers that PyPI knows.

use crate::classifier_table::{CLASSIFIERS, DEPRECATED};

/// What PyPI knows of a classifier.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Classifier {
    /// It was withdrawn, and the file is refused; these may stand in its place.
    Deprecated(&'static [&'static str]),
    /// It is on the list.
    Known,
    /// It is on no list, and the file is refused.
    Unknown,
}

impl Classifier {
    /// Looks a classifier up; its spelling and case matter. Allocates nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// use pypi_metadata::Classifier;
    ///
    /// assert_eq!(Classifier::look_up("Programming Language :: Rust"), Classifier::Known);
    /// assert_eq!(Classifier::look_up("Private :: Do Not Upload"), Classifier::Unknown);
    /// ```
    ///
    /// # Source
    ///
    /// `trove-classifiers` on PyPI, in the version that [`CLASSIFIERS_VERSION`](crate::CLASSIFIERS_VERSION) names.
    pub fn look_up(classifier: &str) -> Self {
        if CLASSIFIERS.binary_search(&classifier).is_ok() {
            return Self::Known;
        }
        match DEPRECATED.binary_search_by_key(&classifier, |(name, _)| name) {
            Ok(place) => Self::Deprecated(DEPRECATED.get(place).map_or(&[], |(_, others)| others)),
            Err(_) => Self::Unknown,
        }
    }
}

/// The known classifier that differs from `classifier` in case or spaces only.
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
    fn the_tables_are_sorted_for_the_search() {
        assert!(CLASSIFIERS.is_sorted() && DEPRECATED.is_sorted());
        assert!(CLASSIFIERS.len() > 800, "{}", CLASSIFIERS.len());
    }

    #[test]
    fn what_replaces_a_deprecated_one_is_known() {
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
    fn a_slip_of_case_or_space_is_recognised() {
        assert_eq!(
            similar("programming language::rust"),
            Some("Programming Language :: Rust")
        );
        assert_eq!(similar("Private :: Mine"), None);
    }
}
