//! PyPI in a process: upload API, trusted publishing and simple API on loopback, for tests.
//!
//! A tool that publishes to PyPI, or installs from it, can run its tests against this index: it answers with Warehouse's
//! statuses, texts and order of checks, keeps everything in memory, and reaches no network.
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
//! # Ok::<(), pypi_local_index::StartError>(())
//! ```
//!
//! # In scope
//!
//! - `POST /legacy/` with API tokens and with tokens of trusted publishers;
//! - the exchange of a GitHub Actions identity for a token, its end, and the runner's endpoint that issues the identity;
//! - the simple API in HTML and JSON, and the files.
//!
//! # Out of scope
//!
//! - a server for people: there is one account, no TLS, and the key of the identities is public;
//! - what is inside an archive: wheels and sdists are stored as they are.
//!
//! # Traps of the standard
//!
//! - PyPI says why in the reason phrase, which HTTP/2 drops: send `Accept: application/json` and read `code`.
//! - The same file again is a success and changes nothing; its name with other bytes, or its bytes under another name,
//!   is an error.
//! - The form is what counts, not `METADATA`; a form key with a wrong name is ignored.
//! - An ID token can be exchanged once. It is spent only when a publisher matched.
//! - The exchange for a pending publisher creates the project, even if no upload follows.
//! - `uv publish` asks for the audience over https only, also on loopback (uv 0.13.8): its trusted publishing cannot be
//!   tried here, its uploads with a token can.
//!
//! # Divergences from PyPI
//!
//! | What | PyPI | Here |
//! |---|---|---|
//! | [`LocalIndex::start`], [`Builder::publishes_any`] | a new project needs a pending publisher | every project is pending for the built-in identity; its first file creates it |
//! | archives | are opened: members, `RECORD`, `PKG-INFO`, licence files | are not opened |
//! | platform tags of wheels | a list of known ones | every tag |
//! | names | standard library, prohibited and confusable names are refused | every valid name |
//! | descriptions | must render | every text |
//! | other metadata | every rule of Warehouse | those of `pypi_metadata`: not addresses, URLs, licence expressions, `Requires-Python`, requirements, `Dynamic` and import names |
//! | `md5_digest` | is compared | only counts as a digest |
//! | malformed attestations | the refusal ends with the validator's report | it ends with one sentence |
//! | attestations | are verified | only their shape is checked |
//! | malformed body of an exchange | the refusal quotes it | it does not |
//! | control characters in a file name | are refused by name | but for the tab, refused as a body that cannot be read |
//! | a file name too long for the database | the connection ends | it is stored |
//! | a body more than 16 MiB above the file limit | not known | 413 |
//! | limits and dates | rates, a project's total size, 14 days for a release | only the file size |
//! | `.metadata` files, provenance, JSON API, yanking | yes | no; the simple API says so |
//! | issuers | GitHub, GitLab, Google, ActiveState | GitHub, with a public test key |
//! | links in refusals | name the host that was asked | name `pypi.org` |
//!
//! # Features
//!
//! None.

mod accept;
mod answer;
mod clock;
mod form;
mod index;
mod oidc;
mod record;
mod route;
mod server;
mod simple;
mod state;
mod upload;

pub use clock::Clock;
pub use index::{Builder, LocalIndex, StartError, StartErrorKind, StoredFile};
pub use oidc::{GitHubIdentity, Publisher};
pub use record::{Recorded, RecordedValue};
