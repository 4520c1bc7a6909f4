//! The metadata of a release.

use maud::{Markup, html};

use super::links::{self, Link};
use crate::api::pages::View;
use crate::api::pages::format::size;
use crate::api::pages::parts::{icon, outward};
use crate::config::User;
use crate::warehouse::{Project, Release};

pub(super) fn metadata(view: &View<'_>, project: &Project, release: &Release) -> Markup {
    let (verified, unverified): (Vec<Link<'_>>, Vec<Link<'_>>) = links::of(release)
        .into_iter()
        .partition(|link| link.is_verified);
    let own = format!("{}project/{}/", view.root, project.name.normalized());
    html! {
        h2.visually-hidden #metadata { "Metadata" }
        section.panel aria-labelledby="verified" {
            h3 #verified { (icon("check")) "Verified details" }
            p.quiet { "The index knows these, or the trusted publisher that uploaded this release owns them." }
            h4 { "Project links" }
            ul.links {
                li { (icon("check")) a href=(own) { "This page" } }
                @for link in &verified { li { (icon("check")) (outward(link.url, link.label)) } }
            }
            h4 { "Owners" }
            ul.links {
                @if project.members.is_empty() { li { (User::BUILT_IN) " (built in)" } }
                @for member in &project.members { li { (member) } }
            }
            h4 { "Size of all files" }
            p { (size(project.total_size())) }
        }
        section.panel aria-labelledby="unverified" {
            h3 #unverified { "Unverified details" }
            p.quiet { "From the metadata of the first file. Nobody has checked these." }
            @if !unverified.is_empty() {
                h4 { "Project links" }
                ul.links { @for link in &unverified { li { (icon("link")) (outward(link.url, link.label)) } } }
            }
            @for (name, value) in texts(release) { h4 { (name) } p.value { (value) } }
            (lists(release))
        }
    }
}

/// The single fields that have a value.
fn texts(release: &Release) -> Vec<(&'static str, String)> {
    let join = |keys: [&str; 2]| {
        let values = keys.iter().filter_map(|key| release.field(key));
        values
            .filter(|value| !value.is_empty())
            .collect::<Vec<_>>()
            .join(", ")
    };
    let license = release
        .field("license_expression")
        .or_else(|| release.field("license"));
    let field = |key| release.field(key).unwrap_or_default().to_owned();
    let texts = [
        ("License", license.unwrap_or_default().to_owned()),
        ("Author", join(["author", "author_email"])),
        ("Maintainer", join(["maintainer", "maintainer_email"])),
        ("Requires Python", field("requires_python")),
        ("Platform", field("platform")),
        ("Metadata version", field("metadata_version")),
    ];
    texts
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .collect()
}

fn lists(release: &Release) -> Markup {
    let keywords = release.field("keywords").unwrap_or_default();
    let keywords: Vec<&str> = keywords
        .split(',')
        .map(str::trim)
        .filter(|word| !word.is_empty())
        .collect();
    let all = |key| release.fields(key).collect::<Vec<&str>>();
    html! {
        @if !keywords.is_empty() {
            h4 { "Keywords" }
            ul.tags { @for word in &keywords { li { (word) } } }
        }
        @for (name, items) in [("Extras", all("provides_extra")), ("Dependencies", all("requires_dist"))] {
            @if !items.is_empty() {
                h4 { (name) }
                ul.plain { @for item in &items { li { code { (item) } } } }
            }
        }
        @let classifiers = all("classifiers");
        @if !classifiers.is_empty() {
            h4 { "Classifiers" }
            dl.classifiers {
                @for (first, rest) in grouped(&classifiers) {
                    dt { (first) }
                    @for item in rest { dd { (item) } }
                }
            }
        }
    }
}

/// The classifiers by their first part, as PyPI shows them.
fn grouped<'c>(classifiers: &[&'c str]) -> Vec<(&'c str, Vec<&'c str>)> {
    let mut groups: Vec<(&str, Vec<&str>)> = Vec::new();
    for classifier in classifiers {
        let (first, rest) = classifier.split_once(" :: ").unwrap_or((classifier, ""));
        match groups.iter_mut().find(|(known, _)| *known == first) {
            Some((_, items)) => items.push(rest),
            None => groups.push((first, vec![rest])),
        }
    }
    groups
}
