//! The faults of a running index.

use crate::config::{Effect, Fault, Moment, Replacement, Route};

/// The faults of an index, each with the number of requests that it has counted.
#[derive(Debug)]
pub(super) struct Faults {
    counted: Vec<Counted>,
    /// Those that the index was started with.
    initial: Vec<Fault>,
}

#[derive(Debug)]
struct Counted {
    fault: Fault,
    requests: u64,
}

impl Faults {
    pub(super) fn new(faults: Vec<Fault>) -> Self {
        let mut all = Self {
            counted: Vec::new(),
            initial: faults,
        };
        all.reset();
        all
    }

    /// Begins to count again, with the faults that the index was started with.
    pub(super) fn reset(&mut self) {
        let faults = self.initial.clone();
        self.clear();
        for fault in faults {
            self.add(fault);
        }
    }

    pub(super) fn add(&mut self, fault: Fault) {
        self.counted.push(Counted { fault, requests: 0 });
    }

    pub(super) fn clear(&mut self) {
        self.counted.clear();
    }

    pub(super) fn len(&self) -> usize {
        self.counted.len()
    }

    /// Counts a request, and returns what goes wrong with it.
    pub(super) fn count(&mut self, route: Route, path: &str) -> Effects {
        let mut effects = Vec::new();
        for counted in &mut self.counted {
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
