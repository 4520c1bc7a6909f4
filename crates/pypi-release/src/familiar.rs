//! Options of other tools: an error names ours instead. `docs/coming-from.md` has all of them.

use clap::{
    Error,
    builder::StyledStr,
    error::{ContextKind, ContextValue, ErrorKind},
};

/// What people type who publish with other tools, and what it is here.
pub(crate) const TIPS: [(&[&str], &str); 10] = [
    (
        &[
            "--repository",
            "--repository-url",
            "--repo",
            "--publish-url",
            "-r",
        ],
        "--index takes the name or the URL of an index",
    ),
    (&["--check-url"], "--simple-url takes it"),
    (
        &["--password", "--token", "--auth", "-p", "-t", "-a"],
        "--token-env and --password-env take the name of a variable: other programs can see arguments",
    ),
    (&["--user", "-u"], "--username takes it"),
    (&["--cert"], "--ca-cert takes it"),
    (&["--pypirc"], "--config-file takes it"),
    (
        &["--attestations", "--no-attestations"],
        "attestations beside the files are sent, except with --attest=off",
    ),
    (
        &["--trusted-publishing"],
        "CI jobs use it without an option, and --provider requires it",
    ),
    (
        &["--non-interactive", "--no-interaction", "--no-prompt"],
        "leave it out: nothing is ever asked",
    ),
    (
        &["--disable-progress-bar", "--no-progress"],
        "progress is shown on terminals only, except with --quiet",
    ),
];

/// Replaces the tips of an error about an option that another tool has.
pub(crate) fn explain(error: &mut Error) {
    if error.kind() != ErrorKind::UnknownArgument {
        return;
    }
    let Some(ContextValue::String(option)) = error.get(ContextKind::InvalidArg) else {
        return;
    };
    let found = TIPS
        .iter()
        .find(|(options, _)| options.contains(&option.as_str()));
    if let Some((_, tip)) = found {
        let tips = ContextValue::StyledStrs(vec![StyledStr::from(*tip)]);
        error.insert(ContextKind::Suggested, tips);
        // Those of the option that is spelled most alike.
        error.remove(ContextKind::SuggestedArg);
        error.remove(ContextKind::Usage);
    }
}
