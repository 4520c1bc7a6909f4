//! The commands that are left to do after a bump.

use super::Report;
use crate::settings::shown;

/// What remains until the new version is on the server, as commands of a POSIX shell.
pub(super) fn steps(report: &Report, message: &str) -> Vec<String> {
    let mut steps = Vec::new();
    let message = quoted(message);
    if report.commit.is_none() && !report.files.is_empty() {
        let files = report.files.iter();
        let files: Vec<String> = files.map(|path| quoted(&shown(path))).collect();
        let files = files.join(" ");
        steps.push(format!("git commit --message {message} -- {files}"));
    }
    if !report.is_tagged {
        let tag = quoted(&report.tag);
        steps.push(format!("git tag --annotate --message {message} {tag}"));
    }
    steps.push("git push --follow-tags".to_owned());
    steps
}

fn quoted(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./+".contains(c);
    match !text.is_empty() && text.chars().all(is_plain) {
        true => text.to_owned(),
        false => format!("'{}'", text.replace('\'', "'\\''")),
    }
}
