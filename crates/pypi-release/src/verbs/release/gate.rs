//! The gate: workflows that must have succeeded on the commit, and commands that must succeed.

use std::{path::Path, time::Duration};

use pypi_trusted_upload::{
    Transport,
    transport::{CancelToken, Clock},
};

use crate::{
    console::Console,
    context::Context,
    duration,
    failure::{Exit, Failure},
    github::{GitHub, Run},
    process::{Command, End},
};

/// Waits until every workflow has succeeded for a commit; returns their runs, a text for each.
///
/// The newest run of a workflow counts, whichever push it belongs to; runs of pull requests do not, because they test
/// another commit. A run that is not there yet may appear: it is waited for as well.
pub(super) fn workflows<T: Transport>(
    github: &GitHub<'_, T>,
    workflows: &[String],
    commit: &str,
    patience: Duration,
    clock: &Clock,
    console: &Console,
) -> Result<Vec<String>, Failure> {
    let start = clock.unix_seconds();
    let mut passed = Vec::new();
    for workflow in workflows {
        let mut shown = String::new();
        passed.push(loop {
            let runs = github
                .runs(workflow, commit, None)
                .map_err(|error| error.failure())?;
            let state = judge(&runs);
            let waited = Duration::from_secs(clock.unix_seconds().saturating_sub(start));
            match state {
                State::Succeeded(run) => break format!("{workflow} succeeded ({})", run.html_url),
                State::Failed(run) => return Err(failed(workflow, run)),
                State::Unfinished(_) | State::Absent if waited >= patience => {
                    return Err(impatient(workflow, &state, patience));
                }
                State::Unfinished(_) | State::Absent => {}
            }
            let text = format!("waiting for {workflow}: {}", state.text());
            if text != shown {
                console.note(&text);
                shown = text;
            }
            github.pause(pause(waited).min(patience.saturating_sub(waited)));
            if github.cancel.is_cancelled() {
                let message = format!("interrupted while waiting for {workflow}: nothing was sent");
                return Err(Failure::new(Exit::Interrupted, message));
            }
        });
    }
    Ok(passed)
}

/// What the runs of a workflow say about a commit.
#[derive(Debug)]
enum State<'a> {
    Absent,
    Failed(&'a Run),
    Succeeded(&'a Run),
    Unfinished(&'a Run),
}

impl State<'_> {
    fn text(&self) -> String {
        match self {
            Self::Absent => "there is no run for this commit yet".to_owned(),
            Self::Failed(run) | Self::Succeeded(run) | Self::Unfinished(run) => {
                let status = run.status.as_deref().unwrap_or("of unknown status");
                format!("the run is {status} ({})", run.html_url)
            }
        }
    }
}

/// `runs` are ordered, newest first.
fn judge(runs: &[Run]) -> State<'_> {
    let newest = runs
        .iter()
        .find(|run| !run.event.starts_with("pull_request"));
    match newest {
        None => State::Absent,
        Some(run) if run.is_success() => State::Succeeded(run),
        Some(run) if run.is_completed() => State::Failed(run),
        Some(run) => State::Unfinished(run),
    }
}

fn failed(workflow: &str, run: &Run) -> Failure {
    let conclusion = run.conclusion.as_deref().unwrap_or("no conclusion");
    let message = format!(
        "workflow {workflow} ended with {conclusion} for this commit ({}): repair it, or run its failed jobs again, \
         and then this one; nothing was sent",
        run.html_url
    );
    Failure::new(Exit::Refused, message)
}

fn impatient(workflow: &str, state: &State<'_>, patience: Duration) -> Failure {
    let remedy = match state {
        State::Unfinished(run) if run.status.as_deref() == Some("waiting") => {
            "it waits for an approval: approve it"
        }
        State::Unfinished(_) => "run this job again when it has finished, or set gate.timeout",
        _ => "check the name of its file, and that it runs on pushes of this branch or tag",
    };
    let message = format!(
        "workflow {workflow} did not succeed within {}: {}: {remedy}; nothing was sent",
        duration::text(patience),
        state.text()
    );
    Failure::new(Exit::Refused, message)
}

/// Polls every 15 seconds at first, and every 30 after five minutes: the limit of requests is shared by all jobs of a
/// repository.
fn pause(waited: Duration) -> Duration {
    match waited < Duration::from_secs(300) {
        true => Duration::from_secs(15),
        false => Duration::from_secs(30),
    }
}

/// Runs the commands of a project in its folder, one after the other, until one fails.
pub(super) fn commands(
    commands: &[String],
    folder: &Path,
    deadline: Duration,
    context: &Context,
    cancel: &CancelToken,
) -> Result<(), Failure> {
    for line in commands {
        context.console.note(format_args!("gate: {line}"));
        let command = Command::shell(line, &context.environment).deadline(deadline);
        let command = match folder == Path::new("") {
            true => command,
            false => command.folder(folder),
        };
        let ended = command.run(cancel);
        if !ended.is_success() {
            context.console.excerpt(&ended.output);
            let message = format!(
                "the gate's command `{line}` {}: nothing was sent",
                ended.end
            );
            let exit = match ended.end {
                End::Cancelled => Exit::Interrupted,
                _ => Exit::Refused,
            };
            return Err(Failure::new(exit, message));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(event: &str, status: &str, conclusion: Option<&str>) -> Run {
        let run = serde_json::json!({
            "id": 1, "path": ".github/workflows/ci.yml", "event": event, "head_sha": "", "status": status,
            "conclusion": conclusion, "html_url": "https://github.example/runs/1",
        });
        serde_json::from_value(run).unwrap()
    }

    #[test]
    fn the_newest_run_counts() {
        let success = || run("push", "completed", Some("success"));
        let failure = || run("push", "completed", Some("failure"));
        let skipped = || run("push", "completed", Some("skipped"));
        let running = || run("push", "in_progress", None);
        let other = || run("pull_request", "completed", Some("success"));
        assert!(matches!(judge(&[]), State::Absent));
        assert!(matches!(judge(&[other()]), State::Absent));
        assert!(matches!(
            judge(&[success(), failure()]),
            State::Succeeded(_)
        ));
        assert!(matches!(judge(&[failure(), success()]), State::Failed(_)));
        assert!(matches!(judge(&[skipped()]), State::Failed(_)));
        assert!(matches!(
            judge(&[running(), success()]),
            State::Unfinished(_)
        ));
    }
}
