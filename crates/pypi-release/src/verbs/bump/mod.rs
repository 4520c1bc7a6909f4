//! `bump`: the next version, into every file that contains it.

mod edits;
mod git;
mod index;
mod lock;
mod next;

use std::path::{Path, PathBuf};

use clap::Args;
use pypi_trusted_upload::{
    Index,
    versioning::{Bump, ErrorKind, GitCommand, Version, bump},
};
use serde_json::{Value, json};
use toml_edit::Document;

use crate::{
    console::Console,
    context::Context,
    failure::{Exit, Failure},
    files,
    settings::{Settings, VERSION, shown, tag_start},
    target::IndexArguments,
};
use edits::Edits;
use git::Git;

#[derive(Args)]
pub(crate) struct Arguments {
    /// major, minor, patch, stable, alpha, beta, rc, post, dev, one with a number as in rc=2, or a version
    #[arg(required = true, value_name = "PART")]
    parts: Vec<Bump>,
    /// The project
    #[arg(long, default_value = ".", value_name = "FOLDER")]
    root: PathBuf,
    /// The file to change, if not the pyproject.toml in FOLDER
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Commit the changed files
    #[arg(long)]
    commit: bool,
    /// Tag the commit; if tags are the versions of the project, the last tag is the old version
    #[arg(long)]
    tag: bool,
    /// Ask the index whether it has the version already
    #[arg(long)]
    check_index: bool,
    #[command(flatten)]
    index: IndexArguments,
    /// Print the version and change nothing
    #[arg(long)]
    dry_run: bool,
}

/// What to change.
pub(crate) struct Request<'a> {
    pub(crate) parts: &'a [Bump],
    pub(crate) root: &'a Path,
    pub(crate) config: Option<&'a Path>,
    pub(crate) commit: bool,
    pub(crate) tag: bool,
    /// The index that must not have the version.
    pub(crate) index: Option<Index>,
    pub(crate) is_dry_run: bool,
}

/// What was changed, or in a dry run would have been.
pub(crate) struct Report {
    pub(crate) old: Version,
    pub(crate) new: Version,
    /// The `pyproject.toml`.
    file: PathBuf,
    files: Vec<PathBuf>,
    is_written: bool,
    /// The commit, if there is one.
    commit: Option<String>,
    /// The tag of the new version, made or not.
    tag: String,
    is_tagged: bool,
    /// The commands that are left to do.
    next: Vec<String>,
}

/// The keys of the document besides `success` and `error`.
const KEYS: &[&str] = &[
    "old", "new", "file", "files", "written", "commit", "tag", "tagged", "next",
];

pub(crate) fn run(arguments: &Arguments, context: &Context) -> Result<Exit, Failure> {
    run_and_show(arguments, context).map_err(|failure| failure.with_keys(KEYS))
}

fn run_and_show(arguments: &Arguments, context: &Context) -> Result<Exit, Failure> {
    let index = arguments.check_index.then(|| {
        arguments
            .index
            .served(&arguments.root, &context.environment)
    });
    let request = Request {
        parts: &arguments.parts,
        root: &arguments.root,
        config: arguments.config.as_deref(),
        commit: arguments.commit,
        tag: arguments.tag,
        index: index.transpose()?,
        is_dry_run: arguments.dry_run,
    };
    make(&request, context)?.show(&context.console);
    Ok(Exit::Done)
}

/// Bumps the version: everything is computed and checked before anything is written.
pub(crate) fn make(request: &Request<'_>, context: &Context) -> Result<Report, Failure> {
    let settings = Settings::read(request.root, request.config)?;
    let path = request.config.map(Path::to_owned);
    let path = path.unwrap_or_else(|| request.root.join("pyproject.toml"));
    let (old, is_dynamic) = old_version(request, &settings, &path)?;
    let new = bump(&old, request.parts)?;
    if settings.bump.semantic && !is_semantic(&new) {
        let message = format!(
            "{new} is not a version of the form x.y.z, which bump.semantic demands: bump to such a version, or change the setting"
        );
        return Err(Failure::new(Exit::Refused, message));
    }
    let tag = tag_name(&settings, &new);
    let edits = Edits::compute(&settings, &path, is_dynamic, &old, &new)?;
    let git = Git::new(&settings.folder);
    check(request, &git, &edits.paths(), &tag)?;
    if request.tag {
        check_tag(&settings, &new, &tag)?;
    }
    if let Some(index) = &request.index {
        index::check(index, &settings, &new, context)?;
    }
    let message = settings.bump.message.replace(VERSION, &new.to_string());
    let mut report = Report {
        file: path,
        files: edits.paths(),
        is_written: false,
        commit: None,
        is_tagged: false,
        next: Vec::new(),
        old,
        new,
        tag,
    };
    if !request.is_dry_run {
        edits.write()?;
        report.is_written = true;
        let recorded = record(request, &git, &message, &mut report);
        if let Err(failure) = recorded {
            // The files of a commit that remains are as it says.
            if report.commit.is_none() {
                edits.restore();
            }
            return Err(failure);
        }
        report.next = next::steps(&report, &message);
    }
    Ok(report)
}

/// Fails unless git can record what was asked for.
fn check(
    request: &Request<'_>,
    git: &Git<'_>,
    paths: &[PathBuf],
    tag: &str,
) -> Result<(), Failure> {
    if request.tag && !request.commit && !paths.is_empty() {
        return Err(Failure::usage(
            "--tag without --commit would tag a commit without the new version: add --commit",
        ));
    }
    if request.commit || request.tag {
        git.check_clean()?;
    }
    if request.commit && !paths.is_empty() {
        git.check_branch()?;
        git.check_tracked(paths)?;
    }
    match request.tag {
        true => git.check_no_tag(tag),
        false => Ok(()),
    }
}

/// Commits and tags, or does neither.
fn record(
    request: &Request<'_>,
    git: &Git<'_>,
    message: &str,
    report: &mut Report,
) -> Result<(), Failure> {
    let before = match request.commit && !report.files.is_empty() {
        true => {
            let before = git.head()?;
            git.commit(message, &report.files)?;
            report.commit = Some(git.head()?);
            Some(before)
        }
        false => None,
    };
    if request.tag {
        if let Err(failure) = git.tag(&report.tag, message) {
            return Err(match (before, &report.commit) {
                (Some(before), Some(commit)) if !git.undo_commit(&before) => failure.and(&format!(
                    "the commit {commit} remains: tag it, or undo it with git reset --keep {before}"
                )),
                _ => {
                    report.commit = None;
                    failure
                }
            });
        }
        report.is_tagged = true;
    }
    Ok(())
}

/// The version of the files; of a project whose versions are tags, that of the last tag. And whether it is the latter.
fn old_version(
    request: &Request<'_>,
    settings: &Settings,
    path: &Path,
) -> Result<(Version, bool), Failure> {
    let Some(project) = &settings.project else {
        let message = format!(
            "{} does not exist: name the project with --root",
            path.display()
        );
        return Err(Failure::new(Exit::Refused, message));
    };
    let failure = match project.version() {
        Ok(version) if !is_placeholder(&files::toml(path)?) => {
            return Ok((version, false));
        }
        Ok(_) => Failure::new(
            Exit::Refused,
            "poetry-dynamic-versioning makes the version from tags, so there is nothing to edit: tag the commit instead",
        ),
        Err(error) if error.kind() == ErrorKind::DynamicVersion => error.into(),
        Err(error) => return Err(error.into()),
    };
    if !request.tag {
        return Err(failure.and("--tag bumps the version of the last tag"));
    }
    let facts = GitCommand::new(&settings.folder).facts(&settings.version.tags)?;
    let tag = facts.tag.ok_or_else(|| {
        let message = "no tag of this project was found, so there is no version to bump: make the first tag by hand";
        Failure::new(Exit::Refused, message)
    })?;
    Ok((tag.version, true))
}

fn tag_name(settings: &Settings, new: &Version) -> String {
    format!("{}{new}", tag_start(&settings.version.tags.prefix))
}

/// Fails unless the project takes the tag for this version.
fn check_tag(settings: &Settings, new: &Version, tag: &str) -> Result<(), Failure> {
    match settings.version.tags.parse_tag(tag) {
        Some(parsed) if parsed.version == *new => Ok(()),
        _ => {
            let message = format!(
                "the tag {tag} would not name version {new} of this project: change version.tag-prefix, version.tag-glob or version.tag-dot-required"
            );
            Err(Failure::new(Exit::Refused, message))
        }
    }
}

/// Whether poetry-dynamic-versioning replaces the version of a pyproject.toml.
fn is_placeholder(text: &str) -> bool {
    let document = Document::parse(text).ok();
    let enable = document.as_ref().and_then(|document| {
        let tool = document.get("tool")?.as_table_like()?;
        let table = tool.get("poetry-dynamic-versioning")?.as_table_like()?;
        table.get("enable")?.as_bool()
    });
    enable == Some(true)
}

/// Whether a version is three numbers and nothing more.
fn is_semantic(version: &Version) -> bool {
    let numbers = version.release().iter().map(u64::to_string);
    let numbers: Vec<String> = numbers.collect();
    numbers.len() == 3 && version.to_string() == numbers.join(".")
}

impl Report {
    pub(crate) fn json(&self) -> Value {
        let text = |path: &PathBuf| path.to_string_lossy().into_owned();
        json!({
            "success": true,
            "error": null,
            "old": self.old.to_string(),
            "new": self.new.to_string(),
            "file": text(&self.file),
            "files": self.files.iter().map(text).collect::<Vec<_>>(),
            "written": self.is_written,
            "commit": self.commit,
            "tag": self.tag,
            "tagged": self.is_tagged,
            "next": self.next,
        })
    }

    pub(crate) fn show(&self, console: &Console) {
        if console.json {
            return console.json(&self.json());
        }
        console.line(&self.new);
        let (old, new) = (&self.old, &self.new);
        for path in &self.files {
            console.detail(format_args!("bumped {old} to {new} in {}", shown(path)));
        }
        if let Some(commit) = &self.commit {
            console.detail(format_args!("committed {commit}"));
        }
        if self.is_tagged {
            console.detail(format_args!("tagged {}", self.tag));
        }
        for step in &self.next {
            console.note(format_args!("next: {step}"));
        }
    }
}
