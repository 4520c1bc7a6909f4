//! The tests that a repository has: which of its workflows run them, and how a release can wait for them.

use super::yaml::{Entry, entries};

/// How a release waits for the tests.
#[derive(Debug, Default, Eq, PartialEq)]
pub(super) struct Tests {
    /// Reusable workflows, which the release calls.
    pub(super) call: Vec<String>,
    /// Workflows that run on a push, whose success on the same commit the release waits for.
    pub(super) after: Vec<String>,
    /// Whether the settings have commands that must succeed.
    pub(super) has_commands: bool,
}

impl Tests {
    /// Whether the release waits in a job of its own.
    pub(super) fn has_gate(&self) -> bool {
        !self.after.is_empty() || self.has_commands
    }
}

/// Finds the tests in workflows, given as names and texts of files in `.github/workflows`.
pub(super) fn tests(files: &[(String, String)]) -> Tests {
    let mut tests = Tests::default();
    for (name, text) in files {
        let Some(workflow) = entries(text).map(Workflow) else {
            continue;
        };
        if !workflow.runs_tests() || workflow.publishes() {
            continue;
        }
        if workflow.is_callable() {
            tests.call.push(name.clone());
        } else if workflow.has_trigger("push") {
            tests.after.push(name.clone());
        }
    }
    tests
}

struct Workflow(Vec<Entry>);

impl Workflow {
    fn has_trigger(&self, trigger: &str) -> bool {
        self.0.iter().any(|entry| match segments(entry).as_slice() {
            ["on"] => entry.value == trigger,
            ["on", key] => *key == trigger || entry.value == trigger,
            _ => false,
        })
    }

    /// A job whose name says so, or a step that starts a test runner.
    fn runs_tests(&self) -> bool {
        self.0.iter().any(|entry| match segments(entry).as_slice() {
            ["jobs", job] => has_word(job, &["test", "tests"]),
            ["jobs", _, "name"] => has_word(&entry.value, &["test", "tests"]),
            ["jobs", _, "steps", _, "run"] => RUNNERS.iter().any(|run| entry.value.contains(run)),
            _ => false,
        })
    }

    /// A workflow that publishes cannot be what a release waits for.
    fn publishes(&self) -> bool {
        self.0.iter().any(|entry| match segments(entry).as_slice() {
            ["permissions" | "jobs", .., "id-token"] => entry.value == "write",
            ["jobs", .., "uses"] => entry.value.starts_with("pypa/gh-action-pypi-publish@"),
            ["jobs", .., "run"] => PUBLISHERS.iter().any(|run| entry.value.contains(run)),
            _ => false,
        })
    }

    /// Whether a job can call it with nothing but the permission to read the repository.
    fn is_callable(&self) -> bool {
        let needs_more = self.0.iter().any(|entry| match segments(entry).as_slice() {
            ["on", "workflow_call", "inputs" | "secrets", _, "required"] => entry.value == "true",
            ["permissions"] | ["jobs", _, "permissions"] => !entry.value.is_empty(),
            ["permissions", key] | ["jobs", _, "permissions", key] => {
                entry.value != "none" && (*key, entry.value.as_str()) != ("contents", "read")
            }
            _ => false,
        });
        self.has_trigger("workflow_call") && !needs_more
    }
}

/// What starts tests in a `run`.
const RUNNERS: [&str; 7] = [
    "pytest",
    "tox",
    "nox",
    "-m unittest",
    "hatch test",
    "make test",
    "just test",
];

/// What publishes in a `run`.
const PUBLISHERS: [&str; 5] = [
    "twine upload",
    "uv publish",
    "poetry publish",
    "pypi-release publish",
    "pypi-release release",
];

fn segments(entry: &Entry) -> Vec<&str> {
    entry.path.iter().map(String::as_str).collect()
}

fn has_word(text: &str, words: &[&str]) -> bool {
    let lower = text.to_lowercase();
    let mut parts = lower.split(|c: char| !c.is_alphanumeric());
    parts.any(|part| words.contains(&part))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> (usize, usize) {
        let tests = tests(&[("ci.yml".to_owned(), text.to_owned())]);
        (tests.call.len(), tests.after.len())
    }

    const JOBS: &str =
        "jobs:\n  unit-tests:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo\n";

    #[test]
    fn a_reusable_workflow_is_called_and_another_is_waited_for() {
        for (on, expected) in [
            ("on: push\n", (0, 1)),
            ("on: [push, pull_request]\n", (0, 1)),
            ("on:\n  push:\n    branches: [main]\n", (0, 1)),
            ("on:\n  push:\n  workflow_call:\n", (1, 0)),
            ("on: workflow_call\n", (1, 0)),
            ("on: pull_request\n", (0, 0)),
            ("on: {schedule: [{cron: '0 0 * * *'}]}\n", (0, 0)),
            (
                "'on': {push: {}, workflow_call: {inputs: {x: {required: true}}}}\n",
                (0, 1),
            ),
            (
                "on: [push, workflow_call]\npermissions: {contents: read}\n",
                (1, 0),
            ),
            ("on: [push, workflow_call]\npermissions: {}\n", (1, 0)),
            (
                "on: [push, workflow_call]\npermissions: write-all\n",
                (0, 1),
            ),
            (
                "on: [push, workflow_call]\npermissions: {checks: write}\n",
                (0, 1),
            ),
        ] {
            assert_eq!(found(&format!("{on}{JOBS}")), expected, "{on}");
        }
    }

    #[test]
    fn only_tests_count_and_nothing_that_publishes() {
        let run = |id: &str, step: &str| {
            format!("on: push\njobs:\n  {id}:\n    steps:\n      - {step}\n")
        };
        assert_eq!(found(&run("build", "run: python -m pytest -q")), (0, 1));
        assert_eq!(found(&run("latest", "run: make docs")), (0, 0));
        assert_eq!(found(&run("docs", "run: mkdocs build")), (0, 0));
        assert_eq!(found(&run("test", "run: tox; twine upload dist/*")), (0, 0));
        assert_eq!(
            found(&run("test", "uses: pypa/gh-action-pypi-publish@release/v1")),
            (0, 0)
        );
        assert_eq!(found("on: push\njobs: [broken"), (0, 0));
    }
}
