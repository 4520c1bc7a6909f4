//! Earlier responses, for faults that imitate a cache.

use std::collections::HashMap;

use http::header::AGE;

use crate::api::Response;

/// How many responses are kept.
const MAX_PAGES: usize = 1000;

#[derive(Default)]
pub(super) struct PageCache(HashMap<PageKey, (u64, Response)>);

/// A page as a client accepts it.
#[derive(Eq, Hash, PartialEq)]
pub(super) struct PageKey {
    pub(super) path: String,
    pub(super) accept: String,
}

impl PageCache {
    /// The last response for this page, with its age at `now`.
    pub(super) fn get(&self, key: &PageKey, now: u64) -> Option<Response> {
        let (time, response) = self.0.get(key).cloned()?;
        let age = now.saturating_sub(time);
        Some(response.header(AGE, age.to_string()))
    }

    pub(super) fn insert(&mut self, key: PageKey, now: u64, response: Response) {
        if self.0.len() >= MAX_PAGES {
            self.0.clear();
        }
        self.0.insert(key, (now, response));
    }
}
