//! Trusted publishing: a CI job's identity, exchanged for an API token that lives some minutes.
//!
//! ```
//! use pypi_trusted_publisher::{Endpoints, Environment, Exchange, Identity};
//! use pypi_http::{Flow, RetryPolicy, Step};
//!
//! let environment = Environment::from_vars([
//!     ("GITHUB_ACTIONS", "true"),
//!     ("ACTIONS_ID_TOKEN_REQUEST_URL", "https://oidc.example/token?job=1"),
//!     ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "secret of the job"),
//! ]);
//! let identity = Identity::detect(&environment, None)?.expect("the variables of GitHub Actions");
//! let endpoints = Endpoints::at(&"https://index.example/legacy/".parse()?).expect("a URL with a host");
//! let mut exchange = Exchange::new(endpoints, identity, RetryPolicy::default());
//! let Step::Send(request) = exchange.step()? else { panic!("the first step asks for the audience") };
//! assert_eq!(request.uri(), "https://index.example/_/oidc/audience");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! **In scope:** the [providers](provider) of ID tokens and their detection from an [`Environment`], the [`Exchange`] with
//! the index, the [`ApiToken`] and its revocation ([`Burn`]), the [`Claims`] of an ID token, and why an index rejected it
//! ([`Diagnosis`]). **Out of scope:** uploads
//! (`pypi-upload`), checking signatures (the index does).
//!
//! Pitfalls of the protocol: an ID token is single use, so a mint whose reply was lost is never repeated with the same
//! one, and GitLab has no other; the audience must be exactly the text that the index announces; a rejected mint is a 422
//! with a code, not a 403; an expired ID token is called malformed.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod answer;
mod api_token;
mod audience;
mod burn;
mod claims;
mod diagnosis;
mod endpoints;
mod environment;
mod error;
mod exchange;
mod id_token;
mod identity;
mod issuer;
pub mod provider;
mod registration;
mod requests;
mod shown;
mod unsent;
mod workflow;

pub use api_token::ApiToken;
pub use audience::Audience;
pub use burn::{Burn, BurnOutcome};
pub use claims::{ClaimProblem, ClaimProblemKind, Claims, ClaimsError};
pub use diagnosis::{Cause, CauseKind, Context, Diagnosis, DiagnosisKind, Link};
pub use endpoints::Endpoints;
pub use environment::Environment;
pub use error::{Error, ErrorKind, Refusal};
pub use exchange::Exchange;
pub use id_token::IdToken;
pub use identity::Identity;
pub use issuer::Issuer;
pub use provider::{BoxFlow, Detected, Provider};
pub use registration::Registration;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
