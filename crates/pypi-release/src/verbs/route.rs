//! `route`: the index that this CI run publishes to.

use clap::Args;
use pypi_trusted_upload::versioning::{CiEvent, RouteSettings, Target, route};
use serde_json::json;

use crate::{
    checkout::{Checkout, CheckoutArguments},
    ci_output::{self, OutputArguments},
    context::Context,
    failure::{Exit, Failure},
};

#[derive(Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    checkout: CheckoutArguments,
    #[command(flatten)]
    outputs: OutputArguments,
    /// The branch whose development versions go to TestPyPI; main where the CI does not say
    #[arg(long, value_name = "BRANCH")]
    default_branch: Option<String>,
    /// The only repository that publishes
    #[arg(long, value_name = "OWNER/NAME")]
    repository: Option<String>,
    /// The tags that are releases, v* after the tag prefix by default
    #[arg(long, value_name = "GLOB")]
    release_tags: Option<String>,
    /// Where tagged alphas, betas and release candidates go, pypi by default
    #[arg(long, value_parser = ["pypi", "testpypi"], value_name = "INDEX")]
    prereleases: Option<String>,
}

/// The keys of the document besides `success` and `error`.
const KEYS: &[&str] = &["index", "version", "code", "reason", "notes", "provider"];

pub(crate) fn run(arguments: &Arguments, context: &Context) -> Result<Exit, Failure> {
    find(arguments, context).map_err(|failure| failure.with_keys(KEYS))
}

fn find(arguments: &Arguments, context: &Context) -> Result<Exit, Failure> {
    let checkout = Checkout::read(&arguments.checkout, &context.environment)?;
    let event = CiEvent::from_variables(context.environment.iter())?;
    let facts = checkout.route_facts()?;
    let verdict = route(
        &event,
        &facts,
        &checkout.settings,
        &settings(arguments, &checkout),
    );
    let target = verdict.target().map_or("none", Target::name);
    let version = verdict.version().map(ToString::to_string);
    let values = [
        ("index", target.to_owned()),
        ("publish", verdict.target().is_some().to_string()),
        ("version", version.clone().unwrap_or_default()),
        ("code", verdict.code().to_string()),
    ];
    ci_output::write(&arguments.outputs, &context.environment, &values)?;
    let console = &context.console;
    if console.json {
        let error = json!({
            "kind": verdict.code().name(),
            "message": verdict.message(),
            "help": null,
            "diagnosis": null,
        });
        console.json(&json!({
            "success": !verdict.code().is_error(),
            "error": verdict.code().is_error().then_some(error),
            "index": verdict.target().map(Target::name),
            "version": version,
            "code": verdict.code().name(),
            "reason": verdict.message(),
            "notes": verdict.notes(),
            "provider": event.provider.name(),
        }));
    } else {
        console.line(
            [target, version.as_deref().unwrap_or_default()]
                .join(" ")
                .trim_end(),
        );
        if verdict.code().is_error() {
            console.problem(&verdict);
        } else {
            console.note(&verdict);
            for note in verdict.notes() {
                console.note(format_args!("note: {note}"));
            }
        }
    }
    Ok(match verdict.code().is_error() {
        true => Exit::Refused,
        false => Exit::Done,
    })
}

/// The settings of the project, and the arguments that replace them.
fn settings(arguments: &Arguments, checkout: &Checkout) -> RouteSettings {
    let mut settings = checkout.routes();
    if let Some(glob) = &arguments.release_tags {
        settings = settings.release_tags(checkout.tags.clone().glob(glob));
    }
    if let Some(prereleases) = &arguments.prereleases {
        settings = settings.prereleases(match prereleases == Target::TestPyPi.name() {
            true => Target::TestPyPi,
            false => Target::PyPi,
        });
    }
    if let Some(branch) = &arguments.default_branch {
        settings = settings.default_branch(branch);
    }
    if let Some(repository) = &arguments.repository {
        settings = settings.repository(repository);
    }
    settings
}
