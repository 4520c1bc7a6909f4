//! What was found out about a job: as text, JSON, and for later steps.

use pypi_trusted_upload::trusted_publisher::ClaimProblemKind;
use serde_json::{Value, json};

use super::Found;
use crate::{ci_output::markdown, console::Console, target::Target};

pub(super) fn found(found: &Found, target: &Target, console: &Console) {
    if console.json {
        return console.json(&document(found, target));
    }
    console.table(&rows(found, target));
    for problem in &found.problems {
        let level = if problem.is_fatal { "" } else { "warning: " };
        let remedy = problem.remedy.iter().map(|remedy| format!(": {remedy}"));
        let remedy: String = remedy.collect();
        console.problem(format_args!("{level}{}{remedy}", problem.message));
    }
    if let Some(diagnosis) = &found.diagnosis {
        for line in diagnosis.to_string().lines() {
            console.note(line);
        }
    }
    if found.token_burned == Some(false) {
        console.note("warning: the minted token could not be burned: it is valid until it expires");
    }
    console.note(conclusion(found, target));
}

/// The provider and the subject of its ID token, on one line.
pub(super) fn who(found: &Found) -> String {
    let subject = found.claims.as_ref().and_then(|claims| claims.text("sub"));
    let provider = found.provider.as_deref().unwrap_or_default();
    match subject {
        Some(subject) => format!("{provider}, {subject}"),
        None => provider.to_owned(),
    }
}

/// What keeps the job from publishing, on one line.
pub(super) fn why_not(found: &Found, target: &Target) -> String {
    let mut text = conclusion(found, target);
    for problem in found.problems.iter().filter(|problem| problem.is_fatal) {
        text.push_str(&format!(": {}", problem.message));
        if let Some(remedy) = &problem.remedy {
            text.push_str(&format!(": {remedy}"));
        }
    }
    text
}

fn conclusion(found: &Found, target: &Target) -> String {
    let index = target.index.label();
    match (found.could_publish(), found.minted) {
        (true, Some(_)) => format!("{index} minted an API token for this job"),
        (true, None) => format!(
            "this job could publish to {index}, if a publisher with these values is registered: use --mint to find out"
        ),
        (false, _) => format!("this job cannot publish to {index}"),
    }
}

fn rows(found: &Found, target: &Target) -> Vec<[String; 2]> {
    let mut rows = vec![["index".to_owned(), target.index.label().to_owned()]];
    let mut row = |name: &str, value: Option<&str>| {
        let value = value.unwrap_or("(none)").to_owned();
        rows.push([name.to_owned(), value]);
    };
    row("provider", found.provider.as_deref());
    if let Some(claims) = &found.claims {
        row("issuer", claims.issuer());
        row("subject", claims.text("sub"));
    }
    if let Some(registration) = &found.registration {
        for (label, value) in registration.labelled() {
            row(label, Some(value).filter(|value| !value.is_empty()));
        }
    }
    rows
}

fn document(found: &Found, target: &Target) -> Value {
    let problems: Vec<Value> = found
        .problems
        .iter()
        .map(|problem| {
            json!({
                "kind": problem.kind,
                "fatal": problem.is_fatal,
                "message": problem.message,
                "remedy": problem.remedy,
            })
        })
        .collect();
    json!({
        "success": found.could_publish(),
        "index": target.index.name(),
        "provider": found.provider,
        "audience": found.audience,
        "claims": found.claims,
        "registration": found.registration,
        "problems": problems,
        "minted": found.minted,
        "token_burned": found.token_burned,
        "diagnosis": found.diagnosis,
    })
}

/// The results for later steps of a CI run.
pub(super) fn values(found: &Found, target: &Target) -> Vec<(&'static str, String)> {
    vec![
        ("success", found.could_publish().to_string()),
        ("index", target.index.name().to_owned()),
        ("provider", found.provider.clone().unwrap_or_default()),
    ]
}

pub(super) fn summary(found: &Found, target: &Target) -> String {
    let mut text = format!(
        "### {}\n\n| | |\n| --- | --- |\n",
        markdown(&conclusion(found, target))
    );
    for [name, value] in rows(found, target) {
        text.push_str(&format!("| {} | {} |\n", markdown(&name), markdown(&value)));
    }
    for problem in &found.problems {
        let remedy = problem.remedy.as_deref().unwrap_or_default();
        text.push_str(&format!(
            "\n- {} {}",
            markdown(&problem.message),
            markdown(remedy)
        ));
    }
    text.push('\n');
    text
}

/// The name of a kind in JSON.
pub(super) fn word(kind: ClaimProblemKind) -> String {
    let word = serde_json::to_value(kind).ok();
    let word = word.and_then(|word| word.as_str().map(str::to_owned));
    word.unwrap_or_default()
}
