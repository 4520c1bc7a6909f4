//! Progress: a bar on a terminal, a line per event elsewhere.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use pypi_trusted_upload::{Event, Observer};

use crate::console::{Console, escape, size};

pub(crate) struct Progress {
    bar: ProgressBar,
    /// Whether there is a terminal to draw on.
    drawn: bool,
    console: Console,
}

impl Progress {
    pub(crate) fn new(console: &Console) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        if let Ok(style) = ProgressStyle::with_template(TEMPLATE) {
            bar.set_style(style);
        }
        if console.quiet || console.json {
            bar.set_draw_target(ProgressDrawTarget::hidden());
        }
        Self {
            drawn: !bar.is_hidden(),
            bar,
            console: console.clone(),
        }
    }

    fn tell(&self, text: &str) {
        self.bar.suspend(|| self.console.note(text));
    }

    fn detail(&self, text: &str) {
        self.bar.suspend(|| self.console.detail(text));
    }
}

/// A bar over files, when there are several and a terminal to draw on.
pub(crate) fn files(count: usize, console: &Console) -> ProgressBar {
    if console.quiet || console.json || count < 2 {
        return ProgressBar::hidden();
    }
    let count = u64::try_from(count).ok();
    let bar = ProgressBar::with_draw_target(count, ProgressDrawTarget::stderr());
    match ProgressStyle::with_template("checking [{bar:30}] {pos}/{len}") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

/// No colour, so that `NO_COLOR` has nothing to turn off.
const TEMPLATE: &str = "{msg} [{bar:30}] {bytes}/{total_bytes} {bytes_per_sec}";

impl Observer for Progress {
    fn event(&self, event: &Event<'_>) {
        match event {
            Event::Planned { files, bytes, .. } => {
                self.detail(&format!("publishing {files} files, {}", size(*bytes)));
            }
            Event::TokenMinted { provider, .. } => {
                self.detail(&format!("the index minted a token for {provider}"));
            }
            Event::AttemptStarted {
                filename,
                size: bytes,
                attempt,
                ..
            } => {
                self.bar.reset();
                self.bar.set_message(escape(filename));
                self.bar.set_length(*bytes);
                if *attempt > 1 {
                    self.tell(&format!("{filename}: attempt {attempt}"));
                }
            }
            Event::BytesSent { count, .. } => self.bar.inc(*count),
            Event::RetryIn(time) => {
                self.tell(&format!(
                    "the index did not accept the request; retrying in {:.1} s",
                    time.as_secs_f64()
                ));
            }
            Event::Finished {
                filename, outcome, ..
            } => {
                self.bar.finish_and_clear();
                if !self.drawn || self.console.verbose {
                    self.tell(&format!("{filename}: {outcome}"));
                }
            }
            Event::Verified(verification) => {
                let confirmed = verification.confirmed.len();
                self.detail(&format!(
                    "the index lists {confirmed} files with our sha256"
                ));
            }
            Event::Burned(outcome) => self.detail(&format!("burning the token: {outcome:?}")),
            _ => {}
        }
    }
}
