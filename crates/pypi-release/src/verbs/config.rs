//! `config`: the settings of a project.

use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json};

use crate::{
    context::Context,
    failure::{Exit, Failure},
    settings::{Effective, Project, Settings},
};

#[derive(Args)]
pub(crate) struct Arguments {
    /// Print every key with its value and where it comes from
    #[arg(long)]
    show: bool,
    /// The project
    #[arg(long, default_value = ".", value_name = "FOLDER")]
    root: PathBuf,
    /// The pyproject.toml, if not the one in FOLDER
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// The keys of the document besides `success` and `error`.
const KEYS: &[&str] = &["settings", "projects"];

pub(crate) fn run(arguments: &Arguments, context: &Context) -> Result<Exit, Failure> {
    show(arguments, context).map_err(|failure| failure.with_keys(KEYS))
}

fn show(arguments: &Arguments, context: &Context) -> Result<Exit, Failure> {
    let settings = Settings::read(&arguments.root, arguments.config.as_deref())?;
    let projects = match settings.projects.is_empty() {
        true => Vec::new(),
        false => settings.projects()?,
    };
    let effective = settings.effective();
    let console = &context.console;
    if console.json {
        let settings: Vec<Value> = effective.iter().map(setting).collect();
        let projects: Vec<Value> = projects.iter().map(project).collect();
        console.json(&json!({
            "success": true,
            "error": null,
            "settings": settings,
            "projects": projects,
        }));
    } else if arguments.show {
        let rows = effective.iter().map(|one| {
            let value = one.value.as_ref().map(|value| value.json().to_string());
            let value = value.unwrap_or_else(|| "(not set)".to_owned());
            [one.key.path.to_owned(), value, one.source.clone()]
        });
        console.table(&rows.collect::<Vec<_>>());
        let rows = projects.iter().map(|project| {
            let folder = project.folder.display();
            let prefix = &project.tag_prefix;
            [
                format!("project {}", project.name),
                folder.to_string(),
                format!("tags {prefix}v*"),
            ]
        });
        console.table(&rows.collect::<Vec<_>>());
    } else {
        console.note("the settings are valid: use --show to print them");
    }
    Ok(Exit::Done)
}

fn setting(one: &Effective) -> Value {
    json!({
        "key": one.key.path,
        "value": one.value.as_ref().map(|value| value.json()),
        "source": one.source,
    })
}

fn project(project: &Project) -> Value {
    json!({
        "name": project.name,
        "folder": project.folder.to_string_lossy(),
        "tag_prefix": project.tag_prefix,
        "requires": project.requires,
    })
}
