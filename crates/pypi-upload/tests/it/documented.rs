//! The tables of docs/indexes.md.

use std::fs;

use pypi_upload::{Answer, Profile, Proof};

/// What precedes the tables.
const MARK: &str =
    "<!-- written by UPDATE_INDEXES=1 cargo test -p pypi-upload --test it documented -->\n";

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "the page and the variable of the test"
)]
fn the_tables_of_the_documentation_are_those_of_the_profiles() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/indexes.md");
    let documented = fs::read_to_string(path).expect("the page");
    let (text, _) = documented.split_once(MARK).expect("the mark");
    let page = format!("{text}{MARK}{}", tables());
    if std::env::var_os("UPDATE_INDEXES").is_some() {
        fs::write(path, &page).expect("written");
    } else {
        assert_eq!(documented, page, "run this test with UPDATE_INDEXES=1");
    }
}

fn tables() -> String {
    let mut text = "\n## Replies\n\n| profile | upload URL | simple API | stored | same bytes again | file exists |\n\
                    | --- | --- | --- | --- | --- | --- |\n"
        .to_owned();
    for profile in Profile::all() {
        let success: Vec<String> = profile.success.iter().map(u16::to_string).collect();
        let exists: Vec<String> = profile.exists.iter().map(answer).collect();
        let again = match (profile.accepts_same, profile.identical) {
            (true, Some(text)) => format!("success, `{text}`"),
            (true, None) => "success".to_owned(),
            (false, _) => "exists".to_owned(),
        };
        let (upload, simple) = match (profile.audience, profile.simple) {
            (Some(_), _) => ("its own".to_owned(), "its own".to_owned()),
            (None, simple) => {
                let simple =
                    simple.map_or_else(|| "give it".to_owned(), |simple| format!("`{simple}`"));
                (format!("`{}`", profile.upload), simple)
            }
        };
        text.push_str(&format!(
            "| `{}` | {upload} | {simple} | {} | {again} | {} |\n",
            profile.name,
            success.join(", "),
            exists.join(", "),
        ));
    }
    text.push_str(
        "\n## Features\n\n| profile | recognized by its URL | private pages | missing project redirects | attestations | \
         trusted publishing | metadata | wants md5 | limits |\n\
         | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n",
    );
    for profile in Profile::all() {
        let is_recognized = profile.audience.is_some() || !profile.patterns.is_empty();
        let trusted = match (profile.trusted_publishing, profile.audience) {
            (true, Some(audience)) => format!("audience `{audience}`"),
            (true, None) => "yes".to_owned(),
            (false, _) => "no".to_owned(),
        };
        text.push_str(&format!(
            "| `{}` | {} | {} | {} | {} | {trusted} | {} | {} | {} |\n",
            profile.name,
            yes(is_recognized),
            yes(profile.private_reads),
            yes(profile.redirects_missing),
            yes(profile.attestations),
            metadata(profile),
            yes(profile.md5),
            limits(profile),
        ));
    }
    text.push_str("\n## Sources\n\n| profile | index | evidence | date | source |\n| --- | --- | --- | --- | --- |\n");
    for profile in Profile::all() {
        let proof = match profile.proof {
            Proof::Proved => "proved",
            _ => "documented, not run",
        };
        text.push_str(&format!(
            "| `{}` | {} | {proof} | {} | {} |\n",
            profile.name, profile.label, profile.date, profile.source
        ));
    }
    text
}

fn metadata(profile: &Profile) -> String {
    match profile.newest_metadata {
        Some(newest) => format!("1.0 to {}", newest.as_str()),
        None => "any".to_owned(),
    }
}

fn limits(profile: &Profile) -> String {
    let limits = [
        (profile.file_limit, "per file"),
        (profile.project_limit, "per project"),
    ];
    let limits = limits.into_iter().filter_map(|(limit, of)| {
        let limit = limit?;
        let raised = match limit.is_raised {
            true => ", raised on request",
            false => "",
        };
        Some(format!("{} MiB {of}{raised}", limit.mebibytes))
    });
    limits.collect::<Vec<_>>().join("; ")
}

fn answer(answer: &Answer) -> String {
    match answer.text {
        "" => answer.status.to_string(),
        text => format!("{} `{text}`", answer.status),
    }
}

fn yes(is_so: bool) -> &'static str {
    match is_so {
        true => "yes",
        false => "no",
    }
}
