//! What a source gives.

use pypi_trusted_upload::{Index, Secret, upload, url::Url};

use crate::failure::Failure;

/// Credentials, and where they are from.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    /// For messages and the report, such as `UV_PUBLISH_TOKEN`.
    pub(crate) source: String,
    pub(super) user: Secret,
    pub(super) password: Secret,
}

impl Found {
    /// An API token.
    pub(super) fn token(source: impl Into<String>, token: &str) -> Self {
        Self::basic(source, TOKEN_USER, token)
    }

    /// A user name and a password, which may be `__token__` and an API token.
    pub(super) fn basic(source: impl Into<String>, user: &str, password: &str) -> Self {
        Self {
            source: source.into(),
            user: Secret::new(user),
            password: Secret::new(password),
        }
    }

    /// The credentials of a source that may lack a user name or a password; `None` without a password.
    ///
    /// PyPI and TestPyPI need no user name, because they accept API tokens only.
    pub(super) fn pair(
        source: impl Into<String>,
        user: Option<&str>,
        password: Option<&str>,
        index: &Index,
    ) -> Result<Option<Self>, Failure> {
        let Some(password) = password else {
            return Ok(None);
        };
        let source = source.into();
        let is_token = is_pypi(index) || password.starts_with("pypi-");
        match user.or_else(|| is_token.then_some(TOKEN_USER)) {
            Some(user) => Ok(Some(Self::basic(source, user, password))),
            None => Err(Failure::usage(format!(
                "{source} gives a password without a user name: add the user name, or __token__ for an API token"
            ))),
        }
    }
}

impl Found {
    /// The same, as requests send it.
    pub(crate) fn credentials(&self) -> upload::Credentials {
        upload::Credentials::basic(self.user.reveal(), &self.password)
    }

    /// An entry of a netrc file for this host. The words that need no quotes get none, which Python 3.10 does not know.
    pub(crate) fn netrc(&self, host: &str) -> Secret {
        let word = |secret: &Secret| {
            let text = secret.reveal();
            let is_special = |c: char| c.is_whitespace() || matches!(c, '"' | '\\');
            match text.is_empty() || text.starts_with('#') || text.contains(is_special) {
                false => text.to_owned(),
                true => format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")),
            }
        };
        let (user, password) = (word(&self.user), word(&self.password));
        Secret::new(format!("machine {host} login {user} password {password}\n"))
    }
}

/// The user whose password is an API token.
pub(super) const TOKEN_USER: &str = "__token__";

/// Whether the index accepts API tokens only.
pub(super) fn is_pypi(index: &Index) -> bool {
    [Index::pypi(), Index::test_pypi()]
        .iter()
        .any(|known| is_at(index, known.upload_url()))
}

/// Whether an index accepts uploads at a URL, with or without its last slash.
pub(super) fn is_at(index: &Index, url: &Url) -> bool {
    let trimmed = |url: &Url| url.as_str().trim_end_matches('/').to_owned();
    trimmed(index.upload_url()) == trimmed(url)
}
