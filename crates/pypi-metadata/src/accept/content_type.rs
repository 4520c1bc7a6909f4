//! `Description-Content-Type`.

/// The markup language of a description.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Markup {
    /// GitHub Flavored Markdown.
    Gfm,
    /// Markdown as CommonMark defines it.
    CommonMark,
    /// Plain text.
    Plain,
    /// reStructuredText.
    Rst,
}

/// A `Description-Content-Type` that PyPI accepts.
///
/// # Examples
///
/// ```
/// use pypi_metadata::{Field, Markup, Metadata};
///
/// let field = (Field::DescriptionContentType, "text/markdown; charset=UTF-8".to_owned());
/// let content_type = Metadata::from_fields([field]).content_type();
/// assert_eq!(content_type.map(|content_type| content_type.markup), Some(Markup::Gfm));
/// ```
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct ContentType {
    /// The markup language; the character set is always UTF-8.
    pub markup: Markup,
}

/// Why PyPI rejects a content type.
pub(crate) enum Problem {
    /// The type is not one of the three.
    Type,
    /// The character set is not spelled `UTF-8`.
    Charset(String),
    /// The variant of Markdown is neither `GFM` nor `CommonMark`.
    Variant(String),
}

impl ContentType {
    /// What a description without the field is.
    pub(crate) const DEFAULT: Self = Self {
        markup: Markup::Rst,
    };

    /// # Source
    ///
    /// `packaging.metadata` 26.2: Python's `email` reads the parameters, and their values are case-sensitive.
    pub(crate) fn parse(value: &str) -> Result<Self, Problem> {
        let mut parts = value.split(';');
        let kind = parts.next().unwrap_or_default().trim().to_ascii_lowercase();
        let parameters: Vec<(&str, &str)> = parts
            .filter_map(|part| part.split_once('='))
            .map(|(key, value)| (key.trim(), value.trim().trim_matches('"')))
            .collect();
        let parameter = |key: &str| {
            let found = parameters
                .iter()
                .find(|(at, _)| at.eq_ignore_ascii_case(key));
            found.map(|(_, value)| *value)
        };
        if !matches!(kind.as_str(), "text/plain" | "text/markdown" | "text/x-rst") {
            return Err(Problem::Type);
        }
        if let Some(charset) = parameter("charset").filter(|charset| *charset != "UTF-8") {
            return Err(Problem::Charset(charset.to_owned()));
        }
        let markup = match (kind.as_str(), parameter("variant")) {
            ("text/plain", _) => Markup::Plain,
            ("text/x-rst", _) => Markup::Rst,
            (_, None | Some("GFM")) => Markup::Gfm,
            (_, Some("CommonMark")) => Markup::CommonMark,
            (_, Some(variant)) => return Err(Problem::Variant(variant.to_owned())),
        };
        Ok(Self { markup })
    }
}
