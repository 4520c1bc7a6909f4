//! What a file means whose name the index already has.

/// What a file means whose name the index already has.
///
/// # Examples
///
/// ```
/// use pypi_upload::Existing;
///
/// assert_eq!(Existing::default(), Existing::Same);
/// ```
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum Existing {
    /// Success, whatever its content: the index's reply decides, and nothing is looked up before. The content is compared
    /// afterwards if the simple API is known.
    IndexSays,
    /// An error, also with the same content.
    Never,
    /// Success with the same sha256, an error with other content.
    #[default]
    Same,
}
