//! Calls of git for a checkout of the user, with the user's own configuration.

use std::{path::Path, process::Command};

/// The variables by which a hook that runs this command names its repository.
const VARIABLES: [&str; 6] = [
    "GIT_COMMON_DIR",
    "GIT_DIR",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_WORK_TREE",
];

/// A call of git in `folder`, to which the subcommand is to be added. Paths are not patterns.
#[expect(
    clippy::disallowed_methods,
    reason = "the command runs git for its user"
)]
pub(crate) fn command(folder: &Path) -> Command {
    let mut command = Command::new("git");
    for name in VARIABLES {
        command.env_remove(name);
    }
    // A folder of the checkout that looks like a bare repository has a configuration of its own, with programs.
    command.args(["-c", "safe.bareRepository=explicit"]);
    command.args(["--no-pager", "--literal-pathspecs", "-C"]);
    command.arg(folder);
    command
}
