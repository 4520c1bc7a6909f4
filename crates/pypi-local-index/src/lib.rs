//! PyPI in a process: upload API, trusted publishing and reading APIs on loopback, for tests.
//!
//! A tool that publishes to PyPI, or installs from it, can run its tests against this index: it answers with Warehouse's
//! statuses, texts and order of checks, keeps everything in memory unless told otherwise, and reaches no network. The
//! test target `replay` compares it with recorded answers of a real Warehouse.
//!
//! ```
//! use pypi_local_index::LocalIndex;
//!
//! let index = LocalIndex::start()?;
//! // Hand these to the tool under test:
//! let upload_to = index.upload_url();
//! let install_from = index.simple_url();
//! let variables = index.environment(); // of a GitHub Actions job with `id-token: write`
//! // … and afterwards look at what it did:
//! assert!(index.files().is_empty());
//! assert!(index.requests().is_empty());
//! # assert!(variables.iter().any(|(name, _)| name == "ACTIONS_ID_TOKEN_REQUEST_URL"));
//! # assert_eq!((upload_to.path(), install_from.path()), ("/legacy/", "/simple/"));
//! # Ok::<(), pypi_local_index::Error>(())
//! ```
//!
//! # In scope
//!
//! - `POST /legacy/` with API tokens and with tokens of trusted publishers, with every check of Warehouse in its order;
//! - the exchange of an identity of GitHub, GitLab, Google or ActiveState for a token, its end, and the endpoints and
//!   variables by which a job of GitHub, GitLab and Google gets the identity;
//! - the simple API in HTML and JSON, the JSON API, the files in whole and in parts, the `METADATA` beside wheels, and
//!   provenance;
//! - [`Builder`] for accounts, tokens, projects, publishers and limits; [`Clock`], [`Fault`], [`Profile`] and
//!   [`Verification`]; requests, files, events and emails to look at afterwards;
//! - pages for people at [`LocalIndex::url`].
//!
//! # Out of scope
//!
//! - a server for people: there is no TLS, no login, and the keys of the issuers are public;
//! - verification of attestations, which is the caller's ([`Verification::by`]).
//!
//! # Traps of the standard
//!
//! - PyPI says why in the reason phrase, which HTTP/2 drops: send `Accept: application/json` and read `code`.
//! - The same file again is a success and changes nothing; its name with other bytes, or its bytes under another name,
//!   is an error. The limits are looked at before that: in a full project, the same file again is an error too.
//! - The form is what counts, not `METADATA`; a form key with a wrong name is ignored.
//! - An ID token can be exchanged once, but for Google's, which has no number. It is spent only when a publisher matched.
//! - The exchange for a pending publisher creates the project, even if no upload follows.
//! - `uv publish` asks for the audience over https only, also on loopback (uv 0.13.8): its trusted publishing cannot be
//!   tried here, its uploads with a token can.
//!
//! # Divergences from PyPI
//!
//! | What | PyPI | Here |
//! |---|---|---|
//! | [`LocalIndex::start`], [`Builder::publishes_any`] | a new project needs a pending publisher | every project is pending for the built-in identity; its first file creates it |
//! | the built-in account | there is none | may upload to every project that is not archived |
//! | reStructuredText | docutils renders it | the part of it that `pypi_metadata` judges; the rest is taken |
//! | malformed attestations | the refusal ends with the report of `pydantic` | with the same report for what is missing, of another version or no list; other reports are approximations |
//! | attestations | are verified | their shape, predicate, subject and digest are; signatures as [`Verification`] says |
//! | texts of a verification that failed | those of `pypi-attestations` in Python | the same for name and digest of the subject; others in our words |
//! | control characters in a file name | are refused by name | but for the tab, refused as a body that cannot be read |
//! | a body more than 16 MiB above the file limit | not known | 413 |
//! | rates | 20 new projects an hour and account, 40 an address; 100 registrations of pending publishers a day | the first, when [`Builder::new_projects_per_hour`] asks for it; an account may have any number of pending publishers |
//! | `RateLimit` headers | yes, when a project is made | no |
//! | issuers | GitHub, GitLab, Google, ActiveState, and own ones of organizations | the first four, with public test keys |
//! | key sets | are asked for, and kept for a minute | the index knows the keys |
//! | a job of ActiveState | gets its token from the platform | [`LocalIndex::id_token`] gives it |
//! | Google's metadata server | has a fixed address | clients that obey `GCE_METADATA_HOST` |
//! | quarantine | freezes the accounts of the owners too | hides the files and stops publishers |
//! | roles | owners and maintainers | members |
//! | `description_html`, `downloads`, vulnerabilities of the JSON API | yes | no, `-1`, none |
//! | mails | with texts | to whom and about what |
//! | `/.well-known/pytp` (PEP 807), `/2.0/` (PEP 694) | no | no |
//! | descriptions on pages for people | are rendered | Markdown is, but for the colours of code; reStructuredText is shown as its source |
//! | pages for people | the web site | a list of projects, their files and publishers, and a log; a 404 is a line of text |
//! | links in refusals | name the host that was asked | name `pypi.org` |
//! | other indexes | | approximations: see [`Profile`] |
//!
//! # Features
//!
//! - **persistent** – [`Builder::folder`](Builder): the state in SQLite, the files beside it. Crash-safe.
//! - **readme** – descriptions in Markdown are rendered on the pages for people as PyPI does; without it their source is shown.
//! - **scenario** – [`Builder::from_scenario`](Builder): the beginning of an index in TOML.

mod api;
mod config;
mod error;
mod index;
mod server;
mod store;
mod warehouse;

pub use api::oidc::{Identity, Signing, TrustedPublisher};
pub use api::record::{RecordedRequest, RecordedValue};
pub use config::account::{Project, Token, User};
pub use config::builder::Builder;
pub use config::clock::Clock;
pub use config::fault::{Change, Fault};
pub use config::profile::Profile;
pub use config::settings::{AdminFlag, Verification};
pub use error::{Error, ErrorKind};
pub use index::{LocalIndex, StoredFile};
pub use server::dispatch::Route;
pub use warehouse::journal::{Email, ProjectEvent, ProjectEventKind};
