//! Changes of a running index.

use std::time::Duration;

use bytes::Bytes;
use pypi_metadata::ProjectName;

use super::Application;
use crate::api::{Form, rival};
use crate::config::{Change, Status};

/// The bytes of a rival's file.
const RIVAL: &[u8] = b"a rival's bytes";

impl Application {
    /// Makes a change. `form` is that of the request during which it happens.
    pub(crate) fn apply(&self, change: &Change, form: Option<&Form>) {
        if let Change::Advance(seconds) = change {
            self.clock.advance(Duration::from_secs(*seconds));
            return;
        }
        self.control(|state, now| match (change, form) {
            (Change::Archive(project), _) => state.set_status(project, Status::Archived, now),
            (Change::Quarantine(project), _) => state.set_status(project, Status::Quarantined, now),
            (Change::ExpireTokens, _) => state.expire_minted(now.saturating_sub(1)),
            (Change::RevokeTokens, _) => state.revoke_minted(),
            (Change::FileLimit(bytes), _) => state.settings.file_limit = *bytes,
            (Change::ProjectAppears(name), _) => {
                if let Ok(name) = ProjectName::parse(name) {
                    state.create_project(&name, Some("somebody-else"), now);
                }
            }
            (Change::RivalSameBytes, Some(form)) => rival(state, form, None, now),
            (Change::RivalOtherBytes, Some(form)) => {
                rival(state, form, Some(Bytes::from_static(RIVAL)), now)
            }
            (Change::RivalSameBytes | Change::RivalOtherBytes, None) | (Change::Advance(_), _) => {}
        });
    }
}
