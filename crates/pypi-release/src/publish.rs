//! `publish`: from files on disk to files on an index.

use std::error::Error;

use pypi_local_index::LocalIndex;
use pypi_trusted_upload::{
    ApiToken, Blocking, Dists, Environment, ErrorKind, Index, Outcome, Plan, Problem, Publisher,
    Report, RetryPolicy, Secret, Severity,
};
use serde_json::{Value, json};

use crate::{Exit, cli, local_index, output, progress::Progress};

pub(crate) fn run(arguments: &cli::PublishArguments, how: cli::Output) -> Exit {
    match publish(arguments, how) {
        Ok(exit) => exit,
        Err(error) => {
            let text = output::chain(error.as_ref());
            if how.json {
                output::json(&json!({ "success": false, "error": text }));
            }
            output::problem(text);
            Exit::Refused
        }
    }
}

/// Where to publish to, and the local index that must live so long.
struct Target {
    index: Index,
    environment: Environment,
    local: Option<LocalIndex>,
}

fn publish(arguments: &cli::PublishArguments, how: cli::Output) -> Result<Exit, Box<dyn Error>> {
    let target = target(arguments)?;
    let publisher = publisher(&target, arguments, how)?;
    let dists = Dists::read(&arguments.files);
    if arguments.dry_run {
        return Ok(dry_run(&publisher.plan(dists), how));
    }
    match publisher.publish(dists, &Blocking::new()?) {
        Ok(report) => {
            print(&report, target.local.is_some() && !arguments.serve, how);
            match &target.local {
                Some(local) if arguments.serve => Ok(local_index::serve(local)),
                _ => Ok(exit(&report)),
            }
        }
        Err(error) => Ok(failed(&error, how)),
    }
}

fn target(arguments: &cli::PublishArguments) -> Result<Target, Box<dyn Error>> {
    let of = |index| Target {
        index,
        environment: Environment::from_process(),
        local: None,
    };
    Ok(match arguments.index.as_str() {
        "pypi" => of(Index::pypi()),
        "testpypi" => of(Index::test_pypi()),
        "local" => {
            let local = LocalIndex::start()?;
            let index = Index::custom(local.upload_url().as_str())?;
            Target {
                index: index.with_simple_url(local.simple_url().as_str())?,
                environment: Environment::from_vars(local.environment()),
                local: Some(local),
            }
        }
        url => {
            let index = Index::custom(url)?;
            of(match &arguments.simple_url {
                Some(simple) => index.with_simple_url(simple)?,
                None => index,
            })
        }
    })
}

fn publisher(
    target: &Target,
    arguments: &cli::PublishArguments,
    how: cli::Output,
) -> Result<Publisher, String> {
    let publisher = Publisher::index(target.index.clone())
        .retry(RetryPolicy::default().attempts(arguments.attempts))
        .observer(Progress::new(how));
    let Some(variable) = &arguments.token_env else {
        return Ok(publisher.trusted_publishing(target.environment.clone()));
    };
    let process = Environment::from_process();
    let token = process
        .get(variable)
        .filter(|token| !token.is_empty())
        .ok_or_else(|| {
            format!("the variable {variable} holds no API token: set it, or leave --token-env out")
        })?;
    Ok(publisher.token(&ApiToken::new(Secret::new(token))))
}

fn dry_run(plan: &Plan, how: cli::Output) -> Exit {
    if how.json {
        let files: Vec<Value> = plan
            .files()
            .map(|file| json!({ "filename": file.filename(), "size": file.size(), "sha256": file.sha256() }))
            .collect();
        let problems: Vec<Value> = plan.problems().iter().map(problem_json).collect();
        output::json(&json!({
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
                    output::size(file.size()),
                    file.sha256().to_owned(),
                ]
            })
            .collect();
        output::table(&rows);
        print_problems(plan.problems(), how);
    }
    if plan.is_publishable() {
        Exit::Done
    } else {
        Exit::Refused
    }
}

fn failed(error: &pypi_trusted_upload::Error, how: cli::Output) -> Exit {
    let plan = error.plan();
    let files: Vec<&str> = plan.files().map(|file| file.filename()).collect();
    if how.json {
        let problems: Vec<Value> = plan.problems().iter().map(problem_json).collect();
        output::json(&json!({
            "success": false,
            "error": output::chain(error),
            "help": error.help(),
            "not_uploaded": files,
            "problems": problems,
        }));
    }
    if error.kind() == ErrorKind::Plan {
        print_problems(plan.problems(), how);
        return Exit::Refused;
    }
    let remedy = match error.kind() {
        ErrorKind::Unavailable => Some("run again when it is reachable"),
        _ => error.help(),
    };
    let remedy = remedy.map(|remedy| format!("; {remedy}"));
    output::problem(format_args!(
        "{}{}; not uploaded: {}",
        output::chain(error),
        remedy.unwrap_or_default(),
        files.join(", ")
    ));
    match error.kind() {
        ErrorKind::Unavailable => Exit::Unavailable,
        _ => Exit::Refused,
    }
}

fn print_problems(problems: &[Problem], how: cli::Output) {
    for problem in problems {
        let finding = problem.finding();
        let help = finding
            .help()
            .map(|help| format!("; {help}"))
            .unwrap_or_default();
        match finding.severity() {
            Severity::Error => output::problem(format_args!("{problem}{help}")),
            Severity::Hint => {}
            Severity::Warning if how.quiet => {}
            Severity::Warning => output::problem(format_args!("warning: {problem}{help}")),
        }
    }
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

fn print(report: &Report, passing: bool, how: cli::Output) {
    if how.json {
        return output::line(report.to_json());
    }
    let rows: Vec<_> = report
        .files()
        .iter()
        .map(|file| {
            let verified = match file.verified() {
                Some(true) => "verified by sha256",
                Some(false) => "not shown by the index yet",
                None => "",
            };
            [
                file.filename().to_owned(),
                output::size(file.size()),
                file.outcome().to_string(),
                verified.to_owned(),
            ]
        })
        .collect();
    if !how.quiet || !report.is_success() {
        output::table(&rows);
    }
    if report.is_success() && !how.quiet {
        for line in install_lines(report) {
            output::line(line);
        }
        if passing {
            output::note(
                "The local index ends with this command; give --serve to install from it.",
            );
        }
    }
}

/// What a person types to get what was published, a line for each release.
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
