//! The commands that make a virtual environment and install into it, without any setting of the user.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use clap::ValueEnum;
use pypi_trusted_upload::{Environment, transport::CancelToken, url::Url};

use super::access::Access;
use crate::{
    failure::{Exit, Failure},
    process::Command,
};

/// The program that installs.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum Installer {
    Pip,
    Uv,
}

impl Installer {
    /// The one that was asked for, or else uv if it is there.
    pub(crate) fn find(
        asked: Option<Self>,
        environment: &Environment,
        cancel: &CancelToken,
    ) -> Result<Self, Failure> {
        if asked == Some(Self::Pip) {
            return Ok(Self::Pip);
        }
        let uv = Command::new("uv", environment)
            .arguments(["--version"])
            .deadline(QUICK)
            .run(cancel);
        match (asked, uv.is_success()) {
            (_, true) => Ok(Self::Uv),
            (None, false) => Ok(Self::Pip),
            (Some(_), false) => {
                let message = format!("uv {}: install it, or use --installer pip", uv.end);
                Err(Failure::new(Exit::Refused, message))
            }
        }
    }

    /// `pip` or `uv`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Pip => "pip",
            Self::Uv => "uv",
        }
    }
}

/// A virtual environment in a temporary folder.
pub(super) struct Venv<'a> {
    pub(super) installer: Installer,
    /// The folder of the virtual environment and of what belongs to it.
    pub(super) folder: &'a Path,
    /// The cache of this run: nothing that was fetched or built before it counts.
    pub(super) cache: &'a Path,
    pub(super) environment: &'a Environment,
    pub(super) access: &'a Access,
}

impl Venv<'_> {
    /// Makes the virtual environment with this Python.
    pub(super) fn create(&self, python: &str) -> Command {
        let venv = self.folder.join(VENV);
        let command = match self.installer {
            Installer::Pip => Command::new(python, self.environment)
                .arguments(["-I", "-m", "venv"])
                .variable("PIP_CONFIG_FILE", NO_FILE),
            Installer::Uv => self
                .uv()
                .arguments(["venv", "--no-project", "--no-python-downloads"])
                .arguments(["--python", python]),
        };
        command.arguments([venv]).deadline(QUICK)
    }

    /// Installs wheels by the hashes of a requirements file from one index, without their dependencies.
    ///
    /// `files` are the URLs that the index lists. Nothing is built, so it may use the credentials.
    pub(super) fn install_wheel<'u>(
        &self,
        name: &str,
        requirements: &Path,
        index: &'u Url,
        files: impl IntoIterator<Item = &'u Url>,
    ) -> Command {
        let urls = [index].into_iter().chain(files);
        self.access
            .unlock(self.install(name, index), urls)
            .arguments([
                "--no-deps",
                "--only-binary",
                ":all:",
                "--require-hashes",
                "-r",
            ])
            .arguments([requirements])
    }

    /// Builds and installs one file by its URL and hash, with what it needs from an index of dependencies. What is built
    /// sees no credentials.
    pub(super) fn install_sdist(
        &self,
        name: &str,
        url: &Url,
        constraints: &Path,
        dependencies: &Url,
    ) -> Command {
        self.install(name, dependencies)
            .arguments(["-c".into(), constraints.as_os_str().to_owned()])
            .arguments([format!("{name} @ {url}")])
    }

    /// Installs requirements from an index of dependencies. With the credentials for it, wheels only: what is built
    /// could read them.
    pub(super) fn install_dependencies(
        &self,
        requirements: &[String],
        dependencies: &Url,
    ) -> Command {
        let mut command = self.install("", dependencies);
        // A requirement with a URL of its own could send them elsewhere on the same host.
        let is_named = |requirement: &String| !requirement.contains('@');
        if self.access.is_private(dependencies) && requirements.iter().all(is_named) {
            let only_wheels = command.arguments(["--only-binary", ":all:"]);
            command = self.access.unlock(only_wheels, [dependencies]);
        }
        command.arguments(["--"]).arguments(requirements)
    }

    /// The Python of the virtual environment, which sees neither variables nor modules of the user.
    pub(super) fn python(&self) -> Command {
        Command::new(self.program("python"), self.environment)
            .arguments(["-I"])
            .folder(self.folder)
    }

    /// Exits with [`UNFIT`] if none of these wheels is for this Python and platform, as far as the installer tells.
    pub(super) fn fits<'f>(&self, filenames: impl Iterator<Item = &'f str>) -> Command {
        // uv says so itself, and is not a module of the environment.
        let script = match self.installer {
            Installer::Pip => FITS,
            Installer::Uv => "",
        };
        self.python().arguments(["-c", script]).arguments(filenames)
    }

    /// The path of a program of the virtual environment.
    pub(super) fn program(&self, name: &str) -> PathBuf {
        match cfg!(windows) {
            true => self.scripts().join(format!("{name}.exe")),
            false => self.scripts().join(name),
        }
    }

    /// Runs a line of the shell in which the programs of the virtual environment come first.
    pub(super) fn shell(&self, line: &str) -> Command {
        let path = self.environment.get("PATH").unwrap_or_default();
        let folders = [self.scripts()]
            .into_iter()
            .chain(std::env::split_paths(path));
        let path = std::env::join_paths(folders).unwrap_or_else(|_| self.scripts().into());
        let venv = self.folder.join(VENV);
        Command::shell(line, self.environment)
            .folder(self.folder)
            .without("PYTHONPATH")
            .without("PYTHONHOME")
            .variable("VIRTUAL_ENV", &venv.to_string_lossy())
            .variable("PATH", &path.to_string_lossy())
    }

    /// Installs from one index. What is cached of the project `fresh` does not count.
    fn install(&self, fresh: &str, index: &Url) -> Command {
        let command = match self.installer {
            Installer::Pip => {
                let command = self
                    .python()
                    .variable("PIP_CONFIG_FILE", NO_FILE)
                    .arguments(["-m", "pip", "--isolated", "--no-input"])
                    .arguments(["--disable-pip-version-check", "--no-color", "install"])
                    .arguments(["--progress-bar", "off"]);
                match self.access.client_certificate() {
                    Some(file) => command.arguments(["--client-cert".as_ref(), file]),
                    None => command,
                }
            }
            Installer::Uv => {
                let command = self
                    .uv()
                    .arguments(["pip", "install", "--no-sources", "--python"])
                    .arguments([self.program("python")]);
                match fresh {
                    "" => command,
                    _ => command.arguments(["--refresh-package", fresh]),
                }
            }
        };
        self.access
            .connect(command)
            .arguments(["--index-url", index.as_str(), "--cache-dir"])
            .arguments([self.cache])
            .folder(self.folder)
            .deadline(LONG)
    }

    fn uv(&self) -> Command {
        Command::new("uv", self.environment)
            .arguments(["--no-config", "--no-progress", "--color", "never"])
            .folder(self.folder)
    }

    fn scripts(&self) -> PathBuf {
        let scripts = if cfg!(windows) { "Scripts" } else { "bin" };
        self.folder.join(VENV).join(scripts)
    }
}

/// Compares tags by the copy of `packaging` in pip. An older pip that has another one exits with 1.
const FITS: &str = "
import sys
from pip._vendor.packaging.tags import sys_tags
from pip._vendor.packaging.utils import parse_wheel_filename
tags = set(sys_tags())
sys.exit(0 if any(tags & parse_wheel_filename(name)[3] for name in sys.argv[1:]) else 9)
";

/// The exit code of wheels that do not fit.
pub(super) const UNFIT: i32 = 9;

/// The folder of the virtual environment.
const VENV: &str = "venv";

/// A configuration file of pip by this name turns off all others.
const NO_FILE: &str = if cfg!(windows) { "nul" } else { "/dev/null" };

/// The longest time for what installs and builds nothing.
const QUICK: Duration = Duration::from_secs(3 * 60);

/// The longest time for an installation, which may include a build.
const LONG: Duration = Duration::from_secs(30 * 60);
