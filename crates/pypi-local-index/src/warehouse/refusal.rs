//! Why Warehouse rejects something.

use http::StatusCode;
use pypi_metadata::Rule;

/// Where PyPI explains its messages.
pub(crate) const HELP: &str = "https://pypi.org/help/";

/// Why Warehouse rejects an upload or a new project, in its own words.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    pub(crate) message: String,
    pub(crate) rule: &'static Rule,
}

impl Refusal {
    pub(crate) fn bad_request(rule: &'static Rule, message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, rule, message)
    }

    pub(crate) fn forbidden(rule: &'static Rule, message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, rule, message)
    }

    pub(crate) fn new(status: StatusCode, rule: &'static Rule, message: impl Into<String>) -> Self {
        Self {
            status,
            message: message.into(),
            rule,
        }
    }
}
