//! Where the credentials for an index come from: options, variables, files and the command `keyring`.
//!
//! What an option names replaces what is merely found. Otherwise every source is read, and two that give different
//! credentials are an error: `docs/credentials.md` has the table.

mod found;
mod home;
mod keyring;
mod netrc;
mod pypirc;
mod user_info;
mod variables;

use std::path::{Path, PathBuf};

use clap::{Arg, Args, ValueEnum};
use pypi_trusted_upload::{
    CredentialChain, Dists, Environment, Index, Plan, Publisher, Secret, metadata::rules,
};

use crate::{
    context::Context,
    failure::{Exit, Failure},
    files,
    job::check_name,
};
pub(crate) use found::Found;
use found::{TOKEN_USER, is_pypi};
pub(crate) use home::section;
use home::{OWN_PYPIRC, home, own_pypirc, shown, warn_if_shared};
use pypirc::Pypirc;
pub(crate) use user_info::UserInfo;
pub(crate) use variables::other_than_pypi;

/// The options that choose credentials instead of trusted publishing.
#[derive(Args)]
pub(crate) struct CredentialArguments {
    /// Use the API token in this environment variable
    #[arg(long, value_name = "VARIABLE")]
    token_env: Option<String>,
    /// The user name for --password-env, --netrc and --keyring-provider
    #[arg(long, value_name = "NAME")]
    username: Option<String>,
    /// Use the password in this environment variable, on an index that accepts passwords
    #[arg(long, value_name = "VARIABLE")]
    password_env: Option<String>,
    /// Use the section for the index in this .pypirc [default: ~/.pypirc, outside of CI jobs with an identity]
    #[arg(long, value_name = "FILE")]
    config_file: Option<PathBuf>,
    /// Use the entry for the host of the index in FILE, $NETRC or ~/.netrc
    #[arg(long, value_name = "FILE", num_args = 0..=1, require_equals = true)]
    netrc: Option<Option<PathBuf>>,
    /// Ask the command `keyring get URL NAME` for the password
    #[arg(long, value_enum, value_name = "HOW", default_value_t)]
    keyring_provider: KeyringProvider,
}

/// Makes an option of [`CredentialArguments`] conflict with those that choose trusted publishing, in verbs that have both.
pub(crate) fn instead_of_a_job(option: Arg) -> Arg {
    const JOB: [&str; 2] = ["provider", "id_token_env"];
    match option.get_id().as_str() {
        "token_env" | "username" | "password_env" | "config_file" | "netrc"
        | "keyring_provider" => option.conflicts_with_all(JOB),
        _ => option,
    }
}

#[derive(Clone, Copy, Default, Eq, PartialEq, ValueEnum)]
enum KeyringProvider {
    #[default]
    Disabled,
    Subprocess,
}

/// The sources that give credentials for an index.
pub(crate) struct Credentials {
    found: Vec<Found>,
    /// Whether the CI job is a source too.
    pub(crate) may_be_trusted: bool,
}

/// The index, and what is known besides the arguments.
pub(crate) struct Request<'a> {
    pub(crate) index: &'a Index,
    /// The index as its user calls it.
    pub(crate) name: &'a str,
    /// What was in the URL of the index.
    pub(crate) user_info: Option<&'a UserInfo>,
    /// Whether the index is of this process, with a job of its own.
    pub(crate) is_local: bool,
    /// Whether an option chooses trusted publishing.
    pub(crate) is_job_chosen: bool,
    /// Whether the environment is that of a job that may use trusted publishing.
    pub(crate) has_job: bool,
    pub(crate) purpose: Purpose,
}

/// What credentials are needed for.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(crate) enum Purpose {
    /// A plan, which sends nothing: what is missing is not an error.
    Plan,
    /// Pages and files that may be private: only what an option names must be there.
    Reads,
    Uploads,
}

/// Whether an index may ask for the credentials of an upload when it is read. Others are not given them.
pub(crate) fn may_be_private(index: &Index) -> bool {
    let simple = index.simple_url();
    let is_same = simple.is_some_and(|url| url.origin() == index.upload_url().origin());
    is_same && index.profile().private_reads
}

/// Why the credentials in a plan cannot be used: they differ, or the index cannot accept them.
pub(crate) fn refusal(plan: &Plan) -> Option<Failure> {
    let rules = [&rules::CREDENTIALS_CONFLICT, &rules::CREDENTIALS_INVALID];
    let mut problems = plan.problems().iter();
    let problem = problems.find(|problem| rules.contains(&problem.finding().rule()))?;
    let help = match problem.finding().rule() == &rules::CREDENTIALS_CONFLICT {
        true => CHOOSE,
        false => problem.finding().help().unwrap_or_default(),
    };
    Some(Failure::new(Exit::Refused, format!("{problem}: {help}")))
}

/// The remedy for credentials that differ.
pub(crate) const CHOOSE: &str = "choose one with --token-env, --password-env, --config-file, --netrc or --keyring-provider, or trusted publishing with --provider";

impl CredentialArguments {
    /// The variables that the user named because they contain a secret.
    pub(crate) fn secret_variables(&self) -> impl Iterator<Item = &str> {
        let named = [&self.token_env, &self.password_env];
        named.into_iter().flatten().map(String::as_str)
    }

    /// Whether an option names a source.
    pub(crate) fn is_given(&self) -> bool {
        let is_file = self.config_file.is_some() || self.netrc.is_some();
        let is_asked = self.keyring_provider == KeyringProvider::Subprocess;
        is_file || is_asked || self.username.is_some() || self.secret_variables().next().is_some()
    }

    /// The `.pypirc` that the user named.
    pub(crate) fn config_file(&self) -> Option<&Path> {
        self.config_file.as_deref()
    }

    /// The credentials for an index. Those of options replace those that are found.
    pub(crate) fn read(
        &self,
        request: &Request<'_>,
        context: &Context,
    ) -> Result<Credentials, Failure> {
        let chosen = self.chosen(request, context)?;
        let is_chosen = !chosen.is_empty() || self.secret_variables().next().is_some();
        let is_alone = is_chosen || request.is_job_chosen || request.is_local;
        let credentials = match is_alone {
            true => Credentials {
                found: chosen,
                may_be_trusted: !is_chosen || request.is_job_chosen,
            },
            false => present(request, context)?,
        };
        for name in variables::UPLOADS {
            let is_used = credentials.found.iter().any(|found| found.source == name);
            if context.environment.get(name).is_some() && !is_used {
                context.console.detail(format_args!(
                    "{name} is not used: it is for another index, or an option chooses other credentials"
                ));
            }
        }
        Ok(credentials)
    }

    /// What the options and the URL give. Each must give something, except to a plan.
    fn chosen(&self, request: &Request<'_>, context: &Context) -> Result<Vec<Found>, Failure> {
        let user = self.user(request)?;
        let user = user.as_ref().map(Secret::reveal);
        let environment = &context.environment;
        let mut all = Vec::new();
        if let Some(name) = &self.token_env {
            check_name("--token-env", name)?;
            let token = variable(environment, name, "--token-env", "API token", request)?;
            all.extend(token.map(|token| Found::token(name, token)));
        }
        if let Some(name) = &self.password_env {
            check_name("--password-env", name)?;
            let password = variable(environment, name, "--password-env", "password", request)?;
            all.extend(Found::pair(name, user, password, request.index)?);
        }
        if let Some(password) = request.user_info.and_then(|info| info.password.as_ref()) {
            let password = Some(password.reveal());
            context.console.note(
                "warning: other programs can see the password in the URL of --index: use --username and --password-env",
            );
            all.extend(Found::pair(
                "the URL of --index",
                user,
                password,
                request.index,
            )?);
        }
        if let Some(path) = &self.config_file {
            let name = path.display().to_string();
            warn_if_shared(path, &name, &context.console);
            let found = Pypirc::parse(&files::read(path, files::MAX_CREDENTIALS)?, &name)?
                .found(request.index)?;
            all.extend(given(
                found,
                &name,
                "section with a password",
                request.index,
            )?);
        }
        if let Some(path) = &self.netrc {
            all.extend(self.of_netrc(path.as_deref(), user, request.index, context)?);
        }
        if self.keyring_provider == KeyringProvider::Subprocess {
            let user = user.or_else(|| is_pypi(request.index).then_some(TOKEN_USER));
            let needed = "--keyring-provider needs a user name: add --username NAME";
            let user = user.ok_or_else(|| Failure::usage(needed))?;
            all.push(keyring::found(request.index, user, context)?);
        }
        if self.username.is_some() && all.is_empty() && self.secret_variables().next().is_none() {
            let message = "--username gives no password: add --password-env, --netrc or --keyring-provider subprocess";
            return Err(Failure::usage(message));
        }
        Ok(all)
    }

    fn user(&self, request: &Request<'_>) -> Result<Option<Secret>, Failure> {
        let of_url = request.user_info.map(|info| &info.user);
        let of_url = of_url.filter(|user| !user.reveal().is_empty());
        match (&self.username, of_url) {
            (Some(user), Some(other)) if user != other.reveal() => Err(Failure::usage(
                "--username and the URL of --index give different user names: remove one of them",
            )),
            (Some(user), _) => Ok(Some(Secret::new(user))),
            (None, other) => Ok(other.cloned()),
        }
    }

    fn of_netrc(
        &self,
        path: Option<&Path>,
        user: Option<&str>,
        index: &Index,
        context: &Context,
    ) -> Result<Vec<Found>, Failure> {
        let environment = &context.environment;
        let in_variable = || environment.get("NETRC").map(PathBuf::from);
        let in_home = || Some(home(environment)?.join(".netrc"));
        let path = path.map(Path::to_owned).or_else(in_variable);
        let needed = "--netrc needs a file: set NETRC, or use --netrc=FILE";
        let path = path.or_else(in_home);
        let path = path.ok_or_else(|| Failure::usage(needed))?;
        let name = shown(&path, environment);
        warn_if_shared(&path, &name, &context.console);
        let found = netrc::found(
            &files::read(&path, files::MAX_CREDENTIALS)?,
            &name,
            index,
            user,
        )?;
        given(found, &name, "entry with a password", index)
    }
}

impl Credentials {
    /// The credentials as the library takes them, without the CI job.
    pub(crate) fn chain(&self) -> CredentialChain {
        self.found
            .iter()
            .fold(CredentialChain::new(), |chain, found| {
                chain.basic(&found.source, found.user.reveal(), &found.password)
            })
    }

    /// The first source.
    pub(crate) fn source(&self) -> Option<&str> {
        self.found.first().map(|found| found.source.as_str())
    }

    /// What is sent to an index that is read, if anything was found. Fails if the sources differ.
    pub(crate) fn for_reads(&self, index: &Index) -> Result<Option<Found>, Failure> {
        let publisher = Publisher::index(index.clone()).credentials(self.chain());
        match refusal(&publisher.plan(Dists::default())) {
            Some(failure) if !self.found.is_empty() => Err(failure),
            _ => Ok(self.found.first().cloned()),
        }
    }
}

/// What is found without an option.
fn present(request: &Request<'_>, context: &Context) -> Result<Credentials, Failure> {
    let environment = &context.environment;
    let index = request.index;
    // A job that uses trusted publishing needs no file of its machine, and is not stopped by one.
    let is_read = !request.has_job || environment.get("TWINE_REPOSITORY").is_some();
    let pypirc = match is_read {
        true => own_pypirc(environment)?,
        false => None,
    };
    let mut found = variables::of_uv(environment, index, request.name)?;
    found.extend(variables::of_twine(
        environment,
        index,
        request.name,
        pypirc.as_ref(),
    )?);
    let of_gitlab = variables::of_gitlab(environment, index);
    // GitLab's own registry exchanges no ID tokens.
    let may_be_trusted = of_gitlab.is_none();
    found.extend(of_gitlab);
    if let Some(pypirc) = pypirc.filter(|_| !request.has_job) {
        let of_file = pypirc.found(index)?;
        if let (false, Some(home)) = (of_file.is_empty(), home(environment)) {
            warn_if_shared(&pypirc::path(&home), OWN_PYPIRC, &context.console);
        }
        found.extend(of_file);
    }
    let empty = variables::empty(environment);
    let is_needed = request.purpose == Purpose::Uploads && !request.has_job;
    if found.is_empty() && is_needed && !empty.is_empty() {
        let names = empty.join(" and ");
        let message = format!(
            "no credentials were found, and {names} is empty: set it, or check the secret of the CI that it is set from"
        );
        return Err(Failure::new(Exit::Refused, message));
    }
    Ok(Credentials {
        found,
        may_be_trusted,
    })
}

/// The value of a variable that an option names; `None` only for a plan.
fn variable<'a>(
    environment: &'a Environment,
    name: &str,
    option: &str,
    what: &str,
    request: &Request<'_>,
) -> Result<Option<&'a str>, Failure> {
    match environment.get(name) {
        None if request.purpose != Purpose::Plan => Err(Failure::new(
            Exit::Refused,
            format!("the variable {name} contains no {what}: set it, or leave out {option}"),
        )),
        value => Ok(value),
    }
}

/// What was found in a file that the user named, which must have something.
fn given(found: Vec<Found>, file: &str, what: &str, index: &Index) -> Result<Vec<Found>, Failure> {
    match found.is_empty() {
        false => Ok(found),
        true => Err(Failure::new(
            Exit::Refused,
            format!("{file} has no {what} for {}: add one", index.upload_url()),
        )),
    }
}
