//! The request that arguments, checkout and environment make.

use std::path::{Path, PathBuf};

use pypi_trusted_upload::{
    Index,
    metadata::Filename,
    transport::CancelToken,
    versioning::{Facts, Version},
};

use super::{
    Options, Request,
    asset::{self, File},
    release::{MAX_BODY, Wanted},
};
use crate::{
    checkout::Checkout,
    context::Context,
    failure::{Exit, Failure},
    files,
    github::{Access, Repository},
    glob::Glob,
    inputs, notes,
    sums::{Difference, Sums},
};

/// Reads the files and what the environment and the checkout know. `with_notes` is for a release that may have to be
/// created.
pub(crate) fn request(
    options: &Options,
    with_notes: bool,
    checkout: &Checkout,
    index: Index,
    context: &Context,
) -> Result<Request, Failure> {
    let environment = &context.environment;
    let access = Access::of(environment, options.token_env.as_deref())?.required()?;
    let facts = match checkout.git_facts() {
        Ok(facts) => Some(facts),
        // A job that only publishes has no checkout.
        Err(_) if options.commit.is_some() || environment.get("GITHUB_SHA").is_some() => None,
        Err(failure) => return Err(failure),
    };
    let tag = tag(options, context, facts.as_ref())?;
    let given = inputs::with_attestations(&options.files)?;
    let (others, distributions): (Vec<&PathBuf>, _) =
        given.iter().partition(|path| is_beside(path));
    let distributions = read(distributions)?;
    let version = version(&tag, &distributions, checkout)?;
    let mut files = distributions.clone();
    files.extend(read(others)?);
    files.extend(read(&assets(options, checkout)?)?);
    let project = project(&distributions, checkout)?;
    let notes = match &options.notes {
        _ if !with_notes => String::new(),
        Some(path) => files::read(path, files::MAX_WRITTEN)?,
        None if facts.is_none() => {
            return Err(Failure::usage(
                "the notes are made from a checkout, and this is not one: run this in a checkout, or give --notes FILE",
            ));
        }
        None => {
            let request = notes::Request {
                tag: Some(tag.clone()),
                version: Some(version.clone()),
                project: project.clone(),
                files: files.iter().map(File::named).collect(),
                index: Some(index.clone()),
                ..notes::Request::of(checkout)
            };
            notes::generate(&request, context)?.markdown
        }
    };
    match given.iter().find(|path| path.ends_with(SUMS)) {
        Some(path) => check_sums(path, &files)?,
        None if files.is_empty() => {}
        None => files.push(File::text(SUMS, sums(&files)?.to_string())?),
    }
    asset::check(&files)?;
    Ok(Request {
        repository: Repository::of(options.repository.as_deref(), checkout.root(), environment)?,
        access,
        wanted: Wanted {
            commit: commit(options, context, facts.as_ref())?,
            title: options.title.clone().unwrap_or_else(|| tag.clone()),
            notes: shortened(notes),
            tag,
            tags: checkout.tags.clone(),
            files,
            replace: options.replace,
            allow_other_assets: options.allow_other_assets,
            add_to_published: options.add_to_published,
            version: version.clone(),
        },
        distributions,
        even_if_unpublished: options.even_if_unpublished,
        install: notes::install_markdown(project.as_deref(), &version, &index),
        index,
        cancel: CancelToken::new(),
    })
}

/// Whether a file of `dist/*` is not a distribution: an attestation, or the digests.
fn is_beside(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.ends_with(".attestation") || name == SUMS
}

const SUMS: &str = "SHA256SUMS";

fn tag(options: &Options, context: &Context, facts: Option<&Facts>) -> Result<String, Failure> {
    if let Some(tag) = &options.tag {
        return Ok(tag.clone());
    }
    let environment = &context.environment;
    let of_event = environment
        .get("GITHUB_REF")
        .and_then(|name| name.strip_prefix("refs/tags/"));
    if let Some(tag) = of_event {
        return Ok(tag.to_owned());
    }
    let tag = facts
        .filter(|facts| facts.distance == 0)
        .and_then(|facts| facts.tag.as_ref());
    tag.map(|tag| tag.name.clone()).ok_or_else(|| {
        Failure::usage("the commit has no version tag: give --tag, and push the tag first")
    })
}

fn commit(options: &Options, context: &Context, facts: Option<&Facts>) -> Result<String, Failure> {
    let of_checkout = facts
        .and_then(|facts| facts.node.as_ref())
        .map(ToString::to_string);
    let commit = options.commit.clone().or(of_checkout);
    let commit = commit.or_else(|| context.environment.get("GITHUB_SHA").map(str::to_owned));
    let is_whole = |commit: &String| {
        matches!(commit.len(), 40 | 64) && commit.bytes().all(|byte| byte.is_ascii_hexdigit())
    };
    commit.filter(is_whole).ok_or_else(|| {
        Failure::usage(
            "the commit is not known: run this in its checkout, or give all digits with --commit",
        )
    })
}

/// The version of the tag, which that of each distribution must be.
fn version(tag: &str, distributions: &[File], checkout: &Checkout) -> Result<Version, Failure> {
    let mut found = checkout.tags.parse_tag(tag).map(|tag| tag.version);
    for file in distributions {
        let filename = Filename::parse(&file.filename)?;
        let version = filename.version();
        if let Some(found) = found.as_ref().filter(|found| *found != version) {
            let message = format!(
                "file {:?} has version {version}, and the release {tag:?} has {found}: give the files of the release only",
                file.filename
            );
            return Err(Failure::new(Exit::Refused, message));
        }
        found = Some(version.clone());
    }
    found.ok_or_else(|| {
        Failure::usage(format!("{tag:?} is not a version tag: give its --tag-prefix, or the distributions of the release"))
    })
}

/// The name of the project, as its files or pyproject.toml say.
fn project(distributions: &[File], checkout: &Checkout) -> Result<Option<String>, Failure> {
    let Some(file) = distributions.first() else {
        return Ok(checkout.project_name().map(str::to_owned));
    };
    let name = Filename::parse(&file.filename)?
        .name()
        .normalized()
        .to_owned();
    // pyproject.toml has the spelling that the project wants.
    let own = checkout.project_name().filter(|own| is_same(own, &name));
    Ok(Some(own.map_or(name, str::to_owned)))
}

fn is_same(name: &str, normalized: &str) -> bool {
    pypi_trusted_upload::metadata::ProjectName::parse(name)
        .is_ok_and(|name| name.normalized() == normalized)
}

fn read<'a>(paths: impl IntoIterator<Item = &'a PathBuf>) -> Result<Vec<File>, Failure> {
    paths.into_iter().map(|path| File::read(path)).collect()
}

/// The files that the arguments name, or else the settings.
fn assets(options: &Options, checkout: &Checkout) -> Result<Vec<PathBuf>, Failure> {
    let (folder, patterns, key) = match options.assets.is_empty() {
        true => (
            checkout.configured.folder.as_path(),
            &checkout.configured.github.assets,
            "github.assets",
        ),
        false => (Path::new(""), &options.assets, "--asset"),
    };
    let mut paths = Vec::new();
    for pattern in patterns {
        let failure =
            |problem: &str| Failure::new(Exit::Refused, format!("{key} {pattern:?}: {problem}"));
        if !pattern.contains(['*', '?']) {
            paths.push(folder.join(pattern));
            continue;
        }
        let folder = if folder.as_os_str().is_empty() {
            Path::new(".")
        } else {
            folder
        };
        let glob =
            Glob::parse(pattern).map_err(|expected| failure(&format!("expected {expected}")))?;
        let mut found = glob.find(folder)?;
        found.retain(|path| path.is_file());
        if found.is_empty() {
            return Err(failure("no file matches: check the pattern and the folder"));
        }
        paths.extend(found);
    }
    Ok(paths)
}

/// The digests of all files but their own.
fn sums(files: &[File]) -> Result<Sums, Failure> {
    let mut sums = Sums::default();
    for file in files.iter().filter(|file| file.filename != SUMS) {
        let added = sums.insert(&file.filename, &file.sha256);
        added.map_err(|problem| Failure::new(Exit::Refused, problem))?;
    }
    Ok(sums)
}

/// An error if a SHA256SUMS that was given has other digests.
fn check_sums(path: &Path, files: &[File]) -> Result<(), Failure> {
    let mut differences = Sums::read(path)?.differences(&sums(files)?).into_iter();
    match differences.find(|difference| matches!(difference, Difference::Different { .. })) {
        None => Ok(()),
        Some(difference) => {
            let message = format!(
                "{}: {difference}: make it again, or leave it out",
                path.display()
            );
            Err(Failure::new(Exit::Refused, message))
        }
    }
}

/// Notes that GitHub can store: whole lines, up to the limit.
fn shortened(notes: String) -> String {
    const REST: &str = "\n\nThe rest of the notes is too long for this page.\n";
    if notes.chars().count() <= MAX_BODY {
        return notes;
    }
    let mut short = String::new();
    let mut left = MAX_BODY - REST.len();
    for line in notes.split_inclusive('\n') {
        let length = line.chars().count();
        if length > left {
            break;
        }
        left -= length;
        short.push_str(line);
    }
    short.truncate(short.trim_end().len());
    short + REST
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_notes_end_with_a_whole_line() {
        let notes = "- a line of the notes – ü\n".repeat(10_000);
        let short = shortened(notes);
        assert!(short.chars().count() <= MAX_BODY && short.contains("– ü\n\nThe rest"));
        assert_eq!(shortened("short\n".to_owned()), "short\n");
    }
}
