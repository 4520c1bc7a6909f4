//! Why Warehouse rejects something.

use http::StatusCode;

/// Where PyPI explains its messages.
pub(crate) const HELP: &str = "https://pypi.org/help/";

/// Why Warehouse rejects an upload or a new project, in its own words.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    pub(crate) message: String,
    /// The name of the rule, which is ours.
    pub(crate) rule: &'static str,
}

impl Refusal {
    pub(crate) fn bad_request(rule: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, rule, message)
    }

    pub(crate) fn forbidden(rule: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, rule, message)
    }

    pub(crate) fn new(status: StatusCode, rule: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            message: message.into(),
            rule,
        }
    }
}
