//! Why an index rejected an ID token, and what to do about it.

mod cause;
mod context;
mod kind;
mod project;
mod publisher;
mod token;

use std::fmt;

use serde::Serialize;
use url::Url;

use crate::{
    claims::{ClaimProblem, ClaimProblemKind, Claims},
    issuer::Issuer,
    registration::Registration,
    shown,
};

use self::context::Project;
pub use self::{
    cause::{Cause, CauseKind},
    context::Context,
    kind::DiagnosisKind,
};

/// Why an index rejected an ID token: what it said, the publisher that would match, and the possible causes, the most likely
/// first, each with what to change on the index or in the job.
///
/// `Display` is the text for people: some lines, each of them safe to print. It serializes for programs.
///
/// # Examples
///
/// ```
/// use pypi_trusted_publisher::{CauseKind, Claims, Context, Diagnosis, DiagnosisKind};
///
/// // {"iss":"https://accounts.google.com","email":"robot@example.iam.gserviceaccount.com"}
/// let claims = Claims::parse(
///     "e30.eyJpc3MiOiJodHRwczovL2FjY291bnRzLmdvb2dsZS5jb20iLCJlbWFpbCI6InJvYm90QGV4YW1wbGUuaWFtLmdzZXJ2aWNlYWNjb3VudC5jb20ifQ.",
/// )?;
/// let sentence = "valid token, but no corresponding publisher (Publisher with matching claims was not found)";
/// let context = Context::new("PyPI").web_root("https://index.example/".parse()?).project("demo", Some(false));
/// let diagnosis = Diagnosis::new("invalid-publisher", sentence, Some(&claims), &context);
/// assert_eq!(diagnosis.kind(), DiagnosisKind::UnknownPublisher);
/// assert_eq!(diagnosis.summary(), "PyPI rejected the ID token: no registered publisher matches the job");
/// assert!(diagnosis.causes().iter().any(|cause| cause.kind() == CauseKind::PendingPublisher));
/// assert_eq!(diagnosis.links()[0].project(), "demo");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Diagnosis {
    kind: DiagnosisKind,
    code: String,
    description: String,
    index: String,
    summary: String,
    registration: Option<Registration>,
    causes: Vec<Cause>,
    links: Vec<Link>,
}

/// The page on which the publisher of a project is registered.
///
/// # Examples
///
/// ```
/// use pypi_trusted_publisher::{Context, Diagnosis};
///
/// let diagnosis = Diagnosis::new("not-enabled", "trusted publishing not enabled", None, &Context::new("PyPI"));
/// assert!(diagnosis.links().is_empty(), "there is nothing to register");
/// ```
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Link {
    project: String,
    is_pending: bool,
    url: String,
}

/// The parts of a refusal from which its causes are found.
struct Refusal<'r> {
    kind: DiagnosisKind,
    description: &'r str,
    claims: Option<&'r Claims>,
    context: &'r Context,
    problems: Vec<ClaimProblem>,
    registration: Option<&'r Registration>,
}

impl Diagnosis {
    /// The diagnosis of a refusal with a machine-readable code and a sentence, as in [`Refusal`](crate::Refusal), which
    /// contains no piece of the token. `claims` are those of the rejected token, if it could be decoded.
    ///
    /// The same arguments have the same diagnosis.
    pub fn new(code: &str, description: &str, claims: Option<&Claims>, context: &Context) -> Self {
        let audience = context.audience.as_deref();
        let problems = claims.map(|claims| claims.problems_at(context.now, audience));
        let problems = problems.unwrap_or_default();
        let kind = DiagnosisKind::of(code, description, &problems);
        let registration = claims.and_then(Registration::of);
        let refusal = Refusal {
            kind,
            description,
            claims,
            context,
            problems,
            registration: registration.as_ref(),
        };
        let causes = refusal.causes();
        let links = refusal.links();
        let index = shown::claim(&context.index);
        Self {
            kind,
            code: shown::claim(code),
            description: shown::sentence(description),
            summary: format!("{index} rejected the ID token: {}", kind.summary()),
            index,
            registration,
            causes,
            links,
        }
    }

    /// The category, for `match`.
    pub fn kind(&self) -> DiagnosisKind {
        self.kind
    }

    /// The index's code. Unknown ones are kept.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// The index's sentence, on one line.
    pub fn description(&self) -> &str {
        &self.description
    }

    /// What happened, in one sentence.
    pub fn summary(&self) -> &str {
        &self.summary
    }

    /// The publisher that would match the job, if the index accepts its issuer.
    pub fn registration(&self) -> Option<&Registration> {
        self.registration.as_ref()
    }

    /// The possible causes, the most likely first.
    pub fn causes(&self) -> &[Cause] {
        &self.causes
    }

    /// Where to register the publisher, for each project that needs it.
    pub fn links(&self) -> &[Link] {
        &self.links
    }
}

impl Link {
    /// The project, as the caller names it.
    pub fn project(&self) -> &str {
        &self.project
    }

    /// Whether the page registers a pending publisher, which creates the project.
    pub fn is_pending(&self) -> bool {
        self.is_pending
    }

    /// The page; see [`Registration::link`].
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Refusal<'_> {
    fn causes(&self) -> Vec<Cause> {
        match self.kind {
            DiagnosisKind::UnknownPublisher => publisher::not_found(self),
            DiagnosisKind::ClaimsRejected => publisher::rejected(self),
            DiagnosisKind::ProjectExists => project::exists(self),
            DiagnosisKind::ProjectRejected => project::rejected(self),
            DiagnosisKind::AlreadyUsed => token::already_used(self),
            DiagnosisKind::Disabled => token::disabled(self),
            DiagnosisKind::Expired | DiagnosisKind::NotYetValid | DiagnosisKind::InvalidToken => {
                token::invalid(self)
            }
            DiagnosisKind::MalformedRequest => token::malformed_request(),
            DiagnosisKind::MalformedToken => token::malformed(),
            DiagnosisKind::UnknownIssuer => token::unknown_issuer(self),
            DiagnosisKind::Unknown => token::problems(self),
        }
    }

    fn links(&self) -> Vec<Link> {
        let (Some(registration), Some(root)) = (self.registration, &self.context.web_root) else {
            return Vec::new();
        };
        if !self.kind.is_to_register() {
            return Vec::new();
        }
        let projects = self.context.projects.iter();
        let link = |project: &Project| {
            // The form for new projects leads the owner of an existing one to its own form.
            let exists = self.kind == DiagnosisKind::ProjectExists || project.exists == Some(true);
            let url: Url = registration.link(root, &project.name, exists)?;
            Some(Link {
                project: project.name.clone(),
                is_pending: !exists,
                url: url.into(),
            })
        };
        projects.filter_map(link).take(MAX_LINKS).collect()
    }

    /// The index, for a message.
    fn index(&self) -> String {
        shown::claim(&self.context.index)
    }

    /// A claim, for a message.
    fn claim(&self, name: &str) -> Option<String> {
        self.claims?.text(name).map(shown::claim)
    }

    /// A field of the publisher that would match, for a message.
    fn field(&self, name: &str) -> Option<String> {
        let mut fields = self.registration?.fields();
        fields
            .find(|field| field.0 == name)
            .map(|field| shown::claim(field.1))
    }

    fn has(&self, kind: ClaimProblemKind) -> bool {
        self.problems.iter().any(|problem| problem.kind() == kind)
    }

    fn issuer(&self) -> Issuer {
        self.claims.map_or(Issuer::Unknown, Claims::kind)
    }

    /// The names of the projects that exist, do not, or of which that is not known, for a message; `None` without any.
    fn projects(&self, exists: Option<bool>) -> Option<String> {
        let projects = self.context.projects.iter();
        let names: Vec<String> = projects
            .filter(|project| project.exists == exists)
            .map(|project| shown::claim(&project.name))
            .collect();
        let more = names.len().saturating_sub(MAX_NAMES);
        let text = names.get(..MAX_NAMES).unwrap_or(&names).join(", ");
        match (names.len(), more) {
            (0, _) => None,
            (_, 0) => Some(text),
            (_, more) => Some(format!("{text} and {more} more")),
        }
    }
}

const MAX_LINKS: usize = 100;
const MAX_NAMES: usize = 10;

impl fmt::Display for Diagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.summary)?;
        write!(f, "  {}: {}", self.code, self.description)?;
        let registration = self.registration.as_ref();
        if let Some(registration) = registration.filter(|_| self.kind.is_about_publisher()) {
            write!(f, "\nthe publisher that matches this job:")?;
            for (label, value) in registration.labelled() {
                let value = match shown::claim(value) {
                    empty if empty.is_empty() => "(none)".to_owned(),
                    value => value,
                };
                write!(f, "\n  {label}: {value}")?;
            }
        }
        match self.causes.len() {
            0 => {}
            1 => write!(f, "\nprobable cause:")?,
            _ => write!(f, "\npossible causes, the most likely first:")?,
        }
        for (at, cause) in self.causes.iter().enumerate() {
            write!(f, "\n  {}. {}", at + 1, cause.explanation())?;
            if let Some(change) = cause.on_index() {
                write!(f, "\n     on {}: {change}", self.index)?;
            }
            if let Some(change) = cause.in_job() {
                write!(f, "\n     in the job: {change}")?;
            }
        }
        for link in &self.links {
            let (project, url) = (&link.project, &link.url);
            if link.is_pending {
                write!(
                    f,
                    "\nregister a pending publisher for {project} with the values above: {url}"
                )?;
            } else {
                write!(f, "\nregister the publisher for {project}: {url}")?;
            }
        }
        Ok(())
    }
}
