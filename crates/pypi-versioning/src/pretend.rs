use crate::{FactError, FactErrorKind, Version, text::quoted};

/// In the order in which setuptools-scm looks at them.
const PREFIXES: [&str; 2] = ["SETUPTOOLS_SCM", "VCS_VERSIONING"];

/// Returns the version that the environment claims, whatever the checkout says.
///
/// `SETUPTOOLS_SCM_PRETEND_VERSION_FOR_MY_PKG` comes before `SETUPTOOLS_SCM_PRETEND_VERSION`;
/// the former is for the distribution `my-pkg` alone. `VCS_VERSIONING_` stands for
/// `SETUPTOOLS_SCM_` where that is not set. An empty variable counts as not set.
///
/// ```
/// use pypi_versioning::pretended_version;
///
/// let variables = [("SETUPTOOLS_SCM_PRETEND_VERSION", "v1.2-rc1")];
/// let version = pretended_version(variables, Some("my.pkg"))?;
/// assert_eq!(version.map(|version| version.to_string()).as_deref(), Some("1.2rc1"));
/// # Ok::<(), pypi_versioning::FactError>(())
/// ```
///
/// # Errors
///
/// Says [`FactErrorKind::PretendedVersion`] for a value that is no PEP 440 version.
pub fn pretended_version<N: AsRef<str>, V: AsRef<str>>(
    variables: impl IntoIterator<Item = (N, V)>,
    distribution: Option<&str>,
) -> Result<Option<Version>, FactError> {
    let mut wanted: Vec<String> = Vec::new();
    if let Some(distribution) = distribution {
        let name = variable_part(distribution);
        wanted.extend(PREFIXES.map(|prefix| format!("{prefix}_PRETEND_VERSION_FOR_{name}")));
    }
    wanted.extend(PREFIXES.map(|prefix| format!("{prefix}_PRETEND_VERSION")));
    let set = variables
        .into_iter()
        .filter(|(_, value)| !value.as_ref().is_empty());
    let ranked = set.filter_map(|(name, value)| {
        let rank = wanted.iter().position(|wanted| wanted == name.as_ref())?;
        Some((rank, name, value))
    });
    let Some((_, name, value)) = ranked.min_by_key(|(rank, ..)| *rank) else {
        return Ok(None);
    };
    match Version::parse(value.as_ref()) {
        Ok(version) => Ok(Some(version)),
        Err(_) => Err(FactError::new(
            FactErrorKind::PretendedVersion,
            format!(
                "variable {} has {}, which is not a PEP 440 version: write it like 1.2.3",
                name.as_ref(),
                quoted(value.as_ref())
            ),
        )),
    }
}

/// `My.Pkg` becomes `MY_PKG`: runs of `-`, `_` and `.` are one separator.
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

    #[test]
    fn the_most_specific_variable_counts() {
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
    fn a_value_that_is_no_version_is_not_passed_over() {
        let variables = [("SETUPTOOLS_SCM_PRETEND_VERSION", "latest")];
        let error = pretended_version(variables, None).unwrap_err();
        assert_eq!(error.kind(), FactErrorKind::PretendedVersion);
        assert!(
            error
                .to_string()
                .starts_with("variable SETUPTOOLS_SCM_PRETEND_VERSION has")
        );
        let empty = [("SETUPTOOLS_SCM_PRETEND_VERSION", "")];
        assert_eq!(pretended_version(empty, None), Ok(None));
    }
}
