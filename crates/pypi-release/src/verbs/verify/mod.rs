//! `verify`: whether an index serves what was published, byte for byte.

mod installs;
mod provenance;
mod report;
mod served;
mod show;
mod subject;

use std::{collections::BTreeMap, path::PathBuf, time::Duration};

use clap::{Args, ValueEnum};
use pypi_trusted_upload::{
    Environment, Index,
    metadata::{Kind, ProjectName},
    transport::CancelToken,
    upload::IndexError,
    url::Url,
};

use crate::{
    attestation::{IdentityArguments, RootArguments, of_job},
    ci_output::{self, OutputArguments},
    context::Context,
    credentials::{self, CredentialArguments, Found, Purpose, may_be_private},
    duration,
    failure::{Exit, Failure},
    install::Installer,
    settings::{self, Settings},
    signals,
    target::{IndexArguments, Target},
};
pub(crate) use provenance::{Expected, Provenance};
pub(crate) use report::Report;
use served::Asked;
pub(crate) use subject::Subject;

#[derive(Args)]
pub(crate) struct Arguments {
    /// Wheels and sdists, folders of them, or quoted patterns, or releases of an index as NAME==VERSION [default: those in
    /// the folder dist]
    #[arg(value_name = "FILE|NAME==VERSION")]
    subjects: Vec<Subject>,
    #[command(flatten)]
    index: IndexArguments,
    /// How long to ask for what the index does not show yet [default: 10m, or tool.pypi-release.verify.timeout]
    #[arg(long, value_name = "TIME", value_parser = duration::parse)]
    timeout: Option<Duration>,
    #[command(flatten)]
    install: InstallArguments,
    #[command(flatten)]
    provenance: ProvenanceArguments,
    /// The folder of the project whose settings count
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    root: PathBuf,
    #[command(flatten)]
    outputs: OutputArguments,
    #[command(flatten, next_help_heading = "Credentials of a private index")]
    credentials: CredentialArguments,
}

#[derive(Args)]
struct ProvenanceArguments {
    /// Verify who published each file of this release, and download none of them; may be repeated
    #[arg(long, value_name = "NAME==VERSION", value_parser = subject::release, conflicts_with_all = ["subjects", "install"])]
    provenance_of: Vec<Subject>,
    #[command(flatten)]
    identity: IdentityArguments,
    /// Fail for a file without provenance; --repository, --identity-json and --provenance-of do so too
    #[arg(long)]
    require_provenance: bool,
    /// Do not ask who published the files
    #[arg(long, conflicts_with_all = ["provenance_of", "require_provenance", "repository", "identity_json"])]
    no_provenance: bool,
    #[command(flatten)]
    root: RootArguments,
}

#[derive(Args)]
struct InstallArguments {
    /// Also install each release into a fresh virtual environment, import its modules and run its console scripts
    #[arg(long)]
    install: bool,
    /// The program that installs [default: uv if it is there, else pip]
    #[arg(long, value_enum, requires = "install")]
    installer: Option<Installer>,
    /// The Python that makes the virtual environment
    #[arg(long, requires = "install", default_value = PYTHON)]
    python: String,
    /// Install from this only; can be repeated [default: both that the release has]
    #[arg(long, value_enum, requires = "install")]
    from: Vec<From>,
    /// The simple API that has the dependencies [default: PyPI's, or tool.pypi-release.verify.dependencies-index]
    #[arg(long, value_name = "URL", requires = "install")]
    dependencies_index: Option<String>,
    /// Import this instead of the modules of the release; can be repeated
    #[arg(long = "import", value_name = "MODULE", requires = "install")]
    imports: Vec<String>,
    /// Run this line of the shell instead of the console scripts; can be repeated
    #[arg(long = "command", value_name = "LINE", requires = "install")]
    commands: Vec<String>,
}

#[derive(Clone, Copy, ValueEnum)]
enum From {
    Sdist,
    Wheel,
}

/// The usual name of Python.
const PYTHON: &str = if cfg!(windows) { "python" } else { "python3" };

/// What to verify, and where.
pub(crate) struct Request {
    pub(crate) subjects: Vec<Subject>,
    pub(crate) index: Index,
    /// How long to ask for what the index does not show yet.
    pub(crate) timeout: Duration,
    pub(crate) install: Option<Install>,
    /// Whether the files are downloaded and compared, and not only listed.
    pub(crate) downloads: bool,
    /// `None`: it is not asked who published.
    pub(crate) provenance: Option<Provenance>,
    /// For pages and files at the origin of the index, which may be private.
    pub(crate) credentials: Option<Found>,
}

/// How to install what was verified.
pub(crate) struct Install {
    /// uv if it is there, else pip, if not set.
    pub(crate) installer: Option<Installer>,
    /// The Python that makes virtual environments.
    pub(crate) python: String,
    pub(crate) from: Vec<Kind>,
    /// The simple API that has the dependencies.
    pub(crate) dependencies: Url,
    pub(crate) tried: Tried,
    /// Instead of `tried`, by the normalized name.
    pub(crate) of_projects: BTreeMap<String, Tried>,
}

/// What is tried of a release that was installed.
#[derive(Clone, Debug)]
pub(crate) struct Tried {
    /// Instead of the modules of the release.
    pub(crate) imports: Option<Vec<String>>,
    /// Lines for the shell, instead of the console scripts of the release.
    pub(crate) commands: Option<Vec<String>>,
}

pub(crate) fn run(arguments: &Arguments, context: &Context) -> Result<Exit, Failure> {
    run_and_show(arguments, context).map_err(|failure| failure.document(show::failure))
}

fn run_and_show(arguments: &Arguments, context: &Context) -> Result<Exit, Failure> {
    let settings = Settings::read(&arguments.root, None)?;
    let target = arguments.index.served_target(
        &arguments.root,
        arguments.credentials.config_file(),
        &context.environment,
    )?;
    let provenance = &arguments.provenance;
    let is_listed_only = !provenance.provenance_of.is_empty();
    let request = Request {
        subjects: match is_listed_only {
            true => provenance.provenance_of.clone(),
            false => subject::expand(&arguments.subjects)?,
        },
        credentials: credentials(&arguments.credentials, &target, context)?,
        index: target.index,
        timeout: match (arguments.timeout, is_listed_only) {
            (Some(timeout), _) => timeout,
            // It was published long ago.
            (None, true) => Duration::ZERO,
            (None, false) => settings.verify.timeout,
        },
        downloads: !is_listed_only,
        provenance: provenance.with(&context.environment)?,
        install: match arguments.install.install {
            true => Some(arguments.install.with(&settings.verify)?),
            false => None,
        },
    };
    // What runs in an installation needs no variable that was named because it contains a secret.
    let secrets: Vec<&str> = arguments.credentials.secret_variables().collect();
    let report = verify(&request, &context.without(&secrets))?;
    report.print(&context.console);
    let values = show::values(&report);
    ci_output::write(&arguments.outputs, &context.environment, &values)?;
    let summary = || show::summary(&report);
    ci_output::write_summary(&arguments.outputs, &context.environment, summary)?;
    Ok(report.exit())
}

/// What is sent to an index that may be private.
fn credentials(
    arguments: &CredentialArguments,
    target: &Target,
    context: &Context,
) -> Result<Option<Found>, Failure> {
    let index = &target.index;
    if !may_be_private(index) {
        if target.user_info.is_some() {
            return Err(Failure::of(Exit::Usage, &IndexError::Credentials));
        }
        if arguments.is_given() {
            let label = index.label();
            context.console.note(format_args!(
                "warning: the credentials are not sent to {label}: its simple API is at another origin, or its kind is not one that may be private (--index-profile names it)"
            ));
        }
        return Ok(None);
    }
    let request = credentials::Request {
        index,
        name: &target.name,
        user_info: target.user_info.as_ref(),
        is_local: false,
        // What a CI job publishes with is not for reading.
        is_job_chosen: false,
        has_job: false,
        purpose: Purpose::Reads,
    };
    arguments.read(&request, context)?.for_reads(index)
}

impl Request {
    /// For the files of one or several projects, installed or not.
    pub(crate) fn of_releases(
        files: &[PathBuf],
        index: &Index,
        settings: &settings::Verify,
        is_installed: bool,
        provenance: Provenance,
    ) -> Result<Self, Failure> {
        Ok(Self {
            subjects: files.iter().cloned().map(Subject::File).collect(),
            index: index.clone(),
            timeout: settings.timeout,
            install: match is_installed {
                true => Some(Install::of(settings)?),
                false => None,
            },
            downloads: true,
            provenance: Some(provenance),
            credentials: None,
        })
    }

    /// How a project of several is tried, by its name.
    pub(crate) fn try_project(&mut self, name: &ProjectName, settings: &settings::Verify) {
        if let Some(install) = &mut self.install {
            let name = name.normalized().to_owned();
            install.of_projects.insert(name, Tried::of(settings));
        }
    }
}

impl Install {
    /// As the settings describe it, from wheel and sdist.
    fn of(settings: &settings::Verify) -> Result<Self, Failure> {
        Ok(Self {
            installer: None,
            python: PYTHON.to_owned(),
            from: vec![Kind::Wheel, Kind::Sdist],
            dependencies: dependencies(settings.dependencies_index.as_ref())?,
            tried: Tried::of(settings),
            of_projects: BTreeMap::new(),
        })
    }
}

impl Tried {
    fn of(settings: &settings::Verify) -> Self {
        Self {
            imports: settings.imports.clone(),
            commands: settings.commands.clone(),
        }
    }
}

impl ProvenanceArguments {
    fn with(&self, environment: &Environment) -> Result<Option<Provenance>, Failure> {
        if self.no_provenance {
            return Ok(None);
        }
        let given = self.identity.identity();
        Ok(Some(Provenance {
            judge: self.root.judge()?,
            is_required: self.require_provenance
                || given.is_some()
                || !self.provenance_of.is_empty(),
            expected: match (given, of_job(environment)) {
                (Some(identity), _) => Expected::Given(identity.clone()),
                (None, Some(identity)) => Expected::Job(identity),
                (None, None) => Expected::Index,
            },
        }))
    }
}

impl InstallArguments {
    fn with(&self, settings: &settings::Verify) -> Result<Install, Failure> {
        let from = self.from.iter().map(|from| match from {
            From::Sdist => Kind::Sdist,
            From::Wheel => Kind::Wheel,
        });
        let url = self.dependencies_index.as_ref();
        Ok(Install {
            installer: self.installer,
            python: self.python.clone(),
            from: match self.from.as_slice() {
                [] => vec![Kind::Wheel, Kind::Sdist],
                _ => from.collect(),
            },
            dependencies: dependencies(url.or(settings.dependencies_index.as_ref()))?,
            tried: Tried {
                imports: or_set(&self.imports, &settings.imports),
                commands: or_set(&self.commands, &settings.commands),
            },
            of_projects: BTreeMap::new(),
        })
    }
}

/// The values of an option that can be repeated, or else those that are set.
fn or_set(given: &[String], set: &Option<Vec<String>>) -> Option<Vec<String>> {
    match given {
        [] => set.clone(),
        _ => Some(given.to_vec()),
    }
}

/// The simple API that has the dependencies: by default that of PyPI.
pub(crate) fn dependencies(url: Option<&String>) -> Result<Url, Failure> {
    let pypi = Index::pypi();
    let index = match url {
        Some(url) => pypi
            .simple_api(url)
            .map_err(|error| Failure::of(Exit::Usage, &error))?,
        None => pypi,
    };
    let url = index.simple_url().cloned();
    url.ok_or_else(|| Failure::usage("the index of the dependencies is not known"))
}

/// Asks the index for every file until it serves it, or the time is up, and then installs each release whose
/// files are all confirmed. What it found is in the report, whatever it is.
pub(crate) fn verify(request: &Request, context: &Context) -> Result<Report, Failure> {
    let releases = subject::releases(&request.subjects)?;
    let cancel = CancelToken::new();
    let _guard = signals::cancel_on_signal(cancel.clone(), context.console.clone());
    // A missing installer is noticed before anything is asked.
    let install = request.install.as_ref();
    let installer = install
        .map(|install| Installer::find(install.installer, &context.environment, &cancel))
        .transpose()?;
    let asked = Asked {
        index: &request.index,
        end: context.clock.now() + request.timeout,
        client: context.client()?,
        cancel: &cancel,
        context,
        provenance: request.provenance.as_ref(),
        downloads: request.downloads,
        credentials: request.credentials.as_ref(),
    };
    let mut report = Report::new(&request.index);
    report.credentials = asked.credentials.map(|found| found.source.clone());
    let provenance = request.provenance.as_ref();
    report.requires_provenance = provenance.is_some_and(|provenance| provenance.is_required);
    for release in &releases {
        asked.release(release, &mut report);
    }
    if let (Some(install), Some(installer)) = (install, installer) {
        installs::add(install, installer, &asked, &mut report)?;
    }
    report.is_interrupted = cancel.is_cancelled();
    Ok(report)
}
