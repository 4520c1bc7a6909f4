//! Answers questions for the comparison with other tools: one question per line on standard input, with
//! tab-separated fields, and one answer per line on standard output.

#![allow(clippy::print_stdout, reason = "the program prints answers")]

use std::io::{BufRead, stdin};

use pypi_versioning::{
    Bump, GitCommand, Prereleases, Settings, SpecifierSet, TagFilter, Timestamp, Version, bump,
    describe,
};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    for line in stdin().lock().lines() {
        let line = line?;
        let fields: Vec<String> = line.split('\t').map(unescaped).collect();
        let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
        println!("{}", answer(&fields).unwrap_or_else(|| "error".to_owned()));
    }
    Ok(())
}

/// Replaces escapes such as `\u{85}`, so that fields can contain line breaks and tabs.
fn unescaped(field: &str) -> String {
    let mut text = String::new();
    for (index, part) in field.split("\\u{").enumerate() {
        let character = part.split_once('}').and_then(|(code, rest)| {
            let code = u32::from_str_radix(code, 16).ok()?;
            Some((char::from_u32(code)?, rest))
        });
        match character {
            Some((character, rest)) if index > 0 => {
                text.push(character);
                text.push_str(rest);
            }
            _ => text.push_str(part),
        }
    }
    text
}

fn answer(fields: &[&str]) -> Option<String> {
    match fields {
        ["version", text] => version(text),
        ["compare", left, right] => {
            let (left, right) = (Version::parse(left).ok()?, Version::parse(right).ok()?);
            Some(format!("{:?}", left.cmp(&right)))
        }
        ["accepts", set] => Some(accepts(set).to_string()),
        ["contains", set, text, prereleases] => {
            let (set, version) = (SpecifierSet::parse(set).ok()?, Version::parse(text).ok()?);
            let found = set.contains(&version, rule(prereleases)?);
            Some(found.to_string())
        }
        ["filter", set, prereleases, versions @ ..] => {
            let set = SpecifierSet::parse(set).ok()?;
            let versions: Result<Vec<_>, _> =
                versions.iter().map(|text| Version::parse(text)).collect();
            let versions = versions.ok()?;
            let found = set.filter(&versions, |version| version, rule(prereleases)?);
            let found: Vec<String> = found.iter().map(ToString::to_string).collect();
            Some(found.join(" "))
        }
        ["bump", text, bumps] => {
            let bumps: Result<Vec<Bump>, _> = bumps.split(' ').map(str::parse).collect();
            let bumped = bump(&Version::parse(text).ok()?, &bumps.ok()?).ok()?;
            Some(bumped.to_string())
        }
        ["facts", folder] => {
            let facts = GitCommand::new(folder).facts(&TagFilter::new()).ok()?;
            Some(format!("{} {}", facts.tag?.name, facts.distance))
        }
        ["describe", folder, scheme, local, now, base] => {
            let mut settings = Settings::new()
                .scheme(scheme.parse().ok()?)
                .local_scheme(local.parse().ok()?)
                .time(Timestamp::parse_unix_seconds(now).ok()?);
            if !base.is_empty() {
                settings = settings.base(Version::parse(base).ok()?);
            }
            Some(described(folder, &settings))
        }
        _ => None,
    }
}

fn described(folder: &str, settings: &Settings) -> String {
    match GitCommand::new(folder).facts(&TagFilter::new()) {
        Err(error) => format!("error {:?}", error.kind()),
        Ok(facts) => match describe(facts, settings) {
            Err(error) => format!("error {:?}", error.kind()),
            Ok(described) => described.full().to_string(),
        },
    }
}

fn version(text: &str) -> Option<String> {
    let version = Version::parse(text).ok()?;
    let flags = [version.is_prerelease(), version.is_post(), version.is_dev()]
        .map(|flag| if flag { "yes" } else { "no" });
    let local = version.local().unwrap_or_default();
    let parts = [
        version.to_string(),
        version.public().to_string(),
        version.base().to_string(),
        local,
    ];
    Some([&parts.join(" "), " ", &flags.join(" ")].concat())
}

/// Returns whether the set is valid, apart from the limits of this crate.
fn accepts(set: &str) -> bool {
    SpecifierSet::parse(set).map_or_else(|error| error.kind().is_limit(), |_| true)
}

fn rule(name: &str) -> Option<Prereleases> {
    match name {
        "default" => Some(Prereleases::Default),
        "allow" => Some(Prereleases::Allow),
        "deny" => Some(Prereleases::Deny),
        _ => None,
    }
}
