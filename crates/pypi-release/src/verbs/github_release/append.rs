//! Installation instructions in the notes of a release that exists.

use pypi_trusted_upload::Transport;
use serde_json::json;

use super::{
    release::{MAX_BODY, Wanted, existing, update},
    report::Report,
};
use crate::{
    failure::{Exit, Failure},
    github::GitHub,
};

/// What is between these comments belongs to this command.
const BEGIN: &str = "<!-- pypi-release: installation -->";
const END: &str = "<!-- /pypi-release: installation -->";

/// Appends `install` to the notes of the release, or replaces what an earlier run appended.
pub(super) fn install<T: Transport>(
    github: &GitHub<'_, T>,
    wanted: &Wanted,
    install: &str,
) -> Result<Report, Failure> {
    let mut report = Report::new(&wanted.tag, &wanted.version, &[]);
    let Some(release) = existing(github, &wanted.tag)? else {
        let message = format!(
            "release {:?} does not exist in {}: create it first",
            wanted.tag, github.repository
        );
        return Err(Failure::new(Exit::Refused, message));
    };
    let body = release.body.clone().unwrap_or_default();
    let wanted_body = with_install(&body, install);
    if wanted_body.chars().count() > MAX_BODY {
        let message = format!(
            "the notes of release {:?} would have more than {MAX_BODY} characters: shorten them",
            wanted.tag
        );
        return Err(Failure::new(Exit::Refused, message));
    }
    report.release(&release);
    if wanted_body != body {
        let change = json!({ "body": wanted_body });
        let is_done =
            |release: &crate::github::Release| release.body.as_deref() == Some(&wanted_body);
        report.release(&update(github, release.id, &change, is_done)?);
        report.changed = true;
    }
    Ok(report)
}

fn with_install(body: &str, install: &str) -> String {
    let block = format!("{BEGIN}\n{}\n{END}", install.trim());
    // GitHub may return other line breaks than it was sent.
    let found = body
        .split_once(BEGIN)
        .and_then(|(before, rest)| Some((before, rest.split_once(END)?)));
    match found {
        Some((before, (inside, after))) => {
            let same = inside.replace("\r\n", "\n").trim() == install.trim();
            if same {
                body.to_owned()
            } else {
                format!("{before}{block}{after}")
            }
        }
        None if body.trim().is_empty() => block,
        None => format!("{}\n\n{block}\n", body.trim_end()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_instructions_are_appended_once_and_kept_up_to_date() {
        let once = with_install("By hand.\n", "pip install demo==1.0");
        assert_eq!(
            once,
            format!("By hand.\n\n{BEGIN}\npip install demo==1.0\n{END}\n")
        );
        assert_eq!(with_install(&once, "pip install demo==1.0"), once);
        let crlf = once.replace('\n', "\r\n");
        assert_eq!(with_install(&crlf, "pip install demo==1.0"), crlf);
        let later = format!("{once}More.\n");
        assert_eq!(
            with_install(&later, "uv"),
            format!("By hand.\n\n{BEGIN}\nuv\n{END}\nMore.\n")
        );
        assert_eq!(with_install("", "uv"), format!("{BEGIN}\nuv\n{END}"));
    }
}
