//! The endpoints of an index.

pub(crate) mod accept;
pub(crate) mod files;
pub(crate) mod form;
pub(crate) mod json;
pub(crate) mod oidc;
pub(crate) mod pages;
pub(crate) mod pydantic;
pub(crate) mod record;
pub(crate) mod response;
pub(crate) mod simple;
pub(crate) mod upload;
