//! `identity`: who this job is to an index, and whether it could publish.

mod show;

use clap::Args;
use pypi_trusted_upload::{
    BlockingClient, RetryPolicy, drive,
    trusted_publisher::{
        Audience, Burn, BurnOutcome, Claims, Context as Known, Diagnosis, Endpoints, Error,
        ErrorKind, Exchange, Identity, Registration,
    },
};

use crate::{
    ci_output::{self, OutputArguments},
    context::Context,
    failure::{Exit, Failure},
    job::IdentityArguments,
    target::{IndexArguments, Target},
};

#[derive(Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    index: IndexArguments,
    #[command(flatten)]
    identity: IdentityArguments,
    /// A project that will be published; can be repeated
    #[arg(long = "project", value_name = "NAME")]
    projects: Vec<String>,
    /// Exchange the ID token for an API token, which is burned at once
    #[arg(long)]
    mint: bool,
    #[command(flatten)]
    outputs: OutputArguments,
}

/// What is known of the job.
#[derive(Default)]
struct Found {
    provider: Option<String>,
    audience: Option<String>,
    claims: Option<Claims>,
    registration: Option<Registration>,
    problems: Vec<Problem>,
    diagnosis: Option<Diagnosis>,
    /// Whether the index minted a token; `None` if it was not asked.
    minted: Option<bool>,
    token_burned: Option<bool>,
    /// Whether the index or the provider could not be asked.
    is_unavailable: bool,
}

struct Problem {
    kind: String,
    is_fatal: bool,
    message: String,
    remedy: Option<String>,
}

/// Which job, and where it publishes.
pub(crate) struct Request<'a> {
    pub(crate) target: &'a Target,
    pub(crate) identity: &'a IdentityArguments,
    pub(crate) projects: &'a [String],
    pub(crate) is_minting: bool,
}

pub(crate) fn run(arguments: &Arguments, context: &Context) -> Result<Exit, Failure> {
    let target = arguments.index.target(None, &context.environment)?;
    let request = Request {
        target: &target,
        identity: &arguments.identity,
        projects: &arguments.projects,
        is_minting: arguments.mint,
    };
    let found = Found::of(&request, context)?;
    show::found(&found, &target, &context.console);
    let values = show::values(&found, &target);
    ci_output::write(&arguments.outputs, &context.environment, &values)?;
    let summary = || show::summary(&found, &target);
    ci_output::write_summary(&arguments.outputs, &context.environment, summary)?;
    Ok(found.exit())
}

/// Returns who the job is, if nothing is known that keeps it from publishing.
pub(crate) fn assure(request: &Request<'_>, context: &Context) -> Result<String, Failure> {
    let found = Found::of(request, context)?;
    match found.exit() {
        Exit::Done => Ok(show::who(&found)),
        exit => Err(Failure::new(exit, show::why_not(&found, request.target))),
    }
}

impl Found {
    fn of(request: &Request<'_>, context: &Context) -> Result<Self, Failure> {
        let providers = request.identity.providers()?;
        let client = context.client()?;
        let mut found = Self::default();
        let target = request.target;
        let identity = Identity::first_of(providers, &target.environment, target.index.audience())
            .and_then(|identity| identity.ok_or_else(Error::no_identity));
        let examined =
            identity.and_then(|identity| found.examine(&identity, request, context, &client));
        if let Err(error) = examined {
            found.note(&error);
        }
        Ok(found)
    }

    /// Requests an ID token, and on demand an API token.
    fn examine(
        &mut self,
        identity: &Identity,
        request: &Request<'_>,
        context: &Context,
        client: &BlockingClient,
    ) -> Result<(), Error> {
        let target = request.target;
        let policy = || RetryPolicy::default().clock(context.clock.clone());
        let endpoints = Endpoints::at(target.index.upload_url()).ok_or_else(Error::no_identity)?;
        self.provider = Some(identity.provider().to_owned());
        let audience = drive(Audience::new(&endpoints, policy()), client)?;
        let token = drive(identity.id_token(&audience), client)?;
        let claims = token.claims();
        let problems = claims.problems(context.clock.unix_seconds(), Some(&audience));
        self.problems = problems
            .iter()
            .map(|problem| Problem {
                kind: show::word(problem.kind()),
                is_fatal: problem.is_fatal(),
                message: problem.message().to_owned(),
                remedy: Some(problem.remedy().to_owned()),
            })
            .collect();
        self.registration = identity.registration(claims);
        self.claims = Some(claims.clone());
        self.audience = Some(audience);
        if !request.is_minting {
            return Ok(());
        }
        let exchange = Exchange::new(endpoints.clone(), identity.clone(), policy());
        let exchange = exchange
            .clock(context.clock.clone())
            .pypi_rules(target.index.audience().is_some());
        match drive(exchange, client) {
            Ok(token) => {
                context.console.mask(token.secret().reveal());
                self.minted = Some(true);
                let Ok(burned) = drive(Burn::new(&endpoints, &token, policy()), client);
                self.token_burned = Some(burned == BurnOutcome::Accepted);
                Ok(())
            }
            Err(error) => {
                self.minted = Some(false);
                self.diagnosis = diagnosis(&error, self.audience.as_deref(), request, context);
                Err(error)
            }
        }
    }

    /// Takes note of what stopped it.
    fn note(&mut self, error: &Error) {
        let is_transient = matches!(
            error.kind(),
            ErrorKind::Transport | ErrorKind::Unavailable | ErrorKind::UnexpectedReply
        );
        self.is_unavailable |= is_transient;
        let message = crate::failure::chain(error);
        if self.problems.iter().any(|known| known.message == message) {
            // The exchange ended because of it.
            return;
        }
        self.problems.push(Problem {
            kind: error.kind().name().to_owned(),
            is_fatal: true,
            message,
            remedy: error.help().map(str::to_owned),
        });
    }

    /// The index has minted a token; or, if it was not asked, nothing is known that would keep it from that.
    fn could_publish(&self) -> bool {
        let is_sound = !self.problems.iter().any(|problem| problem.is_fatal);
        self.minted
            .unwrap_or_else(|| is_sound && self.registration.is_some())
    }

    fn exit(&self) -> Exit {
        match (self.could_publish(), self.is_unavailable) {
            (true, _) => Exit::Done,
            (false, true) => Exit::Unavailable,
            (false, false) => Exit::Refused,
        }
    }
}

fn diagnosis(
    error: &Error,
    audience: Option<&str>,
    request: &Request<'_>,
    context: &Context,
) -> Option<Diagnosis> {
    let refusal = error.refusal()?;
    let target = request.target;
    let mut known = Known::new(target.index.label()).now(context.clock.unix_seconds());
    if let Some(url) = target.web_url() {
        known = known.web_root(url);
    }
    if let Some(audience) = audience {
        known = known.audience(audience);
    }
    for project in request.projects {
        known = known.project(project, None);
    }
    Some(Diagnosis::new(
        &refusal.code,
        &refusal.description,
        error.claims(),
        &known,
    ))
}
