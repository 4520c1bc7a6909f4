//! The steps of a release, in their order, and what became of each.

use std::time::Duration;

use clap::ValueEnum;
use serde_json::{Value, json};

/// A step. Its name is the value of `--skip` and the word in the report.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(super) enum Step {
    /// The version of each project, which its files must have
    Version,
    /// The index that this CI run publishes to
    Route,
    /// The files: those of this commit, without errors
    Check,
    /// The workflows and commands that must succeed
    Gate,
    /// The job's identity, before anything is sent
    Identity,
    /// The draft of the GitHub release, with its assets
    Draft,
    /// The upload
    Publish,
    /// What the index serves, installed into a fresh environment
    Verify,
    /// The GitHub release, made public
    GithubRelease,
}

impl Step {
    pub(super) const ALL: [Self; 9] = [
        Self::Version,
        Self::Route,
        Self::Check,
        Self::Gate,
        Self::Identity,
        Self::Draft,
        Self::Publish,
        Self::Verify,
        Self::GithubRelease,
    ];

    /// The word in the report and in settings.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Version => "version",
            Self::Route => "route",
            Self::Gate => "gate",
            Self::Check => "check",
            Self::Identity => "identity",
            Self::Draft => "draft",
            Self::Publish => "publish",
            Self::Verify => "verify",
            Self::GithubRelease => "github-release",
        }
    }
}

/// What became of a step.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum State {
    Done,
    Failed,
    /// There was nothing to do for it in this run.
    NotNeeded,
    /// A dry run: it would be done.
    Planned,
    /// The user left it out.
    Skipped,
}

impl State {
    fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Failed => "failed",
            Self::NotNeeded => "not_needed",
            Self::Planned => "planned",
            Self::Skipped => "skipped",
        }
    }
}

/// A step with its result, for the report.
#[derive(Clone, Debug)]
pub(super) struct Record {
    pub(super) step: Step,
    pub(super) state: State,
    pub(super) detail: String,
    pub(super) took: Duration,
}

impl Record {
    pub(super) fn json(&self) -> Value {
        json!({
            "step": self.step.name(),
            "state": self.state.name(),
            "detail": self.detail,
            "seconds": self.took.as_secs_f64(),
        })
    }

    /// A line for a person.
    pub(super) fn line(&self) -> String {
        let name = self.step.name();
        match self.state {
            State::Done => format!("{name}: {}", self.detail),
            State::Failed => format!("{name} failed: {}", self.detail),
            State::NotNeeded => format!("{name}: not needed, {}", self.detail),
            State::Planned => format!("{name}: would {}", self.detail),
            State::Skipped => format!("{name}: skipped"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::STEPS;

    #[test]
    fn the_settings_know_all_steps() {
        let names = Step::ALL.map(Step::name);
        assert_eq!(names, STEPS);
        for name in names {
            assert!(Step::from_str(name, false).is_ok(), "{name}");
        }
    }
}
