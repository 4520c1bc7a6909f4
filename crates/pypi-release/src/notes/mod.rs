//! Release notes, from the commits of a version.

mod change;
mod changelog;
mod install;
mod markdown;
mod merges;
mod people;
mod remote;
mod template;
mod view;

use std::path::{Path, PathBuf};

use pypi_trusted_upload::{
    Index,
    versioning::{GitCommand, History, HistoryRange, TagFilter, Timestamp, Version},
};
use serde_json::{Value, json};

use crate::{
    checkout::Checkout,
    context::Context,
    failure::{Exit, Failure},
    files,
};
pub(crate) use change::{Change, Kind};
pub(crate) use install::{Install, install_markdown};
pub(crate) use people::Contributor;
pub(crate) use remote::{Remote, repository_path};

/// The most commits that are read.
const MAX_COMMITS: usize = 2000;

/// A file of the release.
#[derive(Clone, Debug)]
pub(crate) struct NamedFile {
    pub(crate) name: String,
    pub(crate) size: u64,
    pub(crate) sha256: String,
}

/// What notes are made of.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    /// The checkout, or a folder in it.
    pub(crate) root: PathBuf,
    pub(crate) tags: TagFilter,
    /// The tag of the version; `None` for what is checked out.
    pub(crate) tag: Option<String>,
    /// By default that of the tag.
    pub(crate) version: Option<Version>,
    /// The tag of the release before, by default the highest lower version.
    pub(crate) since: Option<String>,
    /// Only commits that changed something in `root`.
    pub(crate) in_folder: bool,
    pub(crate) project: Option<String>,
    /// Where the version can be installed from.
    pub(crate) index: Option<Index>,
    pub(crate) files: Vec<NamedFile>,
    pub(crate) template: Option<PathBuf>,
    /// The changelog, for `handwritten` and [`write_changelog`].
    pub(crate) changelog: PathBuf,
    /// Use the section of the changelog instead of the commits.
    pub(crate) handwritten: bool,
}

/// The notes of a version.
#[derive(Clone, Debug)]
pub(crate) struct Report {
    pub(crate) version: Option<Version>,
    pub(crate) tag: Option<String>,
    pub(crate) previous: Option<String>,
    /// The day of the commit.
    pub(crate) date: String,
    pub(crate) changes: Vec<Change>,
    pub(crate) contributors: Vec<Contributor>,
    pub(crate) compare_url: Option<String>,
    /// The notes as Markdown.
    pub(crate) markdown: String,
    pub(crate) is_truncated: bool,
    pub(crate) warnings: Vec<String>,
    remote: Option<Remote>,
}

impl Request {
    /// The notes of a checkout, as its settings say.
    pub(crate) fn of(checkout: &Checkout) -> Self {
        let configured = &checkout.configured;
        let folder = &configured.folder;
        Self {
            root: checkout.root().to_owned(),
            tags: checkout.tags.clone(),
            tag: None,
            version: None,
            since: None,
            // One of several projects in the repository.
            in_folder: !checkout.tags.prefix.is_empty() && !checkout.root().join(".git").exists(),
            project: checkout.project_name().map(str::to_owned),
            index: None,
            files: Vec::new(),
            template: configured
                .notes
                .template
                .as_ref()
                .map(|path| folder.join(path)),
            changelog: folder.join(
                configured
                    .notes
                    .changelog
                    .as_deref()
                    .unwrap_or("CHANGELOG.md"),
            ),
            handwritten: configured.notes.handwritten,
        }
    }
}

/// Makes the notes of a version.
pub(crate) fn generate(request: &Request, context: &Context) -> Result<Report, Failure> {
    let git = GitCommand::new(&request.root);
    let mut range = HistoryRange::new()
        .tags(request.tags.clone())
        .in_folder(request.in_folder)
        .max_commits(MAX_COMMITS);
    if let Some(tag) = &request.tag {
        range = range.until(tag);
    }
    if let Some(version) = &request.version {
        range = range.version(version.clone());
    }
    if let Some(since) = &request.since {
        range = range.since(since);
    }
    let history = git.history(&range)?;
    let remote_url = git.remote_url("origin").ok().flatten();
    let remote = Remote::of(&context.environment, remote_url.as_deref());
    let mut report = report(request, &history, remote, context);
    let handwritten = match (request.handwritten, &report.version) {
        (true, Some(version)) => Some(handwritten(&request.changelog, version)?),
        (true, None) => {
            return Err(Failure::usage(
                "the version of the notes is not known: give --tag or --version",
            ));
        }
        (false, _) => None,
    };
    let template = match &request.template {
        Some(path) => Some((
            path.display().to_string(),
            text_of(path, files::MAX_WRITTEN)?,
        )),
        None => None,
    };
    let template = template
        .as_ref()
        .map(|(name, source)| (name.as_str(), source.as_str()));
    let view = view::of(&report, request, handwritten.as_deref());
    report.markdown = template::render(template, view)?;
    Ok(report)
}

fn report(
    request: &Request,
    history: &History,
    remote: Option<Remote>,
    context: &Context,
) -> Report {
    let tag = request
        .tag
        .clone()
        .or_else(|| history.tag.as_ref().map(|tag| tag.name.clone()));
    let version = request
        .version
        .clone()
        .or_else(|| history.tag.as_ref().map(|tag| tag.version.clone()));
    let previous = history.previous.as_ref().map(|tag| tag.name.clone());
    let text = version
        .as_ref()
        .map(ToString::to_string)
        .unwrap_or_default();
    let mut warnings = Vec::new();
    if history.is_shallow {
        warnings.push("the history is shallow, so commits and the tag of the release before may be missing: fetch all of it (fetch-depth: 0)".to_owned());
    }
    if history.is_truncated {
        warnings.push(format!("only the last {MAX_COMMITS} commits were read"));
    }
    let to = tag.clone().unwrap_or_else(|| history.head.to_string());
    let compare_url = remote
        .as_ref()
        .zip(previous.as_ref())
        .map(|(remote, from)| remote.compare(from, &to));
    // An unreleased version gets the day of its release.
    let now = Timestamp::from_unix_seconds(context.clock.unix_seconds()).ok();
    let time = if tag.is_some() {
        history.time.or(now)
    } else {
        now
    };
    let date = time.map_or(String::new(), |time| {
        format!("{:04}-{:02}-{:02}", time.year(), time.month(), time.day())
    });
    Report {
        changes: merges::changes(&history.commits, &text),
        contributors: people::contributors(&history.commits),
        version,
        tag,
        previous,
        date,
        compare_url,
        markdown: String::new(),
        is_truncated: history.is_truncated,
        warnings,
        remote,
    }
}

/// The text of a file that must exist.
fn text_of(path: &Path, max: u64) -> Result<String, Failure> {
    files::read_unlinked(path, max)?.ok_or_else(|| {
        Failure::new(
            Exit::Refused,
            format!("file {path:?} does not exist: check its name"),
        )
    })
}

/// The section of the version, as it was written.
fn handwritten(path: &Path, version: &Version) -> Result<String, Failure> {
    let text = text_of(path, files::MAX_CHANGELOG)?;
    let section = changelog::section(&text, version)?
        .map(str::trim)
        .filter(|section| !section.is_empty());
    let section = section.ok_or_else(|| {
        let message = format!("{path:?} has no section of version {version}: write one under \"## [{version}] - YYYY-MM-DD\", or use --changelog");
        Failure::new(Exit::Refused, message)
    })?;
    let links = changelog::links_of(&text, section);
    let whole = format!("{section}\n\n{links}");
    let is_text = |c: &char| !c.is_control() || matches!(c, '\n' | '\t');
    Ok(whole.trim_end().chars().filter(is_text).collect())
}

/// Writes the section of the version into the changelog, if it has none. Returns whether the file changed.
pub(crate) fn write_changelog(request: &Request, report: &Report) -> Result<bool, Failure> {
    let path = &request.changelog;
    let Some(version) = &report.version else {
        return Err(Failure::usage(
            "the version of the section is not known: give --tag or --version",
        ));
    };
    let text = files::read_unlinked(path, files::MAX_CHANGELOG)?.unwrap_or_default();
    let tag = report
        .tag
        .clone()
        .unwrap_or_else(|| format!("{}v{version}", request.tags.prefix));
    let links = report.remote.as_ref().zip(report.previous.as_ref());
    let section = changelog::Section {
        version,
        date: &report.date,
        body: &view::keep_a_changelog(report),
        links: links.map(|(remote, previous)| {
            (remote.compare(previous, &tag), remote.compare(&tag, "HEAD"))
        }),
    };
    match changelog::updated(&text, &section)? {
        Some(text) => files::write(path, &text),
        None => Ok(false),
    }
}

impl Report {
    /// The keys of its document that a failure has too, as null.
    pub(crate) const KEYS: [&'static str; 4] = ["version", "tag", "previous_tag", "markdown"];

    pub(crate) fn json(&self) -> Value {
        let changes: Vec<Value> = self
            .changes
            .iter()
            .map(|change| {
                json!({
                    "kind": change.kind.name(),
                    "scope": change.scope,
                    "text": change.text,
                    "breaking": change.breaking.is_some(),
                    "request": change.request,
                    "commit": change.commit,
                })
            })
            .collect();
        let contributors: Vec<Value> = self
            .contributors
            .iter()
            .map(|person| json!({ "name": person.name, "login": person.login, "bot": person.is_bot }))
            .collect();
        json!({
            "success": true,
            "error": null,
            "version": self.version.as_ref().map(ToString::to_string),
            "tag": self.tag,
            "previous_tag": self.previous,
            "date": self.date,
            "changes": changes,
            "contributors": contributors,
            "compare_url": self.compare_url,
            "truncated": self.is_truncated,
            "warnings": self.warnings,
            "markdown": self.markdown,
        })
    }
}
