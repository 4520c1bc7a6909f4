//! The upload API of PyPI and compatible indexes: digests, form, upload and verification of a file.
//!
//! ```
//! use pypi_metadata::Distribution;
//! use pypi_upload::{Credentials, Digests, Form, Index, Upload};
//! use pypi_http::{Flow, Part, Secret, Step};
//!
//! # let wheel = pypi_metadata::testing::wheel("demo", "1.0");
//! let (name, bytes) = (wheel.filename, wheel.bytes);
//! let distribution = Distribution::read(&name, std::io::Cursor::new(&bytes))?;
//! let digests = Digests::read(&bytes[..])?;
//! let form = Form::new(&distribution, &digests, Part::from(bytes));
//! let index = Index::custom("https://index.example/legacy/")?;
//! let credentials = Credentials::token(&Secret::new("pypi-…"));
//! let mut upload = Upload::new(form, &index, credentials);
//! let Step::Send(request) = upload.step()? else { panic!("the first step sends") };
//! assert_eq!(request.uri(), "https://index.example/legacy/");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! **In scope:** [`Digests`], [`Form`], the flows [`Upload`], [`Lookup`], [`Verify`], [`Download`] and [`ProvenanceLookup`],
//! and the meaning of a reply ([`Outcome`]). **Out of scope:** where a token comes from (`pypi-trusted-publisher`), the order of several files, and
//! findings (`pypi-publish`).
//!
//! Pitfalls of the API: form field names are irregular, and an unknown one is silently ignored; uploading an identical
//! file again is a 200, like the first time; `File already exists` may be about the same bytes under another name; a
//! 5xx may come after the file was stored.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod ask;
mod attempt;
mod credentials;
mod digest;
mod download;
mod error;
mod existing;
mod files;
mod form;
mod html;
mod index;
mod json;
mod listing;
mod lookup;
mod outcome;
mod profile;
mod provenance;
mod reply;
mod resolve;
mod served;
mod upload;
mod verify;

pub use attempt::Attempt;
pub use credentials::Credentials;
pub use digest::{CHUNK, Digests};
pub use download::{Download, MAX_PART};
pub use error::{Error, ErrorKind};
pub use existing::Existing;
pub use form::{FILE_PART, Form};
pub use index::{Index, IndexError};
pub use listing::{Listed, Listing};
pub use lookup::{Lookup, MAX_PAGE, READ_DEADLINE};
pub use outcome::{Doubt, Evidence, Failure, FailureKind, Outcome, Refusal, RefusalKind};
pub use profile::{Answer, Profile, Proof, SizeLimit};
pub use provenance::{MAX_PROVENANCE, ProvenanceLookup};
pub use served::Served;
pub use upload::{Upload, VERDICT_DEADLINE};
pub use verify::{VERIFY_TIMEOUT, Verification, Verify};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
