//! `publish`: from files on disk to files on an index.

use std::path::PathBuf;

use clap::Args;
use pypi_local_index::LocalIndex;
use pypi_trusted_upload::{
    ApiToken, BlockingClient, Dists, Environment, ErrorKind, Index, Outcome, Plan, Problem,
    Publisher, Report, RetryPolicy, Secret, Severity, upload::IndexError,
};
use serde_json::{Value, json};

use super::local_index::serve;
use crate::{
    console::{Console, size},
    context::Context,
    failure::{Exit, Failure, chain},
    progress::Progress,
};

#[derive(Args)]
pub(crate) struct Arguments {
    /// Wheels and sdists; attestations beside them (FILE.publish.attestation) are sent too
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// pypi, testpypi, local (PyPI in this process, for a trial) or the URL that accepts uploads
    #[arg(long, default_value = "pypi")]
    index: String,
    /// The simple API of an index given by URL, to compare and verify files by their hashes
    #[arg(long, value_name = "URL")]
    simple_url: Option<String>,
    /// Use the API token in this environment variable instead of trusted publishing
    #[arg(long, value_name = "VARIABLE")]
    token_env: Option<String>,
    /// The most attempts per request, with growing pauses in between
    #[arg(long, default_value_t = 5, value_name = "NUMBER")]
    attempts: u32,
    /// Print the plan and send nothing
    #[arg(long)]
    dry_run: bool,
    /// With --index local, continue to serve what was published until interrupted
    #[arg(long)]
    serve: bool,
}

pub(crate) fn run(arguments: &Arguments, context: &Context) -> Result<Exit, Failure> {
    publish(arguments, context).map_err(|failure| failure.member("success", false))
}

/// The index to publish to, and the local index that must live as long.
struct Target {
    index: Index,
    environment: Environment,
    local: Option<LocalIndex>,
}

fn publish(arguments: &Arguments, context: &Context) -> Result<Exit, Failure> {
    let console = &context.console;
    let target = target(arguments, context)?;
    let publisher = publisher(&target, arguments, context)?;
    let dists = Dists::read(&arguments.files);
    if arguments.dry_run {
        return Ok(dry_run(&publisher.plan(dists), console));
    }
    let report = publisher
        .publish(dists, &BlockingClient::new()?)
        .map_err(|error| failure(&error, console))?;
    let is_over = target.local.is_some() && !arguments.serve;
    print(&report, is_over, console);
    match &target.local {
        Some(local) if arguments.serve => serve(local),
        _ => Ok(exit(&report)),
    }
}

fn target(arguments: &Arguments, context: &Context) -> Result<Target, Failure> {
    let usage = |error: IndexError| Failure::of(Exit::Usage, &error);
    let index = match arguments.index.as_str() {
        "pypi" => Index::pypi(),
        "testpypi" => Index::test_pypi(),
        "local" => {
            let local = LocalIndex::start()?;
            let index = Index::custom(local.upload_url().as_str())?;
            return Ok(Target {
                index: index.simple_api(local.simple_url().as_str())?,
                environment: Environment::from_vars(local.environment()),
                local: Some(local),
            });
        }
        url => {
            let index = Index::custom(url).map_err(usage)?;
            match &arguments.simple_url {
                Some(simple) => index.simple_api(simple).map_err(usage)?,
                None => index,
            }
        }
    };
    Ok(Target {
        index,
        environment: context.environment.clone(),
        local: None,
    })
}

fn publisher(
    target: &Target,
    arguments: &Arguments,
    context: &Context,
) -> Result<Publisher, Failure> {
    let policy = RetryPolicy::default()
        .attempts(arguments.attempts)
        .clock(context.clock.clone());
    let publisher = Publisher::index(target.index.clone())
        .retry(policy)
        .observer(Progress::new(&context.console));
    let Some(variable) = &arguments.token_env else {
        return Ok(publisher.trusted_publishing(target.environment.clone()));
    };
    let token = context.environment.get(variable).ok_or_else(|| {
        let message = format!(
            "the variable {variable} contains no API token: set it, or leave out --token-env"
        );
        Failure::new(Exit::Refused, message)
    })?;
    Ok(publisher.token(&ApiToken::new(Secret::new(token))))
}

fn dry_run(plan: &Plan, console: &Console) -> Exit {
    if console.json {
        let files: Vec<Value> = plan
            .files()
            .map(|file| json!({ "filename": file.filename(), "size": file.size(), "sha256": file.sha256() }))
            .collect();
        let problems: Vec<Value> = plan.problems().iter().map(problem_json).collect();
        console.json(&json!({
            "dry_run": true,
            "publishable": plan.is_publishable(),
            "files": files,
            "problems": problems,
        }));
    } else {
        let rows: Vec<_> = plan
            .files()
            .map(|file| {
                [
                    file.filename().to_owned(),
                    size(file.size()),
                    file.sha256().to_owned(),
                ]
            })
            .collect();
        console.table(&rows);
        for line in problem_lines(plan.problems(), console) {
            console.problem(line);
        }
    }
    if plan.is_publishable() {
        Exit::Done
    } else {
        Exit::Refused
    }
}

fn failure(error: &pypi_trusted_upload::Error, console: &Console) -> Failure {
    let plan = error.plan();
    let files: Vec<&str> = plan.files().map(|file| file.filename()).collect();
    let problems: Vec<Value> = plan.problems().iter().map(problem_json).collect();
    let (exit, remedy) = match error.kind() {
        ErrorKind::Unavailable => (Exit::Unavailable, Some("run again when it is reachable")),
        _ => (Exit::Refused, error.help()),
    };
    let mut failure = Failure::new(exit, chain(error))
        .member("help", error.help())
        .member("not_uploaded", files.clone())
        .member("problems", problems);
    if !plan.is_publishable() {
        return failure.lines(problem_lines(plan.problems(), console));
    }
    if let Some(remedy) = remedy {
        failure = failure.and(remedy);
    }
    failure.and(&format!("not uploaded: {}", files.join(", ")))
}

/// A line for each error, and unless quiet for each warning.
fn problem_lines(problems: &[Problem], console: &Console) -> Vec<String> {
    let shown = problems.iter().filter_map(|problem| {
        let finding = problem.finding();
        let level = match finding.severity() {
            Severity::Error => "",
            Severity::Warning if !console.quiet => "warning: ",
            _ => return None,
        };
        let help = finding.help().map(|help| format!("; {help}"));
        Some(format!("{level}{problem}{}", help.unwrap_or_default()))
    });
    shown.collect()
}

fn problem_json(problem: &Problem) -> Value {
    let finding = problem.finding();
    json!({
        "file": problem.file(),
        "rule": finding.rule().id(),
        "severity": finding.severity().to_string(),
        "message": finding.message(),
        "help": finding.help(),
    })
}

fn print(report: &Report, is_over: bool, console: &Console) {
    if console.json {
        return console.json_text(&report.to_json());
    }
    let rows: Vec<_> = report
        .files()
        .iter()
        .map(|file| {
            let verified = match file.verified() {
                Some(true) => "verified by sha256",
                Some(false) => "not listed by the index yet",
                None => "",
            };
            [
                file.filename().to_owned(),
                size(file.size()),
                file.outcome().to_string(),
                verified.to_owned(),
            ]
        })
        .collect();
    if !console.quiet || !report.is_success() {
        console.table(&rows);
    }
    if report.is_success() && !console.quiet {
        for line in install_lines(report) {
            console.line(line);
        }
        if is_over {
            console.note("the local index ends with this command: use --serve to install from it");
        }
    }
}

/// The commands that install what was published, a line per release.
fn install_lines(report: &Report) -> Vec<String> {
    let index = report.index();
    let from = match index.simple_url() {
        Some(url) if index != &Index::pypi() => format!(" --index-url {url}"),
        _ => String::new(),
    };
    let mut lines: Vec<String> = report
        .files()
        .iter()
        .map(|file| format!("pip install{from} {}=={}", file.project(), file.version()))
        .collect();
    lines.sort();
    lines.dedup();
    lines
}

fn exit(report: &Report) -> Exit {
    let refused = |outcome: &Outcome| matches!(outcome, Outcome::Refused(_));
    if report.is_success() {
        Exit::Done
    } else if report.files().iter().any(|file| refused(file.outcome())) {
        Exit::Refused
    } else {
        Exit::Unavailable
    }
}
