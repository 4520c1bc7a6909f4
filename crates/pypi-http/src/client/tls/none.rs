//! No TLS.

use crate::client::error::ClientError;

#[derive(Clone, Copy, Debug, Default)]
pub(in crate::client) struct Settings;

impl Settings {
    #[expect(clippy::unnecessary_wraps, clippy::unused_self, reason = "as with TLS")]
    pub(in crate::client) fn configuration(
        &self,
    ) -> Result<impl Fn(reqwest::ClientBuilder) -> reqwest::ClientBuilder, ClientError> {
        Ok(|builder| builder)
    }
}
