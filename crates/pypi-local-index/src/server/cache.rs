//! Earlier responses, for faults that imitate a cache.

use std::collections::HashMap;

use crate::api::Response;

/// How many responses are kept.
const MAX_PAGES: usize = 1000;

#[derive(Default)]
pub(super) struct PageCache(HashMap<PageKey, Response>);

/// A page as a client accepts it.
#[derive(Eq, Hash, PartialEq)]
pub(super) struct PageKey {
    pub(super) path: String,
    pub(super) accept: String,
}

impl PageCache {
    pub(super) fn get(&self, key: &PageKey) -> Option<Response> {
        self.0.get(key).cloned()
    }

    pub(super) fn insert(&mut self, key: PageKey, response: Response) {
        if self.0.len() >= MAX_PAGES {
            self.0.clear();
        }
        self.0.insert(key, response);
    }
}
