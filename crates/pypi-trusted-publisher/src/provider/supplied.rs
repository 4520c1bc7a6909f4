//! ID tokens that a caller supplies.

use std::{fmt, io, path::Path, sync::Arc};

use pypi_http::{Flow, Reply, Secret, Step, TransportError, read_file};

use super::{BoxFlow, Detected, Provider};
use crate::{Environment, Error, ErrorKind, IdToken};

/// An ID token from the caller, for a CI service that is not built in.
///
/// # Examples
///
/// ```
/// use pypi_http::Secret;
/// use pypi_trusted_publisher::{Environment, Identity, provider::Supplied};
///
/// let environment = Environment::from_vars([("SEMAPHORE_ID_TOKEN", "eyJhbGciOiJSUzI1NiJ9.e30.c2ln")]);
/// let identity = Identity::of(Supplied::variable("SEMAPHORE_ID_TOKEN"), &environment, None)?;
/// assert!(!identity.is_renewable(), "one token is used once");
///
/// let ours = Supplied::closure(|audience| Ok(Secret::new(format!("a token for {audience}"))));
/// assert!(Identity::of(ours, &environment, None)?.is_renewable());
/// # Ok::<(), pypi_trusted_publisher::Error>(())
/// ```
#[derive(Clone)]
pub struct Supplied(Source);

#[derive(Clone)]
enum Source {
    Closure(Arc<Issue>),
    Value(Secret),
    Variable(String),
}

type Issue = dyn Fn(&str) -> Result<Secret, Error> + Send + Sync;

impl Supplied {
    /// This ID token.
    pub fn value(token: Secret) -> Self {
        Self(Source::Value(token))
    }

    /// The ID token in an environment variable.
    pub fn variable(name: impl Into<String>) -> Self {
        Self(Source::Variable(name.into()))
    }

    /// The ID token in a regular file, which is read now.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::IdToken`] when the file cannot be read, or is too large to be an ID token.
    pub fn file(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        let text = read(path).map_err(|error| {
            let message = format!("no ID token was read from {}", path.display());
            Error::new(ErrorKind::IdToken, message).with_source(error)
        })?;
        Ok(Self::value(text))
    }

    /// The ID tokens that `issue` returns. It is called with the audience for each of them, and may block.
    pub fn closure(issue: impl Fn(&str) -> Result<Secret, Error> + Send + Sync + 'static) -> Self {
        Self(Source::Closure(Arc::new(issue)))
    }

    fn text(&self, environment: &Environment, audience: &str) -> Result<Secret, Error> {
        match &self.0 {
            Source::Closure(issue) => issue(audience),
            Source::Value(token) => Ok(token.clone()),
            Source::Variable(name) => environment.get(name).map(Secret::new).ok_or_else(|| {
                let message = format!("the variable {name} contains no ID token");
                Error::new(ErrorKind::MissingPermission, message)
            }),
        }
    }
}

impl Provider for Supplied {
    fn slug(&self) -> &str {
        "supplied"
    }

    fn detect(&self, environment: &Environment, _: Option<&str>) -> Result<Detected, Error> {
        if let Source::Closure(_) = &self.0 {
            return Ok(Detected::Present { renewable: true });
        }
        let text = self.text(environment, "")?;
        parse(&text).map(|_| Detected::Present { renewable: false })
    }

    fn id_token(&self, environment: &Environment, audience: &str) -> BoxFlow<IdToken> {
        ready(
            self.text(environment, audience)
                .and_then(|text| parse(&text)),
        )
    }
}

impl fmt::Debug for Supplied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match &self.0 {
            Source::Closure(_) => "Supplied(closure)",
            Source::Value(_) => "Supplied(value)",
            Source::Variable(_) => "Supplied(variable)",
        })
    }
}

fn parse(text: &Secret) -> Result<IdToken, Error> {
    IdToken::parse(text.reveal().trim()).ok_or_else(|| {
        let message = "the supplied text is not an ID token: expected a JWT";
        Error::new(ErrorKind::IdToken, message)
    })
}

fn read(path: &Path) -> io::Result<Secret> {
    let text = String::from_utf8(read_file(path, MAX_FILE)?);
    text.map(Secret::new)
        .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "it is not text in UTF-8"))
}

/// The longest ID token.
const MAX_FILE: u64 = 64 * 1024;

/// A flow that returns `token` at its first step.
pub fn ready(token: Result<IdToken, Error>) -> BoxFlow<IdToken> {
    Box::new(Ready(Some(token)))
}

struct Ready(Option<Result<IdToken, Error>>);

impl Flow for Ready {
    type Output = IdToken;
    type Error = Error;

    fn step(&mut self) -> Result<Step<IdToken>, Error> {
        let over = || Err(Error::new(ErrorKind::IdToken, "the ID token was taken"));
        self.0.take().unwrap_or_else(over).map(Step::Done)
    }

    /// No request is in flight.
    fn received(&mut self, _: Result<Reply, TransportError>) {}
}
