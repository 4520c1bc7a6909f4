//! What a source gives.

use pypi_trusted_upload::{Index, Secret, transport::Redactor, upload, url::Url};

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

    /// An entry of a netrc file for this host.
    pub(crate) fn netrc(&self, host: &str) -> Secret {
        let (user, password) = (word(&self.user), word(&self.password));
        let (user, password) = (user.reveal(), password.reveal());
        Secret::new(format!("machine {host} login {user} password {password}\n"))
    }

    /// Finds what a program may repeat of the password, also as it is in a netrc file.
    pub(crate) fn redactor(&self) -> Redactor {
        Redactor::new([&self.password, &word(&self.password)])
    }
}

/// A word of a netrc file. One that needs no quotes gets none, which Python 3.10 does not know.
fn word(secret: &Secret) -> Secret {
    let text = secret.reveal();
    let is_special = |c: char| c.is_whitespace() || matches!(c, '"' | '\\');
    match text.is_empty() || text.starts_with('#') || text.contains(is_special) {
        false => secret.clone(),
        true => {
            let escaped = text.replace('\\', "\\\\").replace('"', "\\\"");
            Secret::new(format!("\"{escaped}\""))
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_netrc_entry_is_read_as_it_was_meant() {
        for password in ["pypi-a_b-c#d", "#a", "a b", "a\"b\\c\td", "\"", "", "\\"] {
            let entry = Found::basic("here", "me", password).netrc("corp.example");
            let index = Index::custom("https://corp.example/").expect("a URL");
            let found = super::super::netrc::found(entry.reveal(), "FILE", &index, None);
            let found = found.expect("a netrc file");
            assert_eq!(found[0].password.reveal(), password);
            assert_eq!(found[0].user.reveal(), "me");
        }
        let plain = Found::basic("here", "me", "a#b").netrc("h");
        assert_eq!(plain.reveal(), "machine h login me password a#b\n");
    }
}
