//! `https://user:password@host/`: the credentials in a URL.

use percent_encoding::percent_decode_str;
use pypi_trusted_upload::{Secret, url::Url};

/// What was in a URL before its host. The URL itself is used without it everywhere.
#[derive(Clone, Debug)]
pub(crate) struct UserInfo {
    pub(super) user: Secret,
    pub(super) password: Option<Secret>,
}

impl UserInfo {
    /// Moves the user name and the password out of a URL. A text that is not a URL stays as it is.
    pub(crate) fn split(text: &str) -> (String, Option<Self>) {
        let Some((url, user_info)) = text.parse().ok().and_then(Self::of) else {
            return (text.to_owned(), None);
        };
        (url.to_string(), Some(user_info))
    }

    /// The URL without its user name and password, and these, if it has any.
    pub(super) fn of(mut url: Url) -> Option<(Url, Self)> {
        if url.username().is_empty() && url.password().is_none() {
            return None;
        }
        let decoded = |text: &str| Secret::new(percent_decode_str(text).decode_utf8_lossy());
        let user_info = Self {
            user: decoded(url.username()),
            password: url.password().map(decoded),
        };
        // Both fail for a URL that cannot have a user, and this one has.
        url.set_username("").ok()?;
        url.set_password(None).ok()?;
        Some((url, user_info))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_loses_its_credentials() {
        for (text, rest, user, password) in [
            (
                "https://me:a%40b@host/x",
                "https://host/x",
                "me",
                Some("a@b"),
            ),
            ("https://me@host/x/", "https://host/x/", "me", None),
            ("https://:hush@host/", "https://host/", "", Some("hush")),
        ] {
            let (url, user_info) = UserInfo::split(text);
            let user_info = user_info.expect(text);
            assert_eq!(url, rest);
            assert_eq!(user_info.user.reveal(), user);
            assert_eq!(user_info.password.as_ref().map(Secret::reveal), password);
            assert!(!format!("{user_info:?}").contains("hush"));
        }
        for text in ["https://host/x", "pypi", "mailto:me@host"] {
            let (url, user_info) = UserInfo::split(text);
            assert_eq!((url.as_str(), user_info.is_none()), (text, true));
        }
    }
}
