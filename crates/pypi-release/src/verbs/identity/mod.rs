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

pub(crate) fn run(arguments: &Arguments, context: &Context) -> Result<Exit, Failure> {
    let target = arguments.index.target(&context.environment)?;
    let providers = arguments.identity.providers()?;
    let client = BlockingClient::new()?;
    let mut found = Found::default();
    let audience = target.index.audience();
    let identity = Identity::first_of(providers, &target.environment, audience)
        .and_then(|identity| identity.ok_or_else(Error::no_identity));
    let examined = identity
        .and_then(|identity| found.examine(&identity, arguments, context, &target, &client));
    if let Err(error) = examined {
        found.note(&error);
    }
    show::found(&found, &target, &context.console);
    let values = show::values(&found, &target);
    ci_output::write(&arguments.outputs, &context.environment, &values)?;
    let summary = || show::summary(&found, &target);
    ci_output::write_summary(&arguments.outputs, &context.environment, summary)?;
    Ok(match (found.could_publish(), found.is_unavailable) {
        (true, _) => Exit::Done,
        (false, true) => Exit::Unavailable,
        (false, false) => Exit::Refused,
    })
}

impl Found {
    /// Requests an ID token, and on demand an API token.
    fn examine(
        &mut self,
        identity: &Identity,
        arguments: &Arguments,
        context: &Context,
        target: &Target,
        client: &BlockingClient,
    ) -> Result<(), Error> {
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
        if !arguments.mint {
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
                self.diagnosis =
                    diagnosis(&error, self.audience.as_deref(), arguments, context, target);
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
}

fn diagnosis(
    error: &Error,
    audience: Option<&str>,
    arguments: &Arguments,
    context: &Context,
    target: &Target,
) -> Option<Diagnosis> {
    let refusal = error.refusal()?;
    let mut known = Known::new(target.index.label()).now(context.clock.unix_seconds());
    if let Some(url) = target.web_url() {
        known = known.web_root(url);
    }
    if let Some(audience) = audience {
        known = known.audience(audience);
    }
    for project in &arguments.projects {
        known = known.project(project, None);
    }
    Some(Diagnosis::new(
        &refusal.code,
        &refusal.description,
        error.claims(),
        &known,
    ))
}
