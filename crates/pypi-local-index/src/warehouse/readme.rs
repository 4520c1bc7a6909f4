//! The rendered description of a release.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use pypi_metadata::readme::Rendered;

/// The rendered description of a release. Clones share it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Readme(Arc<Cell>);

#[derive(Debug, Default)]
struct Cell {
    is_started: AtomicBool,
    /// `None` if the source must be shown instead.
    rendered: OnceLock<Option<Rendered>>,
}

impl Readme {
    /// The description as PyPI renders it. `None` as long as it is not rendered, or if it is too large.
    pub(crate) fn rendered(&self) -> Option<&Rendered> {
        self.0.rendered.get()?.as_ref()
    }

    /// Whether somebody renders it already, or has rendered it.
    pub(crate) fn is_started(&self) -> bool {
        self.0.is_started.load(Ordering::Relaxed)
    }

    /// Calls `render` if nobody has started to.
    pub(crate) fn render_once(&self, render: impl FnOnce() -> Option<Rendered>) {
        if !self.0.is_started.swap(true, Ordering::Relaxed) {
            self.0.rendered.get_or_init(render);
        }
    }
}
