//! The steps of an installation, each with its verdict.

use pypi_trusted_upload::metadata::Kind;
use serde_json::{Value, json};

use super::{Installer, Release};
use crate::process::{End, Ended};

/// How a release installs from a wheel or an sdist.
#[derive(Debug)]
pub(crate) struct Installation {
    /// Normalized.
    pub(crate) project: String,
    pub(crate) version: String,
    pub(crate) from: Kind,
    pub(crate) installer: Installer,
    /// Up to the first one without which the next ones are pointless.
    pub(crate) steps: Vec<Step>,
}

/// One step.
#[derive(Debug)]
pub(crate) struct Step {
    /// `environment`, `install`, `dependencies`, `inspect`, `import` or `run`.
    pub(crate) name: &'static str,
    /// What it is about. Untrusted text.
    pub(crate) subject: String,
    pub(crate) verdict: StepVerdict,
    /// Why it did not pass.
    pub(crate) message: String,
    /// The end of its output, if it did not pass. Untrusted text of several lines.
    pub(crate) output: String,
}

/// How a step ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum StepVerdict {
    Failed,
    /// The index that the installer asked does not show the release yet.
    NotShownYet,
    Passed,
    /// The run was interrupted.
    Unknown,
}

impl Installation {
    pub(super) fn new(release: &Release, from: Kind, installer: Installer) -> Self {
        Self {
            project: release.name.normalized().to_owned(),
            version: release.version.to_string(),
            from,
            installer,
            steps: Vec::new(),
        }
    }

    /// `demo 1.0 from wheel by uv`.
    pub(crate) fn title(&self) -> String {
        let (project, version) = (&self.project, &self.version);
        let installer = self.installer.name();
        format!("{project} {version} from {} by {installer}", self.source())
    }

    pub(crate) fn json(&self) -> Value {
        let steps = self.steps.iter().map(Step::json);
        json!({
            "project": self.project,
            "version": self.version,
            "from": self.source(),
            "installer": self.installer.name(),
            "steps": steps.collect::<Value>(),
        })
    }

    fn source(&self) -> &'static str {
        match self.from {
            Kind::Wheel => "wheel",
            Kind::Sdist => "sdist",
        }
    }
}

impl Step {
    pub(super) fn of(name: &'static str, subject: &str, ended: Ended) -> Self {
        let verdict = match ended.end {
            End::Exited(0) => StepVerdict::Passed,
            End::Cancelled => StepVerdict::Unknown,
            _ => StepVerdict::Failed,
        };
        let passed = verdict == StepVerdict::Passed;
        Self {
            name,
            subject: subject.to_owned(),
            verdict,
            message: match passed {
                true => String::new(),
                false => ended.end.to_string(),
            },
            output: match passed {
                true => String::new(),
                false => ended.output,
            },
        }
    }

    pub(super) fn failed(name: &'static str, subject: &str, message: String) -> Self {
        Self {
            name,
            subject: subject.to_owned(),
            verdict: StepVerdict::Failed,
            message,
            output: String::new(),
        }
    }

    /// Whether an installer says that the index does not have what it was asked for. A cache may be behind.
    pub(super) fn is_absent(&self) -> bool {
        // uv breaks lines anywhere.
        let words: Vec<&str> = self.output.split_whitespace().collect();
        let output = words.join(" ");
        self.verdict == StepVerdict::Failed
            && ABSENT.iter().any(|text| output.contains(text))
            && !UNFIT.iter().any(|text| output.contains(text))
    }

    fn json(&self) -> Value {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        json!({
            "step": self.name,
            "subject": self.subject,
            "verdict": self.verdict.name(),
            "message": some(&self.message),
            "output": some(&self.output),
        })
    }
}

impl StepVerdict {
    /// The stable word for reports.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::NotShownYet => "not_shown_yet",
            Self::Passed => "passed",
            Self::Unknown => "unknown",
        }
    }
}

/// What pip 23 to 26 and uv 0.13 print when an index does not have a version or a file.
const ABSENT: &[&str] = &[
    "No matching distribution found for",
    "404 Client Error",
    "404 Not Found",
    "was not found in the package registry",
    "there is no version of",
    "there are no versions of",
];

/// What they print beside it when the index has the version, but not for this Python or platform.
const UNFIT: &[&str] = &[
    "no wheels with a matching",
    "require a different python version",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_installer_that_does_not_see_a_version_is_told_apart() {
        let step = |output: &str| Step {
            output: output.to_owned(),
            ..Step::failed("install", "demo==2.0", String::new())
        };
        for absent in [
            "ERROR: Could not find a version that satisfies the requirement demo==2.0 (from versions: 1.0)\n\
             ERROR: No matching distribution found for demo==2.0\n",
            "  × No solution found when resolving dependencies:\n  ╰─▶ Because there is no\n      version of demo==2.0",
            "Because demo was not found in the package\n      registry and you require demo==2.0",
        ] {
            assert!(step(absent).is_absent(), "{absent}");
        }
        for other in [
            "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.",
            "ERROR: Ignored the following versions that require a different python version: 2.0 Requires-Python >=4\n\
             ERROR: No matching distribution found for demo==2.0",
        ] {
            assert!(!step(other).is_absent(), "{other}");
        }
    }
}
