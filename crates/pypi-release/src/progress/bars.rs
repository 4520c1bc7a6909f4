//! Bars on a terminal: one per file, and a total.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::Phase;
use crate::console::{Console, escape};

pub(super) struct Bars {
    all: MultiProgress,
    bars: Mutex<Drawn>,
}

#[derive(Default)]
struct Drawn {
    files: BTreeMap<String, ProgressBar>,
    total: Option<ProgressBar>,
}

/// No colour, so that `NO_COLOR` has nothing to turn off.
const FILE: &str = "{prefix} [{bar:30}] {bytes}/{total_bytes} {msg}";
const TOTAL: &str = "{prefix} [{bar:30}] {bytes}/{total_bytes} {bytes_per_sec}, {eta} left";
const WAITING: &str = "{spinner} {prefix} {msg} {elapsed}";

impl Bars {
    /// Bars on standard error, if it is a terminal and may be drawn on.
    pub(super) fn on_terminal(console: &Console) -> Option<Self> {
        let target = ProgressDrawTarget::stderr();
        if console.quiet || console.json || target.is_hidden() {
            return None;
        }
        Some(Self {
            all: MultiProgress::with_draw_target(target),
            bars: Mutex::default(),
        })
    }

    /// Begins the bar of a file; `again` bytes of it were counted before.
    pub(super) fn begin(&self, phase: Phase, filename: &str, size: u64, again: u64) {
        let mut drawn = self.drawn();
        let total = drawn.total.get_or_insert_with(|| {
            let total = self.all.add(bar(TOTAL, 0));
            total.set_prefix("total");
            total
        });
        if again == 0 {
            total.inc_length(size);
        } else {
            total.set_position(total.position().saturating_sub(again));
        }
        let file = self.all.insert(0, bar(FILE, size));
        let verb = match phase {
            Phase::Hashing => "hashing",
            _ => "sending",
        };
        file.set_prefix(format!("{verb} {}", escape(filename)));
        if let Some(old) = drawn.files.insert(filename.to_owned(), file) {
            old.finish_and_clear();
        }
    }

    pub(super) fn advance(&self, filename: &str, count: u64, is_whole: bool) {
        let drawn = self.drawn();
        if let Some(total) = &drawn.total {
            total.inc(count);
        }
        if let Some(file) = drawn.files.get(filename) {
            file.inc(count);
            if is_whole {
                file.set_style(style(WAITING));
                file.set_message("waiting for the index");
                file.enable_steady_tick(Duration::from_millis(200));
            }
        }
    }

    pub(super) fn finish(&self, filename: &str) {
        if let Some(bar) = self.drawn().files.remove(filename) {
            bar.finish_and_clear();
        }
    }

    pub(super) fn verify(&self, project: &str) {
        let bar = self.all.add(bar(WAITING, 0));
        bar.set_prefix(format!("verifying {}", escape(project)));
        bar.enable_steady_tick(Duration::from_millis(200));
        self.drawn().files.insert(format!("verify {project}"), bar);
    }

    /// Removes all bars.
    pub(super) fn clear(&self) {
        let mut drawn = self.drawn();
        for bar in std::mem::take(&mut drawn.files)
            .into_values()
            .chain(drawn.total.take())
        {
            bar.finish_and_clear();
        }
    }

    pub(super) fn suspend(&self, print: impl FnOnce()) {
        self.all.suspend(print);
    }

    fn drawn(&self) -> MutexGuard<'_, Drawn> {
        self.bars.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn bar(template: &str, length: u64) -> ProgressBar {
    ProgressBar::with_draw_target(Some(length), ProgressDrawTarget::hidden())
        .with_style(style(template))
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

/// A bar over files, when there are several and a terminal to draw on.
pub(crate) fn files(count: usize, console: &Console) -> ProgressBar {
    if console.quiet || console.json || count < 2 {
        return ProgressBar::hidden();
    }
    let count = u64::try_from(count).ok();
    let bar = ProgressBar::with_draw_target(count, ProgressDrawTarget::stderr());
    bar.with_style(style("checking [{bar:30}] {pos}/{len}"))
}
