//! Requirements, parsed as `packaging` parses them.

mod grammar;
mod marker;
#[cfg(feature = "requirements")]
mod normal;
mod printed;
mod scan;
mod specifier;

use std::{fmt, str::FromStr};

use pypi_versioning::{SpecifierError, SpecifierSet};

use scan::{Problem, Scan};

/// A requirement: a project, and which of its versions are acceptable under which condition.
///
/// Parses exactly what PyPI parses. Prints in the spelling of `packaging`, with the extras and specifiers in the order in
/// which they were written.
///
/// # Examples
///
/// ```
/// use pypi_metadata::Requirement;
///
/// let requirement: Requirement = "requests [socks] >= 2.8.1, < 3 ; python_version < '3.12'".parse()?;
/// assert_eq!(requirement.name(), "requests");
/// assert_eq!(requirement.extras().collect::<Vec<_>>(), ["socks"]);
/// assert_eq!(requirement.specifiers().to_string(), ">=2.8.1,<3");
/// assert_eq!(requirement.marker(), Some("python_version < '3.12'"));
/// assert_eq!(requirement.url(), None);
/// assert_eq!(requirement.to_string(), "requests[socks]>=2.8.1,<3; python_version < '3.12'");
/// assert!("requests 2.8".parse::<Requirement>().is_err());
/// # Ok::<(), pypi_metadata::RequirementError>(())
/// ```
///
/// # Source
///
/// [Dependency specifiers](https://packaging.python.org/en/latest/specifications/dependency-specifiers/), 2026-08, as
/// `packaging` 26.2 reads them.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Requirement {
    name: String,
    extras: Vec<String>,
    specifiers: SpecifierSet,
    url: Option<String>,
    marker: Option<String>,
}

/// A text that is not a valid requirement. Prints what was expected, in the words of `packaging`; the error of a version
/// specifier is behind `source()`.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{text:?} is not a valid requirement: {}", as_clause(problem.expected))]
pub struct RequirementError {
    text: String,
    problem: Problem,
    source: Option<SpecifierError>,
}

impl Requirement {
    /// Parses a requirement.
    ///
    /// # Errors
    ///
    /// If `packaging` rejects the text; also if it is longer than 16 KiB, its marker nests more than 100 parentheses, or its
    /// specifiers exceed the [limits](pypi_versioning::SpecifierErrorKind::is_limit) of `pypi-versioning`.
    pub fn parse(text: &str) -> Result<Self, RequirementError> {
        const SHOWN: usize = 100;
        let error = |problem, source| RequirementError {
            text: text.chars().take(SHOWN).collect(),
            problem,
            source,
        };
        let parts = grammar::parse(text).map_err(|problem| error(problem, None))?;
        let specifiers = SpecifierSet::parse(parts.specifiers).map_err(|source| {
            let problem = Scan::new(text).problem(SPECIFIERS);
            error(problem, Some(source))
        })?;
        Ok(Self {
            name: parts.name.to_owned(),
            extras: parts.extras.into_iter().map(str::to_owned).collect(),
            specifiers,
            url: parts.url.map(str::to_owned),
            marker: parts.marker.map(str::to_owned),
        })
    }

    /// The name of the project as it was written. It may end in `_`, which a [`ProjectName`](crate::ProjectName) does
    /// not.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The extras as they were written.
    pub fn extras(&self) -> impl Iterator<Item = &str> {
        self.extras.iter().map(String::as_str)
    }

    /// The versions that are acceptable; an empty set accepts every version.
    pub fn specifiers(&self) -> &SpecifierSet {
        &self.specifiers
    }

    /// The URL of a direct reference, unparsed: a relative path is allowed too. PyPI rejects direct references.
    pub fn url(&self) -> Option<&str> {
        self.url.as_deref()
    }

    /// The condition after the semicolon, as it was written.
    pub fn marker(&self) -> Option<&str> {
        self.marker.as_deref()
    }

    /// The marker in a normal form that is the same for equivalent conditions, or empty if it is always true.
    ///
    /// `None` without a marker. The few markers that `pep508_rs` does not represent exactly are returned as they were
    /// written.
    ///
    /// The normal form is true in the same environments as the marker, except that a pre-release of Python counts as its
    /// final release: comparisons of `python_version` become comparisons of `python_full_version`.
    ///
    /// `pep508_rs` keeps every part of a normal form for the life of the process.
    ///
    /// # Examples
    ///
    /// ```
    /// use pypi_metadata::Requirement;
    ///
    /// let normal = |text| Ok::<_, pypi_metadata::RequirementError>(Requirement::parse(text)?.normalized_marker());
    /// assert_eq!(normal("a; os.name=='nt'")?, normal("a; (os_name == \"nt\")")?);
    /// assert_eq!(normal("a; os_name == 'nt' or os_name != 'nt'")?.as_deref(), Some(""));
    /// assert_eq!(normal("a; os_name in 'nt,posix'")?.as_deref(), Some("os_name in 'nt,posix'"));
    /// # Ok::<(), pypi_metadata::RequirementError>(())
    /// ```
    #[cfg(feature = "requirements")]
    pub fn normalized_marker(&self) -> Option<String> {
        let marker = self.marker()?;
        Some(normal::of(marker).unwrap_or_else(|| marker.to_owned()))
    }
}

/// A set of specifiers with `===`: what is one specifier in a requirement can be two in a set.
const SPECIFIERS: &str = "Expected valid version specifiers";

fn as_clause(expected: &str) -> String {
    expected.replacen("Expected", "expected", 1)
}

impl RequirementError {
    /// Whether the text only exceeds a limit of this crate, which `packaging` does not have.
    pub(crate) fn is_limit(&self) -> bool {
        let specifiers = self.source.as_ref();
        matches!(self.problem.expected, grammar::TOO_LONG | marker::TOO_DEEP)
            || specifiers.is_some_and(|error| error.kind().is_limit())
    }

    /// What `packaging` 26.2 says about the text that was parsed, in three lines. `None` if it raises an exception that
    /// the index does not expect, so that its answer is an internal error.
    pub(crate) fn detail(&self, text: &str) -> Option<String> {
        let Problem {
            expected,
            start,
            end,
        } = self.problem;
        let is_expected = !matches!(expected, SPECIFIERS | marker::NOT_A_LITERAL);
        is_expected.then(|| {
            let (blanks, mark) = (" ".repeat(start), "~".repeat(end.saturating_sub(start)));
            format!("{expected}\n    {text}\n    {blanks}{mark}^")
        })
    }

    /// What to do about it.
    pub fn help(&self) -> &'static str {
        "write a dependency specifier, such as \"name[extra]>=1.0; python_version < '3.12'\""
    }
}

impl FromStr for Requirement {
    type Err = RequirementError;

    fn from_str(text: &str) -> Result<Self, RequirementError> {
        Self::parse(text)
    }
}

impl fmt::Display for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        if !self.extras.is_empty() {
            write!(f, "[{}]", self.extras.join(","))?;
        }
        write!(f, "{}", self.specifiers)?;
        // A URL ends at a blank, so one must precede the semicolon.
        let before_marker = match &self.url {
            Some(url) => {
                write!(f, " @ {url}")?;
                " "
            }
            None => "",
        };
        match &self.marker {
            Some(marker) => write!(f, "{before_marker}; {marker}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // The results of `packaging.requirements` 26.2.
    #[test]
    fn requirements_are_judged_as_packaging_judges_them() {
        for text in [
            "a",
            "a>=1,",
            "a===foo",
            "a (>=1)",
            "a[b,c]~=1.0",
            "a @ ./b",
            "a@ https://x ; extra == 'b'",
            "a; (python_version<'3' or os.name not in \"x\") and extra=='y'",
            "a_",
            "a[]",
            " a ",
            "a\n",
            "a==1.*",
            "a; 'x' in extras",
            "a()",
            r"a; os_name == '\x41\N{DIGIT ONE}\z\\'",
        ] {
            assert!(Requirement::parse(text).is_ok(), "{text:?}");
        }
        for text in [
            "",
            "-a",
            "a-",
            "a>=1.*",
            "a>=1+x",
            "a[b",
            "a[b c]",
            "a >=1 b",
            "a @",
            "a ; ",
            "a; x == 'y'",
            "a; os_name == 'x",
            "a; (os_name == 'x'",
            "a; os_name == 'x')",
            "a; os_name not  'x'",
            "é",
            "a 1.0",
            "a; os_name 'x'",
            "a\n\n",
            "a; os_name == '\n'",
            r"a; os_name == '\'",
            r"a; os_name == '\x4'",
            r"a; os_name == '\u+123'",
            r"a; os_name == '\U00110000'",
            r"a; os_name == '\N'",
        ] {
            assert!(Requirement::parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn parts_are_as_written_and_print_in_the_spelling_of_packaging() {
        for (text, printed) in [
            ("A.b_C", "A.b_C"),
            ("a [ x , y ] (>= 1, <2 ,)", "a[x,y]>=1,<2"),
            ("a@file:///x", "a @ file:///x"),
            ("a @ ./b ;os_name=='x'\n", "a @ ./b ; os_name=='x'"),
            ("a===x y".trim_end_matches(" y"), "a===x"),
            ("a ; ( extra == 'y' ) ", "a; ( extra == 'y' )"),
        ] {
            let requirement = Requirement::parse(text).expect(text);
            assert_eq!(requirement.to_string(), printed, "{text}");
            assert_eq!(printed.parse().as_ref(), Ok(&requirement), "{printed}");
        }
    }

    #[test]
    fn limits_are_told_from_errors() {
        let nested = format!("a; {}os_name == 'x'{}", "(".repeat(150), ")".repeat(150));
        let long = format!("a{}", " ".repeat(16 * 1024));
        for text in [&nested, &long, "a>=99999999999999999999"] {
            let error = Requirement::parse(text).expect_err("a limit");
            assert!(error.is_limit(), "{error}");
        }
        for text in ["a>=1.*", "a>=99999999999999999999,>1.*", "a; x == 'y'"] {
            let error = Requirement::parse(text).expect_err(text);
            assert!(!error.is_limit(), "{error}");
        }
    }

    // The messages of `packaging.requirements` 26.2.
    #[test]
    fn errors_have_the_detail_of_packaging() {
        for (text, detail) in [
            (
                "é",
                "Expected package name at the start of dependency specifier\n    é\n    ^",
            ),
            (
                "a b",
                "Expected semicolon (after name with no version specifier) or end\n    a b\n      ^",
            ),
            (
                "a >=1.x",
                "Expected comma (within version specifier), semicolon (after version specifier) or end\n    a >=1.x\n      ~~~^",
            ),
            (
                "a>=1.*",
                ".* suffix can only be used with `==` or `!=` operators\n    a>=1.*\n     ~~~~^",
            ),
            (
                "a>1+x",
                "Local version label can only be used with `==` or `!=` operators\n    a>1+x\n     ~~^",
            ),
            (
                "a[b c]",
                "Expected comma between extra names\n    a[b c]\n        ^",
            ),
            (
                "a[b",
                "Expected matching RIGHT_BRACKET for LEFT_BRACKET, after extras\n    a[b\n     ~~^",
            ),
            (
                "a (>=1",
                "Expected matching RIGHT_PARENTHESIS for LEFT_PARENTHESIS, after version specifier\n    a (>=1\n      ~~~~^",
            ),
            (
                "a;( (os_name=='é') or extra=='x'",
                "Expected matching RIGHT_PARENTHESIS for LEFT_PARENTHESIS, after marker expression\n    a;( (os_name=='é') or extra=='x'\n      ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~^",
            ),
            (
                "a@x y",
                "Expected semicolon (after URL and whitespace) or end\n    a@x y\n      ~~^",
            ),
            (
                "a;extra not",
                "Expected whitespace after 'not'\n    a;extra not\n               ^",
            ),
        ] {
            let error = Requirement::parse(text).expect_err(text);
            assert_eq!(error.detail(text).as_deref(), Some(detail), "{text}");
        }
        for text in ["a===1,==u", r"a; os_name=='\x4'"] {
            let error = Requirement::parse(text).expect_err(text);
            assert_eq!(
                error.detail(text),
                None,
                "packaging has no sentence for {text}"
            );
        }
    }

    // The results of `str(Requirement(text))` of `packaging` 26.2.
    #[test]
    fn a_direct_reference_is_printed_as_packaging_prints_it() {
        for (text, printed) in [
            ("A.b[z,a,z]@x", "A.b[a,z] @ x"),
            (
                "a@x ;extra=='A_b' and (extra=='A_b')",
                "a @ x ; extra == \"a-b\" and extra == \"A_b\"",
            ),
            (
                "a@x ;((os.name=='\\x41' or python_implementation not  in 'b')) and 'c' <extra",
                "a @ x ; os_name == \"A\" or platform_python_implementation not in \"b\" and \"c\" < extra",
            ),
            (
                "a@x ;(extra<'1' or extra<'2') and extra<'3'",
                "a @ x ; (extra < \"1\" or extra < \"2\") and extra < \"3\"",
            ),
        ] {
            let requirement = Requirement::parse(text).expect(text);
            let reference = requirement.direct_reference();
            assert_eq!(reference.as_deref(), Some(printed), "{text}");
        }
    }

    #[test]
    fn an_error_is_one_line() {
        let error = Requirement::parse("a\nb").expect_err("two lines");
        assert!(!error.to_string().contains('\n'), "{error}");
    }
}
