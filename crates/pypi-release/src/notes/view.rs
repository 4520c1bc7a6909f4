//! What a template can use, and the sections of Keep a Changelog.

use std::fmt::Write as _;

use minijinja::{context, value::Value};

use super::{
    Change, Contributor, Install, Kind, Remote, Report, Request,
    markdown::{code, inline, link},
};

/// The context of templates; `docs/notes.md` describes it.
pub(super) fn of(report: &Report, request: &Request, handwritten: Option<&str>) -> Value {
    let version = report.version.as_ref();
    let install = version.and_then(|version| {
        let index = request.index.as_ref()?;
        Install::of(request.project.as_deref()?, version, index)
    });
    let remote = report.remote.as_ref();
    let files: Vec<Value> = request
        .files
        .iter()
        .map(|file| context! { name => file.name.clone(), size => file.size, sha256 => file.sha256.clone() })
        .collect();
    let people = |is_bot: bool| -> Vec<Value> {
        let people = report
            .contributors
            .iter()
            .filter(|person| person.is_bot == is_bot);
        people.map(|person| contributor(person, remote)).collect()
    };
    context! {
        project => request.project.clone(),
        version => version.map(ToString::to_string),
        tag => report.tag.clone(),
        previous_tag => report.previous.clone(),
        first_release => report.previous.is_none(),
        prerelease => version.is_some_and(|version| version.is_prerelease()),
        date => report.date.clone(),
        groups => groups(report),
        truncated => report.is_truncated,
        handwritten => handwritten.map(safe),
        contributors => people(false),
        bots => people(true),
        compare_url => report.compare_url.as_deref().map(safe),
        install => install.map(|install| context! {
            pip => safe(&install.pip),
            uv => safe(&install.uv),
            page => install.page.as_deref().map(safe),
        }),
        files => files,
    }
}

/// Markdown, or text without any meaning in it.
fn safe(text: &str) -> Value {
    Value::from_safe_string(text.to_owned())
}

fn contributor(person: &Contributor, remote: Option<&Remote>) -> Value {
    let page = person
        .login
        .as_ref()
        .and_then(|login| remote?.account(login));
    let name = inline(&person.name);
    let shown = page
        .as_ref()
        .map_or_else(|| name.clone(), |page| link(&name, page));
    context! {
        name => person.name.clone(),
        login => person.login.clone(),
        link => safe(&shown),
    }
}

/// The breaking changes, then those of each kind.
fn groups(report: &Report) -> Vec<Value> {
    let remote = report.remote.as_ref();
    let group = |title: &str, kind: &str, changes: Vec<Value>| {
        (!changes.is_empty()).then(|| context! { title => title, kind => kind, changes => changes })
    };
    let breaking = report
        .changes
        .iter()
        .filter(|change| change.breaking.is_some());
    let breaking = group(
        "Breaking changes",
        "breaking",
        breaking.map(|change| view(change, remote, true)).collect(),
    );
    let others = Kind::ALL.into_iter().filter_map(|kind| {
        let changes = report
            .changes
            .iter()
            .filter(|change| change.kind == kind && change.breaking.is_none());
        group(
            kind.title(),
            kind.name(),
            changes.map(|change| view(change, remote, false)).collect(),
        )
    });
    breaking.into_iter().chain(others).collect()
}

fn view(change: &Change, remote: Option<&Remote>, is_breaking: bool) -> Value {
    context! {
        text => safe(&text(change)),
        scope => change.scope.clone(),
        breaking => is_breaking,
        commit => change.commit.clone(),
        request => change.request,
        link => safe(&reference(change, remote)),
    }
}

/// The description, and what breaks.
fn text(change: &Change) -> String {
    match change.breaking.as_deref() {
        None | Some("") => inline(&change.text),
        Some(breaking) => format!("{}: {}", inline(&change.text), inline(breaking)),
    }
}

/// The pull request of a change, or else its commit.
fn reference(change: &Change, remote: Option<&Remote>) -> String {
    let short = change.commit.get(..7).unwrap_or(&change.commit);
    match (remote, change.request) {
        (Some(remote), Some(number)) => {
            let (text, page) = remote.request(number);
            link(&text, &page)
        }
        (Some(remote), None) => link(&code(short), &remote.commit(&change.commit)),
        (None, Some(number)) => format!("#{number}"),
        (None, None) => code(short),
    }
}

/// The changes in the sections of Keep a Changelog.
pub(super) fn keep_a_changelog(report: &Report) -> String {
    let section = |change: &Change| match change.kind {
        _ if change.breaking.is_some() => "Changed",
        Kind::Feature => "Added",
        Kind::Fix => "Fixed",
        Kind::Security => "Security",
        Kind::Deprecation => "Deprecated",
        Kind::Removal => "Removed",
        _ => "Changed",
    };
    let mut text = String::new();
    for name in [
        "Added",
        "Changed",
        "Deprecated",
        "Removed",
        "Fixed",
        "Security",
    ] {
        // Users do not notice the others.
        let is_noticed = |change: &&Change| {
            change.breaking.is_some()
                || !matches!(
                    change.kind,
                    Kind::Maintenance | Kind::Documentation | Kind::Dependencies
                )
        };
        let changes: Vec<&Change> = report
            .changes
            .iter()
            .filter(|change| section(change) == name)
            .filter(is_noticed)
            .collect();
        if changes.is_empty() {
            continue;
        }
        // Writing to a `String` cannot fail.
        let _ = write!(text, "### {name}\n\n");
        for change in changes {
            let breaking = if change.breaking.is_some() {
                "**Breaking:** "
            } else {
                ""
            };
            let scope = change
                .scope
                .as_ref()
                .map_or(String::new(), |scope| format!("{}: ", inline(scope)));
            let reference = reference(change, report.remote.as_ref());
            let _ = writeln!(
                text,
                "- {breaking}{scope}{} ({reference})",
                self::text(change)
            );
        }
        text.push('\n');
    }
    if text.is_empty() {
        text.push_str("No changes that users notice.\n");
    }
    text
}
