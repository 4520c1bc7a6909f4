//! Progress on standard error: bars on a terminal, a line now and then elsewhere.

mod bars;
mod lines;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use pypi_trusted_upload::{Event, Observer, Outcome, Plan, transport::Clock, upload::FailureKind};

use crate::{console::Console, duration};
use bars::Bars;
use lines::Lines;

pub(crate) use bars::files;

/// Shows what a publication does. Clones share one screen.
#[derive(Clone)]
pub(crate) struct Progress(Arc<Shared>);

struct Shared {
    console: Console,
    screen: Screen,
    state: Mutex<State>,
}

enum Screen {
    Bars(Bars),
    Lines(Lines),
}

/// What is known of each file.
#[derive(Default)]
struct State {
    files: BTreeMap<String, File>,
    /// The files as their user named them, by their names.
    paths: BTreeMap<String, String>,
    phase: Phase,
    /// The width of the longest path.
    width: usize,
}

#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
enum Phase {
    #[default]
    Hashing,
    Sending,
    Verifying,
}

#[derive(Clone, Copy, Default)]
struct File {
    size: u64,
    done: u64,
    is_over: bool,
    is_sending: bool,
}

impl Progress {
    pub(crate) fn new(console: &Console, clock: &Clock) -> Self {
        let screen = match Bars::on_terminal(console) {
            Some(bars) => Screen::Bars(bars),
            None => Screen::Lines(Lines::new(clock)),
        };
        let progress = Self(Arc::new(Shared {
            console: console.clone(),
            screen,
            state: Mutex::default(),
        }));
        lines::tick(&progress.0);
        progress
    }

    /// Takes the files that will be sent.
    pub(crate) fn plan(&self, plan: &Plan) {
        let mut state = self.state();
        state.files = plan
            .files()
            .map(|file| {
                let of_size = File {
                    size: file.size(),
                    ..File::default()
                };
                (file.filename().to_owned(), of_size)
            })
            .collect();
        let paths = plan.files().filter_map(|file| {
            let path = file.path()?.display().to_string();
            Some((file.filename().to_owned(), path))
        });
        state.paths = paths.collect();
        let widths = state.paths.values().map(|path| path.chars().count());
        state.width = widths.max().unwrap_or(0);
        drop(state);
        if let Screen::Bars(bars) = &self.0.screen {
            bars.clear();
        }
    }

    /// Removes what is on the screen.
    pub(crate) fn end(&self) {
        if let Screen::Bars(bars) = &self.0.screen {
            bars.clear();
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state()
    }

    /// A file as its user named it, from the plan on.
    fn path(&self, filename: &str) -> String {
        let state = self.state();
        let path = state.paths.get(filename);
        path.map_or(filename, String::as_str).to_owned()
    }

    /// Prints while no bar is in the way.
    fn print(&self, print: impl FnOnce(&Console)) {
        match &self.0.screen {
            Screen::Bars(bars) => bars.suspend(|| print(&self.0.console)),
            Screen::Lines(_) => print(&self.0.console),
        }
    }

    fn note(&self, text: &str) {
        self.print(|console| console.note(text));
    }

    fn detail(&self, text: &str) {
        self.print(|console| console.detail(text));
    }

    fn advance(&self, filename: &str, count: u64) {
        let mut state = self.state();
        let Some(file) = state.files.get_mut(filename) else {
            return;
        };
        file.done += count;
        let file = *file;
        drop(state);
        match &self.0.screen {
            Screen::Bars(bars) => bars.advance(filename, count, file.done >= file.size),
            Screen::Lines(_) => {}
        }
    }

    fn begin(&self, phase: Phase, filename: &str, size: u64) {
        let mut state = self.state();
        state.phase = phase;
        let file = state.files.entry(filename.to_owned()).or_default();
        let again = file.done;
        *file = File {
            size,
            is_sending: true,
            ..File::default()
        };
        drop(state);
        if let Screen::Bars(bars) = &self.0.screen {
            bars.begin(phase, filename, size, again);
        }
    }

    fn finish(&self, filename: &str, outcome: &Outcome) {
        let mut state = self.state();
        let width = state.width;
        if let Some(file) = state.files.get_mut(filename) {
            file.is_over = true;
            file.is_sending = false;
        }
        drop(state);
        if let Screen::Bars(bars) = &self.0.screen {
            bars.finish(filename);
        }
        let path = self.path(filename);
        self.print(|console| {
            if !console.json && is_news(outcome) && (!console.quiet || !outcome.is_present()) {
                console.line(format_args!("{path:width$}  {outcome}"));
            }
        });
    }
}

/// Whether an outcome is the file's own, and not that of the run, which is shown at its end.
pub(crate) fn is_news(outcome: &Outcome) -> bool {
    match outcome {
        Outcome::Failed(failure) => {
            use FailureKind::{Attestation, Lookup, NotTried, Token};
            !matches!(failure.kind, Attestation | Lookup | NotTried | Token)
        }
        _ => true,
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Observer for Progress {
    fn event(&self, event: &Event<'_>) {
        match event {
            Event::Reading { filename, size, .. } => self.begin(Phase::Hashing, filename, *size),
            Event::BytesHashed {
                filename, count, ..
            }
            | Event::BytesSent {
                filename, count, ..
            } => {
                self.advance(filename, *count);
            }
            Event::AttemptStarted {
                filename,
                size,
                attempt,
                ..
            } => {
                self.begin(Phase::Sending, filename, *size);
                match (attempt, &self.0.screen) {
                    (1, Screen::Bars(_)) => {}
                    (1, Screen::Lines(_)) => {
                        self.note(&format!(
                            "uploading {}, {}",
                            self.path(filename),
                            crate::console::size(*size)
                        ));
                    }
                    _ => self.note(&format!("{}: attempt {attempt}", self.path(filename))),
                }
            }
            Event::Finished {
                filename, outcome, ..
            } => self.finish(filename, outcome),
            Event::RetryIn {
                operation,
                subject,
                pause,
                attempt,
                reason,
                ..
            } => {
                let subject = subject
                    .map(|subject| format!("{}: ", self.path(subject)))
                    .unwrap_or_default();
                let pause = duration::text(*pause);
                self.note(&format!(
                    "{subject}{operation}: attempt {attempt}: {reason}; again in {pause}"
                ));
            }
            Event::Verifying { project, .. } => {
                self.state().phase = Phase::Verifying;
                if let Screen::Bars(bars) = &self.0.screen {
                    bars.verify(project);
                }
                self.detail(&format!(
                    "asking the index whether it shows the files of {project}"
                ));
            }
            Event::Verified {
                filename,
                verification,
                ..
            } => {
                self.detail(&format!("{}: {verification}", self.path(filename)));
            }
            Event::IdTokenProblem { problem, .. } => {
                self.detail(&format!("{problem}: {}", problem.remedy()));
            }
            Event::Signed {
                filename,
                log_index,
                ..
            } => self.note(&format!(
                "signed {}, log index {log_index}",
                self.path(filename)
            )),
            Event::TokenMinted { provider, .. } => {
                self.detail(&format!("the index minted a token for {provider}"));
            }
            Event::Burned {
                outcome, failure, ..
            } => {
                let failure = failure.map(|why| format!(": {why}")).unwrap_or_default();
                self.detail(&format!("burning the token: {outcome:?}{failure}"));
            }
            Event::Planned { files, bytes, .. } => {
                let bytes = crate::console::size(*bytes);
                self.detail(&format!("publishing {files} files, {bytes}"));
            }
            _ => {}
        }
    }
}
