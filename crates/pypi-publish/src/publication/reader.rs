//! Who reads the pages of projects.

use std::time::Duration;

use pypi_upload::Credentials;

use super::{Project, Publication, Stage};
use crate::settings::Access;

/// Who reads the pages of projects.
pub(super) enum Reader {
    /// Anybody, or the holder of these credentials; and the token that they are, if it was minted.
    With(Option<Credentials>, Option<usize>),
    /// The holder of a token that must be minted first.
    Later,
    /// Nobody, for this reason.
    Nobody(String),
}

impl Publication {
    /// Whether pages are read with a token that is minted.
    pub(super) fn reads_with_token(&self) -> bool {
        let is_minted = matches!(self.access, Access::Exchange(_));
        is_minted && self.settings.index.has_private_reads()
    }

    /// Who reads a page for this long.
    pub(super) fn reader(&mut self, time: Duration) -> Reader {
        let Access::Exchange(of) = &self.access else {
            return Reader::With(self.access.given().cloned(), None);
        };
        if !self.reads_with_token() {
            return Reader::With(None, None);
        }
        // A token that may expire meanwhile is better than none.
        let is_last = self.stop.is_some() || !of.1.is_renewable() || self.tokens.failed.is_some();
        let last = self.tokens.last_alive().filter(|_| is_last);
        match (self.usable_token(time).or(last), &self.tokens.failed) {
            (Some(token), _) => {
                let credentials = self.tokens.credentials(token);
                Reader::With(Some(credentials), Some(token))
            }
            (None, Some(why)) => Reader::Nobody(why.clone()),
            (None, None) if self.stop.is_some() => {
                Reader::Nobody("the pages are private, and there is no token".to_owned())
            }
            (None, None) => Reader::Later,
        }
    }

    /// Whether a page may still be read with a token.
    pub(super) fn may_read(&self) -> bool {
        let is_ahead = |project: &Project| {
            project.lookup != Stage::Over || project.verification != Stage::Over
        };
        self.reads_with_token() && (self.projects.iter().any(is_ahead) || self.has_doubt())
    }
}
