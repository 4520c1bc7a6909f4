//! Versions from the environment, and which variable applies.

use crate::{Error, Version};

/// Variable prefixes, in the order in which setuptools-scm reads them.
const PREFIXES: [&str; 2] = ["SETUPTOOLS_SCM", "VCS_VERSIONING"];

/// Returns the version that environment variables set in place of that of the checkout.
///
/// `SETUPTOOLS_SCM_PRETEND_VERSION_FOR_MY_PKG` applies to the distribution `my-pkg` only, and takes
/// precedence over `SETUPTOOLS_SCM_PRETEND_VERSION`. The prefix `VCS_VERSIONING_` works like
/// `SETUPTOOLS_SCM_`, which takes precedence. Empty variables are ignored. If none of these is set,
/// another spelling of the name counts, as in `…_FOR_my.pkg`.
///
/// # Errors
///
/// [`ErrorKind::InvalidVersion`](crate::ErrorKind::InvalidVersion) if the value is not a PEP 440 version.
///
/// # Examples
///
/// ```
/// use pypi_versioning::pretended_version;
///
/// let variables = [("SETUPTOOLS_SCM_PRETEND_VERSION", "v1.2-rc1")];
/// let version = pretended_version(variables, Some("my.pkg"))?;
/// assert_eq!(version.map(|version| version.to_string()).as_deref(), Some("1.2rc1"));
/// # Ok::<(), pypi_versioning::Error>(())
/// ```
pub fn pretended_version<N: AsRef<str>, V: AsRef<str>>(
    variables: impl IntoIterator<Item = (N, V)>,
    distribution: Option<&str>,
) -> Result<Option<Version>, Error> {
    let Some((name, value)) = variable(variables, "PRETEND_VERSION", distribution) else {
        return Ok(None);
    };
    let version = Version::parse(value.as_ref());
    version.map(Some).map_err(|error| {
        let message = format!("value of variable {} is invalid", name.as_ref());
        Error::invalid_version(message, error)
    })
}

/// Returns the variable that sets `what` for the distribution, in the order of setuptools-scm 10.
pub(crate) fn variable<N: AsRef<str>, V: AsRef<str>>(
    variables: impl IntoIterator<Item = (N, V)>,
    what: &str,
    distribution: Option<&str>,
) -> Option<(N, V)> {
    let distribution = distribution.map(variable_part);
    let rank = |name: &str| {
        let prefix = PREFIXES
            .iter()
            .position(|prefix| name.starts_with(*prefix))?;
        let rest = name.strip_prefix(PREFIXES.get(prefix)?)?;
        let rest = rest.strip_prefix('_')?.strip_prefix(what)?;
        if rest.is_empty() {
            return Some((1, prefix));
        }
        let (found, wanted) = (rest.strip_prefix("_FOR_")?, distribution.as_ref()?);
        match found == wanted {
            true => Some((0, prefix)),
            false => (variable_part(found) == *wanted).then_some((2, prefix)),
        }
    };
    let set = variables
        .into_iter()
        .filter(|(_, value)| !value.as_ref().is_empty());
    let ranked = set.filter_map(|(name, value)| Some((rank(name.as_ref())?, name, value)));
    let first = ranked.min_by_key(|(rank, ..)| *rank);
    first.map(|(_, name, value)| (name, value))
}

/// `My.Pkg` becomes `MY_PKG`: a run of `-`, `_` and `.` is one separator.
fn variable_part(distribution: &str) -> String {
    let words = distribution
        .split(['-', '_', '.'])
        .filter(|word| !word.is_empty());
    let words: Vec<String> = words.map(str::to_uppercase).collect();
    words.join("_")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;

    #[test]
    fn the_most_specific_variable_wins() {
        let variables = [
            ("VCS_VERSIONING_PRETEND_VERSION", "4"),
            ("SETUPTOOLS_SCM_PRETEND_VERSION", "3"),
            ("VCS_VERSIONING_PRETEND_VERSION_FOR_MY_PKG", "2"),
            ("SETUPTOOLS_SCM_PRETEND_VERSION_FOR_MY_PKG", "v1.0"),
        ];
        let version = |count: usize, name| {
            let found = pretended_version(variables.into_iter().take(count), name).unwrap();
            found.map(|version| version.to_string())
        };
        assert_eq!(version(4, Some("my--Pkg")).as_deref(), Some("1.0"));
        assert_eq!(version(3, Some("my.pkg")).as_deref(), Some("2"));
        assert_eq!(version(4, Some("other")).as_deref(), Some("3"));
        assert_eq!(version(4, None).as_deref(), Some("3"));
        assert_eq!(version(1, None).as_deref(), Some("4"));
        assert_eq!(version(0, None), None);
    }

    #[test]
    fn another_spelling_of_the_name_counts_last() {
        let version = |variables: &[(&str, &str)]| {
            let found = pretended_version(variables.iter().copied(), Some("my-pkg")).unwrap();
            found.map(|version| version.to_string())
        };
        let other = ("SETUPTOOLS_SCM_PRETEND_VERSION_FOR_my.pkg", "1");
        let general = ("SETUPTOOLS_SCM_PRETEND_VERSION", "2");
        assert_eq!(version(&[other]).as_deref(), Some("1"));
        assert_eq!(version(&[other, general]).as_deref(), Some("2"));
        for name in ["MY_PKGS", "MY_PKG_FOR_X", ""] {
            let name = format!("SETUPTOOLS_SCM_PRETEND_VERSION_FOR_{name}");
            assert_eq!(version(&[(&name, "1")]), None, "{name}");
        }
        assert_eq!(version(&[("SETUPTOOLS_SCM_PRETEND_VERSIONS", "1")]), None);
    }

    #[test]
    fn an_invalid_value_is_an_error_and_an_empty_one_is_ignored() {
        let variables = [("SETUPTOOLS_SCM_PRETEND_VERSION", "latest")];
        let error = pretended_version(variables, None).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidVersion);
        assert!(
            error
                .to_string()
                .starts_with("value of variable SETUPTOOLS_SCM_PRETEND_VERSION is")
        );
        let empty = [("SETUPTOOLS_SCM_PRETEND_VERSION", "")];
        assert!(pretended_version(empty, None).unwrap().is_none());
    }
}
