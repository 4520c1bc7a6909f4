//! The endpoints of an index: each is a function from a request and the state to a response.

mod accept;
mod authorization;
mod delivery;
mod exception;
mod feed;
mod files;
mod form;
mod form_parts;
mod form_reader;
mod json;
mod multipart;
mod normal;
mod oidc;
mod pages;
mod part_head;
mod pydantic;
mod record;
mod response;
#[cfg(feature = "sigstore")]
mod sigstore;
mod simple;
mod time;
mod upload;

pub use record::{RecordedRequest, RecordedValue};

pub(crate) use delivery::{deliver, joined};
pub(crate) use feed::feed;
pub(crate) use files::{file, metadata, provenance};
pub(crate) use form::Form;
pub(crate) use form_parts::{FormError, FormLimits};
pub(crate) use form_reader::{collect, read_form};
pub(crate) use json::project_json;
pub(crate) use normal::natural;
pub(crate) use oidc::{Keys, Runner, Signer, audience, burn, discovery, key_set, mint};
pub(crate) use pages::{View, page, page_not_found};
pub(crate) use record::Exchanged;
pub(crate) use response::{Response, escape_html};
#[cfg(feature = "sigstore")]
pub(crate) use sigstore::{
    CertificateRequest, ProposedEntry, Sigstore, add_entry, certificate, find_entry, log_entry,
};
pub(crate) use simple::{PageRequest, project_list, project_page};
pub(crate) use upload::{Upload, is_authenticated, rival, unauthorized, upload};
