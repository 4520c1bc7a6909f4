//! The files of the user: the folder that they are in, a `.pypirc`, and who can read them.

use std::path::{Path, PathBuf};

use pypi_trusted_upload::{Environment, url::Url};

use super::pypirc::{self, Pypirc};
use crate::{console::Console, failure::Failure, files};

/// A section of a `.pypirc`, whose name stands for its repository.
pub(crate) struct Section {
    /// The section and the file, for messages.
    pub(crate) place: String,
    /// Without a user name and a password.
    pub(crate) url: Url,
}

/// The section with this name, in `config_file` or that of the user.
pub(crate) fn section(
    name: &str,
    config_file: Option<&Path>,
    environment: &Environment,
) -> Result<Option<Section>, Failure> {
    let pypirc = match config_file {
        Some(path) => {
            let name = path.display().to_string();
            Some(Pypirc::parse(
                &files::read(path, files::MAX_CREDENTIALS)?,
                &name,
            )?)
        }
        None => own_pypirc(environment)?,
    };
    let Some(pypirc) = pypirc else {
        return Ok(None);
    };
    let section = name.to_lowercase();
    if let Some(failure) = pypirc.mistake(&section) {
        return Err(failure);
    }
    let url = pypirc.url(&section);
    Ok(url.map(|url| Section {
        place: pypirc.place(name),
        url,
    }))
}

/// The `.pypirc` of the user.
pub(super) fn own_pypirc(environment: &Environment) -> Result<Option<Pypirc>, Failure> {
    let Some(home) = home(environment) else {
        return Ok(None);
    };
    let text = files::read_if_present(&pypirc::path(&home), files::MAX_CREDENTIALS)?;
    text.map(|text| Pypirc::parse(&text, OWN_PYPIRC))
        .transpose()
}

/// It, for people.
pub(super) const OWN_PYPIRC: &str = "~/.pypirc";

/// The folder of the user.
pub(super) fn home(environment: &Environment) -> Option<PathBuf> {
    let name = if cfg!(windows) { "USERPROFILE" } else { "HOME" };
    environment.get(name).map(PathBuf::from)
}

/// A path for people: `~` is their folder.
pub(super) fn shown(path: &Path, environment: &Environment) -> String {
    let below = home(environment).and_then(|home| path.strip_prefix(home).ok().map(Path::to_owned));
    match below {
        Some(below) => format!("~/{}", below.display()),
        None => path.display().to_string(),
    }
}

/// Warns of a file with secrets that other users of the machine can read.
#[cfg(unix)]
pub(super) fn warn_if_shared(path: &Path, name: &str, console: &Console) {
    use std::os::unix::fs::PermissionsExt as _;

    const OTHERS_READ: u32 = 0o044;
    #[expect(
        clippy::disallowed_methods,
        reason = "the permissions of a file that the command reads"
    )]
    let mode = std::fs::metadata(path).map(|found| found.permissions().mode());
    if mode.is_ok_and(|mode| mode & OTHERS_READ != 0) {
        console.note(format_args!(
            "warning: other users can read {name}: run `chmod 600 {name}`"
        ));
    }
}

#[cfg(not(unix))]
pub(super) fn warn_if_shared(_: &Path, _: &str, _: &Console) {}
