//! A subscriber that keeps everything as text.

use std::{
    fmt::{self, Write as _},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

use tracing::{
    Event, Metadata, Subscriber,
    field::{Field, Visit},
    span,
};

/// The lines of all threads: `TARGET span|event NAME FIELDS`, and `record FIELDS` for what a span is told later.
#[derive(Clone, Default)]
pub(crate) struct Collector {
    lines: Arc<Mutex<Vec<String>>>,
    spans: Arc<AtomicU64>,
}

impl Collector {
    /// Collects from the whole process.
    pub(crate) fn install() -> Self {
        let collector = Self::default();
        tracing::subscriber::set_global_default(collector.clone()).expect("the first");
        collector
    }

    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.lines.lock().expect("a lock"))
    }

    fn push(&self, line: String) {
        self.lines.lock().expect("a lock").push(line);
    }
}

impl Subscriber for Collector {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("pypi_")
    }

    fn new_span(&self, span: &span::Attributes<'_>) -> span::Id {
        let mut text = start(span.metadata(), "span");
        span.record(&mut Fields(&mut text));
        self.push(text);
        span::Id::from_u64(self.spans.fetch_add(1, Ordering::Relaxed) + 1)
    }

    fn record(&self, _: &span::Id, values: &span::Record<'_>) {
        let mut text = "record".to_owned();
        values.record(&mut Fields(&mut text));
        self.push(text);
    }

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut text = start(event.metadata(), "event");
        event.record(&mut Fields(&mut text));
        self.push(text);
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

fn start(metadata: &Metadata<'_>, what: &str) -> String {
    format!("{} {what} {}", metadata.target(), metadata.name())
}

struct Fields<'a>(&'a mut String);

impl Visit for Fields<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.record_debug(field, &format_args!("{value}"));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        // Writing to a string does not fail.
        let _ = write!(self.0, " {}={value:?}", field.name());
    }
}
