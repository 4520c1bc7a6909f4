//! The `Authorization` header, as Warehouse reads it.

use crate::python;

/// What a client presents. It does not implement `Debug`.
pub(super) enum Credentials {
    /// A user and a password, which is `None` if it is not UTF-8.
    Password(String, Option<String>),
    Token(String),
}

impl Credentials {
    /// Reads the value of the header. `None` if it is malformed, or has a scheme that Warehouse does not know.
    pub(super) fn read(authorization: &str) -> Option<Self> {
        let (scheme, value) = authorization.split_once(' ')?;
        match scheme.to_ascii_lowercase().as_str() {
            "basic" => {
                let bytes = python::base64(value.as_bytes())?;
                let text = String::from_utf8_lossy(&bytes);
                let (user, password) = text.split_once(':')?;
                let is_utf8 = std::str::from_utf8(&bytes).is_ok();
                let password = is_utf8.then(|| password.trim().to_owned());
                Some(Self::Password(user.to_owned(), password))
            }
            "bearer" | "token" => Some(Self::Token(value.to_owned())),
            _ => None,
        }
    }
}
