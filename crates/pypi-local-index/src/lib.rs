//! PyPI in a process: the upload API, trusted publishing and the read APIs on loopback, for tests.
//!
//! A tool that publishes to PyPI, or installs from it, can run its tests against this index. It responds with Warehouse's
//! statuses, messages and order of checks, keeps everything in memory by default, and uses no network. The test target
//! `replay` compares it with recorded responses of a real Warehouse.
//!
//! ```
//! use pypi_local_index::LocalIndex;
//!
//! let index = LocalIndex::start()?;
//! // Pass these to the tool under test:
//! let upload_to = index.upload_url();
//! let install_from = index.simple_url();
//! let variables = index.environment(); // of a GitHub Actions job with `id-token: write`
//! // … and check afterwards what it did:
//! assert!(index.files().is_empty());
//! assert!(index.requests().is_empty());
//! # assert!(variables.iter().any(|(name, _)| name == "ACTIONS_ID_TOKEN_REQUEST_URL"));
//! # assert_eq!((upload_to.path(), install_from.path()), ("/legacy/", "/simple/"));
//! # Ok::<(), pypi_local_index::Error>(())
//! ```
//!
//! # In scope
//!
//! - `POST /legacy/` with API tokens of accounts and of trusted publishers, with all of Warehouse's checks in its order;
//! - the exchange of ID tokens of GitHub, GitLab, Google and ActiveState for API tokens, their revocation, and the endpoints
//!   and environment variables by which jobs of GitHub, GitLab and Google get ID tokens;
//! - the simple API in HTML and JSON, the JSON API, files and ranges of them, the `METADATA` of wheels, and provenance;
//! - [`Builder`] for accounts, tokens, projects, publishers and limits; [`Clock`], [`Fault`], [`Profile`] and
//!   [`Verification`]; the requests, files, events and emails for assertions;
//! - a Sigstore instance that issues certificates for those ID tokens and logs signatures, and the verification of
//!   attestations that were made with it (feature `sigstore`);
//! - control over HTTP for tests in other languages, at [`LocalIndex::control_url`];
//! - a web UI at [`LocalIndex::url`].
//!
//! # Out of scope
//!
//! - a server for production: it has no login, and the issuers' keys are public.
//!
//! # Pitfalls
//!
//! - PyPI gives the reason of a refusal in the reason phrase, which HTTP/2 drops. Send `Accept: application/json` and read
//!   `code`.
//! - Uploading the same file again succeeds and changes nothing. The same name with other bytes, or the same bytes under
//!   another name, is an error. The limits are checked first: in a full project, the same file again is an error too.
//! - PyPI stores the metadata of the form, not `METADATA`. A misspelled form key is ignored.
//! - An ID token can be exchanged once, except for Google's, which have no id. It is used up only if a publisher matched.
//! - The exchange for a pending publisher creates the project, even if no upload follows.
//! - `uv publish` and twine request the audience over https only, even on loopback: trusted publishing with them needs
//!   `Builder::tls`. twine 7.0.0 uses it for PyPI's own host only, which `Builder::host_name` gives to the index.
//! - Requests for a host that is neither loopback nor a `host_name` get a 421 response.
//!
//! # Divergences from PyPI
//!
//! | What | PyPI | Here |
//! |---|---|---|
//! | [`LocalIndex::start`], [`Builder::publishes_any`] | a new project needs a pending publisher | the built-in identity may publish every project; its first file creates it |
//! | the built-in account | does not exist | may upload to every project that is not archived |
//! | reStructuredText | rendered by docutils | checked as far as `pypi_metadata` can; anything else is accepted |
//! | malformed attestations | the response ends with `pydantic`'s report | the same report for missing fields, another version, or no list; otherwise an approximation |
//! | attestations | verified | their shape, predicate, subject and digest are checked; signatures as [`Verification`] says |
//! | Sigstore | the public instance, with all kinds of entries | an own instance, with entries of kind `dsse` and P-256 keys, for GitHub, GitLab and Google; without `/api/v1/log`, the search of entries, and trust bundles |
//! | messages of failed verifications | those of `pypi-attestations` in Python | the same for the subject's name and digest; otherwise our own |
//! | the headers of a part of a form | of any size | up to 64 KiB, else the body is unreadable |
//! | a part of a form that is itself a form | its parts are read | a text |
//! | a body more than 16 MiB above the file size limit | unknown | 413 |
//! | rate limits | 20 new projects per hour and account, 40 per address; 100 registrations of pending publishers per day | the first, if [`Builder::new_projects_per_hour`] sets it; any number of pending publishers |
//! | `RateLimit` headers | sent when a project is created | not sent |
//! | issuers | GitHub, GitLab, Google, ActiveState, and self-managed ones of organizations | the first four, with public test keys |
//! | an ID token whose claims have unexpected types | some make the server fail with 500 | rejected |
//! | an ID token that is not strictly base64url and JSON | read leniently | malformed |
//! | several claims of an ID token are missing | any one of them is named | the first one is |
//! | an API token of an account for some projects | names the projects and their ids | names the projects |
//! | API tokens in the binary format of macaroons, version 1 | accepted | unknown |
//! | key sets | fetched, and cached for a minute | built in |
//! | a job of ActiveState | gets its token from the platform | gets it from [`LocalIndex::id_token`] |
//! | Google's metadata server | has a fixed address | reached by clients that respect `GCE_METADATA_HOST` |
//! | quarantine | freezes the owners' accounts too | hides the files and stops publishers |
//! | roles | owners and maintainers | members |
//! | `description_html`, `downloads` and vulnerabilities in the JSON API | present | absent, `-1`, and empty |
//! | emails | have bodies | have recipients and subjects |
//! | `/.well-known/pytp` (PEP 807), `/2.0/` (PEP 694) | absent | absent |
//! | descriptions in the web UI | rendered | Markdown is rendered without highlighted code; reStructuredText is shown as source |
//! | web UI | the web site | projects with their files and publishers, a request log, and recent tokens; empty pages for the rest of what anybody may read |
//! | XML-RPC | a few methods | every call is a fault |
//! | links in messages | contain the host of the request | contain `pypi.org` |
//! | other indexes | | approximations, see [`Profile`] |
//!
//! # Features
//!
//! - **persistent**: [`Builder::folder`](Builder) stores the state in SQLite, and the files next to it. Crash-safe.
//! - **readme**: the web UI renders descriptions in Markdown as PyPI does; without this feature it shows their source.
//! - **scenario**: [`Builder::from_scenario`](Builder) reads the initial state from TOML, and
//!   [`Builder::seed_folder`](Builder) from saved pages of an index.
//! - **sigstore**: a certificate authority like Fulcio and a transparency log like Rekor v1, with keys of their own, and
//!   [`Verification`] of attestations.
//! - **tls**: [`Builder::tls`](Builder) serves HTTPS with a certificate authority of its own, and HTTP/2.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod api;
mod config;
mod error;
mod index;
mod python;
#[cfg(feature = "scenario")]
mod saved;
mod server;
mod store;
mod warehouse;

pub use api::{RecordedRequest, RecordedValue};
pub use config::{
    AdminFlag, Builder, Change, Clock, Fault, Identity, Profile, Project, Route, Signing, Token,
    TrustedPublisher, User, Verification,
};
pub use error::{Error, ErrorKind};
pub use index::{LocalIndex, StoredFile, StoredProject, StoredRelease};
pub use warehouse::{Email, ProjectEvent, ProjectEventKind};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
