//! `CredentialChain`: the credentials that a caller found for an index, and where.

use pypi_http::Secret;
use pypi_metadata::{Finding, rules};
use pypi_trusted_publisher::{ApiToken, Environment};
use pypi_upload::{Credentials, Index};

/// The credentials that a caller found for an index, each with its source.
///
/// They must agree: no source silently replaces another. If two give different credentials, or one gives any in a CI job
/// that may use trusted publishing, the [plan](crate::Publisher::plan) has an error that names both. Credentials that
/// the index cannot accept are an error of the plan too, so nothing is sent with them.
///
/// # Examples
///
/// ```
/// use pypi_http::Secret;
/// use pypi_publish::{CredentialChain, Dists, Publisher};
/// use pypi_trusted_publisher::ApiToken;
///
/// let chain = CredentialChain::new()
///     .token("UV_PUBLISH_TOKEN", &ApiToken::new(Secret::new("pypi-one")))
///     .basic("~/.pypirc", "__token__", &Secret::new("pypi-other"));
/// let plan = Publisher::pypi().credentials(chain).plan(Dists::default());
/// let problem = &plan.problems()[1];
/// assert_eq!(problem.to_string(), "pypi: UV_PUBLISH_TOKEN and ~/.pypirc give different credentials");
/// ```
#[derive(Clone, Debug, Default)]
#[must_use = "a chain does nothing until it is given to a publisher"]
pub struct CredentialChain {
    given: Vec<Given>,
    environment: Option<Environment>,
}

/// A user name and a password, and where they are from.
#[derive(Clone, Debug)]
pub(crate) struct Given {
    /// Empty if the caller did not say.
    source: String,
    /// Some services have the secret here.
    user: Secret,
    password: Secret,
}

/// How the index is authenticated to, as far as the sources agree.
pub(crate) enum Authentication<'a> {
    Given(&'a Given),
    Missing,
    Trusted(&'a Environment),
}

impl CredentialChain {
    /// No credentials.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the CI job that `environment` describes, if it is one, as
    /// [`Publisher::trusted_publishing`](crate::Publisher::trusted_publishing) does.
    pub fn trusted_publishing(mut self, environment: Environment) -> Self {
        self.environment = Some(environment);
        self
    }

    /// Adds an API token. `source` is for reports and messages, such as the name of a variable.
    pub fn token(self, source: impl Into<String>, token: &ApiToken) -> Self {
        self.basic(source, TOKEN_USER, token.secret())
    }

    /// Adds a user name and a password. That of the user `__token__` is an API token.
    pub fn basic(mut self, source: impl Into<String>, user: &str, password: &Secret) -> Self {
        self.given.push(Given {
            source: source.into(),
            user: Secret::new(user),
            password: password.clone(),
        });
        self
    }

    /// The credentials of the first source, or else the job.
    pub(crate) fn authentication(&self) -> Authentication<'_> {
        match (self.given(), &self.environment) {
            (Some(given), _) => Authentication::Given(given),
            (None, Some(environment)) => Authentication::Trusted(environment),
            (None, None) => Authentication::Missing,
        }
    }

    /// The credentials of the first source that gives some.
    pub(crate) fn given(&self) -> Option<&Given> {
        self.given.first()
    }

    pub(crate) fn environment(&self) -> Option<&Environment> {
        self.environment.as_ref()
    }

    /// The first source that does not agree with [`given`](Self::given).
    pub(crate) fn other(&self) -> Option<&Given> {
        let first = self.given()?;
        self.given.iter().find(|given| !given.is_same(first))
    }

    /// What a report says about the credentials that were given: their kind, and the sources that agree on them.
    pub(crate) fn label(&self) -> Option<String> {
        let kind = self.given()?.kind();
        let mut sources: Vec<&str> = self
            .given
            .iter()
            .map(|given| given.source.as_str())
            .collect();
        sources.retain(|source| !source.is_empty());
        Some(match sources.is_empty() {
            true => kind.to_owned(),
            false => format!("{kind} ({})", sources.join(", ")),
        })
    }
}

impl Given {
    pub(crate) fn credentials(&self) -> Credentials {
        Credentials::basic(self.user.reveal(), &self.password)
    }

    pub(crate) fn source(&self) -> &str {
        match self.source.as_str() {
            "" => "the caller",
            source => source,
        }
    }

    /// Why the index cannot accept these credentials, and the remedy.
    pub(crate) fn finding(&self, index: &Index) -> Option<Finding> {
        let (what, help) = self.fault(index)?;
        let message = format!("{what} (from {})", self.source());
        Some(Finding::new(&rules::CREDENTIALS_INVALID, message).with_help(help))
    }

    fn fault(&self, index: &Index) -> Option<(&'static str, &'static str)> {
        let is_pypi = is_same(index, &Index::pypi());
        let is_pypi_or_test = is_pypi || is_same(index, &Index::test_pypi());
        let password = self.password.reveal();
        let is_token = self.is_token();
        if password.is_empty() {
            return Some(("the password or API token is empty", "set it"));
        }
        if self.user.reveal().contains([':', '\n', '\r']) {
            let help = "use the user name that the index knows";
            return Some(("the user name has a colon or a line break", help));
        }
        if is_pypi_or_test && !is_token {
            let help = "create an API token on the index, and use it as the password of __token__";
            return Some(("PyPI and TestPyPI accept no user name and password", help));
        }
        let is_broken = match is_token {
            true => password.contains(|c: char| !c.is_ascii_graphic()),
            false => password.contains(char::is_control),
        };
        if is_broken {
            let help = "copy it again, without a line break or a space";
            return Some((
                "the password or API token has a character that does not belong there",
                help,
            ));
        }
        if is_pypi_or_test && !password.starts_with("pypi-") {
            let help = "copy the whole token, which begins with pypi-";
            return Some(("the API token does not begin with pypi-", help));
        }
        let other = match is_pypi_or_test {
            false => None,
            true if is_pypi => Some((OF_TEST_PYPI, "the API token is for TestPyPI, not PyPI")),
            true => Some((OF_PYPI, "the API token is for PyPI, not TestPyPI")),
        };
        let (start, what) = other?;
        let help = "use a token that was created on the index";
        password.starts_with(start).then_some((what, help))
    }

    fn is_same(&self, other: &Self) -> bool {
        self.user == other.user && self.password == other.password
    }

    fn is_token(&self) -> bool {
        self.user.reveal() == TOKEN_USER
    }

    fn kind(&self) -> &'static str {
        match self.is_token() {
            true => "token",
            false => "basic",
        }
    }
}

/// Whether two indexes accept uploads at the same URL, whatever they are called.
fn is_same(index: &Index, other: &Index) -> bool {
    index.upload_url() == other.upload_url()
}

/// The user whose password is an API token.
const TOKEN_USER: &str = "__token__";

/// How the tokens of PyPI and TestPyPI begin: base64 of a macaroon's version and location.
///
/// # Source
///
/// `warehouse/macaroons/services.py` and libmacaroons' format 2, 2026-11: `02 01 08 "pypi.org"`,
/// `02 01 0d "test.pypi.org"`.
const OF_PYPI: &str = "pypi-AgEIcHlwaS5vcmc";
const OF_TEST_PYPI: &str = "pypi-AgENdGVzdC5weXBpLm9yZw";

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(index: &Index, user: &str, password: &str) -> Option<String> {
        let chain = CredentialChain::new().basic("here", user, &Secret::new(password));
        let finding = chain.given().and_then(|given| given.finding(index))?;
        assert!(finding.help().is_some(), "a remedy");
        Some(finding.message().to_owned())
    }

    #[test]
    fn what_pypi_cannot_accept_is_found() {
        let (pypi, test) = (Index::pypi(), Index::test_pypi());
        for (index, user, password, expected) in [
            (&pypi, "__token__", "pypi-AgEIcHlwaS5vcmcx", None),
            (&test, "__token__", "pypi-AgENdGVzdC5weXBpLm9yZwx", None),
            (&pypi, "__token__", "", Some("is empty")),
            (
                &pypi,
                "__token__",
                "pypi-a\n",
                Some("a character that does not belong there"),
            ),
            (
                &pypi,
                "__token__",
                "pypi-a b",
                Some("a character that does not belong there"),
            ),
            (
                &pypi,
                "__token__",
                "hunter2",
                Some("does not begin with pypi-"),
            ),
            (
                &test,
                "__token__",
                "hunter2",
                Some("does not begin with pypi-"),
            ),
            (
                &pypi,
                "me",
                "pypi-a",
                Some("accept no user name and password"),
            ),
            (
                &pypi,
                "__token__",
                "pypi-AgENdGVzdC5weXBpLm9yZwx",
                Some("for TestPyPI, not PyPI"),
            ),
            (
                &test,
                "__token__",
                "pypi-AgEIcHlwaS5vcmcx",
                Some("for PyPI, not TestPyPI"),
            ),
        ] {
            let found = fault(index, user, password);
            match expected {
                None => assert_eq!(found, None),
                Some(text) => {
                    let found = found.unwrap_or_default();
                    assert!(found.contains(text), "{text}: {found}");
                    assert!(found.ends_with("(from here)"), "{found}");
                    assert!(!found.contains("hunter2"), "{found}");
                }
            }
        }
    }

    #[test]
    fn pypi_by_its_url_is_pypi() {
        let index = Index::custom(Index::pypi().upload_url().as_str()).expect("a URL");
        assert!(fault(&index, "me", "secret").is_some());
    }

    #[test]
    fn another_index_has_its_own_passwords() {
        let index = Index::custom("https://index.example/").expect("a URL");
        assert_eq!(fault(&index, "me", "a p\u{e4}ssword"), None);
        assert_eq!(fault(&index, "__token__", "glpat-x"), None);
        assert!(fault(&index, "me", "secret\n").is_some());
        assert!(fault(&index, "a:b", "secret").is_some());
        assert!(fault(&index, "__token__", "glpat-x ").is_some());
    }

    #[test]
    fn sources_that_agree_are_one() {
        let secret = Secret::new("pypi-hush");
        let chain = CredentialChain::new()
            .token("A", &ApiToken::new(secret.clone()))
            .basic("B", "__token__", &secret);
        assert!(chain.other().is_none());
        assert_eq!(chain.label().as_deref(), Some("token (A, B)"));
        let chain = chain.basic("C", "me", &secret);
        assert_eq!(chain.other().map(Given::source), Some("C"));
        assert!(!format!("{chain:?}").contains("hush"));
        assert!(CredentialChain::new().label().is_none());
    }
}
