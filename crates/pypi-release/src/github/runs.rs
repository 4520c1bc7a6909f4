//! Runs of workflows on a commit.

use pypi_trusted_upload::Transport;

use super::{
    Error, ErrorKind, GitHub,
    model::{Run, Runs},
};

/// The most runs of one workflow on one commit that are read.
const MAX_RUNS: &str = "100";

impl<T: Transport> GitHub<'_, T> {
    /// The runs of a workflow, by its file name or number, on a commit, newest first. `event` selects those of one event,
    /// such as `push`.
    ///
    /// None does not mean that none will follow: a run appears some seconds after the push.
    pub(crate) fn runs(
        &self,
        workflow: &str,
        head_sha: &str,
        event: Option<&str>,
    ) -> Result<Vec<Run>, Error> {
        let what = format!(
            "list the runs of workflow {workflow:?} in {}",
            self.repository
        );
        // GitHub ignores an empty commit, and finds nothing by a shortened one.
        let is_commit = matches!(head_sha.len(), 40 | 64)
            && head_sha.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !is_commit {
            let message = format!("{what}: {head_sha:?} is not a whole commit ID");
            return Err(Error::new(
                ErrorKind::Invalid,
                message,
                "give all 40 digits",
            ));
        }
        let mut url = self.url(&["actions", "workflows", workflow, "runs"]);
        url.query_pairs_mut()
            .append_pair("head_sha", head_sha)
            .append_pair("exclude_pull_requests", "true")
            .append_pair("per_page", MAX_RUNS);
        if let Some(event) = event {
            url.query_pairs_mut().append_pair("event", event);
        }
        let found: Runs = self.get(what, url)?;
        let mut runs = found.workflow_runs;
        runs.retain(|run| {
            run.head_sha == head_sha
                && event.is_none_or(|event| run.event == event)
                && is_of(&run.path, workflow)
        });
        runs.sort_by_key(|run| std::cmp::Reverse((run.run_number, run.run_attempt)));
        Ok(runs)
    }
}

/// Whether `.github/workflows/ci.yml@refs/heads/main` is the file `ci.yml`. A number names any file.
fn is_of(path: &str, workflow: &str) -> bool {
    let path = path.split('@').next().unwrap_or_default();
    workflow.bytes().all(|byte| byte.is_ascii_digit())
        || path == workflow
        || path.rsplit('/').next() == Some(workflow)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_workflow_is_named_by_its_file() {
        for (path, workflow, is_expected) in [
            (".github/workflows/ci.yml", "ci.yml", true),
            (".github/workflows/ci.yml@refs/heads/main", "ci.yml", true),
            (".github/workflows/ci.yml", ".github/workflows/ci.yml", true),
            (".github/workflows/ci.yml", "17", true),
            (".github/workflows/other-ci.yml", "ci.yml", false),
        ] {
            assert_eq!(is_of(path, workflow), is_expected, "{path} {workflow}");
        }
    }
}
