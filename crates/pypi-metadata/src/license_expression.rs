//! SPDX license expressions.

use std::{fmt, str::FromStr};

use spdx::identifiers::{EXCEPTIONS, LICENSES};

use crate::python::is_blank;

/// A license expression, in the spelling of the SPDX list.
///
/// # Examples
///
/// ```
/// use pypi_metadata::LicenseExpression;
///
/// let expression = LicenseExpression::parse("mit or (apache-2.0 with llvm-exception)")?;
/// assert_eq!(expression.as_str(), "MIT OR (Apache-2.0 WITH LLVM-exception)");
/// assert_eq!(expression.licenses().collect::<Vec<_>>(), ["MIT", "Apache-2.0"]);
/// # Ok::<(), pypi_metadata::LicenseError>(())
/// ```
///
/// # Source
///
/// PEP 639 and `packaging.licenses` 26.2, which PyPI runs: identifiers in any case, deprecated identifiers, and
/// `LicenseRef-` with a name of one's own. The identifiers are those of the crate `spdx`; its parser is not used, because it
/// is case-sensitive and accepts `NOASSERTION`, `DocumentRef-` and an empty `LicenseRef-`.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct LicenseExpression(String);

/// A text that is not a valid license expression.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct LicenseError {
    kind: LicenseErrorKind,
    text: String,
    token: String,
}

/// What is wrong with a license expression. Alphabetical; a new kind is a minor release.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum LicenseErrorKind {
    /// What follows `WITH` is not an exception of the SPDX list.
    Exception,
    /// An identifier is not on the SPDX list.
    License,
    /// What follows `LicenseRef-` is empty, or has characters other than letters, digits, `.` and `-`.
    Reference,
    /// Operators and parentheses do not match.
    Syntax,
}

/// The longest expression that is parsed, in bytes.
const MAX_EXPRESSION: usize = 16 * 1024;

/// How deep parentheses may be nested, as in Python's own parser.
const MAX_DEPTH: usize = 200;

/// What the previous token was.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Before {
    Close,
    Exception,
    License,
    Open,
    Operator,
    With,
}

impl LicenseExpression {
    /// Parses an expression.
    ///
    /// # Errors
    ///
    /// If `packaging` rejects it, except that an empty `LicenseRef-` is an error here; [`LicenseErrorKind`] says why.
    pub fn parse(text: &str) -> Result<Self, LicenseError> {
        let error = |kind, token: &str| {
            let text = text.chars().take(100).collect();
            LicenseError {
                kind,
                text,
                token: token.to_owned(),
            }
        };
        let syntax = |token: &str| error(LicenseErrorKind::Syntax, token);
        if text.len() > MAX_EXPRESSION {
            return Err(syntax(""));
        }
        let spaced = text.replace('(', " ( ").replace(')', " ) ");
        let mut written: Vec<String> = Vec::new();
        let (mut before, mut depth) = (Before::Operator, 0_usize);
        for token in spaced.split(is_blank).filter(|token| !token.is_empty()) {
            let wants_term = matches!(before, Before::Open | Before::Operator);
            let (word, now) = match token.to_ascii_lowercase().as_str() {
                "and" | "or" if !wants_term && before != Before::With => {
                    (token.to_ascii_uppercase(), Before::Operator)
                }
                "with" if before == Before::License => ("WITH".to_owned(), Before::With),
                "(" if wants_term && depth < MAX_DEPTH => {
                    depth += 1;
                    ("(".to_owned(), Before::Open)
                }
                ")" if !wants_term && before != Before::With && depth > 0 => {
                    depth -= 1;
                    (")".to_owned(), Before::Close)
                }
                "and" | "or" | "with" | "(" | ")" => return Err(syntax(token)),
                lower if before == Before::With => {
                    let exception = exception(lower)
                        .ok_or_else(|| error(LicenseErrorKind::Exception, token))?;
                    (exception.to_owned(), Before::Exception)
                }
                lower if wants_term => {
                    let license = license(lower, &spaced).map_err(|kind| error(kind, token))?;
                    (license, Before::License)
                }
                _ => return Err(syntax(token)),
            };
            written.push(word);
            before = now;
        }
        if depth > 0 || matches!(before, Before::Open | Before::Operator | Before::With) {
            return Err(syntax(""));
        }
        Ok(Self(
            written.join(" ").replace("( ", "(").replace(" )", ")"),
        ))
    }

    /// The expression, in the spelling of the SPDX list.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The licenses that it names, in order, including a trailing `+`.
    pub fn licenses(&self) -> impl Iterator<Item = &str> {
        let words = self
            .0
            .split([' ', '(', ')'])
            .filter(|word| !word.is_empty());
        let mut is_exception = false;
        words.filter(move |word| {
            let is_license = !is_exception && !matches!(*word, "AND" | "OR" | "WITH");
            is_exception = *word == "WITH";
            is_license
        })
    }
}

fn license(lower: &str, expression: &str) -> Result<String, LicenseErrorKind> {
    let (name, plus) = lower
        .strip_suffix('+')
        .map_or((lower, ""), |name| (name, "+"));
    if name.starts_with(REFERENCE) {
        // `packaging` looks the spelling up among the references as they are written: the last one wins, and there is none
        // for a `+`.
        let mut written = expression.split(is_blank).rev();
        let found = written.find(|word| word.eq_ignore_ascii_case(name));
        return match found.and_then(|word| word.get(REFERENCE.len()..)) {
            Some(reference) if is_reference(reference) => {
                Ok(format!("LicenseRef-{reference}{plus}"))
            }
            _ => Err(LicenseErrorKind::Reference),
        };
    }
    let is_license =
        |id: &&spdx::License| id.name.eq_ignore_ascii_case(name) && id.name != "NOASSERTION";
    let id = LICENSES
        .iter()
        .find(is_license)
        .ok_or(LicenseErrorKind::License)?;
    Ok(format!("{}{plus}", id.name))
}

const REFERENCE: &str = "licenseref-";

fn is_reference(name: &str) -> bool {
    let is_letter = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-');
    !name.is_empty() && name.bytes().all(is_letter)
}

fn exception(lower: &str) -> Option<&'static str> {
    EXCEPTIONS
        .iter()
        .map(|id| id.name)
        .find(|name| name.eq_ignore_ascii_case(lower))
}

impl LicenseError {
    /// The category, for `match`.
    pub fn kind(&self) -> LicenseErrorKind {
        self.kind
    }

    /// Whether `packaging` 26.2 raises a `KeyError` for it: a reference with a `+`, and none without it.
    pub(crate) fn is_reference_with_plus(&self) -> bool {
        let name = self.token.strip_suffix('+').unwrap_or_default();
        let name = name.get(REFERENCE.len()..).unwrap_or_default();
        self.kind == LicenseErrorKind::Reference && is_reference(name)
    }

    /// What to do about it, in one line.
    pub fn help(&self) -> String {
        let near = [
            "MIT",
            "Apache-2.0",
            "BSD-3-Clause",
            "GPL-3.0-or-later",
            "MPL-2.0",
            "PSF-2.0",
        ];
        let letters = |text: &str| -> String {
            text.chars()
                .filter(char::is_ascii_alphanumeric)
                .map(|c| c.to_ascii_lowercase())
                .collect()
        };
        let wanted = letters(&self.token);
        let meant = near
            .into_iter()
            .find(|name| wanted.len() > 2 && letters(name).starts_with(&wanted));
        match (self.kind, meant) {
            (LicenseErrorKind::License, Some(name)) => format!("write {name:?}"),
            (LicenseErrorKind::License, None) => {
                "use an identifier from https://spdx.org/licenses/, or write LicenseRef- and a name"
                    .to_owned()
            }
            (LicenseErrorKind::Exception, _) => {
                "use an exception from https://spdx.org/licenses/exceptions-index.html".to_owned()
            }
            (LicenseErrorKind::Reference, _) => {
                "write LicenseRef- followed by letters, digits, '.' and '-'".to_owned()
            }
            (LicenseErrorKind::Syntax, _) => {
                "join licenses with AND, OR and WITH, such as \"MIT OR Apache-2.0\"".to_owned()
            }
        }
    }
}

impl FromStr for LicenseExpression {
    type Err = LicenseError;

    fn from_str(text: &str) -> Result<Self, LicenseError> {
        Self::parse(text)
    }
}

impl fmt::Display for LicenseExpression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for LicenseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { text, token, .. } = self;
        match self.kind {
            LicenseErrorKind::Exception => write!(
                f,
                "{token:?} in the license expression {text:?} is not an SPDX exception"
            ),
            LicenseErrorKind::License => write!(
                f,
                "{token:?} in the license expression {text:?} is not an SPDX license"
            ),
            LicenseErrorKind::Reference => write!(
                f,
                "{token:?} in the license expression {text:?} is not a valid license reference"
            ),
            LicenseErrorKind::Syntax if token.is_empty() => {
                write!(f, "the license expression {text:?} is incomplete")
            }
            LicenseErrorKind::Syntax => {
                write!(f, "the license expression {text:?} is invalid at {token:?}")
            }
        }
    }
}

impl std::error::Error for LicenseError {}

#[cfg(test)]
mod tests {
    use super::*;

    // The results of `packaging.licenses` 26.2.
    #[test]
    fn expressions_are_written_as_packaging_writes_them() {
        for (text, canonical) in [
            ("mit or APACHE-2.0", "MIT OR Apache-2.0"),
            ("(mit)", "(MIT)"),
            ("GPL-2.0+", "GPL-2.0+"),
            ("licenseref-Mine and mit", "LicenseRef-Mine AND MIT"),
            (
                "gpl-2.0-only with classpath-exception-2.0",
                "GPL-2.0-only WITH Classpath-exception-2.0",
            ),
            ("MIT AND(ISC OR 0BSD)", "MIT AND (ISC OR 0BSD)"),
        ] {
            assert_eq!(
                LicenseExpression::parse(text).map(|read| read.0).as_deref(),
                Ok(canonical)
            );
        }
    }

    #[test]
    fn each_error_has_its_kind() {
        for (text, kind) in [
            ("", LicenseErrorKind::Syntax),
            ("MIT Apache-2.0", LicenseErrorKind::Syntax),
            ("MIT OR", LicenseErrorKind::Syntax),
            ("(MIT", LicenseErrorKind::Syntax),
            ("()", LicenseErrorKind::Syntax),
            ("MIT (ISC)", LicenseErrorKind::Syntax),
            ("(MIT) WITH LLVM-exception", LicenseErrorKind::Syntax),
            ("Apache 2.0", LicenseErrorKind::License),
            ("NOASSERTION", LicenseErrorKind::License),
            ("LicenseRef-", LicenseErrorKind::Reference),
            ("MIT WITH mine", LicenseErrorKind::Exception),
        ] {
            assert_eq!(
                LicenseExpression::parse(text).map_err(|error| error.kind),
                Err(kind),
                "{text}"
            );
        }
    }
}
