//! The faults of a running index.

use crate::config::{Effect, Fault, Moment, Replacement, Route};

/// The faults of an index, each with the number of requests that it has counted.
#[derive(Debug)]
pub(super) struct Faults(Vec<Counted>);

#[derive(Debug)]
struct Counted {
    fault: Fault,
    requests: u64,
}

impl Faults {
    pub(super) fn new(faults: Vec<Fault>) -> Self {
        let mut all = Self(Vec::new());
        for fault in faults {
            all.add(fault);
        }
        all
    }

    pub(super) fn add(&mut self, fault: Fault) {
        self.0.push(Counted { fault, requests: 0 });
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// Counts a request, and returns what goes wrong with it.
    pub(super) fn count(&mut self, route: Route, path: &str) -> Effects {
        let mut effects = Vec::new();
        for counted in &mut self.0 {
            if counted.fault.counts(route, path) {
                counted.requests += 1;
                effects.extend_from_slice(counted.fault.effects(counted.requests));
            }
        }
        Effects(effects)
    }
}

/// What goes wrong with a request.
#[derive(Debug)]
pub(super) struct Effects(Vec<Effect>);

impl Effects {
    pub(super) fn iter(&self) -> impl Iterator<Item = &Effect> {
        self.0.iter()
    }

    /// What `pick` returns for the first effect that it picks.
    pub(super) fn find<T>(&self, pick: impl Fn(&Effect) -> Option<T>) -> Option<T> {
        self.0.iter().find_map(pick)
    }

    pub(super) fn cuts(&self, moment: Moment) -> bool {
        self.0
            .iter()
            .any(|effect| matches!(effect, Effect::Cut(at) if *at == moment))
    }

    pub(super) fn is_stale(&self) -> bool {
        self.0.iter().any(|effect| matches!(effect, Effect::Stale))
    }

    pub(super) fn replacement(&self, moment: Moment) -> Option<&Replacement> {
        self.0.iter().find_map(|effect| match effect {
            Effect::Respond(replacement) if replacement.moment == moment => Some(replacement),
            _ => None,
        })
    }
}
