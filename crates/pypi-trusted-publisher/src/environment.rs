//! Environment variables as a value.

use std::{collections::BTreeMap, fmt};

use pypi_http::Secret;

/// The variables of a CI job, as a value that a caller passes in.
///
/// `Debug` prints names only, and the memory of the values is overwritten when they are dropped: they contain tokens.
///
/// # Examples
///
/// ```
/// use pypi_trusted_publisher::Environment;
///
/// let environment = Environment::from_vars([("GITHUB_ACTIONS", "true")]);
/// assert_eq!(environment.get("GITHUB_ACTIONS"), Some("true"));
/// assert_eq!(environment.get("GITLAB_CI"), None);
/// ```
#[derive(Clone, Default, Eq, PartialEq)]
pub struct Environment(BTreeMap<String, Secret>);

impl Environment {
    /// The variables of this process; those that are not Unicode are left out.
    pub fn from_process() -> Self {
        #[expect(
            clippy::disallowed_methods,
            reason = "the only place that reads the process environment, when a caller asks for it"
        )]
        let vars = std::env::vars_os();
        Self::from_vars(vars.filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        }))
    }

    /// The given variables; the last value of a name wins.
    pub fn from_vars<N: Into<String>, V: Into<String>>(
        vars: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        Self(
            vars.into_iter()
                .map(|(name, value)| (name.into(), Secret::new(value)))
                .collect(),
        )
    }

    /// A variable's value; `None` when it is unset or empty, which CI systems do not distinguish.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0
            .get(name)
            .map(Secret::reveal)
            .filter(|value| !value.is_empty())
    }

    /// All names and values, empty ones included, in the order of the names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.reveal()))
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Environment")?;
        f.debug_set().entries(self.0.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_prints_no_value() {
        let environment = Environment::from_vars([("TOKEN", "hush")]);
        assert_eq!(format!("{environment:?}"), "Environment{\"TOKEN\"}");
    }
}
