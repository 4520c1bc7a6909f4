//! Installs a release from an index into a fresh virtual environment, and tries it.
//!
//! The installer sees one index at a time. A wheel is resolved by name, version and hash from the index that it was
//! published to, without dependencies; these come from another index, by the metadata of what was installed. An sdist is
//! built from the URL that the index lists, by its hash, because build requirements come from the index of the
//! dependencies too.

mod access;
mod found;
mod installer;
mod step;

use std::{
    collections::BTreeSet,
    path::Path,
    time::{Duration, SystemTime},
};

use pypi_trusted_upload::{
    metadata::{Filename, Kind, ProjectName},
    transport::CancelToken,
    url::Url,
    versioning::Version,
};

use crate::{
    context::Context,
    process::{Command, End},
};
pub(crate) use access::Access;
use found::Found;
pub(crate) use installer::Installer;
use installer::{UNFIT, Venv};
pub(crate) use step::{Installation, Step, StepVerdict};

/// A release to install.
#[derive(Debug)]
pub(crate) struct Release {
    pub(crate) name: ProjectName,
    pub(crate) version: Version,
    pub(crate) files: Vec<File>,
}

/// A file of a release, as the index lists it.
#[derive(Debug)]
pub(crate) struct File {
    pub(crate) filename: Filename,
    pub(crate) url: Url,
    pub(crate) sha256: String,
}

/// How releases are installed and tried.
pub(crate) struct Trial<'a> {
    pub(crate) installer: Installer,
    /// The Python that makes the virtual environment.
    pub(crate) python: &'a str,
    /// The simple API of the index that has the releases.
    pub(crate) index: &'a Url,
    /// The simple API of the index that has everything else.
    pub(crate) dependencies: &'a Url,
    /// Instead of the modules that the release contains.
    pub(crate) imports: Option<&'a [String]>,
    /// Lines for the shell, instead of the console scripts.
    pub(crate) commands: Option<&'a [String]>,
    /// All that may be needed from the index.
    pub(crate) releases: &'a [Release],
    /// Until when an index may be behind.
    pub(crate) end: SystemTime,
    pub(crate) cancel: &'a CancelToken,
    pub(crate) context: &'a Context,
    pub(crate) access: &'a Access,
}

impl Trial<'_> {
    /// Installs a release from its wheel or its sdist, and tries it. `cache` is a folder of this run.
    pub(crate) fn install(&self, release: &Release, from: Kind, cache: &Path) -> Installation {
        let mut installation = Installation::new(release, from, self.installer);
        match tempfile::tempdir() {
            Ok(folder) => {
                let venv = Venv {
                    installer: self.installer,
                    folder: folder.path(),
                    cache,
                    environment: &self.context.environment,
                    access: self.access,
                };
                let mut run = Run {
                    trial: self,
                    venv: &venv,
                    steps: &mut installation.steps,
                };
                // What did not succeed is in the steps.
                let _ = run.all(release, from);
                for step in &mut installation.steps {
                    step.output = self.access.redact(&step.output);
                }
            }
            Err(error) => {
                let message = format!("no temporary folder could be made: {error}");
                installation
                    .steps
                    .push(Step::failed("environment", "", message));
            }
        }
        installation
    }
}

/// One installation.
struct Run<'a> {
    trial: &'a Trial<'a>,
    venv: &'a Venv<'a>,
    steps: &'a mut Vec<Step>,
}

impl Run<'_> {
    /// Ends early at a step without which the next ones are pointless.
    fn all(&mut self, release: &Release, from: Kind) -> Option<()> {
        if release.of_kind(from).next().is_none() {
            let message = "no such file of the release was verified".to_owned();
            self.steps.push(Step::failed("install", "", message));
            return None;
        }
        let command = self.venv.create(self.trial.python);
        self.step("environment", self.trial.python, &command)?;
        let found = match from {
            Kind::Wheel => self.wheel(release)?,
            Kind::Sdist => self.sdist(release)?,
        };
        for module in self.trial.imports.unwrap_or(&found.modules) {
            self.import(module);
        }
        match self.trial.commands {
            Some(lines) => {
                for line in lines {
                    let command = self.venv.shell(line).deadline(TRY);
                    self.step("run", line, &command);
                }
            }
            None => {
                for script in &found.scripts {
                    self.script(script);
                }
            }
        }
        Some(())
    }

    /// Installs the wheel by hash from the index, then its dependencies: siblings from the same index, others from the
    /// other one.
    fn wheel(&mut self, release: &Release) -> Option<Found> {
        let mut first = self.install(release)?;
        let mut installed = BTreeSet::from([release.name.normalized()]);
        let mut requirements = Vec::new();
        let mut queue = std::mem::take(&mut first.requirements);
        while let Some(requirement) = queue.pop() {
            let sibling = self
                .trial
                .releases
                .iter()
                .find(|sibling| requirement.name.normalized() == sibling.name.normalized());
            match sibling {
                Some(sibling) if !installed.insert(sibling.name.normalized()) => {}
                Some(sibling) => queue.extend(self.install(sibling)?.requirements),
                None => requirements.push(requirement.text),
            }
        }
        requirements.sort();
        requirements.dedup();
        if !requirements.is_empty() {
            let dependencies = self.trial.dependencies;
            let command = self.venv.install_dependencies(&requirements, dependencies);
            self.step("dependencies", dependencies.as_str(), &command)?;
        }
        Some(first)
    }

    /// Installs one release without dependencies: from a wheel, if it has one.
    fn install(&mut self, release: &Release) -> Option<Found> {
        let name = release.name.normalized();
        let pin = format!("{name}=={}", release.version);
        let wheels: Vec<&File> = release.of_kind(Kind::Wheel).collect();
        if wheels.is_empty() {
            return self.sdist(release);
        }
        let hashes = wheels
            .iter()
            .map(|file| format!(" \\\n    --hash=sha256:{}", file.sha256));
        let text = format!("{pin}{}\n", hashes.collect::<String>());
        let path = self.write("requirements.txt", &text)?;
        let urls = release.files.iter().map(|file| &file.url);
        let index = self.trial.index;
        let command = self.venv.install_wheel(name, &path, index, urls);
        let names = wheels.iter().map(|file| file.filename.as_str());
        let fits = self.venv.fits(names).deadline(TRY);
        self.patient_step("install", &pin, &command, &fits)?;
        self.inspect(release)
    }

    /// Builds and installs one sdist by its URL and hash, with its dependencies.
    fn sdist(&mut self, release: &Release) -> Option<Found> {
        let name = release.name.normalized();
        let sdist = release.of_kind(Kind::Sdist).next()?;
        let others = self
            .trial
            .releases
            .iter()
            .filter(|other| other.name.normalized() != name);
        let mut pins = String::new();
        for other in others {
            if let Some(file) = other.universal() {
                let url = self.pinned(file)?;
                pins.push_str(&format!("{} @ {url}\n", other.name.normalized()));
            }
        }
        let path = self.write("constraints.txt", &pins)?;
        let url = self.pinned(sdist)?;
        let dependencies = self.trial.dependencies;
        let command = self.venv.install_sdist(name, &url, &path, dependencies);
        self.step("install", sdist.filename.as_str(), &command)?;
        self.inspect(release)
    }

    /// The URL of a file with its hash, which installers compare; of a copy if the index is private.
    fn pinned(&mut self, file: &File) -> Option<Url> {
        let Trial {
            access,
            context,
            cancel,
            ..
        } = self.trial;
        let mut url = file.url.clone();
        if access.is_private(&url) {
            let path = access.download(file, self.venv.folder, context, cancel);
            let copy = path.and_then(|path| {
                Url::from_file_path(path).map_err(|()| "its copy has no absolute path".to_owned())
            });
            match copy {
                Ok(copy) => url = copy,
                Err(message) => {
                    let step = Step::failed("install", file.filename.as_str(), message);
                    self.steps.push(step);
                    return None;
                }
            }
        }
        url.set_fragment(Some(&format!("sha256={}", file.sha256)));
        Some(url)
    }

    /// What is installed now, which must be the version of the release.
    fn inspect(&mut self, release: &Release) -> Option<Found> {
        let path = self.venv.folder.join("found.json");
        let command = self
            .venv
            .python()
            .arguments(["-c", include_str!("inspect.py"), release.name.normalized()])
            .arguments([&path])
            .deadline(TRY);
        let ended = command.run(self.trial.cancel);
        let found = match ended.is_success() {
            true => Found::read(&path),
            false => Err(ended.end.to_string()),
        };
        let problem = match found {
            Ok(found) if found.version.parse() == Ok(release.version.clone()) => {
                return Some(found);
            }
            Ok(found) => format!("version {} is installed", found.version),
            Err(why) => format!("reading the installed metadata: {why}"),
        };
        let mut step = Step::failed("inspect", release.name.normalized(), problem);
        step.output = ended.output;
        self.steps.push(step);
        None
    }

    fn import(&mut self, module: &str) {
        let command = self
            .venv
            .python()
            .arguments(["-c", IMPORT, module])
            .deadline(TRY);
        self.step("import", module, &command);
    }

    /// Runs a console script with `--version`, and with `--help` if it does not know that.
    fn script(&mut self, script: &str) {
        if script.is_empty() || script.contains(['/', '\\', ':', '\0']) || script.starts_with('.') {
            let message = "the name of the console script is not a file name".to_owned();
            self.steps.push(Step::failed("run", script, message));
            return;
        }
        let command = |option: &str| {
            Command::new(self.venv.program(script), &self.trial.context.environment)
                .arguments([option])
                .folder(self.venv.folder)
                .deadline(TRY)
        };
        let version = command("--version").run(self.trial.cancel);
        let step = match version.is_success() {
            true => Step::of("run", &format!("{script} --version"), version),
            false => {
                let help = command("--help").run(self.trial.cancel);
                Step::of("run", &format!("{script} --help"), help)
            }
        };
        self.steps.push(step);
    }

    /// Runs a command as a step; `None` if it did not succeed.
    fn step(&mut self, name: &'static str, subject: &str, command: &Command) -> Option<()> {
        let console = &self.trial.context.console;
        console.progress(format_args!("{name} {subject}"));
        console.detail(command);
        let step = Step::of(name, subject, command.run(self.trial.cancel));
        let passed = step.verdict == StepVerdict::Passed;
        self.steps.push(step);
        passed.then_some(())
    }

    /// As [`step`](Self::step), and again while the index does not show what is installed, until the time is up.
    fn patient_step(
        &mut self,
        name: &'static str,
        subject: &str,
        command: &Command,
        fits: &Command,
    ) -> Option<()> {
        let mut pause = Duration::from_secs(2);
        let cancel = self.trial.cancel;
        while self.step(name, subject, command).is_none() {
            let step = self.steps.last_mut().filter(|step| step.is_absent())?;
            if fits.run(cancel).end == End::Exited(UNFIT) {
                step.message =
                    "no wheel fits this Python and platform: use --from sdist, or another --python"
                        .to_owned();
                return None;
            }
            let now = self.trial.context.clock.now();
            let left = self.trial.end.duration_since(now).unwrap_or_default();
            if left < pause || cancel.is_cancelled() {
                step.verdict = StepVerdict::NotShownYet;
                return None;
            }
            self.steps.pop();
            cancel.sleep(pause);
            pause = (pause * 2).min(Duration::from_secs(30));
        }
        Some(())
    }

    fn write(&mut self, name: &str, text: &str) -> Option<std::path::PathBuf> {
        let path = self.venv.folder.join(name);
        match crate::files::write(&path, text) {
            Ok(_) => Some(path),
            Err(failure) => {
                let step = Step::failed("install", name, failure.message().to_owned());
                self.steps.push(step);
                None
            }
        }
    }
}

impl Release {
    pub(crate) fn of_kind(&self, kind: Kind) -> impl Iterator<Item = &File> {
        let files = self.files.iter();
        files.filter(move |file| file.filename.kind() == kind)
    }

    /// A file that installs anywhere: a wheel for every platform, or else the sdist.
    fn universal(&self) -> Option<&File> {
        let is_any = |file: &&File| file.filename.platform_tags().any(|tag| tag == "any");
        let wheel = self.of_kind(Kind::Wheel).find(is_any);
        wheel.or_else(|| self.of_kind(Kind::Sdist).next())
    }
}

/// Imports a module by its name.
const IMPORT: &str = "import importlib, sys; importlib.import_module(sys.argv[1])";

/// The longest time for an import or a command.
const TRY: Duration = Duration::from_secs(2 * 60);
