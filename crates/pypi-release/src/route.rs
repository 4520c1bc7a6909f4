//! `route`: which index this CI run should publish to.

use std::error::Error;

use pypi_trusted_upload::versioning::{CiEvent, RouteSettings, TagFilter, Target, Verdict, route};
use serde_json::json;

use crate::{Exit, checkout::Checkout, ci_output, cli, output};

pub(crate) fn run(arguments: &cli::RouteArguments, how: cli::Output) -> Exit {
    match routed(arguments, how) {
        Ok(verdict) if verdict.code().is_error() => Exit::Refused,
        Ok(_) => Exit::Done,
        Err(error) => output::failed(error.as_ref(), how),
    }
}

fn routed(arguments: &cli::RouteArguments, how: cli::Output) -> Result<Verdict, Box<dyn Error>> {
    let checkout = Checkout::read(&arguments.checkout)?;
    let event = CiEvent::from_variables(checkout.variables.iter().cloned())?;
    let facts = checkout.git_facts()?;
    let verdict = route(
        &event,
        &facts,
        &checkout.settings,
        &settings(arguments, &checkout.tags),
    );
    let target = verdict.target().map_or("none", Target::name);
    let version = verdict.version().map(ToString::to_string);
    let values = [
        ("index", target.to_owned()),
        ("publish", verdict.target().is_some().to_string()),
        ("version", version.clone().unwrap_or_default()),
        ("code", verdict.code().to_string()),
    ];
    ci_output::write(&arguments.outputs, &checkout.variables, &values)?;
    if how.json {
        output::json(&json!({
            "index": verdict.target().map(Target::name),
            "version": version,
            "code": verdict.code().name(),
            "error": verdict.code().is_error(),
            "reason": verdict.message(),
            "notes": verdict.notes(),
            "provider": event.provider.name(),
        }));
    } else {
        output::line(
            [target, version.as_deref().unwrap_or_default()]
                .join(" ")
                .trim_end(),
        );
        if verdict.code().is_error() {
            output::problem(&verdict);
        } else if !how.quiet {
            output::note(&verdict);
            verdict
                .notes()
                .iter()
                .for_each(|note| output::note(format_args!("note: {note}")));
        }
    }
    Ok(verdict)
}

fn settings(arguments: &cli::RouteArguments, tags: &TagFilter) -> RouteSettings {
    let usual = || format!("{}v*", tags.prefix);
    let glob = arguments.release_tags.clone().unwrap_or_else(usual);
    let tags = tags.clone().glob(glob);
    let mut settings = RouteSettings::new().release_tags(tags);
    if arguments.prereleases == Target::TestPyPi.name() {
        settings = settings.prereleases(Target::TestPyPi);
    }
    if let Some(branch) = &arguments.default_branch {
        settings = settings.default_branch(branch);
    }
    if let Some(repository) = &arguments.repository {
        settings = settings.repository(repository);
    }
    settings
}
