//! What is told while files are sent: a bar on a terminal, a line an event elsewhere.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use pypi_trusted_upload::{Event, Observer};

use crate::{cli, output};

pub(crate) struct Progress {
    bar: ProgressBar,
    /// Whether there is a terminal to draw on.
    drawn: bool,
    quiet: bool,
    verbose: bool,
}

impl Progress {
    pub(crate) fn new(how: cli::Output) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        if let Ok(style) = ProgressStyle::with_template(TEMPLATE) {
            bar.set_style(style);
        }
        if how.quiet || how.json {
            bar.set_draw_target(ProgressDrawTarget::hidden());
        }
        Self {
            drawn: !bar.is_hidden(),
            bar,
            quiet: how.quiet,
            verbose: how.verbose,
        }
    }

    fn tell(&self, text: &str) {
        if !self.quiet {
            self.bar.suspend(|| output::note(text));
        }
    }

    fn detail(&self, text: &str) {
        if self.verbose {
            self.tell(text);
        }
    }
}

/// A bar over files, when there are several and a terminal to draw on.
pub(crate) fn files(count: usize, how: cli::Output) -> ProgressBar {
    if how.quiet || how.json || count < 2 {
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
                self.detail(&format!(
                    "publishing {files} files, {}",
                    output::size(*bytes)
                ));
            }
            Event::TokenMinted { provider, .. } => {
                self.detail(&format!("the index minted a token for {provider}"));
            }
            Event::AttemptStarted {
                filename,
                size,
                attempt,
                ..
            } => {
                self.bar.reset();
                self.bar.set_message((*filename).to_owned());
                self.bar.set_length(*size);
                if *attempt > 1 {
                    self.tell(&format!("{filename}: attempt {attempt}"));
                }
            }
            Event::BytesSent { count, .. } => self.bar.inc(*count),
            Event::RetryIn(time) => {
                self.tell(&format!(
                    "no success yet, trying again in {:.1} s",
                    time.as_secs_f64()
                ));
            }
            Event::Finished {
                filename, outcome, ..
            } => {
                self.bar.finish_and_clear();
                if !self.drawn || self.verbose {
                    self.tell(&format!("{filename}: {outcome}"));
                }
            }
            Event::Verified(verification) => {
                let confirmed = verification.confirmed.len();
                self.detail(&format!(
                    "the index shows {confirmed} files with our sha256"
                ));
            }
            Event::Burned(outcome) => self.detail(&format!("the token was burned: {outcome:?}")),
            _ => {}
        }
    }
}
