//! The commands that are left to do after a bump.

use super::Report;
use crate::{settings::shown, shell::word};

/// What remains until the new version is on the server, as commands of a POSIX shell.
pub(super) fn steps(report: &Report, message: &str) -> Vec<String> {
    let mut steps = Vec::new();
    let message = word(message);
    if report.commit.is_none() && !report.files.is_empty() {
        let files = report.files.iter();
        let files: Vec<String> = files.map(|path| word(&shown(path))).collect();
        let files = files.join(" ");
        steps.push(format!("git commit --message {message} -- {files}"));
    }
    if !report.is_tagged {
        let tag = word(&report.tag);
        steps.push(format!("git tag --annotate --message {message} {tag}"));
    }
    steps.push("git push --follow-tags".to_owned());
    steps
}
